# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A pool of threads"
# source = 6
# lines = "any-order"
#
# [[tool.snippet.guarantees]]
# says = "The dictionary comes after the nine powers, and the time comes last."
# order = ['^d\.x', '^dict\(', '^ThreadPoolExecutor']
#
# [[tool.snippet.guarantees]]
# says = "Which thread prints first."
# any-order = '^d\.x'
#
# [tool.snippet.claims]
# threads = 9
# overlap = 9
# seconds = { min = 1, max = 10 }
# ///
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from collections import namedtuple
from time import sleep, perf_counter
from contextlib import contextmanager

@contextmanager
def timed(msg):
    before = perf_counter()
    yield
    after = perf_counter()
    print(f'{msg:<48} \N{mathematical bold capital delta}t: {after - before:.4f}s')

def target(d):
    sleep(1)
    print(f'{d.x ** d.y = }')

Data = namedtuple('Data', 'x y')
dataset = [Data(x, y) for x, y in product(range(3), repeat=2)]
with timed('ThreadPoolExecutor(max_workers=len(dataset))'):
    with ThreadPoolExecutor(max_workers=len(dataset)) as pool:
        results = pool.map(target, dataset)
        # print(f'{dataset = }')
        print(f'{dict(zip(dataset, results)) = }')
#: output
#> d.x ** d.y = 1
#> d.x ** d.y = 0
#> d.x ** d.y = 0
#> d.x ** d.y = 1
#> d.x ** d.y = 1
#> d.x ** d.y = 1
#> d.x ** d.y = 1
#> d.x ** d.y = 2
#> d.x ** d.y = 4
#> dict(zip(dataset, results)) = {Data(x=0, y=0): None, Data(x=0, y=1): None, Data(x=0, y=2): None, Data(x=1, y=0): None, Data(x=1, y=1): None, Data(x=1, y=2): None, Data(x=2, y=0): None, Data(x=2, y=1): None, Data(x=2, y=2): None}
#> ThreadPoolExecutor(max_workers=len(dataset))     𝚫t: 1.0057s
