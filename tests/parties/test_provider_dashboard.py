"""The provider's own pages: the dashboard."""

from __future__ import annotations

from typing import Any

from sim.facts import (
    AccountCreated,
    ChangeCancelled,
    ChangeConfirmed,
    ChangeRequested,
    EmailVerified,
    Linked,
    ResourceCompleted,
    TokenEnded,
    TokenIssued,
    Transition,
    Unlinked,
)
from sim.messages import Dashboard, DashboardRequest, Done, KeyCreated, SignedIn, SignIn
from sim.scenario.values import Offer
from tests.parties.provider_kit import ALICE, Kit, code_of, config
from tests.parties.provider_pages import NEW, manage, signed_in, squatted, works


def seen(kit: Kit, who: str, session: str) -> Dashboard:
    shown = kit.reply(who, DashboardRequest(f"look.{who}", session))
    assert isinstance(shown, Dashboard), shown
    return shown


# --- the dashboard ----------------------------------------------------------------------------------------------------


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


def test_link_that_verifies_the_old_address_says_nothing_of_the_new_one() -> None:
    kit = Kit()
    session = signed_in(kit.sign_up("alice")).session
    manage(kit, "alice", session, "change_email", NEW)
    kit.click("alice", kit.mailed("change_email", NEW))
    kit.party.set_account("p/up.alice", verified=False)
    assert code_of(kit.click("alice", kit.mailed("verify"), "late")) == "expired"
    assert not kit.party.accounts["p/up.alice"].verified


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
