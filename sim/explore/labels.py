"""What happens, in a few words that a file can hold: ``kind:message:cause``.

A label is made of a thing's own parts, and not of its number, so that it is the same in every exploration of a story.
Where something was left open, what was taken stands behind it in brackets.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.clock import format_duration, parse_time
from sim.explore.memo import Effect
from sim.explore.model import Proposal
from sim.explore.staging import StoryStep
from sim.explore.things import Aged, Copy, Deadline, Delivery, Start, Thing, Wake
from sim.party import Message

#: what the first part of a label may be
KINDS = ("start", "message", "wake", "command", "deadline", "aged", "adversary")


def label(thing: Thing) -> str:
    """The label of a thing: its kind; the message, the wake or the step; the request it belongs to, or who waits."""
    if isinstance(thing, Delivery):
        return f"message:{_tag(thing.message)}:{thing.message.id}"
    if isinstance(thing, Wake):
        return f"wake:{thing.key}:{thing.me}"
    if isinstance(thing, Deadline):
        return f"deadline:{thing.name}:{thing.key}"
    if isinstance(thing, StoryStep):
        first = next(thing.commands(lambda key, ways: 0), None)
        return f"command:{thing.stage.plans[thing.place].step.id}:{first.id if first is not None else ''}"
    if isinstance(thing, Copy):
        return f"command:{thing.does} {_tag(thing.message)} to {thing.to}:{thing.message.id}"
    if isinstance(thing, Aged):
        return f"aged:{format_duration(thing.age)}:assertion"
    return "start:world:story" if isinstance(thing, Start) else f"{thing.KIND}:{thing.words()}:"


def event_label(effect: Effect) -> str:
    """The label of an event: of its thing, or of what the adversary did, with what was taken where things were open."""
    said = label(effect.thing) if effect.proposal is None else _deed(effect.proposal)
    taken = [str(which) for (kind, _), which in effect.taken if kind != "adversary"]
    return f"{said} [{', '.join(taken)}]" if taken else said


def labels(path: Sequence[Effect]) -> tuple[str, ...]:
    """The labels of a path, one for each event; the start only where something was left open in it."""
    named = [event_label(effect) for effect in path]
    return tuple(named if named and named[0] != label(path[0].thing) else named[1:])


def fits(expected: str, effect: Effect) -> bool:
    """Whether ``expected`` names ``effect``; without brackets it names every way it may go."""
    said = event_label(effect)
    return said == expected or said.rpartition(" [")[0] == expected


def age(expected: str) -> int | None:
    """The age in the label of an assertion that grows older than that, microseconds; None in any other."""
    kind, _, rest = expected.partition(":")
    if kind != "aged":
        return None
    try:
        return parse_time(rest.partition(":")[0])
    except ValueError:
        return None


def _tag(message: Message) -> str:
    return str(type(message).__struct_config__.tag)


def _deed(proposal: Proposal) -> str:
    if proposal.command is not None:
        return f"adversary:{proposal.owner} {proposal.command.verb}:{proposal.command.id}"
    assert proposal.message is not None
    named = f" as {proposal.sender}" if proposal.sender else ""
    word = "replays" if proposal.again else "sends"
    return f"adversary:{proposal.owner}{named} {word} {_tag(proposal.message)} to {proposal.to}:{proposal.message.id}"
