"""The vault: using, refreshing, revoking with pushes, unlinking."""

from __future__ import annotations

from typing import Any

import pytest

from sim import messages as say
from sim.clock import NEVER, SECOND, Constant, Exponential
from sim.facts import ConnectionRemoved, CredentialStored, Revoked
from tests.parties.orchestrator_kit import AGENT, SESSION, Desk

GRANT, ACCESS, REFRESH = "g:cloud:i0", "at:g:cloud:i0:1", "rt:g:cloud:i0:1"
PUSH = "push rev1+cloud"


def connected(**changes: Any) -> Desk:
    desk = Desk(**changes)
    desk.connect()
    return desk


def revoke(desk: Desk, provider: str = "cloud") -> list[Any]:
    return list(desk.hears("alice", say.RevokeCommand("rev1", SESSION, provider)))


# --- use and refresh --------------------------------------------------------------------------------------------------


def test_a_use_is_one_call_with_the_vault_s_token() -> None:
    desk = connected()
    assert desk.hears(AGENT, say.UseCommand("use1", SESSION, "cloud")) == [say.ApiCall("use1", ACCESS)]
    assert desk.hears("cloud", say.ApiOk("use1", "cloud/i0")) == [say.Done("use1")]
    assert desk.turn.sent[-1][0] == AGENT
    assert not desk.hub.work


def test_a_refused_use_is_an_error_and_leaves_the_vault_alone() -> None:
    desk = connected()
    desk.hears("alice", say.UseCommand("use1", SESSION, "cloud"))
    assert desk.hears("cloud", say.Unauthorized("use1", "expired", "https://cloud/x")) == [say.Error("use1", "expired")]
    assert desk.hub.connection("alice", "cloud").refresh == REFRESH


def test_a_use_that_nobody_answers_times_out() -> None:
    desk = connected(retries=1)
    desk.hears("alice", say.UseCommand("use1", SESSION, "cloud"))
    assert desk.turn.ring(desk.hub, "timeout use1") == [say.ApiCall("use1~2", ACCESS)]
    assert desk.turn.ring(desk.hub, "timeout use1") == [say.Error("use1", "timeout")]


def test_a_refresh_replaces_both_tokens_of_the_same_grant() -> None:
    desk = connected()
    (request,) = desk.hears("alice", say.RefreshCommand("f1", SESSION, "cloud"))
    assert request == say.TokenRequest("f1", "refresh_token", REFRESH, "hub", "")
    new = say.TokenResponse("f1", f"at:{GRANT}:2", f"rt:{GRANT}:2", "cloud/i0")
    assert desk.hears("cloud", new) == [say.Done("f1")]
    row = desk.hub.connection("alice", "cloud")
    assert (row.state, row.access, row.refresh) == ("active", f"at:{GRANT}:2", f"rt:{GRANT}:2")
    assert desk.facts(CredentialStored) == [CredentialStored("hub", "cloud", "alice", GRANT)]
    assert desk.link_moves() == [("active", "active")]


def test_a_refused_refresh_token_is_the_end_of_the_link() -> None:
    desk = connected()
    desk.hears("alice", say.RefreshCommand("f1", SESSION, "cloud"))
    assert desk.hears("cloud", say.Error("f1", "invalid_grant")) == [say.Error("f1", "invalid_grant")]
    assert desk.link_moves() == [("active", "expired")]
    assert desk.hub.holdings("tokens", "hub") == ()
    assert [type(said) for said in desk.add()] == [say.AccountRequest]


def test_a_refused_refresh_token_that_was_replaced_meanwhile_ends_nothing() -> None:
    desk = connected()
    desk.hears("alice", say.RefreshCommand("f1", SESSION, "cloud"))
    desk.hears("alice", say.UnlinkCommand("un1", SESSION, "cloud"))
    desk.connect("i7")
    assert desk.hears("cloud", say.Error("f1", "invalid_grant")) == [say.Error("f1", "invalid_grant")]
    assert desk.hub.connection("alice", "cloud").access == "at:g:cloud:i7:1"


def test_another_refusal_is_not() -> None:
    desk = connected()
    desk.hears("alice", say.RefreshCommand("f1", SESSION, "cloud"))
    assert desk.hears("cloud", say.Error("f1", "server_busy")) == [say.Error("f1", "server_busy")]
    assert desk.hub.holdings("tokens", "hub") == (ACCESS, REFRESH)


def test_tokens_refreshed_after_a_revocation_do_not_come_back() -> None:
    desk = connected()
    desk.hears("alice", say.RefreshCommand("f1", SESSION, "cloud"))
    revoke(desk)
    new = say.TokenResponse("f1", f"at:{GRANT}:2", f"rt:{GRANT}:2", "cloud/i0")
    assert desk.hears("cloud", new) == [say.Error("f1", "PROVIDER_NOT_LINKED")]
    assert desk.hub.holdings("tokens", "hub") == ()


@pytest.mark.parametrize("command", [say.UseCommand, say.RefreshCommand, say.UnlinkCommand])
@pytest.mark.parametrize(("session", "code"), [("s:none", "BROWSER_AUTH_REQUIRED"), (SESSION, "PROVIDER_NOT_LINKED")])
def test_nothing_can_be_done_without_a_session_and_a_connection(command: Any, session: str, code: str) -> None:
    desk = Desk()
    assert desk.hears("alice", command("x1", session, "cloud")) == [say.Error("x1", code)]


# --- revoking ---------------------------------------------------------------------------------------------------------


def test_revoking_drops_the_grant_and_tells_the_provider_after_a_while() -> None:
    desk = connected()
    assert revoke(desk) == [say.Done("rev1")]
    assert desk.facts(Revoked) == [Revoked("hub", "cloud", "alice", GRANT, True)]
    assert desk.link_moves() == [("active", "expired")]
    assert desk.hub.holdings("tokens", "hub") == ()
    assert desk.turn.pending[PUSH] == Constant(5 * SECOND)
    (push,) = desk.turn.ring(desk.hub, PUSH)
    assert push == say.RevokeRequest("rev1+cloud", "hub", "key:hub:1", GRANT, ())
    assert desk.turn.sent[-1][0] == "cloud"
    assert desk.hears("cloud", say.Done("rev1+cloud")) == []
    assert not desk.hub.pushes
    assert PUSH not in desk.turn.pending
    assert SESSION in desk.hub.sessions


@pytest.mark.parametrize(
    ("names", "grant", "token_ids"), [("grant", GRANT, ()), ("token_ids", "", (ACCESS,)), ("nothing", None, None)]
)
def test_what_the_push_names_is_a_policy(names: str, grant: str | None, token_ids: Any) -> None:
    desk = connected(revocation={"names": names})
    revoke(desk)
    assert [fact.pushed for fact in desk.facts(Revoked)] == [names != "nothing"]
    assert (PUSH in desk.turn.pending) is (names != "nothing")
    if names != "nothing":
        (push,) = desk.turn.ring(desk.hub, PUSH)
        assert (push.grant, push.token_ids) == (grant, token_ids)  # type: ignore[attr-defined]


def test_an_uncertain_delay_is_handed_on() -> None:
    desk = connected(revocation={"delay": Exponential(SECOND)})
    revoke(desk)
    assert desk.turn.pending[PUSH] == Exponential(SECOND)


def test_an_unanswered_push_is_repeated_and_then_given_up() -> None:
    desk = connected(revocation={"retries": 2})
    revoke(desk)
    ids = []
    while PUSH in desk.turn.pending:
        ids += [said.id for said in desk.turn.ring(desk.hub, PUSH)]
    assert ids == ["rev1+cloud", "rev1+cloud~2", "rev1+cloud~3"]
    assert not desk.hub.pushes
    assert desk.hears("cloud", say.Done("rev1+cloud~3")) == []


def test_an_answer_to_any_attempt_ends_the_push() -> None:
    desk = connected()
    revoke(desk)
    desk.turn.ring(desk.hub, PUSH)
    desk.turn.ring(desk.hub, PUSH)
    desk.hears("rogue", say.Done("rev1+cloud"))
    assert desk.hub.pushes
    desk.hears("cloud", say.Done("rev1+cloud"))
    assert not desk.hub.pushes


def test_a_refused_push_is_sent_again_in_its_time() -> None:
    desk = connected()
    revoke(desk)
    desk.turn.ring(desk.hub, PUSH)
    assert desk.hears("cloud", say.Error("rev1+cloud", "unauthorized")) == []
    assert desk.turn.pending[PUSH] == Constant(30 * SECOND)
    assert [said.id for said in desk.turn.ring(desk.hub, PUSH)] == ["rev1+cloud~2"]


def test_each_attempt_may_be_lost() -> None:
    desk = connected(revocation={"loss": 0.5, "retries": 1})
    desk.turn.decisions["revocation_loss rev1+cloud"] = True
    revoke(desk)
    assert desk.turn.ring(desk.hub, PUSH) == []
    assert [said.id for said in desk.turn.ring(desk.hub, PUSH)] == ["rev1+cloud~2"]
    assert desk.turn.asked == {"revocation_loss rev1+cloud": 0.5, "revocation_loss rev1+cloud~2": 0.5}


def test_revoking_everywhere_reaches_every_provider() -> None:
    desk = connected()
    desk.learn_catalogue("azure")
    desk.connect("i9", "azure", accept_tos=True)
    assert revoke(desk, "") == [say.Done("rev1")]
    assert [fact.provider for fact in desk.facts(Revoked)] == ["azure", "cloud"]
    assert [key for key in desk.turn.pending if key.startswith("push")] == ["push rev1+azure", "push rev1+cloud"]


def test_others_grants_are_left_alone() -> None:
    desk = connected(email_check="none")
    desk.hears("bob", say.Login("reg1", "bob@example.org", "pw:hub:bob:"))
    desk.connect("b1", session="s:hub:reg1:bob", accept_tos=True)
    revoke(desk, "")
    assert [fact.login for fact in desk.facts(Revoked)] == ["alice"]
    assert desk.hub.connection("bob", "cloud").access


def test_revoking_nothing_is_done_as_well() -> None:
    desk = Desk()
    assert revoke(desk) == [say.Done("rev1")]
    assert not desk.facts(Revoked)


def test_revoking_needs_a_session() -> None:
    desk = connected()
    assert desk.hears("alice", say.RevokeCommand("rev1", "s:none")) == [say.Error("rev1", "BROWSER_AUTH_REQUIRED")]
    assert desk.hub.holdings("tokens", "hub") == (ACCESS, REFRESH)


def test_under_signed_requests_the_secret_signs_the_push() -> None:
    desk = connected(attests_by="hmac_email", revocation={"delay": Constant(NEVER)})
    revoke(desk)
    assert desk.turn.ring(desk.hub, PUSH)[0].client_key == "secret:hub:cloud"  # type: ignore[attr-defined]


# --- unlinking --------------------------------------------------------------------------------------------------------


def test_unlinking_forgets_and_tells_nobody() -> None:
    desk = connected()
    assert desk.hears("alice", say.UnlinkCommand("un1", SESSION, "cloud")) == [say.Done("un1")]
    assert [to for to, _ in desk.turn.sent] == ["alice"]
    assert desk.facts(ConnectionRemoved) == [ConnectionRemoved("hub", "cloud", "alice")]
    assert desk.link_moves() == [("active", "unlinked")]
    assert desk.hub.holdings("tokens", "hub") == ()


def test_after_unlinking_a_new_account_request_follows_without_new_terms() -> None:
    desk = connected()
    desk.hears("alice", say.UnlinkCommand("un1", SESSION, "cloud"))
    assert [type(said) for said in desk.add()] == [say.AccountRequest]
    assert desk.link_moves()[-1] == ("unlinked", "requested")
