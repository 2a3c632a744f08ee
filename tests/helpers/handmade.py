"""Runs made by hand, and pages taken apart, for tests of what is drawn and said."""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser

from snippet_engine.run import Line, Link, Provenance, Run, Span, Worker, WorkerKind

MADE_ON = Provenance("3.12.1", "CPython", "Linux", 8, "fork", "2026-01-02T03:04:05+00:00")


def a_run(
    workers: Iterable[Worker],
    spans: Iterable[Span] = (),
    seconds: float = 1.0,
    lines: Iterable[Line] = (),
    links: Iterable[Link] = (),
    ending: str = "exit 0",
) -> Run:
    """A run of those, made somewhere."""
    parts = tuple(lines), tuple(workers), tuple(spans), tuple(links)
    return Run(seconds, 0.1, 9_000_000, ending, MADE_ON, *parts)


def run_with(*lines: str, ending: str = "exit 0", python: str = "3.11.7") -> Run:
    """A run that printed `lines`; those that begin with `!` to standard error."""
    return Run(
        seconds=1.0,
        cpu_seconds=0.1,
        peak_memory=1 << 20,
        ending=ending,
        provenance=Provenance(python, "", "", 2, "fork", ""),
        lines=tuple(
            Line(0.1 * n, "stderr" if text[:1] == "!" else "stdout", text.removeprefix("!"))
            for n, text in enumerate(lines)
        ),
    )


def a_worker(
    number: int,
    kind: WorkerKind = "thread",
    name: str = "",
    began: float = 0.0,
    ended: float | None = 1.0,
    **more: object,
) -> Worker:
    """Worker `number`, whose parent is the first; a thread named after its number."""
    parent = more.pop("parent", "w0" if number else None)
    named = name or (f"target {number}" if number else "main")
    return Worker(f"w{number}", kind, named, parent, began, ended, 1, **more)  # type: ignore[arg-type]


def main(ended: float | None = 1.0) -> Worker:
    """The first worker of each run: the main process."""
    return a_worker(0, "process", ended=ended)


def nine_threads() -> Run:
    """Like block 5 of the talk: nine threads that sleep for a second at once."""
    workers = [main(1.07)]
    spans = [Span("w0", "running", 0, 0.04), Span("w0", "waiting", 0.04, 1.06, "join")]
    lines, links = [], []
    for n in range(1, 10):
        workers.append(a_worker(n, began=0.03 + n / 1000, ended=1.045, function="target", line=5))
        spans.append(Span(f"w{n}", "waiting", 0.031 + n / 1000, 1.04, "sleep", 6))
        lines.append(Line(1.041, "stdout", f"x ** y = {n}", f"w{n}"))
        links.append(Link(f"w{n}", "w0", 1.044 + n / 1000, "join"))
    return a_run(workers, spans, 1.07, lines, links)


class Page(HTMLParser):
    """What a browser would make of a page: elements, their attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.open: list[int] = []
        self.feed(html)
        self.close()
        assert not self.open, "an element that is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), []))
        if tag not in ("br", "hr", "img", "input", "link", "meta"):  # these have no end
            self.open.append(len(self.found) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), []))

    def handle_endtag(self, tag: str) -> None:
        assert self.found[self.open.pop()][0] == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        for number in self.open:
            self.found[number][2].append(data)

    def all(self, tag: str, css: str = "") -> list[tuple[dict[str, str | None], str]]:
        """The elements called `tag` of the class `css`: their attributes and text."""
        return [
            (attrs, "".join(text))
            for name, attrs, text in self.found
            if name == tag and (not css or css in (attrs.get("class") or "").split())
        ]
