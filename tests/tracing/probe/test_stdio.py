"""Traced output: the writer of each line of standard output and error."""

from __future__ import annotations

import pytest
from helpers.probed import RunProgram, python, run_program

from snippet_engine.tracing.events import TextWritten

__all__ = ["python", "run_program"]  # fixtures

WRITES = {
    "print to stdout": "print(name)",
    "print to stderr": "print(name, file=sys.stderr)",
    "write to stderr": "sys.stderr.write(name + '\\n')",
    "write in parts": "[sys.stderr.write(part) for part in (name, '', '\\n')]",
    "bytes to stdout": "sys.stdout.buffer.write(name.encode() + b'\\n'); sys.stdout.flush()",
    "bytes to stderr": "sys.stderr.buffer.write(name.encode() + b'\\n'); sys.stderr.flush()",
    "several lines": "print(name, name, sep='\\n', file=sys.stderr)",
    "logging": "logging.warning(name)",
    "warning": "warnings.showwarning(UserWarning(name), UserWarning, '', 1, line=name)",
    "traceback": "traceback.print_exception(RuntimeError(name))",
}
STARTS = {
    "threads": """
        workers = [threading.Thread(target=write, name=n, args=(n,)) for n in ("one", "two")]
        """,
    "processes": """
        context = multiprocessing.get_context("fork")
        workers = [context.Process(target=write, name=n, args=(n,)) for n in ("one", "two")]
        """,
}


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("write", WRITES)
def test_line_belongs_to_the_worker_that_wrote_it(
    run_program: RunProgram, start: str, write: str
) -> None:
    """Lines of the main thread, before and after, must not be mixed up with them."""
    probed = run_program(
        f"""
        import logging, multiprocessing, sys, threading, traceback, warnings
        logging.basicConfig(format="%(message)s")
        def write(name):
            {WRITES[write]}
        write("main")
        {STARTS[start].strip()}
        for worker in workers:
            worker.start()
            worker.join()
        write("main")
        """
    )
    assert probed.exit_code == 0, probed.select_lines("stderr")
    assert probed.unmatched_lines == []
    lines = probed.find_written_lines("stdout") + probed.find_written_lines("stderr")
    assert {name for name, _ in lines} == {"main", "one", "two"}
    for name, text in lines:
        words = {"main", "one", "two"} & {*text.replace(":", " ").split()}
        assert words <= {name}


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_lines_of_concurrent_threads_have_their_writers(
    run_program: RunProgram, stream: str
) -> None:
    probed = run_program(
        f"""
        import sys, threading
        def work(name):
            for n in range(50): sys.{stream}.write(f"{{name}} {{n}}\\n")
        threads = [threading.Thread(target=work, name=name, args=(name,)) for name in "ABCD"]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        """
    )
    lines = probed.find_written_lines(stream)
    assert len(lines) == 200
    assert all(text.startswith(name) for name, text in lines)


def test_traceback_of_a_thread_is_its_own(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import threading
        def fail(): 1 / 0
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        """
    )
    assert probed.select_lines("stderr")[-1] == "ZeroDivisionError: division by zero"
    assert {name for name, _ in probed.find_written_lines("stderr")} == {"fail"}


def test_task_and_generator_write_to_both_streams(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import asyncio, sys
        def steps():
            print("steps")
            yield
            print("steps", file=sys.stderr)
        async def work():
            print("work")
            await asyncio.sleep(0.01)
            print("work", file=sys.stderr)
        for _ in steps(): pass
        asyncio.run(work())
        """
    )
    for stream in ("stdout", "stderr"):
        assert probed.find_written_lines(stream) == [("steps", "steps"), ("work", "work")]


def test_long_text_is_truncated_in_the_event(run_program: RunProgram) -> None:
    probed = run_program("import sys; sys.stdout.write('x' * 9000 + '\\n')")
    [event] = probed.find_events(TextWritten)
    assert (event.stream, event.size, event.data) == (1, 9001, b"x" * 4000)


def test_replaced_stream_is_not_traced(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import contextlib, io
        with contextlib.redirect_stdout(io.StringIO()): print("hidden")
        print("shown")
        """
    )
    assert probed.select_lines() == ["shown"]
    assert b"hidden" not in b"".join(event.data for event in probed.find_events(TextWritten))


def test_unbuffered_output_is_flushed_at_each_write(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import os, subprocess, sys
        code = "import os, sys; sys.stdout.write('part'); os._exit(0)"
        subprocess.run([sys.executable, "-u", "-c", code])
        """
    )
    assert probed.select_lines() == ["part"]
