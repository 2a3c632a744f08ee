# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A busy thread and a short or long switch interval"
# alone = true
# mask = [['\d+ ms late', "a delay"]]
#
# [tool.snippet.claims]
# threads = 1
# "short delay" = { printed = '^0.005 .* (\d+ ms) late', min = 2, max = 400 }
# "long delay" = { printed = '^0.05 .* (\d+ ms) late', min = 30, max = 1000 }
# ///
import sys
from threading import Thread
from time import perf_counter, sleep


def compute():
    while busy:
        pass


busy = True
thread = Thread(target=compute)
thread.start()
for interval in (sys.getswitchinterval(), 0.05):
    sys.setswitchinterval(interval)
    late = []
    for _ in range(2):
        start = perf_counter()
        sleep(0.02)
        late.append(perf_counter() - start - 0.02)
    print(f"{interval} s: main wakes {max(late) * 1000:.0f} ms late")
busy = False
thread.join()
#: output
#> 0.005 s: main wakes 10 ms late
#> 0.05 s: main wakes 151 ms late
