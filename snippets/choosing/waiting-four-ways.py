# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Four waits, in four ways"
#
# [tool.snippet.claims]
# seconds = { min = 1.3 }
# "in a loop" = { printed = '^a loop: ([\d.]+ s)', min = 0.8, max = 20 }
# "in processes" = { printed = '^processes: ([\d.]+ s)', min = 0.2, max = 20 }
# "in threads" = { printed = '^threads: ([\d.]+ s)', min = 0.2, max = 20 }
# "in tasks" = { printed = '^tasks: ([\d.]+ s)', min = 0.2, max = 20 }
# processes = { min = 5, max = 8 }
# threads = { min = 4 }
# tasks = { min = 4 }
# overlap = { min = 2 }
# ///
import asyncio
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

JOBS = [0.2] * 4


def one_by_one():
    for seconds in JOBS:
        time.sleep(seconds)


def pooled(make):
    with make(len(JOBS)) as pool:
        list(pool.map(time.sleep, JOBS))


async def grouped():
    async with asyncio.TaskGroup() as group:
        for seconds in JOBS:
            group.create_task(asyncio.sleep(seconds))


def told(name, way):
    began = time.perf_counter()
    way()
    print(f"{name}: {time.perf_counter() - began:.2f} s")


if __name__ == "__main__":
    told("a loop", one_by_one)
    told("processes", lambda: pooled(ProcessPoolExecutor))
    told("threads", lambda: pooled(ThreadPoolExecutor))
    told("tasks", lambda: asyncio.run(grouped()))
#: output
#> a loop: 0.80 s
#> processes: 0.24 s
#> threads: 0.21 s
#> tasks: 0.21 s
