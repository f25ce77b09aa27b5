"""A sender may say what it has learnt, made or can sign, and nothing else."""

from __future__ import annotations

from typing import ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.claims import Attestation
from sim.knowledge import ADVERSARY, Knowledge, Underivable
from sim.messages import ApiCall
from sim.party import Message
from sim.tables import Table


class Secret(Message, frozen=True, tag="test_secret"):
    """Hands ``atom`` over."""

    REVEALS: ClassVar[tuple[str, ...]] = ("atom",)
    atom: str = ""


class Proof(Message, frozen=True, tag="test_proof"):
    """Proves ``atom`` without showing it."""

    PROVES: ClassVar[tuple[str, ...]] = ("atom",)
    SIGNED: ClassVar[tuple[str, ...]] = ("atom",)
    atom: str = ""


class Request(Message, frozen=True, tag="test_request"):
    """Carries a signed claim."""

    REVEALS: ClassVar[tuple[str, ...]] = ("claim",)
    claim: Attestation | None = None


def person(name: str) -> str:
    return name.partition("/")[0].partition(".new")[0]


def made(controlled: tuple[str, ...] = (), everyone: bool = True) -> Knowledge:
    knowledge = Knowledge(frozenset(controlled), person, everyone=everyone)
    knowledge.holders = Table()
    return knowledge


def said(knowledge: Knowledge, sender: str, to: str, message: Message) -> None:
    """``message`` is sent and arrives."""
    knowledge.check(sender, message)
    knowledge.learn(to, message)


def claim(signer: str = "key:hub:1", issuer: str = "hub", email: str = "a@x.org", binds: str = "") -> Attestation:
    return Attestation("jwt", issuer, "sub", "clouds", "jti", email, True, 0, 300, "hub#1", signer, binds)


# --- proving and revealing ------------------------------------------------------------------------------------------


def test_what_is_revealed_can_be_passed_on() -> None:
    knowledge = made()
    said(knowledge, "hub", "alice", Secret("r", "s:1"))
    said(knowledge, "alice", "bob", Secret("r", "s:1"))
    said(knowledge, "bob", "carol", Secret("r", "s:1"))
    assert [knowledge.holds(name, "s:1") for name in ("hub", "alice", "bob", "carol", "dave")] == [True] * 4 + [False]


def test_what_is_proven_is_not_revealed() -> None:
    """A signature that is checked teaches nobody the key."""
    knowledge = made()
    said(knowledge, "hub", "clouds", Proof("r", "key:hub:1"))
    assert not knowledge.holds("clouds", "key:hub:1")
    with pytest.raises(Underivable, match="clouds does not hold 'key:hub:1'"):
        knowledge.check("clouds", Proof("r", "key:hub:1"))


def test_a_message_on_its_way_has_taught_nobody() -> None:
    knowledge = made()
    knowledge.check("hub", Secret("r", "s:1"))
    with pytest.raises(Underivable):
        knowledge.check("alice", Secret("r", "s:1"))


def test_empty_fields_prove_nothing_and_need_nothing() -> None:
    knowledge = made(("mallory",))
    said(knowledge, "mallory", "clouds", Secret("r", ""))
    said(knowledge, "mallory", "clouds", Proof("r", ""))
    said(knowledge, "mallory", "clouds", Request("r", None))
    assert knowledge.holders == {}


# --- making ---------------------------------------------------------------------------------------------------------


def test_an_unseen_atom_is_made_by_its_first_sender() -> None:
    knowledge = made()
    said(knowledge, "clouds", "hub", Secret("r", "c:clouds:r"))
    with pytest.raises(Underivable, match="alice does not hold"):
        knowledge.check("alice", Proof("r", "c:clouds:r"))


@pytest.mark.parametrize(
    "atom",
    [
        "pw:hub:mallory:mallory", "2fa:hub:mallory", "pw:clouds:mallory:alice", "pw:clouds:mallory:mallory.new7",
        "id:x@evil.example", "s:evil:r:bob", "c:evil:r", "at:g:evil:r:1", "rt:g:evil:r:2", "key:evil:1", "u:evil:r",
    ],
)  # fmt: skip
def test_the_attacker_makes_passwords_of_its_own_and_what_its_parties_issue(atom: str) -> None:
    knowledge = made(("mallory", "evil"))
    said(knowledge, "mallory", "hub", Secret("r", atom))
    assert knowledge.holders[atom] == (ADVERSARY, "hub")


@pytest.mark.parametrize(
    "atom",
    [
        "pw:hub:alice:alice", "2fa:hub:alice", "pw:evil:alice:alice", "c:clouds:r", "at:g:clouds:r:1", "rt:evil",
        "key:hub:1", "secret:hub:clouds", "s:hub:start:alice", "ak:clouds:r", "l:clouds:reset:r", "nonsense",
    ],
)  # fmt: skip
def test_the_attacker_makes_nothing_that_another_would_have_to_make(atom: str) -> None:
    """Not even before its owner has used it for the first time."""
    knowledge = made(("mallory", "evil"))
    for message in (Secret("r", atom), Proof("r", atom)):
        for sender in ("mallory", "evil", "mallory/agent1"):
            with pytest.raises(Underivable, match="cannot make"):
                knowledge.check(sender, message)
    assert knowledge.holders == {}


# --- the attacker ---------------------------------------------------------------------------------------------------


def test_controlled_parties_know_what_any_of_them_knows() -> None:
    knowledge = made(("mallory", "evil"))
    said(knowledge, "hub", "evil", Secret("r", "s:1"))
    said(knowledge, "mallory", "clouds", Secret("r", "s:1"))
    said(knowledge, "mallory/agent1", "clouds", Proof("r", "s:1"))
    assert knowledge.holders["s:1"] == (ADVERSARY, "clouds", "hub")
    assert knowledge.holds("mallory.new4", "s:1")


def test_theft_gives_what_was_stolen() -> None:
    knowledge = made(("mallory",))
    knowledge.give("alice", ("s:hub:start:alice",))
    with pytest.raises(Underivable):
        knowledge.check("mallory", Proof("r", "s:hub:start:alice"))
    knowledge.give("mallory", ("s:hub:start:alice",))
    knowledge.check("mallory", Proof("r", "s:hub:start:alice"))
    assert knowledge.holds("alice", "s:hub:start:alice")


def test_a_tap_teaches_what_is_revealed_and_not_what_is_proven() -> None:
    knowledge = made(("mallory",))
    knowledge.give("hub", ("key:hub:1",))
    knowledge.observe(Secret("r", "s:1"))
    knowledge.observe(Request("r", claim()))
    knowledge.observe(Proof("r", "key:hub:1"))
    knowledge.check("mallory", Proof("r", "s:1"))
    knowledge.check("mallory", Request("r", claim()))
    with pytest.raises(Underivable, match="key:hub:1"):
        knowledge.check("mallory", Proof("r", "key:hub:1"))


# --- attestations ---------------------------------------------------------------------------------------------------


def test_whoever_holds_the_key_signs_and_whoever_has_seen_it_copies() -> None:
    knowledge = made(("mallory",))
    said(knowledge, "hub", "clouds", Request("r", claim()))
    assert not knowledge.holds("clouds", "key:hub:1")
    said(knowledge, "clouds", "mallory", Request("r", claim()))
    knowledge.check("mallory", Request("r2", claim()))


@pytest.mark.parametrize("altered", [{"email": "b@x.org"}, {"issued_at": 9}, {"audience": "q"}, {"binds": "r9"}])
def test_an_altered_copy_needs_the_key(altered: dict[str, object]) -> None:
    knowledge = made(("mallory",))
    said(knowledge, "hub", "mallory", Request("r", claim()))
    forged = msgspec.structs.replace(claim(), **altered)
    with pytest.raises(Underivable, match="key:hub:1"):
        knowledge.check("mallory", Request("r", forged))
    knowledge.give("mallory", ("key:hub:1",))
    knowledge.check("mallory", Request("r", forged))


def test_a_controlled_orchestrator_signs_whatever_it_likes_with_its_own_key() -> None:
    knowledge = made(("mallory", "evil"))
    knowledge.check("mallory", Request("r", claim("key:evil:1", "hub")))
    with pytest.raises(Underivable):
        knowledge.check("mallory", Request("r", claim("key:hub:1", "evil")))


# --- who is watched -------------------------------------------------------------------------------------------------


def test_in_a_crowd_only_the_attacker_is_watched() -> None:
    knowledge = made(("mallory",), everyone=False)
    knowledge.check("alice", Proof("r", "never seen"))
    said(knowledge, "hub", "alice", Secret("r", "s:1"))
    assert knowledge.holders == {}
    said(knowledge, "hub", "mallory", Secret("r", "s:1"))
    knowledge.check("mallory", Proof("r", "s:1"))
    with pytest.raises(Underivable):
        knowledge.check("mallory/agent2", Proof("r", "s:2"))


@pytest.mark.parametrize(
    ("controlled", "everyone", "watching"), [((), False, False), ((), True, True), (("mallory",), False, True)]
)
def test_nobody_is_watched_where_nobody_lies(controlled: tuple[str, ...], everyone: bool, watching: bool) -> None:
    assert made(controlled, everyone).watching is watching


names = st.sampled_from(["alice", "bob", "hub", "mallory", "mallory/agent1", "evil"])


@given(st.lists(st.tuples(names, names, st.sampled_from(["s:1", "c:hub:1", "pw:hub:mallory:mallory"]))))
def test_everybody_knows_what_was_said_to_them_or_made_by_them(story: list[tuple[str, str, str]]) -> None:
    """Against a plain account of the same story: a set of (name, atom), the attacker's parties as one."""
    knowledge = made(("mallory", "evil"))
    seen: set[tuple[str, str]] = set()
    for sender, to, atom in story:
        one, other = knowledge.who(sender), knowledge.who(to)
        unseen = not any(known == atom for _, known in seen)
        may = (one, atom) in seen or (unseen and (one != ADVERSARY or atom.startswith("pw:")))
        if may:
            said(knowledge, sender, to, Secret("r", atom))
            seen |= {(one, atom), (other, atom)}
        else:
            with pytest.raises(Underivable):
                knowledge.check(sender, Secret("r", atom))
    assert {(name, atom) for atom, held in knowledge.holders.items() for name in held} == seen
    assert all(held == tuple(sorted(held)) for held in knowledge.holders.values())


def test_whoever_reads_a_request_on_its_way_has_its_bearer_and_not_its_key() -> None:
    knowledge = made(controlled=("mallory",))
    call = ApiCall(id="x", credential="at:g:cloud:x:1", pop="pop:hub")
    knowledge.observe(call)
    assert knowledge.holds("mallory", "at:g:cloud:x:1")
    assert not knowledge.holds("mallory", "pop:hub")
