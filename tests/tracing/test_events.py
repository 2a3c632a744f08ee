"""Parsing of events, and agreement of the schema with what the probe writes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import get_type_hints

import pytest
from helpers.probed import PROBE, RunProgram, python, run_program

from snippet_engine.tracing import events
from snippet_engine.tracing.events import EVENT_CLASSES, Event, parse_event

__all__ = ["python", "run_program"]  # fixtures

EXAMPLES: dict[str, tuple[object, ...]] = {
    "process": (1, ""),
    "begin": (),
    "fork": (9.5, 1, 1, 0, None),
    "named": ("Process-1", "work", 3, 1),
    "spawn": (0, 3),
    "exit": (),
    "thread": (1, 0, 7, "Thread-1 (work)", "work", 3),
    "thread_end": (),
    "fiber": (1, "task", "Task-1", "work", 3, "'a'", 0, False),
    "renamed": (1, "fetcher"),
    "turn": (1,),
    "yield": (1, "join", 2, 8),
    "done": (1,),
    "wait": (0, "join", ("thread", 101), 8),
    "woke": (),
    "release": (0, 140_000_000),
    "write": (0, 2, 3, b"ab\n"),
}
HEADER = (10.5, 100, 101)


def format_event(kind: str, *fields: object) -> bytes:
    return repr((kind, *fields)).encode() + b"\n"


def test_there_is_an_example_of_each_kind() -> None:
    assert EXAMPLES.keys() == EVENT_CLASSES.keys()


@pytest.mark.parametrize("kind", EXAMPLES)
def test_event_of_each_kind_is_parsed(kind: str) -> None:
    event = parse_event(format_event(kind, *HEADER, *EXAMPLES[kind]))
    assert type(event) is EVENT_CLASSES[kind]
    assert tuple(event) == (*HEADER, *EXAMPLES[kind])
    assert event[:3] == (event.at, event.pid, event.tid)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_missing_or_additional_field_is_an_error(kind: str) -> None:
    fields = (*HEADER, *EXAMPLES[kind])
    with pytest.raises(ValueError, match=EVENT_CLASSES[kind].__name__):
        parse_event(format_event(kind, *fields, 0))
    if len(fields) > 3:
        with pytest.raises(ValueError, match=EVENT_CLASSES[kind].__name__):
            parse_event(format_event(kind, *fields[:-1]))


@pytest.mark.parametrize("kind", EXAMPLES)
def test_field_of_another_type_is_an_error(kind: str) -> None:
    fields = (*HEADER, *EXAMPLES[kind])
    for index in range(len(fields)):
        changed = [*fields]
        changed[index] = [1]
        with pytest.raises(ValueError, match=EVENT_CLASSES[kind].__name__):
            parse_event(format_event(kind, *changed))


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\n",
        b"[1]\n",
        b"5\n",
        b"('wait', 12.0, 100",
        b"('begin', nan, 1, 1)\n",
        b"('begin', 1.0, 1)\n",
        b"(1, 1.0, 1, 1)\n",
        b"('unknown', 1.0, 1, 1)\n",
        b"('be\x00gin', 1.0, 1, 1)\n",
    ],
)
def test_line_that_is_no_event_is_ignored(line: bytes) -> None:
    assert parse_event(line) is None


def test_table_of_kinds_matches_the_classes() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", events.__doc__ or "", re.MULTILINE)
    assert rows == [(kind, event.__name__) for kind, event in EVENT_CLASSES.items()]
    for event_class in EVENT_CLASSES.values():
        assert [*get_type_hints(event_class)][:3] == ["at", "pid", "tid"]


def find_recorded_kinds() -> Iterator[str]:
    """Yield the kinds that the probe's source passes to `record`, or to a caller of it."""
    for path in PROBE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            names = [ast.unparse(node.func), *map(ast.unparse, node.args)]
            for name, argument in zip(names, node.args, strict=False):
                if name.endswith("record") and isinstance(argument, ast.Constant):
                    yield argument.value


def test_probe_records_no_kind_outside_the_schema() -> None:
    # The end of a turn is recorded with a variable kind, "yield" or "done".
    assert {*find_recorded_kinds()} | {"done"} == EVENT_CLASSES.keys()


PROGRAM = """
    import asyncio, multiprocessing, subprocess, sys, threading, time

    lock = threading.Lock()

    def work():
        with lock: print("thread", file=sys.stderr)

    def child(): time.sleep(0.01)

    def steps():
        time.sleep(0.01)
        yield
        time.sleep(0.01)

    async def task():
        await asyncio.sleep(0.01)

    async def main():
        joined = asyncio.create_task(task())
        await asyncio.sleep(0.01)
        joined.set_name("renamed")
        await joined
        await asyncio.create_task(task())

    if __name__ == "__main__":
        lock.acquire()
        thread = threading.Thread(target=work)
        thread.start()
        time.sleep(0.1)
        lock.release()
        thread.join()
        for method in ("fork", "spawn"):
            process = multiprocessing.get_context(method).Process(target=child)
            process.start()
            process.join()
        subprocess.run([sys.executable, "-c", "pass"])
        for _ in steps(): pass
        asyncio.run(main())
    """


def test_probe_writes_every_kind_with_the_fields_of_the_schema(run_program: RunProgram) -> None:
    probed = run_program(PROGRAM)
    assert probed.exit_code == 0, probed.select_lines("stderr")
    kinds = {event_class: kind for kind, event_class in EVENT_CLASSES.items()}
    assert {kinds[type(event)] for event in probed.events} == EVENT_CLASSES.keys()
    assert all(isinstance(event, Event) for event in probed.events)
