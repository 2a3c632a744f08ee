# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Three workers and a queue of jobs"
#
# [[tool.snippet.guarantees]]
# says = "Each job is done once."
# exactly = 1
# lines = 'did (?P<job>job \d+)$'
#
# [[tool.snippet.guarantees]]
# says = "The queue is joined when all jobs are done, and no sooner."
# order = ['did job', '^all jobs done$']
#
# [tool.snippet.claims]
# seconds = { min = 0.6 }
# tasks = 4
# ///
from asyncio import Queue, TaskGroup, run, sleep


async def worker(name, jobs):
    while True:
        number, seconds = await jobs.get()
        await sleep(seconds)
        print(f"{name} did job {number}")
        jobs.task_done()


async def main():
    jobs = Queue()
    for job in enumerate([0.5, 0.1, 0.2, 0.3, 0.4]):
        jobs.put_nowait(job)
    async with TaskGroup() as tasks:
        workers = [tasks.create_task(worker(w, jobs)) for w in "abc"]
        await jobs.join()
        print("all jobs done")
        for one in workers:
            one.cancel()


run(main())
#: output
#> b did job 1
#> c did job 2
#> b did job 3
#> a did job 0
#> c did job 4
#> all jobs done
