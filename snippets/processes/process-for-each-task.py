# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "One process for each task"
# source = 3
# start-method = "fork"
# ///
from multiprocessing import Process, Queue
from itertools import product
from time import sleep

def target(x, y):
    sleep(1)
    return x ** y

pool = [
    Process(target=target, kwargs={'x': x, 'y': y})
    for x, y in
    product(range(3), repeat=2)
]
for x in pool: print(f'{x.start() = }')
for x in pool: print(f'{x.join() = }')
#: output
#> x.start() = None
#> x.start() = None
#> x.start() = None
#> x.start() = None
#> x.start() = None
#> x.start() = None
#> x.start() = None
#> x.start() = None
#> x.start() = None
#> x.join() = None
#> x.join() = None
#> x.join() = None
#> x.join() = None
#> x.join() = None
#> x.join() = None
#> x.join() = None
#> x.join() = None
#> x.join() = None
