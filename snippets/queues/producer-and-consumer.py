# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A producer and a consumer"
# source = 11
# stops = 3.5
# start-method = "fork"
#
# [tool.snippet.claims]
# processes = 3
# threads = 1
# ///
from multiprocessing import Process, Queue
from time import sleep
from random import Random

rnd = Random(0)

def producer(q):
    while True:
        q.put(rnd.random())
        sleep(1)

def consumer(q):
    while True:
        print(f'{q.get() = }')
        sleep(1)

q = Queue()
pool = [
    Process(target=producer, kwargs={'q': q}),
    Process(target=consumer, kwargs={'q': q}),
]
for x in pool: x.start()
for x in pool: x.join()
#: output
#> q.get() = 0.8444218515250481
#> q.get() = 0.7579544029403025
#> q.get() = 0.420571580830845
#> q.get() = 0.25891675029296335
