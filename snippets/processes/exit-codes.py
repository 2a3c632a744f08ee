# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "What a process says when it ends"
# [[tool.snippet.guarantees]]
# says = "The exception goes no further than the child's own standard error."
# lines = '^ValueError'
# exactly = 1
# stream = "stderr"
#
# [tool.snippet.claims]
# seconds = { min = 0.3, max = 12 }
# ///
import sys
from multiprocessing import Process
from time import sleep


def succeed():
    return 42


def leave():
    sys.exit(3)


def fail():
    raise ValueError("nobody catches this")


def hang():
    sleep(60)


if __name__ == "__main__":
    for target in (succeed, leave, fail, hang):
        child = Process(target=target)
        child.start()
        if target is hang:
            child.join(timeout=0.3)
            child.terminate()
        child.join()
        print(f"{target.__name__}: {child.exitcode = }")
#: output
#> succeed: child.exitcode = 0
#> leave: child.exitcode = 3
#! Process Process-3:
#! Traceback (most recent call last):
#!   File "/python/multiprocessing/process.py", line 314, in _bootstrap
#!     self.run()
#!   File "/python/multiprocessing/process.py", line 108, in run
#!     self._target(*self._args, **self._kwargs)
#!   File "exit-codes.py", line 15, in fail
#!     raise ValueError("nobody catches this")
#! ValueError: nobody catches this
#> fail: child.exitcode = 1
#> hang: child.exitcode = -15
