"""What the picture of a run shows best, in a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from .lanes import Lane, Layout, Stretch, layout, shares
from .run import Kind, Run, State, Worker
from .trace_names import LIBRARY
from .words import counted, duration, kinds, listed, waits

# What lasts for less than this part of a run is not what the run shows.
WORTH_TELLING = 0.05

# What the workers of `concurrent.futures` do: take the program's calls from a queue.
POOLS = {"_worker", "_process_worker"}
HELPERS = LIBRARY.keys() - POOLS
# So many workers can be told of one by one.
FEW = 3

_DOES = {"running": "runs", "suspended": "is suspended"}


def does(stretch: Stretch) -> str:
    """`runs`, `waits in sleep`."""
    return _DOES.get(stretch.state) or f"waits {waits(stretch.reason)}"


def life(lane: Lane, until: float) -> str:
    """A lane in words, for who does not see it."""
    worker = lane.worker
    ended = "the stop" if worker.ended is None else duration(worker.ended, until)
    spent = _spent(lane.stretches)
    told = ", ".join(f"{what} for {duration(time, until)}" for what, time in spent.items())
    return f"{worker.name}, {worker.kind}, {duration(worker.began, until)} to {ended}: {told}."


def _spent(stretches: Iterable[Stretch]) -> dict[str, float]:
    """The seconds spent in doing each thing, in words."""
    spent: dict[str, float] = {}
    for stretch in stretches:
        spent[does(stretch)] = spent.get(does(stretch), 0) + stretch.seconds
    return spent


@dataclass(slots=True)
class _Group:
    """Workers of one kind that do one thing: run, or wait for one reason."""

    kind: Kind
    state: State
    reason: str
    workers: dict[str, Worker] = field(default_factory=dict)
    stretches: list[Stretch] = field(default_factory=list)
    at_once: int = 0
    windows: list[tuple[float, float]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return sum(ended - began for began, ended in self.windows)

    @property
    def shares_a_thread(self) -> bool:
        """Whether they run in turn because they cannot do otherwise."""
        inside = self.kind not in ("process", "thread")
        return inside and self.state == "running" and self.at_once == 1


def lesson(run: Run) -> str:
    """`9 threads wait in sleep at once, 0.04 s to 1.04 s.`"""
    drawn = layout(run, most=len(run.workers))
    groups = _crowds(drawn)
    if not groups:
        return _plain(run, drawn.lanes)
    best = max(groups, key=lambda group: (group.at_once > 1, group.at_once * group.seconds))
    doing = f"wait {waits(best.reason)}" if best.state == "waiting" else "run"
    if best.at_once == 1:
        return f"{counted(len(best.workers), best.kind)} {doing} in turn, never two at once."
    many = counted(best.at_once, best.kind)
    most = "Up to " if best.at_once < len(best.workers) else ""
    return f"{most}{many} {doing} at once{_where(best, run)}, {_when(best, run.seconds)}."


def overlap(run: Run) -> int:
    """The greatest number of workers that run, or wait for one reason, at once."""
    drawn = layout(run, most=len(run.workers))
    return max((group.at_once for group in _crowds(drawn)), default=1)


def _crowds(drawn: Layout) -> list[_Group]:
    """The groups of more than one worker, with how many of them are together and when."""
    groups = [group for group in _groups(_others(drawn.lanes)) if len(group.workers) > 1]
    for group in groups:
        group.at_once, group.windows = _together(group.stretches, WORTH_TELLING * drawn.until)
    return [group for group in groups if group.at_once and not group.shares_a_thread]


def _others(lanes: Iterable[Lane]) -> list[Lane]:
    """The lanes but the first, whose worker starts the others and waits for them.

    And but for what the library does for itself: its own threads, and a pool's
    workers while they have no work.
    """
    own = (lane for lane in lanes if lane.depth and lane.worker.function not in HELPERS)
    return [_at_work(lane) if lane.worker.function in POOLS else lane for lane in own]


def _at_work(lane: Lane) -> Lane:
    return replace(lane, stretches=tuple(s for s in lane.stretches if s.reason != "queue"))


def _groups(lanes: Iterable[Lane]) -> list[_Group]:
    found: dict[tuple[Kind, State, str], _Group] = {}
    for lane in lanes:
        for stretch in lane.stretches:
            if stretch.state != "suspended":
                key = lane.worker.kind, stretch.state, stretch.reason
                group = found.setdefault(key, _Group(*key))
                group.workers[lane.worker.id] = lane.worker
                group.stretches.append(stretch)
    return list(found.values())


def _together(stretches: Iterable[Stretch], enough: float) -> tuple[int, list[tuple[float, float]]]:
    """The greatest number that last for `enough` seconds in all, and when they do.

    0 where that is no more than one, and yet two meet for a moment.
    """
    changes = sorted(change for s in stretches for change in ((s.began, 1), (s.ended, -1)))
    levels: dict[int, list[tuple[float, float]]] = {}
    number, last = 0, 0.0
    for at, change in changes:
        if at > last:
            for level in range(1, number + 1):
                windows = levels.setdefault(level, [])
                if windows and windows[-1][1] == last:
                    windows[-1] = (windows[-1][0], at)
                else:
                    windows.append((last, at))
        number, last = number + change, at
    for level in range(max(levels, default=0), 0, -1):
        if sum(ended - began for began, ended in levels[level]) >= enough:
            return (0, []) if level == 1 < len(levels) else (level, levels[level])
    return 0, []


def _where(group: _Group, run: Run) -> str:
    """For what shares a thread, that it does; for what computes, how much of a core."""
    if group.kind not in ("process", "thread"):
        alone = all(w.kind != "thread" for w in run.workers)
        return " in one thread" if alone and len({w.process for w in run.workers}) == 1 else ""
    if group.state == "waiting":
        return ""
    used = [
        ((ended - began), share)
        for worker in group.workers.values()
        for stretch in group.stretches
        for began, ended, share in shares(worker, stretch)
    ]
    if not used:
        return ""
    mean = sum(time * share for time, share in used) / sum(time for time, _ in used)
    if mean < 0.05:  # they wait for something that nobody tells of
        return ""
    if mean > 0.9:
        return ", each with a core of its own"
    return f", each with {'half' if 0.42 < mean < 0.58 else f'{mean:.0%} of'} a core"


def _when(group: _Group, total: float) -> str:
    began, ended = group.windows[0][0], group.windows[-1][1]
    if ended - began - group.seconds < 0.02 * total:
        return f"{duration(began, total)} to {duration(ended, total)}"
    return f"{duration(group.seconds, total)} in all"


def _plain(run: Run, lanes: Iterable[Lane]) -> str:
    """What can be said where nothing happens at once or in turn."""
    if len(run.workers) > 1:
        doings = _doings(run, lanes)
        return f"{kinds(run.workers)} in {duration(run.seconds)}{f': {doings}' if doings else ''}."
    spent = _spent(stretch for lane in lanes for stretch in lane.stretches)
    told = sorted(spent, key=lambda what: -spent[what])[:2]
    parts = [f"{what} for {duration(spent[what], run.seconds)}" for what in told]
    return f"One {run.workers[0].kind} {' and '.join(parts)}."


def _doings(run: Run, lanes: Iterable[Lane]) -> str:
    """What each of a few workers does longest; where they do nothing, what the first waits for."""
    first, *_ = lanes = list(lanes)
    doings = {lane.worker.name: _longest(run, lane.stretches) for lane in _others(lanes)}
    told = [f"{name} {doing}" for name, doing in doings.items() if doing]
    if not told and (doing := _longest(run, (s for s in first.stretches if s.reason))):
        return f"{first.worker.name} {doing}"
    return listed(told) if len(doings) <= FEW else ""


def _longest(run: Run, stretches: Iterable[Stretch]) -> str:
    """`waits in sleep for 0.30 s`; nothing where that is not worth telling."""
    spent = _spent(stretch for stretch in stretches if stretch.state != "suspended")
    what = max(spent, key=lambda doing: spent[doing], default="")
    told = what and spent[what] >= WORTH_TELLING * run.seconds
    return f"{what} for {duration(spent[what], run.seconds)}" if told else ""
