# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "The same update with a lock"
#
# [[tool.snippet.guarantees]]
# says = "What is read is what was stored last."
# order = ['stores (?P<value>1)$', 'reads (?P<value>1)$']
#
# [tool.snippet.claims]
# threads = 2
# seconds = { min = 1.0, max = 10 }
# ///
from threading import Lock, Thread
from time import sleep

shared = {"a": 0}
owned = {"first": 0, "second": 0}
lock = Lock()


def update(name):
    with lock:
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
#> stores 1
#> reads 1
#> stores 2
#> shared = {'a': 2} owned = {'first': 1, 'second': 1}
#> each update counted: True
