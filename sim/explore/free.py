"""What an adversary may do of its own accord: every verb it is entitled to, over the names in the file.

An adversary to whom the story gives no deeds has a free hand. What only gives it power (a theft, an interception, a
mailbox that changes hands) is no deed: whoever steals a key by the script decides alone what to do with it.

The verbs are those of the scenario language that anybody may start at a provider, as anybody; what they then come to
is the protocol's affair. With a stolen session, key or secret of the orchestrator named they act in its name or sign
with it; without, they knock at the door like everybody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.explore.model import Proposal
from sim.party import Command
from sim.roster import Roster

#: at a provider's own door, as somebody or as oneself
DOOR = ("sign_up", "log_in", "use", "reset_password", "adopt")
#: these give power and say nothing of what is done with it
POWERS = ("steal", "intercept")


def proposals(scenario: Any, roster: Roster) -> Iterator[Proposal]:
    """Every deed of every adversary with a free hand, in a fixed order."""
    busy = {ref.name for step in scenario.story if step.verb not in POWERS for ref in step.who}
    everybody = _members(scenario.people, roster)
    honest = [name for name in everybody if not roster.adversary(name)]
    providers = _members(scenario.providers, roster)
    orchestrators = _members(scenario.orchestrators, roster)
    for person in everybody:
        if not roster.adversary(person) or person in busy or roster.block(person) in busy:
            continue
        for provider in providers:
            for as_ in ("", *honest):
                yield from _at(person, roster.address(person), provider, as_, orchestrators)


def _members(blocks: Any, roster: Roster) -> list[str]:
    return [member for block in blocks for member in roster.members(block)]


def _at(person: str, address: str, provider: str, as_: str, orchestrators: list[str]) -> Iterator[Proposal]:
    """What ``person``, whose own ``address`` that is, may do at one provider, as ``as_`` (empty: as itself)."""
    for via in orchestrators:
        yield _deed(person, "add", provider, as_, via=via, service="free")
        yield _deed(person, "use", provider, as_, via=via)
    for verb in DOOR:
        yield _deed(person, verb, provider, as_)
    if as_:  # ways of its own into an account that it made for somebody else
        for via in orchestrators:
            yield _deed(person, "add_identifier", provider, as_, to=via)
        yield _deed(person, "change_email", address, as_, via=provider)


def _deed(person: str, verb: str, about: str, as_: str, **more: str) -> Proposal:
    """A proposal to begin ``verb``; its name says all there is to it, so that equal deeds are the same."""
    words = [verb, about, *([f"as_{as_}"] if as_ else []), *[f"{key}_{name}" for key, name in more.items()]]
    command = Command(
        id=f"free.{person}.{'_'.join(words)}",
        verb=verb,
        who=person,
        object=about,
        service=more.get("service", ""),
        via=more.get("via", ""),
        as_=as_,
        to=more.get("to", ""),
    )
    return Proposal(owner=person, to=more.get("via", about) if verb == "change_email" else about, command=command)
