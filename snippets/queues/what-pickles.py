# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "What can be pickled"
# source = 12
# raises = "TypeError"
# ///
from pickle import dumps
from sqlite3 import connect

# def f():
#     def g():
#         pass
#     return g

def g():
    yield

# with open(__file__) as f:
with connect(':memory:') as conn:
    print(
        f'{dumps(123)   = }',
        f'{dumps("abc") = }',
        # f'{dumps(f())   = }',
        # f'{dumps(g()) = }',
        # f'{dumps(f) = }',
        f'{dumps(conn) = }',
        sep='\n',
    )
#: output
#! Traceback (most recent call last):
#!   File "what-pickles.py", line 20, in <module>
#!     f'{dumps(conn) = }',
#!        ^^^^^^^^^^^
#! TypeError: cannot pickle 'sqlite3.Connection' object
#: output on Python 3.13
#! Traceback (most recent call last):
#!   File "what-pickles.py", line 20, in <module>
#!     f'{dumps(conn) = }',
#!        ~~~~~^^^^^^
#! TypeError: cannot pickle 'sqlite3.Connection' object
