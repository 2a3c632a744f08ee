# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A scheduler written by hand"
# source = 15
# stops = 3.5
# lines = "each-kind"
#
# [tool.snippet.claims]
# lines = { min = 4, max = 30 }
# ///
from time import sleep, perf_counter
from random import Random
from collections import deque

def scheduler(*tasks):
    times = {t: 0 for t in tasks}
    while True:
        ready = {*()}
        for t in tasks:
            if times[t] <= max(times.values()):
                ready.add(t)

        for t in ready:
            before = perf_counter()
            next(t)
            after = perf_counter()
            times[t] += after - before

d = {'a': 1, 'b': 2, 'c': 3}

def task(name):
    while True:
        print(f'task {name = }')
        d[k] = d[k := rnd.choice([*d.keys()])] + 1
        yield
        sleep(rnd.random())

rnd = Random()
scheduler(
    task('aaa'),
    task('bbb'),
    task('ccc'),
)
#: output
#> task name = 'bbb'
#> task name = 'aaa'
#> task name = 'ccc'
#> task name = 'bbb'
#> task name = 'aaa'
#> task name = 'ccc'
#> task name = 'bbb'
