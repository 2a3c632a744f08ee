# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Two prints tear each other"
#
# [[tool.snippet.guarantees]]
# says = "Eight newlines are printed, so there are eight lines."
# exactly = 8
# lines = ''
#
# [[tool.snippet.outcomes]]
# name = "every line is whole"
# grade = "expected"
# says = "No thread was interrupted within a print."
# pattern = '\A([AB] at 2001:db8::1\n?){8}\Z'
#
# [[tool.snippet.outcomes]]
# name = "a line is torn"
# grade = "surprising"
# says = "One thread printed between two pieces of the other's line."
# pattern = '^(?![AB] at 2001:db8::1$)'
# ///
import sys
from ipaddress import ip_address
from threading import Barrier, Thread

together = Barrier(2)
here = ip_address("2001:db8::1")


def tell(name):
    together.wait()
    for _ in range(4):
        print(name, "at", here)


sys.setswitchinterval(1e-6)
threads = [Thread(target=tell, args=(name,)) for name in "AB"]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
#: output
#> B at 2001:db8::1
#> B at 2001:db8::1
#> B at 2001:db8::1
#> B at 2001:db8::1
#> A at 2001:db8::1
#> A at 2001:db8::1
#> A at 2001:db8::1
#> A at 2001:db8::1
#: outcomes of 200 runs on Python 3.11.7, 2 cores
#= 105 every line is whole
#= 95 a line is torn
#: outcomes of 200 runs on Python 3.12.1, 2 cores
#= 106 every line is whole
#= 94 a line is torn
#: outcomes of 200 runs on Python 3.13.0, 2 cores
#= 117 every line is whole
#= 83 a line is torn
