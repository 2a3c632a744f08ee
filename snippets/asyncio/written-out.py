# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "async with and async for, written out"
#
# [tool.snippet.claims]
# seconds = { min = 0.6 }
# ///
from asyncio import TaskGroup, run, sleep
from contextlib import asynccontextmanager


@asynccontextmanager
async def connection(name):
    await sleep(0.1)
    print(f"{name}: opened")
    yield name
    await sleep(0.1)
    print(f"{name}: closed")


async def lines(name):
    for number in range(1, 3):
        await sleep(0.2)
        yield f"{name}: line {number}"


async def f(name):
    async with connection(name) as there:
        async for line in lines(there):
            print(line)


async def main():
    async with TaskGroup() as tasks:
        tasks.create_task(f("aaa"))
        tasks.create_task(f("bbb"))


run(main())
#: output
#> aaa: opened
#> bbb: opened
#> aaa: line 1
#> bbb: line 1
#> aaa: line 2
#> bbb: line 2
#> aaa: closed
#> bbb: closed
