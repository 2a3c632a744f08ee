# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A pool of processes"
# source = 4
# start-method = "fork"
#
# [[tool.snippet.guarantees]]
# says = "The items in their order, each with its own result."
# lines = 'x=0, y=0\): 1, .*x=1, y=2\): 1, .*x=2, y=1\): 2, .*x=2, y=2\): 4'
# exactly = 1
#
# [tool.snippet.claims]
# processes = 10
# overlap = { min = 3, max = 9 }
# seconds = { min = 1, max = 16 }
# "time of the block" = { printed = '.t: ([\d.]+s)', min = 1, max = 16 }
# ///
from concurrent.futures import ProcessPoolExecutor
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
    return d.x ** d.y

Data = namedtuple('Data', 'x y')
dataset = [Data(x, y) for x, y in product(range(3), repeat=2)]
with timed('ProcessPoolExecutor(max_workers=5)'):
    with ProcessPoolExecutor(max_workers=len(dataset)) as pool:
        results = pool.map(target, dataset)
        # print(f'{dataset = }')
        print(f'{dict(zip(dataset, results)) = }')
#: output
#> dict(zip(dataset, results)) = {Data(x=0, y=0): 1, Data(x=0, y=1): 0, Data(x=0, y=2): 0, Data(x=1, y=0): 1, Data(x=1, y=1): 1, Data(x=1, y=2): 1, Data(x=2, y=0): 1, Data(x=2, y=1): 2, Data(x=2, y=2): 4}
#> ProcessPoolExecutor(max_workers=5)               𝚫t: 1.1341s
