# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Two threads take turns with a lock"
# source = 10
# stops = 3.5
# lines = "any-order"
# mask = [['\b\d+\b', "a count"]]
#
# [[tool.snippet.guarantees]]
# says = "In the lines of one thread, no value of 'b' in shared is less than the one before."
# grows = "^(?P<who>thread[12]) shared = \\{'a': \\d+, 'b': (?P<n>\\d+)"
#
# [[tool.snippet.guarantees]]
# says = "'a' is raised in shared before 'b' has come to 4: the keys are drawn in a fixed order."
# never = "shared = \\{'a': 2, 'b': [23],"
#
# [tool.snippet.claims]
# threads = 2
# ///
from threading import Thread, Lock
from time import sleep
from random import Random

rnd = Random(0)
lock = Lock()

def f(k):
    return k + 1

def target1():
    owned = _owned[target1]
    while True:
        print(f'thread1 {shared = } {owned = }')
        with lock:
            k = rnd.choice([*shared.keys()])
            v = shared[k]
            shared[k] = owned[k] = f(v)
        sleep(1)

def target2():
    owned = _owned[target2]
    while True:
        print(f'thread2 {shared = } {owned = }')
        with lock:
            k = rnd.choice([*shared.keys()])
            v = shared[k]
            shared[k] = owned[k] = f(v)
        sleep(1)

shared = {'a': 1, 'b': 2, 'c': 3}
_owned = {
    target1: {'a': 1, 'b': 2, 'c': 3},
    target2: {'a': 1, 'b': 2, 'c': 3},
}

pool = [
    Thread(target=target1),
    Thread(target=target2),
]
for x in pool: x.start()
for x in pool: x.join()
#: output
#> thread1 shared = {'a': 1, 'b': 2, 'c': 3} owned = {'a': 1, 'b': 2, 'c': 3}
#> thread2 shared = {'a': 1, 'b': 3, 'c': 3} owned = {'a': 1, 'b': 2, 'c': 3}
#> thread1 shared = {'a': 1, 'b': 4, 'c': 3} owned = {'a': 1, 'b': 3, 'c': 3}
#> thread2 shared = {'a': 2, 'b': 4, 'c': 3} owned = {'a': 1, 'b': 4, 'c': 3}
#> thread2 shared = {'a': 2, 'b': 5, 'c': 3} owned = {'a': 1, 'b': 5, 'c': 3}
#> thread1 shared = {'a': 2, 'b': 5, 'c': 4} owned = {'a': 2, 'b': 3, 'c': 3}
#> thread2 shared = {'a': 2, 'b': 6, 'c': 4} owned = {'a': 1, 'b': 5, 'c': 4}
#> thread1 shared = {'a': 2, 'b': 7, 'c': 4} owned = {'a': 2, 'b': 6, 'c': 3}
