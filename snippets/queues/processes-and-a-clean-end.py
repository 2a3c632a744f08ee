# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A producer and a consumer that end"
#
# [[tool.snippet.guarantees]]
# says = "Items are taken in the order in which they were put."
# grows = '^took (?P<n>\d)$'
# by = 1
#
# [tool.snippet.claims]
# seconds = { min = 0.55 }
# processes = { min = 3, max = 5 }
# ///
from multiprocessing import Process, Queue
from time import sleep


def producer(q):
    for number in 1, 2, 3:
        sleep(0.2)
        q.put(number)
    q.put(None)


def consumer(q):
    while (number := q.get()) is not None:
        print(f"took {number}")
    print("no more to come")


if __name__ == "__main__":
    q = Queue()
    pool = [
        Process(target=producer, args=(q,)),
        Process(target=consumer, args=(q,)),
    ]
    for process in pool:
        process.start()
    for process in pool:
        process.join()
    print("exit codes:", [process.exitcode for process in pool])
#: output
#> took 1
#> took 2
#> took 3
#> no more to come
#> exit codes: [0, 0]
