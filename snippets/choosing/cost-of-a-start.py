# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "What it costs to start a worker"
# alone = true
# mask = [['[\d,]+ µs', "a time"], ['[\d.]+ MiB', "a size"]]
#
# [tool.snippet.claims]
# "a thread" = { printed = '^a thread: ([\d,]+ µs)', min = 5, max = 20000 }
# "a process by fork" = { printed = 'by fork: ([\d,]+ µs)', min = 100, max = 500000 }
# "a process by spawn" = { printed = 'by spawn: ([\d,]+ µs)', min = 2000, max = 5000000 }
# "a process by forkserver" = { printed = 'by forkserver: ([\d,]+ µs)', min = 500, max = 5000000 }
# "memory of a process" = { printed = 'a process: ([\d.]+ MiB)', min = 1, max = 100 }
# ///
import subprocess
import sys
from multiprocessing import get_all_start_methods, get_context
from resource import RUSAGE_CHILDREN, getrusage
from threading import Thread
from time import perf_counter


def nothing():
    pass


def cost(make, rounds):
    times = []
    for _ in range(rounds):
        began = perf_counter()
        worker = make(target=nothing)
        worker.start()
        worker.join()
        times.append(perf_counter() - began)
    return f"{min(times) * 1_000_000:,.0f} µs"


if __name__ == "__main__":
    if not sys.flags.isolated:
        sys.exit(subprocess.call([sys.executable, "-I", __file__]))
    print(f"a thread: {cost(Thread, 100)}")
    for method in get_all_start_methods():
        process = get_context(method).Process
        print(f"a process, by {method}: {cost(process, 3)}")
    memory = getrusage(RUSAGE_CHILDREN).ru_maxrss
    print(f"memory of a process: {memory / 1024:.0f} MiB at most")
#: output
#> a thread: 69 µs
#> a process, by fork: 2,120 µs
#> a process, by spawn: 46,942 µs
#> a process, by forkserver: 14,463 µs
#> memory of a process: 13 MiB at most
#: output on Python 3.14
#> a thread: 69 µs
#> a process, by forkserver: 3,745 µs
#> a process, by fork: 2,137 µs
#> a process, by spawn: 45,548 µs
#> memory of a process: 20 MiB at most
