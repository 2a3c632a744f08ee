"""Runs made by hand, and a parser of pages, for tests of rendering."""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser

from snippet_engine.run import Line, Link, Provenance, Run, Span, Worker, WorkerKind

MADE_ON = Provenance("3.12.1", "CPython", "Linux", 8, "fork", "2026-01-02T03:04:05+00:00")


def make_run(
    workers: Iterable[Worker],
    spans: Iterable[Span] = (),
    seconds: float = 1.0,
    lines: Iterable[Line] = (),
    links: Iterable[Link] = (),
    ending: str = "exit 0",
) -> Run:
    """Return a run with these workers, spans, lines and links."""
    parts = tuple(lines), tuple(workers), tuple(spans), tuple(links)
    return Run(seconds, 0.1, 9_000_000, ending, MADE_ON, *parts)


def make_printed_run(*lines: str, ending: str = "exit 0", python: str = "3.11.7") -> Run:
    """Return a run that printed `lines`; those that begin with `!` to standard error."""
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


def make_worker(
    number: int,
    kind: WorkerKind = "thread",
    name: str = "",
    began: float = 0.0,
    ended: float | None = 1.0,
    **more: object,
) -> Worker:
    """Return worker `number`: a thread named after its number, whose parent is worker 0."""
    parent = more.pop("parent", "w0" if number else None)
    named = name or (f"target {number}" if number else "main")
    return Worker(f"w{number}", kind, named, parent, began, ended, 1, **more)  # type: ignore[arg-type]


def make_main_worker(ended: float | None = 1.0) -> Worker:
    """Return worker 0, the main process."""
    return make_worker(0, "process", ended=ended)


def make_nine_threads() -> Run:
    """Return a run of nine threads that sleep for a second concurrently."""
    workers = [make_main_worker(1.07)]
    spans = [Span("w0", "running", 0, 0.04), Span("w0", "waiting", 0.04, 1.06, "join")]
    lines, links = [], []
    for n in range(1, 10):
        workers.append(
            make_worker(n, began=0.03 + n / 1000, ended=1.045, function="target", line=5)
        )
        spans.append(Span(f"w{n}", "waiting", 0.031 + n / 1000, 1.04, "sleep", 6))
        lines.append(Line(1.041, "stdout", f"x ** y = {n}", f"w{n}"))
        links.append(Link(f"w{n}", "w0", 1.044 + n / 1000, "join"))
    return make_run(workers, spans, 1.07, lines, links)


class Page(HTMLParser):
    """The elements of a page, with their attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.open: list[int] = []
        self.feed(html)
        self.close()
        assert not self.open, "an element is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))
        if tag not in ("br", "hr", "img", "input", "link", "meta"):  # these have no end
            self.open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self.open.pop()][0] == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        for number in self.open:
            self.elements[number][2].append(data)

    def find_all(self, tag: str, css: str = "") -> list[tuple[dict[str, str | None], str]]:
        """Return the attributes and text of each element `tag` of the class `css`."""
        return [
            (attrs, "".join(text))
            for name, attrs, text in self.elements
            if name == tag and (not css or css in (attrs.get("class") or "").split())
        ]
