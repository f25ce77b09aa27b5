"""People who have changed an address of their own go by the new one from then on."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.experiments.once import run_once
from sim.messages import Click, Done, Error, Mail, Recover, Report, SignedIn, SignIn
from sim.results import result
from sim.scenario import load_text
from tests.parties.people_town import Town

NEW = "alice.new1@example.org"
OLD = "alice@example.org"


def town() -> Town:
    """Alice has an account at cloud, in a story in which addresses are changed."""
    there = Town()
    there.people.remembers = True
    there.signed_up("alice", "cloud")
    return there


def asked(there: Town, who: str = "alice", via: str = "cloud", **words: Any) -> Click:
    """``who`` asks for another address, and opens the link that is mailed for it."""
    there.do(who, "change_email", "new", via=via, **words)
    there.hear(who, via, Done(f"s.{who}.1", "pending"))
    new = f"{who}.new1@example.org"
    there.hear(who, new, Mail(f"s.{who}.1", new, "change_email", via, f"s.{who}.1", f"l:{via}:change_email"))
    ((_, click),) = there.ring(who, f"read change_email s.{who}.1")
    assert isinstance(click, Click)
    return click


def signs_in_as(there: Town, who: str = "alice", n: int = 2, **words: Any) -> str:
    """The address under which ``who`` signs in at cloud."""
    ((_, sign_in),) = there.do(who, "log_in", "cloud", n=n, **words)
    assert isinstance(sign_in, SignIn | Recover)
    return sign_in.email


def test_a_confirmed_change_is_remembered() -> None:
    there = town()
    click = asked(there)
    assert signs_in_as(there) == OLD, "nobody has said yet that it came about"
    there.hear("alice", "cloud", Done(click.id))
    assert signs_in_as(there, n=3) == NEW
    ((_, recover),) = there.do("alice", "reset_password", "cloud", n=4)
    assert recover.email == NEW


def test_a_change_that_is_made_at_once_is_remembered() -> None:
    there = town()
    there.do("alice", "change_email", "a2@example.org", via="cloud")
    there.hear("alice", "cloud", Done("s.alice.1"))
    assert signs_in_as(there) == "a2@example.org"


@pytest.mark.parametrize("code", ["expired", "email_taken"])
def test_a_change_that_comes_to_nothing_changes_nothing(code: str) -> None:
    there = town()
    click = asked(there)
    there.hear("alice", "cloud", Error(click.id, code))
    assert signs_in_as(there) == OLD
    assert there.people.known["alice cloud"].to == ""


def test_a_change_elsewhere_changes_nothing_here() -> None:
    there = town()
    click = asked(there, via="hub")
    there.hear("alice", "hub", Done(click.id))
    assert there.people.known["alice hub"].address == NEW
    assert signs_in_as(there) == OLD


def test_who_acts_as_somebody_else_goes_by_their_address() -> None:
    there = town()
    there.signed_up("mallory", "cloud", as_="alice")
    click = asked(there, "mallory", as_="alice")
    there.hear("mallory", "cloud", Done(click.id))
    assert signs_in_as(there, "mallory", as_="alice") == OLD
    assert len(there.people.known) == 0


def test_a_change_during_a_login_counts_for_what_is_left_of_it() -> None:
    there = town()
    click = asked(there)
    assert signs_in_as(there) == OLD
    there.hear("alice", "cloud", Done(click.id))
    ((_, recover),) = there.hear("alice", "cloud", Error("s.alice.2", "invalid_credentials"))
    assert (type(recover), recover.email) == (Recover, NEW)


def test_what_is_new_at_a_provider_is_known_by_the_logins_address() -> None:
    there = Town()
    there.people.remembers = True
    click = asked(there, via="hub")
    there.hear("alice", "hub", Done(click.id))
    there.do("alice", "add", "cloud", n=2, service="free", via="hub")
    there.hear("alice", "alice/agent1", Report("s.alice.2", "complete"))
    assert signs_in_as(there, n=3) == NEW


def test_what_was_there_before_keeps_its_address() -> None:
    there = Town()
    there.people.remembers = True
    there.do("alice", "add", "cloud", n=5, service="free", via="hub")
    there.hear("alice", "alice/agent1", Report("s.alice.5", "complete"))
    click = asked(there, via="hub")
    there.hear("alice", "hub", Done(click.id))
    there.do("alice", "add", "cloud", n=2, service="free", via="hub")
    there.hear("alice", "alice/agent1", Report("s.alice.2", "complete"))
    assert signs_in_as(there, n=3) == OLD


def test_who_gets_no_mail_asks_under_the_other_address_once() -> None:
    there = town()
    asked(there)  # the answer to the click is lost
    assert signs_in_as(there) == OLD
    ((_, recover),) = there.hear("alice", "cloud", Error("s.alice.2", "invalid_credentials"))
    assert recover.email == OLD
    there.hear("alice", "cloud", Done(recover.id))
    ((_, again),) = there.ring("alice", "patience s.alice.2")
    assert (type(again), again.email) == (SignIn, NEW)
    there.hear("alice", "cloud", SignedIn(again.id, "ps:cloud:new.alice", "cloud/a"))
    assert there.refusals == []
    assert signs_in_as(there, n=3) == NEW


def test_nobody_asks_for_ever() -> None:
    there = town()
    asked(there)
    signs_in_as(there)
    for request in ("s.alice.2", "s.alice.2+again2"):
        ((_, recover),) = there.hear("alice", "cloud", Error(request, "invalid_credentials"))
        there.hear("alice", "cloud", Done(recover.id))
        there.ring("alice", "patience s.alice.2")
    assert there.refusals == ["no_mail"]


# --- whole stories ----------------------------------------------------------------------------------------------------


STORY = """
title: Alice moves
until: 30 d
people: {{alice: {{answers_after: 1 min, reads_mail_after: 1 min{more}}}}}
orchestrators: {{hub: {{}}}}
providers: {{cloud: {{}}, shop: {{}}}}
story: [{steps}]
expect: {{everything_else: holds}}
"""
OWN_DOOR = "{at: 1 h, who: alice, sign_up: cloud}, {at: 2 d, who: alice, change_email: new, via: cloud}"
AGAIN = "{at: 5 d, who: alice, log_in: cloud}"
#: What is no harm by itself.
HARMLESS = ("duplicates", "extra_steps")


def ended(*steps: str, more: str = "") -> dict[str, float]:
    """The panel of a story of Alice's in which nobody does anything wrong, and nothing goes wrong."""
    run = result(run_once(load_text(STORY.format(steps=", ".join(steps), more=more))))
    assert [verdict.property for verdict in run.verdicts if verdict.met is False] == []
    panel: dict[str, float] = {**run.panel["harm"], **run.panel["honest"]}
    assert {name: panel[name] for name in panel if name not in HARMLESS and panel[name]} == {}
    return panel


@pytest.mark.parametrize(
    ("steps", "more"),
    [
        ((OWN_DOOR, AGAIN), ""),
        ((OWN_DOOR.replace("new", "a@else.org"), AGAIN), ", holds: [email, a@else.org]"),
        ((OWN_DOOR, "{at: 5 d, who: alice, reset_password: cloud}"), ""),
        ((OWN_DOOR, "{at: 3 d, who: alice, change_email: new, via: cloud}", AGAIN), ""),
        (
            (
                "{at: 1 h, who: alice, add: cloud/free}",
                "{at: 2 d, who: alice, change_email: new, via: hub}",
                "{at: 3 d, who: alice, add: shop/free}",
                "{at: 4 d, who: alice, log_in: shop}",
                AGAIN,
            ),
            "",
        ),
    ],
)
def test_who_moves_is_not_locked_out(steps: tuple[str, ...], more: str) -> None:
    assert ended(*steps, more=more)["duplicates"] == 0


def test_what_the_orchestrator_attests_is_the_address_of_its_login() -> None:
    """It did not change with that of an account it knows nothing of: the provider makes another account."""
    panel = ended(OWN_DOOR, "{at: 3 d, who: alice, add: cloud/free}", AGAIN)
    assert panel["duplicates"] == 1


def test_in_whatever_order_it_comes_whoever_moves_is_not_locked_out() -> None:
    found = sim.explore(load_text(STORY.format(steps=f"{OWN_DOOR}, {AGAIN}", more="")))
    assert found.complete
    assert "violated" not in [verdict.verdict for verdict in found.verdicts]
    assert "holds" in [verdict.verdict for verdict in found.verdicts if verdict.property == "owner_regains_access"]
