# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Three waits, side by side"
# lines = "any-order"
#
# [[tool.snippet.guarantees]]
# says = "Each of the three tells once that it has waited."
# lines = '^(?P<name>\w) has waited'
# exactly = 1
#
# [[tool.snippet.guarantees]]
# says = "The sum comes last: main joins all three first."
# order = ['has waited', '^together']
#
# [[tool.snippet.guarantees]]
# says = "The threads wake at the same time, and any of them may be first."
# any-order = 'has waited'
#
# [tool.snippet.claims]
# threads = 3
# overlap = 3
# seconds = { min = 1, max = 20 }
# "together" = { printed = 'took ([\d.]+ s)', min = 1, max = 20 }
# ///
from threading import Thread
from time import perf_counter, sleep


def wait(name):
    sleep(1)
    print(f"{name} has waited one second")


began = perf_counter()
threads = [Thread(target=wait, args=(name,)) for name in "ABC"]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"together they took {perf_counter() - began:.3f} s")
#: output
#> B has waited one second
#> C has waited one second
#> A has waited one second
#> together they took 1.016 s
