"""Unique names of workers, as readers see them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from snippet_engine.tracing.event_reader import FORK_SERVER, TracedWorker

# Names that Python gives: "Thread-3 (work)", "Task-2", "ForkProcess-1", and those of pools.
DEFAULT_NAME = re.compile(
    r"(?:Thread|Task|\w*Process)-([\d:]+)(?: \(.*\))?|ThreadPoolExecutor-\d+_(\d+)"
)
# The names of the standard library's own workers, by their function or class.
LIBRARY_NAMES: Mapping[str, str] = {
    "_worker": "worker",
    "_process_worker": "worker",
    "_feed": "queue feeder",
    "_ExecutorManagerThread": "executor manager",
    "_do_shutdown": "executor shutdown",
    "_handle_workers": "pool's worker handler",
    "_handle_tasks": "pool's task handler",
    "_handle_results": "pool's result handler",
    FORK_SERVER: "fork server",
}
ROLE_NAMES: Mapping[str, str] = {"spawn": "child", "fork": "child"}


def unique_names(workers: Sequence[TracedWorker], root: str) -> list[str]:
    """Return a unique name for each worker; `root` is the name of the first."""
    names = [root, *(_make_name(worker) for worker in workers[1:])]
    names = [root, *(f"{name}()" if name == root else name for name in names[1:])]
    groups: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        groups.setdefault(name, []).append(index)
    taken = {name for name, group in groups.items() if len(group) == 1}
    for name, group in groups.items():
        if len(group) > 1:
            _distinguish(names, name, group, workers, taken)
    return names


def _make_name(worker: TracedWorker) -> str:
    given = "" if DEFAULT_NAME.fullmatch(worker.given_name) else worker.given_name
    name = LIBRARY_NAMES.get(worker.function) or given or worker.function
    if not name:
        kind = "python" if worker.kind == "process" else worker.kind
        name = ROLE_NAMES.get(worker.role, kind)
    return name


def _distinguish(
    names: list[str],
    name: str,
    group: list[int],
    workers: Sequence[TracedWorker],
    taken: set[str],
) -> None:
    """Make equal names unique by appending an argument, or else a number.

    The first argument is appended if it differs for each worker of the `group`. Numbers
    follow those in Python's default names, such as "Thread-3".
    """
    arguments = {workers[index].argument for index in group}
    if len(arguments) == len(group) and "" not in arguments:
        for index in group:
            names[index] = f"{name} {workers[index].argument}"
        taken.update(names[index] for index in group)
        return
    number = 0
    for index in sorted(group, key=lambda index: (_default_numbers(workers[index]), index)):
        number += 1
        while f"{name} {number}" in taken:
            number += 1
        names[index] = f"{name} {number}"
        taken.add(names[index])


def _default_numbers(worker: TracedWorker) -> list[int]:
    """Return the numbers in a name that Python gave, [] if the program gave it."""
    match = DEFAULT_NAME.fullmatch(worker.given_name)
    return [int(number) for number in re.findall(r"\d+", match[1] or match[2])] if match else []
