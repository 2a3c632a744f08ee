# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A thread asks the loop, and wakes it"
#
# [tool.snippet.claims]
# seconds = { min = 0.3 }
# threads = 1
# ///
import asyncio
from threading import Thread


async def double(number):
    await asyncio.sleep(0.3)
    return 2 * number


def work(loop, done):
    print("thread: asks the loop")
    future = asyncio.run_coroutine_threadsafe(double(21), loop)
    print(f"thread: got {future.result()}")
    loop.call_soon_threadsafe(done.set)


async def main():
    loop = asyncio.get_running_loop()
    done = asyncio.Event()  # not that of threading
    thread = Thread(target=work, args=(loop, done))
    thread.start()
    await done.wait()
    print("loop: the thread is done")
    thread.join()


asyncio.run(main())
#: output
#> thread: asks the loop
#> thread: got 42
#> loop: the thread is done
