"""Unique names of workers, as readers see them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from snippet_engine.tracing.event_reader import FORK_SERVER, Work

DEFAULT = re.compile(
    r"(?:Thread|Task|\w*Process)-([\d:]+)(?: \(.*\))?|ThreadPoolExecutor-\d+_(\d+)"
)
LIBRARY: Mapping[str, str] = {
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
ROLES: Mapping[str, str] = {"spawn": "child", "fork": "child"}


def unique_names(works: Sequence[Work], root: str) -> list[str]:
    """Return a unique name for each worker; `root` is the name of the first."""
    names = [root, *(_label(work) for work in works[1:])]
    names = [root, *(f"{name}()" if name == root else name for name in names[1:])]
    groups: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        groups.setdefault(name, []).append(index)
    taken = {name for name, group in groups.items() if len(group) == 1}
    for name, group in groups.items():
        if len(group) > 1:
            _tell_apart(names, name, group, works, taken)
    return names


def _label(work: Work) -> str:
    given = "" if DEFAULT.fullmatch(work.given) else work.given
    label = LIBRARY.get(work.function) or given or work.function
    return label or ROLES.get(work.role) or ("python" if work.kind == "process" else work.kind)


def _tell_apart(
    names: list[str], name: str, group: list[int], works: Sequence[Work], taken: set[str]
) -> None:
    """Make equal names unique by appending an argument, or else a number.

    The first argument is appended if it differs for each worker of the `group`. Numbers
    follow those in Python's default names, such as "Thread-3".
    """
    arguments = {works[index].argument for index in group}
    if len(arguments) == len(group) and "" not in arguments:
        for index in group:
            names[index] = f"{name} {works[index].argument}"
        taken.update(names[index] for index in group)
        return
    number = 0
    for index in sorted(group, key=lambda index: (_numbers(works[index]), index)):
        number += 1
        while f"{name} {number}" in taken:
            number += 1
        names[index] = f"{name} {number}"
        taken.add(names[index])


def _numbers(work: Work) -> list[int]:
    match = DEFAULT.fullmatch(work.given)
    return [int(number) for number in re.findall(r"\d+", match[1] or match[2])] if match else []
