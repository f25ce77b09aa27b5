"""What many runs of each cell say: estimates with their methods, verdicts, differences between cells.

A cell whose world is that of base or variant is held against its expectations; what was *never seen in n runs* is said
with the share that it stays below, and where an interval straddles a bound, or runs did not observe what is asked
about, the answer is undetermined. A cell whose levels of ``vary`` change something is reported and never judged: nobody
said what to expect of it. Differences, of measures and of how often properties were violated, are taken run by run, on
the same random numbers, at the level at which all of a family hold together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from sim import measures, properties
from sim.experiments.folder_rows import Rows
from sim.experiments.intervals import (
    Estimate,
    Value,
    estimate,
    observed,
    paired,
    simultaneous,
    spread,
    student,
    wilson,
    zero_events,
)  # fmt: skip
from sim.experiments.plan import Cell, Plan
from sim.experiments.stopping import Rule
from sim.results import MET, NOT_MET, UNDETERMINED, fits, same, scale, shown
from sim.scenario.values import Answer

#: What the names of columns and differences begin with that are about a property.
VIOLATIONS = "violations."
#: ``about: x`` is met where the mean is within so many standard errors of x.
STANDARD_ERRORS = 3


class Share(msgspec.Struct, frozen=True):
    """In how many runs something happened; ``below`` is the bound on its share where it never did."""

    count: int
    of: int
    low: float | None
    high: float | None
    method: str
    below: float | None = None


class Verdict(msgspec.Struct, frozen=True):
    """What became of one property or one expected number in the runs of a cell; ``why`` says it in words.

    ``violated_in`` counts the runs in which a property was violated (for ``sometimes``: reached), None for a number.
    """

    property: str
    verdict: str
    expected: Any
    met: bool | None
    violated_in: Share | None
    why: str


class Precision(msgspec.Struct, frozen=True):
    """Whether a measure became known to the half-width asked for, and about how many runs that would take otherwise.

    ``wanted`` and ``reached`` are shares of the mean, ``wanted_absolute`` and ``reached_absolute`` in the unit of the
    measure. Where all runs said the same, anything else stays below the share ``unseen`` of them.
    """

    wanted: float | None
    reached: float | None
    wanted_absolute: float | None
    reached_absolute: float | None
    met: bool
    runs_needed: int | None
    unseen: float | None


class CellResult(msgspec.Struct, frozen=True):
    """The runs of one cell together; panel by group and name."""

    cell: int
    label: str
    variant: str | None
    values: dict[str, Any]
    runs: int
    panel: dict[str, dict[str, Estimate]]
    measures: dict[str, Estimate]
    verdicts: tuple[Verdict, ...]
    judged: bool
    precision: dict[str, Precision]


class Difference(msgspec.Struct, frozen=True):
    """By how much a measure of cell ``b`` is more than that of cell ``a``, run by run; ``level`` is this interval's."""

    a: str
    b: str
    a_cell: int
    b_cell: int
    measure: str
    mean: float | None
    low: float | None
    high: float | None
    method: str
    n: int
    level: float
    paired: bool = True


def judge(plan: Plan, rows: Rows, units: Mapping[str, str]) -> list[CellResult]:
    """Every cell, in order."""
    return [_cell(plan, rows, cell, units) for cell in plan.cells]


def exit_code(cells: Sequence[CellResult]) -> int:
    """1 if an expectation is not met, else 3 if one is undetermined or a precision was not reached, else 0."""
    judged = [verdict for cell in cells for verdict in cell.verdicts if verdict.expected is not None]
    if any(verdict.met is False for verdict in judged):
        return NOT_MET
    open_ = any(verdict.met is None for verdict in judged)
    return UNDETERMINED if open_ or any(not one.met for cell in cells for one in cell.precision.values()) else MET


# --- a cell -----------------------------------------------------------------------------------------------------------


def _cell(plan: Plan, rows: Rows, cell: Cell, units: Mapping[str, str]) -> CellResult:
    level = plan.scenario.level
    found = {name: student(rows.values(cell.number, name), level) for name in cell.names}
    panel: dict[str, dict[str, Estimate]] = {}
    for group, name in measures.PANEL:
        panel.setdefault(group, {})[name] = found[name]
    return CellResult(
        cell=cell.number, label=cell.label, variant=cell.variant or None, values=cell.values,
        runs=rows.prefix(cell.number), panel=panel, measures={name: found[name] for name in cell.measures},
        verdicts=tuple(_verdicts(plan, rows, cell, units)), judged=cell.number in plan.judged,
        precision=_precision(plan, rows, cell),
    )  # fmt: skip


def _precision(plan: Plan, rows: Rows, cell: Cell) -> dict[str, Precision]:
    rule = plan.rule
    if rule is None:
        return {}
    values = {name: rows.values(cell.number, name) for name in rule.until}
    needs = rule.needs(values)
    return {name: _reached(rule, name, values[name], needs[name]) for name in rule.until}


def _reached(rule: Rule, name: str, values: Sequence[Value], needs: int | None) -> Precision:
    found, asked, met = rule.known(name, values), rule.width(name), rule.met(name, values)
    return Precision(
        wanted=asked.relative, reached=found.relative,
        wanted_absolute=asked.absolute, reached_absolute=found.half_width,
        met=met, runs_needed=None if met else needs, unseen=rule.unseen(values),
    )  # fmt: skip


def _verdicts(plan: Plan, rows: Rows, cell: Cell, units: Mapping[str, str]) -> Iterator[Verdict]:
    scenario = plan.judged.get(cell.number)
    expect: Mapping[str, Answer] = scenario.expect if scenario is not None else {}
    rest: Answer | None = scenario.everything_else if scenario is not None else None
    level = plan.scenario.level
    for place, name in enumerate(plan.properties):
        kind = properties.load(name).KIND
        seen = rows.violations(cell.number, place)
        share = _share(sum(count > 0 for count in seen), len(seen), level)
        yield of_property(name, kind, expect.get(name, rest if kind == "always" else None), share, level)
    for name, answer in expect.items():
        if name not in plan.properties:
            yield of_number(name, answer, rows.values(cell.number, name), units.get(name, ""), level)


def _share(count: int, of: int, level: float) -> Share:
    found = wilson(count, of, level)
    return Share(count, of, found.low, found.high, found.method, zero_events(of, level) if count == 0 else None)


# --- properties -------------------------------------------------------------------------------------------------------


def of_property(name: str, kind: str, answer: Answer | None, share: Share, level: float) -> Verdict:
    """The runs of a property against what is expected of it."""
    words = ("violated", "unbroken") if kind == "always" else ("reached", "not_reached")
    word = words[0] if share.count else words[1]
    why = f"{words[0]} in {share.count:,} of {share.of:,} runs"
    if not share.count and share.below is not None:
        none = f"unbroken in all {share.of:,} runs" if kind == "always" else f"reached in none of {share.of:,} runs"
        why = f"{none}, so {words[0]} in below {share.below:.2g} of them at {level:.0%}"
    met: bool | None = None
    if answer is not None and answer.violated_in is not None:
        met = _of_share(answer.violated_in, share)
    elif answer is not None:
        met = _of_word(answer.is_, kind, share)
        why += ", not in every one" if answer.is_ == "violated" and 0 < share.count < share.of else ""
    if answer is not None and met is None:
        word = "undetermined"
    return Verdict(name, word, shown(answer), met, share, why)


def _of_word(word: str | None, kind: str, share: Share) -> bool | None:
    """Never seen shows nothing about what is possible; a word that does not fit the property shows nothing at all."""
    match word, kind:
        case "holds", "always":
            return share.count == 0
        case "violated", "always":
            return share.count == share.of
        case ("possible", _) | ("reached", "sometimes"):
            return True if share.count else None
    return None


def _of_share(wanted: Answer | float, share: Share) -> bool | None:
    """A share alone must lie inside the interval; bounds must hold all of it."""
    if share.low is None or share.high is None:
        return None
    if not isinstance(wanted, Answer):
        return share.low <= wanted <= share.high
    if wanted.about is not None:
        error = math.sqrt(wanted.about * (1 - wanted.about) / share.of)
        return abs(share.count / share.of - wanted.about) <= STANDARD_ERRORS * error
    return _inside(wanted, share.low, share.high)


def _inside(wanted: Answer, low: float, high: float) -> bool | None:
    """Whether an interval is as wanted: all of it inside, all of it outside, or neither."""
    least, most = wanted.between or (wanted.at_least, wanted.at_most)
    least, most = -math.inf if least is None else least, math.inf if most is None else most
    if least <= low and high <= most:
        return True
    return False if high < least or low > most else None


# --- numbers ----------------------------------------------------------------------------------------------------------


def of_number(name: str, answer: Answer, values: Sequence[Value], unit: str, level: float) -> Verdict:
    """The runs of a measure against what is expected of it."""
    seen = observed(values)
    if not seen:
        why = f"never observed in {len(values):,} runs (censored, not zero)"
        return Verdict(name, "undetermined", shown(answer), None, None, why)
    met, why = _number(answer, values, seen, unit, level)
    if len(seen) < len(values):
        why += f"; observed in {len(seen):,} of {len(values):,} runs"
    word = "undetermined" if met is None else "reached" if met else "not_reached"
    return Verdict(name, word, shown(answer), met, None, why)


def _number(
    answer: Answer, values: Sequence[Value], seen: Sequence[float], unit: str, level: float
) -> tuple[bool | None, str]:
    factor = scale(answer, unit)
    if answer.equals is not None:
        other = [value for value in seen if not same(value * factor, answer.equals)]
        if other:
            return False, f"is another number in {len(other):,} of {len(values):,} runs, such as {other[0]:g}"
        return (None if len(seen) < len(values) else True), "as expected in every run that observed it"
    if answer.about is not None:
        return _about(answer.about, [value * factor for value in seen], factor)
    if len(values) == 1:
        return fits(answer, seen[0], unit), "one run, judged as sim run does"
    found = estimate(values, "mean", level)
    if found.low is None or found.high is None:
        return None, "too few runs for an interval"
    met = _inside(answer, found.low * factor, found.high * factor)
    where = {True: "inside", False: "outside", None: "across a bound"}[met]
    return met, f"mean {found.mean:.6g} [{found.low:.6g}, {found.high:.6g}] ({found.method}) lies {where}"


def _about(wanted: float, values: Sequence[float], factor: float) -> tuple[bool | None, str]:
    if len(values) < 2:
        return None, "one run says nothing about a mean"
    mean, error = math.fsum(values) / len(values), spread(values) / math.sqrt(len(values))
    met = abs(mean - wanted) <= STANDARD_ERRORS * error or same(mean, wanted)
    return met, f"mean {mean / factor:.6g}, standard error {error / factor:.3g}"


# --- differences ------------------------------------------------------------------------------------------------------


def differences(plan: Plan, rows: Rows) -> list[Difference]:
    """Each variant against the base, and each level against the first, all else equal: every measure of both, and the
    share of runs in which a property was violated (``violations.<property>``), if any cell violated it in any run.
    """  # noqa: D205
    places = range(len(plan.properties))
    seen = [place for place in places if any(rows.spoke(cell.number, place) for cell in plan.cells)]
    found: list[Difference] = []
    for family in _families(plan):
        first, others = family[0], family[1:]
        level = simultaneous(plan.scenario.level, len(others))
        for other in others:
            both = [name for name in first.names if name in other.names]
            found += [_difference(rows, first, other, name, level, len(others)) for name in both]
            found += [_violated(plan, rows, first, other, place, level, len(others)) for place in seen]
    return found


def _families(plan: Plan) -> Iterator[list[Cell]]:
    """Cells that differ in one thing only; the first is what the others are compared with."""
    aspects = ["", *(key for key in plan.keys if any(isinstance(cell.values[key], str) for cell in plan.cells))]
    for aspect in aspects:
        families: dict[tuple[Any, ...], list[Cell]] = {}
        for cell in plan.cells:
            rest = {"": cell.variant} | cell.values
            del rest[aspect]
            families.setdefault(tuple(rest.items()), []).append(cell)
        yield from (family for family in families.values() if len(family) > 1)


def _difference(rows: Rows, a: Cell, b: Cell, name: str, level: float, comparisons: int) -> Difference:
    return _paired(a, b, name, rows.values(a.number, name), rows.values(b.number, name), "mean", level, comparisons)


def _violated(plan: Plan, rows: Rows, a: Cell, b: Cell, place: int, level: float, comparisons: int) -> Difference:
    ours, theirs = ([count > 0 for count in rows.violations(cell.number, place)] for cell in (a, b))
    return _paired(a, b, VIOLATIONS + plan.properties[place], ours, theirs, "share", level, comparisons)


def _paired(
    a: Cell, b: Cell, name: str, ours: Sequence[Value], theirs: Sequence[Value], kind: str, level: float,
    comparisons: int,
) -> Difference:  # fmt: skip
    """By how much ``theirs`` (of ``b``) is more than ``ours``, over the runs that both cells have."""
    runs = min(len(ours), len(theirs))
    found = paired(theirs[:runs], ours[:runs], level, kind)
    method = found.method + (f", simultaneous over {comparisons}" if comparisons > 1 else "")
    return Difference(
        a.label, b.label, a.number, b.number, name, found.mean, found.low, found.high, method, found.n, level
    )
