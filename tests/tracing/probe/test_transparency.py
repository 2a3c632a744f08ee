"""Invisibility of the probe: output, order, exit code and tracebacks stay the same."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import pairwise
from shutil import which

import pytest
from helpers.probed import RunProgram, python, read_block, run_program
from helpers.repository import PROJECT, ROOT, list_selected_snippets

from snippet_engine.checking.check import check_run
from snippet_engine.execution.runner import execute
from snippet_engine.execution.unavailable import UnsupportedPythonError
from snippet_engine.project.project import Project
from snippet_engine.project.project_runs import ProjectRuns

__all__ = ["python", "run_program"]  # fixtures
NAMES = PROJECT.names()
# One of each kind that neither computes nor waits for long.
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
def unprobed(request: pytest.FixtureRequest) -> ProjectRuns:
    """Return the project's snippets without the probe; those selected are started."""
    runs = ProjectRuns(Project(ROOT), execute=partial(execute, probe=False))
    runs.start({*list_selected_snippets(request.session.items, "unprobed")} - {*QUICK})
    return runs


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (name not in QUICK)) for name in NAMES],
)
def test_snippet_matches_its_recording_without_the_probe(name: str, unprobed: ProjectRuns) -> None:
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
        "import missing_module",
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
def test_output_tracebacks_and_exit_code_are_the_same_without_the_probe(
    run_program: RunProgram, program: str
) -> None:
    with_probe, without = run_program(program), run_program(program, probe=False)
    varying = re.compile(r"0x[0-9a-f]+|\d{5,}")
    for stream in ("stdout", "stderr"):
        texts = [
            [varying.sub("#", line) for line in probed.select_lines(stream)]
            for probed in (with_probe, without)
        ]
        assert texts[0] == texts[1]
    assert with_probe.exit_code == without.exit_code
    assert with_probe.unmatched_lines == []


def test_profile_hook_of_the_program_is_called_and_stays(run_program: RunProgram) -> None:
    probed = run_program(
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
    assert probed.select_lines() == ["True", "True", "['c_call', 'c_return', 'call', 'return']"]


def test_lines_of_concurrent_processes_match_their_writers(run_program: RunProgram) -> None:
    """Some lines of both are the same."""
    probed = run_program(
        """
        import multiprocessing

        def work(letter):
            for n in range(200):
                print(letter, n)
                print("same")

        if __name__ == "__main__":
            context = multiprocessing.get_context("fork")
            children = [context.Process(target=work, args=(c,), name=c) for c in "AB"]
            for child in children: child.start()
            for child in children: child.join()
        """
    )
    written = probed.find_written_lines()
    assert Counter(name for name, _ in written) == {"A": 400, "B": 400}
    assert all(text.startswith(name) for name, text in written if text != "same")


def test_lines_of_concurrent_threads_stay_whole(run_program: RunProgram) -> None:
    probed = run_program(
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
    assert all(len(text) == 40 and len(set(text)) == 1 for text in probed.select_lines())
    by_letter = {(name, text[0]) for name, text in probed.find_written_lines()}
    assert len(by_letter) == 4


def test_task_is_traced_again_after_thousands_of_uneventful_steps(
    run_program: RunProgram,
) -> None:
    """Tracing stops after a number of them, and resumes when the task prints."""
    probed = run_program(
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
    [task] = probed.find_workers("task")
    spans = [span for span in probed.trace.spans if span.worker == task.id]
    [turns] = probed.select_lines()
    assert int(turns) < 4000
    assert 8 in {span.line for span in probed.find_waits(task, "sleep")}
    assert all(
        span.ended and span.ended - span.began < 0.15 for span in spans if span.state == "running"
    )


def test_compute_only_function_runs_without_a_profile_hook(run_program: RunProgram) -> None:
    """The waits after it are traced."""
    probed = run_program(
        """
        import sys, threading, time
        class HookReader:
            @property
            def hook(self): return sys.getprofile()
        reader = HookReader()
        def compute(rounds):
            for _ in range(rounds):
                hook = reader.hook
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
    message = "'str' object cannot be interpreted as an integer"
    assert probed.select_lines() == ["None None", message] * 2
    for kind in ("process", "thread"):
        [worker] = probed.find_workers(kind)
        assert len(probed.find_waits(worker, "sleep")) == 2


def test_threads_remove_and_restore_their_hooks_concurrently(
    run_program: RunProgram,
) -> None:
    probed = run_program(
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
    assert (probed.exit_code, probed.lines) == (0, [])


def test_sleeper_waits_for_one_switch_interval_beside_a_computing_thread(
    run_program: RunProgram,
) -> None:
    """The probe writes an event when a sleep ends, but keeps the GIL."""
    probed = run_program(
        """
        import sys, threading, time
        def compute():
            while busy: pass
        busy = True
        sys.setswitchinterval(1)
        thread = threading.Thread(target=compute)
        thread.start()
        began = time.monotonic()
        time.sleep(0.3)  # until the thread computes for certain
        print("intervals:", (time.monotonic() - began) // 1)
        busy = False
        thread.join()
        """
    )
    assert probed.select_lines() == ["intervals: 1.0"]
    [main] = probed.find_workers("process")
    assert len(probed.find_waits(main, "sleep")) == 1


def test_spans_fill_the_lifetime_of_each_worker(run_program: RunProgram) -> None:
    probed = run_program(read_block(5))
    for worker in probed.trace.workers:
        spans = [span for span in probed.trace.spans if span.worker == worker.id]
        assert spans[0].began == worker.began
        assert spans[-1].ended == worker.ended
        assert all(span.ended == following.began for span, following in pairwise(spans))


def test_zsh_is_installed() -> None:
    """Two of the blocks are shell programs."""
    assert which("zsh")
