# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Each candidate, pickled by itself"
# ///
from contextlib import closing
from pickle import dumps
from sqlite3 import connect


def f():
    def g():
        pass

    return g


def g():
    yield


def attempt(label, value):
    try:
        print(f"{label}: {len(dumps(value))} bytes")
    except Exception as error:
        print(f"{label}: {type(error).__name__}: {error}")


attempt("123", 123)
attempt("'abc'", "abc")
attempt("f, a function", f)
attempt("f(), a function made inside f", f())
attempt("g, a function with a yield", g)
attempt("g(), a generator", g())
with open(__file__) as file:
    attempt("an open file", file)
with closing(connect(":memory:")) as conn:
    attempt("a connection", conn)
#: output
#> 123: 5 bytes
#> 'abc': 18 bytes
#> f, a function: 29 bytes
#> f(), a function made inside f: AttributeError: Can't pickle local object 'f.<locals>.g'
#> g, a function with a yield: 29 bytes
#> g(), a generator: TypeError: cannot pickle 'generator' object
#> an open file: TypeError: cannot pickle '_io.TextIOWrapper' object
#> a connection: TypeError: cannot pickle 'sqlite3.Connection' object
#: output on Python 3.12
#> 123: 5 bytes
#> 'abc': 18 bytes
#> f, a function: 29 bytes
#> f(), a function made inside f: AttributeError: Can't pickle local object 'f.<locals>.g'
#> g, a function with a yield: 29 bytes
#> g(), a generator: TypeError: cannot pickle 'generator' object
#> an open file: TypeError: cannot pickle 'TextIOWrapper' instances
#> a connection: TypeError: cannot pickle 'sqlite3.Connection' object
#: output on Python 3.13
#> 123: 5 bytes
#> 'abc': 18 bytes
#> f, a function: 29 bytes
#> f(), a function made inside f: AttributeError: Can't get local object 'f.<locals>.g'
#> g, a function with a yield: 29 bytes
#> g(), a generator: TypeError: cannot pickle 'generator' object
#> an open file: TypeError: cannot pickle 'TextIOWrapper' instances
#> a connection: TypeError: cannot pickle 'sqlite3.Connection' object
#: output on Python 3.14
#> 123: 5 bytes
#> 'abc': 18 bytes
#> f, a function: 29 bytes
#> f(), a function made inside f: PicklingError: Can't pickle local object <function f.<locals>.g at 0x7f421bcb2400>
#> g, a function with a yield: 29 bytes
#> g(), a generator: TypeError: cannot pickle 'generator' object
#> an open file: TypeError: cannot pickle 'TextIOWrapper' instances
#> a connection: TypeError: cannot pickle 'sqlite3.Connection' object
