# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "An exception ends its thread and nothing else"
#
# [[tool.snippet.guarantees]]
# says = "join() returns as if nothing had happened."
# exactly = 1
# lines = '^join\(\) returned None$'
#
# [[tool.snippet.guarantees]]
# says = "The traceback goes to standard error."
# exactly = 1
# lines = '^ZeroDivisionError: division by zero$'
# stream = "stderr"
#
# [tool.snippet.claims]
# threads = 1
# seconds = { min = 0.2, max = 10 }
# ///
from threading import Thread
from time import sleep


def divide(x, y):
    sleep(0.2)
    print(f"{x / y = }")


thread = Thread(target=divide, args=(1, 0))
thread.start()
print(f"join() returned {thread.join()}")
print("the program goes on and ends well")
#: output
#! Exception in thread Thread-1 (divide):
#! Traceback (most recent call last):
#!   File "/python/threading.py", line 1045, in _bootstrap_inner
#!     self.run()
#!   File "/python/threading.py", line 982, in run
#!     self._target(*self._args, **self._kwargs)
#!   File "exception-in-a-thread.py", line 7, in divide
#!     print(f"{x / y = }")
#!              ~~^~~
#! ZeroDivisionError: division by zero
#> join() returned None
#> the program goes on and ends well
