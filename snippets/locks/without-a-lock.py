# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Two threads update one number without a lock"
#
# [tool.snippet.claims]
# threads = 2
# seconds = { min = 0.5, max = 10 }
# ///
from threading import Thread
from time import sleep

shared = {"a": 0}
owned = {"first": 0, "second": 0}


def update(name):
    value = shared["a"]
    print(f"reads {value}")
    sleep(0.5)
    shared["a"] = value + 1
    owned[name] += 1
    print(f"stores {value + 1}")


pool = [Thread(target=update, args=(name,)) for name in owned]
for thread in pool:
    thread.start()
for thread in pool:
    thread.join()
print(f"{shared = } {owned = }")
print("each update counted:", shared["a"] == sum(owned.values()))
#: output
#> reads 0
#> reads 0
#> stores 1
#> stores 1
#> shared = {'a': 1} owned = {'first': 1, 'second': 1}
#> each update counted: False
