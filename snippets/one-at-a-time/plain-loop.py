# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A plain loop"
# [[tool.snippet.guarantees]]
# says = "Nine powers, no more and no fewer."
# lines = '^x \*\* y = \d$'
# exactly = 9
#
# [tool.snippet.claims]
# workers = 1
# seconds = { min = 9, max = 25 }
# cpu-seconds = { max = 2 }
# ///
from itertools import product
from time import sleep

for x, y in product(range(3), repeat=2):
    sleep(1)
    print(f"{x ** y = }")
#: output
#> x ** y = 1
#> x ** y = 0
#> x ** y = 0
#> x ** y = 1
#> x ** y = 1
#> x ** y = 1
#> x ** y = 1
#> x ** y = 2
#> x ** y = 4
