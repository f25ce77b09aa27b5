"""Account requests, path A: nobody bears the address."""

from __future__ import annotations

from sim.clock import DAY
from sim.facts import (
    AccountActivated,
    AccountCreated,
    CodeMinted,
    ConsentAsked,
    EmailVerified,
    Expired,
    Linked,
    MailSent,
    Transition,
)
from sim.messages import Done, Mail, OauthCode, RequiresAuth, TokenResponse
from tests.parties.provider_kit import ALICE, Kit, code_of, confirmed, known


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
