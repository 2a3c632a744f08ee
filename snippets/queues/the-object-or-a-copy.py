# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "The object itself, or a copy"
# ///
import multiprocessing
import queue

for module in queue, multiprocessing:
    box = module.Queue()
    sent = ["a", "b"]
    box.put(sent)
    got = box.get()
    print(f"{module.__name__}: {got == sent = }, {got is sent = }")
#: output
#> queue: got == sent = True, got is sent = True
#> multiprocessing: got == sent = True, got is sent = False
