# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A lost update"
#
# [[tool.snippet.guarantees]]
# says = "Each thread reads before it writes."
# order = ['(?P<name>\w+) reads', '(?P<name>\w+) writes']
#
# [[tool.snippet.outcomes]]
# name = "nothing is lost"
# grade = "expected"
# says = "One thread wrote before the other read."
# pattern = '^counter = 2$'
#
# [[tool.snippet.outcomes]]
# name = "an update is lost"
# grade = "surprising"
# says = "Both threads read 0 before either wrote."
# pattern = '^counter = 1$'
# ///
from threading import Thread
from time import sleep

counter = 0


def add_one(name):
    global counter
    value = counter
    print(f"{name} reads {value}")
    sleep(0)
    counter = value + 1
    print(f"{name} writes {value + 1}")


threads = [Thread(target=add_one, args=(x,)) for x in ("Ann", "Bob")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"{counter = }")
#: output
#> Ann reads 0
#> Ann writes 1
#> Bob reads 1
#> Bob writes 2
#> counter = 2
#: outcomes of 200 runs on Python 3.11.7, 2 cores
#= 103 nothing is lost
#= 97 an update is lost
#: outcomes of 200 runs on Python 3.12.1, 2 cores
#= 85 nothing is lost
#= 115 an update is lost
#: outcomes of 200 runs on Python 3.13.0, 2 cores
#= 97 nothing is lost
#= 103 an update is lost
