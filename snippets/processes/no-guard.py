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

sys.tracebacklimit = 0


def target(x, y):
    print(f"{x} ** {y} = {x**y}")


child = get_context("spawn").Process(target=target, args=(2, 3))
child.start()
child.join()
print(f"{child.exitcode = }")
#: output
#! RuntimeError:
#!         An attempt has been made to start a new process before the
#!         current process has finished its bootstrapping phase.
#!
#!         This probably means that you are not using fork to start your
#!         child processes and you have forgotten to use the proper idiom
#!         in the main module:
#!
#!             if __name__ == '__main__':
#!                 freeze_support()
#!                 ...
#!
#!         The "freeze_support()" line can be omitted if the program
#!         is not going to be frozen to produce an executable.
#!
#!         To fix this issue, refer to the "Safe importing of main module"
#!         section in https://docs.python.org/3/library/multiprocessing.html
#!
#> child.exitcode = 1
