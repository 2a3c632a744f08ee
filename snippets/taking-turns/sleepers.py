# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "The scheduler sleeps, and no task does"
#
# [[tool.snippet.guarantees]]
# says = "Each task has its two turns, and then all is over."
# order = ['^(?P<task>\w+): turn 1', '^(?P<task>\w+): turn 2', '^all in']
#
# [tool.snippet.claims]
# seconds = { min = 0.95 }
# generators = 3
# "time of all" = { printed = 'all in ([\d.]+ s)', min = 0.95, max = 10 }
# ///
from heapq import heappop, heappush
from time import monotonic, sleep


def task(name, pause):
    for turn in range(1, 3):
        yield pause  # asks to be woken after that time
        print(f"{name}: turn {turn}")


def scheduler(*tasks):
    now = monotonic()
    asleep = [(now, number, t) for number, t in enumerate(tasks)]
    while asleep:
        wake, number, t = heappop(asleep)  # who wakes first
        sleep(max(0, wake - monotonic()))
        try:
            pause = next(t)
        except StopIteration:
            continue
        heappush(asleep, (wake + pause, number, t))


began = monotonic()
scheduler(task("aaa", 0.2), task("bbb", 0.3), task("ccc", 0.5))
print(f"all in {monotonic() - began:.2f} s")
#: output
#> aaa: turn 1
#> bbb: turn 1
#> aaa: turn 2
#> ccc: turn 1
#> bbb: turn 2
#> ccc: turn 2
#> all in 1.00 s
