# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Nine tasks wait side by side"
#
# [[tool.snippet.guarantees]]
# says = "Nine powers are printed."
# exactly = 9
# lines = '^x \*\* y = '
#
# [tool.snippet.claims]
# tasks = 10
# overlap = 9
# seconds = { min = 1, max = 6 }
# "speedup over one-at-a-time/plain-loop" = { min = 1.5 }
# ///
from asyncio import TaskGroup, run, sleep
from itertools import product


async def target(x, y):
    await sleep(1)
    print(f"{x ** y = }")


async def main():
    async with TaskGroup() as tasks:
        for x, y in product(range(3), repeat=2):
            tasks.create_task(target(x, y))


run(main())
#: output
#> x ** y = 1
#> x ** y = 0
#> x ** y = 0
#> x ** y = 1
#> x ** y = 1
#> x ** y = 1
#> x ** y = 1
#> x ** y = 2
#> x ** y = 4
