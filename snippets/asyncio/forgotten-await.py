# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A forgotten await"
#
# [[tool.snippet.guarantees]]
# says = "A second save."
# never = 'saved second'
#
# [tool.snippet.claims]
# seconds = { min = 0.1, max = 10 }
# ///
from asyncio import run, sleep


async def save(name):
    await sleep(0.1)
    print(f"saved {name}")


async def main():
    await save("first")
    save("second")
    print("all saved?")


run(main())
#: output
#> saved first
#! forgotten-await.py:11: RuntimeWarning: coroutine 'save' was never awaited
#!   save("second")
#! RuntimeWarning: Enable tracemalloc to get the object allocation traceback
#> all saved?
