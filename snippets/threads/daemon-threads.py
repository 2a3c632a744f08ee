# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A daemon thread is cut off"
#
# [[tool.snippet.guarantees]]
# says = "The thread that is no daemon comes to its end, after main."
# order = ['main is at its end', 'plain thread: done']
#
# [[tool.snippet.guarantees]]
# says = "The daemon prints neither its last line nor its tidying up."
# never = 'daemon: (done|tidied up)'
#
# [tool.snippet.claims]
# threads = 2
# seconds = { min = 0.25, max = 10 }
# ///
from threading import Barrier, Thread
from time import sleep

started = Barrier(3)


def work(name, seconds):
    try:
        started.wait()
        sleep(seconds)
        print(f"{name}: done")
    finally:
        print(f"{name}: tidied up")


Thread(target=work, args=("plain thread", 0.3)).start()
Thread(target=work, args=("daemon", 60), daemon=True).start()
started.wait()
print("main is at its end")
#: output
#> main is at its end
#> plain thread: done
#> plain thread: tidied up
