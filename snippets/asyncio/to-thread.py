# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "The blocking call in a thread"
# lines = "any-order"
#
# [[tool.snippet.guarantees]]
# says = "Ticks come while the report waits."
# first = ['^tick$', '^the report is done$']
#
# [[tool.snippet.guarantees]]
# says = "The longest gap is told after all ticks."
# order = ['^tick$', '^longest gap']
#
# [tool.snippet.claims]
# seconds = { min = 0.75 }
# tasks = 3
# "longest gap" = { printed = 'longest gap: ([\d.]+ s)', min = 0.08, max = 3 }
# ///
from asyncio import TaskGroup, run, sleep, to_thread
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
    await to_thread(block, 0.56)
    print("the report is done")


async def main():
    async with TaskGroup() as tasks:
        tasks.create_task(ticker())
        tasks.create_task(report())


run(main())
#: output
#> tick
#> tick
#> tick
#> the report is done
#> tick
#> longest gap: 0.20 s
