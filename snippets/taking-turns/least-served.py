# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "The least served goes first"
# mask = [['\d+ turns', "turns"]]
#
# [tool.snippet.claims]
# seconds = { min = 0.85 }
# generators = 2
# "turns of greedy" = { printed = 'greedy: +(\d+) turns', min = 2, max = 6 }
# "turns of modest" = { printed = 'modest: +(\d+) turns', min = 6, max = 30 }
# "time of greedy" = { printed = 'greedy: .* ([\d.]+ s)', min = 0.3, max = 8 }
# "time of modest" = { printed = 'modest: .* ([\d.]+ s)', min = 0.3, max = 8 }
# ///
from time import perf_counter, sleep


def greedy():
    while True:
        sleep(0.15)  # stands for work
        yield


def modest():
    while True:
        sleep(0.03)
        yield


def scheduler(*tasks, until):
    times = dict.fromkeys(tasks, 0)
    turns = dict.fromkeys(tasks, 0)
    while sum(times.values()) < until:
        t = min(times, key=times.get)
        before = perf_counter()
        next(t)
        after = perf_counter()
        times[t] += after - before
        turns[t] += 1
    for t in tasks:
        print(f"{t.__name__}: {turns[t]} turns, {times[t]:.2f} s")


scheduler(greedy(), modest(), until=0.9)
#: output
#> greedy: 3 turns, 0.45 s
#> modest: 15 turns, 0.46 s
