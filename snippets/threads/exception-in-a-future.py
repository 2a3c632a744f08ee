# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A future keeps the exception"
#
# [[tool.snippet.guarantees]]
# says = "The exception comes out at result(), in the main thread."
# order = ['submitted', 'the pool is shut', 'result\(\) raised']
#
# [[tool.snippet.guarantees]]
# says = "Nothing is printed on standard error."
# never = ''
# stream = "stderr"
#
# [tool.snippet.claims]
# threads = 1
# seconds = { min = 0.2, max = 10 }
# ///
from concurrent.futures import ThreadPoolExecutor
from time import sleep


def divide(x, y):
    sleep(0.2)
    return x / y


with ThreadPoolExecutor() as pool:
    future = pool.submit(divide, 1, 0)
    print("submitted")
print(f"the pool is shut, {future.done() = }")
try:
    future.result()
except ZeroDivisionError as error:
    print(f"result() raised {error!r}")
#: output
#> submitted
#> the pool is shut, future.done() = True
#> result() raised ZeroDivisionError('division by zero')
