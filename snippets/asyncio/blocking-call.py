# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A blocking call stalls the loop"
#
# [tool.snippet.claims]
# seconds = { min = 1.2 }
# tasks = 3
# "longest gap" = { printed = 'longest gap: ([\d.]+ s)', min = 0.6, max = 3 }
# ///
from asyncio import TaskGroup, run, sleep
from time import perf_counter
from time import sleep as block


async def ticker():
    gaps = []
    for _ in range(4):
        before = perf_counter()
        await sleep(0.2)
        gaps.append(perf_counter() - before)
        print("tick")
    print(f"longest gap: {max(gaps):.2f} s")


async def report():
    await sleep(0.1)
    block(0.56)
    print("the report is done")


async def main():
    async with TaskGroup() as tasks:
        tasks.create_task(ticker())
        tasks.create_task(report())


run(main())
#: output
#> the report is done
#> tick
#> tick
#> tick
#> tick
#> longest gap: 0.50 s
