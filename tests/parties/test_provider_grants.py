"""Codes, tokens, resources, the API, and how all of it ends."""

from __future__ import annotations

from typing import Any

import pytest

from sim.claims import signing_key
from sim.clock import DAY, HOUR, SECOND, Constant, Exponential
from sim.facts import (
    ApiAccepted,
    ApiRefused,
    CodeSpent,
    Expired,
    IssuerContained,
    ResourceCompleted,
    RevocationReceived,
    TokenEnded,
    TokenIssued,
    Transition,
)
from sim.messages import (
    ApiCall,
    ApiOk,
    Catalog,
    CatalogRequest,
    Done,
    Manage,
    Metadata,
    MetadataRequest,
    OauthCode,
    Resource,
    ResourceRequest,
    RevokeRequest,
    TokenRequest,
    TokenResponse,
    Unauthorized,
)
from sim.party import Message
from sim.scenario.values import Offer
from tests.parties.provider_kit import FOREVER, Kit, code_of, config, override

KEY = signing_key("hub", 1)


def call(kit: Kit, credential: str, id_: str = "a1", sender: str = "hub") -> Message:
    return kit.reply(sender, ApiCall(id_, credential))


def works(kit: Kit, credential: str, sender: str = "hub") -> bool:
    return isinstance(call(kit, credential, sender=sender), ApiOk)


def revoke(kit: Kit, grant: str = "", *tokens: str, sender: str = "hub", key: str = KEY) -> Message:
    return kit.reply(sender, RevokeRequest("v1", sender, key, grant, tokens))


# --- codes ----------------------------------------------------------------------------------------------------------


def test_code_is_spent_once() -> None:
    kit = Kit()
    kit.tokens("r1")
    assert kit.turn.noted(CodeSpent) == [CodeSpent("p", "c:p:r1", "hub")]
    assert code_of(kit.exchange("c:p:r1", "t2")) == "invalid_grant"
    assert len(kit.turn.noted(TokenIssued)) == 1


def test_code_lives_300_s() -> None:
    kit = Kit()
    kit.ask("r1")
    assert kit.turn.pending["expire_code c:p:r1"] == 300 * SECOND
    kit.turn.ring(kit.party, "expire_code c:p:r1")
    assert kit.turn.noted(Expired) == [Expired("p", "code", "c:p:r1")]
    assert code_of(kit.exchange("c:p:r1")) == "invalid_grant"


def test_spent_code_does_not_expire() -> None:
    kit = Kit()
    kit.tokens("r1")
    assert "expire_code c:p:r1" not in kit.turn.pending


def test_code_belongs_to_who_asked_for_it() -> None:
    kit = Kit()
    kit.ask("r1")
    assert code_of(kit.exchange("c:p:r1", sender="thief")) == "invalid_grant"
    assert isinstance(kit.exchange("c:p:r1", "t2"), TokenResponse), "and the attempt does not burn it"


def test_code_of_an_account_that_was_suspended_is_worth_nothing() -> None:
    kit = Kit()
    kit.ask("r1")
    kit.party.set_account("p/r1", state="suspended")
    assert code_of(kit.exchange("c:p:r1")) == "invalid_grant"
    kit.party.set_account("p/r1", state="active")
    assert isinstance(kit.exchange("c:p:r1", "t2"), TokenResponse)


def test_code_minted_before_a_purge_is_dead_after_it() -> None:
    kit = Kit(on_adopt="purge")
    kit.ask("r1")
    kit.take("alice", "adopt")
    kit.turn.clear()
    assert code_of(kit.exchange("c:p:r1")) == "invalid_grant"
    assert kit.turn.noted(Transition) == [Transition("code", "c:p:r1", "issued", "voided")]
    assert code_of(kit.exchange("c:p:r1", "t2")) == "invalid_grant"


@pytest.mark.parametrize("grant", ["", "c:p:none", "rt:g:p:r1:1", "nonsense"])
def test_unknown_code_is_refused(grant: str) -> None:
    assert code_of(Kit().exchange(grant)) == "invalid_grant"


# --- access tokens --------------------------------------------------------------------------------------------------


def test_access_token_expires_and_a_refreshed_one_takes_its_place() -> None:
    kit = Kit(token_life=Constant(HOUR))
    tokens = kit.tokens("r1")
    assert kit.turn.pending["expire_token g:p:r1"] == Constant(HOUR)
    assert works(kit, tokens.access_token)
    kit.turn.ring(kit.party, "expire_token g:p:r1")
    assert not works(kit, tokens.access_token)
    ended = TokenEnded("p", "p/r1", tokens.access_token, "access", "expired")
    assert kit.turn.noted(TokenEnded) == [ended]
    new: Any = kit.refresh(tokens.refresh_token)
    assert works(kit, new.access_token)
    assert kit.turn.noted(TokenEnded) == [ended], "what has ended does not end again"


def test_token_for_ever_sets_no_wake() -> None:
    kit = Kit(token_life=FOREVER)
    kit.tokens("r1")
    assert not [key for key in kit.turn.pending if key.startswith("expire_token")]
    kit = Kit(token_life=Exponential(HOUR))
    kit.tokens("r1")
    assert kit.turn.pending["expire_token g:p:r1"] == Exponential(HOUR)


def test_second_request_of_an_identity_gets_a_grant_of_its_own() -> None:
    kit = Kit()
    one, two = kit.tokens("r1"), kit.tokens("r2")
    assert one.account == two.account == "p/r1"
    assert works(kit, one.access_token)
    assert works(kit, two.access_token)


def test_refreshing_gives_a_new_token_and_ends_the_old_one() -> None:
    for answer, refresh in (("rotate", "rt:g:p:r1:2"), ("rotate_detect", "rt:g:p:r1:2"), ("none", "rt:g:p:r1:1")):
        kit = Kit(refresh=answer)
        tokens = kit.tokens("r1")
        kit.turn.clear()
        new = kit.refresh(tokens.refresh_token)
        assert new == TokenResponse("f1", "at:g:p:r1:2", refresh, "p/r1")
        assert not works(kit, tokens.access_token)
        assert works(kit, "at:g:p:r1:2")
        assert [(end.token, end.reason) for end in kit.turn.noted(TokenEnded)] == [(tokens.access_token, "rotated")]
        assert [(made.token, made.kind) for made in kit.turn.noted(TokenIssued)] == [("at:g:p:r1:2", "refreshed")]
        assert kit.turn.noted(ApiAccepted)[0].kind == "refreshed"


def test_used_refresh_token_is_refused() -> None:
    kit = Kit(refresh="rotate")
    tokens = kit.tokens("r1")
    new: Any = kit.refresh(tokens.refresh_token)
    assert code_of(kit.refresh(tokens.refresh_token, "f2")) == "invalid_grant"
    assert works(kit, new.access_token)
    assert isinstance(kit.refresh(new.refresh_token, "f3"), TokenResponse)


def test_used_refresh_token_ends_the_grant_where_reuse_is_looked_for() -> None:
    kit = Kit(refresh="rotate_detect")
    tokens = kit.tokens("r1")
    new: Any = kit.refresh(tokens.refresh_token)
    kit.turn.clear()
    assert code_of(kit.refresh(tokens.refresh_token, "f2")) == "invalid_grant"
    assert not works(kit, new.access_token)
    assert code_of(kit.refresh(new.refresh_token, "f3")) == "invalid_grant"
    assert kit.turn.noted(TokenEnded)[0].reason == "reuse_detected"
    assert kit.turn.noted(Transition) == [Transition("grant", "g:p:r1", "active", "revoked")]


def test_refresh_token_that_stays_may_be_used_again() -> None:
    kit = Kit(refresh="none")
    token = kit.tokens("r1").refresh_token
    for number in range(3):
        assert isinstance(kit.refresh(token, f"f{number}"), TokenResponse)


@pytest.mark.parametrize("token", ["", "rt:g:p:none:1", "rt:", "rt:g:p:r1:x", "at:g:p:r1:1", "rt:g:p:r1:7"])
def test_refresh_token_that_never_was_is_refused(token: str) -> None:
    kit = Kit()
    kit.tokens("r1")
    assert code_of(kit.refresh(token)) == "invalid_grant"


def test_suspended_account_refreshes_nothing() -> None:
    kit = Kit()
    tokens = kit.tokens("r1")
    kit.party.set_account("p/r1", state="suspended")
    assert code_of(kit.refresh(tokens.refresh_token)) == "invalid_grant"
    assert not works(kit, tokens.access_token)
    assert code_of(kit.make(tokens.access_token)) == "unauthorized"


def test_token_bound_to_its_sender_is_worth_nothing_to_others() -> None:
    kit = Kit(sender_bound=1.0)
    kit.turn.traits["sender_bound"] = True
    kit.ask("r1")
    assert code_of(kit.exchange("c:p:r1")) == "invalid_dpop_proof"
    tokens: Any = kit.reply("hub", TokenRequest("t2", "authorization_code", "c:p:r1", "hub", "", "pop:hub"))
    calls = [kit.reply("x", ApiCall("a1", tokens.access_token, pop)) for pop in ("", "pop:x", "pop:hub")]
    assert [isinstance(answer, ApiOk) for answer in calls] == [False, False, True]
    assert code_of(kit.make(tokens.access_token)) == "unauthorized"
    assert code_of(kit.refresh(tokens.refresh_token)) == "invalid_grant"
    again = TokenRequest("f2", "refresh_token", tokens.refresh_token, "hub", "", "pop:hub")
    assert isinstance(kit.reply("hub", again), TokenResponse)


def test_share_of_bound_tokens_leaves_some_providers_without() -> None:
    kit = Kit(sender_bound=0.5)
    kit.turn.traits["sender_bound"] = False
    assert works(kit, kit.tokens("r1").access_token, sender="thief")


# --- resources ------------------------------------------------------------------------------------------------------


def test_resource_is_made_and_its_secret_opens_the_account() -> None:
    kit = Kit()
    tokens = kit.tokens("r1")
    kit.turn.clear()
    made = kit.resource(tokens.access_token, "s1")
    issued = TokenIssued("p", "p/r1", made.secret, "resource", "g:p:r1", "hub", ("resources",), "s1")
    assert kit.turn.noted(TokenIssued) == [issued]
    assert kit.turn.noted(Transition) == [Transition("resource", made.resource, "absent", "complete")]
    assert kit.turn.noted(ResourceCompleted) == [ResourceCompleted("p", "p/r1", "p/r:s1", "free", "g:p:r1", "s1")]
    assert call(kit, made.secret, sender="agent") == ApiOk("a1", "p/r1")
    assert kit.turn.noted(ApiAccepted) == [ApiAccepted("p", "p/r1", made.secret, "resource", "g:p:r1")]


@pytest.mark.parametrize("token", ["", "at:g:p:r1:2", "at:g:p:none:1", "rt:g:p:r1:1", "sk:p:p/r:s1", "ps:p:x"])
def test_resource_needs_a_bearer_that_works(token: str) -> None:
    kit = Kit()
    kit.tokens("r1")
    assert code_of(kit.make(token)) == "unauthorized"


def test_service_that_is_not_offered() -> None:
    kit = Kit()
    token = kit.tokens("r1").access_token
    assert code_of(kit.make(token, service="domain")) == "unknown_service"
    kit.party.config = config(services={"domain": Offer("free", 0)})
    assert isinstance(kit.make(token, "s2", service="domain"), Resource)


def make(kit: Kit, token: str, id_: str, key: str, service: str = "free") -> str:
    made = kit.reply("hub", ResourceRequest(id_, key, token, "", "hub", service))
    assert isinstance(made, Resource)
    assert made.id == id_
    return made.secret


@pytest.mark.parametrize(
    ("answer", "same_key", "other_key", "other_service"),
    [("header", True, False, False), ("project", True, True, False), ("none", False, False, False)],
)
def test_repeated_request_for_a_resource(answer: str, same_key: bool, other_key: bool, other_service: bool) -> None:
    kit = Kit(idempotency=answer, services={"free": Offer("free", 0), "other": Offer("free", 0)})
    token = kit.tokens("r1").access_token
    first = make(kit, token, "s1", "k1")
    assert (make(kit, token, "s1~2", "k1") == first) is same_key
    assert (make(kit, token, "s2", "k2") == first) is other_key
    assert (make(kit, token, "s3", "k3", "other") == first) is other_service


def test_key_of_a_resource_is_forgotten_after_a_day() -> None:
    kit = Kit()
    token = kit.tokens("r1").access_token
    first = make(kit, token, "s1", "k1")
    assert kit.turn.pending["forget_made k1"] == DAY
    kit.turn.ring(kit.party, "forget_made k1")
    assert make(kit, token, "s2", "k1") != first


def test_by_project_a_resource_is_found_again_through_another_grant_while_its_secret_works() -> None:
    kit = Kit(idempotency="project")
    one, two = kit.tokens("r1").access_token, kit.tokens("r2").access_token
    first = make(kit, one, "s1", "")
    assert make(kit, two, "s2", "") == first
    assert not [key for key in kit.turn.pending if key.startswith("forget_made")]
    owner: Any = kit.take("alice")
    kit.say("alice", Manage("end", owner.session, "end", ("p/r:s1",)))
    assert not works(kit, first)
    assert make(kit, two, "s3", "") == "sk:p:p/r:s3"


def test_nobody_gets_a_resource_of_another_grant_by_its_key() -> None:
    kit = Kit()
    first = make(kit, kit.tokens("r1").access_token, "s1", "k1")
    other = kit.tokens("r2", email="bob@example.org").access_token
    assert make(kit, other, "s2", "k1") != first


def test_copy_of_a_request_without_a_key_makes_a_second_resource() -> None:
    kit = Kit(idempotency="none")
    token = kit.tokens("r1").access_token
    assert [make(kit, token, "s1", "") for _ in range(2)] == ["sk:p:p/r:s1", "sk:p:p/r:s1'"]


# --- revocation -----------------------------------------------------------------------------------------------------


def test_revoked_grant_gives_no_tokens_and_leaves_its_resources() -> None:
    kit = Kit()
    tokens = kit.tokens("r1")
    secret = kit.resource(tokens.access_token).secret
    kit.turn.clear()
    assert revoke(kit, "g:p:r1") == Done("v1")
    assert kit.turn.noted(RevocationReceived) == [RevocationReceived("p", "hub", "g:p:r1")]
    assert kit.turn.noted(Transition) == [Transition("grant", "g:p:r1", "active", "revoked")]
    assert [end.reason for end in kit.turn.noted(TokenEnded)] == ["revoked"]
    assert not works(kit, tokens.access_token)
    assert code_of(kit.refresh(tokens.refresh_token)) == "invalid_grant"
    assert works(kit, secret), "that is what survives"
    assert "expire_token g:p:r1" not in kit.turn.pending


def test_revoking_again_changes_nothing_more() -> None:
    kit = Kit()
    kit.tokens("r1")
    revoke(kit, "g:p:r1")
    kit.turn.clear()
    assert revoke(kit, "g:p:r1") == Done("v1")
    assert kit.turn.facts == [RevocationReceived("p", "hub", "g:p:r1")]


def test_single_token_dies_and_its_refresh_child_survives() -> None:
    kit = Kit()
    tokens = kit.tokens("r1")
    assert revoke(kit, "", tokens.access_token) == Done("v1")
    assert not works(kit, tokens.access_token)
    assert kit.turn.noted(RevocationReceived) == [RevocationReceived("p", "hub", "g:p:r1")]
    assert "expire_token g:p:r1" not in kit.turn.pending
    new: Any = kit.refresh(tokens.refresh_token)
    assert works(kit, new.access_token)
    revoke(kit, "", tokens.access_token)
    assert works(kit, new.access_token), "an old name ends nothing new"


def test_issuer_cannot_revoke_what_another_was_granted() -> None:
    kit = Kit()
    tokens = kit.tokens("r1")
    key = signing_key("second", 1)
    assert revoke(kit, "g:p:r1", sender="second", key=key) == Done("v1")
    assert revoke(kit, "", tokens.access_token, sender="second", key=key) == Done("v1")
    assert works(kit, tokens.access_token)
    assert not kit.turn.noted(RevocationReceived)


def test_unknown_grant_is_no_error() -> None:
    kit = Kit()
    assert revoke(kit, "g:p:none", "nonsense") == Done("v1")
    assert not kit.turn.noted(RevocationReceived)


def test_alarm_cuts_the_issuer_off_where_that_is_agreed() -> None:
    kit = Kit(issuers={"hub": override(containment=True), "second": override()})
    tokens = kit.tokens("r1")
    kit.ask("r2")
    revoke(kit, "", "at:g:p:none:1")
    revoke(kit, "g:p:none")
    assert not kit.turn.noted(IssuerContained), "withdrawing something is no alarm"
    assert revoke(kit) == Done("v1")
    assert kit.turn.noted(IssuerContained) == [IssuerContained("p", "hub")]
    assert code_of(kit.ask("r3")) == "forbidden"
    assert code_of(kit.exchange("c:p:r2")) == "unauthorized"
    assert works(kit, tokens.access_token), "what was given out rests on no new word of the issuer"
    revoke(kit)
    assert len(kit.turn.noted(IssuerContained)) == 1
    assert revoke(kit, sender="second", key=signing_key("second", 1)) == Done("v1")
    assert isinstance(kit.ask("r4", "second", "bob@example.org"), OauthCode)


def test_contained_issuer_makes_no_resources_with_its_signature() -> None:
    kit = Kit()
    code: Any = kit.reply("hub", kit.request("r1", kit.hmac("r1")))
    tokens: Any = kit.exchange(code.code, key="secret:hub:p")
    kit.party.contained["hub"] = True
    assert code_of(kit.make(tokens.access_token, key="secret:hub:p")) == "unauthorized"


# --- the API --------------------------------------------------------------------------------------------------------


def test_call_without_credential_learns_where_to_get_one() -> None:
    kit = Kit()
    where = "https://p/.well-known/oauth-protected-resource"
    assert call(kit, "") == Unauthorized("a1", "unauthorized", where)
    assert kit.turn.facts == []
    assert kit.reply("hub", MetadataRequest("m1")) == Metadata("m1", "p", ("p",), ("resources",))


@pytest.mark.parametrize(
    "credential", ["at:g:p:r1:2", "ps:p:none", "sk:p:none", "ak:p:none", "c:p:r1", "x", "at:", "p"]
)
def test_credential_that_does_not_work_is_refused(credential: str) -> None:
    kit = Kit()
    kit.tokens("r1")
    assert isinstance(call(kit, credential), Unauthorized)
    assert kit.turn.noted(ApiRefused) == [ApiRefused("p", credential, "unauthorized")]


def test_session_and_key_made_by_hand_open_the_api() -> None:
    kit = Kit()
    kit.sign_up("alice")
    assert works(kit, "ps:p:up.alice", "alice")
    assert kit.turn.noted(ApiAccepted)[0].kind == "session"


def test_catalogue_says_what_there_is_and_whether_agents_may_have_it() -> None:
    for provisions in (True, False):
        told = Kit(agent_provisioning=provisions).reply("hub", CatalogRequest("q1"))
        assert isinstance(told, Catalog)
        assert (told.services, told.agent_provisioning, told.sender_bound) == (("free", "paid"), provisions, False)
        assert [(service, price) for service, _, price in told.paid] == [("paid", "20 usd per month")]
