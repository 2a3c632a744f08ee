# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Two generators take turns"
# source = 14
#
# [tool.snippet.claims]
# generators = 2
# seconds = { min = 2, max = 10 }
# ///
from time import sleep

def task(name):
    while True:
        print(f'task {name = }')
        yield
        sleep(1)

ti1 = task('aaa')
ti2 = task('bbb')
next(ti1)
next(ti2)
next(ti1)
next(ti2)
#: output
#> task name = 'aaa'
#> task name = 'bbb'
#> task name = 'aaa'
#> task name = 'bbb'
