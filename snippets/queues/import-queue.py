# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "The queue for threads"
# source = 13
# ///
from queue import Queue
#: output
