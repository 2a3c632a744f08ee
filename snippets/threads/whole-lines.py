# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Whole lines from the logging module"
# lines = "any-order"
#
# [[tool.snippet.guarantees]]
# says = "Each thread prints four whole lines."
# exactly = 4
# lines = '^(?P<name>[AB]) at 2001:db8::1$'
#
# [[tool.snippet.guarantees]]
# says = "Which thread writes first, and how often they change."
# any-order = '^[AB] at '
# ///
import logging
import sys
from ipaddress import ip_address
from threading import Barrier, Thread

together = Barrier(2)
here = ip_address("2001:db8::1")
logging.basicConfig(
    stream=sys.stdout, format="%(message)s", level=logging.INFO
)


def tell(name):
    together.wait()
    for _ in range(4):
        logging.info("%s at %s", name, here)


sys.setswitchinterval(1e-6)
threads = [Thread(target=tell, args=(name,)) for name in "AB"]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
#: output
#> B at 2001:db8::1
#> A at 2001:db8::1
#> A at 2001:db8::1
#> B at 2001:db8::1
#> B at 2001:db8::1
#> B at 2001:db8::1
#> A at 2001:db8::1
#> A at 2001:db8::1
