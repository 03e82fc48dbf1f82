"""What a comparison shows: a table, a picture, and both as a page of docs/."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np

DOCS = Path(__file__).resolve().parents[1] / "docs"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def ticks(low: float, high: float) -> Iterator[float]:
    power = 10 ** np.floor(np.log10(low))
    while power <= high * 1.0001:
        if power >= low * 0.9999:
            yield float(power)
        power *= 10


def picture(
    title: str,
    x_label: str,
    y_label: str,
    series: Mapping[str, Sequence[tuple[float, float]]],
    dashed: Mapping[str, Any],
) -> str:
    """Both axes logarithmic; `dashed` continues a series beyond what was measured."""
    wide, high, left, top, right, bottom = 720, 400, 70, 40, 170, 50
    every = [point for points in (*series.values(), *dashed.values()) for point in points]
    (x0, x1), (y0, y1) = ((min(v) / 1.3, max(v) * 1.3) for v in zip(*every, strict=True))

    def at(x: float, y: float) -> tuple[float, float]:
        across = np.log(x / x0) / np.log(x1 / x0)
        up = np.log(y / y0) / np.log(y1 / y0)
        return round(left + across * (wide - left - right), 1), round(high - bottom - up * (high - top - bottom), 1)

    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="12">',
        f'<rect width="{wide}" height="{high}" fill="#fff"/>',
        f'<text x="{left}" y="22" font-size="15">{escape(title)}</text>',
        f'<text x="{left}" y="{high - 10}">{escape(x_label)}</text>',
        f'<text transform="translate(16 {high - bottom}) rotate(-90)">{escape(y_label)}</text>',
    ]
    for tick in ticks(x0, x1):
        x, _ = at(tick, y0)
        drawn.append(f'<path d="M{x} {top}V{high - bottom}" stroke="#ddd"/>')
        drawn.append(f'<text x="{x}" y="{high - bottom + 16}" text-anchor="middle">{tick:,.0f}</text>')
    for tick in ticks(y0, y1):
        _, y = at(x0, tick)
        drawn.append(f'<path d="M{left} {y}H{wide - right}" stroke="#ddd"/>')
        drawn.append(f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{tick:g}</text>')
    colours, ends = ("#b4530a", "#5b6770", "#0b6b57", "#3b5bb5"), dict[str, tuple[float, float]]()
    for colour, (name, points) in zip(colours, series.items(), strict=False):
        for part, style in ((points, ""), (dashed.get(name, ()), ' stroke-dasharray="5 4"')):
            if part:
                path = "L".join(f"{x} {y}" for x, y in (at(*point) for point in part))
                drawn.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"{style}/>')
        for x, y in (at(*point) for point in points):
            drawn.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>')
        ends[name] = at(*(dashed.get(name) or points)[-1])
    below = 0.0
    for (name, (x, y)), colour in sorted(zip(ends.items(), colours, strict=False), key=lambda one: one[0][1][1]):
        below = max(y + 4, below + 14)  # no name lies on another
        drawn.append(f'<text x="{x + 6}" y="{below}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*drawn, "</svg>", ""])


def show(name: str, heading: str, parts: Sequence[str], drawing: str, *, write: bool) -> None:
    """Prints the page's parts; with `write` renews docs/bench-NAME.md and its picture."""
    print("\n\n".join(parts))
    if write:
        (DOCS / f"bench-{name}.svg").write_text(drawing, encoding="utf-8")
        text = "\n\n".join([f"# {heading}", *parts, f"![{heading}](bench-{name}.svg)"])
        (DOCS / f"bench-{name}.md").write_text(text + "\n", encoding="utf-8")
