# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "One process for each task"
# source = 3
# start-method = "fork"
#
# [[tool.snippet.guarantees]]
# says = "All nine are started before the first is joined."
# order = ['start\(\) = None', 'join\(\) = None']
#
# [[tool.snippet.guarantees]]
# says = "Nine starts, each returning None."
# lines = 'start\(\) = None'
# exactly = 9
#
# [[tool.snippet.guarantees]]
# says = "Any of the nine powers."
# never = '\d'
#
# [tool.snippet.claims]
# processes = 10
# overlap = { min = 3, max = 9 }
# seconds = { min = 1, max = 16 }
# "speedup over one-at-a-time/plain-loop" = { min = 1, max = 12 }
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
