"""Account requests that are refused, and those that are repeated."""

from __future__ import annotations

from sim.clock import DAY
from sim.facts import AccountCreated, AttestationAccepted, AttestationRefused
from sim.messages import DashboardRequest, Done, Error, OauthCode, RequiresAuth, TokenResponse
from sim.party import Message
from tests.parties.provider_kit import Kit, code_of, config, known, page

# --- refusals ---------------------------------------------------------------------------------------------------------


def test_provider_without_agent_provisioning_says_so() -> None:
    kit = Kit(agent_provisioning=False)
    assert code_of(kit.ask()) == "agent_provisioning_unavailable"
    assert kit.turn.noted(AttestationRefused)[0].reason == "agent_provisioning_unavailable"
    assert not kit.turn.noted(AccountCreated)


def test_suspended_account_is_refused() -> None:
    kit = Kit()
    kit.ask("r1")
    kit.party.set_account("p/r1", state="suspended")
    assert code_of(kit.ask("r2")) == "forbidden"


def test_account_suspended_while_its_owner_is_asked() -> None:
    kit = known()
    url = page(kit.ask())
    session = kit.session("alice")
    kit.party.set_account("p/up.alice", state="suspended")
    assert code_of(kit.approve("alice", session, url)) == "forbidden"


# --- requests that are repeated ---------------------------------------------------------------------------------------


def repeated(kit: Kit, id_: str = "r1~2", key: str = "r1") -> Message:
    return kit.reply("hub", kit.request(id_, kit.claim(request=id_), key))


def test_repeated_key_is_answered_alike_and_nothing_happens_again() -> None:
    kit = Kit()
    kit.ask("r1")
    kit.turn.clear()
    assert repeated(kit) == OauthCode("r1~2", "c:p:r1")
    assert kit.turn.facts == []
    assert kit.turn.pending["forget_answer r1"] == DAY


def test_repeated_key_is_answered_alike_after_its_code_was_spent() -> None:
    kit = Kit()
    kit.tokens("r1")
    assert repeated(kit) == OauthCode("r1~2", "c:p:r1")


def test_repeated_key_gets_the_same_consent_page() -> None:
    kit = known()
    url = page(kit.ask("r1"))
    kit.turn.clear()
    assert repeated(kit) == RequiresAuth("r1~2", url)
    assert kit.turn.facts == []


def test_repeated_key_is_new_once_the_mail_that_it_was_told_to_wait_for_has_run_out() -> None:
    kit = Kit(like="M7")
    kit.ask("r1")
    link = kit.mailed("activate")
    assert repeated(kit, "r1~2") == RequiresAuth("r1~2", "")
    assert kit.mailed("activate") == link
    kit.turn.ring(kit.party, f"expire_link {link}")
    assert repeated(kit, "r1~3") == RequiresAuth("r1~3", "")
    assert kit.mailed("activate") != link


def test_key_is_forgotten_after_a_day() -> None:
    kit = Kit()
    kit.ask("r1")
    kit.turn.ring(kit.party, "forget_answer r1")
    assert repeated(kit) == OauthCode("r1~2", "c:p:r1~2")


def test_answer_that_has_become_worthless_is_not_repeated() -> None:
    kit = Kit()
    kit.ask("r1")
    kit.turn.ring(kit.party, "expire_code c:p:r1")
    assert repeated(kit) == OauthCode("r1~2", "c:p:r1~2")


def test_foreign_issuer_does_not_get_an_answer_by_its_key() -> None:
    kit = Kit()
    kit.ask("r1")
    answer = kit.reply("second", kit.request("r9", kit.claim("second", "m@example.org"), "r1"))
    assert answer == OauthCode("r9", "c:p:r9")


def test_errors_are_not_remembered() -> None:
    kit = Kit(agent_provisioning=False)
    kit.ask("r1")
    kit.party.config = config()
    assert isinstance(repeated(kit), OauthCode)


def test_without_memory_every_copy_counts() -> None:
    kit = Kit(idempotency="none")
    first, second = kit.ask("r1"), kit.ask("r1")
    assert (first, second) == (OauthCode("r1", "c:p:r1"), OauthCode("r1", "c:p:r1'"))
    assert len(kit.turn.noted(AttestationAccepted)) == 2
    assert len(kit.turn.noted(AccountCreated)) == 1
    assert isinstance(kit.exchange("c:p:r1", "t1"), TokenResponse)
    assert isinstance(kit.exchange("c:p:r1'", "t2"), TokenResponse)
    assert kit.ask("r1") == OauthCode("r1", "c:p:r1''")
    assert not kit.party.answered
    kit = Kit()
    kit.reply("hub", kit.request("r1", key=""))
    assert not kit.party.answered, "a request without a key cannot be repeated"


def test_by_project_an_identity_gets_the_answer_that_is_still_open() -> None:
    kit = Kit(idempotency="project")
    assert kit.ask("r1") == OauthCode("r1", "c:p:r1")
    assert kit.ask("r2") == OauthCode("r2", "c:p:r1")
    kit.exchange("c:p:r1")
    assert kit.ask("r3") == OauthCode("r3", "c:p:r3")
    assert "forget_answer" not in " ".join(kit.turn.pending)


def test_by_project_the_open_page_is_shown_again() -> None:
    kit = known(idempotency="project")
    url = page(kit.ask("r1"))
    assert page(kit.ask("r2")) == url
    kit.approve("alice", kit.session("alice"), url)
    assert isinstance(kit.ask("r3"), OauthCode)


def test_by_project_a_bad_attestation_learns_nothing() -> None:
    kit = Kit(idempotency="project")
    kit.ask("r1")
    assert code_of(kit.ask("r2", signer="key:other:1")) == "invalid_signature"


def test_two_accounts_never_share_an_id() -> None:
    kit = Kit(like="M10", idempotency="none")
    kit.ask("r1", "hub")
    kit.reply("second", kit.request("r1", kit.claim("second")))
    assert [fact.account for fact in kit.turn.noted(AccountCreated)] == ["p/r1", "p/r1'"]


def test_full_queue_refuses_and_capacity_is_recorded() -> None:
    kit = Kit()
    request = kit.request("r1")
    kit.party.queued(kit.turn, request)
    kit.party.taken_up(kit.turn, request)
    kit.party.overloaded(kit.turn, "hub", request)
    assert kit.turn.sent == [("hub", Error("r1", "server_busy"))]
    assert [type(fact).__name__ for fact in kit.turn.facts] == ["RequestReceived", "RequestStarted"]


def test_answers_to_the_provider_need_no_answer() -> None:
    kit = Kit()
    assert kit.say("hub", Done("r1")) == []
    assert kit.say("hub", Error("r1", "invalid_state")) == []


def test_nobody_without_a_session_sees_a_dashboard() -> None:
    assert code_of(Kit().reply("alice", DashboardRequest("d1", "ps:p:none"))) == "unauthorized"
