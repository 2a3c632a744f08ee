# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Two locks, taken in one order"
#
# [tool.snippet.claims]
# threads = 2
# ///
from threading import Lock, Thread

MEALS = 50
eaten = {"left": 0, "right": 0}
fork, knife = Lock(), Lock()


def work():
    sum(range(5_000))


def left():
    for _ in range(MEALS):
        work()
        with fork:
            work()
            with knife:
                eaten["left"] += 1


def right():
    for _ in range(MEALS):
        work()
        with fork:
            work()
            with knife:
                eaten["right"] += 1


pool = [Thread(target=f, name=f.__name__) for f in (left, right)]
for thread in pool:
    thread.start()
for thread in pool:
    thread.join()
print(f"{eaten = }")
print("still at table:", [t.name for t in pool if t.is_alive()])
#: output
#> eaten = {'left': 50, 'right': 50}
#> still at table: []
