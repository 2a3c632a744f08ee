"""The probe in real programs: what it tells, and that they do not notice it.

Programs run with this interpreter, and with those that PROBED_PYTHONS names,
separated as in PATH.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from shutil import which
from textwrap import dedent

import pytest

from snippet_engine.run import Span, Worker
from snippet_engine.trace import Trace, read_trace

ROOT = Path(__file__).resolve().parents[1]
PROBE = ROOT / "snippet_engine" / "probe"
PYTHONS = os.environ.get("PROBED_PYTHONS", sys.executable).split(os.pathsep)
LONGEST = 60  # seconds: for a machine that does much else


class Probed:
    """A program that ran: its trace, its lines and its exit."""

    def __init__(self, trace: Trace, lines: list[tuple[float, str, str]], exit: int) -> None:
        self.trace, self.lines, self.exit = trace, lines, exit
        self.names = {worker.id: worker.name for worker in trace.workers}

    def workers(self, kind: str, function: str | None = None) -> list[Worker]:
        return [
            worker
            for worker in self.trace.workers
            if worker.kind == kind and function in (None, worker.function)
        ]

    def worker(self, name: str) -> Worker:
        [found] = [worker for worker in self.trace.workers if worker.name == name]
        return found

    def waits(self, worker: Worker, reason: str) -> list[Span]:
        return [
            span
            for span in self.trace.spans
            if (span.worker, span.state, span.reason) == (worker.id, "waiting", reason)
        ]

    def longest(self, worker: Worker, reason: str) -> Span:
        waits = self.waits(worker, reason)
        assert waits, (worker, reason, self.trace.spans)
        return max(waits, key=lambda wait: (wait.ended or LONGEST) - wait.began)

    def at_once(self, spans: list[Span]) -> int:
        """How many of these spans lie beside one another, at most."""
        return max(
            sum(other.began <= span.began < (other.ended or LONGEST) for other in spans)
            for span in spans
        )

    def text(self, stream: str = "stdout") -> list[str]:
        return [text for _, name, text in self.lines if name == stream]

    def written(self) -> list[tuple[str, str]]:
        """The name of the writer of each line of standard output, with the line."""
        return [
            (self.names[writer], text)
            for writer, (_, stream, text) in zip(self.trace.writers, self.lines, strict=True)
            if writer is not None and stream == "stdout"
        ]

    def links(self) -> set[tuple[str, str, str]]:
        return {
            (self.names[link.source], self.names[link.target], link.reason)
            for link in self.trace.links
        }


Run = Callable[..., Probed]


@pytest.fixture(params=PYTHONS, ids=[f"python{n}" for n in range(len(PYTHONS))])
def python(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def run(python: str, tmp_path: Path) -> Run:
    """Runs a program with the probe (or without), for some seconds or to its end."""

    def run(
        program: str,
        *,
        seconds: float = LONGEST,
        suffix: str = ".py",
        probe: bool = True,
        lines: int = 0,
    ) -> Probed:
        folder = tmp_path / "run"
        folder.mkdir(exist_ok=True)
        file = folder / f"program{suffix}"
        file.write_text(dedent(program), encoding="utf-8")
        events = tmp_path / "events"
        events.unlink(missing_ok=True)
        environment = {
            "PATH": f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(PROBE),
        }
        if probe:
            environment["SNIPPET_EVENTS"] = str(events)
        origin = time.monotonic()
        with subprocess.Popen(
            ["zsh" if suffix == ".zsh" else python, file.name],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as child:
            captured: list[tuple[float, str, str]] = []
            stopped = False
            for line in _lines(child, origin + seconds):
                captured.append(line)
                if lines and len(captured) >= lines:
                    break
            if child.poll() is None and (lines or time.monotonic() >= origin + seconds):
                stopped = True
            ended = time.monotonic()
            if stopped:
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        trace = read_trace(
            str(events),
            captured,
            origin=origin,
            ended=ended if stopped else time.monotonic(),
            stopped=stopped,
            root_pid=child.pid,
            root="zsh" if suffix == ".zsh" else "main",
        )
        return Probed(trace, captured, child.returncode)

    return run


def _lines(child: subprocess.Popen[bytes], until: float) -> Iterator[tuple[float, str, str]]:
    with DefaultSelector() as selector:
        rests = {}
        for name in ("stdout", "stderr"):
            pipe = getattr(child, name)
            selector.register(pipe, EVENT_READ, name)
            rests[name] = b""
        while rests:
            ready = selector.select(until - time.monotonic())
            if not ready and time.monotonic() >= until:
                return
            for key, _ in ready:
                name = key.data
                data = os.read(key.fd, 65536)
                *whole, rests[name] = (rests[name] + data).split(b"\n")
                if not data:
                    selector.unregister(key.fileobj)
                    whole = [rest] if (rest := rests.pop(name)) else []
                for line in whole:
                    yield time.monotonic(), name, line.decode("utf-8", "backslashreplace")


def block(number: int) -> str:
    """The program of a block of the source material."""
    for file in sorted((ROOT / "snippets").rglob("*.*")):
        head, _, body = file.read_text(encoding="utf-8").partition("\n# ///\n")
        if re.search(rf"^# source = {number}\b", head, re.M):
            return body.partition("\n#: output")[0] + "\n"
    pytest.skip(f"block {number} is not in snippets/")


def overlap(first: Span, second: Span) -> bool:
    return first.began < (second.ended or LONGEST) and second.began < (first.ended or LONGEST)


# The source material


def test_three_processes_one_after_another(run: Run) -> None:
    """Three Python processes under zsh sleep one after another and write a line each."""
    probed = run(block(2), suffix=".zsh")
    zsh, *children = probed.workers("process")
    assert [zsh.name, len(children)] == ["zsh", 3]
    assert {child.parent for child in children} == {zsh.id}
    sleeps = [probed.longest(child, "sleep") for child in children]
    assert not any(overlap(*pair) for pair in combinations(sleeps, 2))
    assert [name for name, _ in probed.written()] == [child.name for child in children]
    assert len(probed.waits(zsh, "child process")) == 3


def test_nine_processes(run: Run) -> None:
    """Nine forked processes, named one by one, sleep beside one another; main joins them."""
    probed = run(block(3))
    main, *children = probed.workers("process")
    assert {child.name for child in children} == {f"target {n}" for n in range(1, 10)}
    assert {child.parent for child in children} == {main.id}
    assert probed.at_once([probed.longest(child, "sleep") for child in children]) == 9
    assert probed.waits(main, "join")
    assert {name for name, _ in probed.written()} == {"main"}
    assert any(target == "main" and reason == "join" for _, target, reason in probed.links())


def test_pool_of_processes(run: Run) -> None:
    """A pool of nine processes sleeps at once, and its helper threads bear names."""
    probed = run(block(4))
    workers = probed.workers("process", "_process_worker")
    assert len(workers) == 9
    assert probed.at_once([probed.longest(worker, "sleep") for worker in workers]) == 9
    assert {worker.name for worker in probed.workers("thread")} == {
        "executor manager",
        "queue feeder",
    }
    assert not probed.workers("generator")
    assert probed.waits(probed.worker("main"), "result")


def test_nine_threads(run: Run) -> None:
    """Nine threads sleep beside one another, and each writes its line."""
    probed = run(block(5))
    threads = probed.workers("thread")
    assert len(probed.trace.workers) == 10
    assert [thread.name for thread in threads] == [f"target {n}" for n in range(1, 10)]
    assert {(thread.function, thread.line) for thread in threads} == {("target", 5)}
    assert probed.at_once([probed.longest(thread, "sleep") for thread in threads]) == 9
    assert Counter(name for name, _ in probed.written()) == Counter(t.name for t in threads)
    main = probed.worker("main")
    assert probed.longest(main, "join").line == 14
    assert ("main", "join") in {(target, reason) for _, target, reason in probed.links()}
    assert all(thread.ended is not None for thread in threads)


def test_pool_of_threads(run: Run) -> None:
    """Nine workers of a pool sleep at once; neither context manager nor mapping is a lane."""
    probed = run(block(6))
    workers = probed.workers("thread")
    assert [worker.name for worker in workers] == [f"worker {n}" for n in range(1, 10)]
    assert probed.at_once([probed.longest(worker, "sleep") for worker in workers]) == 9
    assert len(probed.trace.workers) == 10


@pytest.mark.parametrize("number", [7, 10])
def test_two_threads_without_end(run: Run, number: int) -> None:
    """Two endless threads are still alive, and waiting, when they are stopped."""
    program = block(number)
    probed = run(program, lines=6)
    first, second = probed.workers("thread")
    assert [first.name, second.name] == ["target1", "target2"]
    assert first.ended is second.ended is probed.worker("main").ended is None
    sleeps = [span for each in (first, second) for span in probed.waits(each, "sleep")]
    assert probed.at_once(sleeps) == 2
    assert probed.longest(probed.worker("main"), "join").ended is None
    for name, text in probed.written():
        assert text.startswith(name.replace("target", "thread"))


def test_producer_and_consumer(run: Run) -> None:
    """Producer and consumer are processes; the queue's own thread is shown as what it is."""
    probed = run(block(11), lines=3)
    _, *children = probed.workers("process")
    assert {child.name for child in children} == {"producer", "consumer"}
    [feeder] = probed.workers("thread")
    assert (feeder.name, feeder.parent) == ("queue feeder", probed.worker("producer").id)
    assert probed.waits(feeder, "queue")
    assert ("producer", "queue feeder", "queue") in probed.links()
    assert {name for name, _ in probed.written()} == {"consumer"}


def test_two_generators(run: Run) -> None:
    """Two generators driven by hand sleep end to end; between their turns they are suspended."""
    probed = run(block(14))
    first, second = probed.workers("generator")
    assert [first.name, second.name] == ["task 'aaa'", "task 'bbb'"]
    sleeps = [probed.longest(lane, "sleep") for lane in (first, second)]
    assert not overlap(*sleeps)
    assert [name for name, _ in probed.written()] == [first.name, second.name] * 2
    states = {span.state for span in probed.trace.spans if span.worker == "w0"}
    assert states == {"running"}
    suspended = [s for s in probed.trace.spans if s.worker == second.id and s.state == "suspended"]
    assert any(span.ended and span.ended - span.began > 0.5 for span in suspended)


def test_scheduler_by_hand(run: Run) -> None:
    """Three generators never overlap: while one sleeps, the others are suspended."""
    probed = run(block(15), lines=7)
    lanes = probed.workers("generator")
    assert len(lanes) == 3
    busy = [s for s in probed.trace.spans if s.worker != "w0" and s.state != "suspended"]
    assert len([span for span in busy if span.reason == "sleep"]) >= 3
    for one, other in combinations(busy, 2):
        assert one.worker == other.worker or not overlap(one, other)
    for name, text in probed.written():
        assert text.endswith(name.partition(" ")[2])


def test_three_asyncio_tasks(run: Run) -> None:
    """Three tasks of one thread wait in sleep at once, while its loop is idle."""
    probed = run(block(16), lines=9)
    tasks = probed.workers("task", "task")
    assert [task.name for task in tasks] == ["task 'aaa'", "task 'bbb'", "task 'ccc'"]
    [main_task] = probed.workers("task", "main")
    assert {task.parent for task in tasks} == {main_task.id}
    assert probed.waits(main_task, "join")
    assert probed.at_once([s for task in tasks for s in probed.waits(task, "sleep")]) == 3
    assert probed.waits(probed.worker("main"), "event loop idle")
    assert not probed.workers("thread")
    for name, text in probed.written():
        assert text.endswith(name.partition(" ")[2])


@pytest.mark.parametrize("number", range(1, 18))
def test_each_line_has_a_writer(run: Run, number: int) -> None:
    """Every line of every block has a writer, and every worker a name of its own."""
    program = block(number)
    seconds = 3 if number in (7, 10, 11, 15, 16) else LONGEST
    probed = run(program, seconds=seconds, suffix=".zsh" if number in (2, 8) else ".py")
    assert probed.lines or number in (13, 17) or number == 9
    assert len(probed.trace.writers) == len(probed.lines)
    assert None not in probed.trace.writers
    assert set(probed.trace.writers) <= set(probed.names)
    assert len(set(probed.names.values())) == len(probed.names)


@pytest.mark.parametrize("number", [1, 3, 5, 6, 9, 12, 13, 14, 17])
def test_programs_do_not_notice(run: Run, number: int) -> None:
    """A block prints the same lines, and exits the same, with the probe and without."""
    program = block(number)
    seen = [run(program, probe=probe) for probe in (True, False)]
    durations = re.compile(r"\d+\.\d+s| at 0x[0-9a-f]+")
    with_probe, without = ([durations.sub("", text) for text in one.text()] for one in seen)
    assert sorted(with_probe) == sorted(without)
    assert seen[0].text("stderr") == seen[1].text("stderr")
    assert seen[0].exit == seen[1].exit


# Other ways to work


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_other_start_methods(run: Run, method: str) -> None:
    """Children that are not forked from main are its children nevertheless."""
    probed = run(
        f"""
        import multiprocessing, time

        def target(n):
            time.sleep(0.5)
            print(n)

        if __name__ == "__main__":
            context = multiprocessing.get_context({method!r})
            children = [context.Process(target=target, args=(n,)) for n in range(2)]
            for child in children: child.start()
            for child in children: child.join()
        """
    )
    children = probed.workers("process", "target")
    assert {child.name for child in children} == {"target 1", "target 2"}
    assert {child.parent for child in children} == {"w0"}
    assert all(probed.longest(child, "sleep") for child in children)
    assert {name for name, _ in probed.written()} == {"target 1", "target 2"}
    assert probed.trace.start_method == method
    assert "resource tracker" not in probed.names.values()


def test_python_as_subprocess(run: Run) -> None:
    """A Python started as a subprocess is a process of its own, and its parent waits for it."""
    probed = run(
        """
        import subprocess, sys
        subprocess.run([sys.executable, "-c", "import time; time.sleep(0.3); print('child')"])
        """
    )
    [child] = [worker for worker in probed.workers("process") if worker.parent]
    assert probed.written() == [(child.name, "child")]
    assert probed.longest(probed.worker("main"), "child process").line == 3


def test_raw_fork(run: Run) -> None:
    """A child that was forked by hand writes its own lines and ends."""
    probed = run(
        """
        import os, time
        if pid := os.fork():
            os.waitpid(pid, 0)
            print("parent")
        else:
            time.sleep(0.2)
            print("child")
            os._exit(0)
        """
    )
    assert probed.written() == [("child", "child"), ("main", "parent")]
    assert probed.waits(probed.worker("main"), "child process")
    assert probed.worker("child").ended is not None


def test_pool_of_multiprocessing(run: Run) -> None:
    """The workers of multiprocessing's pool sleep at once."""
    probed = run(
        """
        from multiprocessing import get_context
        from time import sleep

        def work(seconds): sleep(seconds)

        if __name__ == "__main__":
            with get_context("fork").Pool(2) as pool:
                pool.map(work, [0.4, 0.4], chunksize=1)
        """
    )
    workers = probed.workers("process", "worker")
    assert probed.at_once([probed.longest(worker, "sleep") for worker in workers]) == 2


def test_threads_within_threads(run: Run) -> None:
    """A thread's parent is the thread that started it; a given name is kept."""
    probed = run(
        """
        import threading, time

        def inner():
            time.sleep(0.1)

        def outer():
            thread = threading.Thread(target=inner)
            thread.start()
            thread.join()

        thread = threading.Thread(target=outer, name="Olga")
        thread.start()
        thread.join()
        """
    )
    assert probed.worker("Olga").parent == "w0"
    assert probed.worker("inner").parent == probed.worker("Olga").id
    assert probed.links() >= {("inner", "Olga", "join"), ("Olga", "main", "join")}


def test_daemon_thread(run: Run) -> None:
    """A daemon thread ends with its process."""
    probed = run(
        """
        import threading, time
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        time.sleep(0.1)
        """
    )
    main, daemon = probed.trace.workers
    assert daemon.name == "sleep"
    assert daemon.ended is not None
    assert main.ended is not None
    assert daemon.ended <= main.ended < LONGEST


def test_waits_on_synchronization(run: Run) -> None:
    """Lock, event, condition, semaphore, queue and barrier are told apart, with who released."""
    probed = run(
        """
        import queue, threading, time

        lock = threading.Lock()
        again = threading.RLock()
        event = threading.Event()
        condition = threading.Condition()
        semaphore = threading.Semaphore(0)
        items = queue.Queue()
        simple = queue.SimpleQueue()

        def on_lock():
            with lock: pass
        def on_acquire():
            lock.acquire()
            lock.release()
        def on_again():
            with again: pass
        def on_event(): event.wait()
        def on_condition():
            with condition: condition.wait()
        def on_semaphore(): semaphore.acquire()
        def on_queue(): items.get()
        def on_simple(): simple.get()

        lock.acquire()
        again.acquire()
        waiting = [on_lock, on_acquire, on_again, on_event]
        waiting += [on_condition, on_semaphore, on_queue, on_simple]
        threads = [threading.Thread(target=each) for each in waiting]
        for thread in threads: thread.start()
        time.sleep(0.3)
        event.set()
        with condition: condition.notify_all()
        semaphore.release()
        items.put(1)
        simple.put(1)
        again.release()
        lock.release()
        for thread in threads: thread.join()
        """
    )
    reasons = {
        "on_lock": "lock",
        "on_acquire": "lock",
        "on_again": "lock",
        "on_event": "event",
        "on_condition": "condition",
        "on_semaphore": "semaphore",
        "on_queue": "queue",
        "on_simple": "queue",
    }
    for name, reason in reasons.items():
        wait = probed.longest(probed.worker(name), reason)
        assert wait.ended is not None
        assert wait.ended - wait.began > 0.1
    for name in ("on_again", "on_event", "on_condition", "on_semaphore", "on_queue", "on_simple"):
        assert ("main", name, reasons[name]) in probed.links()


def test_deadlock(run: Run) -> None:
    """Two threads that wait for each other's lock are still waiting when they are stopped."""
    probed = run(
        """
        import threading, time

        one, two = threading.Lock(), threading.Lock()

        def work(first, second):
            with first:
                time.sleep(0.1)
                with second:
                    print("never")

        threading.Thread(target=work, args=(one, two)).start()
        threading.Thread(target=work, args=(two, one)).start()
        """,
        seconds=2,
    )
    for name in ("work 1", "work 2"):
        wait = probed.longest(probed.worker(name), "lock")
        assert (wait.ended, wait.line) == (None, 9)


def test_task_group(run: Run) -> None:
    """Tasks of a group wait at once, in their own words, and the group's owner joins them."""
    probed = run(
        """
        import asyncio

        async def on_queue(queue): await queue.get()
        async def on_lock(lock):
            async with lock: pass
        async def on_event(event): await event.wait()
        async def on_thread(): await asyncio.to_thread(__import__("time").sleep, 0.3)

        async def main():
            queue, lock, event = asyncio.Queue(), asyncio.Lock(), asyncio.Event()
            await lock.acquire()
            async with asyncio.TaskGroup() as group:
                group.create_task(on_queue(queue), name="Quentin")
                group.create_task(on_lock(lock))
                group.create_task(on_event(event))
                await group.create_task(on_thread())
                queue.put_nowait(1)
                event.set()
                lock.release()
        asyncio.run(main())
        """
    )
    assert probed.waits(probed.worker("Quentin"), "queue")
    assert probed.waits(probed.worker("on_lock"), "lock")
    assert probed.waits(probed.worker("on_event"), "event")
    assert probed.waits(probed.worker("on_thread"), "thread")
    assert probed.waits(probed.worker("main()"), "join")
    assert ("on_thread", "main()", "join") in probed.links()
    assert probed.longest(probed.worker("worker"), "sleep")
    assert {task.ended is None for task in probed.workers("task")} == {False}


def test_blocked_event_loop(run: Run) -> None:
    """A task that sleeps without awaiting is shown to, and so is that another has no turn."""
    probed = run(
        """
        import asyncio, time

        async def rude(): time.sleep(0.5)
        async def polite():
            await asyncio.sleep(0.1)
            print("late")
        async def main(): await asyncio.gather(polite(), rude())
        asyncio.run(main())
        """
    )
    assert overlap(
        probed.longest(probed.worker("rude"), "sleep"),
        probed.longest(probed.worker("polite"), "sleep"),
    )
    assert probed.written() == [("polite", "late")]


def test_generators_that_are_no_lanes(run: Run) -> None:
    """What consumes its generators at once, or delegates, has no more lanes than it says."""
    probed = run(
        """
        from contextlib import contextmanager
        from time import sleep

        @contextmanager
        def managed():
            print("in")
            yield
            print("out")

        def quick():
            yield from range(10)

        def inner():
            for n in range(2):
                sleep(0.05)
                yield n

        def outer():
            yield from inner()

        with managed():
            print(sum(quick()), sum(n for n in quick()))
        print(list(outer()))
        """
    )
    assert [worker.name for worker in probed.workers("generator")] == ["outer"]
    assert len(probed.waits(probed.worker("outer"), "sleep")) == 2
    assert [name for name, _ in probed.written()] == ["main"] * 4


def test_generator_that_fails(run: Run) -> None:
    """After an exception in a generator, lines are its driver's again."""
    probed = run(
        """
        def steps():
            print("one")
            yield
            print("two")
            raise ValueError

        turns = steps()
        next(turns)
        try:
            next(turns)
        except ValueError:
            print("caught")
        """
    )
    assert probed.written() == [("steps", "one"), ("steps", "two"), ("main", "caught")]


def test_coroutine_by_hand(run: Run) -> None:
    """A coroutine that a program drives itself is a lane, suspended between its turns."""
    probed = run(
        """
        import types, time

        @types.coroutine
        def pause():
            yield

        async def work():
            print("one")
            await pause()
            time.sleep(0.1)
            print("two")

        coroutine = work()
        coroutine.send(None)
        print("between")
        try:
            coroutine.send(None)
        except StopIteration:
            pass
        """
    )
    [lane] = probed.workers("coroutine")
    assert probed.written() == [("work", "one"), ("main", "between"), ("work", "two")]
    assert probed.waits(lane, "sleep")


def test_waits_after_computing(run: Run) -> None:
    """A program that computes, prints and then sleeps keeps its picture."""
    probed = run(
        """
        import time
        def f(n): return 1 if n < 2 else f(n - 1) + f(n - 2)
        while time.perf_counter() and f(24) and time.process_time() < 0.5: pass
        print("computed")
        time.sleep(0.3)
        """
    )
    assert probed.longest(probed.worker("main"), "sleep").line == 6


# The program's own view


@pytest.mark.parametrize(
    "program",
    [
        """
        import threading
        def f(): 1 / 0
        thread = threading.Thread(target=f)
        thread.start()
        thread.join()
        """,
        "import missing_module_of_nobody",
        "import threading; threading.Lock().release()",
        "import threading; threading.Thread(target=print).join()",
        "import time; time.sleep(-1)",
        "import pickle, threading; pickle.dumps(threading.Lock())",
        "import sys; print(type(sys.stdout), sys.stdout, sys.stdout.buffer, sys.stderr)",
        "import sys; print(sys.stdout.encoding, sys.stdout.errors, sys.stdout.line_buffering)",
        "print(open(__file__).fileno())",
        "import time, threading, os; print(time.sleep, os.fork, threading.Thread.start.__name__)",
        "import sys; sys.exit('bye')",
        "import os; print('last'); os._exit(7)",
        "import os; os.abort()",
        """
        import sys
        print("no newline", end="")
        sys.stderr.write("warned")
        """,
        """
        import asyncio
        async def main():
            async with asyncio.TaskGroup() as group:
                group.create_task(asyncio.sleep(0.01, 1))
                raise ValueError("in the group")
        asyncio.run(main())
        """,
        """
        import sys, traceback
        def g():
            traceback.print_stack()
            yield
        next(g())
        """,
        """
        import warnings, atexit
        warnings.warn("careful")
        atexit.register(print, "atexit")
        """,
        """
        import cProfile
        def f(n): return n and f(n - 1)
        profile = cProfile.Profile()
        profile.runcall(f, 20)
        print(sum(entry.callcount for entry in profile.getstats() if "f" in str(entry.code)) > 0)
        """,
    ],
)
def test_nothing_looks_different(run: Run, program: str) -> None:
    """Output, tracebacks and exit are the same with the probe and without."""
    with_probe, without = run(program), run(program, probe=False)
    hidden = re.compile(r"0x[0-9a-f]+|\d{5,}")
    for stream in ("stdout", "stderr"):
        seen = [
            [hidden.sub("#", line) for line in one.text(stream)] for one in (with_probe, without)
        ]
        assert seen[0] == seen[1]
    assert with_probe.exit == without.exit
    assert None not in with_probe.trace.writers


def test_own_profile_hook(run: Run) -> None:
    """A program's own profile hook is called, and stays."""
    probed = run(
        """
        import sys, threading
        seen = set()
        def hook(frame, event, arg): seen.add(event)
        def work(): abs(1)
        sys.setprofile(hook)
        work()
        print(sys.getprofile() is hook)
        import colorsys
        print(sys.getprofile() is hook)
        sys.setprofile(None)
        print(sorted(seen))
        """
    )
    assert probed.text() == ["True", "True", "['c_call', 'c_return', 'call', 'return']"]


def test_lines_of_two_processes(run: Run) -> None:
    """Lines that two processes write at once, some of them the same, find their writers."""
    probed = run(
        """
        import multiprocessing

        def work(letter):
            for n in range(200):
                print(letter, n)
                print("same")

        if __name__ == "__main__":
            context = multiprocessing.get_context("fork")
            both = [context.Process(target=work, args=(letter,), name=letter) for letter in "AB"]
            for one in both: one.start()
            for one in both: one.join()
        """
    )
    written = probed.written()
    assert Counter(name for name, _ in written) == {"A": 400, "B": 400}
    assert all(text.startswith(name) for name, text in written if text != "same")


def test_threads_do_not_tear_lines(run: Run) -> None:
    """Lines that threads print at once stay whole."""
    probed = run(
        """
        import sys, threading
        sys.setswitchinterval(1e-6)
        def work(letter):
            for _ in range(200): print(letter * 40)
        threads = [threading.Thread(target=work, args=(letter,)) for letter in "ABCD"]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        """
    )
    assert all(len(text) == 40 and len(set(text)) == 1 for text in probed.text())
    by_letter = {(name, text[0]) for name, text in probed.written()}
    assert len(by_letter) == 4


def test_spans_fill_a_life(run: Run) -> None:
    """The spans of a worker lie end to end, from its start to its end."""
    probed = run(block(5))
    for worker in probed.trace.workers:
        spans = [span for span in probed.trace.spans if span.worker == worker.id]
        assert spans[0].began == worker.began
        assert spans[-1].ended == worker.ended
        assert all(one.ended == other.began for one, other in pairwise(spans))


def test_zsh_is_there() -> None:
    """The shell that two blocks need is installed."""
    assert which("zsh")
