# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "All meet before any goes on"
# lines = "any-order"
#
# [[tool.snippet.guarantees]]
# says = "Nobody goes on before all three are there."
# order = ['is there$', 'goes on$']
#
# [[tool.snippet.guarantees]]
# says = "One of the three, and only one, has the number 0."
# lines = '^number 0 goes on$'
# exactly = 1
#
# [tool.snippet.claims]
# threads = 3
# overlap = { min = 2, max = 3 }
# seconds = { min = 0.5, max = 10 }
# ///
from threading import Barrier, Thread
from time import sleep

meeting = Barrier(3)


def walk(seconds):
    sleep(seconds)
    print(f"after {seconds} s one is there")
    number = meeting.wait()
    print(f"number {number} goes on")


pool = [Thread(target=walk, args=(t,)) for t in (0.1, 0.3, 0.5)]
for thread in pool:
    thread.start()
for thread in pool:
    thread.join()
#: output
#> after 0.1 s one is there
#> after 0.3 s one is there
#> after 0.5 s one is there
#> number 2 goes on
#> number 0 goes on
#> number 1 goes on
