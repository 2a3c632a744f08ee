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

numbers = range(-250, 250)


def timed(how, run, **options):
    began = perf_counter()
    total = sum(run(abs, numbers, **options))
    took = (perf_counter() - began) / len(numbers) * 1e6
    print(f"{how}: {took:.2f} µs a task, {total = }")


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=2) as pool:
        pool.submit(abs, 0).result()
        timed("in a loop", map)
        timed("in a pool", pool.map)
        timed("in chunks", pool.map, chunksize=125)
#: output
#> in a loop: 0.05 µs a task, total = 62500
#> in a pool: 278.87 µs a task, total = 62500
#> in chunks: 4.11 µs a task, total = 62500
