"""The timeline of a run as SVG, with a lane for each worker.

Horizontal positions are percentages and vertical ones are pixels, so the picture adapts
to the screen's width without scaling marks or text. Names of workers are HTML outside the
SVG, so that they can be searched and focused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from snippet_engine.humanize import describe_wait, format_duration, pluralise
from snippet_engine.rendering.html import escaped, render_worker_name
from snippet_engine.rendering.layout import Lane, Layout, build_layout, count_alive, group_links
from snippet_engine.rendering.summary import describe_lane, describe_state, summarise_run
from snippet_engine.rendering.time_axis import axis, grid
from snippet_engine.run import Line, Run, Worker
from snippet_engine.tracing.tracks import Segment, find_cpu_shares

TALL, LOW = 22, 18  # height of a lane, in pixels, up to MANY lanes and above
MANY = 12
AXIS = 20
STOP = 16
# Width of the plot in pixels, on a wide screen and on a phone.
WIDE, NARROW = 540, 215
LETTER = 6.2


def render_timeline(run: Run, prefix: str = "timeline") -> str:
    """Return the timeline of `run` as HTML, or "" if it has no workers.

    `prefix` starts each id in it; it must be unique on a page.
    """
    if not run.workers:
        return ""
    return Picture(run, build_layout(run), prefix).html()


class Picture:
    """A timeline drawn from a layout.

    `row` is the height of a lane in pixels; None selects it by the number of lanes. A given
    height also omits the dots for printed lines and the reasons of waits.
    """

    def __init__(self, run: Run, drawn: Layout, prefix: str, row: int | None = None) -> None:
        self.run = run
        self.drawn = drawn
        self.prefix = prefix
        self.row = row or (TALL if len(drawn.lanes) <= MANY else LOW)
        self.plain = row is not None
        self.bar = self.row - (2 if self.plain else 8)
        self.top = 0 if self.plain else STOP if drawn.edge > drawn.until else 4
        self.names = {worker.id: worker.name for worker in run.workers}
        self.rows = {lane.worker.id: n for n, lane in enumerate(drawn.lanes)}
        self.rows |= {worker.id: len(drawn.lanes) for worker in drawn.rest}

    @property
    def bottom(self) -> int:
        return self.top + self.row * (len(self.drawn.lanes) + bool(self.drawn.rest))

    def html(self) -> str:
        """Return the caption, the key, the names of the workers and the plot as HTML."""
        said = summarise_run(self.run)
        return "\n".join(
            (
                f'<div class="snippet-lanes" style="--row:{self.row}px;--top:{self.top}px">',
                '<div class="snippet-said">'
                f'<p class="snippet-lesson" data-search-exclude>{escaped(said)}</p>'
                f'<ul class="snippet-key" data-search-exclude>{"".join(self._key())}</ul></div>',
                '<ol class="snippet-names" aria-label="Workers" data-search-exclude>'
                f"{''.join(self._labels())}</ol>",
                f'<div class="snippet-plot" data-edge="{self.drawn.edge:.4f}">',
                self.svg(said),
                "</div>",
                '<div class="snippet-replay"></div>',
                "</div>",
            )
        )

    def svg(self, said: str) -> str:
        """Return the plot: lanes, wakes and time axis. `said` is its accessible label."""
        until, edge = self.drawn.until, self.drawn.edge
        marks = grid(until, edge, self.top, self.bottom + 4) + axis(until, edge, self.bottom + 16)
        parts = (marks, *self._lanes(), *self._links(), *self._stop())
        return self._drawing(said, self.bottom + AXIS, parts)

    def small(self, said: str) -> str:
        """Return only the lanes, without margins. `said` is the accessible label."""
        edge = self.drawn.edge
        marks = grid(edge, edge, -99, 99)  # lines may extend into the padding
        return self._drawing(said, self.bottom, (marks, *self._lanes()))

    def _drawing(self, said: str, height: int, parts: Iterable[str]) -> str:
        return (
            f'<svg class="snippet-timeline" role="img" aria-label="{escaped(said)}"'
            f' width="100%" height="{height}" data-search-exclude>'
            f"<desc>{escaped(self._description())}</desc>"
            f"{''.join(self._patterns())}{''.join(parts)}</svg>"
        )

    def _lanes(self) -> Iterator[str]:
        yield from map(self._lane, self.drawn.lanes)
        yield from self._rest()

    def x(self, seconds: float) -> str:
        """Return the position of a moment as a percentage of the width."""
        return f"{100 * min(max(seconds / self.drawn.edge, 0), 1):.2f}%"

    def between(self, began: float, ended: float) -> str:
        """Return the attributes `x` and `width`; the width is at least 1.5 pixels."""
        share = 100 * (ended - began) / self.drawn.edge
        width = f"{share:.2f}%" if share > 0.28 else "1.5"
        return f'x="{self.x(began)}" width="{width}"'

    def _labels(self) -> Iterator[str]:
        for lane in self.drawn.lanes:
            worker = lane.worker
            place = f" of {self.names[worker.parent]}" if worker.parent in self.names else ""
            runs = f", {worker.function}()" if worker.function else ""
            where = f", line {worker.line}" if worker.line else ""
            yield (
                f'<li class="name {lane.style}" data-worker="{escaped(worker.id)}"'
                f' style="--depth:{min(lane.depth, 4)}"'
                f' title="{escaped(f"{worker.name}: {worker.kind}{place}{runs}{where}")}">'
                f"{render_worker_name(worker)}</li>"
            )
        if self.drawn.rest:
            yield f'<li class="name more"><b>+ {len(self.drawn.rest)} more</b></li>'

    def _key(self) -> Iterator[str]:
        """Yield an entry of the key for each mark that occurs in the picture."""
        # Spans below 1 % of the run are hardly visible and need no entry.
        seen = self.drawn.until / 100
        states = {s.state for lane in self.drawn.lanes for s in lane.stretches if s.seconds >= seen}
        shared = any(
            stretch.state == "running" and find_cpu_shares(lane.worker, stretch)
            for lane in self.drawn.lanes
            for stretch in lane.stretches
        )
        meanings = {
            "run": "running" in states
            and ("running, as high as its CPU share" if shared else "running"),
            "wait": "waiting" in states and "waiting",
            "alive": "suspended" in states and "suspended",
            "dot": self.run.lines and "prints a line",
            "link": self.run.links and "ends a wait",
        }
        for mark, meaning in meanings.items():
            if meaning:
                yield f'<li><i class="key-{mark}" aria-hidden="true"></i>{meaning}</li>'

    def _patterns(self) -> Iterator[str]:
        """Yield a hatch pattern for each colour of a waiting worker.

        One for all is not enough: an SVG pattern does not inherit the colour of its user.
        """
        colours = {
            lane.style.split()[0]
            for lane in self.drawn.lanes
            if any(stretch.state == "waiting" for stretch in lane.stretches)
        }
        for colour in sorted(colours):
            yield (
                f'<pattern id="{self.prefix}-{colour}" class="{colour}" width="5" height="5"'
                ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
                '<rect class="hatch" width="1.6" height="5"/></pattern>'
            )

    def _lane(self, lane: Lane) -> str:
        top = self.top + self.rows[lane.worker.id] * self.row
        parts = [self._stretch(lane, stretch) for stretch in lane.stretches]
        dots = () if self.plain else self._dots(lane.worker.id)
        return (
            f'<g class="lane {lane.style}" data-worker="{escaped(lane.worker.id)}"'
            f' data-kind="{lane.worker.kind}" transform="translate(0 {top})">'
            f'<rect class="band" width="100%" height="{self.row}"/>'
            f"{''.join(parts)}{''.join(dots)}</g>"
        )

    def _stretch(self, lane: Lane, stretch: Segment) -> str:
        top, middle = (self.row - self.bar) / 2, self.row / 2
        place = self.between(stretch.began, stretch.ended)
        body = f'{place} y="{top:g}" height="{self.bar}"'
        title = f"<title>{escaped(self._title(lane.worker, stretch))}</title>"
        more = ""
        if stretch.is_unfinished and self.drawn.edge > self.drawn.until:
            more = (
                f'<line class="on" x1="{self.x(self.drawn.until)}" x2="100%"'
                f' y1="{middle:g}" y2="{middle:g}"/>'
            )
        if stretch.state == "suspended":
            return (
                f'<line class="alive" x1="{self.x(stretch.began)}" x2="{self.x(stretch.ended)}"'
                f' y1="{middle:g}" y2="{middle:g}">{title}</line>{more}'
            )
        if stretch.state == "waiting":
            hatch = f"url(#{self.prefix}-{lane.style.split()[0]})"
            return (
                f'<rect class="wait" {body} rx="2" fill="{hatch}">{title}</rect>'
                f"{self._reason(stretch)}{more}"
            )
        used = find_cpu_shares(lane.worker, stretch)
        if not used:
            return f'<rect class="run" {body} rx="1.5">{title}</rect>{more}'
        steps = "".join(
            f'<rect class="run" {self.between(began, ended)} y="{top + self.bar * (1 - share):.1f}"'
            f' height="{self.bar * share:.1f}"/>'
            for began, ended, share in used
        )
        return f'<rect class="track" {body}/>{steps}<rect class="hit" {body}>{title}</rect>{more}'

    def _title(self, worker: Worker, stretch: Segment) -> str:
        until = (
            "the stop"
            if stretch.is_unfinished
            else format_duration(stretch.ended, self.drawn.until)
        )
        began = format_duration(stretch.began, self.drawn.until)
        return f"{worker.name} {describe_state(stretch)}, {began} to {until}"

    def _reason(self, stretch: Segment) -> str:
        """Return the label with the reason of a wait, or "" if it does not fit.

        The class `wide` marks a label that is too long for a phone.
        """
        part = stretch.seconds / self.drawn.edge
        room = len(stretch.reason) * LETTER + 8
        if self.plain or not stretch.reason or part * WIDE < room:
            return ""
        middle = self.x((stretch.began + stretch.ended) / 2)
        only = "" if part * NARROW >= room else " wide"
        return (
            f'<text class="reason{only}" x="{middle}" y="{self.row / 2 + 3.5:g}">'
            f"{escaped(stretch.reason)}</text>"
        )

    def _dots(self, worker: str) -> Iterator[str]:
        """Yield a dot for each line that `worker` printed, except dots that would overlap."""
        last = -1.0
        middle = self.row / 2
        for number, line in enumerate(self.run.lines):
            if line.worker != worker or line.at - last < self.drawn.edge / 110:
                continue
            last = line.at
            place = self.x(line.at)
            title = f"<title>{escaped(self._spoken(line))}</title>"
            of = f'class="dot" data-line="{number}"'
            if line.stream == "stderr":
                yield (
                    f'<rect {of} x="{place}" y="{middle - 3:g}" width="6"'
                    f' height="6" transform="translate(-3 0)">{title}</rect>'
                )
            else:
                yield (f'<circle {of} cx="{place}" cy="{middle:g}" r="3.2">{title}</circle>')

    def _spoken(self, line: Line) -> str:
        text = line.text if len(line.text) <= 60 else line.text[:57] + "…"
        return f"{format_duration(line.at, self.drawn.until)}: {text}"

    def _rest(self) -> Iterator[str]:
        """Yield a lane for all workers without their own, if there are any.

        Its height over time is the share of them that is alive.
        """
        rest = self.drawn.rest
        if not rest:
            return
        steps = count_alive(rest, self.drawn.until)
        bars = "".join(
            f'<rect class="run" {self.between(began, ended)}'
            f' y="{self.row - 4 - self.bar * number / len(rest):.1f}"'
            f' height="{self.bar * number / len(rest):.1f}"/>'
            for began, ended, number in steps
        )
        top = self.top + len(self.drawn.lanes) * self.row
        most = max((number for *_, number in steps), default=0)
        yield (
            f'<g class="lane more" data-worker="" data-kind="more" transform="translate(0 {top})">'
            f'<rect class="band" width="100%" height="{self.row}"/>{bars}'
            f'<rect class="hit" width="100%" height="{self.row}">'
            f"<title>{pluralise(len(rest), 'more worker')}, up to {most} alive at once</title>"
            "</rect></g>"
        )

    def _links(self) -> Iterator[str]:
        """Yield a line for each group of wakes, from the waking worker to the woken one."""
        for link, number in group_links(self.run.links, self.rows, self.drawn.edge / 100):
            place = self.x(link.at)
            rows = self.rows[link.source], self.rows[link.target]
            start, end = (self.top + (row + 0.5) * self.row for row in rows)
            end += self.bar / 2 if start > end else -self.bar / 2
            others = f", and {number - 1} more do" if number > 1 else ""
            at = format_duration(link.at, self.drawn.until)
            said = (
                f"{self.names[link.source]} ends the wait of {self.names[link.target]}"
                f" {describe_wait(link.reason)}, {at}{others}"
            )
            yield (
                f'<g class="link"><line x1="{place}" x2="{place}" y1="{start:g}" y2="{end:g}"/>'
                f'<circle cx="{place}" cy="{end:g}" r="2"/><title>{escaped(said)}</title></g>'
            )

    def _stop(self) -> Iterator[str]:
        if self.drawn.edge > self.drawn.until:
            place = self.x(self.drawn.until)
            yield (
                f'<line class="stop" x1="{place}" x2="{place}" y1="2" y2="{self.bottom + 4}"/>'
                f'<text class="stopped" x="{place}" y="10" dx="-5">stopped at'
                f" {format_duration(self.drawn.until)}</text>"
            )

    def _description(self) -> str:
        """Return a description of each lane in words, for screen readers."""
        lives = [describe_lane(lane, self.drawn.until) for lane in self.drawn.lanes]
        rest = self.drawn.rest
        return " ".join(
            [*lives, *([f"And {pluralise(len(rest), 'more worker')}."] if rest else [])]
        )
