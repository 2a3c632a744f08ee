# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A coroutine, driven by hand"
#
# [tool.snippet.claims]
# seconds = { min = 0.35 }
# generators = 1
# coroutines = 1
# ///
from time import sleep
from types import coroutine


@coroutine
def pause(seconds):
    answer = yield seconds
    return answer


def with_yield_from():
    print("yield from: may I pause?")
    answer = yield from pause(0.2)
    print(f"yield from: {answer}")
    return "tea"


async def with_await():
    print("await: may I pause?")
    answer = await pause(0.2)
    print(f"await: {answer}")
    return "coffee"


for task in (with_yield_from(), with_await()):
    seconds = task.send(None)  # runs to the yield in pause
    print(f"driver: a {type(task).__name__} asks for {seconds}")
    sleep(seconds)
    try:
        task.send("good morning")
    except StopIteration as end:
        print(f"driver: it returned {end.value}")
#: output
#> yield from: may I pause?
#> driver: a generator asks for 0.2
#> yield from: good morning
#> driver: it returned tea
#> await: may I pause?
#> driver: a coroutine asks for 0.2
#> await: good morning
#> driver: it returned coffee
