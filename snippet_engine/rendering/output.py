"""The output of a run, with that recorded on other versions of Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from snippet_engine.checking.masks import LIBRARY_LABEL, find_library_lines, find_masked_spans
from snippet_engine.humanize import format_duration, join_words, pluralise
from snippet_engine.rendering.html import element, escape_text, join_markup, render_worker_name
from snippet_engine.rendering.layout import assign_styles
from snippet_engine.run import Run, Stream
from snippet_engine.snippet.model import Recording, Snippet
from snippet_engine.snippet.versions import SUPPORTED_VERSIONS, get_feature_version, parse_version

SHOWN_LINES = 20
MIN_FOLDED_LINES = 25  # folding only one or two lines would save no space

# A part of a line, and the name of what varies in it between runs, "" if nothing does.
Part = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line of the run's output, with its time, CSS classes and the writer's name.

    `datetime` is the machine-readable form of `time`, or "" if that is readable itself.
    `varying` are the names of the parts that vary between runs; they are marked in `text`.
    """

    at: str
    time: str
    datetime: str
    stream: Stream
    style: str
    worker: str
    writer: Markup
    text: Markup
    varying: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VersionTab:
    """The output on `versions` of Python: that of this run, or the recorded `lines`."""

    versions: str
    is_this_run: bool
    lines: tuple[tuple[Stream, Markup], ...]


@dataclass(frozen=True, slots=True)
class OutputView:
    """What a panel shows of the output.

    `folded_lines` follow `lines` in an element that is closed. `tabs` is empty if all
    versions of Python print the same.
    """

    lines: tuple[PrintedLine, ...]
    folded_lines: tuple[PrintedLine, ...]
    folded_label: str
    tabs: tuple[VersionTab, ...]

    @property
    def varying_parts(self) -> list[str]:
        """Return the names of the parts that vary, in order of the lines."""
        lines = (*self.lines, *self.folded_lines)
        return [name for line in lines for name in line.varying]


def view_output(snippet: Snippet, run: Run) -> OutputView:
    """Return the lines that `run` printed, and tabs if versions of Python differ."""
    lines = tuple(_view_lines(snippet, run))
    shown = len(lines) if len(lines) < MIN_FOLDED_LINES else SHOWN_LINES
    return OutputView(
        lines=lines[:shown],
        folded_lines=lines[shown:],
        folded_label=pluralise(len(lines) - shown, "more line"),
        tabs=tuple(_view_tabs(snippet, get_feature_version(run.provenance.python))),
    )


def _view_lines(snippet: Snippet, run: Run) -> Iterator[PrintedLine]:
    names = {worker.id: render_worker_name(worker) for worker in run.workers}
    styles = assign_styles(run.workers)
    unknown = element("b", "")
    texts = [(line.stream, line.text) for line in run.lines]
    for line, parts in zip(run.lines, split_lines(texts, snippet.mask), strict=True):
        worker = line.worker or ""
        time = format_duration(line.at, run.seconds)
        yield PrintedLine(
            at=f"{line.at:.4f}",
            time=time,
            # It has no unit for milliseconds, only fractions of a second:
            # https://html.spec.whatwg.org/multipage/text-level-semantics.html#datetime-value
            datetime=f"{line.at:.3f}s" if time.endswith("ms") else "",
            stream=line.stream,
            style=styles.get(worker, ""),
            worker=worker,
            writer=names.get(worker, unknown),
            text=_mark_varying_parts(parts),
            varying=tuple(name for _, name in parts if name),
        )


def _view_tabs(snippet: Snippet, python: str) -> Iterator[VersionTab]:
    """Yield a tab for each recording if there are several; `python` is that of the run."""
    versions = _group_versions(snippet, python)
    if len(versions) < 2:
        return
    for recording, pythons in versions.items():
        streams = [stream for stream, _ in recording.lines]
        texts = map(_mark_varying_parts, split_lines(recording.lines, snippet.mask))
        lines = tuple(zip(streams, texts, strict=True))
        yield VersionTab(join_words(pythons), python in pythons, lines)


def _group_versions(snippet: Snippet, python: str) -> Mapping[Recording, list[str]]:
    """Return each recording with the Python versions it applies to, oldest first.

    `python` is the version of the run; it counts even if it is not supported.
    """
    groups: dict[Recording, list[str]] = {}
    recorded = (recording.python for recording in snippet.recordings if recording.python)
    for candidate in sorted({*SUPPORTED_VERSIONS, python, *recorded}, key=parse_version):
        if (recording := snippet.find_recording(candidate)) is not None:
            groups.setdefault(recording, []).append(candidate)
    return groups


def split_lines(
    lines: Sequence[tuple[Stream, str]], masks: Iterable[tuple[str, str]]
) -> list[tuple[Part, ...]]:
    """Return each line split into parts that vary between runs and parts that do not.

    `masks` are pairs of a regular expression and its name. A line of a standard library
    frame or warning varies as a whole, without its indentation.
    """
    masks = tuple(masks)
    library: dict[Stream, Iterator[bool]] = {
        stream: iter(find_library_lines([text for kind, text in lines if kind == stream]))
        for stream in ("stdout", "stderr")
    }
    split = []
    for stream, text in lines:
        indent = len(text) - len(text.lstrip())
        whole = [(indent, len(text), LIBRARY_LABEL)]
        spans = whole if next(library[stream]) else find_masked_spans(text, masks)
        split.append(tuple(_split(text, spans)))
    return split


def _mark_varying_parts(parts: Iterable[Part]) -> Markup:
    """Return a line as HTML, with the parts that vary between runs marked."""
    return join_markup(
        element("span", text, class_="varies", title=f"varies: {name}")
        if name
        else escape_text(text)
        for text, name in parts
    )


def _split(text: str, varying_spans: Iterable[tuple[int, int, str]]) -> Iterator[Part]:
    last = 0
    for start, end, name in varying_spans:
        if last < start:
            yield text[last:start], ""
        yield text[start:end], name
        last = end
    if last < len(text):
        yield text[last:], ""
