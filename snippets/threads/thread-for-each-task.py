# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "One thread for each task"
# source = 5
# lines = "any-order"
#
# [[tool.snippet.guarantees]]
# says = "Nine lines, one from each thread."
# exactly = 9
# lines = '^x \*\* y = \d$'
#
# [[tool.snippet.guarantees]]
# says = "Which thread prints first."
# any-order = '^x \*\* y = '
#
# [tool.snippet.claims]
# workers = 10
# threads = 9
# overlap = 9
# seconds = { min = 1, max = 10 }
# ///
from threading import Thread
from time import sleep
from itertools import product

def target(x, y):
    sleep(1)
    print(f'{x ** y = }')

pool = [
    Thread(target=target, kwargs={'x': x, 'y': y})
    for x, y in product(range(3), repeat=2)
]
for x in pool: x.start()
for x in pool: x.join()
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
