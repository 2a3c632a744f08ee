# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Wait until it is enough"
#
# [[tool.snippet.guarantees]]
# says = "The buyer takes three only after the third was made."
# order = ['^made 3$', '^takes all 3$']
#
# [tool.snippet.claims]
# threads = 2
# seconds = { min = 0.6, max = 10 }
# ///
from threading import Condition, Thread
from time import sleep

stock = []
changed = Condition()


def buyer():
    with changed:
        while len(stock) < 3:
            print(f"{len(stock)} is not enough, wait")
            changed.wait()
        print(f"takes all {len(stock)}")
        stock.clear()


def maker():
    for number in 1, 2, 3:
        sleep(0.2)
        with changed:
            stock.append(number)
            print(f"made {number}")
            changed.notify_all()


pool = [Thread(target=buyer), Thread(target=maker)]
for thread in pool:
    thread.start()
for thread in pool:
    thread.join()
print(f"{stock = }")
#: output
#> 0 is not enough, wait
#> made 1
#> 1 is not enough, wait
#> made 2
#> 2 is not enough, wait
#> made 3
#> takes all 3
#> stock = []
