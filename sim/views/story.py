"""What a scenario is about, in a few lines: title, why, who takes part, what they do, until when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sim.clock import format_duration
from sim.scenario.values import After, At, Every, May, Ref, Step
from sim.views.message_words import VERBS
from sim.views.paint import Paint

#: so many steps are told; the others are counted
STEPS = 12


def tell(scenario: Any, paint: Paint) -> str:
    """The head of what ``sim run`` prints."""
    lines = [paint.tone(scenario.title, "strong")]
    if scenario.variant:
        lines += _labelled("Variant", scenario.variant, paint)
    if scenario.why:
        lines += _labelled("Why", scenario.why, paint)
    if scenario.refs:
        lines += _labelled("Refs", ", ".join(scenario.refs), paint)
    lines += _labelled("People", _parties(scenario.people), paint)
    lines += _labelled("Orchestrators", _parties(scenario.orchestrators), paint)
    lines += _labelled("Providers", _parties(scenario.providers, _answers), paint)
    groups = {name for name, config in scenario.people.items() if config.count > 1}
    steps = [step_in_words(step, groups) for step in scenario.story[:STEPS]]
    if len(scenario.story) > STEPS:
        steps.append(f"and {len(scenario.story) - STEPS} more steps")
    for place, text in enumerate([*steps, f"until {format_duration(scenario.until)}"]):
        lines += _labelled("" if place else "Story", text, paint)
    return paint.finish("\n".join(lines))


def _labelled(name: str, text: str, paint: Paint) -> list[str]:
    label = f"  {name:<14}"
    first, *rest = paint.wrapped(label + "\x00" + text, 0, len(label))
    return [first.replace("\x00", ""), *rest]


def _parties(blocks: Mapping[str, Any], about: Any = lambda config: "") -> str:
    told = []
    for name, config in blocks.items():
        marks = [word for word in ("adversary" if config.adversary else "", about(config)) if word]
        size = f" ×{config.count:,}" if config.count > 1 else ""
        told.append(f"{name}{size}" + (f" ({'; '.join(marks)})" if marks else ""))
    return ", ".join(told) or "none"


def _answers(config: Any) -> str:
    """A provider's answers to the questions that decide most stories, and the presets they come from."""
    adopt = config.on_adopt if isinstance(config.on_adopt, str) else "purge " + "+".join(config.on_adopt)
    answers = f"{_one(config.matching)}, {_one(config.linking)}, {config.activation}, {adopt}"
    like = f"like {', '.join(config.like)}: " if config.like else ""
    return like + (answers if config.agent_provisioning else "no agent provisioning")


def _one(answer: Any) -> str:
    """An answer, or those of which each member has one."""
    return " or ".join(str(one) for one, _ in answer.weights) if hasattr(answer, "weights") else str(answer)


def step_in_words(step: Step, groups: Collection[str] = ()) -> str:
    """A step of a scenario as a sentence without its full stop; ``groups`` are names that stand for several."""
    who = _refs(step.who)
    thing = "->".join(str(one) for one in step.objects) if step.verb == "intercept" else _refs(step.objects)
    verb = VERBS.get(step.verb, step.verb + " {object}").replace("{object}", thing).strip()
    if len(step.who) == 1 and (step.who[0].any or step.who[0].name not in groups):
        first, _, rest = verb.partition(" ")
        verb = f"{first}s {rest}".strip()
    words = [f"{_when(step.when)}: {f'{who} ' if who else ''}{verb}"]
    for word, value in (("of", step.of), ("via", step.via), ("as", step.as_), ("to", step.to)):
        if value:
            words.append(f"{word} {value}")
    if step.does:
        words.append(f"and {step.does}s{f' {_refs(step.kind)}' if step.kind else ''}")
    if step.against:
        words.append(f"against {_refs(step.against)}")
    if step.values:
        words.append(", ".join(f"{path} = {value}" for path, value in step.values.items()))
    if step.for_ is not None:
        words.append(f"for {step.for_}")
    if step.times > 1:
        words.append(f"{step.times} times at once")
    return " ".join(words)


def _refs(refs: Iterable[Ref | str]) -> str:
    return ", ".join(str(ref) for ref in refs)


def _when(when: At | Every | After | May) -> str:
    match when:
        case At(at):
            return f"at {at}"
        case Every(every):
            return f"every {every}"
        case After(after, _, wait):
            pause = f"{wait} " if str(wait) != "0 s" else ""
            return f"{pause}after {after}"
        case May(times):
            return f"perhaps, at most {times}×"
