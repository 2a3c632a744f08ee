# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Two counts in two threads"
# alone = true
# lines = "any-order"
#
# [[tool.snippet.guarantees]]
# says = "The time is printed when both threads have ended."
# order = ['done', 'both']
#
# [[tool.snippet.guarantees]]
# says = "Which thread is done first."
# any-order = 'done'
#
# [tool.snippet.claims]
# threads = 2
# overlap = 2
# seconds = { min = 0.05, max = 25 }
# cores-used = { min = 0.01, max = 1.25 }
# "speedup over threads/count-in-a-loop" = { min = 0.1, max = 10 }
# ///
from threading import Thread
from time import perf_counter


def count(name):
    n = 4_000_000
    while n:
        n -= 1
    print(f"{name}: done")


start = perf_counter()
threads = [Thread(target=count, args=(x,)) for x in ("first", "second")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"both: {perf_counter() - start:.2f} s")
#: output
#> first: done
#> second: done
#> both: 0.28 s
