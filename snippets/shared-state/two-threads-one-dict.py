# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Two threads, one dictionary"
# source = 7
# stops = 3.5
# lines = "any-order"
# mask = [['(?<=thread2 len\(d\) = )\d+', "one ahead or not"]]
# ///
from threading import Thread
from multiprocessing import Process
from time import sleep

# xs = [*range(10)]
d = {}

def target1():
    while True:
        # import pandas
        print(f'thread1 {len(d) = }')
        d[len(d)] = None
        sleep(1)

def target2():
    while True:
        # import pandas
        print(f'thread2 {len(d) = }')
        sleep(1)

pool = [
    Thread(target=target1),
    Thread(target=target2),
]
for x in pool: x.start()
for x in pool: x.join()
#: output
#> thread1 len(d) = 0
#> thread2 len(d) = 1
#> thread1 len(d) = 1
#> thread2 len(d) = 2
#> thread1 len(d) = 2
#> thread2 len(d) = 3
#> thread1 len(d) = 3
#> thread2 len(d) = 4
