"""Amounts where a number, money or a time may stand, and the keys of small maps in questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.scenario import kinds
from sim.scenario.errors import Wrong, possible, quote
from sim.scenario.kinds import Schema

#: Microseconds in one unit that a measure of time may be given in, and cents in one of money.
TIMES = {"us": 1, "s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}
MONEY = {"cents": 1, "usd": 100}
AMOUNT_SCHEMA: Schema = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": "(usd|us|ms|s|min|h|d|%)$"}]}


def read_amount(value: Any) -> tuple[float, str | None]:
    """A number, an amount of money in cents, or a time in microseconds, and which of these it is."""
    if isinstance(value, str) and not value.endswith("%"):
        try:
            if value.endswith("usd"):
                return float(kinds.read_money(value)), "money"
            return float(kinds.read_time(value)), "time"
        except Wrong:
            raise Wrong(f"{quote(value)} is neither a number, nor money ('20 usd'), nor a time ('2 d')") from None
    return kinds.read_number(value), None


def show_amount(number: float, unit: str | None) -> Any:
    """The amount as a file may have it."""
    if unit == "money":
        return kinds.MONEY.show(int(number))
    if unit == "time":
        return kinds.show_duration(int(number))
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def sort_of(unit: str) -> str | None:
    """What a measure in ``unit`` is, in words of ``read_amount``: ``time``, ``money``, or None for a bare number."""
    return "time" if unit in TIMES else "money" if unit in MONEY else None


def scale(sort: str | None, unit: str) -> int:
    """By what a measure in ``unit`` is multiplied to be comparable with an amount: microseconds, cents, or as it is."""
    if sort == "time":
        return TIMES.get(unit, 1)
    return MONEY.get(unit, 1) if sort == "money" else 1


def known_keys(value: dict[str, Any], keys: tuple[str, ...]) -> None:
    """Refuse keys that a map does not have."""
    for key in value:
        if key not in keys:
            raise Wrong(f"{quote(key)} is not known here; {possible(key, keys)}", key)


def inside(*path: str | int, read: Callable[[Any], Any], value: Any) -> Any:
    """``value`` as ``read`` reads it; what is wrong with it is wrong at ``path``."""
    try:
        return read(value)
    except Wrong as wrong:
        raise Wrong(str(wrong), *path, *wrong.inside) from None
