# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Computing, one after another"
# alone = true
#
# [tool.snippet.claims]
# processes = 1
# seconds = { min = 0.1, max = 30 }
# cores-used = { max = 1.1 }
# ///
def compute(start):
    total = 0
    for number in range(start, start + 800_000):
        total += number * number
    return total % 10_007


if __name__ == "__main__":
    for result in map(compute, range(4)):
        print(f"{result = }")
#: output
#> result = 5502
#> result = 8885
#> result = 1141
#> result = 2284
