"""Answers held against what they answer: a measure's number in its own kind of unit, a property's word that fits it.

A measure is money, a time, a count, or a ratio. Money is written as money (nothing is ``0`` all the same), a time as a
time or as a bare number in the unit in which the measure is printed (hours, or seconds), a count as a number; a share
such as ``5 %`` is an answer for ratios alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sim.scenario.amounts import read_amount, sort_of
from sim.scenario.errors import Wrong, possible, quote
from sim.scenario.nodes import Node, plain
from sim.scenario.values import Answer, MeasureSpec

#: Words that say something of a property, by its kind.
WORDS = {"always": ("holds", "violated", "possible"), "sometimes": ("reached", "possible")}


class Sort(NamedTuple):
    """What a measure is: ``amount`` as ``read_amount`` has it, the ``unit`` it is printed in, and if it is a ratio."""

    amount: str | None
    unit: str
    ratio: bool = False

    @property
    def bare(self) -> bool:
        """Whether a number without a unit says something: not of money, for dollars and cents are told apart."""
        return self.amount != "money" or self.ratio

    def needs(self) -> str:
        """What an answer must be."""
        if self.ratio:
            money = ", or money such as 20 usd" if self.amount else ""
            return f"is a ratio; write a number or a share, such as 0.05 or 5 %{money}"
        if self.amount == "money":
            return "is money; write it as money, such as 20 usd"
        if self.amount == "time":
            return f"is a time; write it as one, such as 30 min, or as a number, which is in {self.unit}"
        return f"is counted{f' in {self.unit}' if self.unit else ''}; write a number, such as 3"


def sort_of_measure(name: str, own: Mapping[str, MeasureSpec], inside: tuple[str, ...] = ()) -> Sort | None:
    """What the measure ``name`` is; None where it cannot be made, which is complained about elsewhere."""
    from sim import measures
    from sim.measures._spec import build

    spec = own.get(name)
    try:
        if spec is None:
            unit = measures.load(name).UNIT
        elif spec.ratio is None:
            unit = build({name: spec})[name].UNIT
        else:
            return None if name in inside else _ratio(spec.ratio, own, (*inside, name))
    except (LookupError, ValueError):
        return None
    return Sort(sort_of(unit), unit)


def _ratio(parts: tuple[str, str], own: Mapping[str, MeasureSpec], inside: tuple[str, ...]) -> Sort | None:
    """Money by a count is money of each; money by money is a share, and a time by anything a bare number."""
    above, below = (sort_of_measure(part, own, inside) for part in parts)
    if above is None or below is None:
        return None
    each = above.amount == "money" and below.amount is None
    return Sort("money" if each else None, "", ratio=True)


def of_measure(name: str, sort: Sort, answer: Answer, node: Node) -> Iterator[tuple[Node, str, str]]:
    """Where, by which path, and how numbers of ``answer`` do not fit the measure ``name``."""
    for inside, place in _numbers(answer, node):
        raw = plain(place)
        number, unit = read_amount(raw)
        share = isinstance(raw, str) and raw.endswith("%")
        fits = sort.ratio if share else unit == sort.amount or (unit is None and (sort.bare or number == 0))
        if not fits:
            yield place, inside, f"{name} {sort.needs()}, not {quote(raw)}"


def _numbers(answer: Answer, node: Node) -> Iterator[tuple[str, Node]]:
    if answer.equals is not None:
        yield "", node
    for key in ("about", "at_most", "at_least"):
        if getattr(answer, key) is not None:
            yield f".{key}", node.at(key)
    for place in range(len(answer.between or ())):
        yield f".between.{place}", node.at("between", place)


def of_property(name: str, answer: Answer) -> Iterator[tuple[str, str]]:
    """By which key, and how ``answer`` does not fit the property ``name``; nothing where the property is not there."""
    from sim import properties

    try:
        prop = properties.load(name)
    except LookupError:
        return
    words = WORDS[prop.KIND]
    if answer.is_ is not None and answer.is_ not in words:
        must = "must always hold" if prop.KIND == "always" else "is to be reached sometime"
        yield "is", f"{quote(answer.is_)} says nothing of {name}, which {must}; {possible(answer.is_, words)}"
    if answer.within is not None and not takes_deadline(prop):
        yield "within", f"{name} has no deadline, so 'within' does not belong here; possible: is, violated_in"


def takes_deadline(prop: type[Any]) -> bool:
    """Whether a property has a deadline, or goes by one where it is given: then its code reads ``within``."""
    codes = [getattr(made, "__code__", None) for made in vars(prop).values()]
    return prop.WITHIN is not None or any(code is not None and "within" in code.co_names for code in codes)


def for_everything(rest: Answer) -> str:
    """What is wrong with the answer for all properties that must hold and are not named; empty if nothing is."""
    if rest.is_ is not None and rest.is_ not in WORDS["always"]:
        return (
            f"{quote(rest.is_)} says nothing of properties that must always hold; {possible(rest.is_, WORDS['always'])}"
        )
    return ""


# --- who is meant ---------------------------------------------------------------------------------------------------

_EVERYBODY = ("people", "orchestrators", "providers")
#: Fields of facts that name a party, and the sections it may be of.
NAMES_OF: dict[str, tuple[str, ...]] = {
    "behind": _EVERYBODY, "person": _EVERYBODY, "thief": _EVERYBODY, "agent": _EVERYBODY, "of": _EVERYBODY,
    "party": _EVERYBODY, "orchestrator": ("orchestrators",), "issuer": ("orchestrators",),
    "provider": ("providers",), "seller": ("providers",),
}  # fmt: skip
_SIDES = ("adversary", "honest")


def sections_meant(field: str, facts: list[str]) -> tuple[str, ...]:
    """The sections of the party that a field of ``facts`` names; none where it names something else."""
    if field == "party" and "step_completed" in facts:  # there it is whatever the verb was about
        return ()
    return NAMES_OF.get(field, ())


def name_meant(field: str, value: Any) -> str | None:
    """The party behind a value of ``where``, without agents and made-up people; None where nobody need be called so."""
    if value is None or value == "" or (field == "behind" and value in _SIDES):
        return None
    if not isinstance(value, str):
        raise Wrong(f"{quote(value)} is no name of a party")
    return value.partition("/")[0].partition(".")[0]
