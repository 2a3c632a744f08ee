# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Two processes share one number"
#
# [[tool.snippet.guarantees]]
# says = "What is read is what was stored last."
# order = ['stores (?P<value>1)$', 'reads (?P<value>1)$']
#
# [tool.snippet.claims]
# processes = { min = 3, max = 5 }
# seconds = { min = 0.6, max = 10 }
# ///
from multiprocessing import Process, Value
from time import sleep


def update(shared):
    with shared.get_lock():
        value = shared.value
        print(f"reads {value}")
        sleep(0.3)
        shared.value = value + 1
        print(f"stores {value + 1}")


if __name__ == "__main__":
    shared = Value("i", 0)
    pool = [Process(target=update, args=(shared,)) for _ in range(2)]
    for process in pool:
        process.start()
    for process in pool:
        process.join()
    print(f"the first process has {shared.value = }")
#: output
#> reads 0
#> stores 1
#> reads 1
#> stores 2
#> the first process has shared.value = 2
