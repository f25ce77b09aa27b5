"""The trust graph in words, as DOT, as Mermaid, and as the object of ``sim graph --json``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from sim.experiments.trust.cuts import Change, Cuts
from sim.experiments.trust.graph import GOALS, KINDS, Edge
from sim.experiments.trust.reach import Blast, Reached
from sim.views.paint import Paint

#: in larger graphs only what is reached is drawn
MOST_DRAWN = 40


class Drawn(msgspec.Struct, frozen=True):
    """Everything that is told of one compromise; without one ``start`` is empty and nothing is reached."""

    scenario: str
    variant: str | None
    edges: tuple[Edge, ...]
    start: tuple[str, ...]
    reached: Reached
    blast: Blast
    cuts: Cuts | None

    @property
    def nodes(self) -> list[str]:
        """Every node, in a stable order."""
        found = dict.fromkeys(node for edge in self.edges for node in (edge.start, edge.end, *edge.needs))
        return sorted(dict.fromkeys([*self.start, *found]))

    def followed(self, edge: Edge) -> bool:
        """Whether whoever is compromised can go along the edge."""
        nodes = self.reached.nodes
        return edge.start in nodes and all(need in nodes for need in edge.needs)

    def shown(self) -> tuple[list[str], list[Edge]]:
        """The nodes and edges of a picture: all of a small graph, of a larger one what is reached."""
        if len(self.nodes) <= MOST_DRAWN or not self.start:
            return self.nodes, list(self.edges)
        edges = [edge for edge in self.edges if self.followed(edge)]
        return [node for node in self.nodes if node in self.reached.nodes], edges


def data(drawn: Drawn) -> dict[str, Any]:
    """The object of ``sim graph --json``.

    ``{"scenario", "variant", "compromised": [node], "nodes": [{"node", "kind", "reached", "along": [edge number]}],
    "edges": [{"from", "to", "why", "answers": [path], "needs": [node], "followed"}], "blast": {"accounts",
    "of_accounts", "new_accounts", "credentials", "people_whose_money", "money_usd_per_month", "anybody_at":
    [provider]}, "cuts": {"goals": [node], "kept": [node], "sets": [[{"path", "value"}]], "complete",
    "narrowest": [edge]} | null}``
    """
    numbers = {edge: place for place, edge in enumerate(drawn.edges)}
    return {
        "scenario": drawn.scenario,
        "variant": drawn.variant,
        "compromised": list(drawn.start),
        "nodes": [
            {
                "node": node,
                "kind": node.partition(":")[0],
                "reached": node in drawn.reached.nodes,
                "along": [numbers[edge] for edge in drawn.reached.path(node)],
            }
            for node in drawn.nodes
        ],
        "edges": [
            {
                "from": edge.start,
                "to": edge.end,
                "why": edge.why,
                "answers": list(edge.answers),
                "needs": list(edge.needs),
                "followed": drawn.followed(edge),
            }
            for edge in drawn.edges
        ],
        "blast": msgspec.to_builtins(drawn.blast) if drawn.start else None,
        "cuts": None if drawn.cuts is None else msgspec.to_builtins(drawn.cuts),
    }


# --- in words ---------------------------------------------------------------------------------------------------------


def text(drawn: Drawn, paint: Paint) -> str:
    """Who trusts whom, or what a compromise reaches and what would cut it."""
    head = paint.tone(f"Trust in {drawn.scenario}" + (f" ({drawn.variant})" if drawn.variant else ""), "strong")
    if not drawn.start:
        return paint.finish("\n\n".join([head, _trust(drawn, paint), _hint(drawn, paint)]))
    parts = [head, _numbers(drawn, paint), _ways(drawn, paint), _cuts(drawn, paint)]
    return paint.finish("\n\n".join(part for part in parts if part))


def _trust(drawn: Drawn, paint: Paint) -> str:
    lines: list[str] = []
    for node in drawn.nodes:
        leaving = [edge for edge in drawn.edges if edge.start == node]
        if leaving:
            lines.append(paint.tone(node, "note"))
        for edge in leaving:
            by = f" [{', '.join(edge.answers)}]" if edge.answers else ""
            with_ = f" with {', '.join(edge.needs)}" if edge.needs else ""
            lines += paint.wrapped(f"→ {edge.end}: {edge.why}{with_}{by}", 2, 6)
    return "\n".join(lines)


def _hint(drawn: Drawn, paint: Paint) -> str:
    there = dict.fromkeys(node.partition(":")[0] for node in drawn.nodes)
    kinds = [f"{kind}: ({words})" for kind, words in KINDS.items() if kind in there and kind not in GOALS]
    return "\n".join(paint.wrapped("What a compromise reaches: --compromise NODE, such as " + ", ".join(kinds), 0, 2))


def _numbers(drawn: Drawn, paint: Paint) -> str:
    blast = drawn.blast
    usd = blast.money_usd_per_month
    money = "without a ceiling" if usd is None else f"{usd:,.2f} usd a month"
    rows = [
        ("accounts", f"{blast.accounts:,} of {blast.of_accounts:,} that steps of the story make"),
        (
            "accounts that could be made",
            f"{blast.new_accounts:,} in the names of people of the file who have none there",
        ),
        ("tokens and secrets", f"{blast.credentials:,}"),
        ("money", f"of {blast.people_whose_money:,} people, {money}" if blast.people_whose_money else "none"),
    ]
    if blast.anybody_at:
        rows.insert(2, ("", f"any number in made-up names: {', '.join(blast.anybody_at)}"))
    width = max(len(name) for name, _ in rows) + 2
    title = paint.tone(f"Compromised: {', '.join(drawn.start)}", "bad")
    return "\n".join([title, *(f"  {name:<{width}}{value}" for name, value in rows)])


def _ways(drawn: Drawn, paint: Paint) -> str:
    """How each thing that counts is reached."""
    lines = [paint.tone("Reached", "strong")]
    for node in drawn.reached.nodes:
        if node.partition(":")[0] in GOALS and node not in drawn.start:
            way = "; ".join(f"{edge.start} {edge.why}" for edge in drawn.reached.path(node))
            lines += paint.wrapped(f"{node}: {way}", 2, 6)
    return "\n".join(lines if len(lines) > 1 else [*lines, "  nothing"])


def _cuts(drawn: Drawn, paint: Paint) -> str:
    cuts = drawn.cuts
    if cuts is None or not cuts.goals:
        return ""
    lines = [paint.tone("What cuts it", "strong")]
    if cuts.kept:
        why = "it is held, or given on the word of whoever is compromised."
        lines += paint.wrapped(f"No answer that was tried cuts {', '.join(cuts.kept)}: {why}", 2)
    if len(cuts.kept) == len(cuts.goals):
        return "\n".join(lines)
    if not cuts.sets:
        lines.append("  no set of up to four answers cuts the rest" + ("" if cuts.complete else " that was tried"))
        return "\n".join(lines)
    few = len(cuts.sets[0])
    rest = "the rest" if cuts.kept else "all of it"
    lines.append(f"  {few} answer{'s' if few > 1 else ''} cut{'' if few > 1 else 's'} {rest}, any of:")
    lines += [line for one in together(cuts.sets) for line in paint.wrapped(f"- {one}", 4, 6)]
    if cuts.narrowest:
        ways = ", ".join(f"{edge.start} → {edge.end}" for edge in cuts.narrowest)
        lines += paint.wrapped(f"narrowest place: {ways}", 2, 6)
    if not cuts.complete:
        lines.append("  (the search stopped before every set of that size was tried)")
    return "\n".join(lines)


def together(sets: Sequence[tuple[Change, ...]]) -> list[str]:
    """Sets that change the same settings in one line, their values side by side where they are free of one another."""
    by_paths: dict[tuple[str, ...], list[tuple[Change, ...]]] = {}
    for one in sets:
        by_paths.setdefault(tuple(change.path for change in one), []).append(one)
    lines = []
    for paths, mine in by_paths.items():
        values = [[str(change).partition("=")[2] for change in one] for one in mine]
        columns = [list(dict.fromkeys(column)) for column in zip(*values, strict=True)]
        product = 1
        for column in columns:
            product *= len(column)
        if product == len(mine):
            said = [f"{path} = {' | '.join(column)}" for path, column in zip(paths, columns, strict=True)]
            lines.append(" and ".join(said))
        else:
            lines += [" and ".join(str(change).replace("=", " = ") for change in one) for one in mine]
    return lines


# --- in other programs' words -----------------------------------------------------------------------------------------


def dot(drawn: Drawn) -> str:
    """The graph for Graphviz."""
    nodes, edges = drawn.shown()
    lines = ["digraph trust {", "  rankdir=LR;", '  node [shape=box, style="rounded,filled", fillcolor=white];']
    for node in nodes:
        colour = "#c9302c" if node in drawn.start else "#f2b8b5" if node in drawn.reached.nodes else "white"
        font = ', fontcolor="white"' if node in drawn.start else ""
        lines.append(f'  "{node}" [fillcolor="{colour}"{font}];')
    for edge in edges:
        red = ', color="#c9302c", penwidth=2' if drawn.followed(edge) else ', color="#999999"'
        lines.append(f'  "{edge.start}" -> "{edge.end}" [label="{edge.why}"{red}];')
        lines += [f'  "{need}" -> "{edge.end}" [style=dashed, color="#999999"];' for need in edge.needs]
    return "\n".join([*lines, "}"]) + "\n"


def mermaid(drawn: Drawn) -> str:
    """The graph for Mermaid."""
    nodes, edges = drawn.shown()
    ids = {node: f"n{place}" for place, node in enumerate(nodes)}
    lines = ["flowchart LR", *(f'  {ids[node]}["{node.replace(chr(34), chr(39))}"]' for node in nodes)]
    for edge in edges:
        arrow = "==>" if drawn.followed(edge) else "-->"
        lines.append(f"  {ids[edge.start]} {arrow}|{edge.why}| {ids[edge.end]}")
        lines += [f"  {ids[need]} -.-> {ids[edge.end]}" for need in edge.needs if need in ids]
    lines += ["  classDef start fill:#c9302c,color:#fff", "  classDef reached fill:#f2b8b5,color:#000"]
    for node in nodes:
        if node in drawn.reached.nodes:
            lines.append(f"  class {ids[node]} {'start' if node in drawn.start else 'reached'}")
    return "\n".join(lines) + "\n"
