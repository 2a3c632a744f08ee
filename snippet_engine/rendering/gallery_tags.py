"""Tags to filter the gallery by, derived from the run and the code of a program."""

from __future__ import annotations

from itertools import pairwise

from snippet_engine.run import Run, Worker
from snippet_engine.snippet.stdlib_api import MODULES
from snippet_engine.snippet.stdlib_usage import StdlibUsage
from snippet_engine.tracing.concurrency import MIN_FRACTION

# CPU time from which a worker counts as computing; start-up and imports take less.
MIN_CPU_SECONDS = 0.2

_KIND_LABELS = {
    "process": "processes",
    "thread": "threads",
    "task": "tasks",
    "coroutine": "coroutines",
    "generator": "generators",
}
TAG_GROUPS = ("Workers", "They are", "They wait for", "Modules", "Names")
# Sort keys of the tags that are not in alphabetical order.
TAG_ORDER = {
    tag: f"{place:02}"
    for place, tag in enumerate((*_KIND_LABELS, "waiting", "computing", *MODULES))
}


def find_tags(run: Run | None, uses: StdlibUsage) -> dict[str, dict[str, str]]:
    """Return the tags of a program, with their labels, by group (one of TAG_GROUPS).

    Without a `run` there are only tags from `uses`, the standard library names it uses.
    """
    tags: dict[str, dict[str, str]] = {group: {} for group in TAG_GROUPS}
    if run:
        tags["Workers"] = _find_kinds(run)
        reasons = sorted(_find_wait_reasons(run))
        if reasons:
            tags["They are"]["waiting"] = "waiting"
        if any(_sum_cpu_seconds(w, run.seconds) >= MIN_CPU_SECONDS for w in run.workers):
            tags["They are"]["computing"] = "computing"
        tags["They wait for"] = {
            f"wait-{'-'.join(reason.split())}": reason for reason in reasons if reason
        }
    tags["Modules"] = {module: module for module in MODULES if module in uses.modules}
    tags["Names"] = {name: name for name in uses.names}
    return tags


def _find_kinds(run: Run) -> dict[str, str]:
    """Return each kind of worker with its label.

    The first worker does not count, because every program has a main process.
    """
    kinds = {worker.kind for worker in run.workers[1:]}
    return {kind: label for kind, label in _KIND_LABELS.items() if kind in kinds}


def _find_wait_reasons(run: Run) -> set[str]:
    """Return the reasons of long waits.

    A wait is long if one worker spends more than the part MIN_FRACTION of the run in it.
    The first worker counts only if it is the only one; otherwise it mostly waits for the
    others.
    """
    workers = {worker.id for worker in run.workers[len(run.workers) > 1 :]}
    seconds: dict[tuple[str, str], float] = {}
    for span in run.spans:
        if span.state == "waiting" and span.worker in workers:
            key = span.worker, span.reason
            ended = run.seconds if span.ended is None else span.ended
            seconds[key] = seconds.get(key, 0.0) + ended - span.began
    return {reason for (_, reason), time in seconds.items() if time > MIN_FRACTION * run.seconds}


def _sum_cpu_seconds(worker: Worker, until: float) -> float:
    """Return the CPU seconds of `worker` from its samples; `until` is the run's end."""
    ended = until if worker.ended is None else worker.ended
    samples = (*worker.shares, (ended, 0.0))
    return sum(max(end - began, 0.0) * share for (began, share), (end, _) in pairwise(samples))
