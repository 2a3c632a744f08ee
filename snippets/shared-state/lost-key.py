# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A lost key"
#
# [[tool.snippet.outcomes]]
# name = "both keys are there"
# grade = "expected"
# says = "One thread stored its key before the other asked for the length."
# pattern = '^d = \{0: .*, 1: .*\}$'
#
# [[tool.snippet.outcomes]]
# name = "one key is lost"
# grade = "surprising"
# says = "Both threads computed the length 0 before either stored."
# pattern = '^d = \{0: .*\}$'
# ///
import sys
from threading import Barrier, Thread

together = Barrier(2)
d = {}


def add_key(name):
    together.wait()
    d[len(d)] = name


sys.setswitchinterval(1e-6)
threads = [Thread(target=add_key, args=(x,)) for x in ("Ann", "Bob")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"{d = }")
#: output
#> d = {0: 'Bob', 1: 'Ann'}
#: outcomes of 200 runs on Python 3.11.7, 2 cores
#= 200 both keys are there
#: outcomes of 200 runs on Python 3.12.1, 2 cores
#= 197 both keys are there
#= 3 one key is lost
#: outcomes of 200 runs on Python 3.13.0, 2 cores
#= 196 both keys are there
#= 4 one key is lost
