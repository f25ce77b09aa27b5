"""What a violation comes from: what was believed on the way to it, and by which rule.

Two counterexamples are different where different things were believed, decided or stolen, not where messages overtook
each other. So a cause is a set of sentences without ids, made of the facts of the events that the violation needs
(``times.arrange``); one that says all that another says, and more, is no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sim.explore.memo import Effect
from sim.facts import (
    AccountCreated,
    Adopted,
    AttestationAccepted,
    ConsentGiven,
    EmailVerified,
    Linked,
    StepUpPassed,
    TokenEnded,
    TokenIssued,
)
from sim.party import Fact

Cause = frozenset[str]


def cause(path: Sequence[Effect]) -> Cause:
    """The cause of what happens at the end of ``path``."""
    said = {told for effect in path for fact in effect.facts for told in _believed(fact)}
    said |= {told for effect in path for told in _chanced(effect)}
    last = path[-1]
    said |= {f"in the end: {told}" for told in _ends(last)}
    return frozenset(said)


def is_new(found: Cause, known: Sequence[Cause]) -> bool:
    """Whether ``found`` is another cause than those known: none of them is a part of it."""
    return not any(one <= found for one in known)


def _believed(fact: Fact) -> Iterator[str]:
    """What a fact says that somebody believed, decided or took."""
    tell = _TOLD.get(type(fact))
    if tell is not None:
        yield tell(fact)
    thief = getattr(fact, "thief", "")
    if thief:
        yield f"{type(fact).__struct_config__.tag} by {thief}".replace("_", " ")


def _chanced(effect: Effect) -> Iterator[str]:
    """What the network or an adversary of its own accord had to do."""
    for (kind, _), which in effect.taken:
        if kind in ("loss", "duplicate") and which:
            yield f"a {kind} on the network"
    if effect.proposal is not None:
        command, message = effect.proposal.command, effect.proposal.message
        word = command.verb if command is not None else type(message).__struct_config__.tag
        yield f"{effect.proposal.owner} of its own accord: {word}".replace("_", " ")


def _ends(effect: Effect) -> Iterator[str]:
    """What the last event is: what was given out at it, or that time was up."""
    given = [fact for fact in effect.facts if isinstance(fact, TokenIssued)]
    if effect.thing.KIND == "deadline":
        yield "time was up"
    for fact in given:
        yield f"{fact.provider} gave out a {fact.kind} token {_word(fact.issuer)}"
    if not given and effect.thing.KIND != "deadline":
        kinds = dict.fromkeys(str(type(fact).__struct_config__.tag) for fact in effect.facts)
        yield f"{effect.thing.KIND} ({', '.join(kinds)})" if kinds else effect.thing.KIND


def _word(issuer: str) -> str:
    return f"on the word of {issuer}" if issuer else "at its own door"


def _accepted(fact: AttestationAccepted) -> str:
    amiss = "" if fact.in_time else ", out of time"
    amiss += "" if fact.key_known else ", signed with a key it does not know"
    amiss += f", meant for {fact.audience}" if fact.audience != fact.provider else ""
    return f"{fact.provider} believed {fact.issuer} that this is {fact.email}{amiss}"


def _linked(fact: Linked) -> str:
    whose = "an account that was there" if fact.existing else "a new account"
    return f"{fact.provider} linked {fact.issuer or 'its own door'} to {whose}: {fact.how}"


def _created(fact: AccountCreated) -> str:
    return f"{fact.provider} made an account for {fact.email} {_word(fact.issuer)}: {fact.state}"


def _consented(fact: ConsentGiven) -> str:
    how = "with a click" if fact.clicked else "without a click"
    return f"{fact.provider} took it as the owner's consent to {fact.issuer}, {how}"


_TOLD: dict[type[Fact], Callable[..., str]] = {
    AttestationAccepted: _accepted,
    Linked: _linked,
    AccountCreated: _created,
    ConsentGiven: _consented,
    Adopted: lambda fact: f"{fact.provider} took somebody for the owner: {fact.how}",
    EmailVerified: lambda fact: f"{fact.provider} saw its mail answered",
    StepUpPassed: lambda fact: "a step-up was passed",
    TokenEnded: lambda fact: f"{fact.provider} ended a {fact.kind} token: {fact.reason}",
}
