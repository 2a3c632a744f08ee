# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Two locks, taken in opposite order"
#
# [[tool.snippet.outcomes]]
# name = "all meals are eaten"
# grade = "expected"
# says = "It never came to it that each thread held one of the locks."
# pattern = '^still at table'
#
# [[tool.snippet.outcomes]]
# name = "both wait for ever"
# grade = "surprising"
# says = "Each holds one lock and waits for the other's: a deadlock."
# hangs = 1.5
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
        with knife:
            work()
            with fork:
                eaten["right"] += 1


pool = [Thread(target=f, name=f.__name__) for f in (left, right)]
for thread in pool:
    thread.start()
for thread in pool:
    thread.join(timeout=0.2)
print(f"{eaten = }")
print("still at table:", [t.name for t in pool if t.is_alive()])
#: output
#> eaten = {'left': 47, 'right': 0}
#> still at table: ['left', 'right']
#: outcomes of 100 runs on Python 3.11.7, 2 cores
#= 11 all meals are eaten
#= 89 both wait for ever
#: outcomes of 100 runs on Python 3.12.1, 2 cores
#= 6 all meals are eaten
#= 94 both wait for ever
#: outcomes of 100 runs on Python 3.13.0, 2 cores
#= 4 all meals are eaten
#= 96 both wait for ever
