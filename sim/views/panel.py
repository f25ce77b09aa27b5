"""The fixed panel and a scenario's own measures in the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from sim.results import Number, Result
from sim.views import words
from sim.views.paint import Paint

TITLES = {"harm": "Harm", "honest": "Price for the honest", "money": "Money"}

#: units that are printed; others (accounts, refusals) are said by the name
_UNITS = ("us", "s", "min", "h", "d", "usd")


def table(result: Result, paint: Paint, units: Mapping[str, str] | None = None) -> str:
    """Harm, price for the honest and money, then the scenario's own measures."""
    lines = []
    for group, entries in result.panel.items():
        lines.append(paint.tone(TITLES.get(group, group.capitalize()), "strong"))
        if group == "money" and all(value is None for value in entries.values()):
            lines.append("  not simulated yet")
        else:
            lines += grid(entries, paint.width, units or {})
    if result.measures:
        lines.append(paint.tone("Measures", "strong"))
        lines += grid(result.measures, paint.width, units or {})
    return paint.finish("\n".join(lines))


def grid(entries: Mapping[str, Number], width: int, units: Mapping[str, str]) -> list[str]:
    """Names and numbers in as many columns as fit."""
    shown = [(name, amount(value, units.get(name, ""))) for name, value in entries.items()]
    if not shown:
        return []
    names = max(len(name) for name, _ in shown)
    values = max(len(value) for _, value in shown)
    cells = [f"{name:<{names}}  {value:>{values}}" for name, value in shown]
    across = max(1, (width - 2 + 4) // (names + values + 6))
    return ["  " + "    ".join(cells[start : start + across]) for start in range(0, len(cells), across)]


def amount(value: Number, unit: str = "") -> str:
    """A number, of times with its unit, of money in dollars; ``–`` where nothing was observed."""
    if value is not None and unit == "cents":
        return f"{value / 100:,.2f} usd"
    return words.number(value) + (f" {unit}" if unit in _UNITS and value is not None else "")
