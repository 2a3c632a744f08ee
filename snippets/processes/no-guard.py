# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "No main guard, under spawn"
# alone = true
# [[tool.snippet.guarantees]]
# says = "A power: the child fails before it gets there."
# never = '\*\*'
#
# [[tool.snippet.guarantees]]
# says = "The parent gets exit code one, and no exception."
# lines = '^child\.exitcode = 1$'
# exactly = 1
#
# [tool.snippet.claims]
# processes = 2
# ///
import sys
from multiprocessing import get_context


def report(kind, error, traceback):
    text = " ".join(str(error).split()[:19])
    print(f"{kind.__name__}: {text}", file=sys.stderr)


sys.excepthook = report


def target(x, y):
    print(f"{x} ** {y} = {x**y}")


child = get_context("spawn").Process(target=target, args=(2, 3))
child.start()
child.join()
print(f"{child.exitcode = }")
#: output
#! RuntimeError: An attempt has been made to start a new process before the current process has finished its bootstrapping phase.
#> child.exitcode = 1
