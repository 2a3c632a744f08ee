"""A time axis with round values, as SVG grid lines and labels."""

from __future__ import annotations


def compute_ticks(until: float) -> list[tuple[float, str]]:
    """Return at most six round times from 0 to `until`, in seconds, with their labels."""
    power = 1e-9
    while until / power >= 10:
        power *= 10
    # until / power is now between 1 and 10
    step = power * next(part for part in (0.2, 0.5, 1, 2) if until / power / part <= 5)
    unit, scale = ("ms", 1000) if until < 0.2 else ("s", 1)
    return [
        (number * step, f"{number * step * scale:.6g} {unit}" if number else "0")
        for number in range(int(until / step + 1e-9) + 1)
    ]


def grid(until: float, edge: float, top: int, bottom: int) -> str:
    """Return vertical grid lines from `top` to `bottom`, which are in pixels.

    `edge` is the time at the right edge of the picture, in seconds.
    """
    return "".join(
        f'<line class="grid" x1="{100 * at / edge:.2f}%" x2="{100 * at / edge:.2f}%"'
        f' y1="{top}" y2="{bottom}"/>'
        for at, _ in compute_ticks(until)
    )


def axis(until: float, edge: float, y: int) -> str:
    """Return the labels of the axis, with their baseline at `y` pixels.

    `edge` is the time at the right edge of the picture, in seconds.
    """
    return "".join(
        f'<text class="tick" x="{100 * at / edge:.2f}%" y="{y}">{label}</text>'
        for at, label in compute_ticks(until)
    )
