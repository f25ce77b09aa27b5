"""A distribution over a parameter of a scenario, as ``vary`` may have it: from where to where, and how it is spread.

A range says which value of the parameter belongs to a number ``u`` in [0, 1]; who picks ``u`` (a Latin hypercube, a
Sobol sequence, a method of sensitivity analysis) is not its concern. Values come back as a scenario file writes them:
times to the microsecond, money to the cent.

>>> delay = read_range("uniform 1 min to 60 min")
>>> delay.value(0.5), delay.number(delay.value(0.5))
('1830 s', 30.5)
>>> read_range("loguniform 1 usd to 100 usd").value(0.5)
'10 usd'
"""

from __future__ import annotations

import math
import re

import msgspec

from sim.clock import UNITS, format_duration, parse_time
from sim.money import format_money, parse_money
from sim.scenario.errors import Wrong, quote

FORMS = (
    "'uniform 1 min to 60 min', 'loguniform 1 h to 365 d', 'uniform 0 to 0.5', 'uniform 10 usd to 100 usd' or "
    "'whole 1 to 32'"
)

_SPREADS = ("uniform", "loguniform", "whole")
_FORM = re.compile(rf"({'|'.join(_SPREADS)})\s+(.+?)\s+to\s+(.+)")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?", re.ASCII)


class Range(msgspec.Struct, frozen=True):
    """From ``low`` to ``high``: microseconds where ``unit`` is one of time, cents where it is ``usd``, else numbers.

    ``unit`` is that of the low end as the file has it; ``spread`` is ``uniform``, ``loguniform`` (uniform in the
    logarithm) or ``whole`` (whole numbers, all equally likely).
    """

    spread: str
    low: float
    high: float
    unit: str = ""

    def value(self, u: float) -> str | float | int:
        """The parameter at the share ``u`` of its distribution, from 0 (the low end) to 1, as a file may write it."""
        if self.spread == "whole":
            return min(int(self.low + u * (self.high - self.low + 1)), int(self.high))
        if self.spread == "loguniform":
            at = math.exp(math.log(self.low) + u * (math.log(self.high) - math.log(self.low)))
        else:
            at = self.low + u * (self.high - self.low)
        at = min(max(at, self.low), self.high)
        if self.unit in UNITS:
            return format_duration(round(at))
        return format_money(round(at)) if self.unit == "usd" else at

    def number(self, value: str | float) -> float:
        """A value of this range in the unit of its low end: minutes, dollars, or the number itself."""
        if isinstance(value, str):
            return parse_time(value) / UNITS[self.unit] if self.unit in UNITS else parse_money(value) / 100
        return float(value)

    def __str__(self) -> str:
        return f"{self.spread} {_shown(self.low, self.unit)} to {_shown(self.high, self.unit)}"


def is_range(text: object) -> bool:
    """Whether something is meant as a distribution over a parameter: a text that begins with one of its words."""
    return isinstance(text, str) and (text.split() or [""])[0] in _SPREADS


def read_range(text: object) -> Range:
    """The distribution that ``text`` writes; ``Wrong`` says what was found and what is possible."""
    found = _FORM.fullmatch(" ".join(text.split())) if isinstance(text, str) else None
    if found is None:
        raise Wrong(f"{quote(text)} is no distribution over a parameter; possible is {FORMS}")
    spread, (low, unit), (high, other) = found[1], _end(found[2]), _end(found[3])
    if _sort(unit) != _sort(other):
        raise Wrong(f"{quote(text)}: both ends must be of the same kind: two times, two amounts of money, two numbers")
    if high < low:
        raise Wrong(f"{quote(text)} is reversed: the first end must not be above the second")
    if high == low:
        raise Wrong(f"{quote(text)} is empty: both ends are the same")
    if spread == "loguniform" and low <= 0:
        raise Wrong(f"{quote(text)}: a logarithm needs a low end above 0")
    if spread == "whole" and (unit or not low.is_integer() or not high.is_integer()):
        raise Wrong(f"{quote(text)}: whole is for whole numbers without a unit, such as 'whole 1 to 32'")
    return Range(spread, low, high, unit)


def _end(text: str) -> tuple[float, str]:
    """One end: its number (microseconds, cents) and the unit that was written."""
    if _NUMBER.fullmatch(text):
        return float(text), ""
    try:
        if text.endswith("usd"):
            return float(parse_money(text)), "usd"
        return float(parse_time(text)), text.lstrip("+-0123456789.e ") or "s"
    except ValueError as wrong:
        raise Wrong(str(wrong)) from None


def _sort(unit: str) -> str:
    return "time" if unit in UNITS else unit


def _shown(end: float, unit: str) -> str:
    """An end in the unit of the low one, so that what is read back counts in the same."""
    if unit == "usd":
        return format_money(round(end))
    number = end / UNITS[unit] if unit else end
    text = str(int(number)) if number.is_integer() else repr(number)
    return f"{text} {unit}" if unit else text
