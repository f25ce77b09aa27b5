"""``like``: what a block takes over from presets and from other blocks, and which services that brings.

A preset is a file of ``presets/``: for which section it is, the catalogue provider it stands for (if any), and by path
a value with its mark and source. Later names win, the block's own fields win over all; ``count`` is not taken over
from another block, for it says how many there are and not what they are like.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from sim.scenario.errors import Wrong, possible, quote
from sim.scenario.later import FIELDS, HARMLESS, field_is_later
from sim.scenario.merge import merged
from sim.scenario.nodes import Node, Problems, parse, plain
from sim.scenario.values import Offer

_FOLDER = Path(__file__).parent / "presets"


class Preset(NamedTuple):
    """One preset: ``cites`` says by path ``(mark, sources)``; ``values`` is a tree that cites itself as its place."""

    name: str
    section: str
    about: str
    catalogue: str | None
    values: Node
    cites: dict[str, tuple[str, str]]


@cache
def presets() -> tuple[str, ...]:
    """Names of all presets, in alphabetical order but M2 before M10."""
    policies_first = lambda name: (not name[1:].isdigit(), len(name) * name[1:].isdigit(), name)  # noqa: E731
    return tuple(sorted((file.stem for file in _FOLDER.glob("*.yaml")), key=policies_first))


@cache
def preset(name: str) -> Preset:
    """Read a preset; ``LookupError`` if there is none of that name."""
    if name not in presets():
        raise LookupError(f"there is no preset {name!r}")
    text = (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    problems = Problems()
    tree = parse(text, f"presets/{name}.yaml", problems)
    problems.stop_if_any()
    values = Node({}, f"preset {name}")
    cites = {}
    for path, entry in tree.value["values"].value.items():
        said = plain(entry)
        mark, sources = said["mark"], ", ".join(said.get("source", ()))
        cites[path] = (mark, sources)
        _put(values, path.split("."), entry.value["is"], f"preset {name} ({', '.join(filter(None, (mark, sources)))})")
    catalogue = tree.value.get("catalogue")
    about = text.partition("\n")[0].lstrip("# ")
    return Preset(name, tree.value["for"].value, about, catalogue and catalogue.value, values, cites)


def _put(tree: Node, path: list[str], value: Node, cite: str) -> None:
    for part in path[:-1]:
        tree = tree.value.setdefault(part, Node({}, tree.file))
    tree.value[path[-1]] = _cited(value, cite)


def _cited(node: Node, cite: str) -> Node:
    value = node.value
    if isinstance(value, dict):
        return Node({key: _cited(inner, cite) for key, inner in value.items()}, cite)
    if isinstance(value, list):
        return Node([_cited(inner, cite) for inner in value], cite)
    return Node(value, cite)


class Effective(NamedTuple):
    """A block with everything it is like: the tree, and the presets that went into it, in order."""

    node: Node
    presets: tuple[str, ...]


def likes(own: Node) -> list[tuple[str, Node]]:
    """The names a block is like, each with its place; whatever is no text is left to the model to complain about."""
    node = own.value.get("like")
    if node is None:
        return []
    nodes = node.value if isinstance(node.value, list) else [node]
    return [(inner.value, inner) for inner in nodes if isinstance(inner.value, str)]


def effective(section: str, name: str, blocks: dict[str, Node], *, later: bool, problems: Problems) -> Effective:
    """The block ``name`` with everything it is like; what is wrong with its ``like`` is added to ``problems``."""
    return _Resolution(section, blocks, later, problems).block(name, ())


class _Resolution:
    def __init__(self, section: str, blocks: dict[str, Node], later: bool, problems: Problems) -> None:
        self.section = section
        self.blocks = blocks
        self.later = later
        self.problems = problems

    def block(self, name: str, inside: tuple[str, ...]) -> Effective:
        own = self.blocks[name]
        below = Node({}, own.file, own.line, own.column)
        used: tuple[str, ...] = ()
        for liked, place in likes(own):
            try:
                found = self._liked(liked, (*inside, name))
            except Wrong as wrong:
                self.problems.at(place, f"{self.section}.{name}.like", str(wrong))
                continue
            below = merged(below, found.node)
            used += found.presets
        return Effective(merged(below, own), used)

    def _liked(self, liked: str, inside: tuple[str, ...]) -> Effective:
        other = self.blocks.get(liked)
        if other is not None and isinstance(other.value, dict) and liked != inside[-1]:
            if liked in inside:
                raise Wrong(f"{quote(liked)} is like itself: {' -> '.join((*inside, liked))}")
            if len(inside) > 20:
                raise Wrong("blocks are like one another more than 20 deep")
            found = self.block(liked, inside)
            return Effective(without(found.node, ("count", "like")), found.presets)
        if liked not in presets():
            here = [name for name in presets() if preset(name).section == self.section]
            if liked == inside[-1] and liked in self.blocks:
                raise Wrong(f"{quote(liked)} is like itself, and there is no preset of that name")
            others = [name for name in self.blocks if name not in inside]
            raise Wrong(f"there is no preset {quote(liked)}; {possible(liked, [*here, *others])}")
        given = preset(liked)
        if given.section != self.section:
            raise Wrong(f"the preset {liked!r} is for {given.section} and sets no field of {self.section}")
        if self.later:
            return Effective(given.values, (liked,))
        return Effective(without(given.values, FIELDS.get(self.section, ())), (liked,))


def without(node: Node, names: object) -> Node:
    """A map without some of its keys."""
    assert isinstance(names, (tuple, frozenset))
    return node.with_value({key: inner for key, inner in node.value.items() if key not in names})


def mentions_later(section: str, own: Node) -> list[Node]:
    """The fields in a block of a file that no engine simulates yet; each node stands under such a field."""
    return [
        inner
        for key, inner in own.value.items()
        if field_is_later(section, key) and inner.value is not None and HARMLESS.get((section, key), ...) != inner.value
    ]


def services_offered(like: tuple[str, ...], prices: dict[str, int]) -> dict[str, Offer]:
    """What is offered, by service: what every provider has, then what the catalogue providers it is like have."""
    offered = dict(_services_of(like))
    for name, cents in prices.items():
        known = offered.get(name, Offer("free", 0))
        offered[name] = replace(known, pricing="paid" if cents else "free", price=cents)
    return offered


@cache
def _services_of(like: tuple[str, ...]) -> dict[str, Offer]:
    offered = {"free": Offer("free", 0, updates=("paid",)), "paid": Offer("paid", 2_000, updates=("free",))}
    for name in like:
        catalogue = preset(name).catalogue if name in presets() else None
        if catalogue:
            from sim.scenario.catalogue import services_of

            for service in services_of(catalogue).values():
                quoted = 0 if service.pricing == "free" else min(service.monthly_usd, default=None)
                updates = tuple(into for into, _ in service.allowed_updates)
                asks = "domain" if "domains" in service.categories else ""
                offered[service.id] = Offer(service.pricing, quoted, service.parents, updates, asks, service.kind)
    return offered
