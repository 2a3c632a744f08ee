# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Results from futures"
# lines = "any-order"
#
# [[tool.snippet.guarantees]]
# says = "A result comes after its thread is done, whoever waits for it."
# order = ['(?P<y>\d) is done', '2 \*\* (?P<y>\d) = ']
#
# [[tool.snippet.guarantees]]
# says = "Results come in the order in which they are asked for."
# grows = '2 \*\* (?P<n>\d) = '
# by = 1
#
# [tool.snippet.claims]
# threads = 3
# overlap = 3
# seconds = { min = 0.6, max = 10 }
# ///
from concurrent.futures import ThreadPoolExecutor
from time import sleep


def power(x, y):
    sleep(0.2 * (4 - y))
    print(f"2 to the power of {y} is done")
    return x**y


with ThreadPoolExecutor() as pool:
    futures = {(2, y): pool.submit(power, 2, y) for y in (1, 2, 3)}
    print("all three are submitted")
    for (x, y), future in futures.items():
        print(f"{x} ** {y} = {future.result()}")
#: output
#> all three are submitted
#> 2 to the power of 3 is done
#> 2 to the power of 2 is done
#> 2 to the power of 1 is done
#> 2 ** 1 = 2
#> 2 ** 2 = 4
#> 2 ** 3 = 8
