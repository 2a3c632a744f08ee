# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Two awaits in a row, and two tasks"
#
# [tool.snippet.claims]
# seconds = { min = 0.85 }
# "in a row" = { printed = 'in a row: +([\d.]+ s)', min = 0.55, max = 8 }
# "side by side" = { printed = 'side by side: +([\d.]+ s)', min = 0.25, max = 8 }
# ///
from asyncio import create_task, run, sleep
from time import perf_counter


async def wait(name):
    await sleep(0.3)
    print(f"{name} has waited")


async def main():
    began = perf_counter()
    await wait("aaa")
    await wait("bbb")
    print(f"in a row: {perf_counter() - began:.2f} s")

    began = perf_counter()
    ccc = create_task(wait("ccc"))
    ddd = create_task(wait("ddd"))
    await ccc
    await ddd
    print(f"side by side: {perf_counter() - began:.2f} s")


run(main())
#: output
#> aaa has waited
#> bbb has waited
#> in a row: 0.60 s
#> ccc has waited
#> ddd has waited
#> side by side: 0.30 s
