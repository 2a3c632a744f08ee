# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Joined before its queue is empty"
# stops = 2.5
#
# [[tool.snippet.guarantees]]
# says = "The child comes to its end."
# never = 'has ended'
# ///
from multiprocessing import Process, Queue


def child(q):
    q.put("x" * 1_000_000)
    print("put returned")


if __name__ == "__main__":
    q = Queue()
    process = Process(target=child, args=(q,))
    process.start()
    process.join()  # waits for the child, which waits for get()
    print("the child has ended")
    print(len(q.get()))
#: output
#> put returned
