# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A round robin, until all are done"
#
# [[tool.snippet.guarantees]]
# says = "Nobody gets a second turn before everybody had a first one."
# order = ['turn 1$', 'turn 2$', 'turn 3$']
#
# [tool.snippet.claims]
# seconds = { min = 0.55 }
# ///
from collections import deque
from time import sleep


def task(name, turns):
    for turn in range(1, turns + 1):
        print(f"{name}: turn {turn}")
        sleep(0.1)
        yield
    print(f"{name}: done")


def scheduler(*tasks):
    ready = deque(tasks)
    while ready:
        task = ready.popleft()
        try:
            next(task)
        except StopIteration:
            continue  # it came to its end: not lined up again
        ready.append(task)


scheduler(task("aaa", 2), task("bbb", 3), task("ccc", 1))
#: output
#> aaa: turn 1
#> bbb: turn 1
#> ccc: turn 1
#> aaa: turn 2
#> bbb: turn 2
#> ccc: done
#> aaa: done
#> bbb: turn 3
#> bbb: done
