# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Eight waits, in pools of several sizes"
#
# [tool.snippet.claims]
# seconds = { min = 0.75 }
# threads = { min = 9, max = 31 }
# overlap = { min = 2 }
# "one worker" = { printed = '^a pool of 1: ([\d.]+ s)', min = 0.4, max = 20 }
# "two workers" = { printed = '^a pool of 2: ([\d.]+ s)', min = 0.2, max = 20 }
# "four workers" = { printed = '^a pool of 4: ([\d.]+ s)', min = 0.1, max = 20 }
# "eight workers" = { printed = '^a pool of 8: ([\d.]+ s)', min = 0.05, max = 20 }
# "sixteen workers" = { printed = '^a pool of 16: ([\d.]+ s)', min = 0.05, max = 20 }
# ///
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, sleep

JOBS = [0.05] * 8

for size in (1, 2, 4, 8, 16):
    began = perf_counter()
    with ThreadPoolExecutor(size) as pool:
        list(pool.map(sleep, JOBS))
    print(f"a pool of {size}: {perf_counter() - began:.2f} s")
#: output
#> a pool of 1: 0.42 s
#> a pool of 2: 0.20 s
#> a pool of 4: 0.11 s
#> a pool of 8: 0.06 s
#> a pool of 16: 0.06 s
