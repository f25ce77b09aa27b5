"""The provider's own pages: sign up and in, mailed links, possession, the dashboard."""

from __future__ import annotations

from itertools import chain, combinations
from typing import Any

import pytest

from sim.clock import DAY
from sim.facts import (
    AccountActivated,
    AccountClosed,
    AccountCreated,
    Adopted,
    ChangeCancelled,
    ChangeConfirmed,
    ChangeRequested,
    EmailVerified,
    Expired,
    Linked,
    ResourceCompleted,
    TokenEnded,
    TokenIssued,
    Transition,
    Unlinked,
)
from sim.messages import (
    ApiCall,
    ApiOk,
    Click,
    Dashboard,
    DashboardRequest,
    Done,
    KeyCreated,
    Mail,
    Manage,
    OauthCode,
    Prove,
    Recover,
    SignedIn,
    SignIn,
    SignUp,
    TokenResponse,
)
from sim.party import Fact, Message
from sim.scenario.values import Offer
from tests.parties.provider_kit import ALICE, Kit, code_of, config, password

NEW = "new@example.org"


def manage(kit: Kit, who: str, session: str, action: str, *values: str, id_: str = "") -> Message:
    return kit.reply(who, Manage(id_ or f"{action}.{who}", session, action, values))


def seen(kit: Kit, who: str, session: str) -> Dashboard:
    shown = kit.reply(who, DashboardRequest(f"look.{who}", session))
    assert isinstance(shown, Dashboard), shown
    return shown


def signed_in(answer: Message) -> SignedIn:
    assert isinstance(answer, SignedIn), answer
    return answer


def works(kit: Kit, credential: str) -> bool:
    return isinstance(kit.reply("x", ApiCall("a1", credential)), ApiOk)


def kinds(facts: list[Fact]) -> list[str]:
    """The facts in order, life cycles and mails apart."""
    names = [type(fact).__name__ for fact in facts]
    return [name for name in names if name not in ("Transition", "MailSent")]


# --- the ordinary door ----------------------------------------------------------------------------------------------


def test_sign_up_that_nobody_verifies_is_open_at_once() -> None:
    kit = Kit(sign_up="unverified")
    assert kit.sign_up("alice") == SignedIn("up.alice", "ps:p:up.alice", "p/up.alice")
    assert kit.turn.noted(AccountCreated) == [AccountCreated("p", "p/up.alice", ALICE, "active", "", "up.alice")]
    assert [issued.kind for issued in kit.turn.noted(TokenIssued)] == ["session"]
    assert not kit.party.accounts["p/up.alice"].verified
    assert kit.click("alice", kit.mailed("verify")) == Done("click.alice")
    assert kit.turn.noted(EmailVerified) == [EmailVerified("p", "p/up.alice")]
    assert code_of(kit.click("alice", "l:p:verify:up.alice", "again")) == "expired"


def test_sign_up_that_is_verified_waits_for_the_mailbox() -> None:
    kit = Kit(sign_up="verified")
    kit.say("mallory", SignUp("up", ALICE, password("mallory")))
    assert kit.turn.all_sent(Done, "mallory") == [Done("up", "pending")]
    assert code_of(kit.sign_in("mallory")) == "invalid_credentials"
    assert kit.click("alice", kit.mailed("activate")) == Done("click.alice")
    assert kit.turn.all_sent(SignedIn, "mallory") == [SignedIn("up", "ps:p:up", "p/up")]
    assert kit.turn.behind_of(AccountActivated) == kit.turn.behind_of(EmailVerified) == ["alice"]
    assert kit.turn.behind_of(TokenIssued) == ["mallory"]
    assert isinstance(kit.sign_in("mallory"), SignedIn)


def test_newer_sign_up_takes_the_place_of_one_that_waits() -> None:
    kit = Kit(sign_up="verified")
    kit.sign_up("mallory")
    squat = kit.mailed("activate")
    assert kit.sign_up("alice") == Done("up.alice", "pending")
    assert kit.turn.noted(AccountClosed) == [AccountClosed("p", "p/up.mallory", "superseded")]
    assert code_of(kit.click("alice", squat)) == "expired"
    kit.say("alice", Click("own", kit.mailed("activate")))
    assert isinstance(kit.sign_in("alice"), SignedIn)


def test_copy_of_a_sign_up_that_waits_changes_nothing() -> None:
    kit = Kit(sign_up="verified")
    assert [kit.sign_up("alice") for _ in range(2)] == [Done("up.alice", "pending")] * 2
    assert len(kit.turn.noted(AccountCreated)) == 1
    assert len(kit.turn.all_sent(Mail)) == 1


def test_sign_up_whose_mail_is_never_answered_comes_to_nothing() -> None:
    kit = Kit(sign_up="verified")
    kit.sign_up("alice")
    kit.turn.ring(kit.party, f"expire_link {kit.mailed('activate')}")
    assert kit.turn.noted(AccountClosed) == [AccountClosed("p", "p/up.alice", "expired")]
    assert not kit.party.accounts
    assert kit.sign_up("alice") == Done("up.alice", "pending")
    assert kit.turn.noted(AccountCreated)[-1].account == "p/up.alice'"


def test_address_of_a_sign_up_that_waits_may_come_by_a_change_as_well() -> None:
    kit = Kit()
    session = signed_in(kit.sign_up("alice")).session
    kit.party.config.sign_up = "verified"
    kit.sign_up("mallory", NEW)
    manage(kit, "alice", session, "change_email", NEW)
    kit.click("alice", kit.mailed("change_email", NEW))
    assert [closed.account for closed in kit.turn.noted(AccountClosed)] == ["p/up.mallory"]
    assert kit.party.bearing(NEW) == ("p/up.alice",)


def test_sign_up_that_waits_is_not_there_for_a_reset() -> None:
    kit = Kit(sign_up="verified")
    kit.sign_up("alice")
    assert kit.reply("alice", Recover("w1", ALICE, "reset")) == Done("w1")
    assert [mail.purpose for mail in kit.turn.all_sent(Mail)] == ["activate"]


def test_there_may_be_no_door() -> None:
    assert code_of(Kit(sign_up="none").sign_up("alice")) == "sign_up_closed"


@pytest.mark.parametrize("like", ["M6", "M7"])
def test_address_that_an_account_bears_in_any_state_is_taken(like: str) -> None:
    kit = Kit(like=like)
    kit.ask()
    assert code_of(kit.sign_up("alice")) == "email_taken"


def test_copy_of_a_sign_up_finds_the_address_taken() -> None:
    kit = Kit()
    kit.sign_up("alice")
    assert code_of(kit.sign_up("alice")) == "email_taken"


def test_password_opens_the_account() -> None:
    kit = Kit()
    kit.sign_up("alice")
    assert kit.sign_in("alice") == SignedIn("in.alice", "ps:p:in.alice", "p/up.alice")
    assert code_of(kit.sign_in("mallory")) == "invalid_credentials"
    assert code_of(kit.sign_in("alice", NEW)) == "invalid_credentials"


def test_account_made_by_attestation_has_no_password_to_guess() -> None:
    kit = Kit()
    kit.ask()
    assert code_of(kit.reply("thief", SignIn("in", ALICE, ""))) == "invalid_credentials"
    assert code_of(kit.reply("thief", SignIn("in", ALICE, f"hub sub:hub:{ALICE}"))) == "invalid_credentials"


def test_of_several_accounts_with_one_address_the_password_tells_which() -> None:
    kit = Kit(like="M10")
    kit.sign_up("alice")
    kit.ask("r1")
    kit.party.set_door("p/r1", password=password("bob"))
    assert signed_in(kit.sign_in("alice")).account == "p/up.alice"
    assert signed_in(kit.sign_in("bob")).account == "p/r1"


def test_second_factor_is_asked_for_where_one_is_enrolled() -> None:
    kit = Kit()
    kit.sign_up("alice", factor="2fa:p:alice")
    assert code_of(kit.sign_in("alice")) == "second_factor_required"
    assert code_of(kit.sign_in("alice", factor="2fa:p:mallory")) == "second_factor_required"
    assert isinstance(kit.sign_in("alice", factor="2fa:p:alice"), SignedIn)


def test_copy_of_a_sign_in_gives_the_same_session() -> None:
    kit = Kit()
    kit.sign_up("alice")
    assert kit.sign_in("alice") == kit.sign_in("alice")
    assert len(kit.turn.noted(TokenIssued)) == 2


def test_suspended_account_lets_nobody_in() -> None:
    kit = Kit()
    session = signed_in(kit.sign_up("alice")).session
    kit.party.set_account("p/up.alice", state="suspended")
    assert code_of(kit.sign_in("alice")) == "invalid_credentials"
    assert code_of(manage(kit, "alice", session, "create_key")) == "unauthorized"


def test_mail_that_nobody_answers_leaves_the_account_as_it_is() -> None:
    kit = Kit()
    session = signed_in(kit.sign_up("alice")).session
    manage(kit, "alice", session, "change_email", NEW)
    kit.turn.ring(kit.party, "expire_link l:p:verify:up.alice")
    assert not kit.turn.noted(ChangeCancelled)
    assert isinstance(kit.click("alice", kit.mailed("change_email", NEW)), Done)


@pytest.mark.parametrize(
    ("action", "value", "setting"),
    [("add_identifier", "id:alice@else", "identifiers"), ("change_email", NEW, "email_change")],
)
def test_what_the_dashboard_does_not_offer_cannot_be_changed(action: str, value: str, setting: str) -> None:
    for offered in ((), (setting,)):
        kit = Kit(account_settings=offered)
        session = signed_in(kit.sign_up("alice")).session
        answer = manage(kit, "alice", session, action, value)
        assert isinstance(answer, Done) if offered else code_of(answer) == "not_offered"


def test_a_confirmed_account_may_take_any_address_where_that_is_a_fault() -> None:
    """The verification trick: what the door checked is undone, and the next change is checked again."""
    kit = Kit(faults=("unconfirmed_email_change",))
    session = signed_in(kit.sign_up("mallory")).session
    assert manage(kit, "mallory", session, "change_email", NEW, id_="c1") == Done("c1", "pending")
    kit.click("mallory", kit.mailed("verify"))
    assert manage(kit, "mallory", session, "change_email", NEW, id_="c2") == Done("c2")
    assert (kit.party.bearing(ALICE), kit.party.bearing(NEW)) == ((), ("p/up.mallory",))
    assert not kit.party.accounts["p/up.mallory"].verified
    assert not kit.party.door("p/up.mallory").change
    assert manage(kit, "mallory", session, "change_email", ALICE, id_="c3") == Done("c3", "pending")


def test_one_may_end_the_session_one_is_in() -> None:
    kit = Kit()
    session = signed_in(kit.sign_up("alice")).session
    assert manage(kit, "alice", session, "end", session) == Done("end.alice")
    assert not works(kit, session)


# --- proof of the mailbox -------------------------------------------------------------------------------------------


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


# --- what adoption ends ---------------------------------------------------------------------------------------------

PURGES = ("sessions", "tokens", "identifiers", "pending_changes")


def squatted(**given: Any) -> tuple[Kit, dict[str, bool]]:
    """An account on which mallory left one of everything, after alice has adopted it; what is left, by kind."""
    kit = Kit(refresh="none", **given)
    session = signed_in(kit.sign_up("mallory")).session
    kit.party.config.linking = "silent"
    tokens = kit.tokens("r1", "second")
    secret = kit.resource(tokens.access_token, sender="second").secret
    key: Any = manage(kit, "mallory", session, "create_key")
    manage(kit, "mallory", session, "add_identifier", "id:mallory@else")
    manage(kit, "mallory", session, "change_email", "mallory@example.org")
    change = kit.mailed("change_email", "mallory@example.org")
    kit.turn.clear()
    kit.take("alice", "adopt")
    facts = list(kit.turn.facts)
    tried = {
        "sessions": {works(kit, session)},
        "tokens": {
            *(works(kit, one) for one in (tokens.access_token, secret, key.secret)),
            isinstance(kit.refresh(tokens.refresh_token, sender="second"), TokenResponse),
        },
        "identifiers": {
            isinstance(kit.reply("mallory", SignIn("back", ALICE, "id:mallory@else")), SignedIn),
            isinstance(kit.ask("r2", "second", NEW, subject=f"sub:second:{ALICE}"), OauthCode)
            and kit.party.identifiers[f"second sub:second:{ALICE}"] == "p/up.mallory",
        },
        "pending_changes": {isinstance(kit.click("mallory", change), Done)},
    }
    assert all(len(answers) == 1 for answers in tried.values()), tried
    kit.turn.facts[:] = facts
    return kit, {kind: answers.pop() for kind, answers in tried.items()}


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


# --- the dashboard --------------------------------------------------------------------------------------------------


def test_dashboard_shows_everything_but_this_session() -> None:
    kit, _ = squatted(on_adopt="keep")
    mine = "ps:p:adopt.alice+proof"
    shown = seen(kit, "alice", mine)
    assert shown.grants == ("g:p:r1",)
    assert shown.sessions == ("ps:p:up.mallory", "ps:p:back")
    assert shown.identifiers == (f"second sub:second:{ALICE}", "id:mallory@else")
    assert shown.pending_changes == ()
    assert shown.resources == ("p/r:s1", "ak:p:create_key.mallory")


def test_owner_ends_by_hand_whatever_the_dashboard_lists() -> None:
    kit = Kit()
    theirs = signed_in(kit.sign_up("mallory")).session
    kit.party.config.linking = "silent"
    tokens = kit.tokens("r1")
    secret = kit.resource(tokens.access_token).secret
    key: Any = manage(kit, "mallory", theirs, "create_key")
    manage(kit, "mallory", theirs, "add_identifier", "id:m")
    manage(kit, "mallory", theirs, "change_email", NEW)
    mine = signed_in(kit.take("alice")).session
    shown = seen(kit, "alice", mine)
    assert shown.pending_changes == ("ch:p:change_email.mallory",)
    listed = (*shown.grants, *shown.sessions, *shown.identifiers, *shown.pending_changes, *shown.resources)
    kit.turn.clear()
    assert manage(kit, "alice", mine, "end", *listed) == Done("end.alice")
    ended = {(end.kind, end.reason) for end in kit.turn.noted(TokenEnded)}
    assert ended == {(kind, "revoked") for kind in ("access", "session", "resource", "api_key")}
    assert {fact.identifier for fact in kit.turn.noted(Unlinked)} == {f"hub sub:hub:{ALICE}", "id:m"}
    assert kit.turn.noted(ChangeCancelled)
    assert not any(works(kit, one) for one in (tokens.access_token, secret, key.secret, theirs))
    assert seen(kit, "alice", mine) == Dashboard("look.alice", "p/up.mallory", (), (), (), (), ("p/r:s1",))
    assert works(kit, mine)


def test_nobody_ends_what_is_on_another_account() -> None:
    kit = Kit()
    tokens = kit.tokens("r1", email=NEW)
    secret = kit.resource(tokens.access_token).secret
    kit.sign_up("bob", "bob@example.org")
    session = signed_in(kit.sign_up("mallory")).session
    manage(kit, "mallory", session, "change_email", "mallory@example.org")
    foreign = ("g:p:r1", "p/r:s1", "ps:p:up.bob", f"hub sub:hub:{NEW}", "ak:p:x", "ch:p:x", "", "nonsense")
    assert manage(kit, "mallory", session, "end", *foreign) == Done("end.mallory")
    assert all(works(kit, one) for one in (tokens.access_token, secret, "ps:p:up.bob"))
    assert not kit.turn.noted(Unlinked)
    assert not kit.turn.noted(ChangeCancelled)


def test_linked_login_elsewhere_opens_the_account() -> None:
    kit = Kit()
    session = signed_in(kit.sign_up("alice", factor="2fa:p:alice")).session
    assert manage(kit, "alice", session, "add_identifier", "id:alice@else") == Done("add_identifier.alice")
    assert kit.turn.noted(Linked)[-1].how == "added"
    assert manage(kit, "alice", session, "add_identifier", "id:alice@else") == Done("add_identifier.alice")
    assert len(kit.turn.noted(Linked)) == 1, "linking what is linked changes nothing"
    assert code_of(kit.reply("alice", SignIn("in", ALICE, "id:alice@else"))) == "second_factor_required"
    opened = kit.reply("alice", SignIn("in", "any", "id:alice@else", "2fa:p:alice"))
    assert signed_in(opened).account == "p/up.alice"


def test_login_elsewhere_leads_to_one_account() -> None:
    kit = Kit()
    one = signed_in(kit.sign_up("alice")).session
    other = signed_in(kit.sign_up("bob", "bob@example.org")).session
    manage(kit, "alice", one, "add_identifier", "id:x")
    assert code_of(manage(kit, "bob", other, "add_identifier", "id:x")) == "identifier_taken"
    assert code_of(manage(kit, "bob", other, "add_identifier")) == "identifier_taken"


def test_address_changes_when_the_new_one_answers() -> None:
    kit = Kit()
    session = signed_in(kit.sign_up("alice")).session
    assert manage(kit, "alice", session, "change_email", NEW) == Done("change_email.alice", "pending")
    change = "ch:p:change_email.alice"
    assert kit.turn.noted(ChangeRequested) == [ChangeRequested("p", "p/up.alice", change, NEW)]
    assert kit.party.bearing(ALICE) == ("p/up.alice",)
    assert kit.click("alice", kit.mailed("change_email", NEW)) == Done("click.alice")
    assert kit.turn.noted(ChangeConfirmed) == [ChangeConfirmed("p", "p/up.alice", change, NEW)]
    assert kit.turn.noted(EmailVerified)
    assert kit.party.accounts["p/up.alice"].verified
    assert (kit.party.bearing(ALICE), kit.party.bearing(NEW)) == ((), ("p/up.alice",))
    assert isinstance(kit.sign_in("alice", NEW), SignedIn)


def test_another_account_of_the_old_address_keeps_it() -> None:
    kit = Kit(like="M10")
    kit.sign_up("alice")
    kit.ask("r1")
    manage(kit, "alice", kit.session("alice"), "change_email", NEW)
    kit.click("alice", kit.mailed("change_email", NEW))
    assert (kit.party.bearing(ALICE), kit.party.bearing(NEW)) == (("p/r1",), ("p/up.alice",))


def test_address_that_somebody_else_took_meanwhile_is_not_confirmed() -> None:
    kit = Kit()
    session = signed_in(kit.sign_up("alice")).session
    manage(kit, "alice", session, "change_email", NEW)
    link = kit.mailed("change_email", NEW)
    kit.sign_up("bob", NEW)
    assert code_of(kit.click("alice", link)) == "email_taken"
    assert code_of(manage(kit, "alice", session, "change_email", NEW)) == "email_taken"
    assert not kit.turn.noted(ChangeConfirmed)


def test_one_change_of_address_waits_at_a_time() -> None:
    kit = Kit()
    session = signed_in(kit.sign_up("alice")).session
    manage(kit, "alice", session, "change_email", NEW, id_="one")
    old = kit.mailed("change_email", NEW)
    manage(kit, "alice", session, "change_email", "newer@example.org", id_="two")
    assert kit.turn.noted(ChangeCancelled) == [ChangeCancelled("p", "p/up.alice", "ch:p:one")]
    assert code_of(kit.click("alice", old)) == "expired"
    assert f"expire_link {old}" not in kit.turn.pending
    kit.turn.ring(kit.party, "expire_link l:p:change_email:two")
    assert kit.turn.noted(ChangeCancelled)[-1] == ChangeCancelled("p", "p/up.alice", "ch:p:two")
    assert seen(kit, "alice", session).pending_changes == ()


def test_index_of_look_alikes_follows_a_change_of_address() -> None:
    kit = Kit(like="M2")
    kit.ask("r1", email="a.lice@example.org")
    session = signed_in(kit.take("alice", "adopt", "a.lice@example.org")).session
    manage(kit, "alice", session, "change_email", NEW)
    kit.click("alice", kit.mailed("change_email", NEW))
    kit.ask("r2", "second", "ali.ce@example.org")
    assert [made.account for made in kit.turn.noted(AccountCreated)] == ["p/r1", "p/r2"]
    kit.ask("r3", "third", "n.ew@example.org")
    assert len(kit.turn.noted(AccountCreated)) == 2


def test_human_detour_ends_with_a_key() -> None:
    kit = Kit(agent_provisioning=False)
    session = signed_in(kit.sign_up("alice")).session
    assert code_of(manage(kit, "alice", session, "choose_plan", "domain")) == "unknown_service"
    assert manage(kit, "alice", session, "choose_plan", "free", id_="plan") == Done("plan")
    assert kit.turn.noted(ResourceCompleted) == [ResourceCompleted("p", "p/up.alice", "p/r:plan", "free", "", "plan")]
    assert manage(kit, "alice", session, "choose_plan", "free", id_="plan") == Done("plan")
    assert len(kit.turn.noted(ResourceCompleted)) == 1
    key = manage(kit, "alice", session, "create_key", id_="key")
    assert key == KeyCreated("key", "ak:p:key", "p/r:plan")
    assert TokenIssued("p", "p/up.alice", "ak:p:key", "api_key", "", "", (), "key") in kit.turn.facts
    assert Transition("resource", "p/r:plan", "absent", "complete") in kit.turn.facts
    assert works(kit, "ak:p:key")
    assert seen(kit, "alice", session).resources == ("p/r:plan", "ak:p:key")


def test_what_the_dashboard_does_not_offer_is_refused() -> None:
    kit = Kit()
    session = signed_in(kit.sign_up("alice")).session
    assert code_of(manage(kit, "alice", session, "close")) == "invalid_request"
    assert code_of(manage(kit, "alice", "ps:p:none", "create_key")) == "unauthorized"


def test_dashboard_works_where_settings_have_changed() -> None:
    kit = Kit()
    session = signed_in(kit.sign_up("alice")).session
    kit.party.config = config(services={"other": Offer("free", 0)})
    assert code_of(manage(kit, "alice", session, "choose_plan", "free")) == "unknown_service"
