"""Verdicts in the terminal: what was expected, what came out, the first witness; what was not expected in one line."""

from __future__ import annotations

from typing import Any

from sim.results import Number, Result, Verdict, judged_in_a_run
from sim.views import words
from sim.views.paint import Paint

_MARKS = {"met": "✓", "NOT MET": "✗", "undetermined": "?", "not judged": "·"}
_TONES = {"met": "good", "NOT MET": "bad", "undetermined": "doubt", "not judged": "dim"}
_ORDER = ("NOT MET", "undetermined", "met", "not judged")

#: with more properties than this that hold as expected, they share a line
HOLDING = 5


def state(verdict: Verdict) -> str:
    """``met``, ``NOT MET``, ``undetermined`` or ``not judged``."""
    if verdict.met is not None:
        return "met" if verdict.met else "NOT MET"
    return "undetermined" if verdict.verdict == "undetermined" and judged_in_a_run(verdict) else "not judged"


def table(result: Result, paint: Paint) -> str:
    """Every verdict, those that need attention first."""
    holding = [verdict.property for verdict in result.verdicts if _holds_as_expected(verdict)]
    together = set(holding) if len(holding) > HOLDING else set()
    shown = sorted(
        (verdict for verdict in result.verdicts if _worth_a_line(verdict) and verdict.property not in together),
        key=lambda verdict: (_ORDER.index(state(verdict)), verdict.expected is None, verdict.violations == 0),
    )
    wide = max((len(verdict.property) for verdict in shown), default=0)
    lines = [paint.tone("Verdicts", "strong")]
    for verdict in shown:
        lines += _lines(verdict, numbers(result), wide, paint)
    if together:
        head = f"  {_MARKS['met']} {'met':<12} "
        first, *rest = paint.wrapped(f"unbroken, expected holds: {', '.join(holding)}", len(head))
        lines += [paint.tone(head, _TONES["met"]) + first.lstrip(), *rest]
    quiet = [verdict.property for verdict in result.verdicts if not _worth_a_line(verdict)]
    if quiet:
        lines += paint.wrapped(f"· unbroken, and nothing expected of it: {', '.join(quiet)}", 2, 4)
    return paint.finish("\n".join(lines))


def _holds_as_expected(verdict: Verdict) -> bool:
    return verdict.met is True and verdict.verdict == "unbroken" and verdict.expected == "holds"


def _worth_a_line(verdict: Verdict) -> bool:
    return verdict.expected is not None or verdict.verdict != "unbroken"


def numbers(result: Result) -> dict[str, Number]:
    """Every number of a result by name."""
    found = dict(result.measures)
    for group in result.panel.values():
        found |= group
    return found


def _lines(verdict: Verdict, found: dict[str, Number], wide: int, paint: Paint) -> list[str]:
    kind = state(verdict)
    text = came_out(verdict, found)
    if verdict.expected is not None:
        text += f", expected {expected(verdict.expected)}"
        if not judged_in_a_run(verdict):
            text += " (not judged in one run)"
    head = f"  {_MARKS[kind]} {kind:<12} {verdict.property:<{wide}}  "
    first, *rest = paint._replace(width=max(40, paint.width - len(head))).wrapped(text)
    lines = [paint.tone(head, _TONES[kind]) + first, *(" " * len(head) + line for line in rest)]
    if verdict.first is not None:
        at = words.moment(round(verdict.first.at_s * 1e6))
        lines += paint.wrapped(f"first at {at}, step {verdict.first.step}: {verdict.first.why}", 17)
    return lines


def came_out(verdict: Verdict, found: dict[str, Number]) -> str:
    """What came out, in words: ``violated 3 times``, ``unbroken``, ``is 4``."""
    if verdict.property in found and not verdict.violations:
        value = found[verdict.property]
        return "nothing was observed" if value is None else f"is {words.number(value)}"
    word = verdict.verdict.replace("_", " ")
    return f"{word} {verdict.violations:,} times" if verdict.violations > 1 else word


def expected(answer: Any) -> str:
    """An answer of a scenario file in words: ``holds within 2 d``, ``at most 29``."""
    if not isinstance(answer, dict):
        return words.number(answer) if isinstance(answer, (int, float)) else str(answer)
    parts = []
    for key, value in answer.items():
        if key == "between":
            parts.append(f"between {expected(value[0])} and {expected(value[1])}")
        elif key == "is":
            parts.append(str(value))
        else:
            parts.append(f"{key.replace('_', ' ')} {expected(value)}")
    return " ".join(parts)


def summary(result: Result) -> tuple[str, str]:
    """One line on all expectations together, and its tone."""
    states = [state(verdict) for verdict in result.verdicts if judged_in_a_run(verdict)]
    judged = [one for one in states if one != "not judged"]
    if not judged:
        return "nothing was expected that one run can judge", "dim"
    missed, open_ = states.count("NOT MET"), states.count("undetermined")
    if missed:
        return f"{words.plural(missed, 'expectation')} of {len(judged)} NOT MET", "bad"
    if open_:
        return f"{words.plural(open_, 'expectation')} of {len(judged)} undetermined", "doubt"
    return ("the expectation is met" if len(judged) == 1 else f"all {len(judged)} expectations met"), "good"
