"""How many runs: a number, or until measures are known well enough; and how many points of a design.

``until`` says of each measure how wide half of its interval may be. A share alone is relative to the mean: ``5 %``.
What may turn out to be nothing is never known to a share of itself, and has a width in its own unit as well:
``{relative: 5 %, absolute: 0.01}``, ``{absolute: 2 usd}``, ``{relative: 10 %, absolute: 30 min}``; where both are
given, either is enough.
"""

from __future__ import annotations

from typing import Any

from sim.scenario import kinds
from sim.scenario.amounts import AMOUNT_SCHEMA, inside, known_keys, read_amount, show_amount
from sim.scenario.errors import Wrong, quote
from sim.scenario.kinds import Kind, Schema
from sim.scenario.values import Design, HalfWidth, Runs

_COUNTS = ("at_least", "at_most")
_WIDTHS = ("relative", "absolute")


def _read_runs(value: Any) -> int | Runs:
    if not isinstance(value, dict):
        number: int = kinds.whole(1, 10**9).read(value)
        return number
    known_keys(value, ("until", *_COUNTS))
    if not isinstance(value.get("until"), dict) or not value["until"]:
        raise Wrong("runs needs a number, or until: {measure: '2 %'}", *(["until"] if "until" in value else []))
    until = {name: inside("until", name, read=_read_width, value=width) for name, width in value["until"].items()}
    counts = {key: inside(key, read=kinds.whole(1, 10**9).read, value=value[key]) for key in _COUNTS if key in value}
    runs = Runs(until=until, **counts)
    if runs.at_least > runs.at_most:
        raise Wrong(f"at_least ({runs.at_least}) is above at_most ({runs.at_most})")
    return runs


def _read_width(value: Any) -> HalfWidth:
    """A share of the mean, or a map that says more."""
    if not isinstance(value, dict):
        if isinstance(value, str) and not value.endswith("%") and _is_amount(value):
            raise Wrong(f"{quote(value)} is no share of the mean; an amount is absolute: {{absolute: {value}}}")
        return HalfWidth(relative=_read_relative(value))
    known_keys(value, _WIDTHS)
    if not value:
        raise Wrong("says no half-width; give relative, absolute, or both, of which either is enough")
    found: dict[str, Any] = {}
    if "relative" in value:
        found["relative"] = inside("relative", read=_read_relative, value=value["relative"])
    if "absolute" in value:
        found["absolute"], found["unit"] = inside("absolute", read=_read_absolute, value=value["absolute"])
    return HalfWidth(**found)


def _is_amount(value: str) -> bool:
    try:
        read_amount(value)
    except Wrong:
        return False
    return True


def _read_relative(value: Any) -> float:
    share = kinds.read_share(value)
    if not 0 < share < 1:
        raise Wrong(f"{quote(value)} is no half-width; above 0 and below 1, such as '2 %'")
    return share


def _read_absolute(value: Any) -> tuple[float, str | None]:
    if isinstance(value, str) and value.endswith("%"):
        raise Wrong(f"{quote(value)} is relative; absolute is in the unit of the measure, such as 0.01, 2 usd or 30 s")
    number, unit = read_amount(value)
    if not 0 < number < float("inf"):
        raise Wrong(f"{quote(value)} is no half-width; it must be above 0")
    return number, unit


def _show_runs(runs: int | Runs) -> Any:
    if isinstance(runs, int):
        return runs
    until = {name: _show_width(width) for name, width in runs.until.items()}
    return {"until": until, "at_least": runs.at_least, "at_most": runs.at_most}


def _show_width(width: HalfWidth) -> Any:
    if width.absolute is None:
        return width.relative
    shown = {} if width.relative is None else {"relative": width.relative}
    return shown | {"absolute": show_amount(width.absolute, width.unit)}


_COUNT_SCHEMA: Schema = {"type": "integer", "minimum": 1}
_WIDTH_SCHEMA: Schema = {
    "anyOf": [
        kinds.SHARE_SCHEMA,
        {
            "type": "object",
            "properties": {"relative": kinds.SHARE_SCHEMA, "absolute": AMOUNT_SCHEMA},
            "minProperties": 1,
            "additionalProperties": False,
        },
    ]
}
_RUNS_SCHEMA: Schema = {
    "anyOf": [
        _COUNT_SCHEMA,
        {
            "type": "object",
            "properties": {
                "until": {"type": "object", "additionalProperties": _WIDTH_SCHEMA, "minProperties": 1},
                "at_least": _COUNT_SCHEMA,
                "at_most": _COUNT_SCHEMA,
            },
            "required": ["until"],
            "additionalProperties": False,
        },
    ]
}
RUNS = Kind(_read_runs, "int, or until a precision", _RUNS_SCHEMA, show=_show_runs, parts=True)


# --- designs --------------------------------------------------------------------------------------------------------

DESIGNS = ("latin_hypercube", "sobol")


def _read_design(value: Any) -> Design:
    if not isinstance(value, dict) or not value:
        raise Wrong(f"{quote(value)} is not a design such as {{latin_hypercube: 64}} or {{sobol: 64}}")
    known_keys(value, DESIGNS)
    if len(value) > 1:
        raise Wrong(f"a design is one of {', '.join(DESIGNS)}; here are both (null takes one away)")
    ((method, points),) = value.items()
    return Design(method, inside(method, read=kinds.whole(2, 100_000).read, value=points))


def _show_design(design: Design | None) -> Any:
    return None if design is None else {design.method: design.points}


_POINTS: Schema = {method: {"type": "integer", "minimum": 2} for method in DESIGNS}
_DESIGN_SCHEMA: Schema = {"type": "object", "properties": _POINTS, "additionalProperties": False, "minProperties": 1}
DESIGN = Kind(_read_design, "{latin_hypercube: n} or {sobol: n}", _DESIGN_SCHEMA, show=_show_design, parts=True)
