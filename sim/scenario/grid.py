"""``vary`` and ``design``: what is varied, checked where it stands, and laid over a tree.

``vary`` has three forms, told apart by the kind of the value: ``path: [values]``, levels of one path;
``name: {level: {path: value}}``, a factor, each level a set of overrides like a variant's ``set``; and
``path: uniform 1 min to 60 min``, a distribution over a parameter, of which ``design`` picks points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sim.scenario.build import Builder, Built
from sim.scenario.errors import Wrong, quote
from sim.scenario.nodes import Node, Problems, from_plain, plain
from sim.scenario.paths import override
from sim.scenario.ranges import Range, read_range
from sim.scenario.shelves import known
from sim.scenario.values import NAME, Design, Factor

Varied = tuple[Any, ...] | Factor | Range
Judge = Callable[[Node, Builder, Problems], Built]

#: More cells than this are a mistake; each is a world of its own to be built, run and reported.
MOST_CELLS = 10_000
#: So many values of a path's grid are checked when the file is loaded; the others when they are used.
CHECKED_VALUES = 50
#: Columns that every row of a sweep has; what is varied becomes a column beside them.
COLUMNS = ("variant", "cell", "run", "seed", "digest", "ended_at_s", "messages")
#: What asks for more runs or other questions is no property of a world.
_NOT_VARIED = ("runs", "level", "design", "explore", "order", "title", "why", "refs")

FORMS = (
    "a list of values of a path ({providers.p.like: [M1, M7]}), a map of named levels "
    "({defence: {none: {}, step_up: {orchestrators.hub.step_up: paid}}}), "
    "or a distribution (providers.p.token_life: uniform 1 h to 9 h)"
)


def read_vary(tree: Node, problems: Problems) -> dict[str, Varied]:
    """What is varied, by path or factor; what has no right shape is complained about and left out."""
    vary = tree.value.get("vary")
    if vary is None or vary.value is None:
        return {}
    if not isinstance(vary.value, dict):
        problems.at(vary, "vary", f"vary is a map from path to a list of values, not {quote(plain(vary))}")
        return {}
    found: dict[str, Varied] = {}
    for key, node in vary.value.items():
        if node.value is None:
            continue
        before = len(problems)
        one = _read_one(key, node, problems)
        if one is not None and len(problems) == before:
            found[key] = one
    return found


def _read_one(key: str, node: Node, problems: Problems) -> Varied | None:
    where, first = f"vary.{key}", key.partition(".")[0]
    if key in COLUMNS:
        hint = "; runs repeats everything with other random numbers" if key == "seed" else ""
        problems.at(node, where, f"{quote(key)} is a column of every row, so it cannot be varied{hint}", key=True)
    elif first in _NOT_VARIED:
        problems.at(node, where, f"{first!r} is a question and not part of the world", key=True)
    elif isinstance(node.value, list):
        if not node.value:
            problems.at(node, where, "vary is a map from path to a list of values, and this list is empty")
        return tuple(plain(one) for one in node.value)
    elif isinstance(node.value, dict):
        return _read_factor(key, node, problems)
    elif isinstance(node.value, str):
        try:
            return read_range(node.value)
        except Wrong as wrong:
            problems.at(node, where, f"{wrong}; vary is a map from path to a list of values, or to one of these")
    else:
        problems.at(node, where, f"{quote(node.value)} is nothing to vary; possible is {FORMS}")
    return None


def _read_factor(name: str, node: Node, problems: Problems) -> Factor | None:
    where = f"vary.{name}"
    if not NAME.fullmatch(name):
        message = f"{quote(name)} is a path, and a path has a list of values; a map has named levels, under a name"
        problems.at(node, where, message, key=True)
        return None
    if name in known("measures"):
        problems.at(node, where, f"{quote(name)} is a measure; give the factor another name", key=True)
    if not node.value:
        problems.at(node, where, f"the factor {quote(name)} has no levels")
    levels: dict[str, dict[str, Any]] = {}
    for level, inner in node.value.items():
        if not NAME.fullmatch(level):
            problems.at(inner, f"{where}.{level}", f"{quote(level)} is not a name for a level", key=True)
        elif inner.value is not None and not isinstance(inner.value, dict):
            message = f"{quote(plain(inner))} is not a map from path to value, as a level is; possible is {FORMS}"
            problems.at(inner, f"{where}.{level}", message)
        else:
            levels[level] = plain(inner) or {}
    return Factor(levels)


# --- overrides --------------------------------------------------------------------------------------------------------


def overrides(tree: Node, key: str, level: Any) -> list[tuple[str, Node]]:
    """What a level of ``vary`` lays over the file: nodes by path, where they stand.

    ``level`` is the place in a list, the name of a factor's level, or a value picked from a distribution.
    """
    node: Node = tree.value["vary"].value[key]
    if isinstance(node.value, list):
        return [(key, node.value[level])]
    if isinstance(node.value, dict):
        return list((node.value[level].value or {}).items())
    value = from_plain(level, node.file)
    value.line, value.column = node.line, node.column
    return [(key, value)]


def laid(tree: Node, changes: list[tuple[str, Node]], where: str, problems: Problems) -> Node:
    """``tree`` with nodes laid at their paths."""
    for path, value in changes:
        try:
            tree = override(tree, path, value)
        except Wrong as wrong:
            problems.at(value, f"{where}.{path}", str(wrong), key=True)
    return tree


# --- checks -----------------------------------------------------------------------------------------------------------


def check_vary(
    tree: Node, vary: Mapping[str, Varied], design: Design | None, worlds: int, judge: Judge, builder: Builder,
    problems: Problems,
) -> None:  # fmt: skip
    """Each level alone, laid over ``tree`` and judged; and the grid as a whole, over so many ``worlds``.

    What is wrong with the path, or with every level alike, is said once.
    """
    ranges = [key for key, one in vary.items() if isinstance(one, Range)]
    if design is not None and not ranges:
        problems.at(tree.at("design"), "design", "a design is over distributions, and vary has none", key=True)
    cells = count_cells(vary, design, worlds)
    if cells > MOST_CELLS:
        message = f"that makes {cells:,} cells (base and variants x vary x design); at most {MOST_CELLS:,}"
        problems.at(tree.at("vary"), "vary", message)
        return
    told: set[tuple[str, str]] = set()
    for key, changes, where in _alone(tree, vary):
        found = Problems()
        named = isinstance(vary[key], Factor)
        changed = laid(tree, changes, where if named else "vary", found)
        if found and not named:
            first, found = found[0], Problems()
            found.at(tree.at("vary", key), first.path, first.message, key=True)
        elif not found:
            judge(changed, builder, found)
            found = Problems(one._replace(message=f"with {where}: {one.message}") for one in found)
        problems.extend(one for one in found if (one.path, one.message) not in told)
        told |= {(one.path, one.message) for one in found}


def _alone(tree: Node, vary: Mapping[str, Varied]) -> Iterator[tuple[str, list[tuple[str, Node]], str]]:
    """Each level that is looked at when a file is loaded: its key, what it changes, where it stands."""
    for key, one in vary.items():
        if isinstance(one, Factor):
            for level in one.levels:
                yield key, overrides(tree, key, level), f"vary.{key}.{level}"
        else:
            for level in _looked_at(one):
                yield key, overrides(tree, key, level), f"vary.{key}"


def _looked_at(one: tuple[Any, ...] | Range) -> list[Any]:
    """Places in a list; both ends and the middle of a distribution."""
    if isinstance(one, Range):
        return [one.value(u) for u in (0.0, 0.5, 1.0)]
    return list(range(min(len(one), CHECKED_VALUES)))


def count_cells(vary: Mapping[str, Varied], design: Design | None, worlds: int) -> int:
    """How many cells a sweep has: worlds (base and variants) x levels x points."""
    cells = worlds
    for one in vary.values():
        if not isinstance(one, Range):
            cells *= len(one.levels) if isinstance(one, Factor) else len(one)
    return cells * (design.points if design is not None else 1)
