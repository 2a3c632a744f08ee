# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Tasks too small to send"
# alone = true
#
# [tool.snippet.claims]
# processes = 3
# "a task in a loop" = { printed = 'in a loop: ([\d.]+ µs)', min = 0.001, max = 80 }
# "a task in a pool" = { printed = 'in a pool: ([\d.]+ µs)', min = 20, max = 80_000 }
# "a task in chunks" = { printed = 'in chunks: ([\d.]+ µs)', min = 0.05, max = 8000 }
# ///
from concurrent.futures import ProcessPoolExecutor
from time import perf_counter

numbers = range(-500, 500)


def timed(how, results):
    began = perf_counter()
    total = sum(results)
    took = (perf_counter() - began) / len(numbers) * 1e6
    print(f"{how}: {took:.2f} µs a task, {total = }")


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=2) as pool:
        pool.submit(abs, 0).result()
        timed("in a loop", map(abs, numbers))
        timed("in a pool", pool.map(abs, numbers))
        timed("in chunks", pool.map(abs, numbers, chunksize=250))
#: output
#> in a loop: 0.04 µs a task, total = 250000
#> in a pool: 593.80 µs a task, total = 250000
#> in chunks: 6.52 µs a task, total = 250000
