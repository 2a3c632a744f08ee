"""Tags to filter the gallery by, derived from the run and the code of a program."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from snippet_engine.run import Run, Worker
from snippet_engine.snippet.stdlib_api import MODULES
from snippet_engine.snippet.stdlib_usage import StdlibUsage
from snippet_engine.tracing.concurrency import MIN_FRACTION

# CPU time from which a worker counts as computing; start-up and imports take less.
COMPUTES = 0.2  # seconds

_KINDS = {
    "process": "processes",
    "thread": "threads",
    "task": "tasks",
    "coroutine": "coroutines",
    "generator": "generators",
}
TAG_GROUPS = ("Workers", "They are", "They wait for", "Modules", "Names")
# Sort keys of the tags that are not in alphabetical order.
TAG_ORDER = {
    tag: f"{place:02}" for place, tag in enumerate((*_KINDS, "waiting", "computing", *MODULES))
}


def find_tags(run: Run | None, uses: StdlibUsage) -> dict[str, dict[str, str]]:
    """Return the tags of a program, with their labels, by group (one of GROUPS).

    Without a `run` there are only tags from `uses`, the standard library names it uses.
    """
    found: dict[str, dict[str, str]] = {group: {} for group in TAG_GROUPS}
    if run:
        found["Workers"] = dict(_kinds(run))
        reasons = sorted(_waits(run))
        found["They are"] = {
            **({"waiting": "waiting"} if reasons else {}),
            **({"computing": "computing"} if _computes(run) else {}),
        }
        found["They wait for"] = {f"wait-{'-'.join(r.split())}": r for r in reasons if r}
    found["Modules"] = {module: module for module in MODULES if module in uses.modules}
    found["Names"] = {name: name for name in uses.names}
    return found


def _kinds(run: Run) -> Iterator[tuple[str, str]]:
    """Yield each kind of worker with its label.

    The first worker does not count, because every program has a main process.
    """
    present = {worker.kind for worker in run.workers[1:]}
    yield from ((kind, label) for kind, label in _KINDS.items() if kind in present)


def _waits(run: Run) -> set[str]:
    """Return the reasons of long waits.

    A wait is long if one worker spends more than the part MIN_FRACTION of the run in it.
    The first worker counts only if it is the only one; otherwise it mostly waits for the
    others.
    """
    workers = {worker.id: worker for worker in run.workers[len(run.workers) > 1 :]}
    spent: dict[tuple[str, str], float] = {}
    for span in run.spans:
        if span.state == "waiting" and span.worker in workers:
            key = span.worker, span.reason
            ended = run.seconds if span.ended is None else span.ended
            spent[key] = spent.get(key, 0.0) + ended - span.began
    return {reason for (_, reason), time in spent.items() if time > MIN_FRACTION * run.seconds}


def _computes(run: Run) -> bool:
    return any(_computed(worker, run.seconds) >= COMPUTES for worker in run.workers)


def _computed(worker: Worker, until: float) -> float:
    """Return the CPU seconds of `worker` from its samples; `until` is the run's end."""
    ended = until if worker.ended is None else worker.ended
    moments = (*worker.shares, (ended, 0.0))
    return sum(max(end - began, 0.0) * share for (began, share), (end, _) in pairwise(moments))
