# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Two workers, one queue, a clean end"
# lines = "any-order"
#
# [[tool.snippet.guarantees]]
# says = "Each of the four jobs is done once."
# lines = '^job (?P<job>[1-4]) done$'
# exactly = 1
#
# [[tool.snippet.guarantees]]
# says = "Each of the two workers goes home once."
# lines = '^nothing left, going home$'
# exactly = 2
#
# [[tool.snippet.guarantees]]
# says = "The last line comes after all others."
# order = ['(done|going home)$', '^all workers have ended$']
#
# [tool.snippet.claims]
# threads = 2
# seconds = { min = 0.6, max = 10 }
# ///
from queue import Queue
from threading import Thread
from time import sleep

jobs = Queue()


def worker():
    while (job := jobs.get()) is not None:
        sleep(0.3)
        print(f"job {job} done")
    print("nothing left, going home")


pool = [Thread(target=worker) for _ in range(2)]
for thread in pool:
    thread.start()
for number in 1, 2, 3, 4:
    jobs.put(number)
for _ in pool:
    jobs.put(None)
for thread in pool:
    thread.join()
print("all workers have ended")
#: output
#> job 2 done
#> job 1 done
#> job 3 done
#> nothing left, going home
#> job 4 done
#> nothing left, going home
#> all workers have ended
