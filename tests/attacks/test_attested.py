"""The attacks that rest on being attested: T05 to T09, T12, T13; and the question whether there is an account, T14."""

from __future__ import annotations

import pytest

from sim.attacks import existence_probe, load
from sim.attacks._attested import RATE
from tests.attacks.hand import Plan, RecordingHand

AS_SOMEBODY = (
    "non_verifying_orchestrator", "mutable_email_claim", "rogue_attestation", "defunct_domain", "recycled_mailbox",
)  # fmt: skip
AS_ONESELF = ("look_alike_address", "same_subject")


def hand(name: str, **words: object) -> RecordingHand:
    plan = Plan()._replace(**{"targets": ("p",), "of": "second", "alias": "alice", "via": "second", **words})
    attack = RecordingHand(load(name), plan, "orchestrator")
    attack.start()
    return attack


def back(attack: RecordingHand) -> None:
    """Let in, and come as far as the first wait."""
    attack.answer("add", "complete")
    attack.answer("log_in", "email_not_verified")
    assert attack.waits == [("p", RATE)]


@pytest.mark.parametrize("name", AS_SOMEBODY)
def test_it_is_attested_as_the_victim(name: str) -> None:
    assert hand(name).did == [("add", "p", "alice", "second", "free")]


@pytest.mark.parametrize("name", AS_ONESELF)
def test_it_is_attested_as_who_it_is(name: str) -> None:
    assert hand(name, alias="").did == [("add", "p", "mallory", "second", "free")]


@pytest.mark.parametrize("name", [*AS_SOMEBODY, *AS_ONESELF])
def test_it_comes_back_with_a_renewed_token_and_looks_round(name: str) -> None:
    attack = hand(name)
    assert attack.answer("add", "complete") == [("log_in", "p", "alice", "second")]
    attack.answer("log_in", "complete")
    assert attack.waits == [("p", RATE)]
    assert attack.tick() == [("use", "p", "alice", "second")]
    assert attack.answer("use", "complete") == [("refresh", "p", "alice", "second")]
    assert attack.answer("refresh", "complete") == [("log_in", "p", "alice", "second")]
    attack.strange = ("ps:p:owner.alice",)
    attack.answer("log_in", "complete")
    assert attack.how == ["won"]


@pytest.mark.parametrize("name", AS_SOMEBODY)
def test_thrown_out_it_asks_once_more(name: str) -> None:
    attack = hand(name)
    back(attack)
    assert attack.answer("use", "unauthorized") == [("add", "p", "alice", "second", "free")]
    assert attack.answer("add", "complete") == [("log_in", "p", "alice", "second")]


@pytest.mark.parametrize("outcome", ["pending", "pending_auth", "email_taken"])
def test_and_is_over_where_it_is_not_let_in_again(outcome: str) -> None:
    attack = hand("non_verifying_orchestrator")
    back(attack)
    attack.answer("refresh", "invalid_grant")
    assert attack.answer("add", outcome) == []
    assert (attack.over, attack.how) == (["p"], ["contained"])


def test_asked_to_wait_for_somebody_it_sees_once_whether_they_came() -> None:
    attack = hand("non_verifying_orchestrator")
    attack.answer("add", "pending")
    assert (attack.over, attack.waits) == ([], [("p", RATE)])
    assert attack.tick() == [("use", "p", "alice", "second")]
    assert attack.answer("use", "PROVIDER_NOT_LINKED") == []
    assert attack.how == ["contained"]


@pytest.mark.parametrize("name", [*AS_SOMEBODY, *AS_ONESELF])
def test_refused_it_is_over(name: str) -> None:
    attack = hand(name)
    assert attack.answer("add", "email_not_verified") == []
    assert (attack.over, attack.how, attack.waits) == (["p"], ["contained"], [])


def test_without_an_orchestrator_of_ones_own_nobody_attests() -> None:
    attack = RecordingHand(load("rogue_attestation"), Plan(), "session", "alice")
    attack.start()
    assert (attack.did, attack.over) == ([], ["p", "q"])


@pytest.mark.parametrize("name", ["defunct_domain", "recycled_mailbox"])
@pytest.mark.parametrize(("outcome", "how"), [("complete", "won"), ("nothing", "contained"), ("2fa", "contained")])
def test_without_an_orchestrator_an_address_that_changed_hands_gets_in_by_the_door(
    name: str, outcome: str, how: str
) -> None:
    attack = hand(name, via="")
    assert attack.did == [("reset_password", "p", "alice")]
    assert attack.answer("reset_password", outcome) == []
    assert attack.how == [how]


@pytest.mark.parametrize(
    ("outcome", "how"),
    [
        ("pending_auth", "won"),
        ("email_taken", "won"),
        ("other_issuer", "won"),
        ("pending", "contained"),
        ("complete", ""),
    ],
)
def test_one_answer_tells(outcome: str, how: str) -> None:
    attack = hand("existence_probe")
    assert attack.did == [("add", "p", "alice", "second", "free")]
    assert attack.answer("add", outcome) == []
    assert (attack.over, attack.how) == (["p"], [how])


def test_asking_too_often_it_waits_and_asks_again() -> None:
    attack = hand("existence_probe")
    attack.answer("add", "rate_limited")
    assert (attack.over, attack.waits) == ([], [("p", existence_probe.RATE)])
    assert attack.tick() == [("add", "p", "alice", "second", "free")]
