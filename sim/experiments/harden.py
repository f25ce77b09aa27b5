"""The cheapest change of answers after which chosen properties hold: fewest changes first, then the least honest price.

A candidate is a set of answers. It is run several times, and where no run breaks a property that was chosen, explored
within a budget of states. What passes is *proven* (every order within bounds was tried) or only *unbroken*.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations, product
from typing import Any

import msgspec

from sim import measures, policies, properties
from sim.experiments.in_order import InOrder
from sim.experiments.matrix.observing import Seen, exploration, run, together
from sim.results import judge, units
from sim.scenario import Scenario, ScenarioError
from sim.scenario.errors import Problem, possible, quote

#: what is asked of the providers unless somebody asks for other questions
QUESTIONS = ("matching", "linking", "activation", "on_adopt", "sign_up")
RUNS, STATES, CHANGES = 5, 6_000, 3

#: the shelf of a field's answers, where it is called otherwise
_SHELVES = {"on_adopt": "adoption"}
#: answers of fields that are no shelf
_WORDS: dict[str, tuple[Any, ...]] = {
    "check_audience": (True,),
    "sender_bound": (1,),
    "replay_memory": ("10 min",),
    "step_up": ("never", "first_provider", "paid"),
    "says_verified": ("truth", "always", "never"),
    "mfa": ("none", "orchestrator", "provider", "both"),
}
#: an answer that is kept on its shelf to show what goes wrong with it
_WRONG = ("subject_without_issuer",)


class Question(msgspec.Struct, frozen=True):
    """A setting that may be changed: its paths (the same field of several parties moves together) and its answers."""

    name: str
    paths: tuple[str, ...]
    answers: tuple[Any, ...]


class Change(msgspec.Struct, frozen=True):
    """A question answered otherwise; ``paths`` are what is set."""

    question: str
    answer: Any
    paths: tuple[str, ...]


class Candidate(msgspec.Struct, frozen=True):
    """A set of answers and what came of it.

    ``broken`` says for each property that fails how it does; ``open`` are those no run breaks and of which not every
    order was tried. ``price`` is what the honest pay: harm to them first, then steps by hand.
    """

    changes: tuple[Change, ...]
    broken: dict[str, str]
    open: tuple[str, ...]
    price: dict[str, float]

    @property
    def holds(self) -> bool:
        """Whether nothing breaks a chosen property."""
        return not self.broken

    @property
    def cost(self) -> tuple[float, float, float]:
        """What candidates are ranked by, the least first: harm, hours of outage and lockout, steps by hand."""
        harm = sum(self.price.get(name, 0) for name in _HARM)
        hours = self.price.get("lockout_time", 0) + self.price.get("outage_time", 0)
        return harm, hours, self.price.get("extra_steps", 0)


_HARM = ("honest_refusals", "lockouts", "locked_out_at_end", "duplicates", "strays", "outages")


class Hardened(msgspec.Struct, frozen=True):
    """``found`` are the sets of fewest changes, what is proven before what is not, then the cheapest first.

    It is empty where no single set does.

    ``conflicts`` are the smallest groups of properties that no set satisfies together, and ``alone`` for each property
    the cheapest set that satisfies it by itself, if any does. ``base`` is the file as it is.
    """

    base: Candidate
    found: tuple[Candidate, ...]
    tried: int
    of: int
    most: int
    conflicts: tuple[tuple[str, ...], ...]
    alone: dict[str, Candidate | None]
    stopped: bool
    runs: int = RUNS
    states: int = STATES
    """Of each set of answers so many runs, and an exploration of so many states (0: none)."""


class Wanted(msgspec.Struct, frozen=True):
    """What is to hold: a property, or a measure with what is expected of it (as a scenario file writes it)."""

    name: str
    expected: Any


def wanted(texts: Sequence[str], own: Collection[str] = ()) -> list[Wanted]:
    """``name`` or ``name=answer``; ``ScenarioError`` where a name without an answer is no property.

    ``own`` are the measures of the file, beside those that every file has.
    """
    found = []
    numbers = (*measures.all_names(), *own)
    for text in texts:
        name, equals, answer = (part.strip() for part in text.partition("="))
        if name not in properties.names() and name not in numbers:
            known = possible(name, (*properties.names(), *numbers))
            raise _wrong("--property", f"there is no property and no measure {quote(name)}; {known}")
        if equals:
            found.append(Wanted(name, _answer(name, answer)))
        elif name in numbers:
            said = f"{quote(name)} is a measure: say what is expected of it, as in {name}=0 or '{name}={{at_most: 2}}'"
            raise _wrong("--property", said)
        else:
            found.append(Wanted(name, "holds" if properties.load(name).KIND == "always" else "reached"))
    return found


def _answer(name: str, text: str) -> Any:
    """What is expected, as a file writes it; ``ScenarioError`` if that is no answer."""
    from sim.scenario.errors import Wrong
    from sim.scenario.nodes import parse, plain
    from sim.scenario.questions import read_answer

    value = plain(parse(text, "--property", []))
    try:
        read_answer(value)
    except Wrong as wrong:
        raise _wrong("--property", f"{name}: {wrong}") from None
    return value


# --- questions --------------------------------------------------------------------------------------------------------


def questions(scenario: Scenario, texts: Sequence[str], providers: Sequence[str]) -> list[Question]:
    """What may be changed: a field of ``providers``, or a path, or either with ``=`` and answers between bars."""
    return [_question(scenario, text, providers) for text in texts]


def _question(scenario: Scenario, text: str, providers: Sequence[str]) -> Question:
    name, _, given = text.partition("=")
    name = name.strip()
    paths = (name,) if "." in name else tuple(f"providers.{block}.{name}" for block in providers)
    field = name.rpartition(".")[2]
    answers: tuple[Any, ...]
    if given:
        answers = tuple(_value(one) for one in given.split("|"))
    elif field in _WORDS:
        answers = _WORDS[field]
    else:
        shelf = _SHELVES.get(field, field)
        if shelf not in policies.questions():
            known = possible(field, (*policies.questions(), *_SHELVES, *_WORDS))
            message = f"nobody knows the answers to {quote(field)}; name them, as in {name}=one|other; {known}"
            raise _wrong("--questions", message)
        answers = tuple(one for one in policies.answers(shelf) if one not in _WRONG)
    for path in paths:
        try:
            scenario.with_values({path: answers[0]})  # a path that is none is told before the search begins
        except ScenarioError as error:
            raise ScenarioError([one._replace(file="--questions") for one in error.problems]) from None
    return Question(name, paths, answers)


def _value(text: str) -> Any:
    from sim.scenario.nodes import parse, plain

    return plain(parse(text.strip(), "--questions", []))


def _wrong(where: str, message: str) -> ScenarioError:
    return ScenarioError([Problem(where, 0, 0, "", message)])


def _now(scenario: Scenario, path: str) -> Any:
    section, block, *fields = path.split(".")
    value: Any = getattr(scenario, section)[block]
    for field in fields:
        value = getattr(value, field)
    return value


# --- the search -------------------------------------------------------------------------------------------------------


class Progress(msgspec.Struct, frozen=True):
    """How far the search is: candidates tried, of how many, with how many changes; and how many passed."""

    tried: int
    of: int
    changes: int
    passed: int


def harden(
    scenario: Scenario,
    wishes: Sequence[Wanted],
    asked: Sequence[Question],
    *,
    most: int = CHANGES,
    runs: int = RUNS,
    states: int = STATES,
    workers: int = 1,
    prepare: Callable[[], None] | None = None,
    progress: Callable[[Progress], None] = lambda at: None,
) -> Hardened:
    """Search sets of up to ``most`` changes; ``states`` 0: runs only. ``KeyboardInterrupt`` ends it early.

    What is found does not depend on the number of ``workers``, processes in each of which ``prepare`` is called first.
    """
    sets = [list(_sets(scenario, asked, size)) for size in range(most + 1)]
    of = sum(map(len, sets))
    tried: list[Candidate] = []
    found: list[Candidate] = []
    stopped = False
    work = partial(evaluate, scenario, tuple(wishes), runs=runs, states=states)
    with InOrder(work, min(workers, max(map(len, sets))), prepare) as trying:
        try:
            for size, level in enumerate(sets):
                for candidate in trying.each(level):
                    tried.append(candidate)
                    found += [candidate] if candidate.holds else []
                    progress(Progress(len(tried), of, size, len(found)))
                if found:
                    break
        except KeyboardInterrupt:
            stopped = True
    names = [wish.name for wish in wishes]
    alone = {name: min((one for one in tried if name not in one.broken), key=_rank, default=None) for name in names}
    return Hardened(
        base=tried[0] if tried else Candidate((), {}, (), {}),
        found=tuple(sorted(found, key=_rank)),
        tried=len(tried), of=of, most=most,
        conflicts=() if found or stopped else _conflicts(names, tried),
        alone={} if found else alone,
        stopped=stopped, runs=runs, states=states,
    )  # fmt: skip


def _rank(one: Candidate) -> tuple[int, int, tuple[float, float, float], str]:
    return len(one.changes), len(one.open), one.cost, repr(one.changes)


def _sets(scenario: Scenario, asked: Sequence[Question], size: int) -> Iterator[tuple[Change, ...]]:
    """Every set of ``size`` changes, each to an answer that is not in force."""
    for chosen in combinations(asked, size):
        others = [
            [one for one in question.answers if any(_now(scenario, path) != one for path in question.paths)]
            for question in chosen
        ]
        for answers in product(*others):
            yield tuple(
                Change(question.name, answer, question.paths) for question, answer in zip(chosen, answers, strict=True)
            )


def _conflicts(names: Sequence[str], tried: Sequence[Candidate]) -> tuple[tuple[str, ...], ...]:
    """The smallest groups of ``names`` that no candidate satisfies together."""
    satisfied = [frozenset(name for name in names if name not in one.broken) for one in tried]
    for size in range(1, len(names) + 1):
        found = [group for group in combinations(names, size) if not any(set(group) <= one for one in satisfied)]
        if found:
            return tuple(found)
    return ()


def evaluate(
    scenario: Scenario, wishes: Sequence[Wanted], changes: Sequence[Change], runs: int, states: int
) -> Candidate:
    """One set of answers: run, and explored if no run breaks what is wished for."""
    values: dict[str, Any] = {path: change.answer for change in changes for path in change.paths}
    values |= {f"expect.{wish.name}": wish.expected for wish in wishes}
    try:
        changed = scenario.with_values(values)
    except ScenarioError as error:
        message = error.problems[0].message
        return Candidate(tuple(changes), {wish.name: message for wish in wishes}, (), {})
    outcomes = run(changed, runs)
    broken = _broken(changed, [outcome for outcome, _ in outcomes], [wish.name for wish in wishes])
    open_: tuple[str, ...] = ()
    watched = [wish.name for wish in wishes if wish.expected == "holds" and wish.name in properties.names()]
    if not broken and watched:
        broken, open_ = _explored(changed, watched, states)
    return Candidate(tuple(changes), broken, open_, _price(together(outcomes)))


def _broken(scenario: Scenario, outcomes: Sequence[Any], names: Sequence[str]) -> dict[str, str]:
    """What some run contradicts, each with the first words that say so."""
    found: dict[str, str] = {}
    for outcome in outcomes:
        verdicts = judge(
            scenario.expect, None, outcome.violations, kinds=outcome.kinds, counts=outcome.counts, panel=outcome.panel,
            measures=outcome.measures, units=units(scenario),
        )  # fmt: skip
        for verdict in verdicts:
            if verdict.property in names and verdict.met is not True and verdict.property not in found:
                found[verdict.property] = verdict.first.why if verdict.first else verdict.verdict.replace("_", " ")
    return found


def _explored(scenario: Scenario, watched: Sequence[str], states: int) -> tuple[dict[str, str], tuple[str, ...]]:
    if not states:
        return {}, tuple(watched)
    try:
        found = exploration(scenario, states, watched)
    except ScenarioError:
        return {}, tuple(watched)
    broken = {one.property: one.witness.why for one in found.verdicts if one.witness is not None}
    return broken, tuple(one.property for one in found.verdicts if one.verdict == "undetermined")


def _price(seen: Seen) -> dict[str, float]:
    return dict(seen.honest) | {"locked_out_at_end": float(seen.locked_out), "strays": float(seen.strays)}


def as_values(changes: Sequence[Change]) -> Mapping[str, Any]:
    """Changes as overrides by path."""
    return {path: change.answer for change in changes for path in change.paths}
