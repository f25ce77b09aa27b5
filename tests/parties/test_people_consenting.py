"""A person is asked for consent while adding a service."""

from __future__ import annotations

from sim.messages import Approve, Done, Error, Instruct, Recover, SignedIn, SignIn
from tests.parties.people_town import URL, Town, add, asked


def test_an_owner_in_session_approves() -> None:
    town = Town()
    town.signed_up("alice", "cloud")
    asked(town)
    assert town.answer("alice", "s.alice.1") == [("cloud", Approve("s.alice.1+approve", "ps:cloud:old.alice", URL, ""))]
    town.hear("alice", "cloud", Done("s.alice.1+approve"))
    assert town.outcomes == []
    town.report("alice", "complete")
    assert (town.outcomes, town.deeds) == (["complete"], ["cloud: approve"])
    assert town.idle()


def test_the_report_may_come_before_the_page_says_thanks() -> None:
    town = Town()
    town.signed_up("alice", "cloud")
    asked(town)
    town.answer("alice", "s.alice.1")
    town.report("alice", "complete")
    assert town.hear("alice", "cloud", Done("s.alice.1+approve")) == []
    assert town.outcomes == ["complete"]


def test_a_page_that_needs_no_click_is_only_opened() -> None:
    town = Town()
    town.signed_up("alice", "cloud")
    asked(town, URL + "!auto")
    town.answer("alice", "s.alice.1")
    assert town.deeds == ["cloud: open_page"]


def test_a_dead_session_is_replaced_by_the_password_before_approving() -> None:
    town = Town(mfa="provider")
    town.signed_up("alice", "cloud")
    asked(town)
    town.answer("alice", "s.alice.1")
    assert town.hear("alice", "cloud", Error("s.alice.1+approve", "account_mismatch")) == [
        ("cloud", SignIn("s.alice.1+sign_in", "alice@example.org", "pw:cloud:alice:alice", "2fa:cloud:alice"))
    ]
    ((_, approve),) = town.hear("alice", "cloud", SignedIn("s.alice.1+sign_in", "ps:cloud:new", "cloud/x"))
    assert approve == Approve("s.alice.1+approve_signed_in", "ps:cloud:new", URL, "2fa:cloud:alice")
    town.hear("alice", "cloud", Error(approve.id, "account_mismatch"))
    assert town.outcomes == ["account_mismatch"]


def test_an_owner_without_a_password_recovers_first() -> None:
    town = Town()
    asked(town)
    assert town.answer("alice", "s.alice.1") == [("cloud", Recover("s.alice.1+recover", "alice@example.org", "reset"))]
    town.hear("alice", "cloud", Done("s.alice.1+recover"))
    town.mail("alice", "reset", "s.alice.1+recover")
    ((_, prove),) = town.ring("alice", "read reset s.alice.1+recover")
    assert (prove.link, prove.password) == ("l:cloud:reset", "pw:cloud:alice:alice")
    ((_, approve),) = town.hear("alice", "cloud", SignedIn(prove.id, "ps:cloud:new", "cloud/x"))
    assert isinstance(approve, Approve)
    assert town.deeds == ["cloud: recover", "cloud: prove", "cloud: approve"]
    assert town.people.rings["alice cloud alice"].passwords == ("pw:cloud:alice:alice",)


def test_an_owner_who_does_not_reset_cannot_approve() -> None:
    town = Town(resets_password=False)
    asked(town)
    assert town.answer("alice", "s.alice.1") == []
    assert town.refusals == ["no_password"]


def test_an_expired_page_is_asked_for_again_three_times() -> None:
    town = Town()
    town.signed_up("alice", "cloud")
    asked(town)
    for n in ("", "2", "3"):
        ((_, approve),) = town.answer("alice", "s.alice.1")
        assert approve.id == f"s.alice.1+approve{n}"
        ((_, again),) = town.hear("alice", "cloud", Error(approve.id, "expired"))
        town.report("alice", "pending_auth", url=f"{URL}'", intent=again.id)
    assert again.id == "s.alice.1+again4"
    ((_, approve),) = town.answer("alice", "s.alice.1")
    assert town.hear("alice", "cloud", Error(approve.id, "expired")) == []
    assert (town.outcomes, town.refusals) == (["consent_expired"], ["consent_expired"])


def test_an_account_that_waits_for_a_mail_is_activated_by_its_owner() -> None:
    town = Town()
    add(town)
    town.report("alice", "pending")
    town.mail("alice", "activate", "s.alice.1~2")
    ((to, click),) = town.ring("alice", "read activate s.alice.1~2")
    assert (to, click.link) == ("cloud", "l:cloud:activate")
    town.hear("alice", "cloud", Done(click.id))
    town.report("alice", "complete")
    assert (town.outcomes, town.deeds) == (["complete"], ["cloud: confirm_mail"])


def test_a_mail_may_be_answered_before_the_agent_reports() -> None:
    town = Town()
    add(town)
    town.mail("alice", "activate", "s.alice.1")
    town.ring("alice", "read activate s.alice.1")
    town.report("alice", "pending")
    town.report("alice", "complete")
    assert town.outcomes == ["complete"]


def test_a_report_that_is_lost_while_the_mail_lies_unread_is_not_waited_for_for_ever() -> None:
    town = Town()
    add(town)
    town.mail("alice", "activate", "s.alice.1")
    town.ring("alice", "patience s.alice.1")
    town.ring("alice", "read activate s.alice.1")
    assert town.outcomes == []
    town.ring("alice", "patience s.alice.1")
    assert town.outcomes == ["timeout"]


def test_a_dead_activation_link_means_asking_again() -> None:
    town = Town()
    add(town)
    town.report("alice", "pending")
    town.mail("alice", "activate", "s.alice.1")
    ((_, click),) = town.ring("alice", "read activate s.alice.1")
    ((_, again),) = town.hear("alice", "cloud", Error(click.id, "expired"))
    assert (type(again), again.id) == (Instruct, "s.alice.1+again2")
