# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Two counts, one after the other"
# alone = true
#
# [tool.snippet.claims]
# seconds = { min = 0.05, max = 25 }
# cores-used = { min = 0.01, max = 1.15 }
# ///
from time import perf_counter


def count(name):
    n = 4_000_000
    while n:
        n -= 1
    print(f"{name}: done")


start = perf_counter()
count("first")
count("second")
print(f"both: {perf_counter() - start:.2f} s")
#: output
#> first: done
#> second: done
#> both: 0.23 s
