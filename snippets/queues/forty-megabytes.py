# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Forty megabytes, sent and shared"
# alone = true
# mask = [['(?<=ratio: )[\d.]+', "a ratio"]]
#
# [tool.snippet.claims]
# "sent" = { printed = 'sent: ([\d.]+ ms)', min = 5, max = 10000 }
# "shared" = { printed = 'shared: ([\d.]+ ms)', min = 0.1, max = 5000 }
# "ratio" = { printed = 'ratio: ([\d.]+)', min = 0.2, max = 1000 }
# ///
from multiprocessing import Process, Queue
from multiprocessing.shared_memory import SharedMemory
from time import perf_counter


def child(questions, answers):
    answers.put("ready")
    answers.put(len(questions.get()))
    memory = SharedMemory(questions.get())
    memory.buf[0] = 7
    answers.put("written")
    memory.close()


if __name__ == "__main__":
    data = bytes(40_000_000)
    memory = SharedMemory(create=True, size=len(data))
    questions, answers = Queue(), Queue()
    process = Process(target=child, args=(questions, answers))
    process.start()
    print("child:", answers.get())

    start = perf_counter()
    questions.put(data)
    print("child:", answers.get())
    sent = perf_counter() - start

    start = perf_counter()
    memory.buf[: len(data)] = data
    questions.put(memory.name)
    print("child:", answers.get())
    shared = perf_counter() - start

    print(f"sent: {sent * 1000:.1f} ms")
    print(f"shared: {shared * 1000:.1f} ms, ratio: {sent / shared:.1f}")
    print(f"{data[0] = }, {memory.buf[0] = }")
    process.join()
    memory.close()
    memory.unlink()
#: output
#> child: ready
#> child: 40000000
#> child: written
#> sent: 234.3 ms
#> shared: 45.8 ms, ratio: 5.1
#> data[0] = 0, memory.buf[0] = 7
