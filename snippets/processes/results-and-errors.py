# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A result and an exception come back from a pool"
# [[tool.snippet.guarantees]]
# says = "The worker's own traceback comes along as text."
# first = ['^its cause', 'in divide', '^ZeroDivisionError: division by zero']
#
# [tool.snippet.claims]
# processes = 3
# ///
from concurrent.futures import ProcessPoolExecutor


def divide(x, y):
    return x / y


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=2) as pool:
        good = pool.submit(divide, 1, 2)
        bad = pool.submit(divide, 1, 0)
        print(f"{good.result() = }")
        try:
            bad.result()
        except ZeroDivisionError as error:
            cause = error.__cause__
            print(f"{error = }")
            print(f"its cause is a {type(cause).__name__}: {cause}")
#: output
#> good.result() = 0.5
#> error = ZeroDivisionError('division by zero')
#> its cause is a _RemoteTraceback:
#> """
#> Traceback (most recent call last):
#>   File "/python/concurrent/futures/process.py", line 261, in _process_worker
#>     r = call_item.fn(*call_item.args, **call_item.kwargs)
#>         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
#>   File "results-and-errors.py", line 5, in divide
#>     return x / y
#>            ~~^~~
#> ZeroDivisionError: division by zero
#> """
