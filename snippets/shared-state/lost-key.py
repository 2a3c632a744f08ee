# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A lost key"
#
# [[tool.snippet.outcomes]]
# name = "all keys are there"
# grade = "expected"
# says = "No thread took over between the length and the store."
# pattern = '^2000 keys of 2000$'
#
# [[tool.snippet.outcomes]]
# name = "keys are lost"
# grade = "surprising"
# says = "Both threads got the same length, so one store undid the other."
# pattern = '^1\d\d\d keys of 2000$'
# ///
import sys
from threading import Barrier, Thread

together = Barrier(2)
d = {}


def key(number):
    return f"key {number}"


def add_keys(name):
    together.wait()
    for _ in range(1000):
        d[key(len(d))] = name


sys.setswitchinterval(1e-6)
threads = [Thread(target=add_keys, args=(x,)) for x in ("Ann", "Bob")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"{len(d)} keys of 2000")
#: output
#> 2000 keys of 2000
#: outcomes of 200 runs on Python 3.11.7, 2 cores
#= 143 all keys are there
#= 57 keys are lost
#: outcomes of 200 runs on Python 3.12.1, 2 cores
#= 138 all keys are there
#= 62 keys are lost
#: outcomes of 200 runs on Python 3.13.0, 2 cores
#= 156 all keys are there
#= 44 keys are lost
