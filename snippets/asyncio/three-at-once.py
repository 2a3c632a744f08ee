# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Six tasks, three at once"
# mask = [['\d(?= inside)', "how many, where two leave at once"]]
#
# [[tool.snippet.guarantees]]
# says = "More than three inside."
# never = '[4-9] inside'
#
# [tool.snippet.claims]
# seconds = { min = 0.8 }
# tasks = 7
# overlap = 3
# ///
from asyncio import Semaphore, TaskGroup, run, sleep

inside = 0


async def fetch(name, seconds, limit):
    global inside
    async with limit:
        inside += 1
        print(f"{name} goes in, {inside} inside")
        await sleep(seconds)
        inside -= 1


async def main():
    limit = Semaphore(3)
    lengths = [0.2, 0.35, 0.5, 0.35, 0.35, 0.35]
    async with TaskGroup() as tasks:
        for name, seconds in zip("abcdef", lengths, strict=True):
            tasks.create_task(fetch(name, seconds, limit))


run(main())
#: output
#> a goes in, 1 inside
#> b goes in, 2 inside
#> c goes in, 3 inside
#> d goes in, 3 inside
#> e goes in, 3 inside
#> f goes in, 3 inside
