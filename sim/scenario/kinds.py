"""The kinds of value a field may hold: how each is read, shown, described, and checked by an editor.

A kind stands in a model's annotation, ``Annotated[Duration, DURATION]``. ``read`` turns what the file holds into the
value (``Wrong`` says what was found and what is possible), ``show`` turns it back into what a file may hold, so that
``read(show(value)) == value``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from pydantic_core import core_schema

from sim.clock import NEVER, Constant, Duration, format_duration, parse_duration
from sim.money import format_money, parse_money
from sim.scenario.errors import Wrong, possible, quote
from sim.scenario.values import NAME, Pick, Rate

Schema = dict[str, Any]


class Kind:
    """One kind of value. ``parts``: whether a path may go on below it (``prices.paid``, ``mfa.pick.none``)."""

    def __init__(
        self,
        read: Callable[[Any], Any],
        says: str,
        schema: Schema,
        *,
        show: Callable[[Any], Any] = lambda value: value,
        parts: bool = False,
    ) -> None:
        """``says`` is the word for it in ``sim list``, ``schema`` what an editor checks."""
        self.read = read
        self.says = says
        self.schema = schema
        self.show = show
        self.parts = parts

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        """How pydantic reads it: with ``read`` alone."""
        return core_schema.no_info_plain_validator_function(self.read)


# --- text and words -------------------------------------------------------------------------------------------------


def read_text(value: Any) -> str:
    """Any text."""
    if not isinstance(value, str):
        hint = "; put it in quotes" if isinstance(value, (int, float)) else ""
        raise Wrong(f"{quote(value)} is not text{hint}")
    return value


def read_texts(value: Any) -> tuple[str, ...]:
    """A text or a list of texts."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        raise Wrong(f"{quote(value)} is neither a text nor a list of texts")
    return tuple(each(value, read_text))


def each(values: Sequence[Any], read: Callable[[Any], Any]) -> list[Any]:
    """Read every element; what is wrong with one says which."""
    found = []
    for place, value in enumerate(values):
        try:
            found.append(read(value))
        except Wrong as wrong:
            raise Wrong(str(wrong), place, *wrong.inside) from None
    return found


def show_list(values: tuple[Any, ...]) -> Any:
    """One alone, several as a list."""
    return values[0] if len(values) == 1 else list(values)


def read_name(value: Any) -> str:
    """A name of the file's own."""
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise Wrong(f"{quote(value)} is not a name; a name is letters, digits and _, and begins with a letter")
    return value


def read_snake(value: Any) -> str:
    """A name in snake case, as facts and message kinds have."""
    if not isinstance(value, str) or not re.fullmatch(r"[a-z][a-z0-9_]*", value):
        raise Wrong(f"{quote(value)} is not a name in snake case, such as 'account_created'")
    return value


def word_in(words: Sequence[str]) -> Callable[[Any], str]:
    """A reader that accepts exactly ``words``."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in words:
            raise Wrong(f"{quote(value)} is not known here; {possible(value, words)}")
        return value

    return read


def word(*words: str) -> Kind:
    """One of ``words``."""
    return Kind(word_in(words), " ".join(words), {"enum": list(words)})


def words_of(*words: str) -> Kind:
    """Some of ``words``: one, or a list."""
    read_one = word_in(words)

    def read(value: Any) -> tuple[str, ...]:
        return tuple(each(value, read_one)) if isinstance(value, list) else (read_one(value),)

    one = {"enum": list(words)}
    return Kind(read, " ".join(words) + ", or a list", one_or_list(one), show=show_list)


def some_of(*words: str) -> Kind:
    """Any of ``words``, none of them included."""
    kind = words_of(*words)
    return Kind(lambda value: tuple(dict.fromkeys(kind.read(value))), kind.says, kind.schema, show=list)


def one_or_list(one: Schema) -> Schema:
    """The schema of one thing or a list of them."""
    return {"anyOf": [one, {"type": "array", "items": one}]}


def read_yes(value: Any) -> bool:
    """Yes or no; the language writes them as words, YAML as true and false."""
    if value is True or value == "yes":
        return True
    if value is False or value == "no":
        return False
    raise Wrong(f"{quote(value)} is not yes or no; {possible(value, ('yes', 'no', 'true', 'false'))}")


# --- numbers --------------------------------------------------------------------------------------------------------


def read_number(value: Any) -> float:
    """A finite number; ``5 %`` is 0.05."""
    if isinstance(value, str) and (found := re.fullmatch(r"([-+]?\d{1,15}(?:\.\d{0,15})?) ?%", value, re.ASCII)):
        return float(found[1]) / 100
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e300:
        raise Wrong(f"{quote(value)} is not a number")
    return float(value)


def read_share(value: Any) -> float:
    """A number from 0 to 1; yes and no are 1 and 0."""
    if value in ("yes", "no") or isinstance(value, bool):
        return float(read_yes(value))
    try:
        share = read_number(value)
    except Wrong:
        raise Wrong(f"{quote(value)} is not a share; a share is a number from 0 to 1, such as 0.3 or '30 %'") from None
    if not 0 <= share <= 1:
        raise Wrong(f"{quote(value)} is not a share; it must be from 0 to 1")
    return share


def show_share(value: float) -> float:
    """0 and 1 without a fraction."""
    return int(value) if value in (0, 1) else value


def whole(least: int = 0, most: int = 10**15, *, word_for_none: str = "") -> Kind:
    """An integer within bounds; ``word_for_none`` is how to say that there is no limit."""

    def read(value: Any) -> int | None:
        if word_for_none and value == word_for_none:
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            other = f" or {word_for_none!r}" if word_for_none else ""
            raise Wrong(f"{quote(value)} is not a whole number{other}")
        if not least <= value <= most:
            raise Wrong(f"{quote(value)} is out of range; from {least} to {most}")
        return value

    number: Schema = {"type": "number", "minimum": least, "maximum": most}
    schema = {"anyOf": [{"type": "integer", **number}, {"const": word_for_none}]} if word_for_none else number
    says = f"int or {word_for_none}" if word_for_none else "int"
    return Kind(read, says, schema, show=lambda value: word_for_none if value is None else value)


def share_or_pick(one: Callable[[Any], Any], from_text: Callable[[str], Any]) -> Callable[[Any], Any]:
    """A reader of one answer, or of ``{pick: {answer: weight}}``; ``from_text`` reads an answer that is a key."""

    def read(value: Any) -> Any:
        return _read_pick(value, from_text) if isinstance(value, dict) else one(value)

    return read


def _read_pick(value: dict[str, Any], from_text: Callable[[str], Any]) -> Pick:
    if list(value) != ["pick"] or not isinstance(value["pick"], dict) or not value["pick"]:
        raise Wrong("a map here is {pick: {answer: weight, …}} and nothing else")
    weights: list[tuple[Any, float]] = []
    for key, weight in value["pick"].items():
        try:
            answer, number = from_text(key), read_number(weight)
        except Wrong as wrong:
            raise Wrong(str(wrong), "pick", key) from None
        if number < 0:
            raise Wrong(f"the weight {quote(weight)} is negative", "pick", key)
        weights.append((answer, number))
    total = sum(number for _, number in weights)
    if total <= 0:
        raise Wrong("the weights are all 0", "pick")
    # Weights that sum to 1 already are left alone, so that reading what was shown changes nothing.
    scale = 1 if abs(total - 1) < 1e-9 else total
    return Pick(tuple((answer, number / scale) for answer, number in weights))


def show_pick(value: Any) -> Any:
    """A pick as a file has it, anything else as it is."""
    if isinstance(value, Pick):
        return {"pick": {_key(answer): weight for answer, weight in value.weights}}
    return show_share(value) if isinstance(value, float) else value


def _key(answer: str | float) -> str:
    return answer if isinstance(answer, str) else repr(answer)


def _share_from_text(text: str) -> float:
    from sim.scenario.nodes import scalar

    return read_share(scalar(text))


def read_per(value: Any) -> Rate:
    """A rate such as ``5 per min`` or ``5 per 10 min``."""
    found = re.fullmatch(r"(\d{1,9}) per (\d.*|[a-z]+)", value, re.ASCII) if isinstance(value, str) else None
    if not found or not int(found[1]):
        raise Wrong(f"{quote(value)} is not a rate, such as '5 per min' or '20 per 10 min'")
    period = found[2] if found[2][0].isdigit() else f"1 {found[2]}"
    return Rate(int(found[1]), read_period(period))


# --- time and money -------------------------------------------------------------------------------------------------


@lru_cache(4096)
def _parsed(text: str, may_be_negative: bool) -> Duration:
    try:
        return parse_duration(text, may_be_negative=may_be_negative)
    except ValueError as error:
        message = str(error)
        raise Wrong(message if len(message) < 400 else f"{quote(text)} is not a duration") from None


def read_duration(value: Any, may_be_negative: bool = False) -> Duration:
    """A constant, a distribution or never."""
    if isinstance(value, str):
        return _parsed(value, may_be_negative)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise Wrong(f"{quote(value)} has no unit; write one of us ms s min h d after it, such as '{value} s'")
    raise Wrong(f"{quote(value)} is not a duration, such as '10 min' or 'exponential 2 h'")


def read_offset(value: Any) -> Duration:
    """A clock offset, which may be negative."""
    offset = read_duration(value, may_be_negative=True)
    if offset.least >= NEVER:
        raise Wrong("'never' is no clock offset; write a time such as '+90 s'")
    return offset


def read_time(value: Any) -> int:
    """A certain, finite time in microseconds."""
    duration = read_duration(value)
    if not isinstance(duration, Constant) or duration.us >= NEVER:
        raise Wrong(f"{quote(value)} is not certain; a plain time is needed here, such as '10 min'")
    return duration.us


def read_period(value: Any) -> int:
    """A certain, finite time above 0, in microseconds."""
    us = read_time(value)
    if us == 0:
        raise Wrong(f"{quote(value)} is no time at all; it must be above 0")
    return us


def read_interval(value: Any) -> Duration:
    """A duration between repetitions: sometimes above 0, or time would stand still, and not never."""
    duration = read_duration(value)
    if duration.most <= 0 or duration.least >= NEVER:
        raise Wrong(f"{quote(value)} is not an interval; it must be above 0 and not 'never'")
    return duration


def read_moment(value: Any) -> Duration:
    """A point in time, possibly uncertain."""
    duration = read_duration(value)
    if duration.least >= NEVER:
        raise Wrong("'never' is not a moment; leave the step out instead")
    return duration


def or_none(read: Callable[[Any], Any], none: str = "none") -> Callable[[Any], Any]:
    """A reader that takes the word ``none`` for: no such limit."""
    return lambda value: None if value == none else read(value)


def show_or_none(show: Callable[[Any], Any], none: str = "none") -> Callable[[Any], Any]:
    """The way back from ``or_none``."""
    return lambda value: none if value is None else show(value)


def read_money(value: Any) -> int:
    """Cents; a bare 0 needs no currency."""
    if value == 0 and not isinstance(value, bool):
        return 0
    if not isinstance(value, str):
        raise Wrong(f"{quote(value)} is not an amount of money, such as '20 usd'")
    try:
        return parse_money(value)
    except ValueError as error:
        raise Wrong(str(error) if len(value) < 60 else f"{quote(value)} is not an amount of money") from None


def read_price(value: Any) -> int:
    """Cents, not negative."""
    cents = read_money(value)
    if cents < 0:
        raise Wrong(f"{quote(value)} is negative")
    return cents


def show_duration(value: Duration | int) -> str:
    """Canonical text of a duration, or of a plain time in microseconds."""
    return format_duration(value) if isinstance(value, int) else str(value)


TIME_SCHEMA: Schema = {"type": "string", "pattern": r"^[+-]?[0-9.]+(e[+-]?[0-9]+)? *(us|ms|s|min|h|d)$"}
DURATION_SCHEMA: Schema = {
    "type": "string",
    "pattern": r"^ *(never|([+-]?[0-9]|(exponential|uniform|normal|lognormal) ).*(us|ms|s|min|h|d)) *$",
}
SHARE_SCHEMA: Schema = {
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "string", "pattern": r"^[0-9.]+ ?%$"},
        {"type": "boolean"},
        {"enum": ["yes", "no"]},
    ]
}
PICK_SCHEMA: Schema = {
    "type": "object",
    "properties": {"pick": {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}}},
    "required": ["pick"],
    "additionalProperties": False,
}
MONEY_SCHEMA: Schema = {"anyOf": [{"type": "string", "pattern": r"^[+-]?[0-9]+(\.[0-9]{1,2})? ?usd$"}, {"const": 0}]}

TEXT = Kind(read_text, "text", {"type": "string"})
TEXTS = Kind(read_texts, "list of texts", one_or_list({"type": "string"}), show=list)
YES_NO = Kind(read_yes, "yes/no", {"anyOf": [{"type": "boolean"}, {"enum": ["yes", "no"]}]})
SHARE = Kind(read_share, "share", SHARE_SCHEMA, show=show_share)
MEMBER_SHARE = Kind(
    share_or_pick(read_share, _share_from_text),
    "share, or pick",
    {"anyOf": [SHARE_SCHEMA, PICK_SCHEMA]},
    show=show_pick,
    parts=True,
)
DURATION = Kind(read_duration, "duration", DURATION_SCHEMA, show=show_duration)
OFFSET = Kind(read_offset, "offset", DURATION_SCHEMA, show=show_duration)
INTERVAL = Kind(read_interval, "duration", DURATION_SCHEMA, show=show_duration)
MOMENT = Kind(read_moment, "duration", DURATION_SCHEMA, show=show_duration)
TIME = Kind(read_time, "time", TIME_SCHEMA, show=show_duration)
PERIOD = Kind(read_period, "time", TIME_SCHEMA, show=show_duration)
PERIOD_OR_NONE = Kind(
    or_none(read_period), "time or none", {"anyOf": [TIME_SCHEMA, {"const": "none"}]}, show=show_or_none(show_duration)
)
MONEY = Kind(read_money, "money", MONEY_SCHEMA, show=format_money)
PRICE = Kind(read_price, "money", MONEY_SCHEMA, show=format_money)
PRICE_OR_NONE = Kind(
    or_none(read_price), "money or none", {"anyOf": [MONEY_SCHEMA, {"const": "none"}]}, show=show_or_none(format_money)
)
PER = Kind(
    or_none(read_per, "-"),
    "rate such as '5 per min'",
    {"type": "string"},
    show=show_or_none(lambda rate: f"{rate.count} per {format_duration(rate.per)}", "-"),
)
