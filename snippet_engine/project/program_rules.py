"""The rules for a program that can be checked in its file, without a run."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from snippet_engine.project.faults import Fault
from snippet_engine.project.imports import find_imported_modules, is_standard
from snippet_engine.snippet.model import Snippet, find_compared_snippet
from snippet_engine.snippet.versions import REFERENCE_VERSION

MAX_WIDTH = 72  # columns that a panel shows without scrolling
MIN_SAMPLE_RUNS = 100  # fewest runs of a sample, so that rare outcomes occur

_MARKER = re.compile(r"#:\s*(\S+)")
_MARKERS = ("output", "outcomes")


def check_program(snippet: Snippet, names: Collection[str]) -> Iterator[Fault]:
    """Yield the faults of `snippet`; `names` are those of all snippets of the project."""
    path = PurePosixPath(snippet.path.as_posix())
    if snippet.language == "python" and (
        reason := explain_shadowing(path.stem, find_imported_modules(snippet))
    ):
        yield Fault(path, 1, f"{reason}; rename the file")
    yield from _check_markers(snippet, path)
    if snippet.name in names:  # drafts cannot be recorded
        yield from _check_recordings(snippet, path)
    yield from _check_claims(snippet, path, names)
    if snippet.source is None:  # programs of the talk are quoted unchanged
        yield from _check_width(snippet, path)


def explain_shadowing(stem: str, modules: Collection[str] = ()) -> str:
    """Return why a program must not be called `stem`, or "" if it may.

    `modules` are the modules that the program imports.
    """
    if is_standard(stem):
        return f"{stem}.py would hide the standard library's module {stem!r} from programs"
    if stem in modules:
        return f"{stem}.py would hide the module {stem!r} that it imports"
    return ""


def _check_markers(snippet: Snippet, path: PurePosixPath) -> Iterator[Fault]:
    for number, text in enumerate(snippet.code.splitlines(), snippet.head.count("\n") + 1):
        if marker := _MARKER.match(text):
            similar = difflib.get_close_matches(marker[1].lower(), _MARKERS, 1)
            known = " and ".join(f"'#: {name}'" for name in _MARKERS)
            hint = f"did you mean '#: {similar[0]}'?" if similar else f"known are {known}"
            yield Fault(path, number, f"unknown marker {text.rstrip()!r}; {hint}")


def _check_recordings(snippet: Snippet, path: PurePosixPath) -> Iterator[Fault]:
    if not snippet.recordings:
        message = f"nothing is recorded for it; run `make record NAME={snippet.name}`"
        yield Fault(path, 1, message)
    elif snippet.outcomes and (error := _explain_sample_fault(snippet)):
        command = f"snippets sample {snippet.name} --python python{REFERENCE_VERSION}"
        yield Fault(path, 1, f"{error}; run `{command}`")


def _explain_sample_fault(snippet: Snippet) -> str:
    """Return what is missing from the sample of a racy program, or "" if complete."""
    sample = snippet.find_sample(REFERENCE_VERSION)
    if sample is None:
        return f"its outcomes were not counted on Python {REFERENCE_VERSION}"
    if sample.runs < MIN_SAMPLE_RUNS:
        return f"its outcomes were counted in {sample.runs} runs, fewer than {MIN_SAMPLE_RUNS}"
    if len(sample.counts) < 2:
        return "all of its runs had the same outcome, so it shows no race"
    return ""


def _check_claims(snippet: Snippet, path: PurePosixPath, names: Collection[str]) -> Iterator[Fault]:
    for claim in snippet.claims:
        name = find_compared_snippet(claim.measure)
        if name and name not in names:
            lines = snippet.head.splitlines()
            at = next((n for n, line in enumerate(lines, 1) if claim.measure in line), 1)
            similar = difflib.get_close_matches(name, names, 1)
            hint = f"did you mean {similar[0]!r}?" if similar else "correct the claim"
            yield Fault(path, at, f"a claim compares with {name!r}, which is no snippet; {hint}")


def _check_width(snippet: Snippet, path: PurePosixPath) -> Iterator[Fault]:
    for number, text in enumerate(snippet.code.splitlines(), snippet.head.count("\n") + 1):
        if len(text) > MAX_WIDTH:
            yield Fault(path, number, f"{len(text)} columns, more than {MAX_WIDTH}; break the line")
