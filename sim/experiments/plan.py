"""What a sweep will do: its cells, their worlds, how many runs of each, and a digest by which results know each other.

Cells = (base and variants) x the levels of ``vary`` x the points of its design. Replication r of every cell draws from
the same random numbers, so cells are compared run by run.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec

from sim import measures, properties
from sim.experiments.designs import points
from sim.experiments.stopping import Rule, Width
from sim.scenario import Factor, Problem, Runs, Scenario, ScenarioError, amounts
from sim.scenario.grid import COLUMNS
from sim.scenario.ranges import Range

#: What a plan's digest leaves out: texts, and what asks for more runs of the same.
_NOT_HASHED = ("title", "why", "refs", "runs", "level", "explore", "order", "design")
_PANEL = tuple(name for _, name in measures.PANEL)


class Cell(msgspec.Struct, frozen=True):
    """One world of a sweep. ``variant`` is empty for the base; ``values`` has a level for each key of ``vary``.

    ``packed`` is the resolved scenario, compressed; ``measures`` are those beside the panel, in the order of its rows.
    """

    number: int
    variant: str
    values: dict[str, Any]
    seed: int
    packed: bytes
    hash: str
    measures: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The numbers of each of its runs, the panel's first."""
        return (*_PANEL, *self.measures)

    @property
    def label(self) -> str:
        """What it is, in one line: ``silent, providers.p.like=M1``; ``base`` where nothing is changed."""
        parts = [self.variant] if self.variant or not self.values else []
        levels = [f"{key}={_short(value)}" for key, value in self.values.items()]
        return ", ".join([one or "base" for one in parts] + levels)

    @property
    def text(self) -> str:
        """The resolved scenario as JSON, which is YAML."""
        return zlib.decompress(self.packed).decode()


def _short(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


class Plan(msgspec.Struct, frozen=True):
    """A sweep before it begins.

    ``scenario`` is the base, ``judged`` the scenarios by cell whose expectations are judged: where ``vary`` is used,
    those of cells whose levels change nothing of base or variant, as a changed world has no inherited claims. ``rule``
    says when to stop where ``runs`` asks for a precision, ``also`` which measures of the shelf are counted besides the
    panel in every cell.
    """

    scenario: Any
    cells: tuple[Cell, ...]
    judged: dict[int, Any]
    keys: tuple[str, ...]
    runs: int
    rule: Rule | None
    also: tuple[str, ...]
    hash: str
    variants: tuple[str, ...] | None

    @property
    def measures(self) -> tuple[str, ...]:
        """Every number that some cell has, the panel's first."""
        return tuple(dict.fromkeys(name for cell in self.cells for name in cell.names))

    @property
    def properties(self) -> tuple[str, ...]:
        """Every property that is watched."""
        return properties.names()

    @property
    def source(self) -> dict[str, Any]:
        """What this plan can be made of again, by ``replan``: the file as it was composed, and its flags."""
        from sim.scenario.nodes import plain

        made = self.scenario.source
        flags = [f"{path}={json.dumps(value, ensure_ascii=False)}" for path, value in made.flags]
        return {"file": self.scenario.file, "text": plain(made.base), "set": flags, "variants": self.variants}


def plan(scenario: Scenario, *, runs: int | None = None, variants: Sequence[str] | None = None) -> Plan:
    """The sweep that ``scenario`` asks for; ``runs`` goes before the file's, ``variants`` leaves the base out.

    ``ScenarioError`` says what is wrong with one of its cells.
    """
    if scenario.order:
        _refuse(scenario, "order", "the file forces one order of what happens, which is one run; use sim run")
    alone = None if scenario.variant is None else (scenario.variant,)
    check_design(scenario)
    names = alone if variants is None else tuple(dict.fromkeys(variants))
    worlds = [scenario, *map(scenario.with_variant, scenario.variants)]
    if names is not None:
        worlds = [scenario if name == scenario.variant else scenario.with_variant(name) for name in names]
    also = _also(worlds)
    cells: list[Cell] = []
    judged: dict[int, Scenario] = {}
    for world in worlds:
        own = _digest(world.resolved())
        for values, made in _levels(world):
            cell = _cell(len(cells), world.variant or "", values, made, also)
            if cell.hash == own:
                judged[cell.number] = world
            cells.append(cell)
    asked = scenario.runs if runs is None else runs
    rule = _rule(asked, worlds, scenario.level) if isinstance(asked, Runs) else None
    found = Plan(
        scenario=scenario, cells=tuple(cells), judged=judged, keys=tuple(scenario.vary),
        runs=asked.at_most if isinstance(asked, Runs) else asked,
        rule=rule, also=also, hash=_hash(cells), variants=names,
    )  # fmt: skip
    _check_columns(found)
    return found


def replan(source: Mapping[str, Any], runs: int | None = None) -> Plan:
    """The plan that ``source`` (of an earlier one) describes."""
    from sim.scenario import load_text

    text = json.dumps(source["text"], ensure_ascii=False)
    scenario = load_text(text, file=source["file"], sets=source["set"])
    return plan(scenario, runs=runs, variants=source["variants"])


def check_design(scenario: Scenario) -> None:
    """``ScenarioError`` where a distribution in ``vary`` has no design; only an analysis of sensitivity needs none."""
    ranges = [key for key, one in scenario.vary.items() if isinstance(one, Range)]
    if ranges and scenario.design is None:
        message = "a distribution needs a design, which says how many points are taken, such as design: {sobol: 64}"
        _refuse(scenario, f"vary.{ranges[0]}", message, "vary", ranges[0])


def _rule(asked: Runs, worlds: Sequence[Scenario], level: float) -> Rule:
    """When to stop; widths in the unit of the measure. What has a unit is a mean even where every value is 0 or 1."""
    from sim import results

    units: dict[str, str] = {}
    for world in worlds:
        units |= results.units(world)
    until: dict[str, float | Width] = {}
    for name, one in asked.until.items():
        absolute = None if one.absolute is None else one.absolute / amounts.scale(one.unit, units.get(name, ""))
        until[name] = Width(one.relative, absolute)
    kinds = {name: "mean" for name in until if amounts.sort_of(units.get(name, ""))}
    return Rule(until, asked.at_least, asked.at_most, level, kinds)


def _refuse(scenario: Scenario, path: str, message: str, *inside: str) -> None:
    node = scenario.source.tree.at(*(inside or path.split(".")))
    raise ScenarioError([Problem(node.file, node.line, node.column, path, message)])


def _also(worlds: Sequence[Scenario]) -> tuple[str, ...]:
    """The measures of the shelf that any of the worlds asks for; all of them count it, so that it can be compared."""
    asked = {name for world in worlds for name in world.asked}
    asked |= {name for world in worlds if isinstance(world.runs, Runs) for name in world.runs.until}
    return tuple(name for name in measures.names() if name in asked and name not in _PANEL)


def _check_columns(found: Plan) -> None:
    for name in found.measures:
        if name in COLUMNS or name in found.keys:
            message = f"{name!r} is a column of every row of a sweep; give the measure another name"
            _refuse(found.scenario, f"measures.{name}", message)


# --- cells ------------------------------------------------------------------------------------------------------------


def _levels(world: Scenario) -> Iterator[tuple[dict[str, Any], Scenario]]:
    """Every combination of levels and points, as a row shows them, and the world it makes."""
    from sim.scenario.build import Builder
    from sim.scenario.loading import with_levels

    if not world.vary:
        yield {}, world
        return
    builder = Builder(later=world.source.later)
    for levels in _combinations(world):
        shown = {key: _shown(world.vary[key], level) for key, level in levels.items()}
        try:
            yield shown, with_levels(world, levels, builder)
        except ScenarioError as error:
            where = ", ".join([world.variant or "base", *(f"{key}={value}" for key, value in shown.items())])
            problems = [one._replace(message=f"in the cell {where}: {one.message}") for one in error.problems]
            raise ScenarioError(problems) from None


def _combinations(world: Scenario) -> Iterator[dict[str, Any]]:
    """Levels by key, the last key fastest; the points of a design fastest of all."""
    ranges = {key: one for key, one in world.vary.items() if isinstance(one, Range)}
    crossed: list[dict[str, Any]] = [{}]
    for key, one in world.vary.items():
        if not isinstance(one, Range):
            places = list(one.levels) if isinstance(one, Factor) else list(range(len(one)))
            crossed = [before | {key: level} for before in crossed for level in places]
    picked = points(world.design, ranges, str(world.seed)) if ranges and world.design is not None else [{}]
    for levels in crossed:
        for point in picked:
            both = levels | point
            yield {key: both[key] for key in world.vary}


def _shown(varied: Any, level: Any) -> str | float:
    """A level as it stands in a row: a text, or the number that a design picked."""
    if isinstance(varied, Range):
        return varied.number(level)
    value = level if isinstance(varied, Factor) else varied[level]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cell(number: int, variant: str, values: dict[str, Any], made: Scenario, also: tuple[str, ...]) -> Cell:
    flat = made.resolved()
    text = json.dumps(flat, ensure_ascii=False, separators=(",", ":"))
    packed = zlib.compress(text.encode(), 1)
    return Cell(number, variant, values, made.seed, packed, _digest(flat), (*also, *made.measures))


def _digest(flat: Mapping[str, Any]) -> str:
    """A digest of a resolved scenario without what is no part of its world."""
    hashed = {key: value for key, value in flat.items() if key not in _NOT_HASHED}
    return sha256(json.dumps(hashed, separators=(",", ":"), sort_keys=True).encode()).hexdigest()


def _hash(cells: Sequence[Cell]) -> str:
    """A digest of every world of the plan, and of which columns its rows have."""
    said = [[cell.variant, cell.values, cell.hash, cell.measures] for cell in cells]
    return sha256(json.dumps(said, separators=(",", ":"), sort_keys=True).encode()).hexdigest()
