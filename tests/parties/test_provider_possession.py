"""The provider's own pages: mailed links, possession, and what it ends."""

from __future__ import annotations

from itertools import chain, combinations
from typing import Any

import pytest

from sim.clock import DAY
from sim.facts import AccountActivated, Adopted, EmailVerified, Expired, Linked, TokenEnded, Transition, Unlinked
from sim.messages import Done, Mail, OauthCode, Prove, Recover, SignedIn
from tests.parties.provider_kit import ALICE, Kit, code_of, password
from tests.parties.provider_pages import NEW, PURGES, kinds, signed_in, squatted, works

# --- proof of the mailbox ---------------------------------------------------------------------------------------------


def test_recovery_says_the_same_whether_or_not_there_is_an_account() -> None:
    kit = Kit()
    kit.ask()
    answers = [kit.reply("x", Recover("w1", address, "reset")) for address in (ALICE, NEW)]
    assert answers == [Done("w1"), Done("w1")]
    assert [mail.purpose for mail in kit.turn.all_sent(Mail)] == ["welcome", "reset"]


def test_proof_gives_a_password_a_session_and_the_account() -> None:
    kit = Kit()
    kit.tokens("r1")
    kit.turn.clear()
    assert kit.take("alice", "adopt") == SignedIn("adopt.alice+proof", "ps:p:adopt.alice+proof", "p/r1")
    assert kinds(kit.turn.facts) == ["Linked", "TokenIssued", "EmailVerified", "Adopted"]
    assert kit.turn.noted(Linked)[0] == Linked("p", "p/r1", "password", "", "added", True, "adopt.alice+proof")
    assert kit.turn.noted(Adopted) == [Adopted("p", "p/r1", "adopt")]
    assert isinstance(kit.sign_in("alice"), SignedIn)


def test_address_is_verified_once() -> None:
    kit = Kit()
    kit.sign_up("alice")
    kit.take("alice", "reset", id_="one")
    kit.take("alice", "reset", id_="two")
    kit.click("alice", kit.mailed("verify"))
    assert len(kit.turn.noted(EmailVerified)) == 1


def test_link_of_a_proof_works_once_and_for_a_day() -> None:
    kit = Kit()
    kit.ask()
    kit.take("alice")
    link = "l:p:reset:reset.alice"
    assert code_of(kit.reply("x", Prove("again", link, password("x")))) == "expired"
    kit.say("alice", Recover("w2", ALICE, "reset"))
    assert kit.turn.pending["expire_link l:p:reset:w2"] == DAY
    kit.turn.ring(kit.party, "expire_link l:p:reset:w2")
    assert kit.turn.noted(Expired) == [Expired("p", "link", "l:p:reset:w2")]
    assert code_of(kit.reply("alice", Prove("late", "l:p:reset:w2", password("alice")))) == "expired"


def test_link_for_one_thing_is_not_good_for_another() -> None:
    kit = Kit()
    kit.sign_up("alice")
    kit.say("alice", Recover("w1", ALICE, "reset"))
    assert code_of(kit.click("x", "l:p:reset:w1")) == "expired"
    assert code_of(kit.reply("x", Prove("w2", kit.mailed("verify"), password("x")))) == "expired"


def test_first_reset_is_possession_and_the_next_only_a_password() -> None:
    kit = Kit(on_adopt="purge")
    kit.sign_up("mallory")
    theirs = kit.session("mallory")
    kit.take("alice", "reset")
    assert [adopted.how for adopted in kit.turn.noted(Adopted)] == ["reset"]
    assert not works(kit, theirs)
    mine = kit.session("alice")
    kit.turn.clear()
    kit.take("alice", "reset", id_="second")
    assert not kit.turn.noted(Adopted)
    assert not kit.turn.noted(TokenEnded)
    assert works(kit, mine)
    kit.take("alice", "adopt")
    assert not works(kit, mine), "who says adopt means it"


def test_proof_replaces_the_password() -> None:
    kit = Kit()
    kit.sign_up("mallory")
    kit.take("alice", "reset")
    assert code_of(kit.sign_in("mallory")) == "invalid_credentials"
    assert isinstance(kit.sign_in("alice"), SignedIn)


def test_proof_activates_a_pending_account_and_kills_the_mail_that_is_out() -> None:
    kit = Kit(like="M7")
    kit.ask("squat", "second")
    link = kit.mailed("activate")
    assert signed_in(kit.take("alice", "adopt")).account == "p/squat"
    assert kit.turn.noted(AccountActivated) == [AccountActivated("p", "p/squat")]
    assert Transition("account", "p/squat", "pending", "active") in kit.turn.facts
    assert code_of(kit.click("alice", link)) == "expired"
    again: Any = kit.ask("squat2", "second")
    assert again.url, "the identity waits no more for a mail that is worth nothing"


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_proof_opens_no_account_that_is_shut(state: str) -> None:
    kit = Kit()
    kit.sign_up("alice")
    kit.say("alice", Recover("reset.alice", ALICE, "reset"))
    kit.party.set_account("p/up.alice", state=state)
    answer = kit.reply("alice", Prove("proof", kit.mailed("reset"), password("alice")))
    assert code_of(answer) == "forbidden"
    assert not kit.turn.noted(Adopted)


def test_second_factor_stops_a_proof_and_is_enrolled_by_one() -> None:
    kit = Kit()
    kit.sign_up("alice", factor="2fa:p:alice")
    assert code_of(kit.take("thief")) == "second_factor_required"
    assert isinstance(kit.take("alice", factor="2fa:p:alice"), SignedIn)
    kit.ask("r1", email=NEW)
    kit.take("bob", "adopt", NEW, "2fa:p:bob")
    assert code_of(kit.sign_in("bob", NEW)) == "second_factor_required"


def test_reset_is_for_the_oldest_account_and_adoption_for_the_oldest_that_is_nobodys_yet() -> None:
    kit = Kit(like="M10")
    kit.ask("r1", "hub")
    kit.ask("r2", "second")
    taken = [signed_in(kit.take("alice", what, id_=f"{what}{n}")).account for n, what in enumerate(("reset", "adopt"))]
    assert taken == ["p/r1", "p/r2"]
    assert signed_in(kit.take("alice", "adopt", id_="third")).account == "p/r1"
    kit.ask("r3", "third")
    assert signed_in(kit.take("alice", "reset", id_="fourth")).account == "p/r1"


# --- what adoption ends -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("listed", chain.from_iterable(combinations(PURGES, n) for n in range(len(PURGES) + 1)))
def test_adoption_ends_what_is_listed_and_nothing_else(listed: tuple[str, ...]) -> None:
    _, left = squatted(on_adopt=listed)
    assert left == {kind: kind not in listed for kind in PURGES}


@pytest.mark.parametrize(("answer", "survives"), [("keep", True), ("review", True), ("purge", False)])
def test_adoption_by_its_named_answers(answer: str, survives: bool) -> None:
    _, left = squatted(on_adopt=answer)
    assert left == dict.fromkeys(PURGES, survives)


def test_adoption_is_noted_after_what_it_ends() -> None:
    kit, _ = squatted(on_adopt="purge")
    noted = kinds(kit.turn.facts)
    assert noted == [
        "TokenEnded", "TokenEnded", "TokenEnded", "TokenEnded", "Unlinked", "Unlinked", "Unlinked", "ChangeCancelled",
        "Linked", "TokenIssued", "EmailVerified", "Adopted",
    ]  # fmt: skip
    assert {end.kind for end in kit.turn.noted(TokenEnded)} == {"session", "access", "resource", "api_key"}
    assert {end.reason for end in kit.turn.noted(TokenEnded)} == {"purged"}
    gone = {fact.identifier for fact in kit.turn.noted(Unlinked)}
    assert gone == {f"second sub:second:{ALICE}", "id:mallory@else", "password"}


def test_what_was_never_there_does_not_end() -> None:
    kit = Kit(on_adopt="purge")
    kit.ask("r1")
    kit.take("alice", "adopt")
    assert [gone.identifier for gone in kit.turn.noted(Unlinked)] == [f"hub sub:hub:{ALICE}"]
    assert not kit.turn.noted(TokenEnded)


def test_purge_takes_the_first_issuers_place_away() -> None:
    kit = Kit(like="M9", on_adopt="purge")
    kit.ask("squat", "second")
    assert code_of(kit.ask("r1", "hub")) == "other_issuer"
    kit.take("alice", "adopt")
    assert isinstance(kit.ask("r2", "hub"), OauthCode)
