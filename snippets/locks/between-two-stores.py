# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A look between two stores"
#
# [tool.snippet.claims]
# threads = 1
# lines = 6
# ///
from threading import Barrier, Thread

step = Barrier(2)


class Slow(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        print(f"stored in {self.name}")
        step.wait()  # the other thread looks
        step.wait()  # it has looked


shared, owned = Slow(a=1), Slow(a=1)
shared.name, owned.name = "shared", "owned"


def f(v):
    print(f"f({v})")
    return v + 1


def update():
    shared["a"] = owned["a"] = f(shared["a"])


thread = Thread(target=update)
thread.start()
for _ in range(2):
    step.wait()
    print(f"seen: {shared = } {owned = }")
    step.wait()
thread.join()
print("done")
#: output
#> f(1)
#> stored in shared
#> seen: shared = {'a': 2} owned = {'a': 1}
#> stored in owned
#> seen: shared = {'a': 2} owned = {'a': 2}
#> done
