"""Account requests: paths A, B and C, what each preset makes of an address that is known, and every refusal."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from sim.clock import DAY, SECOND
from sim.facts import (
    AccountActivated,
    AccountClosed,
    AccountCreated,
    Adopted,
    AttestationAccepted,
    AttestationRefused,
    CodeMinted,
    ConsentAsked,
    ConsentGiven,
    EmailVerified,
    Expired,
    Linked,
    MailSent,
    Transition,
    Unlinked,
)
from sim.messages import (
    ConfirmLink,
    DashboardRequest,
    Done,
    Error,
    Mail,
    Manage,
    OauthCode,
    RequiresAuth,
    SignedIn,
    TokenResponse,
)
from sim.party import Message
from tests.parties.provider_kit import ALICE, PRESETS, Kit, code_of, config, override, password

DOMAINS = {"hub": override(domains=("example.org",)), "second": override()}


def confirmed(kit: Kit, to: str = "hub") -> list[tuple[str, str]]:
    """Requests whose codes were sent after somebody approved, with the codes."""
    return [(said.id, said.code) for said in kit.turn.all_sent(ConfirmLink, to)]


# --- path A: nobody bears the address -------------------------------------------------------------------------------


def test_unknown_address_gets_an_account_at_once_and_a_warning_by_mail() -> None:
    kit = Kit()
    answer = kit.ask("alice.1")
    assert answer == OauthCode("alice.1", "c:p:alice.1")
    assert kit.turn.noted(AccountCreated) == [AccountCreated("p", "p/alice.1", ALICE, "active", "hub", "alice.1")]
    identifier = f"hub sub:hub:{ALICE}"
    assert kit.turn.noted(Linked) == [Linked("p", "p/alice.1", identifier, "hub", "created", False, "alice.1")]
    assert kit.turn.noted(MailSent) == [MailSent("p", ALICE, "welcome", "alice.1")]
    assert kit.turn.all_sent(Mail, ALICE)[0].link == ""
    assert not kit.party.accounts["p/alice.1"].verified


def test_code_is_exchanged_for_tokens_and_these_for_a_resource() -> None:
    kit = Kit()
    tokens = kit.tokens("alice.1")
    assert tokens == TokenResponse("alice.1+token", "at:g:p:alice.1:1", "rt:g:p:alice.1:1", "p/alice.1")
    made = kit.resource(tokens.access_token, "alice.1+resource")
    assert (made.resource, made.secret) == ("p/r:alice.1+resource", "sk:p:p/r:alice.1+resource")


def test_new_account_waits_for_the_mailbox_where_that_is_the_rule() -> None:
    kit = Kit(like="M7")
    assert kit.ask("alice.1") == RequiresAuth("alice.1", "")
    assert kit.turn.noted(AccountCreated)[0].state == "pending"
    assert not kit.turn.noted(Linked)
    assert not kit.turn.noted(CodeMinted)
    assert not kit.party.identifiers
    assert kit.click("alice", kit.mailed("activate")) == Done("click.alice")
    assert confirmed(kit) == [("alice.1", "c:p:alice.1")]
    assert kit.turn.noted(AccountActivated)
    assert kit.turn.noted(EmailVerified)
    assert kit.turn.noted(Linked)[0].how == "created"
    assert isinstance(kit.exchange("c:p:alice.1"), TokenResponse)


def test_who_clicks_is_behind_the_link_and_who_asked_behind_the_code() -> None:
    kit = Kit(like="M7")
    kit.say("hub", kit.request("r1"), behind="mallory")
    kit.click("alice", kit.mailed("activate"))
    assert kit.turn.behind_of(EmailVerified) == ["alice"]
    assert kit.turn.behind_of(Linked) == ["alice"]
    assert kit.turn.behind_of(CodeMinted) == ["mallory"]


def test_activation_link_works_once() -> None:
    kit = Kit(like="M7")
    kit.ask()
    link = kit.mailed("activate")
    kit.click("alice", link)
    assert code_of(kit.click("alice", link, "again")) == "expired"
    assert len(confirmed(kit)) == 1


def test_second_request_of_an_identity_joins_the_mail_that_is_out() -> None:
    kit = Kit(like="M7")
    kit.ask("r1")
    assert kit.ask("r2") == RequiresAuth("r2", "")
    assert len([mail for mail in kit.turn.all_sent(Mail) if mail.purpose == "activate"]) == 1
    kit.click("alice", kit.mailed("activate"))
    assert confirmed(kit) == [("r1", "c:p:r1"), ("r2", "c:p:r2")]
    assert len(kit.turn.noted(Linked)) == 1


def test_copy_of_a_request_that_waits_for_the_mailbox_or_the_owner_changes_nothing() -> None:
    kit = Kit(like="M7", idempotency="none")
    assert [kit.ask("r1") for _ in range(2)] == [RequiresAuth("r1", "")] * 2
    kit.click("alice", kit.mailed("activate"))
    assert confirmed(kit) == [("r1", "c:p:r1")]
    kit = known(idempotency="none")
    assert [kit.ask("r1") for _ in range(2)] == [RequiresAuth("r1", "u:p:r1")] * 2
    assert len(kit.turn.noted(ConsentAsked)) == 1
    kit.reply("hub", kit.request("r2", key="k"))
    kit.reply("hub", kit.request("r3", key="k"))
    assert len(kit.turn.noted(ConsentAsked)) == 2


def test_another_identity_gets_its_own_mail_and_only_the_clicked_one_is_let_in() -> None:
    kit = Kit(like="M7")
    kit.say("second", kit.request("squat", kit.claim("second", request="squat")), behind="mallory")
    first = kit.mailed("activate")
    assert kit.ask("own") == RequiresAuth("own", "")
    own = kit.mailed("activate")
    assert own != first
    kit.click("alice", own)
    assert confirmed(kit, "hub") == [("own", "c:p:own")]
    assert confirmed(kit, "second") == []
    assert len(kit.turn.noted(AccountCreated)) == 1
    assert code_of(kit.click("alice", first, "late")) == "expired"
    again = kit.ask("squat2", "second")
    assert isinstance(again, RequiresAuth)
    assert again.url, "the account is active by now, so its owner is asked"


def test_a_request_replayed_by_somebody_else_does_not_ride_on_the_click() -> None:
    kit = Kit(like="M7")
    kit.ask("own")
    own = kit.mailed("activate")
    kit.reply("rogue", kit.request("replayed", kit.claim(request="own")))
    kit.click("alice", own)
    assert confirmed(kit, "rogue") == []


def test_activation_mail_runs_out_and_the_next_request_sends_another() -> None:
    kit = Kit(like="M7")
    kit.ask("r1")
    link = kit.mailed("activate")
    assert kit.turn.pending[f"expire_link {link}"] == DAY
    kit.turn.ring(kit.party, f"expire_link {link}")
    assert kit.turn.noted(Expired) == [Expired("p", "link", link)]
    assert code_of(kit.click("alice", link)) == "expired"
    assert kit.ask("r2") == RequiresAuth("r2", "")
    kit.click("alice", kit.mailed("activate"), "again")
    assert confirmed(kit) == [("r2", "c:p:r2")]
    assert len(kit.turn.noted(AccountCreated)) == 1


def lives(kit: Kit) -> list[str]:
    """Every change of state, in order."""
    return [f"{step.machine}: {step.before} -> {step.after}" for step in kit.turn.noted(Transition)]


def test_every_step_of_every_life_is_noted() -> None:
    kit = Kit()
    kit.resource(kit.tokens("r1").access_token)
    spent = ["code: absent -> issued", "code: issued -> spent", "grant: absent -> active"]
    assert lives(kit) == ["account: absent -> active", *spent, "resource: absent -> complete"]
    kit = Kit(like="M7")
    kit.ask("r1")
    kit.click("alice", kit.mailed("activate"))
    assert lives(kit) == ["account: absent -> pending", "account: pending -> active", "code: absent -> issued"]
    kit.turn.clear()
    kit.turn.ring(kit.party, "expire_code c:p:r1")
    assert lives(kit) == ["code: issued -> expired"]
    kit = known()
    kit.ask("r1")
    kit.ask("r2")
    kit.approve("alice", kit.session("alice"), "u:p:r2")
    pages = ["absent -> asked", "asked -> replaced", "absent -> asked", "asked -> given"]
    assert lives(kit) == [
        "account: absent -> active",
        *(f"consent: {step}" for step in pages),
        "code: absent -> issued",
    ]


# --- path B: the owner is asked -------------------------------------------------------------------------------------


def known(**given: Any) -> Kit:
    """A provider at which alice has signed up, and which asks owners."""
    kit = Kit(**given)
    kit.sign_up("alice")
    return kit


def page(answer: Message) -> str:
    assert isinstance(answer, RequiresAuth), answer
    assert answer.url
    return answer.url


def test_owner_approves_and_the_code_goes_to_who_asked() -> None:
    kit = known()
    kit.say("hub", kit.request("r1"), behind="agent")
    url = page(kit.turn.all_sent(RequiresAuth)[-1])
    assert url == "u:p:r1"
    assert kit.turn.noted(ConsentAsked)[0].account == "p/up.alice"
    assert kit.approve("alice", kit.session("alice"), url) == Done("yes.alice")
    assert confirmed(kit) == [("r1", "c:p:r1")]
    assert kit.turn.noted(ConsentGiven)[0].url == url
    link = kit.turn.noted(Linked)[-1]
    assert (link.how, link.existing, link.url, link.account) == ("consent", True, url, "p/up.alice")
    assert kit.turn.behind_of(Linked)[-1] == "alice"
    assert kit.turn.noted(CodeMinted)[-1].url == url
    assert kit.turn.behind_of(CodeMinted)[-1] == "agent"
    assert isinstance(kit.exchange("c:p:r1"), TokenResponse)


def test_consent_is_spent_once() -> None:
    kit = known()
    url = page(kit.ask())
    session = kit.session("alice")
    kit.approve("alice", session, url)
    assert code_of(kit.approve("alice", session, url, id_="again")) == "expired"
    assert len(confirmed(kit)) == 1


def test_consent_runs_out_after_600_s() -> None:
    kit = known()
    url = page(kit.ask())
    assert kit.turn.pending[f"expire_consent {url}"] == 600 * SECOND
    kit.turn.ring(kit.party, f"expire_consent {url}")
    assert kit.turn.noted(Expired) == [Expired("p", "consent", url)]
    assert code_of(kit.approve("alice", kit.session("alice"), url)) == "expired"
    assert page(kit.ask("r2")) == "u:p:r2"


def test_same_request_after_its_consent_ran_out_gets_a_new_page() -> None:
    kit = known()
    url = page(kit.ask("r1"))
    kit.turn.ring(kit.party, f"expire_consent {url}")
    assert page(kit.ask("r1")) == "u:p:r1'"
    assert len(kit.turn.noted(ConsentAsked)) == 2


def test_new_request_replaces_the_open_page() -> None:
    kit = known()
    old = page(kit.ask("r1"))
    new = page(kit.ask("r2"))
    assert old != new
    session = kit.session("alice")
    assert code_of(kit.approve("alice", session, old)) == "expired"
    assert f"expire_consent {old}" not in kit.turn.pending
    kit.approve("alice", session, new, id_="again")
    assert confirmed(kit) == [("r2", "c:p:r2")]


def test_pages_of_two_issuers_are_open_side_by_side() -> None:
    kit = known()
    session = kit.session("alice")
    for number, issuer in enumerate(("hub", "second")):
        kit.ask(f"r{number}", issuer)
    assert kit.approve("alice", session, "u:p:r0", id_="a") == Done("a")
    assert kit.approve("alice", session, "u:p:r1", id_="b") == Done("b")


def test_consent_needs_a_session_with_the_same_address() -> None:
    kit = known()
    url = page(kit.ask())
    kit.sign_up("mallory", "mallory@example.org")
    theirs = kit.session("mallory", "mallory@example.org")
    assert code_of(kit.approve("mallory", theirs, url)) == "account_mismatch"
    assert code_of(kit.approve("mallory", "ps:p:none", url, id_="b")) == "account_mismatch"
    assert kit.approve("alice", kit.session("alice"), url) == Done("yes.alice")


def test_second_factor_is_asked_for_on_the_page() -> None:
    kit = Kit(linking="second_factor")
    kit.sign_up("alice", factor="2fa:p:alice")
    opened = kit.sign_in("alice", factor="2fa:p:alice")
    assert isinstance(opened, SignedIn)
    url = page(kit.ask())
    assert code_of(kit.approve("alice", opened.session, url)) == "second_factor_required"
    assert code_of(kit.approve("alice", opened.session, url, "2fa:p:mallory", "b")) == "second_factor_required"
    assert kit.approve("alice", opened.session, url, "2fa:p:alice", "c") == Done("c")
    assert kit.turn.noted(Linked)[-1].how == "second_factor"


def test_without_a_second_factor_there_is_nobody_to_ask() -> None:
    kit = known(linking="second_factor")
    assert code_of(kit.ask()) == "second_factor_missing"
    assert kit.turn.noted(AttestationRefused)[-1].reason == "second_factor_missing"


def test_page_says_when_it_approves_by_itself() -> None:
    assert page(known(consent="auto_if_single").ask()) == "u:p:r1!auto"
    kit = known(consent="auto_if_single", matching="namespaced")
    kit.ask("r1")
    kit.party.config.matching = "subject_or_email"
    assert page(kit.ask("r2", "second")) == "u:p:r2", "two accounts bear the address"


def test_consent_after_proof_of_the_mailbox_is_possession_of_another_account_too() -> None:
    """The session by reset is on the oldest account of the address, the page about the other."""
    kit = Kit(like="M10", on_adopt="purge")
    kit.tokens("old", "second")
    held = kit.tokens("made", "third")
    kit.party.set_door("p/made", password=password("mallory"))
    opened = kit.take("alice", "reset")
    assert isinstance(opened, SignedIn)
    assert opened.account == "p/old"
    kit.party.config.matching = answering(account="p/made", by="email", code="")
    url = page(kit.ask("own"))
    kit.turn.clear()
    kit.approve("alice", opened.session, url)
    noted = [type(fact).__name__ for fact in kit.turn.facts if type(fact).__name__ != "Transition"]
    assert noted == ["ConsentGiven", "TokenEnded", "Unlinked", "Unlinked", "Linked", "Adopted", "CodeMinted"]
    assert code_of(kit.sign_in("mallory")) == "invalid_credentials"
    assert kit.turn.noted(Adopted)[0].how == "consent"
    assert kit.party.accounts["p/made"].proven
    assert opened.session in kit.party.sessions, "the session of the proof itself stays"
    assert code_of(kit.refresh(held.refresh_token, sender="third")) == "invalid_grant"


def test_consent_in_an_ordinary_session_purges_nothing() -> None:
    kit = known(on_adopt="purge")
    url = page(kit.ask())
    session = kit.session("alice")
    kit.approve("alice", session, url)
    assert not kit.turn.noted(Adopted)
    assert session in kit.party.sessions
    assert isinstance(kit.sign_in("alice", id_="again"), SignedIn)


# --- path C and the presets -----------------------------------------------------------------------------------------


def answering(**match: str) -> ModuleType:
    """A matching answer of one's own that always says the same."""
    mine = ModuleType("mine")
    mine.__dict__["match"] = lambda look, claim, verified: SimpleNamespace(**match)
    return mine


def outcome(kit: Kit, answer: Message) -> str:
    """What became of a request, in a word; refusals by their code."""
    if isinstance(answer, Error):
        return answer.code
    if isinstance(answer, RequiresAuth):
        return "page" if answer.url else "mail"
    link = [link for link in kit.turn.noted(Linked) if link.request == answer.id]
    return link[0].how if link else "known"


def prepared(preset: str, situation: str, **given: Any) -> Kit:
    """A provider in a situation; the facts that led to it are forgotten."""
    kit = Kit(like=preset, **given)
    if situation.startswith("password"):
        kit.sign_up("alice")
        if situation == "password verified":
            kit.click("alice", kit.mailed("verify"))
    elif situation != "new":
        kit.ask("before", "hub" if situation == "same" else "second")
        if PRESETS[preset][2] == "after_mail" and not given:
            kit.click("alice", kit.mailed("activate"))
    kit.turn.clear()
    return kit


#: what an attested address that the issuer verified meets, by preset: M1 … M10
MEETS = {
    "new": "created created created created created created mail mail created created",
    "password": "silent silent silent email_taken created page page page silent created",
    "password verified": "silent silent silent email_taken silent page page page silent created",
    "other": "silent silent silent email_taken silent page page page other_issuer created",
    "same": "known known known known known known known known known known",
}
CASES = [
    (preset, situation, expected)
    for situation, row in MEETS.items()
    for preset, expected in zip(PRESETS, row.split(), strict=True)
]


@pytest.mark.parametrize(("preset", "situation", "expected"), CASES)
def test_attested_address_meets(preset: str, situation: str, expected: str) -> None:
    kit = prepared(preset, situation)
    assert outcome(kit, kit.ask("now")) == expected
    assert kit.turn.noted(AttestationAccepted), "the attestation itself is in order in every case"
    refused = [fact.reason for fact in kit.turn.noted(AttestationRefused)]
    assert refused == ([expected] if expected in ("email_taken", "other_issuer") else [])
    created = len(kit.turn.noted(AccountCreated))
    assert created == (expected in ("created", "mail"))
    if expected == "silent":
        assert kit.turn.noted(Linked)[0].existing


@pytest.mark.parametrize("preset", PRESETS)
def test_claim_that_the_issuer_did_not_verify(preset: str) -> None:
    kit = prepared(preset, "password verified")
    answer = outcome(kit, kit.ask("now", email_verified=False))
    expected = {"M3": "email_not_verified", "M8": "email_not_verified", "M5": "created"}
    row = dict(zip(PRESETS, MEETS["password verified"].split(), strict=True))
    assert answer == expected.get(preset, row[preset])


@pytest.mark.parametrize(("situation", "expected"), [("new", "created"), ("password", "by_domain"), ("other", "page")])
def test_by_domain_trusts_an_issuer_inside_its_own_domain(situation: str, expected: str) -> None:
    kit = Kit(like="M8", issuers=DOMAINS)
    if situation == "password":
        kit.sign_up("alice")
    if situation == "other":
        kit.ask("before", "hub")
    issuer = "second" if situation == "other" else "hub"
    assert outcome(kit, kit.ask("now", issuer)) == expected
    assert outcome(kit, kit.ask("elsewhere", "hub", "bob@elsewhere.example")) == "mail"


def test_first_issuer_pins_a_password_account_and_does_not_look_at_subjects() -> None:
    kit = prepared("M9", "password")
    assert outcome(kit, kit.ask("r1", "hub")) == "silent"
    assert outcome(kit, kit.ask("r2", "second")) == "other_issuer"
    assert outcome(kit, kit.ask("r3", "hub", subject="somebody else")) == "silent"


def test_look_alike_addresses_fall_together_when_normalised() -> None:
    for preset, expected in (("M1", "created"), ("M2", "silent")):
        kit = prepared(preset, "new")
        kit.ask("r1")
        assert outcome(kit, kit.ask("r2", "second", "Al.ice+cloud@Example.org")) == expected


def test_index_of_look_alikes_knows_accounts_from_before_it_was_needed() -> None:
    kit = prepared("M6", "new")
    kit.ask("r1", email="al.ice@example.org")
    kit.sign_up("bob", "bob@example.org")
    kit.party.config = config(like="M2")
    assert outcome(kit, kit.ask("r2", "second")) == "silent"
    kit.ask("r3", email="carol@example.org")
    assert outcome(kit, kit.ask("r4", "second", "c.arol@example.org")) == "silent"


def test_subject_without_issuer_lets_in_whoever_uses_the_same_text() -> None:
    """T13; the index also knows identities from before it was needed."""
    kit = prepared("M6", "new")
    kit.ask("r1", subject="42")
    kit.party.config.matching = "subject_without_issuer"
    answer = kit.ask("r2", "second", "mallory@example.org", subject="42")
    assert outcome(kit, answer) == "known"
    assert kit.turn.noted(CodeMinted)[-1].account == "p/r1"
    kit.ask("r3", "second", "bob@example.org", subject="43")
    assert outcome(kit, kit.ask("r4", "hub", "eve@example.org", subject="43")) == "known"
    assert outcome(kit, kit.ask("r5", "third", ALICE, subject="44")) == "page"


@pytest.mark.parametrize("like", ["M4", "M5", "M6", "M7", "M10"])
def test_ignoring_the_issuer_is_the_same_mistake_under_any_policy_that_looks_for_subjects(like: str) -> None:
    for faults in ((), ("ignores_issuer",)):
        kit = prepared("M6", "new")
        kit.ask("r1", subject="42")
        kit.party.config = config(like=like, faults=faults)
        answer = kit.ask("r2", "second", "mallory@example.org", subject="42")
        assert (outcome(kit, answer) == "known") is bool(faults)


def test_same_subject_of_another_issuer_is_another_identity() -> None:
    kit = prepared("M6", "new")
    kit.ask("r1", "hub", subject="42")
    assert outcome(kit, kit.ask("r2", "second", "bob@example.org", subject="42")) == "created"


def test_of_equal_subjects_the_first_stays_in_the_index_whatever_becomes_of_the_others() -> None:
    kit = prepared("M6", "new")
    kit.party.config.matching = "subject_without_issuer"
    kit.ask("warm", "third", "carol@example.org", subject="7")
    kit.party.config.matching = "namespaced"
    kit.ask("r1", "hub", subject="42")
    kit.ask("r2", "second", "bob@example.org", subject="42")
    owner = kit.take("bob", "adopt", "bob@example.org")
    assert isinstance(owner, SignedIn)
    kit.say("bob", Manage("end", owner.session, "end", ("second 42",)))
    kit.party.config.matching = "subject_without_issuer"
    kit.ask("r3", "third", "eve@example.org", subject="42")
    assert kit.turn.noted(CodeMinted)[-1].account == "p/r1"


def test_known_identity_with_a_new_address_stays_where_it_is_or_moves_by_policy() -> None:
    for preset, expected in (("M6", "known"), ("M1", "created")):
        kit = prepared(preset, "new")
        kit.ask("r1", subject="42")
        assert outcome(kit, kit.ask("r2", email="new@example.org", subject="42")) == expected
        moved = [(fact.account, fact.identifier) for fact in kit.turn.noted(Unlinked)]
        assert moved == ([("p/r1", "hub 42")] if preset == "M1" else [])


def test_policies_differ_by_issuer() -> None:
    issuers = {"hub": override(linking="silent"), "second": override(matching="namespaced"), "third": override()}
    kit = Kit(issuers=issuers)
    kit.sign_up("alice")
    assert outcome(kit, kit.ask("r1", "hub")) == "silent"
    assert outcome(kit, kit.ask("r2", "second")) == "created"
    assert outcome(kit, kit.ask("r3", "third")) == "page"
    issuers["fourth"] = override(activation="after_mail")
    assert outcome(kit, kit.ask("r4", "fourth", "new@example.org")) == "mail"


def test_policy_may_be_a_module_of_ones_own() -> None:
    assert code_of(Kit(matching=answering(account="", by="", code="never")).ask()) == "never"


def test_settings_may_change_between_turns() -> None:
    kit = known()
    assert outcome(kit, kit.ask("r1")) == "page"
    kit.party.config = config(linking="refuse")
    assert outcome(kit, kit.ask("r2", "second")) == "email_taken"


@pytest.mark.parametrize(("like", "expected"), [("M1", "created"), ("M4", "created"), ("M7", "mail")])
def test_sign_up_that_waits_for_its_click_is_not_there_for_an_attestation(like: str, expected: str) -> None:
    """Checking the address before use stops the squatter at the ordinary door (V2 of the paper on pre-hijacking)."""
    kit = Kit(like=like, sign_up="verified")
    kit.sign_up("mallory")
    squat = kit.mailed("activate")
    assert outcome(kit, kit.ask("own")) == expected
    assert kit.turn.noted(AccountClosed) == [AccountClosed("p", "p/up.mallory", "superseded")]
    assert code_of(kit.click("alice", squat, "late")) == "expired"
    assert code_of(kit.sign_in("mallory")) == "invalid_credentials"
    assert kit.party.bearing(ALICE) == ("p/own",)
    assert f"expire_link {squat}" not in kit.turn.pending


def test_account_made_on_a_verified_claim_counts_as_verified_where_both_sides_must_have() -> None:
    for says, expected in ((True, "silent"), (False, "created")):
        kit = Kit(like="M5")
        kit.ask("first", "second", email_verified=says)
        assert outcome(kit, kit.ask("own")) == expected
        assert not kit.party.accounts["p/first"].verified, "the provider itself has verified nothing"


# --- refusals -------------------------------------------------------------------------------------------------------


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


# --- requests that are repeated -------------------------------------------------------------------------------------


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
