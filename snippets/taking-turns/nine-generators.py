# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Nine generators take turns"
#
# [tool.snippet.claims]
# generators = 9
# seconds = { min = 9, max = 25 }
# ///
from itertools import product
from time import sleep


def target(x, y):
    yield
    sleep(1)
    print(f"{x ** y = }")


tasks = [target(x, y) for x, y in product(range(3), repeat=2)]
for task in tasks:
    next(task)  # each one starts, and hands over
for task in tasks:
    next(task, None)  # each one goes on to its end
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
