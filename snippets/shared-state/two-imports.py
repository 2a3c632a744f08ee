# /// script
# requires-python = ">=3.11"
# dependencies = ["pandas"]
#
# [tool.snippet]
# title = "Two threads import pandas"
# alone = true
# lines = "any-order"
# mask = [['\d+\.\d+ s of CPU', "CPU seconds"]]
#
# [[tool.snippet.guarantees]]
# says = "Both threads get one and the same module."
# order = ['has pandas', 'one module: True']
#
# [[tool.snippet.guarantees]]
# says = "Which thread has it first."
# any-order = 'has pandas'
#
# [tool.snippet.claims]
# threads = 2
# "the greater share" = { printed = 'most: ([\d.]+ s) of CPU', min = 0.05, max = 20 }
# "the smaller share" = { printed = 'least: ([\d.]+ s) of CPU', min = 0, max = 0.5 }
# ///
from threading import Barrier, Thread
from time import thread_time

together = Barrier(2)
modules, seconds = [], []


def target(name):
    together.wait()
    before = thread_time()
    import pandas

    seconds.append(thread_time() - before)
    modules.append(pandas)
    print(f"{name} has pandas")


threads = [Thread(target=target, args=(x,)) for x in ("Ann", "Bob")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"one module: {modules[0] is modules[1]}")
print(f"most: {max(seconds):.3f} s of CPU")
print(f"least: {min(seconds):.3f} s of CPU")
#: output
#> Ann has pandas
#> Bob has pandas
#> one module: True
#> most: 0.414 s of CPU
#> least: 0.000 s of CPU
