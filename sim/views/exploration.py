"""What an exploration says: verdicts within their bounds, and counterexamples as steps, diagram and latencies."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec

from sim.clock import format_duration
from sim.results import receipt, shown
from sim.views import sequence, story, words
from sim.views.paint import Paint
from sim.views.rows import Choice

MET, NOT_MET, UNDETERMINED, INTERRUPTED = 0, 1, 3, 130
#: what satisfies an answer, and what contradicts it; anything else is undetermined
_ANSWERS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "holds": (frozenset({"holds"}), frozenset({"violated"})),
    "violated": (frozenset({"violated"}), frozenset({"holds"})),
    "possible": (frozenset({"violated", "reached"}), frozenset({"holds", "not_reached"})),
    "reached": (frozenset({"reached"}), frozenset({"not_reached"})),
}
_MARKS = {True: ("✓ met", "good"), False: ("✗ NOT MET", "bad"), None: ("? undetermined", "doubt")}


class Judged(msgspec.Struct, frozen=True):
    """One property, as ``sim explore --json`` has it."""

    property: str
    verdict: str
    expected: Any
    met: bool | None
    vacuous: bool
    candidates: int
    why: str | None
    counterexample: list[dict[str, Any]] | None
    cause: list[str]
    """What was believed on the way to it, decided or stolen."""
    others: list[Different]
    """With ``--all``: those of other causes."""


class Different(msgspec.Struct, frozen=True):
    """One more counterexample, of another cause."""

    why: str
    cause: list[str]
    counterexample: list[dict[str, Any]]


class Explored(msgspec.Struct, frozen=True):
    """One exploration, judged; its JSON is what ``sim explore --json`` prints."""

    scenario: str
    variant: str | None
    seed: int
    exit: int
    receipt: dict[str, Any]
    states: int
    transitions: int
    depth: int
    complete: bool
    stopped: str
    rule: str
    reductions: list[str]
    """What was left out because it makes no difference."""
    collision_probability: float
    within: dict[str, Any]
    per_depth: list[int]
    verdicts: list[Judged]
    not_judged: list[str]
    """Measures that the file expects something of: only runs have numbers."""


def judged(scenario: Any, explored: Any, command: str) -> Explored:
    """``explored`` held against what the file expects of its base, or of the variant."""
    verdicts = [_judge(scenario, verdict) for verdict in explored.verdicts]
    expected = [verdict for verdict in verdicts if verdict.expected is not None]
    code = MET
    if explored.stopped == "interrupted":
        code = INTERRUPTED
    elif any(verdict.met is False for verdict in expected):
        code = NOT_MET
    elif any(verdict.met is None for verdict in expected) or (not expected and _open(verdicts)):
        code = UNDETERMINED
    return Explored(
        scenario=scenario.file,
        variant=scenario.variant,
        seed=scenario.seed,
        exit=code,
        receipt=receipt(scenario, scenario.seed, command),
        states=explored.states,
        transitions=explored.transitions,
        depth=explored.depth,
        complete=explored.complete,
        stopped=explored.stopped,
        rule=explored.rule,
        reductions=list(explored.reductions),
        collision_probability=explored.collision_probability,
        within=within(explored.bounds),
        per_depth=list(explored.per_depth),
        verdicts=verdicts,
        not_judged=[name for name in scenario.expect if name not in {verdict.property for verdict in verdicts}],
    )


def _open(verdicts: list[Judged]) -> bool:
    """Whether anything is left undetermined."""
    return any(verdict.verdict == "undetermined" for verdict in verdicts)


def _judge(scenario: Any, verdict: Any) -> Judged:
    answer = scenario.expect.get(verdict.property)
    if answer is None and verdict.kind == "always":
        answer = scenario.everything_else
    word = None if answer is None else answer.is_
    met: bool | None = None
    if word in _ANSWERS:
        good, bad = _ANSWERS[word]
        met = True if verdict.verdict in good else False if verdict.verdict in bad else None
    witness = verdict.witness
    return Judged(
        property=verdict.property,
        verdict=verdict.verdict,
        expected=shown(answer) if word in _ANSWERS else None,
        met=met,
        vacuous=verdict.vacuous,
        candidates=verdict.candidates,
        why=None if witness is None else witness.why,
        counterexample=None if witness is None else _events(witness),
        cause=[] if witness is None else list(witness.cause),
        others=[Different(other.why, list(other.cause), _events(other)) for other in verdict.others],
    )


def _events(witness: Any) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(event) for event in witness.events]


def within(bounds: Any) -> dict[str, Any]:
    """The bounds by name; durations as they are written in files."""
    found = {name: getattr(bounds, name) for name in bounds.__struct_fields__}
    for name in ("waits_at_most", "grid"):
        found[name] = None if found[name] is None else format_duration(found[name])
    return found


# --- in the terminal ----------------------------------------------------------------------------------------------


def text(
    scenario: Any, explored: Any, result: Explored, paint: Paint, *, only: Collection[str], per_depth: bool, quiet: bool
) -> str:
    """Everything that is printed; ``quiet``: what was not met, and the last line."""
    last = _last(result, paint)
    if quiet:
        missed = [one for one in result.verdicts if one.expected is not None and one.met is not True]
        lines = [f"{one.property}: {one.verdict}, expected {_expected(one)}" for one in missed]
        return paint.finish("\n".join([*lines, last]))
    parts = [story.tell(scenario, paint), _verdicts(explored, result, paint, only)]
    shown_witnesses = [
        one for one in explored.verdicts if one.witness is not None and (not only or one.property in only)
    ]
    several = [one for one in shown_witnesses if one.others]
    parts += [_different(one, paint) for one in several]
    parts += [
        _witness(one, explored, paint) for one in _worth_showing(shown_witnesses, result, only) if one not in several
    ]
    parts.append(_coverage(explored, result, paint))
    if per_depth:
        rows = [f"  {depth:>5}  {count:>12,}" for depth, count in enumerate(explored.per_depth)]
        parts.append("\n".join(["States by depth", *rows]))
    return paint.finish("\n\n".join([*parts, last]))


def _expected(one: Judged) -> str:
    return one.expected if isinstance(one.expected, str) else str(one.expected.get("is", one.expected))


def _worth_showing(found: list[Any], result: Explored, only: Collection[str]) -> list[Any]:
    """Which paths are drawn: what was asked for; else violations, the shortest first, each path once, three at most."""
    if only:
        return found
    violated = sorted((one for one in found if one.verdict == "violated"), key=lambda one: one.witness.depth)
    paths: dict[tuple[str, ...], Any] = {}
    for one in violated:
        paths.setdefault(tuple(event.what for event in one.witness.events), one)
    return list(paths.values())[:3]


def _verdicts(explored: Any, result: Explored, paint: Paint, only: Collection[str]) -> str:
    lines = [paint.tone("Verdicts", "strong")]
    rows = [one for one in result.verdicts if not only or one.property in only]
    walked = explored.rule == "walks"
    silent = "undetermined" if walked else "holds"
    quiet = [one for one in rows if one.verdict == silent and one.expected is None and not only]
    plain = [one.property for one in quiet if not one.vacuous]
    empty = [one.property for one in quiet if one.vacuous]
    wide = max((len(one.property) for one in rows if one not in quiet), default=0)
    order = sorted((one for one in rows if one not in quiet), key=lambda one: (one.expected is None, one.met is True))
    depths = {one.property: one.witness.depth for one in explored.verdicts if one.witness is not None}
    for one in order:
        mark, tone = _MARKS[one.met] if one.expected is not None else ("· not judged", "dim")
        head = f"  {mark:<14} {one.property:<{wide}}  "
        said = one.verdict.replace("_", " ")
        if one.property in depths:
            said += f" by a path of {depths[one.property]} steps"
        if one.vacuous:
            said += ", and vacuous: none of the facts it reads ever occurred"
        if one.verdict == "undetermined":
            said += f" ({_reason(one, explored)})"
        if one.expected is not None:
            said += f", expected {_expected(one)}"
        first, *rest = paint._replace(width=max(40, paint.width - len(head))).wrapped(said)
        lines += [paint.tone(head, tone) + first, *(" " * len(head) + line for line in rest)]
        if one.why:
            lines += paint.wrapped(one.why, 17)
    if plain:
        said = "no walk violated or reached" if walked else "holds, and nothing expected of it"
        lines += paint.wrapped(f"· {said}: {', '.join(plain)}", 2, 4)
    if empty:
        lines += paint.wrapped(f"· vacuous, none of the facts they read ever occurred: {', '.join(empty)}", 2, 4)
    return "\n".join(lines)


def _reason(one: Judged, explored: Any) -> str:
    """Why nothing can be said."""
    reasons = ["no random walk did"] if explored.rule == "walks" and explored.stopped != "interrupted" else []
    if one.candidates:
        reasons.append(f"{one.candidates} paths to a violation turned out to be impossible")
    if explored.stopped and explored.stopped != "walks":
        reasons.append(
            f"stopped by the limit on {explored.stopped}" if explored.stopped != "interrupted" else "interrupted"
        )
    return "; ".join(reasons) or "not all orders were seen"


def _witness(one: Any, explored: Any, paint: Paint) -> str:
    """A path as numbered steps, and the run along it as a diagram."""
    witness = one.witness
    head = f"{one.property} is {one.verdict}, in {witness.depth} steps: {witness.why}"
    lines = [paint.tone(paint.wrapped(head, 0)[0], "strong"), *paint.wrapped(head, 0)[1:]]
    told = [step for step in witness.trace.steps if step.kind != "wake" or step.facts or step.key != "start"]
    for step in told:
        lines += paint.wrapped(f"{step.n:>4}  {words.moment(step.at)}  {words.say(step)}", 1, 7)
    if witness.waits:
        lines += paint.wrapped(f"It takes an unbounded wait: {', '.join(witness.waits)}.", 1)
    kinds = {verdict.property: verdict.kind for verdict in explored.verdicts}
    drawn = sequence.draw(witness.trace, choice=Choice(rows=60), kinds=kinds, paint=paint)
    return "\n".join([*lines, "", "The same, run on the simulator with these times:", "", drawn])


def _different(one: Any, paint: Paint) -> str:
    """All counterexamples of a property, by what they come from: what they share, and each one's own."""
    found = [one.witness, *one.others]
    shared = set.intersection(*[set(witness.cause) for witness in found])
    head = f"{one.property} is {one.verdict} in {len(found)} different ways, each shown by a run"
    lines = [paint.tone(head, "strong")]
    lines += paint.wrapped(f"In all of them: {'; '.join(sorted(shared)) or 'nothing'}", 2, 4)
    for number, witness in enumerate(found, 1):
        lines += ["", *paint.wrapped(f"{number}. {witness.why} ({witness.depth} steps)", 2, 5)]
        own = [told for told in witness.cause if told not in shared]
        lines += [line for told in own or ["nothing else"] for line in paint.wrapped(f"because: {told}", 5, 7)]
        told = [step for step in witness.trace.steps if step.key != "start"]
        for step in told:
            lines += paint.wrapped(f"{step.n:>4}  {words.moment(step.at)}  {words.say(step)}", 5, 11)
    return "\n".join(lines)


def _coverage(explored: Any, result: Explored, paint: Paint) -> str:
    rate = explored.states / explored.seconds if explored.seconds > 0 else 0.0
    bounds = ", ".join(f"{name} {value}" for name, value in result.within.items() if value is not None)
    done = "complete" if explored.complete else f"not complete: {explored.stopped or 'all that was asked is settled'}"
    counted = f"{explored.states:,} states · {explored.transitions:,} transitions · depth {explored.depth}"
    if explored.rule == "walks":
        rows = [
            f"{explored.states:,} random walks · {explored.transitions:,} steps, at most {explored.depth:,} in one",
            f"{explored.seconds:.1f} s ({rate:,.0f} walks/s)",
            f"Within: {bounds}",
            "What no walk violated is undetermined: walks never show that something holds.",
        ]
        return "\n".join(line for text in rows for line in paint.wrapped(text, 0))
    lines = [
        f"{counted} · {done} · {explored.seconds:.1f} s ({rate:,.0f} states/s)",
        f"Within: {bounds}; rule of time: {explored.rule}",
        f"Left out, because it makes no difference: {'; '.join(result.reductions) or 'nothing'}",
        f"Chance that two states were taken for one: {explored.collision_probability:.1e}",
    ]
    if explored.exactly:
        looks = ", ".join(f"{name} ({states:,} states)" for name, states in explored.exactly.items())
        lines.append(f"By the exact rule, where no path found had times: {looks}")
    if explored.unlike:
        lines.append(f"Names are kept apart: {explored.unlike}")
    return "\n".join(line for text in lines for line in paint.wrapped(text, 0))


def _last(result: Explored, paint: Paint) -> str:
    expected = [one for one in result.verdicts if one.expected is not None]
    missed = sum(one.met is False for one in expected)
    open_ = sum(one.met is None for one in expected)
    name = result.scenario + (f" ({result.variant})" if result.variant else "")
    if missed:
        said, tone = f"{missed} of {len(expected)} expectations NOT MET", "bad"
    elif open_:
        said, tone = f"{open_} of {len(expected)} expectations undetermined", "doubt"
    elif expected:
        said, tone = f"Expectations of properties: all {len(expected)} met", "good"
    else:
        said, tone = "Nothing was expected of a property", "dim"
    if result.not_judged:
        said += f"; of measures, which only runs have, not judged: {', '.join(result.not_judged)}"
    return f"{paint.tone(said, tone)} · {name} · exit {result.exit}"
