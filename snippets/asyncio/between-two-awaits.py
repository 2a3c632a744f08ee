# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "An await between reading and storing"
#
# [[tool.snippet.guarantees]]
# says = "Without a lock, two of three updates are lost."
# exactly = 1
# lines = '^without a lock: 1$'
#
# [[tool.snippet.guarantees]]
# says = "With the lock, none is."
# exactly = 1
# lines = '^with a lock: 3$'
#
# [tool.snippet.claims]
# seconds = { min = 0.4 }
# ///
from asyncio import Lock, TaskGroup, run, sleep
from contextlib import nullcontext


async def add_one(guard):
    global counter
    async with guard:
        read = counter
        await sleep(0.1)
        counter = read + 1


async def three_times(guard):
    global counter
    counter = 0
    async with TaskGroup() as tasks:
        for _ in range(3):
            tasks.create_task(add_one(guard))
    return counter


async def main():
    print(f"without a lock: {await three_times(nullcontext())}")
    print(f"with a lock: {await three_times(Lock())}")


run(main())
#: output
#> without a lock: 1
#> with a lock: 3
