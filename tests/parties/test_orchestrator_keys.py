"""Keys: what signs, what is published, rotation in time, withdrawal, shared secrets, and detection of theft."""

from __future__ import annotations

from typing import Any

import pytest

from sim import messages as say
from sim.clock import DAY, HOUR, MINUTE, NEVER, Constant, Exponential
from sim.facts import Detected, KeyRotated, KeyWithdrawn, Requested, Revoked, StepCompleted
from sim.party import Command
from sim.scenario.values import Rate
from tests.parties.orchestrator_kit import SESSION, Desk

ALARM = "alarm.hub.1+cloud"


def published(desk: Desk) -> tuple[str, ...]:
    (keys,) = desk.hears("cloud", say.KeysRequest("k1"))
    assert isinstance(keys, say.Keys)
    return keys.key_ids


def signs(desk: Desk, id_: str) -> tuple[str, str]:
    """(key id, key) of a fresh attestation."""
    (request,) = desk.add(id_)
    assert isinstance(request, say.AccountRequest)
    return request.attestation.key_id, request.attestation.signer


def ring(desk: Desk, key: str) -> list[Any]:
    return list(desk.turn.ring(desk.hub, key))


# --- rotation ---------------------------------------------------------------------------------------------------------


def test_a_key_is_published_before_it_signs_and_after_it_has() -> None:
    desk = Desk()
    assert published(desk) == ("hub#1",)
    assert desk.turn.pending["publish key"] == Constant(29 * DAY)
    ring(desk, "publish key")
    assert published(desk) == ("hub#1", "hub#2")
    assert signs(desk, "i1") == ("hub#1", "key:hub:1")
    assert desk.turn.pending["sign key"] == Constant(DAY)
    ring(desk, "sign key")
    assert signs(desk, "i2") == ("hub#2", "key:hub:2")
    assert published(desk) == ("hub#1", "hub#2")
    assert desk.facts(KeyRotated) == [KeyRotated("hub", "hub#2")]
    assert not desk.facts(KeyWithdrawn)
    assert desk.turn.pending["retire hub#1"] == Constant(DAY)
    ring(desk, "retire hub#1")
    assert published(desk) == ("hub#2",)
    assert desk.facts(KeyWithdrawn) == [KeyWithdrawn("hub", "hub#1")]
    assert desk.turn.pending["publish key"] == Constant(29 * DAY), "and so on"


@pytest.mark.parametrize(
    ("every", "ahead", "first"),
    [
        (Constant(NEVER), Constant(DAY), Constant(NEVER)),
        (Constant(HOUR), Constant(DAY), Constant(0)),
        (Exponential(DAY), Constant(HOUR), Exponential(DAY)),
        (Constant(DAY), Exponential(HOUR), Constant(DAY)),
    ],
)
def test_the_first_publication_is_ahead_by_what_can_be_known(every: Any, ahead: Any, first: Any) -> None:
    desk = Desk(keys={"rotate_every": every, "publish_ahead": ahead})
    assert desk.turn.pending["publish key"] == first


def test_an_ordered_rotation_publishes_now_and_signs_in_time() -> None:
    desk = Desk()
    desk.turn.do(desk.hub, Command("step.1", "rotate_key", "ops", "hub"))
    assert published(desk) == ("hub#1", "hub#2")
    assert signs(desk, "i1")[0] == "hub#1"
    ring(desk, "sign key")
    assert signs(desk, "i2")[0] == "hub#2"
    assert desk.facts(StepCompleted) == [StepCompleted("step.1", "step", "ops", "rotate_key", "hub", "complete")]


def test_an_ordered_rotation_does_not_delay_one_under_way() -> None:
    desk = Desk()
    ring(desk, "publish key")
    del desk.turn.pending["sign key"]
    desk.turn.do(desk.hub, Command("step.1", "rotate_key", "", "hub"))
    assert "sign key" not in desk.turn.pending
    assert published(desk) == ("hub#1", "hub#2")


def test_a_withdrawn_key_is_out_at_once_and_another_signs() -> None:
    desk = Desk()
    desk.turn.do(desk.hub, Command("step.1", "withdraw_key", "", "hub"))
    assert published(desk) == ("hub#2",)
    assert signs(desk, "i1") == ("hub#2", "key:hub:2")
    assert desk.facts(KeyWithdrawn) == [KeyWithdrawn("hub", "hub#1")]
    assert desk.facts(KeyRotated) == [KeyRotated("hub", "hub#2")]
    assert desk.facts(StepCompleted)[0].verb == "withdraw_key"


def test_withdrawing_amid_a_rotation_uses_the_key_that_is_out_already() -> None:
    desk = Desk()
    ring(desk, "publish key")
    desk.turn.do(desk.hub, Command("step.1", "withdraw_key", "", "hub"))
    assert published(desk) == ("hub#2",)
    assert "sign key" not in desk.turn.pending
    assert signs(desk, "i1")[0] == "hub#2"


def test_withdrawing_leaves_the_overlap_of_the_key_before_alone() -> None:
    desk = Desk()
    ring(desk, "publish key")
    ring(desk, "sign key")
    desk.turn.do(desk.hub, Command("step.1", "withdraw_key", "", "hub"))
    assert published(desk) == ("hub#1", "hub#3")
    ring(desk, "retire hub#1")
    assert [fact.key_id for fact in desk.facts(KeyWithdrawn)] == ["hub#2", "hub#1"]
    assert published(desk) == ("hub#3",)


def test_a_sign_that_has_nothing_to_change_changes_nothing() -> None:
    desk = Desk()
    desk.hub.sign(desk.turn, "key")
    assert not desk.facts(KeyRotated)


# --- shared secrets ---------------------------------------------------------------------------------------------------


def test_shared_secrets_change_when_they_must_and_not_by_themselves() -> None:
    desk = Desk(attests_by="hmac_email")
    ring(desk, "publish key")
    assert published(desk) == ("hub#1",)
    assert "publish key" in desk.turn.pending
    desk.turn.do(desk.hub, Command("step.1", "rotate_key", "", "hub"))
    assert published(desk) == ("hub#2",)
    assert desk.said(say.Keys, "cloud")[1:2] == [say.Keys("keys.hub#2", ("hub#2",))], "the other holder is told"
    assert signs(desk, "i1") == ("", "secret:hub:cloud#2")


# --- what there is to steal -------------------------------------------------------------------------------------------


def test_a_thief_gets_what_the_mode_has() -> None:
    signed, shared = Desk(), Desk(attests_by="hmac_email")
    assert signed.hub.holdings("signing_key", "hub") == ("key:hub:1",)
    assert signed.hub.holdings("shared_secret", "hub") == ()
    assert shared.hub.holdings("signing_key", "hub") == ()
    assert shared.hub.holdings("shared_secret", "hub") == ("secret:hub:cloud",)
    shared.hub.partners = ("cloud", "azure")
    assert shared.hub.holdings("shared_secret", "hub") == ("secret:hub:azure", "secret:hub:cloud")
    assert signed.hub.holdings("card", "hub") == ()


def test_the_key_that_signs_is_the_key_that_is_stolen() -> None:
    desk = Desk()
    desk.turn.do(desk.hub, Command("step.1", "withdraw_key", "", "hub"))
    assert desk.hub.holdings("signing_key", "hub") == ("key:hub:2",)


def test_a_thief_gets_every_token_in_the_vault() -> None:
    desk = Desk()
    desk.connect()
    assert desk.hub.holdings("tokens", "hub") == ("at:g:cloud:i0:1", "rt:g:cloud:i0:1")


# --- detection --------------------------------------------------------------------------------------------------------


def stolen(what: str, then: tuple[str, ...] = ("revoke",), **changes: Any) -> Desk:
    """Alice is connected, something is stolen and noticed."""
    desk = Desk(detection={"after": Constant(HOUR), "then": then}, **changes)
    desk.connect()
    desk.hub.stolen(desk.turn, what)
    assert desk.turn.pending[f"detect {what}"] == Constant(HOUR)
    assert not desk.facts(Detected)
    ring(desk, f"detect {what}")
    return desk


def test_a_theft_is_noticed_after_a_while_and_the_orchestrator_acts_for_itself() -> None:
    desk = stolen("signing_key")
    assert desk.facts(Detected) == [Detected("hub", "signing_key", ("revoke",))]
    assert desk.turn.behind_of(Detected) == ["hub"]


@pytest.mark.parametrize("then", [("alert",), ("revoke",), ("pause",)])
def test_every_alarm_reaches_the_providers_under_the_key_they_know(then: tuple[str, ...]) -> None:
    desk = stolen("signing_key", then)
    assert desk.said(say.RevokeRequest, "cloud") == [say.RevokeRequest(ALARM, "hub", "key:hub:1", "", ())]
    desk.hears("cloud", say.Done(ALARM))
    assert ALARM not in desk.hub.pushes


def test_an_alert_is_the_alarm_and_nothing_more() -> None:
    desk = stolen("signing_key", ("alert",))
    assert not desk.facts(KeyWithdrawn)
    assert not desk.facts(Revoked)
    assert isinstance(desk.add()[0], say.ResourceRequest)


def test_revoking_after_key_theft_renews_the_key_and_ends_every_grant() -> None:
    desk = stolen("signing_key")
    assert desk.facts(KeyWithdrawn) == [KeyWithdrawn("hub", "hub#1")]
    assert [fact.login for fact in desk.facts(Revoked)] == ["alice"]
    assert SESSION in desk.hub.sessions
    (push,) = ring(desk, "push alarm.hub.1.alice+cloud")
    assert push == say.RevokeRequest("alarm.hub.1.alice+cloud", "hub", "key:hub:2", "g:cloud:i0", ())


def test_revoking_after_theft_of_secrets_changes_them() -> None:
    desk = stolen("shared_secret", attests_by="hmac_email")
    assert published(desk) == ("hub#2",)
    assert desk.facts(Revoked)


def test_revoking_after_theft_of_tokens_leaves_the_key_alone() -> None:
    desk = stolen("tokens")
    assert published(desk) == ("hub#1",)
    assert [fact.login for fact in desk.facts(Revoked)] == ["alice"]


@pytest.mark.parametrize("whose", ["alice", SESSION])
def test_revoking_after_session_theft_is_about_that_login_alone(whose: str) -> None:
    desk = Desk(detection={"after": Constant(HOUR)}, email_check="none")
    desk.connect()
    desk.hears("bob", say.Login("reg1", "bob@example.org", "pw:hub:bob:"))
    desk.connect("b1", session="s:hub:reg1:bob", accept_tos=True)
    desk.hub.stolen(desk.turn, f"session {whose}")
    ring(desk, f"detect session {whose}")
    assert published(desk) == ("hub#1",)
    assert [fact.login for fact in desk.facts(Revoked)] == ["alice"]
    assert list(desk.hub.sessions) == ["s:hub:reg1:bob"]


def test_pausing_refuses_everybody() -> None:
    desk = stolen("tokens", ("pause",))
    assert desk.add() == [say.Added("i1", "error", "paused")]
    assert not desk.facts(Revoked)


def test_several_answers_are_given_in_their_order() -> None:
    desk = stolen("tokens", ("alert", "revoke", "pause"))
    assert desk.facts(Revoked)
    assert desk.add() == [say.Added("i1", "error", "paused")]


def test_a_theft_of_nobody_s_session_is_noticed_all_the_same() -> None:
    desk = stolen("session")
    assert desk.facts(Detected)
    assert not desk.facts(Revoked)


def test_every_alarm_has_a_name_of_its_own() -> None:
    desk = stolen("tokens")
    desk.hub.stolen(desk.turn, "tokens")
    ring(desk, "detect tokens (2)")
    assert [said.id for said in desk.said(say.RevokeRequest)] == [ALARM, "alarm.hub.2+cloud"]


@pytest.mark.parametrize("what", ["tokens", "session alice"])
def test_a_second_theft_does_not_put_the_first_off(what: str) -> None:
    desk = Desk(detection={"after": Constant(HOUR)})
    desk.connect()
    for _ in range(3):
        desk.hub.stolen(desk.turn, what)
    assert [key for key in desk.turn.pending if key.startswith("detect")] == [
        f"detect {what}", f"detect {what} (2)", f"detect {what} (3)",
    ]  # fmt: skip
    for key in (f"detect {what}", f"detect {what} (2)", f"detect {what} (3)"):
        ring(desk, key)
    assert [fact.what for fact in desk.facts(Detected)] == [what.partition(" ")[0]] * 3


# --- more than usual --------------------------------------------------------------------------------------------------


def quick(then: tuple[str, ...], count: int = 2) -> Desk:
    return Desk(detection={"more_than": Rate(count, 10 * MINUTE), "then": then})


def test_more_requests_than_usual_are_noticed_with_the_one_that_is_too_many() -> None:
    desk = quick(("alert",))
    desk.add("i1")
    desk.add("i2")
    assert not desk.facts(Detected)
    assert desk.turn.pending[f"uncount {SESSION} i2"] == 10 * MINUTE
    assert isinstance(desk.add("i3")[-1], say.AccountRequest)
    assert desk.turn.behind == "alice", "the request goes on for its own person"
    desk.add("i4")
    assert desk.facts(Detected) == [Detected("hub", "too_many", ("alert",))], "one alarm, not one a request"
    assert desk.turn.behind_of(Detected) == ["hub"]
    assert desk.turn.behind_of(Requested) == ["alice"] * 4


def test_requests_that_lie_back_do_not_count() -> None:
    desk = quick(("alert",))
    desk.add("i1")
    desk.add("i2")
    ring(desk, f"uncount {SESSION} i1")
    desk.add("i3")
    assert not desk.facts(Detected)
    for id_ in ("i2", "i3"):
        ring(desk, f"uncount {SESSION} {id_}")
    assert not desk.hub.rates


def test_after_a_calm_the_alarm_is_given_again() -> None:
    desk = quick(("alert",), count=1)
    desk.add("i1")
    desk.add("i2")
    ring(desk, f"uncount {SESSION} i1")
    desk.add("i3")
    assert len(desk.facts(Detected)) == 2


@pytest.mark.parametrize(("then", "code"), [("revoke", "BROWSER_AUTH_REQUIRED"), ("pause", "paused")])
def test_the_request_that_is_too_many_meets_the_reaction(then: str, code: str) -> None:
    desk = quick((then,), count=1)
    desk.add("i1")
    assert desk.add("i2")[-1] == say.Added("i2", "error", code)


def test_sessions_are_counted_apart() -> None:
    desk = quick(("alert",), count=1)
    desk.hears("alice", say.Login("in1", "alice@example.org", "pw:hub:alice:"))
    desk.add("i1")
    desk.add("i2", session="s:hub:in1:alice")
    assert not desk.facts(Detected)
