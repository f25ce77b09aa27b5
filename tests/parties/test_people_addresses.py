"""People who have changed an address of their own go by the new one from then on."""

from __future__ import annotations

from typing import Any

import pytest

from sim.explore import explore
from sim.experiments.once import run_once
from sim.messages import Click, Done, Error, Mail, Recover, Report, SignedIn, SignIn
from sim.results import Result, result
from sim.scenario import from_dict
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
    assert signs_in_as(there) == NEW, "of an account that may be anybody's, one knows no other address"
    there.people.known["alice second"] = there.people.known.pop("alice hub")
    assert signs_in_as(there, n=3) == OLD


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
    there.hear("alice", "cloud", SignedIn(again.id, "ps:cloud:new.alice"))
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


def story(*steps: dict[str, Any], **alice: Any) -> Result:
    """How a story of Alice's ends, in which nobody does anything wrong."""
    quick = {"answers_after": "1 min", "reads_mail_after": "1 min", **alice}
    return result(
        run_once(
            from_dict(
                {
                    "title": "Alice moves",
                    "until": "30 d",
                    "people": {"alice": quick},
                    "orchestrators": {"hub": {}},
                    "providers": {"cloud": {}, "shop": {}},
                    "story": list(steps),
                    "expect": {"everything_else": "holds"},
                }
            )
        )
    )
