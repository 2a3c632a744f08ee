# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Three waits, side by side"
# lines = "any-order"
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
