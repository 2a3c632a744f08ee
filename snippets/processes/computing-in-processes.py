# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Computing in two processes"
# alone = true
#
# [tool.snippet.claims]
# processes = 3
# overlap = 2
# seconds = { min = 0.1, max = 30 }
# cores-used = { max = 3 }
# "speedup over processes/computing-in-a-loop" = { min = 0.1, max = 20 }
# ///
from concurrent.futures import ProcessPoolExecutor


def compute(start):
    total = 0
    for number in range(start, start + 800_000):
        total += number * number
    return total % 10_007


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=2) as pool:
        for result in pool.map(compute, range(4)):
            print(f"{result = }")
#: output
#> result = 5502
#> result = 8885
#> result = 1141
#> result = 2284
