"""Why something happened: the chain of causes of a step, from what the story set off down to the step itself."""

from __future__ import annotations

from typing import Any

from sim.party import Fact
from sim.trace import Step, Trace
from sim.views import words
from sim.views.lanes import Cast, person
from sim.views.paint import Paint


def chain(trace: Trace, number: int) -> list[Step]:
    """The steps that led to step ``number``, that one last, in the order in which they happened.

    From a step the way leads to the step that set it off and, where it continues a request put aside earlier, to
    that request as well. ``TraceError`` if there is no such step.
    """
    found: dict[int, Step] = {}
    ahead = [trace.step(number)]
    while ahead:
        step = ahead.pop()
        found[step.n] = step
        ahead += [trace.step(n) for n in (step.cause, step.resumes) if n and n not in found]
    return [found[n] for n in sorted(found)]


def text(trace: Trace, number: int, paint: Paint) -> str:
    """The chain as numbered sentences."""
    cast = Cast(trace.header)
    steps = chain(trace, number)
    count = words.plural(len(steps), "step")
    lines = [paint.tone(f"How step {number} came about ({count}, the first is where it began)", "strong"), ""]
    before = steps[0].at
    for place, step in enumerate(steps, 1):
        if step.at - before >= 60_000_000:
            lines.append(paint.tone(f"     … {words.lapse(step.at - before)} later", "dim"))
        before = step.at
        told = f"{place:>3}. {words.say(step)}{_whose(step, cast)}"
        lines += paint.wrapped(told, 0, 5)
        lines.append(paint.tone(f"     step {step.n}, {words.moment(step.at)}{_links(step)}", "dim"))
    lines += _findings(steps[-1], paint)
    return paint.finish("\n".join(lines))


def _whose(step: Step, cast: Cast) -> str:
    """Who is behind a step, where the names in it do not say so."""
    behind = {name for name in (step.behind, *step.whose) if name}
    hidden = sorted(name for name in behind if name not in (person(step.to), person(step.sender)))
    if not hidden:
        return ""
    marked = [name + (" (adversary)" if cast.adversary(name) else "") for name in hidden]
    return f" Behind it: {words.listed(marked)}."


def _links(step: Step) -> str:
    parts = []
    if step.cause:
        parts.append(f"set off by step {step.cause}")
    if step.resumes:
        parts.append(f"continues the request of step {step.resumes}")
    if step.message is not None and step.kind == "message":
        parts.append(f"{words.lapse(step.at - step.sent)} on its way" if step.at > step.sent > 0 else "")
    told = [part for part in parts if part]
    return f"; {', '.join(told)}" if told else ""


def _findings(step: Step, paint: Paint) -> list[str]:
    return [line for found in step.found for line in paint.wrapped(f"Found here: {found.property}: {found.why}", 0, 2)]


def data(trace: Trace, number: int) -> dict[str, Any]:
    """The object of ``sim explain --json``: ``{"step", "chain": [{"step", "at_s", "kind", "to", "sender", "behind",
    "cause", "resumes", "says", "facts": [{"fact", "says", "behind"}]}]}``, the asked step last."""
    return {"step": number, "chain": [_step(step) for step in chain(trace, number)]}


def _step(step: Step) -> dict[str, Any]:
    whose = [*step.whose, *[""] * (len(step.facts) - len(step.whose))]
    return {
        "step": step.n,
        "at_s": step.at / 1e6,
        "kind": step.kind,
        "to": step.to,
        "sender": step.sender,
        "behind": step.behind,
        "cause": step.cause,
        "resumes": step.resumes,
        "says": words.say(step),
        "facts": [_fact(fact, behind) for fact, behind in zip(step.facts, whose, strict=True)],
    }


def _fact(fact: Fact, behind: str) -> dict[str, Any]:
    return {"fact": words.tag(fact), "says": words.told(fact), "behind": behind}


def first(trace: Trace, name: str) -> int | None:
    """The first step in which a property of that name was found, or a fact or message of it happened."""
    for step in trace.steps:
        if any(found.property == name for found in step.found) or any(words.tag(fact) == name for fact in step.facts):
            return step.n
    return next((step.n for step in trace.steps if step.message is not None and words.tag(step.message) == name), None)
