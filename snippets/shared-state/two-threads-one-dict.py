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
#
# [[tool.snippet.guarantees]]
# says = "The first thread adds one key each time, and nobody else adds any."
# grows = 'thread1 len\(d\) = (?P<n>\d+)'
# by = 1
#
# [[tool.snippet.guarantees]]
# says = "The second thread never sees the dictionary shrink."
# grows = 'thread2 len\(d\) = (?P<n>\d+)'
#
# [[tool.snippet.guarantees]]
# says = "Which of the two wakes first, each second."
# any-order = '^thread'
#
# [tool.snippet.claims]
# threads = 2
# overlap = 2
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
