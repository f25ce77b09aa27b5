"""Which facts a scenario's measure is about, and what is taken of many numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from sim.facts import names as fact_names
from sim.measures._tally import block
from sim.party import Fact
from sim.property import See


def fact_called(name: str) -> type[Fact]:
    """The fact of that name; ``ValueError`` if there is none."""
    kinds = fact_names()
    if name not in kinds:
        raise ValueError(f"there is no fact {name!r}; possible: {', '.join(sorted(kinds))}")
    return kinds[name]


def field_called(said: str, *, numeric: bool) -> tuple[type[Fact], str]:
    """The fact and its field that ``fact.field`` names; ``ValueError`` if there is none, or no number."""
    name, _, field = said.partition(".")
    kind = fact_called(name)
    fields = {one.name: one.type for one in msgspec.structs.fields(kind)}
    possible = [one for one in fields if not numeric or fields[one] in (int, float, bool)]
    if field not in possible:
        raise ValueError(f"{name} has no {'number' if numeric else 'field'} {field!r}; possible: {', '.join(possible)}")
    return kind, field


def conditions(where: Mapping[str, Any], *kinds: type[Fact]) -> list[Callable[[Any, See], bool]]:
    """For each kind whether a fact fits; a field is asked of the first kind that has it, ``behind`` of the first."""
    wanted = {field: tuple(value) if isinstance(value, list) else (value,) for field, value in where.items()}
    parts = []
    for kind in kinds:
        own = ("behind", *kind.__struct_fields__) if kind is kinds[0] else kind.__struct_fields__
        parts.append(_condition({field: wanted.pop(field) for field in list(wanted) if field in own}))
    if wanted:
        possible = dict.fromkeys(name for kind in kinds for name in kind.__struct_fields__)
        raise ValueError(f"there is no field {next(iter(wanted))!r}; possible: behind, {', '.join(possible)}")
    return parts


def _condition(wanted: Mapping[str, tuple[Any, ...]]) -> Callable[[Any, See], bool]:
    def fits(fact: Any, see: See) -> bool:
        for field, values in wanted.items():
            if field == "behind":
                if not any(_is_behind(see, value) for value in values):
                    return False
            elif not any(_is(getattr(fact, field), value, see.world) for value in values):
                return False
        return True

    return fits


def _is_behind(see: See, wanted: Any) -> bool:
    if wanted in ("adversary", "honest"):
        return bool(see.behind) and see.adversary(see.behind) is (wanted == "adversary")
    return _is(see.behind, wanted, see.world)


def _is(value: Any, wanted: Any, world: Mapping[str, Any]) -> bool:
    if isinstance(value, tuple):
        return wanted in value
    if isinstance(value, str) and isinstance(wanted, str):
        return value == wanted or (wanted in world and block(value.partition("/")[0], world) == wanted)
    return bool(value == wanted)


def taken(take: str, numbers: Sequence[float]) -> float | int | None:
    """One number of many; None of none, but their sum is 0. ``p90`` is the smallest that 90 % do not exceed."""
    if not numbers:
        return 0 if take == "sum" else None
    match take:
        case "sum":
            return sum(numbers)
        case "mean":
            return sum(numbers) / len(numbers)
        case "max":
            return max(numbers)
        case "min":
            return min(numbers)
        case "first" | "last":
            return numbers[0 if take == "first" else -1]
        case "median":
            middle = sorted(numbers)[(len(numbers) - 1) // 2 : len(numbers) // 2 + 1]
            return sum(middle) / len(middle)
    return sorted(numbers)[math.ceil(len(numbers) * int(take[1:]) / 100) - 1]
