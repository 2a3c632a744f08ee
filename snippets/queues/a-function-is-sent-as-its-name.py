# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A function is sent as its name"
# ///
from multiprocessing import SimpleQueue
from pickle import dumps


def double(x):
    return 2 * x


print(dumps(double))

q = SimpleQueue()
q.put(double)
print(f"{q.get() is double = }")

q.put(double)
del double
try:
    q.get()
except AttributeError as error:
    print(f"after del: {error}")
#: output
#> b'\x80\x04\x95\x17\x00\x00\x00\x00\x00\x00\x00\x8c\x08__main__\x94\x8c\x06double\x94\x93\x94.'
#> q.get() is double = True
#> after del: Can't get attribute 'double' on <module '__main__' from 'a-function-is-sent-as-its-name.py'>
#: output on Python 3.14
#> b'\x80\x05\x95\x17\x00\x00\x00\x00\x00\x00\x00\x8c\x08__main__\x94\x8c\x06double\x94\x93\x94.'
#> q.get() is double = True
#> after del: module '__main__' has no attribute 'double'
