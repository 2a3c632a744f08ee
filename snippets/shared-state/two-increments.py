# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Two increments, one loses"
# alone = true
# mask = [['\b[1-9]\d* lost', "updates lost"]]
#
# [[tool.snippet.guarantees]]
# says = "With the GIL, on the versions tried here, `n += 1` alone loses nothing."
# exactly = 1
# lines = '^n \+= 1: 0 lost$'
#
# [tool.snippet.claims]
# "lost" = { printed = 'int\(.*: (\d+) lost', min = 1, max = 200_000 }
# ///
import sys
from threading import Barrier, Thread


def plain():
    global n
    both.wait()
    for _ in range(100_000):
        n += 1


def with_call():
    global n
    both.wait()
    for _ in range(100_000):
        n += int("1")


sys.setswitchinterval(1e-6)
for add, code in (plain, "n += 1"), (with_call, 'n += int("1")'):
    n, both = 0, Barrier(2)
    threads = [Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{code}: {200_000 - n} lost")
#: output
#> n += 1: 0 lost
#> n += int("1"): 94782 lost
