"""A trace as a sequence diagram in SVG, for reports: one text, no script, nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from sim.trace import Trace
from sim.views import words
from sim.views.lanes import Lanes, lanes
from sim.views.rows import Choice, Row, rows

LANE, LINE, TOP, LEFT = 130, 26, 46, 96
LANES = 10

_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#222}.t{fill:#777}.h{font-weight:600}.l{stroke:#ccc}"
    ".a{stroke:#345;fill:none}.x{stroke:#b60;stroke-dasharray:4 3}.n{fill:#eef4fb;stroke:#9bc}.s{fill:#222;stroke:none}"
    ".bad{fill:#fdecea;stroke:#c33}.good{fill:#eaf6ec;stroke:#393}.gap{stroke:#bbb;stroke-dasharray:2 4}"
)

_ARROW = (
    '<marker id="to" markerWidth="9" markerHeight="8" refX="8" refY="4" orient="auto">'
    '<path d="M0,0 L9,4 L0,8 z"/></marker>'
)


def sequence(trace: Trace, choice: Choice | None = None, kinds: Mapping[str, str] | None = None) -> str:
    """The sequence diagram of ``trace`` as an ``<svg>`` element; it can stand in a page or in a file of its own."""
    drawn = rows(trace, choice or Choice(), kinds)
    numbers = {row.n for row in drawn if row.kind not in ("gap", "fold")}
    across = lanes(trace, [step for step in trace.steps if step.n in numbers], LANES)
    width = LEFT + LANE * max(1, len(across.names)) + 340
    height = TOP + LINE * (len(drawn) + 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(str(_title(trace)))}</title><style>{_STYLE}</style>",
        *(_lane(name, place, height) for place, name in enumerate(across.names)),
    ]
    parts.append(f"<defs>{_ARROW}</defs>")
    before = 0
    for place, row in enumerate(drawn):
        parts.append(_row(row, TOP + LINE * (place + 1), across, width, row.n != before))
        before = row.n
    return "\n".join([*parts, "</svg>"]) + "\n"


def _title(trace: Trace) -> str:
    scenario = trace.header.get("scenario")
    return str(scenario.get("title", "")) if isinstance(scenario, dict) else ""


def _x(place: int) -> int:
    return LEFT + LANE * place + LANE // 2


def _lane(name: str, place: int, height: int) -> str:
    x = _x(place)
    return (
        f'<text class="h" x="{x}" y="24" text-anchor="middle">{escape(name)}</text>'
        f'<line class="l" x1="{x}" y1="34" x2="{x}" y2="{height}"/>'
    )


def _row(row: Row, y: int, across: Lanes, width: int, numbered: bool) -> str:
    time = f'<text class="t" x="6" y="{y + 4}">{row.n}</text>' if row.n and numbered and row.kind != "fold" else ""
    if row.kind == "gap":
        text = f"{words.moment(row.at)}" + (f" · {words.lapse(row.lasts)} later" if row.lasts else "")
        line = f'<line class="gap" x1="{LEFT}" y1="{y}" x2="{width}" y2="{y}"/>'
        return f'{line}<text class="t" x="6" y="{y - 4}">{text}</text>'
    if row.kind == "fold":
        return f'<text class="t" x="{LEFT}" y="{y}">… {words.plural(row.steps, "step")} left out …</text>'
    if row.kind in ("arrow", "lost"):
        return time + _arrow(row, y, across)
    return time + _box(row, y, across)


def _arrow(row: Row, y: int, across: Lanes) -> str:
    start, end = across.of(row.a), across.of(row.b)
    text = escape(row.text)
    if start is None or end is None:
        return f'<text x="{LEFT}" y="{y}">{escape(f"{row.a} → {row.b}")}: {text}</text>'
    a, b = _x(start), _x(end)
    if a == b:
        return f'<circle class="s" cx="{a}" cy="{y}" r="3"/><text x="{a + 8}" y="{y + 4}">{text}</text>'
    kind, mark = ("a", ' marker-end="url(#to)"') if row.kind == "arrow" else ("x", "")
    lost = "" if row.kind == "arrow" else " (lost)"
    return (
        f'<line class="{kind}" x1="{a}" y1="{y}" x2="{b}" y2="{y}"{mark}/>'
        f'<text x="{min(a, b) + 8}" y="{y - 4}">{text}{lost}</text>'
    )


def _box(row: Row, y: int, across: Lanes) -> str:
    place = across.of(row.a)
    x = LEFT if place is None else _x(place) - 6
    tone = ("good" if row.good else "bad") if row.kind == "found" else "n"
    sign = {"act": "● ", "found": "✓ " if row.good else "✗ "}.get(row.kind, "")
    width = 16 + 6.6 * len(sign + row.text)
    return (
        f'<rect class="{tone}" x="{x}" y="{y - 10}" width="{width:.0f}" height="19" rx="4"/>'
        f'<text x="{x + 8}" y="{y + 4}">{sign}{escape(row.text)}</text>'
    )
