"""What a file asks: its head, expectations, measures, number of runs, bounds of an exploration.

Variants and grids are overrides of the whole file and are handled by ``variants``; here their shape is read.
"""

from __future__ import annotations

from typing import Annotated, Any

from sim.scenario import kinds
from sim.scenario.amounts import AMOUNT_SCHEMA, inside, known_keys, read_amount, show_amount
from sim.scenario.errors import Wrong, possible, quote
from sim.scenario.kinds import Kind, Schema, one_or_list
from sim.scenario.models import Part, field
from sim.scenario.nodes import Node, Problems, plain
from sim.scenario.runs import DESIGN, RUNS
from sim.scenario.values import Answer, Design, MeasureSpec, Runs

_COUNT = kinds.whole(0, 10**12)
_COUNT_OR_NONE = kinds.whole(0, 10**9, word_for_none="none")


def _read_level(value: Any) -> float:
    level = kinds.read_share(value)
    if not 0.5 <= level < 1:
        raise Wrong(f"{quote(value)} is no level of confidence; from 0.5 to below 1, such as 0.95")
    return level


def _read_format(value: Any) -> int:
    if value != 1 or isinstance(value, bool):
        raise Wrong(f"format {quote(value)} is not known; this program reads format 1")
    return 1


class Bounds(Part):
    """Within what an exploration stays; all of it is printed beside every verdict."""

    states: Annotated[int, kinds.whole(1, 10**12)] = field(1_000_000, "so many states")
    depth: Annotated[int | None, _COUNT_OR_NONE] = field(None, "so many steps in one path")
    adversary_sends: Annotated[int, _COUNT] = field(3, "messages of the adversary's own in one path")
    adversary_acts: Annotated[str, kinds.word("any_time", "at_rest")] = field(
        "any_time", "when it does so: at any time, or only while no message is on its way"
    )
    losses: Annotated[int, _COUNT] = field(0, "messages lost in one path")
    duplicates: Annotated[int, _COUNT] = field(0, "messages delivered twice in one path")
    waits_at_most: Annotated[int | None, kinds.PERIOD_OR_NONE] = field(
        None, "a reaction without an upper end is explored up to this"
    )
    time: Annotated[str, kinds.word("box", "exact")] = field("box", "windows rounded outward, or all time differences")
    grid: Annotated[int | None, kinds.PERIOD_OR_NONE] = field(
        None, "rounding of the windows; none: the largest at_most"
    )


class Head(Part):
    """The fields of a file that are neither world nor story."""

    format: Annotated[int, Kind(_read_format, "1", {"const": 1})] = field(1, "version of this language")
    title: Annotated[str, kinds.TEXT] = field("", "what the story is about")
    why: Annotated[str, kinds.TEXT] = field("", "why it is worth telling")
    refs: Annotated[tuple[str, ...], kinds.TEXTS] = field((), "threats, requirements, sources")
    use: Annotated[tuple[str, ...], kinds.TEXTS] = field((), "files to build on, in order")
    seed: Annotated[int, kinds.whole(0, 2**63 - 1)] = field(1, "of all random numbers")
    until: Annotated[int, kinds.PERIOD] = field(0, "the end")
    stop_after: Annotated[str | None, Kind(kinds.read_snake, "fact", {"type": "string"})] = field(
        None, "ends as soon as that fact is noted"
    )
    warm_up: Annotated[int, kinds.TIME] = field(0, "the file's own measures count from here")
    runs: Annotated[int | Runs, RUNS] = field(1, "replications")
    design: Annotated[Design | None, DESIGN] = field(None, "so many points over the distributions in vary")
    level: Annotated[float, Kind(_read_level, "share", {"type": "number", "minimum": 0.5, "exclusiveMaximum": 1})] = (
        field(0.95, "confidence level of intervals")
    )
    explore: Bounds = field(Bounds(), "bounds of an exploration")
    order: Annotated[tuple[str, ...], kinds.TEXTS] = field((), "labels kind:message:cause; forces that order")


# --- answers --------------------------------------------------------------------------------------------------------

ANSWER_WORDS = ("holds", "violated", "possible", "reached")
_NUMBERS = ("about", "at_most", "at_least")
ANSWER_KEYS = ("is", *_NUMBERS, "between", "within", "violated_in")


def read_answer(value: Any) -> Answer:
    """A word, a number, or a map that says more."""
    if isinstance(value, dict):
        return _read_answer_map(value)
    if value in ANSWER_WORDS:
        return Answer(is_=value)
    if isinstance(value, str) and value.isidentifier():
        raise Wrong(f"{quote(value)} is no answer; {possible(value, ANSWER_WORDS)}, a number, or a map")
    number, unit = read_amount(value)
    return Answer(equals=number, unit=unit)


def _read_answer_map(value: dict[str, Any]) -> Answer:
    known_keys(value, ANSWER_KEYS)
    if not value:
        raise Wrong(f"the answer is empty; {possible('', ANSWER_KEYS)}")
    found: dict[str, Any] = {}
    units = set()
    for key in _NUMBERS:
        if key in value:
            found[key], unit = inside(key, read=read_amount, value=value[key])
            units.add(unit)
    if "between" in value:
        pair = value["between"]
        if not isinstance(pair, list) or len(pair) != 2:
            raise Wrong(f"{quote(pair)} is not a pair such as [1, 5]", "between")
        ends = [inside("between", place, read=read_amount, value=end) for place, end in enumerate(pair)]
        found["between"] = tuple(number for number, _ in ends)
        units |= {unit for _, unit in ends}
    if "is" in value:
        found["is_"] = inside("is", read=kinds.word_in(ANSWER_WORDS), value=value["is"])
    if "within" in value:
        found["within"] = inside("within", read=kinds.read_period, value=value["within"])
    if "violated_in" in value:
        found["violated_in"] = inside("violated_in", read=_read_violated_in, value=value["violated_in"])
    if len(units) > 1:
        raise Wrong("the numbers of one answer must be of one kind: all bare, all money, or all times")
    return _consistent(Answer(**found, unit=units.pop() if units else None))


def _read_violated_in(value: Any) -> Answer | float:
    if not isinstance(value, dict):
        return kinds.read_share(value)
    known_keys(value, (*_NUMBERS, "between"))
    answer = _read_answer_map(value)
    numbers = [getattr(answer, key) for key in _NUMBERS] + list(answer.between or ())
    if answer.unit or not all(0 <= number <= 1 for number in numbers if number is not None):
        raise Wrong("a share of runs is from 0 to 1")
    return answer


def _consistent(answer: Answer) -> Answer:
    numeric = answer.about is not None or answer.between is not None
    bounded = answer.at_most is not None or answer.at_least is not None
    words = answer.is_ is not None or answer.violated_in is not None
    if words and (numeric or bounded):
        raise Wrong("an answer is either a word ('is', 'violated_in') or a number ('about', 'at_most', …), not both")
    if answer.is_ is not None and answer.violated_in is not None:
        raise Wrong("'is' and 'violated_in' are two answers; give one")
    if (answer.about is not None) + (answer.between is not None) + bounded > 1:
        raise Wrong("'about', 'between' and 'at_most'/'at_least' are different answers; give one")
    low, high = answer.between or (answer.at_least, answer.at_most)
    if low is not None and high is not None and low > high:
        raise Wrong(f"nothing is at least {low:g} and at most {high:g}")
    return answer


def show_answer(answer: Answer | float) -> Any:
    """The answer as a file may have it."""
    if not isinstance(answer, Answer):
        return answer
    if answer.equals is not None:
        return show_amount(answer.equals, answer.unit)
    shown: dict[str, Any] = {} if answer.is_ is None else {"is": answer.is_}
    for key in _NUMBERS:
        if getattr(answer, key) is not None:
            shown[key] = show_amount(getattr(answer, key), answer.unit)
    if answer.between is not None:
        shown["between"] = [show_amount(end, answer.unit) for end in answer.between]
    if answer.within is not None:
        shown["within"] = kinds.show_duration(answer.within)
    if answer.violated_in is not None:
        shown["violated_in"] = show_answer(answer.violated_in)
    return answer.is_ if list(shown) == ["is"] else shown


def read_expect(node: Node, path: str, problems: Problems) -> tuple[dict[str, Answer], Answer | None]:
    """The answers of an ``expect`` by name, and the one for everything else."""
    answers: dict[str, Answer] = {}
    if not isinstance(node.value, dict):
        problems.at(node, path, f"{quote(plain(node))} is not a map from property or measure to answer")
        return answers, None
    for name, inner in node.value.items():
        if inner.value is None:
            continue
        try:
            answers[name] = read_answer(plain(inner))
        except Wrong as wrong:
            problems.at(inner.at(*wrong.inside), ".".join(map(str, (path, name, *wrong.inside))), str(wrong))
    return answers, answers.pop("everything_else", None)


# --- measures -------------------------------------------------------------------------------------------------------

FORMS = ("count", "sum", "distinct", "span", "ratio")
TAKES = ("mean", "max", "min", "sum", "first", "last", "median", "p90", "p95", "p99")
MEASURE_KEYS = (*FORMS, "where", "per", "take")


def _read_fact_field(value: Any) -> str:
    fact, dot, name = value.partition(".") if isinstance(value, str) else ("", "", "")
    if not dot:
        raise Wrong(f"{quote(value)} is not a field of a fact, such as 'captured.amount'")
    return f"{kinds.read_snake(fact)}.{kinds.read_snake(name)}"


def _read_pair(value: Any) -> tuple[str, str]:
    if not isinstance(value, list) or len(value) != 2:
        raise Wrong(f"{quote(value)} is not a pair of names such as [key_stolen, attestation_accepted]")
    first, second = kinds.each(value, kinds.read_name)
    return first, second


def _read_where(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Wrong(f"{quote(value)} is not a map such as {{behind: adversary}}")
    for key, wanted in value.items():
        kinds.read_snake(key)
        for one in wanted if isinstance(wanted, list) else [wanted]:
            if isinstance(one, (dict, list)) or (isinstance(one, float) and not abs(one) < 1e300):
                raise Wrong(f"{quote(one)} is nothing to compare with; give a value or a list of values", key)
    return value


_MEASURE_READERS = {
    "count": kinds.read_snake,
    "sum": _read_fact_field,
    "distinct": _read_fact_field,
    "span": _read_pair,
    "ratio": _read_pair,
    "where": _read_where,
    "per": kinds.read_period,
    "take": kinds.word_in(TAKES),
}


def read_measure(value: Any) -> MeasureSpec:
    """A measure of the file's own."""
    if not isinstance(value, dict):
        raise Wrong(f"{quote(value)} is not a measure such as {{count: account_created}}")
    known_keys(value, MEASURE_KEYS)
    forms = [key for key in value if key in FORMS]
    if len(forms) != 1:
        raise Wrong(f"a measure is exactly one of {', '.join(FORMS)}; here are {', '.join(forms) or 'none'}")
    return MeasureSpec(**{key: inside(key, read=_MEASURE_READERS[key], value=inner) for key, inner in value.items()})


def show_measure(measure: MeasureSpec) -> dict[str, Any]:
    """The measure as a file may have it."""
    shown: dict[str, Any] = {}
    for key in MEASURE_KEYS:
        value = getattr(measure, key)
        if value not in (None, {}):
            shown[key] = (
                kinds.show_duration(value) if key == "per" else list(value) if isinstance(value, tuple) else value
            )
    return shown


_NUMBER_ANSWERS: Schema = dict.fromkeys(_NUMBERS, AMOUNT_SCHEMA) | {
    "between": {"type": "array", "items": AMOUNT_SCHEMA, "minItems": 2, "maxItems": 2}
}
ANSWER_SCHEMA: Schema = {
    "anyOf": [
        {"enum": list(ANSWER_WORDS)},
        AMOUNT_SCHEMA,
        {
            "type": "object",
            "properties": {
                "is": {"enum": list(ANSWER_WORDS)},
                **_NUMBER_ANSWERS,
                "within": kinds.TIME_SCHEMA,
                "violated_in": {
                    "anyOf": [
                        kinds.SHARE_SCHEMA,
                        {"type": "object", "properties": _NUMBER_ANSWERS, "additionalProperties": False},
                    ]
                },
            },
            "additionalProperties": False,
        },
    ]
}
_PAIR: Schema = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}
MEASURE_SCHEMA: Schema = {
    "type": "object",
    "properties": {
        "count": {"type": "string"},
        "sum": {"type": "string", "pattern": r"^[a-z0-9_]+\.[a-z0-9_]+$"},
        "distinct": {"type": "string", "pattern": r"^[a-z0-9_]+\.[a-z0-9_]+$"},
        "span": _PAIR,
        "ratio": _PAIR,
        "where": {"type": "object"},
        "per": kinds.TIME_SCHEMA,
        "take": {"enum": list(TAKES)},
    },
    "additionalProperties": False,
    "oneOf": [{"required": [form]} for form in FORMS],
}
TEXT_OR_LIST = one_or_list({"type": "string"})
