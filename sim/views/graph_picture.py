"""The trust graph as a picture: in columns from what is compromised to what is reached."""

from __future__ import annotations

from typing import IO, Any

from sim.experiments.trust.graph import Edge
from sim.views.graph import Drawn

#: in which column a kind of node stands, from the left
_COLUMNS = {
    "anyone": 0, "domain": 0, "person": 0, "orchestrator": 0, "text": 0, "provider": 1,
    "mailbox": 1, "key": 1, "secret": 1, "vault": 1, "session": 1, "env_file": 1,
    "login": 2, "word": 2,
    "account": 3, "new": 3, "card": 3,
    "tokens": 4, "secrets": 4,
}  # fmt: skip
_RED, _PINK, _GREY, _INK = "#b3261e", "#f6c9c5", "#c4c7cc", "#202124"
_WIDE, _TALL = 3.1, 0.62


def draw(drawn: Drawn, file: IO[bytes], kind: str) -> None:
    """Write the picture to ``file`` as ``svg`` or ``png``; the same graph gives the same picture."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    nodes, edges = drawn.shown()
    places = _places(nodes, edges)
    width = max(x for x, _ in places.values()) + _WIDE
    height = max(abs(y) for _, y in places.values()) + 1.6
    with mpl.rc_context({"svg.hashsalt": "trust", "svg.fonttype": "none", "font.size": 8.5}):
        figure = Figure(figsize=(max(width, 8), max(height, 3)), layout="constrained")
        axes = figure.add_subplot()
        axes.set_axis_off()
        axes.set_xlim(-0.3, width - 0.4)
        axes.set_ylim(-height + 1.0, 0.6)
        _edges(axes, drawn, edges, places)
        for node, (x, y) in places.items():
            _node(axes, drawn, node, x, y)
        axes.set_title(_title(drawn), loc="left", fontsize=10, color=_INK)
        metadata = {"Date": None} if kind == "svg" else {"Software": None}
        figure.savefig(file, format=kind, dpi=150, metadata=metadata)


def _title(drawn: Drawn) -> str:
    if not drawn.start:
        return f"Who trusts whom in {drawn.scenario}"
    blast = drawn.blast
    money = "no ceiling" if blast.money_usd_per_month is None else f"{blast.money_usd_per_month:,.0f} usd a month"
    reached = (
        f"{blast.accounts} of {blast.of_accounts} accounts, {blast.new_accounts} new ones, "
        f"{blast.credentials} tokens and secrets, money: {money}"
    )
    dotted = "; dotted: the narrowest place" if drawn.cuts is not None and drawn.cuts.narrowest else ""
    return f"Compromised: {', '.join(drawn.start)}\n{reached}{dotted}"


def _places(nodes: list[str], edges: list[Edge]) -> dict[str, tuple[float, float]]:
    """Where each node stands: its kind's column, in it near what leads there."""
    columns: dict[int, list[str]] = {}
    for node in nodes:
        columns.setdefault(_COLUMNS[node.partition(":")[0]], []).append(node)
    rank: dict[str, float] = {}
    for column in sorted(columns):
        mine = columns[column]
        before = {node: _middle(node, edges, rank) for node in mine}
        mine.sort(key=lambda node: (before[node], node))
        rank |= {node: (place + 0.5) / len(mine) for place, node in enumerate(mine)}
    tallest = max(map(len, columns.values()), default=1)
    used = sorted(columns)
    return {
        node: (used.index(column) * _WIDE, -(place + 0.5) * _TALL * tallest / len(columns[column]))
        for column in used
        for place, node in enumerate(columns[column])
    }


def _middle(node: str, edges: list[Edge], rank: dict[str, float]) -> float:
    """Where what leads to ``node`` stands, on average; the middle where nothing does."""
    above = [rank[edge.start] for edge in edges if edge.end == node and edge.start in rank]
    return sum(above) / len(above) if above else 0.5


def _node(axes: Any, drawn: Drawn, node: str, x: float, y: float) -> None:
    kind, _, name = node.partition(":")
    start, reached = node in drawn.start, node in drawn.reached.nodes
    box = {
        "boxstyle": "round,pad=0.32",
        "facecolor": _RED if start else _PINK if reached else "white",
        "edgecolor": _RED if reached else _GREY,
        "linewidth": 1.2 if reached else 0.8,
    }
    said = f"{kind} {name}".strip()
    axes.text(x, y, said, ha="left", va="center", bbox=box, color="white" if start else _INK, zorder=3)


def _edges(axes: Any, drawn: Drawn, edges: list[Edge], places: dict[str, tuple[float, float]]) -> None:
    first = {edge for edge in drawn.reached.nodes.values() if edge is not None}
    for edge in edges:
        narrow = drawn.cuts is not None and edge in drawn.cuts.narrowest
        ends = [(edge.start, ":" if narrow else "-"), *((need, "--") for need in edge.needs if need in places)]
        for start, style in ends:
            (x0, y0), (x1, y1) = places[start], places[edge.end]
            followed = drawn.followed(edge)
            curve = 0.0 if x1 != x0 else 0.45
            axes.annotate(
                "",
                xy=(x1 - 0.08, y1),
                xytext=(x0 + 0.25 if x1 > x0 else x0, y0),
                arrowprops={
                    "arrowstyle": "-|>",
                    "color": _RED if followed else _GREY,
                    "linewidth": 2.0 if narrow else 1.3 if followed else 0.6,
                    "linestyle": style,
                    "connectionstyle": f"arc3,rad={curve}",
                    "shrinkA": 0,
                    "shrinkB": 0,
                },
                zorder=2 if followed else 1,
            )
        if edge in first:
            (x0, y0), (x1, y1) = places[edge.start], places[edge.end]
            axes.text(
                x1 - 0.22, y0 + (y1 - y0) * 0.86 + 0.1, edge.why, fontsize=6.5, color=_RED, ha="right", va="bottom",
                zorder=4, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.75},
            )  # fmt: skip
