"""Two traces against each other: the first step that differs, then claims, decisions, findings and panel entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from sim.results import Number
from sim.trace import Step, Trace
from sim.views import fact_words, words
from sim.views.paint import Paint

Panel = Mapping[str, Mapping[str, Number]]

#: so many entries of each list are printed; the rest is counted
SHOWN = 20


class Only(msgspec.Struct, frozen=True):
    """Something said or decided in one trace and not in the other: in words, how often, and in which step first."""

    says: str
    step: int
    times: int


class FirstDifference(msgspec.Struct, frozen=True):
    """The first step that differs; an empty text where one trace has ended."""

    step: int
    a: str
    b: str


class Difference(msgspec.Struct, frozen=True):
    """What ``sim diff --json`` prints. ``panel`` holds what differs, as ``name: [in a, in b]``."""

    same: bool
    first: FirstDifference | None
    claims_only_a: tuple[Only, ...]
    claims_only_b: tuple[Only, ...]
    decisions_only_a: tuple[Only, ...]
    decisions_only_b: tuple[Only, ...]
    found_only_a: tuple[Only, ...]
    found_only_b: tuple[Only, ...]
    panel: dict[str, tuple[Number, Number]]
    header: dict[str, tuple[Any, Any]]


def first_difference(a: Sequence[Step], b: Sequence[Step]) -> FirstDifference | None:
    """The first step in which two runs differ; None where they are the same."""
    for one, other in zip(a, b, strict=False):
        if one != other:
            return FirstDifference(one.n, _told(one), _told(other))
    if len(a) == len(b):
        return None
    n = min(len(a), len(b))
    return FirstDifference(n + 1, _told(a[n]) if n < len(a) else "", _told(b[n]) if n < len(b) else "")


def _told(step: Step) -> str:
    return f"{words.moment(step.at)}: {words.say(step)}"


def compare(a: Trace, b: Trace, panel_a: Panel | None = None, panel_b: Panel | None = None) -> Difference:
    """What differs between two traces; panels are compared where both are given."""
    first = first_difference(a.steps, b.steps)
    claims = _only(_facts(a, fact_words.CLAIMS), _facts(b, fact_words.CLAIMS))
    decisions = _only(_facts(a, fact_words.DECISIONS), _facts(b, fact_words.DECISIONS))
    found = _only(_findings(a), _findings(b))
    return Difference(
        first is None, first, *claims, *decisions, *found, _numbers(panel_a or {}, panel_b or {}), _headers(a, b)
    )


def _facts(trace: Trace, kinds: Sequence[str]) -> list[tuple[str, int]]:
    wanted = set(kinds)
    return [
        (words.told(fact) + (f" [behind it: {behind}]" if behind else ""), step.n)
        for step in trace.steps
        for fact, behind in zip(step.facts, [*step.whose, *[""] * len(step.facts)], strict=False)
        if words.tag(fact) in wanted
    ]


def _findings(trace: Trace) -> list[tuple[str, int]]:
    return [(f"{found.property}: {found.why}", step.n) for step in trace.steps for found in step.found]


def _only(a: list[tuple[str, int]], b: list[tuple[str, int]]) -> tuple[tuple[Only, ...], tuple[Only, ...]]:
    return _surplus(a, b), _surplus(b, a)


def _surplus(here: list[tuple[str, int]], there: list[tuple[str, int]]) -> tuple[Only, ...]:
    """What is said more often here than there, at its first place."""
    count = Counter(says for says, _ in here)
    count.subtract(Counter(says for says, _ in there))
    firsts: dict[str, int] = {}
    for says, step in here:
        firsts.setdefault(says, step)
    return tuple(Only(says, step, count[says]) for says, step in firsts.items() if count[says] > 0)


def _numbers(a: Panel, b: Panel) -> dict[str, tuple[Number, Number]]:
    if not a or not b:
        return {}
    flat = [{name: value for group in panel.values() for name, value in group.items()} for panel in (a, b)]
    names = dict.fromkeys([*flat[0], *flat[1]])
    pairs = {name: (flat[0].get(name), flat[1].get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _headers(a: Trace, b: Trace) -> dict[str, tuple[Any, Any]]:
    """Entries of the headers, and values of the scenarios in them by path, that differ."""
    flat = [_flat(trace.header) for trace in (a, b)]
    names = dict.fromkeys([*flat[0], *flat[1]])
    pairs = {name: (flat[0].get(name), flat[1].get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {path: value}
    found: dict[str, Any] = {}
    for key, inner in value.items():
        found |= _flat(inner, f"{path}.{key}" if path else key)
    return found


# --- the text ---------------------------------------------------------------------------------------------------------


def text(difference: Difference, names: tuple[str, str], paint: Paint) -> str:
    """The difference in words; ``names`` are what the two are called."""
    lines: list[str] = []
    for path, (one, other) in list(difference.header.items())[:SHOWN]:
        lines += paint.wrapped(f"{path}: {one} | {other}", 2, 4)
    if lines:
        lines = [paint.tone("What they were made from differs", "strong"), *lines]
    if difference.first is None:
        return paint.finish("\n".join([*lines, "The two traces are the same, step by step."]))
    first = difference.first
    lines.append(paint.tone(f"The first step that differs is step {first.step}", "strong"))
    for name, told in zip(names, (first.a, first.b), strict=True):
        lines += paint.wrapped(f"{name}: {told or 'has ended'}", 2, 4)
    for title, only_a, only_b in (
        ("Claims", difference.claims_only_a, difference.claims_only_b),
        ("Decisions", difference.decisions_only_a, difference.decisions_only_b),
        ("Findings", difference.found_only_a, difference.found_only_b),
    ):
        lines += _section(title, names[0], only_a, paint) + _section(title, names[1], only_b, paint)
    if difference.panel:
        lines.append(paint.tone("Panel", "strong"))
        wide = max(map(len, difference.panel))
        for name, (a, b) in difference.panel.items():
            lines.append(f"  {name:<{wide}}  {words.number(a)} | {words.number(b)}")
    return paint.finish("\n".join(lines))


def _section(title: str, name: str, entries: Sequence[Only], paint: Paint) -> list[str]:
    if not entries:
        return []
    lines = [paint.tone(f"{title} only in {name}", "strong")]
    for entry in entries[:SHOWN]:
        times = f" (×{entry.times})" if entry.times > 1 else ""
        lines += paint.wrapped(f"step {entry.step}: {entry.says}{times}", 2, 4)
    if len(entries) > SHOWN:
        lines.append(f"  … and {len(entries) - SHOWN:,} more")
    return lines
