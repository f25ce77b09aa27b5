"""What a compromise reaches: nodes, in numbers, and along which edges."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from sim.experiments.trust import doors
from sim.experiments.trust.graph import KINDS, Edge
from sim.experiments.trust.worlds import World


class Reached(msgspec.Struct, frozen=True):
    """The nodes that are reached, each with the edge by which it was first (None: compromised itself)."""

    nodes: dict[str, Edge | None]

    def path(self, node: str) -> list[Edge]:
        """How ``node`` is reached, from what is compromised."""
        edges: list[Edge] = []
        edge = self.nodes.get(node)
        while edge is not None:
            edges.append(edge)
            edge = self.nodes[edge.start]
        return edges[::-1]

    def of(self, kind: str) -> list[str]:
        """The reached nodes of a kind, without the word before the colon."""
        return [node.partition(":")[2] for node in self.nodes if node.partition(":")[0] == kind]


class Blast(msgspec.Struct, frozen=True):
    """What is reached in numbers; ``money_usd_per_month`` is what the ceilings let pass, None where there is none.

    ``of_accounts`` are those that the steps of the story give to honest people, ``new_accounts`` those that could be
    made under the addresses of honest people of the file who have none there; groups count for all their members.
    At the providers ``anybody_at`` any number could be made besides, under addresses of nobody in the file.
    """

    accounts: int
    of_accounts: int
    new_accounts: int
    credentials: int
    people_whose_money: int
    money_usd_per_month: float | None
    anybody_at: tuple[str, ...] = ()


def follow(edges: Sequence[Edge], start: Iterable[str]) -> Reached:
    """Everything that whoever has ``start`` comes to have; breadth first, so that ways are short."""
    leaving: dict[str, list[Edge]] = {}
    for edge in edges:
        for node in (edge.start, *edge.needs):
            leaving.setdefault(node, []).append(edge)
    nodes: dict[str, Edge | None] = dict.fromkeys(start)
    queue = deque(nodes)
    while queue:
        for edge in leaving.get(queue.popleft(), ()):
            if edge.end not in nodes and edge.start in nodes and all(need in nodes for need in edge.needs):
                nodes[edge.end] = edge
                queue.append(edge.end)
    return Reached(nodes)


def blast(world: World, reached: Reached) -> Blast:
    """The numbers of what is reached; groups count for all their members."""
    counts = {one.name: one.count for one in world.holdings}
    people = {one.name: one.count for one in world.people}
    providers = {one.name: one.count for one in world.providers}
    new = [name.split("/", 1) for name in reached.of("new")]
    payers = reached.of("card")
    limits = [_ceiling(world, name) for name in payers]
    known = [limit for limit in limits if limit is not None]
    return Blast(
        accounts=sum(counts[name] for name in reached.of("account")),
        of_accounts=sum(counts.values()),
        new_accounts=sum(providers[where] * people[who] for where, who in new),
        credentials=sum(counts[name.partition("@")[0]] for kind in ("tokens", "secrets") for name in reached.of(kind)),
        people_whose_money=sum(people[name] for name in payers),
        money_usd_per_month=sum(known) / 100 if len(known) == len(limits) else None,
        anybody_at=tuple(dict.fromkeys(_strangers(world, reached))),
    )


def _strangers(world: World, reached: Reached) -> Iterator[str]:
    """The providers that would make an account for somebody made up, on the word of an orchestrator that is reached."""
    said = {tuple(name.split("@", 1)) for name in reached.of("word")}
    for provider in world.providers:
        for hub in world.orchestrators:
            if (hub.name, provider.name) in said and doors.welcomes(world, provider, hub):
                yield provider.name


def _ceiling(world: World, name: str) -> int | None:
    """What a person's orchestrators let be spent in a month, cents; None where nothing bounds it."""
    person = next(one for one in world.people if one.name == name)
    total = 0
    for hub in world.orchestrators:
        if person not in world.customers(hub):
            continue
        cap = world.get("orchestrators", hub.block, "cap")
        providers = sum(one.count for one in world.providers if world.get("providers", one.block, "agent_provisioning"))
        limits = [cap.total] if cap.total is not None else []
        limits += [cap.per_provider * providers] if cap.per_provider is not None else []
        if not limits:
            return None
        total += min(limits)
    return total * person.count


def compromised(world: World, edges: Sequence[Edge], names: Iterable[str]) -> list[str]:
    """The nodes that ``names`` mean; ``LookupError`` says what can be compromised.

    ``session:alice`` means hers at every orchestrator, ``secret:hub`` that with every provider; a group's name means
    all of its members.
    """
    there = sorted({node for edge in edges for node in (edge.start, edge.end)} | {"anyone"})
    blocks = {unit.name: unit.block for unit in (*world.people, *world.orchestrators, *world.providers)}
    found: list[str] = []
    for name in names:
        kind, _, what = name.partition(":")
        mine = [
            node
            for node in there
            if node == name or (node.partition(":")[0] == kind and what in _names(node.partition(":")[2], blocks))
        ]
        if not mine:
            near = [node for node in there if name in _names(node.partition(":")[2], blocks)]
            raise LookupError(_possible(name, there, near))
        found += mine
    return list(dict.fromkeys(found))


def _names(what: str, blocks: dict[str, str]) -> tuple[str, ...]:
    """By what a node may be called: its whole name, its first part, and the block of that."""
    first = what.partition("@")[0]
    return (what, first, blocks.get(first, first))


#: kinds of nodes that are what comes of a compromise rather than one
_RESULTS = ("account", "new", "tokens", "secrets", "word", "login")


def _possible(name: str, there: Sequence[str], near: Sequence[str]) -> str:
    starts = [node for node in near or there if node.partition(":")[0] not in _RESULTS]
    if near:
        mine = dict.fromkeys(f"{node.partition(':')[0]}:{name}" for node in starts)
        return f"{name!r} alone does not say what of it is compromised; possible: {', '.join(mine)}"
    shown = ", ".join(starts[:40]) + (" …" if len(starts) > 40 else "")
    kinds = ", ".join(f"{kind} ({words})" for kind, words in KINDS.items() if kind == name.partition(":")[0])
    return f"there is no {name!r} in this world{f'; {kinds}' if kinds else ''}; possible: {shown}"
