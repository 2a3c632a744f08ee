# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Nine threads, three at a time"
# lines = "any-order"
# mask = [['(?<=inside: )[1-3]\b', "1 to 3"]]
#
# [[tool.snippet.guarantees]]
# says = "There are more than three inside."
# never = 'inside: ([4-9]|\d\d)'
#
# [tool.snippet.claims]
# threads = 9
# seconds = { min = 0.6, max = 10 }
# ///
from threading import Lock, Semaphore, Thread
from time import sleep

three = Semaphore(3)
lock = Lock()
inside = 0


def visit():
    global inside
    with three:
        with lock:
            inside += 1
            print(f"inside: {inside}")
        sleep(0.2)
        with lock:
            inside -= 1


pool = [Thread(target=visit) for _ in range(9)]
for thread in pool:
    thread.start()
for thread in pool:
    thread.join()
#: output
#> inside: 1
#> inside: 2
#> inside: 3
#> inside: 2
#> inside: 2
#> inside: 3
#> inside: 2
#> inside: 3
#> inside: 3
