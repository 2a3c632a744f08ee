# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A thousand waits at once"
# alone = true
# mask = [['\d+ µs', "a time"], ['[\d.]+ KiB', "a size"]]
#
# [tool.snippet.claims]
# "time of a task" = { printed = 'a task: (\d+ µs)', min = 1, max = 5000 }
# "memory of a task" = { printed = 'a task: .*?([\d.]+ KiB)', min = 0.05, max = 20 }
# "time of a thread" = { printed = 'a thread: (\d+ µs)', min = 5, max = 50000 }
# "memory of a thread" = { printed = 'a thread: .*?([\d.]+ KiB)', min = 2, max = 200 }
# ///
import asyncio
import subprocess
import sys
import threading
from resource import RUSAGE_SELF, getrusage
from time import perf_counter

MANY = 1_000


def told(name, began, before):
    each = (perf_counter() - began) / MANY * 1_000_000
    memory = (getrusage(RUSAGE_SELF).ru_maxrss - before) / MANY
    print(f"{name}: {each:.0f} µs and {memory:.1f} KiB")


async def tasks():
    before, began = getrusage(RUSAGE_SELF).ru_maxrss, perf_counter()
    go = asyncio.Event()
    waiting = [asyncio.create_task(go.wait()) for _ in range(MANY)]
    await asyncio.sleep(0)
    told("a task", began, before)
    go.set()
    await asyncio.wait(waiting)


def threads():
    before, began = getrusage(RUSAGE_SELF).ru_maxrss, perf_counter()
    go = threading.Event()
    for _ in range(MANY):
        threading.Thread(target=go.wait).start()
    told("a thread", began, before)
    go.set()


if not sys.flags.isolated:
    sys.exit(subprocess.call([sys.executable, "-I", __file__]))
asyncio.run(tasks())
threads()
#: output
#> a task: 10 µs and 0.7 KiB
#> a thread: 799 µs and 15.2 KiB
