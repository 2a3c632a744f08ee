# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "One thread takes one lock twice"
#
# [tool.snippet.claims]
# seconds = { min = 0.4, max = 10 }
# ///
from threading import Lock, RLock

for name, lock in {"Lock": Lock(), "RLock": RLock()}.items():
    with lock:
        print(f"{name}: taken once")
        if lock.acquire(timeout=0.4):
            print(f"{name}: taken twice")
            lock.release()
        else:
            print(f"{name}: waited for myself in vain")
#: output
#> Lock: taken once
#> Lock: waited for myself in vain
#> RLock: taken once
#> RLock: taken twice
