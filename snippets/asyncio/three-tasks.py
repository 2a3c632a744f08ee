# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Three tasks in one thread"
# source = 16
# stops = 3.5
# lines = "each-kind"
#
# [tool.snippet.claims]
# tasks = 4
# lines = { min = 10, max = 60 }
# ///
from time import sleep, perf_counter
from random import Random
from collections import deque
from asyncio import run, gather, sleep as aio_sleep

d = {'a': 1, 'b': 2, 'c': 3}

async def task(name):
    while True:
        print(f'task {name = }')
        d[k] = d[k := rnd.choice([*d.keys()])] + 1
        await aio_sleep(rnd.random())

async def main():
    await gather(
        task('aaa'),
        task('bbb'),
        task('ccc'),
    )


rnd = Random()
run(main())
#: output
#> task name = 'aaa'
#> task name = 'bbb'
#> task name = 'ccc'
#> task name = 'bbb'
#> task name = 'ccc'
#> task name = 'ccc'
#> task name = 'bbb'
#> task name = 'ccc'
#> task name = 'aaa'
#> task name = 'bbb'
#> task name = 'aaa'
#> task name = 'bbb'
#> task name = 'bbb'
#> task name = 'ccc'
#> task name = 'bbb'
#> task name = 'bbb'
#> task name = 'aaa'
#> task name = 'ccc'
#> task name = 'aaa'
#> task name = 'bbb'
#> task name = 'bbb'
#> task name = 'aaa'
#> task name = 'ccc'
#> task name = 'ccc'
#> task name = 'aaa'
