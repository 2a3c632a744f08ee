# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "An item that never arrives"
#
# [tool.snippet.claims]
# threads = 1
# seconds = { min = 0.5, max = 10 }
# ///
from multiprocessing import Queue
from queue import Empty

q = Queue()
q.put(lambda: 1)
print("put returned, and raised nothing")
try:
    q.get(timeout=0.5)
except Empty:
    print("nothing arrived")
#: output
#> put returned, and raised nothing
#! Traceback (most recent call last):
#!   File "/root/.pyenv/versions/3.11.7/lib/python3.11/multiprocessing/queues.py", line 244, in _feed
#!     obj = _ForkingPickler.dumps(obj)
#!           ^^^^^^^^^^^^^^^^^^^^^^^^^^
#!   File "/root/.pyenv/versions/3.11.7/lib/python3.11/multiprocessing/reduction.py", line 51, in dumps
#!     cls(buf, protocol).dump(obj)
#! _pickle.PicklingError: Can't pickle <function <lambda> at 0x7f177c6ad4e0>: attribute lookup <lambda> on __main__ failed
#> nothing arrived
#: output on Python 3.13
#> put returned, and raised nothing
#! Traceback (most recent call last):
#!   File "/root/.pyenv/versions/3.13.0/lib/python3.13/multiprocessing/queues.py", line 262, in _feed
#!     obj = _ForkingPickler.dumps(obj)
#!   File "/root/.pyenv/versions/3.13.0/lib/python3.13/multiprocessing/reduction.py", line 51, in dumps
#!     cls(buf, protocol).dump(obj)
#!     ~~~~~~~~~~~~~~~~~~~~~~~^^^^^
#! _pickle.PicklingError: Can't pickle <function <lambda> at 0x7f9bba1542c0>: attribute lookup <lambda> on __main__ failed
#> nothing arrived
