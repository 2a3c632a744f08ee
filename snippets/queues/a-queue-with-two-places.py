# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A queue with two places"
# lines = "any-order"
# mask = [['(?<=waiting: )[0-2]\b', "0 to 2"]]
#
# [[tool.snippet.guarantees]]
# says = "More than two items wait in the queue."
# never = 'waiting: ([3-9]|\d\d)'
#
# [[tool.snippet.guarantees]]
# says = "Items are taken in the order in which they were put."
# grows = '^took (?P<n>\d)$'
# by = 1
#
# [tool.snippet.claims]
# seconds = { min = 0.9 }
# threads = 2
# "time to put" = { printed = 'all put after ([\d.]+ s)', min = 0.3, max = 10 }
# ///
from queue import Queue
from threading import Thread
from time import perf_counter, sleep

items = Queue(maxsize=2)


def producer():
    start = perf_counter()
    for number in range(1, 6):
        items.put(number)
        print(f"put {number}, waiting: {items.qsize()}")
    print(f"all put after {perf_counter() - start:.2f} s")


def consumer():
    for _ in range(5):
        print(f"took {items.get()}")
        sleep(0.2)


pool = [Thread(target=producer), Thread(target=consumer)]
for thread in pool:
    thread.start()
for thread in pool:
    thread.join()
#: output
#> took 1
#> put 1, waiting: 1
#> put 2, waiting: 1
#> put 3, waiting: 2
#> took 2
#> put 4, waiting: 2
#> took 3
#> put 5, waiting: 2
#> all put after 0.41 s
#> took 4
#> took 5
