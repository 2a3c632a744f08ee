# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A loop that calls on a thread and a process"
# lines = "any-order"
#
# [[tool.snippet.guarantees]]
# says = "Each of the three ends once."
# lines = '^a (?P<kind>\w+): '
# exactly = 1
#
# [[tool.snippet.guarantees]]
# says = "They come in the order in which they end."
# any-order = '^a \w+: '
#
# [[tool.snippet.guarantees]]
# says = "The time of all is told last."
# order = ['^a \w+: ', '^all three: ']
#
# [tool.snippet.claims]
# seconds = { min = 0.5 }
# "time of all" = { printed = '^all three: ([\d.]+ s)', min = 0.48, max = 20 }
# processes = { min = 2, max = 4 }
# ///
import asyncio
import time
from concurrent.futures import ProcessPoolExecutor


async def waiting():
    await asyncio.sleep(0.5)
    return "a task: waited with await"


def blocking():
    time.sleep(0.4)
    return "a thread: waited in a blocking call"


def computing():
    until = time.process_time() + 0.2
    while time.process_time() < until:
        pass
    return "a process: computed"


async def main():
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    with ProcessPoolExecutor(1) as pool:
        jobs = [
            waiting(),
            asyncio.to_thread(blocking),
            loop.run_in_executor(pool, computing),
        ]
        for done in asyncio.as_completed(jobs):
            print(await done)
        print(f"all three: {time.perf_counter() - began:.2f} s")


if __name__ == "__main__":
    asyncio.run(main())
#: output
#> a thread: waited in a blocking call
#> a task: waited with await
#> a process: computed
#> all three: 0.77 s
