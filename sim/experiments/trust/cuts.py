"""The smallest sets of answers whose change cuts off what a compromise reaches.

Every candidate is tried by drawing the graph anew, so a set that is told does cut; what no answer can cut, because
whoever is compromised runs or holds it, is told as such and not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, product
from typing import Any

import msgspec

from sim import policies
from sim.experiments.trust.graph import GOALS, Edge, edges
from sim.experiments.trust.reach import Reached, follow
from sim.experiments.trust.worlds import World

#: sets of more answers than this are not searched, nor more sets in all than ``TRIES``
LARGEST, TRIES = 4, 20_000


class Change(msgspec.Struct, frozen=True):
    """Another answer: ``path`` to ``value``, as a scenario file writes it."""

    path: str
    value: Any

    def __str__(self) -> str:
        value = self.value
        if isinstance(value, tuple):
            return f"{self.path}=[{', '.join(value)}]"
        return f"{self.path}={'yes' if value is True else value}"


class Cuts(msgspec.Struct, frozen=True):
    """``sets`` of the fewest changes that cut everything of ``goals`` that answers can cut; ``kept`` is what none can.

    ``complete``: no smaller set does; it is False where the search had to stop. ``narrowest`` are the fewest edges
    that some answer permits and without which nothing but ``kept`` is reached: one answer may permit several of them,
    and taking it back may let another way through.
    """

    goals: tuple[str, ...]
    kept: tuple[str, ...]
    sets: tuple[tuple[Change, ...], ...]
    complete: bool
    narrowest: tuple[Edge, ...] = ()


def cuts(world: World, start: Sequence[str], goals: Iterable[str] = ()) -> Cuts:
    """The smallest sets that cut ``goals``; where none is named: accounts, credentials and money that are reached."""
    reached = follow(edges(world), start)
    named = tuple(goals) or tuple(node for node in reached.nodes if node.partition(":")[0] in GOALS)
    aims = tuple(node for node in named if node in reached.nodes and node not in start)
    strongest, by_path = _choices(world, start)
    kept = tuple(node for node in aims if node in strongest.nodes)
    wanted = [node for node in aims if node not in kept]
    if not wanted:
        return Cuts(aims, kept, (), True)
    narrowest = narrow(edges(world), start, wanted)
    tried = 0
    for size in range(1, LARGEST + 1):
        found: list[tuple[Change, ...]] = []
        for paths in combinations(by_path, size):
            for values in product(*(by_path[path] for path in paths)):
                tried += 1
                if tried > TRIES:
                    return Cuts(aims, kept, tuple(found), False, narrowest)
                if not _reached(world, start, dict(zip(paths, values, strict=True)), wanted):
                    found.append(tuple(Change(path, value) for path, value in zip(paths, values, strict=True)))
        if found:
            return Cuts(aims, kept, tuple(found), True, narrowest)
    return Cuts(aims, kept, (), False, narrowest)


def narrow(all_edges: Sequence[Edge], start: Sequence[str], wanted: Sequence[str]) -> tuple[Edge, ...]:
    """A smallest cut between ``start`` and ``wanted`` through edges that some answer permits; empty if there is none.

    An edge without an answer cannot be cut, which makes its capacity endless.
    """
    import networkx as nx

    reached = follow(all_edges, start).nodes
    usable = [edge for edge in all_edges if {edge.start, *edge.needs} <= set(reached)]
    graph = nx.DiGraph()
    for edge in usable:
        before = graph.get_edge_data(edge.start, edge.end, {"capacity": 0})
        if not edge.answers:
            graph.add_edge(edge.start, edge.end)  # no capacity: endless
        elif "capacity" in before:
            graph.add_edge(edge.start, edge.end, capacity=before["capacity"] + 1)
    graph.add_edges_from(("start", node) for node in start)
    graph.add_edges_from((node, "end") for node in wanted)
    try:
        _, (near, far) = nx.minimum_cut(graph, "start", "end")
    except nx.NetworkXUnbounded:
        return ()
    return tuple(edge for edge in usable if edge.start in near and edge.end in far)


def _reached(world: World, start: Sequence[str], changes: dict[str, Any], wanted: Sequence[str]) -> bool:
    nodes = follow(edges(world.changed(changes)), start).nodes
    return any(node in nodes for node in wanted)


def _choices(world: World, start: Sequence[str]) -> tuple[Reached, dict[str, list[Any]]]:
    """What is reached whatever is answered, and the answers worth trying: those on some edge from what is reached.

    A change may bring edges with other answers to light, so the labels are collected until no further one comes.
    """
    by_path: dict[str, list[Any]] = {}
    least = follow(edges(world), start)
    while True:
        labels = {path for edge in edges(world) if edge.start in least.nodes for path in edge.answers}
        for values in _each(by_path):
            changed = world.changed(values)
            nodes = follow(edges(changed), start).nodes
            labels |= {path for edge in edges(changed) if edge.start in nodes for path in edge.answers}
        fresh = {path: other for path in sorted(labels - set(by_path)) if (other := alternatives(world, path))}
        if not fresh:
            break
        by_path |= fresh
    kept = set(least.nodes)
    for combined in (*_each(by_path), *_extremes(by_path)):
        kept &= set(follow(edges(world.changed(combined)), start).nodes)
    return Reached({node: edge for node, edge in least.nodes.items() if node in kept}), by_path


def _each(by_path: dict[str, list[Any]]) -> list[dict[str, Any]]:
    return [{path: value} for path, values in by_path.items() for value in values]


def _extremes(by_path: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """Worlds in which every answer is changed: the n-th alternative of each, as often as any has one."""
    most = max(map(len, by_path.values()), default=0)
    return [{path: values[min(n, len(values) - 1)] for path, values in by_path.items()} for n in range(most)]


def alternatives(world: World, path: str) -> list[Any]:
    """Other values of a setting that could cut something; none where a setting is as strict as it gets."""
    section, block, field = path.split(".")
    now = world.get(section, block, field)
    if field == "trusts":
        # Trusting nobody is not taking part, which is no answer but the absence of one.
        others = [tuple(one for one in _issuers(world) if one != left) for left in _issuers(world)]
        return [left for left in others if left]
    if field in _STRICT:
        return [] if now == _STRICT[field] else [_STRICT[field]]
    if field == "step_up":
        return [value for value in ("first_provider", "paid") if value != now]
    if field == "says_verified":
        return [value for value in ("truth", "never") if value != now]
    return [name for name in policies.answers(field) if name != now and (field, name) not in _WRONG]


#: the strictest value of settings that are no question of a provider
_STRICT: dict[str, Any] = {
    "check_audience": True,
    "sender_bound": 1,
    "email_check": "link",
    "mfa": "both",
    "approves_unknown": 0,
    "agent_obeys": 0,
}
#: answers that are kept on the shelf to show what goes wrong with them
_WRONG = {("matching", "subject_without_issuer")}


def _issuers(world: World) -> tuple[str, ...]:
    return tuple(dict.fromkeys(unit.block for unit in world.orchestrators))
