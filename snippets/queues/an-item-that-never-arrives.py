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
#!   File "/python/multiprocessing/queues.py", line 244, in _feed
#!     obj = _ForkingPickler.dumps(obj)
#!           ^^^^^^^^^^^^^^^^^^^^^^^^^^
#!   File "/python/multiprocessing/reduction.py", line 51, in dumps
#!     cls(buf, protocol).dump(obj)
#! _pickle.PicklingError: Can't pickle <function <lambda> at 0x7f177c6ad4e0>: attribute lookup <lambda> on __main__ failed
#> nothing arrived
#: output on Python 3.14
#> put returned, and raised nothing
#! AttributeError: module '__main__' has no attribute '<lambda>'
#!
#! During handling of the above exception, another exception occurred:
#!
#! Traceback (most recent call last):
#!   File "/python/multiprocessing/queues.py", line 262, in _feed
#!     obj = _ForkingPickler.dumps(obj)
#!   File "/python/multiprocessing/reduction.py", line 51, in dumps
#!     cls(buf, protocol).dump(obj)
#!     ~~~~~~~~~~~~~~~~~~~~~~~^^^^^
#! _pickle.PicklingError: Can't pickle <function <lambda> at 0x7f9d65841640>: it's not found as __main__.<lambda>
#> nothing arrived
