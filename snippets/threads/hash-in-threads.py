# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Two hashes in two threads"
# alone = true
# mask = [['\d\.\d times', "a ratio"]]
#
# [tool.snippet.claims]
# threads = 2
# overlap = 2
# "faster" = { printed = '(\d\.\d) times as fast', min = 0.1, max = 20 }
# ///
from hashlib import sha256
from threading import Thread
from time import perf_counter

data = b"x" * 60_000_000


def digest():
    sha256(data).digest()


start = perf_counter()
digest()
digest()
loop = perf_counter() - start

start = perf_counter()
threads = [Thread(target=digest) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
both = perf_counter() - start
print(f"one after the other: {loop:.2f} s")
print(f"in two threads: {both:.2f} s, {loop / both:.1f} times as fast")
#: output
#> one after the other: 0.14 s
#> in two threads: 0.08 s, 1.8 times as fast
