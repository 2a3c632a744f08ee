# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Results in the order of the items"
# lines = "any-order"
#
# [[tool.snippet.guarantees]]
# says = "The results come in the order of the items: 0.8, 0.4, 0.6."
# order = ['^result 0.8', '^result 0.4', '^result 0.6']
#
# [[tool.snippet.guarantees]]
# says = "An item's result comes after its sleep."
# order = ['^slept (?P<item>.*)', '^result (?P<item>.*)']
#
# [tool.snippet.claims]
# processes = 4
# overlap = { min = 2, max = 3 }
# seconds = { min = 0.8, max = 12 }
# ///
from concurrent.futures import ProcessPoolExecutor
from time import sleep


def target(seconds):
    sleep(seconds)
    print(f"slept {seconds}")
    return seconds


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=3) as pool:
        results = pool.map(target, [0.8, 0.4, 0.6])
        print(f"map returned a {type(results).__name__}")
        for result in results:
            print(f"result {result}")
#: output
#> map returned a generator
#> slept 0.4
#> slept 0.6
#> slept 0.8
#> result 0.8
#> result 0.4
#> result 0.6
