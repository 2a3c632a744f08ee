"""Programs do not notice the probe: output, order, exit and tracebacks stay."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import pairwise
from shutil import which

import pytest
from helpers.probed import Run, block, python, run
from helpers.repository import LIBRARY, ROOT, selected_snippets

from snippet_engine.checking.check import check_run
from snippet_engine.execution.runner import execute
from snippet_engine.execution.unavailable import UnsupportedPythonError
from snippet_engine.project.project import Library

__all__ = ["python", "run"]  # fixtures
NAMES = LIBRARY.names()
# One of each kind, of those that neither compute nor wait for long.
QUICK = {
    *("asyncio/from-a-thread", "asyncio/async-with-and-async-for"),
    *("locks/between-two-stores", "locks/two-locks"),
    *("one-at-a-time/in-the-background", "one-at-a-time/take-a-look"),
    *("processes/own-copy", "processes/results-and-errors"),
    *("queues/the-object-or-a-copy", "queues/what-pickles"),
    *("shared-state/bytecode-of-an-assignment", "taking-turns/yield-and-await"),
    *("threads/exception-in-a-thread", "threads/whole-lines"),
}
assert set(NAMES) >= QUICK


@pytest.fixture(scope="module")
def unprobed(request: pytest.FixtureRequest) -> Library:
    """The project's snippets without the probe; where all are chosen, they run side by side."""
    library = Library(ROOT, execute=partial(execute, probe=False), eager=False)
    library.start({*selected_snippets(request.session.items, "unprobed")} - {*QUICK})
    return library


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (name not in QUICK)) for name in NAMES],
)
def test_a_snippet_prints_the_same_without_the_probe(name: str, unprobed: Library) -> None:
    """Without the probe, too, each snippet agrees with its recording."""
    try:
        snippet, run = unprobed.run(name)
    except UnsupportedPythonError as error:
        pytest.skip(str(error))
    assert run.workers == ()
    assert check_run(replace(snippet, claims=()), run) is None  # workers are not seen then


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


def test_a_task_of_thousands_of_quick_steps_is_told_again_when_it_prints(run: Run) -> None:
    """Nobody listens for ever to steps of which there is nothing to tell."""
    probed = run(
        """
        import asyncio, sys
        async def main():
            for _ in range(8000): await asyncio.sleep(0)
            turns = sys.modules["_snippet_probe.coroutines"].Fiber.uneventful_turns
            await asyncio.sleep(0.15)
            print(turns)
            for _ in range(2): await asyncio.sleep(0.05)
        asyncio.run(main())
        """
    )
    [task] = probed.workers("task")
    spans = [span for span in probed.trace.spans if span.worker == task.id]
    [turns] = probed.text()
    assert int(turns) < 4000
    assert 8 in {span.line for span in probed.waits(task, "sleep")}
    assert all(
        span.ended and span.ended - span.began < 0.15 for span in spans if span.state == "running"
    )


def test_nobody_listens_to_a_function_that_only_computes(run: Run) -> None:
    """Listening would slow its loops; when it has ended, what waits is told again."""
    probed = run(
        """
        import sys, threading, time
        class Asked:
            @property
            def hook(self): return sys.getprofile()
        asked = Asked()
        def compute(rounds):
            for _ in range(rounds):
                hook = asked.hook
            while rounds: rounds -= 1
            return hook
        def work():
            print(compute(3), compute(1))
            time.sleep(0.01)
            try: compute("three")
            except TypeError as error: print(error)
            time.sleep(0.01)
        work()
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        """
    )
    said = "'str' object cannot be interpreted as an integer"
    assert probed.text() == ["None None", said] * 2
    for kind in ("process", "thread"):
        [worker] = probed.workers(kind)
        assert len(probed.waits(worker, "sleep")) == 2


def test_threads_that_compute_again_and_again_are_not_in_each_others_way(run: Run) -> None:
    """Each stops being listened to, and is listened to again, while the others do."""
    probed = run(
        """
        import sys, threading
        def compute():
            for _ in range(3): pass
        def work():
            for _ in range(400): compute()
        sys.setswitchinterval(1e-6)
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        """
    )
    assert (probed.exit, probed.lines) == (0, [])


def test_who_wakes_beside_a_computing_thread_waits_for_the_lock_once(run: Run) -> None:
    """As without the probe, which tells that a sleep begins and ends, but keeps the lock."""
    probed = run(
        """
        import sys, threading, time
        def compute():
            while busy: pass
        busy = True
        sys.setswitchinterval(0.5)
        thread = threading.Thread(target=compute)
        thread.start()
        began = time.monotonic()
        time.sleep(0.01)
        print("intervals:", (time.monotonic() - began) // 0.5)
        busy = False
        thread.join()
        """
    )
    assert probed.text() == ["intervals: 1.0"]
    [main] = probed.workers("process")
    assert len(probed.waits(main, "sleep")) == 1


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
