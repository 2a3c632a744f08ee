# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Waiting and computing, on two clocks"
# alone = true
#
# [tool.snippet.claims]
# workers = 1
# "time of waiting" = { printed = 'wait: ([\d.]+ s) of time', min = 0.1, max = 8 }
# "CPU of waiting" = { printed = 'wait: .* ([\d.]+ s) of CPU', min = 0, max = 0.1 }
# "time of computing" = { printed = 'compute: ([\d.]+ s) of time', min = 0.02, max = 20 }
# "CPU of computing" = { printed = 'compute: .* ([\d.]+ s) of CPU', min = 0.02, max = 8 }
# ///
from time import perf_counter, process_time, sleep


def wait():
    sleep(0.1)


def compute():
    total = 0
    for number in range(1_000_000):
        total += number * number


for work in (wait, compute):
    wall, cpu = perf_counter(), process_time()
    work()
    wall, cpu = perf_counter() - wall, process_time() - cpu
    print(f"{work.__name__}: {wall:.3f} s of time, {cpu:.3f} s of CPU")
#: output
#> wait: 0.100 s of time, 0.000 s of CPU
#> compute: 0.101 s of time, 0.101 s of CPU
