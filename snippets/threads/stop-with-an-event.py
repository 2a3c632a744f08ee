# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "An event asks a thread to stop"
#
# [[tool.snippet.guarantees]]
# says = "The thread tidies up, and only then join() returns."
# order = ['stop, please', 'tidied up', 'joined']
#
# [tool.snippet.claims]
# threads = 1
# seconds = { min = 0.25, max = 10 }
# ///
from threading import Event, Thread
from time import sleep

stop = Event()


def work():
    while not stop.wait(timeout=60):
        print("a minute has passed")
    print("tidied up")


thread = Thread(target=work)
thread.start()
sleep(0.3)
print("stop, please")
stop.set()
thread.join()
print("joined")
#: output
#> stop, please
#> tidied up
#> joined
