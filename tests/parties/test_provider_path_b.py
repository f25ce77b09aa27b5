"""Account requests, path B: the owner of the address is asked."""

from __future__ import annotations

from sim.clock import SECOND
from sim.facts import Adopted, AttestationRefused, CodeMinted, ConsentAsked, ConsentGiven, Expired, Linked
from sim.messages import Done, RequiresAuth, SignedIn, TokenResponse
from tests.parties.provider_kit import Kit, answering, code_of, confirmed, known, page, password


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


def test_consent_on_an_account_that_its_owner_has_already_purges_nothing_again() -> None:
    kit = known(on_adopt="purge")
    opened = kit.take("alice", "adopt")
    assert isinstance(opened, SignedIn)
    other = kit.session("alice")
    url = page(kit.ask())
    kit.turn.clear()
    kit.approve("alice", opened.session, url)
    assert not kit.turn.noted(Adopted)
    assert other in kit.party.sessions
