from __future__ import annotations

import pytest

from sim.clock import DAY, Constant, Exponential
from sim.facts import MailRead
from sim.messages import Approve, Click, Done, Error, Lure, Mail, Prove, Recover, SignedIn, SignIn
from sim.parties.people.campaigns import Campaign
from sim.parties.people.records import Ring, whose
from tests.parties.people_town import Town

STRANGE = "squat.mallory.1"


def read_by(town: Town) -> list[tuple[str, str, bool]]:
    return [(fact.person, fact.purpose, fact.own) for fact in town.turn.noted(MailRead)]


# --- mail about one's own requests ----------------------------------------------------------------------------------


def test_a_mail_about_a_request_of_ones_own_is_read_at_leisure_and_answered() -> None:
    town = Town()
    assert town.mail("alice", "verify", "s.alice.4+sign_up") == []
    assert town.turn.pending == {"read verify s.alice.4+sign_up": Exponential(14_400_000_000)}
    assert town.ring("alice", "read verify s.alice.4+sign_up") == [
        ("cloud", Click("s.alice.4+sign_up+click", "l:cloud:verify"))
    ]
    assert read_by(town) == [("alice", "verify", True)]
    assert not len(town.people.mails)


@pytest.mark.parametrize("purpose", ["welcome", "notice"])
def test_a_mail_that_asks_for_nothing_is_left_alone(purpose: str) -> None:
    town = Town()
    assert town.mail("alice", purpose, "s.alice.1") == []
    assert town.idle()


def test_a_reset_link_that_comes_too_late_is_not_used() -> None:
    town = Town()
    town.mail("alice", "reset", "s.alice.1+recover")
    assert town.ring("alice", "read reset s.alice.1+recover") == []


@pytest.mark.parametrize(
    ("request_", "person"),
    [
        ("s.alice", "alice"),
        ("s.alice+3", "alice"),
        ("s.alice.12+3+sign_up~2", "alice"),
        ("s.mallory.1.notice.alice+recover", "alice"),
        ("s.mallory.1.notice.alice.repair", "alice"),
        ("s.alice.1.repair+again2", "alice"),
        ("attack.mallory.1.cloud3.7+login", "mallory"),
        ("p.replay.s.alice.1", "replay"),
        ("nobody", ""),
    ],
)
def test_whose_request_it_is_says_its_id(request_: str, person: str) -> None:
    assert whose(request_) == person


# --- warnings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", ["welcome", "verify"])
def test_who_notices_an_account_made_under_the_own_address_adopts_it(purpose: str) -> None:
    town = Town()
    town.turn.decisions["notices"] = True
    assert town.mail("alice", purpose, STRANGE) == []
    assert town.turn.asked == {f"notices {purpose} {STRANGE}": 0.3}
    assert town.turn.pending == {f"notice {purpose} {STRANGE}": Exponential(7_200_000_000)}
    intent = f"{STRANGE}.notice.alice"
    assert town.ring("alice", f"notice {purpose} {STRANGE}") == [
        ("cloud", Recover(intent, "alice@example.org", "adopt"))
    ]
    town.hear("alice", "cloud", Done(intent))
    town.mail("alice", "adopt", intent)
    assert town.ring("alice", f"read adopt {intent}") == [
        ("cloud", Prove(f"{intent}+prove", "l:cloud:adopt", "pw:cloud:alice:alice", ""))
    ]
    town.hear("alice", "cloud", SignedIn(f"{intent}+prove", "ps:x", "cloud/x"))
    assert town.outcomes == [], "nobody told the person to, so no step of the story is through"
    assert town.idle()
    assert read_by(town) == [("alice", purpose, False), ("alice", "adopt", True)]


def test_who_does_not_notice_does_nothing() -> None:
    town = Town()
    assert town.mail("alice", "welcome", STRANGE) == []
    assert town.idle()


def test_two_warnings_about_one_account_start_one_recovery() -> None:
    town = Town()
    town.turn.decisions["notices"] = True
    town.mail("alice", "verify", STRANGE)
    town.mail("alice", "welcome", STRANGE)
    town.ring("alice", f"notice verify {STRANGE}")
    assert town.ring("alice", f"notice welcome {STRANGE}") == []


def test_the_new_holder_of_an_address_takes_what_was_made_under_it() -> None:
    town = Town()
    town.turn.decisions["notices"] = True
    town.hear("bob", "alice@example.org", town_mail("welcome", STRANGE))
    ((_, recover),) = town.ring("bob", f"notice welcome {STRANGE}")
    assert recover == Recover(f"{STRANGE}.notice.bob", "alice@example.org", "adopt")


def town_mail(purpose: str, request: str) -> Mail:
    return Mail(request, "alice@example.org", purpose, "cloud", request, f"l:cloud:{purpose}")


def test_a_recovery_that_finds_nothing_is_given_up_without_a_refusal() -> None:
    town = Town()
    town.turn.decisions["notices"] = True
    town.mail("alice", "welcome", STRANGE)
    town.ring("alice", f"notice welcome {STRANGE}")
    town.hear("alice", "cloud", Done(f"{STRANGE}.notice.alice"))
    town.ring("alice", f"patience {STRANGE}.notice.alice")
    assert (town.refusals, town.outcomes) == ([], [])
    assert town.idle()


def test_a_share_of_noticing_may_differ_by_member() -> None:
    town = Town({"alice": {"notices": {"pick": {"0.1": 50, "1.0": 50}}}}, notices=1.0)
    town.mail("alice", "welcome", STRANGE)
    assert town.turn.asked == {f"notices welcome {STRANGE}": 1.0}


# --- strangers' requests --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", ["activate", "login_check", "change_email"])
@pytest.mark.parametrize("says_yes", [True, False])
def test_a_strangers_link_is_clicked_only_by_who_approves_of_strangers(purpose: str, says_yes: bool) -> None:
    town = Town()
    town.turn.decisions["approves_unknown"] = says_yes
    town.mail("alice", purpose, STRANGE)
    sent = town.ring("alice", f"read {purpose} {STRANGE}")
    assert sent == ([("cloud", Click(f"{STRANGE}+click", f"l:cloud:{purpose}"))] if says_yes else [])
    assert town.deeds == (["cloud: confirm_mail"] if says_yes else [])
    assert read_by(town) == [("alice", purpose, False)]
    assert town.idle()


def test_a_reset_that_a_stranger_asked_for_is_at_most_read() -> None:
    town = Town()
    town.turn.decisions["notices"] = True
    town.mail("alice", "reset", STRANGE)
    assert town.ring("alice", f"read reset {STRANGE}") == []
    assert read_by(town) == [("alice", "reset", False)]


# --- an adversary ---------------------------------------------------------------------------------------------------


def test_an_adversary_clicks_at_once() -> None:
    town = Town()
    assert town.mail("mallory", "verify", "s.mallory.1") == [("cloud", Click("s.mallory.1+click", "l:cloud:verify"))]
    assert read_by(town) == [("mallory", "verify", True)]


def test_an_adversary_heeds_no_warning() -> None:
    town = Town()
    town.turn.decisions["notices"] = True
    assert town.mail("mallory", "welcome", "s.alice.1") == []
    assert town.idle()


def test_an_adversary_keeps_a_change_of_address_back() -> None:
    town = Town({"mallory": {"adversary": True, "reads_mail_after": "20 d"}})
    assert town.mail("mallory", "change_email", "s.mallory.1") == []
    assert town.turn.pending == {"read change_email s.mallory.1": Constant(20 * DAY)}
    ((_, click),) = town.ring("mallory", "read change_email s.mallory.1")
    assert click.link == "l:cloud:change_email"


def test_a_change_that_an_attack_asked_for_is_confirmed_when_the_attack_says_so() -> None:
    town = Town()
    town.people.campaigns["s.mallory.1"] = Campaign("s.mallory.1", "mallory", "x", ("cloud",), ("cloud",))
    assert town.mail("mallory", "change_email", "s.mallory.1.cloud.4") == []
    assert not town.turn.pending
    assert not town.people.open_kept(town.turn, "s.mallory.2", "cloud")
    assert town.people.open_kept(town.turn, "s.mallory.1", "cloud")
    to, click = town.turn.sent[-1]
    assert (to, click.link) == ("cloud", "l:cloud:change_email")
    assert not town.people.open_kept(town.turn, "s.mallory.1", "cloud"), "once"


def test_who_reads_along_gets_in_with_a_link_that_the_owner_asked_for() -> None:
    town = Town()
    assert town.hear("mallory", "alice@example.org", town_mail("reset", "s.alice.1+recover")) == [
        ("cloud", Prove("s.alice.1.robbed.mallory+prove", "l:cloud:reset", "pw:cloud:mallory:alice", ""))
    ]
    town.hear("mallory", "cloud", SignedIn("s.alice.1.robbed.mallory+prove", "ps:m", "cloud/x"))
    assert town.people.rings["mallory cloud alice"].session == "ps:m"
    assert town.outcomes == []


# --- lures ----------------------------------------------------------------------------------------------------------


def test_a_lure_is_not_followed_by_default() -> None:
    town = Town()
    assert town.hear("alice", "mallory", Lure(STRANGE, "cloud", "u:x")) == []
    assert town.turn.asked == {f"approves_unknown {STRANGE}": 0.0}
    assert town.idle()


def test_who_approves_of_strangers_signs_in_and_approves() -> None:
    town = Town({"alice": {"approves_unknown": 1.0}})
    town.people.rings["alice cloud alice"] = Ring(("pw:cloud:alice:alice",))
    town.hear("alice", "mallory", Lure(STRANGE, "cloud", "u:x"))
    intent = f"{STRANGE}.lured.alice"
    ((_, sign_in),) = town.answer("alice", intent)
    assert isinstance(sign_in, SignIn)
    ((_, approve),) = town.hear("alice", "cloud", SignedIn(sign_in.id, "ps:new", "cloud/x"))
    assert approve == Approve(f"{intent}+approve_signed_in", "ps:new", "u:x", "")
    town.hear("alice", "cloud", Done(approve.id))
    assert town.idle()
    assert (town.outcomes, set(town.turn.backers)) == ([], {"alice"})


def test_a_strangers_page_that_expired_is_no_refusal_of_ones_own() -> None:
    town = Town({"alice": {"approves_unknown": 1.0}})
    town.signed_up("alice", "cloud")
    town.hear("alice", "mallory", Lure(STRANGE, "cloud", "u:x"))
    ((_, approve),) = town.answer("alice", f"{STRANGE}.lured.alice")
    town.hear("alice", "cloud", Error(approve.id, "expired"))
    assert town.refusals == []
    assert town.idle()


def test_a_page_that_needs_no_click_works_on_whoever_is_signed_in() -> None:
    town = Town()
    town.signed_up("alice", "cloud")
    assert town.hear("alice", "mallory", Lure(STRANGE, "cloud", "u:x!auto")) == [
        ("cloud", Approve(f"{STRANGE}.lured.alice+approve", "ps:cloud:old.alice", "u:x!auto", ""))
    ]
    assert town.deeds == ["cloud: open_page"]


def test_a_page_that_needs_no_click_needs_a_session() -> None:
    town = Town()
    assert town.hear("alice", "mallory", Lure(STRANGE, "cloud", "u:x!auto")) == []


def test_an_adversary_is_not_lured() -> None:
    town = Town({"mallory": {"adversary": True, "approves_unknown": 1.0}})
    assert town.hear("mallory", "eve", Lure(STRANGE, "cloud", "u:x")) == []
    assert town.idle()
