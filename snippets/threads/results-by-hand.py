# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Results by hand"
#
# [tool.snippet.claims]
# threads = 3
# overlap = 3
# seconds = { min = 0.3, max = 10 }
# ///
from threading import Thread
from time import sleep

results = [None, None, None]


def cube(x):
    sleep(0.3)
    results[x] = x**3


threads = [Thread(target=cube, args=(x,)) for x in range(3)]
for thread in threads:
    thread.start()
print(f"all started: {results = }")
for thread in threads:
    thread.join()
print(f"all joined:  {results = }")
#: output
#> all started: results = [None, None, None]
#> all joined:  results = [0, 1, 8]
