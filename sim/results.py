"""What a run came to, held against what its scenario expects: verdicts, exit code, receipt, the object of ``--json``.

The words mean one thing each. A run prints ``unbroken`` where an ``always`` property was not violated (``holds`` is
left to a complete exploration), ``violated`` together with the step, ``reached`` or ``not_reached`` for a
``sometimes`` property, and ``undetermined`` where nothing can be said. An expected number is ``reached`` when the
measure is what was expected, and ``not_reached`` when it is not. A limit never counts as a pass.

Exit codes: 0 every expectation met, 1 one not met, 3 one undetermined (2, wrong input, never gets as far as a result).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from sim.property import Violation
from sim.scenario import amounts
from sim.scenario.values import Answer

MET, NOT_MET, WRONG_INPUT, UNDETERMINED, INTERRUPTED = 0, 1, 2, 3, 130

#: The version of the rule that turns a seed and a cause into a random number; another version, other digests.
RANDOM_SCHEME = 2

Number = float | int | None
Panel = Mapping[str, Mapping[str, Number]]


class First(msgspec.Struct, frozen=True):
    """The first witness: when (seconds), in which step of the trace, and why in words."""

    at_s: float
    step: int
    why: str


class Verdict(msgspec.Struct, frozen=True):
    """What became of one property or one expected number.

    ``expected`` is the answer as a scenario file has it, None where nothing is expected. ``met`` is None where nothing
    is judged. ``violations`` counts them all (for ``sometimes``: how often it was reached).
    """

    property: str
    verdict: str
    expected: Any
    met: bool | None
    violations: int
    first: First | None


class Result(msgspec.Struct, frozen=True):
    """One run, judged; its JSON is what ``sim run --json`` prints.

    ``ended_at_s`` is in seconds. ``panel`` has the groups ``harm``, ``honest`` and ``money``; an entry is None where
    nothing was observed, or where it is not simulated yet.
    """

    scenario: str
    variant: str | None
    seed: int
    digest: str
    ended_at_s: float
    messages: int
    exit: int
    receipt: dict[str, Any]
    verdicts: tuple[Verdict, ...]
    panel: dict[str, dict[str, Number]]
    measures: dict[str, Number]

    def to_json(self) -> bytes:
        """The object, indented, with a line end; the same bytes for the same run."""
        return to_json(self)


class Outcome(Protocol):
    """What a run hands over to be judged (``experiments.once``); ``ended_at`` is in microseconds."""

    scenario: Any
    seed: int
    digest: str
    ended_at: int
    messages: int
    violations: dict[str, list[Violation]]
    counts: dict[str, int]
    kinds: dict[str, str]
    panel: dict[str, dict[str, Number]]
    measures: dict[str, Number]


def to_json(thing: Any) -> bytes:
    """Results, or lists of them, as indented JSON with a line end."""
    return msgspec.json.format(msgspec.json.encode(thing), indent=2) + b"\n"


def exit_code(verdicts: Iterable[Verdict]) -> int:
    """1 if an expectation is not met, else 3 if one is undetermined, else 0."""
    judged = [verdict for verdict in verdicts if judged_in_a_run(verdict)]
    if any(verdict.met is False for verdict in judged):
        return NOT_MET
    return UNDETERMINED if any(verdict.verdict == "undetermined" for verdict in judged) else MET


def judged_in_a_run(verdict: Verdict) -> bool:
    """Whether something is expected that one run can show: ``about`` and ``violated_in`` take many."""
    expected = verdict.expected
    about_many = isinstance(expected, dict) and ("about" in expected or "violated_in" in expected)
    return expected is not None and not about_many


def worst(codes: Iterable[int]) -> int:
    """The exit code of several results together: not met goes before undetermined, and that before met."""
    found = set(codes)
    return next((code for code in (WRONG_INPUT, NOT_MET, UNDETERMINED) if code in found), MET)


# --- judging ----------------------------------------------------------------------------------------------------------


def judge(
    expect: Mapping[str, Answer],
    everything_else: Answer | None,
    violations: Mapping[str, Sequence[Violation]],
    *,
    kinds: Mapping[str, str],
    counts: Mapping[str, int] | None = None,
    panel: Panel | None = None,
    measures: Mapping[str, Number] | None = None,
    units: Mapping[str, str] | None = None,
) -> list[Verdict]:
    """A verdict for every property that was watched (``kinds``), then one for every expected number.

    ``violations`` are what was found in one run, ``counts`` how often (where more happened than was kept). ``units``
    says in which unit a measure of time or money is given (``us s min h d``, ``cents usd``); others are compared as
    they are. ``everything_else`` is the answer for the ``always`` properties that ``expect`` does not name.
    """
    verdicts = []
    for name, kind in kinds.items():
        answer = expect.get(name, everything_else if kind == "always" else None)
        found = violations.get(name, ())
        count = max((counts or {}).get(name, 0), len(found))
        verdicts.append(_judge_property(name, kind, answer, found, count))
    numbers = dict(measures or {})
    for group in (panel or {}).values():
        numbers |= group
    for name, answer in expect.items():
        if name not in kinds:
            verdicts.append(_judge_number(name, answer, numbers.get(name), (units or {}).get(name, "")))
    return verdicts


def _judge_property(name: str, kind: str, answer: Answer | None, found: Sequence[Violation], count: int) -> Verdict:
    """One run can show that something happened, never that it cannot."""
    happened = count > 0
    words = ("violated", "unbroken") if kind == "always" else ("reached", "not_reached")
    verdict = words[0] if happened else words[1]
    first = First(found[0].at / 1e6, found[0].step, found[0].why) if found else None
    met: bool | None = None
    if answer is not None and answer.is_ is not None:
        wanted = {"holds": False, "violated": True} if kind == "always" else {"reached": True}
        if answer.is_ in wanted:
            met = happened is wanted[answer.is_]
        elif answer.is_ != "possible":
            verdict = "undetermined"  # the word does not fit this kind of property
    elif answer is not None and _is_number(answer):
        verdict = "undetermined"
    return Verdict(name, verdict, shown(answer), met, count, first)


def _is_number(answer: Answer) -> bool:
    parts = (answer.equals, answer.about, answer.at_most, answer.at_least, answer.between)
    return any(part is not None for part in parts)


def _judge_number(name: str, answer: Answer, value: Number, unit: str) -> Verdict:
    """An expected number: equal, or inside its bounds. ``about`` is a matter of many runs and not judged in one."""
    met = None if value is None else fits(answer, value, unit)
    word = "undetermined" if met is None else "reached" if met else "not_reached"
    return Verdict(name, word, shown(answer), met, 0, None)


def fits(answer: Answer, value: float | int, unit: str) -> bool | None:
    """Whether ``value`` is as expected; None where the answer says nothing about one run's number."""
    factor = scale(answer, unit)
    if answer.equals is not None:
        return same(value * factor, answer.equals)
    low, high = answer.between or (answer.at_least, answer.at_most)
    if low is None and high is None:
        return None
    above = low is None or value * factor >= low
    below = high is None or value * factor <= high
    return above and below


def scale(answer: Answer, unit: str) -> int:
    """By what a measure is multiplied to be in microseconds or cents, where the answer is."""
    return amounts.scale(answer.unit, unit)


def same(value: float, wanted: float) -> bool:
    """Whole numbers are equal or not; of others, the last digits are noise of arithmetic."""
    if float(value).is_integer() and float(wanted).is_integer():
        return value == wanted
    return math.isclose(value, wanted, rel_tol=1e-9, abs_tol=1e-12)


def shown(answer: Answer | None) -> Any:
    """An answer as a scenario file has it."""
    from sim.scenario.questions import show_answer

    return None if answer is None else show_answer(answer)


# --- results ----------------------------------------------------------------------------------------------------------


def units(scenario: Any) -> dict[str, str]:
    """The unit of every measure that a result of ``scenario`` has, its own measures included."""
    from sim import measures
    from sim.measures._spec import build

    shelf = {name: measures.load(name)(name) for name in measures.names()}
    return {name: measure.UNIT for name, measure in (shelf | build(scenario.measures, shelf)).items()}


def result(outcome: Outcome, *, command: str = "") -> Result:
    """``outcome`` held against its scenario's expectations; ``command`` is what would produce it again."""
    scenario = outcome.scenario
    verdicts = judge(
        scenario.expect,
        scenario.everything_else,
        outcome.violations,
        kinds=outcome.kinds,
        counts=outcome.counts,
        panel=outcome.panel,
        measures=outcome.measures,
        units=units(scenario),
    )
    return Result(
        scenario=scenario.file,
        variant=scenario.variant,
        seed=outcome.seed,
        digest=outcome.digest,
        ended_at_s=outcome.ended_at / 1e6,
        messages=outcome.messages,
        exit=exit_code(verdicts),
        receipt=receipt(scenario, outcome.seed, command),
        verdicts=tuple(verdicts),
        panel={group: dict(entries) for group, entries in outcome.panel.items()},
        measures=dict(outcome.measures),
    )


def receipt(scenario: Any, seed: int, command: str) -> dict[str, Any]:
    """What it takes to get the same result again; says nothing about the machine."""
    import sys

    return {
        "scenario_hash": scenario.hash,
        "version": code_version(),
        "python": ".".join(map(str, sys.version_info[:3])),
        "seed": seed,
        "random_scheme": RANDOM_SCHEME,
        "command": command,
    }


def code_version() -> str:
    """The version of this code, from the installed distribution; ``unknown`` where it runs without being installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("trust-triangle")
    except PackageNotFoundError:
        return "unknown"
