"""Is an attestation believed: every fault, in the order of the list, and the keys by which signatures are judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import pytest

from sim.claims import FAULTS, shared_secret, signing_key
from sim.clock import MINUTE, SECOND, Constant, Exponential
from sim.facts import AttestationAccepted, AttestationRefused, KeysFetched
from sim.messages import AccountRequest, Error, Keys, KeysRequest, OauthCode, RequiresAuth, RevokeRequest, TokenRequest
from sim.parties.provider.verification import CODES
from tests.parties.provider_kit import LIFE, Kit, code_of, override

SKEW = 300 * SECOND

#: by fault: what makes an attestation have it, and nothing before it
SPOILS: dict[str, Callable[[Kit, dict[str, Any]], object]] = {
    "issuer_not_trusted": lambda kit, claim: kit.party.config.trusts.issuers.pop("hub"),
    "issuer_contained": lambda kit, claim: kit.party.contained.update(hub=True),
    "domain_not_trusted": lambda kit, claim: claim.update(email="alice@elsewhere.example"),
    "unknown_key": lambda kit, claim: claim.update(key_id="hub#9", signer=signing_key("hub", 9)),
    "bad_signature": lambda kit, claim: claim.update(signer=signing_key("thief", 1)),
    "wrong_audience": lambda kit, claim: claim.update(audience="q"),
    "expired": lambda kit, claim: claim.update(issued_at=kit.turn.now - LIFE - SKEW - 1),
    "not_yet_valid": lambda kit, claim: claim.update(issued_at=kit.turn.now + SKEW + 1),
    "replayed": lambda kit, claim: kit.party.used.update({"hub jti:hub:r1": True}),
}


def strict() -> Kit:
    """A provider on which every check is on."""
    return Kit(issuers={"hub": override(domains=("example.org",))}, replay_memory=Constant(6 * MINUTE))


def refused(kit: Kit, **claim: Any) -> str:
    """Why ``kit`` refuses such an attestation; empty if it does not."""
    answer = kit.reply("hub", kit.request("r1", kit.claim(**{"request": "r1", **claim})))
    facts = kit.turn.noted(AttestationRefused)
    assert bool(facts) == isinstance(answer, Error)
    assert bool(facts) != bool(kit.turn.noted(AttestationAccepted))
    if facts:
        assert code_of(answer) == CODES[facts[0].reason]
    return facts[0].reason if facts else ""


def possible_pairs() -> Iterator[tuple[str, str]]:
    """Two faults that one attestation can have at once, in the order of the list."""
    return ((one, other) for one, other in combinations(FAULTS, 2) if {one, other} != {"expired", "not_yet_valid"})


def test_every_fault_has_a_code_and_a_way_to_cause_it() -> None:
    assert tuple(SPOILS) == FAULTS == tuple(CODES)


def test_attestation_without_fault_is_accepted() -> None:
    kit = strict()
    assert refused(kit) == ""
    assert kit.turn.noted(AttestationAccepted) == [
        AttestationAccepted(
            "p", "hub", "sub:hub:alice@example.org", "jti:hub:r1", "hub#1", "alice@example.org", "p", True, True, "r1"
        )
    ]


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_found(fault: str) -> None:
    kit, claim = strict(), dict[str, Any]()
    SPOILS[fault](kit, claim)
    assert refused(kit, **claim) == fault
    assert not kit.party.accounts


@pytest.mark.parametrize(("first", "second"), possible_pairs())
def test_of_two_faults_the_first_is_named(first: str, second: str) -> None:
    kit, claim = strict(), dict[str, Any]()
    SPOILS[second](kit, claim)
    SPOILS[first](kit, claim)
    assert refused(kit, **claim) == first


# --- time -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "age", "expected"),
    [
        ("jwt", LIFE + SKEW, ""),
        ("jwt", LIFE + SKEW + 1, "expired"),
        ("jwt", -SKEW, ""),
        ("jwt", -SKEW - 1, "not_yet_valid"),
        ("hmac_email", SKEW, ""),
        ("hmac_email", SKEW + 1, "expired"),
        ("hmac_email", -SKEW, ""),
        ("hmac_email", -SKEW - 1, "not_yet_valid"),
    ],
)
def test_life_and_tolerance_bound_the_time_of_acceptance(mode: str, age: int, expected: str) -> None:
    kit = Kit()
    at = kit.turn.now - age
    claim = kit.claim(issued_at=at, request="r1") if mode == "jwt" else kit.hmac("r1", issued_at=at)
    kit.reply("hub", kit.request("r1", claim))
    assert [fact.reason for fact in kit.turn.noted(AttestationRefused)] == ([expected] if expected else [])


def test_tolerance_is_read_at_each_use() -> None:
    kit = Kit(skew=Constant(0))
    assert refused(kit, issued_at=kit.turn.now - LIFE - 1) == "expired"


# --- audience, issuer, domain ---------------------------------------------------------------------------------------


def test_audience_is_recorded_even_where_nobody_looks_at_it() -> None:
    kit = Kit(check_audience=False)
    assert refused(kit, audience="q") == ""
    assert kit.turn.noted(AttestationAccepted)[0].audience == "q"


def test_shared_secret_has_no_audience_to_check() -> None:
    kit = Kit()
    assert isinstance(kit.reply("hub", kit.request("r1", kit.hmac("r1"))), OauthCode)
    assert kit.turn.noted(AttestationAccepted)[0].audience == ""
    assert not kit.turn.all_sent(KeysRequest)


def test_domains_do_not_refuse_where_linking_weighs_them_itself() -> None:
    kit = Kit(like="M8", issuers={"hub": override(domains=("example.org",))})
    assert isinstance(kit.ask("r1", email="alice@elsewhere.example"), RequiresAuth)


def test_issuer_on_no_list_is_trusted_only_where_all_are() -> None:
    kit = Kit(issuers={"other": override()})
    assert refused(kit) == "issuer_not_trusted"
    assert not kit.turn.all_sent(KeysRequest), "nobody asks a stranger for keys"


def test_list_may_name_the_block_of_an_issuer() -> None:
    kit = Kit(issuers={"hub": override(linking="refuse"), "hub2": override()})
    kit.party.block_of = lambda name: name.rstrip("0123456789")
    kit.sign_up("alice")
    assert code_of(kit.ask("r1", "hub1")) == "email_taken"
    assert isinstance(kit.ask("r2", "hub2"), RequiresAuth), "what is said of a member goes before"
    assert code_of(kit.ask("r3", "other1")) == "forbidden"


# --- replay ---------------------------------------------------------------------------------------------------------


def test_used_assertion_is_remembered_for_a_time() -> None:
    kit = Kit(replay_memory=Constant(6 * MINUTE))
    claim = kit.claim(request="r1")
    kit.reply("hub", kit.request("r1", claim))
    assert kit.turn.pending["forget_use hub jti:hub:r1"] == Constant(6 * MINUTE)
    assert code_of(kit.reply("p2", kit.request("r2", claim))) == "invalid_request"
    assert kit.turn.noted(AttestationRefused)[0].reason == "replayed"
    kit.turn.ring(kit.party, "forget_use hub jti:hub:r1")
    assert isinstance(kit.reply("p2", kit.request("r3", claim)), OauthCode)


def test_signed_request_is_remembered_by_its_id() -> None:
    kit = Kit(replay_memory=Constant(6 * MINUTE), idempotency="none")
    request = kit.request("r1", kit.hmac("r1"))
    kit.reply("hub", request)
    assert code_of(kit.reply("hub", request)) == "invalid_request"


def test_without_memory_a_copy_passes() -> None:
    kit = Kit(idempotency="none")
    request = kit.request("r1")
    assert isinstance(kit.reply("hub", request), OauthCode)
    assert isinstance(kit.reply("thief", request), OauthCode)
    assert not kit.party.used


def test_refused_assertion_is_not_used_up() -> None:
    kit = Kit(replay_memory=Constant(6 * MINUTE))
    refused(kit, audience="q")
    assert not kit.party.used


# --- keys -----------------------------------------------------------------------------------------------------------


def test_keys_are_fetched_once_and_believed_for_their_life() -> None:
    kit = Kit()
    kit.ask("r1")
    kit.ask("r2", email="bob@example.org")
    assert [said.id for said in kit.turn.all_sent(KeysRequest, "hub")] == ["r1+keys"]
    assert kit.turn.noted(KeysFetched) == [KeysFetched("p", "hub", ("hub#1",))]
    assert kit.turn.pending["stale_keys hub"] == Constant(10 * MINUTE)
    kit.turn.ring(kit.party, "stale_keys hub")
    kit.ask("r3", email="carol@example.org")
    assert [said.id for said in kit.turn.all_sent(KeysRequest, "hub")] == ["r1+keys", "r3+keys"]


def test_withdrawn_key_is_accepted_until_the_copy_is_stale() -> None:
    kit = Kit()
    kit.ask("r1")
    kit.published["hub"] = ("hub#2",)
    assert isinstance(kit.ask("r2", email="bob@example.org"), OauthCode)
    kit.turn.ring(kit.party, "stale_keys hub")
    assert code_of(kit.ask("r3", email="carol@example.org")) == "invalid_signature"


def test_unknown_key_triggers_a_fetch_at_most_once_per_cooldown() -> None:
    kit = Kit()
    kit.ask("r1")
    kit.published["hub"] = ("hub#1", "hub#2")
    new = {"key_id": "hub#2", "signer": signing_key("hub", 2)}
    assert code_of(kit.ask("r2", email="bob@example.org", **new)) == "invalid_signature"
    assert len(kit.turn.all_sent(KeysRequest)) == 1
    assert kit.turn.pending["rested hub"] == Constant(30 * SECOND)
    kit.turn.ring(kit.party, "rested hub")
    assert isinstance(kit.ask("r3", email="bob@example.org", **new), OauthCode)
    assert len(kit.turn.all_sent(KeysRequest)) == 2


def test_request_waits_for_keys_on_behalf_of_whoever_sent_it() -> None:
    kit = Kit()
    kit.silent = True
    kit.say("hub", kit.request("r1"), behind="alice")
    kit.say("hub", kit.request("r2", kit.claim(email="bob@example.org")), behind="bob")
    assert kit.turn.sent == [("hub", KeysRequest("r1+keys"))], "both wait for the same answer"
    sent = kit.turn.hear(kit.party, "hub", Keys("r1+keys", ("hub#1",)))
    assert [said.id for said in sent if isinstance(said, OauthCode)] == ["r1", "r2"]
    assert kit.turn.behind_of(AttestationAccepted) == ["alice", "bob"]


def test_duplicate_that_waits_beside_its_twin_is_answered_alike() -> None:
    kit = Kit()
    kit.silent = True
    for _ in range(2):
        kit.say("hub", kit.request("r1"))
    kit.turn.hear(kit.party, "hub", Keys("r1+keys", ("hub#1",)))
    assert kit.turn.all_sent(OauthCode) == [OauthCode("r1", "c:p:r1")] * 2
    assert len(kit.turn.noted(AttestationAccepted)) == 1


def test_fetching_takes_its_time() -> None:
    kit = Kit(fetch=Exponential(SECOND))
    assert kit.say("hub", kit.request("r1")) == []
    assert kit.turn.pending["fetch_keys hub"] == Exponential(SECOND)
    assert kit.turn.ring(kit.party, "fetch_keys hub") == [KeysRequest("r1+keys")]


def test_issuer_that_does_not_answer_is_asked_three_times() -> None:
    kit = Kit()
    kit.silent = True
    kit.say("hub", kit.request("r1"))
    assert kit.turn.ring(kit.party, "ask_again hub") == [KeysRequest("r1+keys~2")]
    assert kit.turn.ring(kit.party, "ask_again hub") == [KeysRequest("r1+keys~3")]
    assert kit.turn.ring(kit.party, "ask_again hub") == [Error("r1", "server_error")]
    assert not kit.party.fetches
    assert kit.say("hub", kit.request("r2")) == [KeysRequest("r2+keys")]


def test_late_keys_cancel_further_asking() -> None:
    kit = Kit(fetch=Constant(SECOND))
    kit.say("hub", kit.request("r1"))
    kit.turn.hear(kit.party, "hub", Keys("x", ("hub#1",)))
    assert "fetch_keys hub" not in kit.turn.pending
    assert kit.turn.all_sent(OauthCode)


def test_second_copy_of_the_keys_changes_nothing() -> None:
    kit = Kit()
    kit.ask("r1")
    kit.turn.clear()
    kit.turn.hear(kit.party, "hub", Keys("r1+keys", ("hub#7",)))
    assert kit.party.keys["hub"] == ("hub#1",)
    assert kit.turn.facts == []


# --- shared secrets -------------------------------------------------------------------------------------------------

SECOND_SECRET = shared_secret("hub", "p") + "#2"


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ({"signer": shared_secret("hub", "q")}, "bad_signature"),
        ({"signer": shared_secret("second", "p")}, "bad_signature"),
        ({"binds": "another"}, "bad_signature"),
        ({"signer": "secret:hub:p#x"}, "bad_signature"),
        ({}, ""),
    ],
)
def test_shared_secret_signs_the_whole_request(claim: dict[str, Any], reason: str) -> None:
    kit = Kit()
    kit.reply("hub", kit.request("r1", kit.hmac("r1", **claim)))
    assert [fact.reason for fact in kit.turn.noted(AttestationRefused)] == ([reason] if reason else [])


def test_nobody_asks_for_keys_because_of_a_secret_that_is_none_of_the_pairs() -> None:
    kit = Kit()
    kit.reply("hub", kit.request("r1", kit.hmac("r1", signer=shared_secret("hub", "q"))))
    kit.reply("hub", RevokeRequest("v1", "hub", "nonsense"))
    assert not kit.turn.all_sent(KeysRequest)


def test_issuer_that_signs_with_keys_of_its_own_shares_no_secret() -> None:
    kit = Kit()
    kit.ask("r1")
    assert not kit.party.secrets
    assert kit.party.holdings("shared_secret", "p") == ()


def test_changed_secret_is_learnt_from_its_issuer() -> None:
    kit = Kit()
    kit.reply("hub", kit.request("r1", kit.hmac("r1")))
    assert kit.party.holdings("shared_secret", "p") == (shared_secret("hub", "p"),)
    kit.published["hub"] = ("hub#2",)
    kit.turn.hear(kit.party, "hub", Keys("told", ("hub#2",)))
    assert kit.party.holdings("shared_secret", "p") == (SECOND_SECRET,)
    assert code_of(kit.reply("hub", kit.request("r2", kit.hmac("r2")))) == "invalid_signature"
    assert isinstance(kit.reply("hub", kit.request("r3", kit.hmac("r3", signer=SECOND_SECRET))), OauthCode)
    kit.turn.hear(kit.party, "hub", Keys("late", ("hub#1",)))
    assert kit.party.secrets["hub"] == ("hub#2",), "news that is older than what is known is no news"
    assert kit.party.holdings("tokens", "p") == ()


def test_changed_secret_that_was_announced_before_it_was_ever_used_here() -> None:
    kit = Kit()
    kit.published["hub"] = ("hub#2",)
    kit.turn.hear(kit.party, "hub", Keys("told", ("hub#2",)))
    assert code_of(kit.reply("thief", kit.request("r1", kit.hmac("r1")))) == "invalid_signature"
    assert isinstance(kit.reply("hub", kit.request("r2", kit.hmac("r2", signer=SECOND_SECRET))), OauthCode)


def test_unknown_secret_of_the_pair_is_asked_for() -> None:
    kit = Kit()
    kit.published["hub"] = ("hub#2",)
    assert isinstance(kit.reply("hub", kit.request("r1", kit.hmac("r1", signer=SECOND_SECRET))), OauthCode)
    assert kit.turn.all_sent(KeysRequest, "hub")
    assert "stale_keys hub" not in kit.turn.pending, "a secret does not go stale"


# --- whose signature is on other requests ---------------------------------------------------------------------------


def test_revocation_is_signed_and_waits_for_keys_as_well() -> None:
    kit = Kit()
    tokens = kit.tokens("r1")
    kit.turn.ring(kit.party, "stale_keys hub")
    answer = kit.reply("hub", RevokeRequest("v1", "hub", signing_key("hub", 1), "g:p:r1"))
    assert type(answer).__name__ == "Done"
    assert code_of(kit.refresh(tokens.refresh_token)) == "invalid_grant"


@pytest.mark.parametrize("key", ["", "key:hub:9", "key:second:1", "key:hub:", "secret:hub:q", "nonsense", "key:hub:x"])
def test_revocation_with_a_foreign_key_is_refused(key: str) -> None:
    kit = Kit()
    tokens = kit.tokens("r1")
    assert code_of(kit.reply("hub", RevokeRequest("v1", "hub", key, "g:p:r1"))) == "unauthorized"
    assert type(kit.refresh(tokens.refresh_token)).__name__ == "TokenResponse"


def test_signed_requests_of_a_pair_need_the_secret_each_time() -> None:
    kit = Kit()
    secret = shared_secret("hub", "p")
    code = kit.reply("hub", kit.request("r1", kit.hmac("r1")))
    assert isinstance(code, OauthCode)
    assert code_of(kit.exchange(code.code, "t1")) == "unauthorized"
    assert code_of(kit.exchange(code.code, "t2", key=shared_secret("second", "p"))) == "unauthorized"
    tokens: Any = kit.exchange(code.code, "t3", key=secret)
    assert tokens.access_token == "at:g:p:r1:1"
    assert code_of(kit.make(tokens.access_token, "s1")) == "unauthorized"
    assert type(kit.make(tokens.access_token, "s2", key=secret)).__name__ == "Resource"
    assert code_of(kit.refresh(tokens.refresh_token, "f1")) == "unauthorized"
    assert type(kit.refresh(tokens.refresh_token, "f2", key=secret)).__name__ == "TokenResponse"


def test_signed_requests_wait_for_a_secret_that_is_not_known_yet() -> None:
    kit = Kit()
    kit.published["hub"] = ("hub#1", "hub#2")
    code: Any = kit.reply("hub", kit.request("r1", kit.hmac("r1")))
    tokens: Any = kit.exchange(code.code, key=SECOND_SECRET)
    assert tokens.account == "p/r1"
    kit.party.resting.pop("hub")
    kit.party.secrets["hub"] = ("hub#1",)
    assert type(kit.make(tokens.access_token, key=SECOND_SECRET)).__name__ == "Resource"
    kit.party.resting.pop("hub")
    kit.party.secrets["hub"] = ("hub#1",)
    assert type(kit.refresh(tokens.refresh_token, key=SECOND_SECRET)).__name__ == "TokenResponse"


def test_request_of_every_kind_that_waits_is_answered_when_no_keys_come() -> None:
    kit = Kit()
    code: Any = kit.reply("hub", kit.request("r1", kit.hmac("r1")))
    kit.silent = True
    waiting = (
        TokenRequest("t1", "authorization_code", code.code, "hub", SECOND_SECRET),
        RevokeRequest("v1", "hub", SECOND_SECRET),
        AccountRequest("r2", "r2", "hub", kit.hmac("r2", signer=SECOND_SECRET), ()),
    )
    for message in waiting:
        kit.say("hub", message)
    for _ in range(2):
        kit.turn.ring(kit.party, "ask_again hub")
    answers = kit.turn.ring(kit.party, "ask_again hub")
    assert answers == [Error(message.id, "server_error") for message in waiting]
