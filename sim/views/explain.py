"""Why something happened: the chain of causes of a step, from what the story set off down to the step itself."""

from __future__ import annotations

from typing import Any

from sim.facts import AttestationAccepted
from sim.party import Fact
from sim.scenario.errors import quote
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
    for told in background(trace, steps):
        lines += paint.wrapped(told, 0, 2)
    lines += _findings(steps[-1], paint)
    return paint.finish("\n".join(lines))


def background(trace: Trace, steps: list[Step]) -> list[str]:
    """What the chain stands on: thefts by those behind it, and how the issuers in it check what they say."""
    cast = Cast(trace.header)
    thieves = {name for step in steps for name in (step.behind, *step.whose) if cast.adversary(name)}
    told = []
    for step in trace.steps[: steps[-1].n - 1] if thieves else ():
        when = f"Before that, at {words.moment(step.at)} (step {step.n})"
        told += [f"{when}: {words.told(fact)}." for fact in step.facts if getattr(fact, "thief", None) in thieves]
    issuers = dict.fromkeys(
        fact.issuer for step in steps for fact in step.facts if isinstance(fact, AttestationAccepted)
    )
    return told + [text for issuer in issuers if (text := _worth(cast, issuer))]


def _worth(cast: Cast, issuer: str) -> str:
    """What an issuer's word about an address rests on, as far as the scenario in the header says."""
    config = cast.blocks.get(cast.block(issuer), ("", {}))[1]
    if "email_check" not in config:
        return ""
    check, says = config["email_check"], config.get("says_verified")
    how = {"link": "by a mailed link", "idp": "by believing another issuer", "none": "not at all"}.get(check, check)
    said = {"truth": "the truth", "always": "always verified", "never": "never verified"}.get(str(says), says)
    return f"How {issuer} checks an address: {how}; what it says of that: {said}."


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
    """The object of ``sim explain --json``, the asked step last.

    ``{"step", "chain": [{"step", "at_s", "kind", "to", "sender", "behind", "cause", "resumes", "says", "facts":
    [{"fact", "says", "behind"}]}], "background": [text]}``.
    """
    steps = chain(trace, number)
    return {"step": number, "chain": [_step(step) for step in steps], "background": background(trace, steps)}


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


def nothing(trace: Trace, name: str) -> str:
    """Why ``first`` finds no step of ``name``: an unbroken property, a fact that is not noted, or no such name."""
    from sim import facts, properties

    if name in properties.names():
        prop = properties.load(name)
        word = "unbroken" if prop.KIND == "always" else "not reached"
        return f"{name} is {word} in this trace, so that there is no step to explain: {prop.TEXT or name}"
    if name in facts.names():
        return f"the fact {name} is not noted in this trace"
    return f"no step finds or notes {quote(name)}; give a step, a property or a fact"
