"""The timeline of a run as SVG, with a lane for each worker.

Horizontal positions are percentages and vertical ones are pixels, so the picture adapts
to the screen's width without scaling marks or text. Names of workers are HTML outside the
SVG, so that they can be searched and focused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from markupsafe import Markup

from snippet_engine.humanize import describe_wait, format_duration, pluralise
from snippet_engine.rendering.html import element, join_markup, render_template
from snippet_engine.rendering.layout import (
    Lane,
    Layout,
    build_layout,
    compute_ticks,
    count_alive,
    group_links,
)
from snippet_engine.rendering.summary import describe_lane, describe_state, summarise_run
from snippet_engine.run import Line, Run, Worker
from snippet_engine.tracing.tracks import Segment, find_cpu_shares

# Height of a lane in pixels, up to MANY_LANES and above.
TALL_ROW, LOW_ROW = 22, 18
MANY_LANES = 12
AXIS_HEIGHT = 20
STOP_HEIGHT = 16
# Width of the plot in pixels, on a wide screen and on a phone.
WIDE_PLOT, NARROW_PLOT = 540, 215
LETTER_WIDTH = 6.2


def render_timeline(run: Run, prefix: str = "timeline") -> Markup:
    """Return the timeline of `run` as HTML, or "" if it has no workers.

    `prefix` starts each id in it; it must be unique on a page.
    """
    if not run.workers:
        return Markup()
    return render_template("timeline.html", timeline=Timeline(run, build_layout(run), prefix))


def draw_grid(until: float, edge: float, top: int, bottom: int) -> Markup:
    """Return vertical grid lines from `top` to `bottom`, which are in pixels.

    `edge` is the time at the right edge of the picture, in seconds.
    """
    return join_markup(
        element("line", class_="grid", x1=x, x2=x, y1=top, y2=bottom)
        for x in (f"{100 * at / edge:.2f}%" for at, _ in compute_ticks(until))
    )


def draw_axis(until: float, edge: float, y: int) -> Markup:
    """Return the labels of the time axis, with their baseline at `y` pixels.

    `edge` is the time at the right edge of the picture, in seconds.
    """
    return join_markup(
        element("text", label, class_="tick", x=f"{100 * at / edge:.2f}%", y=y)
        for at, label in compute_ticks(until)
    )


class Timeline:
    """A timeline drawn from a layout.

    `row` is the height of a lane in pixels; None selects it by the number of lanes. A given
    height also omits the dots for printed lines and the reasons of waits.
    """

    def __init__(self, run: Run, layout: Layout, prefix: str, row: int | None = None) -> None:
        self.run = run
        self.layout = layout
        self.prefix = prefix
        self.caption = summarise_run(run)
        self.row = row or (TALL_ROW if len(layout.lanes) <= MANY_LANES else LOW_ROW)
        self._is_compact = row is not None
        self._bar = self.row - (2 if self._is_compact else 8)
        self.top = 0 if self._is_compact else STOP_HEIGHT if layout.is_stopped else 4
        self._bottom = self.top + self.row * (len(layout.lanes) + bool(layout.overflow))
        self._names = {worker.id: worker.name for worker in run.workers}
        self._rows = {lane.worker.id: number for number, lane in enumerate(layout.lanes)}
        self._rows |= {worker.id: len(layout.lanes) for worker in layout.overflow}

    def draw(self) -> Markup:
        """Return the plot as SVG: lanes, links and time axis."""
        until, edge = self.layout.until, self.layout.edge
        return self._draw_plot(
            self._bottom + AXIS_HEIGHT,
            (
                draw_grid(until, edge, self.top, self._bottom + 4),
                draw_axis(until, edge, self._bottom + 16),
                *self._draw_lanes(),
                *self._draw_links(),
                *self._draw_stop(),
            ),
        )

    def draw_lanes_only(self) -> Markup:
        """Return the plot as SVG without margins and axis."""
        edge = self.layout.edge
        # Grid lines may extend into the padding.
        parts = (draw_grid(edge, edge, -99, 99), *self._draw_lanes())
        return self._draw_plot(self._bottom, parts)

    def describe_worker(self, worker: Worker) -> str:
        """Return the name, kind, parent, function and line of a worker."""
        parent = f" of {self._names[worker.parent]}" if worker.parent in self._names else ""
        function = f", {worker.function}()" if worker.function else ""
        line = f", line {worker.line}" if worker.line else ""
        return f"{worker.name}: {worker.kind}{parent}{function}{line}"

    def build_key(self) -> Mapping[str, str]:
        """Return the meaning of each mark that occurs in the picture."""
        # Segments below 1 % of the run are hardly visible and need no entry.
        visible = self.layout.until / 100
        segments = [
            (lane.worker, segment) for lane in self.layout.lanes for segment in lane.segments
        ]
        states = {segment.state for _, segment in segments if segment.seconds >= visible}
        has_shares = any(
            segment.state == "running" and find_cpu_shares(worker, segment)
            for worker, segment in segments
        )
        running = "running, as high as its CPU share" if has_shares else "running"
        meanings = {
            "run": (running, "running" in states),
            "wait": ("waiting", "waiting" in states),
            "alive": ("suspended", "suspended" in states),
            "dot": ("prints a line", self.run.lines),
            "link": ("ends a wait", self.run.links),
        }
        return {mark: meaning for mark, (meaning, occurs) in meanings.items() if occurs}

    def _draw_plot(self, height: int, parts: Iterable[Markup]) -> Markup:
        return element(
            "svg",
            element("desc", self._describe()),
            *self._draw_patterns(),
            *parts,
            class_="snippet-timeline",
            role="img",
            aria_label=self.caption,
            width="100%",
            height=height,
            data_search_exclude=True,
        )

    def _describe(self) -> str:
        """Return a description of each lane in words, for screen readers."""
        sentences = [describe_lane(lane, self.layout.until) for lane in self.layout.lanes]
        if self.layout.overflow:
            sentences.append(f"And {pluralise(len(self.layout.overflow), 'more worker')}.")
        return " ".join(sentences)

    def _draw_patterns(self) -> Iterator[Markup]:
        """Yield a hatch pattern for each colour of a waiting worker.

        One for all is not enough: an SVG pattern does not inherit the colour of its user.
        """
        colours = {
            lane.colour
            for lane in self.layout.lanes
            if any(segment.state == "waiting" for segment in lane.segments)
        }
        for colour in sorted(colours):
            yield element(
                "pattern",
                element("rect", class_="hatch", width="1.6", height=5),
                id=f"{self.prefix}-{colour}",
                class_=colour,
                width=5,
                height=5,
                patternUnits="userSpaceOnUse",
                patternTransform="rotate(45)",
            )

    def _draw_lanes(self) -> Iterator[Markup]:
        yield from map(self._draw_lane, self.layout.lanes)
        yield from self._draw_overflow()

    def _draw_lane(self, lane: Lane) -> Markup:
        parts = [part for segment in lane.segments for part in self._draw_segment(lane, segment)]
        if not self._is_compact:
            parts += self._draw_dots(lane.worker.id)
        return element(
            "g",
            element("rect", class_="band", width="100%", height=self.row),
            *parts,
            class_=f"lane {lane.style}",
            data_worker=lane.worker.id,
            data_kind=lane.worker.kind,
            transform=f"translate(0 {self.top + self._rows[lane.worker.id] * self.row})",
        )

    def _draw_segment(self, lane: Lane, segment: Segment) -> Iterator[Markup]:
        top, middle = (self.row - self._bar) / 2, f"{self.row / 2:g}"
        began, ended = self._x(segment.began), self._x(segment.ended)
        box = {**self._place(segment.began, segment.ended), "y": f"{top:g}", "height": self._bar}
        title = element("title", self._describe_segment(lane.worker, segment))
        if segment.state == "suspended":
            yield element("line", title, class_="alive", x1=began, x2=ended, y1=middle, y2=middle)
        elif segment.state == "waiting":
            hatch = f"url(#{self.prefix}-{lane.colour})"
            yield element("rect", title, class_="wait", **box, rx=2, fill=hatch)
            yield from self._draw_reason(segment)
        elif cpu_shares := find_cpu_shares(lane.worker, segment):
            yield element("rect", class_="track", **box)
            for share_began, share_ended, share in cpu_shares:
                yield element(
                    "rect",
                    class_="run",
                    **self._place(share_began, share_ended),
                    y=f"{top + self._bar * (1 - share):.1f}",
                    height=f"{self._bar * share:.1f}",
                )
            yield element("rect", title, class_="hit", **box)
        else:
            yield element("rect", title, class_="run", **box, rx="1.5")
        if segment.is_unfinished and self.layout.is_stopped:
            stop = self._x(self.layout.until)
            yield element("line", class_="on", x1=stop, x2="100%", y1=middle, y2=middle)

    def _describe_segment(self, worker: Worker, segment: Segment) -> str:
        total = self.layout.until
        ended = "the stop" if segment.is_unfinished else format_duration(segment.ended, total)
        began = format_duration(segment.began, total)
        return f"{worker.name} {describe_state(segment)}, {began} to {ended}"

    def _draw_reason(self, segment: Segment) -> Iterator[Markup]:
        """Yield a label with the reason of a wait if it fits.

        The class `wide` marks a label that is too long for a phone.
        """
        fraction = segment.seconds / self.layout.edge
        label_width = len(segment.reason) * LETTER_WIDTH + 8
        if self._is_compact or not segment.reason or fraction * WIDE_PLOT < label_width:
            return
        yield element(
            "text",
            segment.reason,
            class_="reason" if fraction * NARROW_PLOT >= label_width else "reason wide",
            x=self._x((segment.began + segment.ended) / 2),
            y=f"{self.row / 2 + 3.5:g}",
        )

    def _draw_dots(self, worker: str) -> Iterator[Markup]:
        """Yield a dot for each line that `worker` printed, except dots that would overlap."""
        last = -1.0
        middle = self.row / 2
        for number, line in enumerate(self.run.lines):
            if line.worker != worker or line.at - last < self.layout.edge / 110:
                continue
            last = line.at
            x = self._x(line.at)
            title = element("title", self._describe_line(line))
            if line.stream == "stderr":
                yield element(
                    "rect",
                    title,
                    class_="dot",
                    data_line=number,
                    x=x,
                    y=f"{middle - 3:g}",
                    width=6,
                    height=6,
                    transform="translate(-3 0)",
                )
            else:
                y = f"{middle:g}"
                yield element("circle", title, class_="dot", data_line=number, cx=x, cy=y, r=3.2)

    def _describe_line(self, line: Line) -> str:
        text = line.text if len(line.text) <= 60 else line.text[:57] + "…"
        return f"{format_duration(line.at, self.layout.until)}: {text}"

    def _draw_overflow(self) -> Iterator[Markup]:
        """Yield a lane for all workers without their own, if there are any.

        Its height over time is the share of them that is alive.
        """
        workers = self.layout.overflow
        if not workers:
            return
        steps = count_alive(workers, self.layout.until)
        most = max((number for *_, number in steps), default=0)
        bars = [
            element(
                "rect",
                class_="run",
                **self._place(began, ended),
                y=f"{self.row - 4 - self._bar * number / len(workers):.1f}",
                height=f"{self._bar * number / len(workers):.1f}",
            )
            for began, ended, number in steps
        ]
        title = f"{pluralise(len(workers), 'more worker')}, up to {most} alive at the same time"
        yield element(
            "g",
            element("rect", class_="band", width="100%", height=self.row),
            *bars,
            element("rect", element("title", title), class_="hit", width="100%", height=self.row),
            class_="lane more",
            data_worker="",
            data_kind="more",
            transform=f"translate(0 {self.top + len(self.layout.lanes) * self.row})",
        )

    def _draw_links(self) -> Iterator[Markup]:
        """Yield a line for each group of links, from the waking worker to the woken one."""
        for link, number in group_links(self.run.links, self._rows, self.layout.edge / 100):
            x = self._x(link.at)
            rows = self._rows[link.source], self._rows[link.target]
            start, end = (self.top + (row + 0.5) * self.row for row in rows)
            end += self._bar / 2 if start > end else -self._bar / 2
            others = f", and {number - 1} more do" if number > 1 else ""
            source, target = self._names[link.source], self._names[link.target]
            time = format_duration(link.at, self.layout.until)
            wait = describe_wait(link.reason)
            title = f"{source} ends the wait of {target} {wait}, {time}{others}"
            yield element(
                "g",
                element("line", x1=x, x2=x, y1=f"{start:g}", y2=f"{end:g}"),
                element("circle", cx=x, cy=f"{end:g}", r=2),
                element("title", title),
                class_="link",
            )

    def _draw_stop(self) -> Iterator[Markup]:
        """Yield a line and a label at the moment at which the run was stopped, if it was."""
        if self.layout.is_stopped:
            x = self._x(self.layout.until)
            label = f"stopped at {format_duration(self.layout.until)}"
            yield element("line", class_="stop", x1=x, x2=x, y1=2, y2=self._bottom + 4)
            yield element("text", label, class_="stopped", x=x, y=10, dx=-5)

    def _x(self, seconds: float) -> str:
        """Return the position of a moment as a percentage of the width."""
        return f"{100 * min(max(seconds / self.layout.edge, 0), 1):.2f}%"

    def _place(self, began: float, ended: float) -> dict[str, object]:
        """Return the attributes `x` and `width`; the width is at least 1.5 pixels."""
        share = 100 * (ended - began) / self.layout.edge
        return {"x": self._x(began), "width": f"{share:.2f}%" if share > 0.28 else "1.5"}
