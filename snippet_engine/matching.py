"""Does this run agree with that recording? Pure functions."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from .claims import other, unmet
from .guarantees import broken
from .outcomes import outcome_of, raised
from .run import Run, Stream
from .snippet import REFERENCE, SUPPORTED, Recording, Snippet, in_order, version

# What differs from run to run and from machine to machine in any program.
# The order matters: the first to match a stretch names it.
BUILT_IN_MASKS: tuple[tuple[str, str], ...] = (
    # zsh's TIMEFMT: https://zsh.sourceforge.io/Doc/Release/Parameters.html
    (r"[\d.]+s user [\d.]+s system \d+% cpu [\d:.]+ total", "time"),
    (r"(?<![\w.])\d+\.\d+(?:e-?\d+)? ?(?:s|ms|µs|us|ns|seconds)\b", "duration"),
    (r"\b0x[0-9a-fA-F]{6,16}\b", "address"),
    (r"(?<=[( ]started )(?:daemon )?\d+", "thread id"),
    (r"(?i:(?<=\bpid[ =])|(?<=\bpid: )|(?<=\bpid=)|(?<=parent=))\d+", "process id"),
    (r'(?<=File ")/[^"\n]+", line \d+', "path"),
    (r"(?<![\w./])/python/[\w./+-]+:\d+(?=: )", "path"),
    (r"(?<![\w./])(?:/[\w.@+-]+){2,}/?", "path"),
    # The same on Windows.
    (r'(?<=File ")[A-Za-z]:\\[^"\n]+", line \d+', "path"),
    (r"(?<!\w)[A-Za-z]:(?:\\[\w.@+~-]+){2,}\\?", "path"),
)

# Frames of the standard library in a traceback, and warnings raised in it. The file, line,
# source text and carets of both change with patch releases of Python.
_LIBRARY_FRAME = re.compile(r'(?P<indent>.*?)File "(?:/python/|<frozen )[^"]*", line \d+')
_LIBRARY_WARNING = re.compile(r"(?P<indent>)/python/[\w./+-]+:\d+: \w*Warning: ")
LIBRARY = "standard library"  # what is shown in the place of such lines

Sides = tuple[tuple[Stream, tuple[str, ...], tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """How a run differs from what its snippet says: the reason, a diff, the cure.

    `sides`: for each stream that differs its name, and the recorded and the printed lines
    as they were compared.
    """

    reason: str
    cure: str
    diff: str = ""
    sides: Sides = ()

    def __str__(self) -> str:
        return "\n".join(filter(None, [self.reason, self.diff, f"Cure: {self.cure}"]))


def varying(text: str, masks: Iterable[tuple[str, str]] = ()) -> list[tuple[int, int, str]]:
    """The parts of `text` that may vary: from, to, name; in order, and apart."""
    found: list[tuple[int, int, str]] = []
    for pattern, name in (*masks, *BUILT_IN_MASKS):
        for match in re.finditer(pattern, text):
            began, ended = match.span()
            if began < ended and all(ended <= a or b <= began for a, b, _ in found):
                found.append((began, ended, name))
    return sorted(found)


def masked(text: str, masks: Iterable[tuple[str, str]] = ()) -> str:
    """`text` with what may vary replaced by its name in angle brackets."""
    for began, ended, name in reversed(varying(text, masks)):
        text = f"{text[:began]}<{name}>{text[ended:]}"
    return text.rstrip()


def library_lines(texts: Sequence[str]) -> list[bool]:
    """Return for each line whether it is part of a standard library frame or warning.

    The line that a warning begins with is the program's: it has the message.
    """
    found: list[bool] = []
    indent: str | None = None
    for text in texts:
        if frame := _LIBRARY_FRAME.match(text):
            indent = frame["indent"]
            found.append(True)
        elif indent is not None and text.startswith(f"{indent}  "):
            found.append(True)
        else:
            indent = "" if _LIBRARY_WARNING.match(text) else None
            found.append(False)
    return found


def comparable(texts: Sequence[str], masks: Iterable[tuple[str, str]] = ()) -> list[str]:
    """Return the lines of one stream as they are compared: masked, library frames as one."""
    masks = tuple(masks)
    lines: list[str] = []
    for library, group in groupby(zip(library_lines(texts), texts, strict=True), itemgetter(0)):
        if library:
            lines.append(f"<{LIBRARY}>")
        else:
            lines += [masked(text, masks) for _, text in group]
    return lines


def is_newer(python: str) -> bool:
    """Return whether the version `python` is newer than all that snippets are recorded on."""
    return in_order(python) > in_order(SUPPORTED[-1])


def disagreement(
    snippet: Snippet, run: Run, run_of: Callable[[str], Run] | None = None
) -> Disagreement | None:
    """How `run` differs from what `snippet` says of itself; None where it agrees.

    `run_of` gives the run of another snippet, which a claim may compare with;
    without it such claims are not looked at.
    """
    return (
        wrong_ending(snippet, run)
        or _wrong_lines(snippet, run)
        or _broken_guarantee(snippet, run)
        or _unmet_claim(snippet, run, run_of)
    )


def wrong_ending(snippet: Snippet, run: Run) -> Disagreement | None:
    """Whether the program ended in another way than its head says."""
    printed = "\n".join(f"  {line.text}" for line in run.lines[-12:])
    cure = "correct the program, or its head"
    if snippet.outcomes:
        outcome = outcome_of(snippet.outcomes, run)
        if outcome is None:
            reason = f"it came to none of the outcomes of its head ({run.ending})"
            return Disagreement(reason, cure, printed)
        if outcome.grade == "forbidden":
            return Disagreement(f"it came to a forbidden outcome: {outcome.name}", cure, printed)
    elif snippet.stops:
        if run.ending != "stopped":
            reason = f"it ended by itself ({run.ending}); its head says stops = {snippet.stops:g}"
            return Disagreement(reason, cure, printed)
    elif snippet.raises:
        error = raised(run)
        if run.ending != "exit 1" or error != snippet.raises:
            what = f"raised {error}" if error else "raised nothing"
            reason = f"it {what} ({run.ending}); its head says raises = {snippet.raises!r}"
            return Disagreement(reason, cure, printed)
    elif run.ending != "exit 0":
        what = f"raised {raised(run)}" if raised(run) else "did not end well"
        reason = f"it {what} ({run.ending}); its head says nothing of that"
        return Disagreement(reason, cure, printed)
    return None


def renewed(snippet: Snippet, run: Run, *, own: bool = False) -> Snippet:
    """Return `snippet` with `run` recorded, unchanged where they agree already.

    The run takes the place of the recording that it was compared with. With `own` its
    version gets a recording of its own, if it differs from the nearest older one. Raises
    ValueError where the run ended in another way than the head says or broke a guarantee:
    such a run is no recording.
    """
    if wrong := wrong_ending(snippet, run) or _broken_guarantee(snippet, run):
        raise ValueError(str(wrong))
    if _wrong_lines(snippet, run) is None:
        return snippet
    python = version(run.provenance.python)
    compared = snippet.recording(python)
    recordings = {recording.python: recording for recording in snippet.recordings}
    at = compared.python if compared else None
    if own and compared and (compared.python or REFERENCE) != python:
        at = python
    recordings[at] = Recording(tuple((line.stream, line.text) for line in run.lines), at)
    if at is not None:
        others = [one for one in recordings.values() if one.python != at]
        without = replace(snippet, recordings=tuple(others))
        if others and _wrong_lines(without, run) is None:
            return without
    ordered = sorted(recordings.values(), key=lambda one: in_order(one.python or "0"))
    return replace(snippet, recordings=tuple(ordered))


def _broken_guarantee(snippet: Snippet, run: Run) -> Disagreement | None:
    whole = not snippet.outcomes or run.ending != "stopped"
    for guarantee in snippet.guarantees:
        lines = [line.text for line in run.lines if line.stream == guarantee.stream]
        if how := broken(guarantee, lines, whole=whole):
            printed = "\n".join(f"{n:>4}  {text}" for n, text in enumerate(lines, 1))
            cure = "correct the program, or promise less"
            return Disagreement(f"it broke a guarantee, {guarantee.says!r}: {how}", cure, printed)
    return None


def _unmet_claim(
    snippet: Snippet, run: Run, run_of: Callable[[str], Run] | None
) -> Disagreement | None:
    for claim in snippet.claims:
        name = other(claim.what)
        if name is None:
            how = unmet(claim, run)
        elif run_of:
            how = unmet(claim, run, run_of(name))
        else:
            continue
        if how:
            return Disagreement(
                f"a claim does not hold: {how}", "correct the program, or the claim"
            )
    return None


def _wrong_lines(snippet: Snippet, run: Run) -> Disagreement | None:
    python = version(run.provenance.python)
    record = f"make record NAME={snippet.name}"
    recording = snippet.recording(python)
    if recording is None:
        return Disagreement("nothing is recorded for it", f"run `{record}`")
    cure = f"if the new output is right, run `{record}`"
    made = recording.python or REFERENCE
    if made != python:
        cure += f"; add `PYTHON={python}` if only that version prints it"
    reason = f"its output differs from its recording (Python {python}"
    reason += ")" if made == python else f", recorded on {made})"
    if snippet.outcomes:
        # Any run of a racy program is as good as another, if its outcome is declared.
        shown = "\n".join(text for _, text in recording.lines)
        if any(outcome.shows_in(shown) for outcome in snippet.outcomes):
            return None
        diff = f"the recording shows none of the declared outcomes:\n{shown}"
        return Disagreement(reason, cure, diff)
    printed = [(line.stream, line.text) for line in run.lines]
    if sides := differing(snippet, recording.lines, printed):
        return Disagreement(reason, cure, _diff(sides), sides)
    return None


def differing(
    snippet: Snippet, was: Iterable[tuple[Stream, str]], now: Iterable[tuple[Stream, str]]
) -> Sides:
    """Return the streams of two outputs that differ, each with the lines of both sides.

    They are compared as `snippet` says. The order of the two streams among each other is
    not known, as they are two pipes.
    """
    was, now = list(was), list(now)
    found: list[tuple[Stream, tuple[str, ...], tuple[str, ...]]] = []
    streams: tuple[Stream, ...] = ("stdout", "stderr")
    for stream in streams:
        old, new = (
            comparable([text for kind, text in lines if kind == stream], snippet.mask)
            for lines in (was, now)
        )
        if not _agree(snippet, old, new):
            if snippet.lines != "in-order":
                old, new = sorted(old), sorted(new)
            found.append((stream, tuple(old), tuple(new)))
    return tuple(found)


def difference(
    snippet: Snippet,
    was: Iterable[tuple[Stream, str]],
    now: Iterable[tuple[Stream, str]],
    names: tuple[str, str] = ("recorded", "printed"),
) -> str:
    """Return a diff of two outputs as `snippet` says to compare them; empty where they agree.

    `names` head the two sides.
    """
    return _diff(differing(snippet, was, now), names)


def _diff(sides: Sides, names: tuple[str, str] = ("recorded", "printed")) -> str:
    lines: list[str] = []
    for stream, old, new in sides:
        before, after = (f"{name} {stream}" for name in names)
        lines += difflib.unified_diff(old, new, before, after, lineterm="")
    return "\n".join(lines)


def _agree(snippet: Snippet, was: Sequence[str], now: Sequence[str]) -> bool:
    if snippet.lines == "each-kind":
        return set(was) == set(now)
    if not snippet.stops:
        return sorted(was) == sorted(now) if snippet.lines == "any-order" else was == now
    # Where it was stopped is chance: compare what both had time to print.
    if not was or not now:
        return was == now
    if snippet.lines == "in-order":
        common = min(len(was), len(now))
        return was[:common] == now[:common]
    shorter, longer = sorted((Counter(was), Counter(now)), key=Counter.total)
    return shorter <= longer
