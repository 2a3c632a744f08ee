# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Two processes, and nothing is shared"
# lines = "any-order"
#
# [[tool.snippet.guarantees]]
# says = "Each process reads 0, whatever the other one stores."
# lines = '^reads 0$'
# exactly = 2
#
# [tool.snippet.claims]
# processes = { min = 3, max = 5 }
# ///
from multiprocessing import Process

shared = {"a": 0}


def update():
    value = shared["a"]
    print(f"reads {value}")
    shared["a"] = value + 1
    print(f"stores {shared['a']}")


if __name__ == "__main__":
    pool = [Process(target=update) for _ in range(2)]
    for process in pool:
        process.start()
    for process in pool:
        process.join()
    print(f"the first process has {shared = }")
#: output
#> reads 0
#> reads 0
#> stores 1
#> stores 1
#> the first process has shared = {'a': 0}
