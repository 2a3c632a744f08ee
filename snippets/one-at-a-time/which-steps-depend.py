# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Three questions, one of which needs an answer"
# [tool.snippet.claims]
# workers = 1
# seconds = { min = 0.6, max = 8 }
# "three waits" = { printed = '^([\d.]+ s) for three waits', min = 0.6, max = 8 }
# ///
from time import perf_counter, sleep


def ask(what, answer):
    sleep(0.2)
    print(f"{what}: {answer}")
    return answer


began = perf_counter()
weather = ask("weather", "rain")
user = ask("user", "Ada")
orders = ask(f"orders of {user}", 3)
print(f"{perf_counter() - began:.3f} s for three waits")
#: output
#> weather: rain
#> user: Ada
#> orders of Ada: 3
#> 0.607 s for three waits
