# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A main guard, so that any start method works"
# alone = true
# lines = "any-order"
#
# [[tool.snippet.guarantees]]
# says = "Each child runs the file before it computes."
# order = ['(?P<child>child \d) runs this file', '(?P<child>child \d): 2']
#
# [[tool.snippet.guarantees]]
# says = "The lines of the three children."
# any-order = '^child '
#
# [tool.snippet.claims]
# processes = 4
# ///
from multiprocessing import current_process, get_context
from time import sleep

name = current_process().name
print(f"{name} runs this file as {__name__}")


def target(x, y):
    sleep(0.1)
    print(f"{name}: {x} ** {y} = {x**y}")


if __name__ == "__main__":
    spawn = get_context("spawn")
    pool = [
        spawn.Process(target=target, args=(2, y), name=f"child {y}")
        for y in range(3)
    ]
    for process in pool:
        process.start()
    for process in pool:
        process.join()
#: output
#> MainProcess runs this file as __main__
#> child 2 runs this file as __mp_main__
#> child 1 runs this file as __mp_main__
#> child 0 runs this file as __mp_main__
#> child 2: 2 ** 2 = 4
#> child 1: 2 ** 1 = 2
#> child 0: 2 ** 0 = 1
