from __future__ import annotations

import pytest

from sim.facts import SecretStored
from sim.messages import (
    Add,
    Added,
    ApiCall,
    ApiOk,
    CatalogListing,
    CatalogQuery,
    Done,
    Error,
    HandOver,
    Instruct,
    Report,
    Unauthorized,
    UseCommand,
)
from sim.parties.agents import Agents
from tests.parties.people_town import Town
from tests.parties.recording import RecordingTurn, with_tables


def agents() -> tuple[Agents, RecordingTurn]:
    party = Agents("agents", Town().roster)
    with_tables(party)
    return party, RecordingTurn("alice/agent1")


def instruct(n: int = 1, provider: str = "cloud", orchestrator: str = "hub") -> Instruct:
    return Instruct(f"s.alice.{n}", orchestrator, "s:x", provider, "free", accept_tos=n == 2)


def test_an_agent_looks_at_the_catalogue_once_and_then_asks() -> None:
    party, turn = agents()
    assert turn.hear(party, "alice", instruct()) == [CatalogQuery("s.alice.1", "s:x", "cloud")]
    assert turn.hear(party, "hub", CatalogListing("s.alice.1", ("cloud/free",))) == [
        Add("s.alice.1", "s:x", "cloud", "free", False)
    ]
    assert turn.hear(party, "alice", instruct(2)) == [Add("s.alice.2", "s:x", "cloud", "free", True)]
    assert {to for to, _ in turn.sent} == {"hub"}
    assert not len(party.waiting)


def test_every_agent_looks_for_itself_and_at_every_orchestrator() -> None:
    party, turn = agents()
    turn.hear(party, "alice", instruct())
    assert isinstance(turn.hear(party, "alice", instruct(2, orchestrator="second"))[0], CatalogQuery)
    turn.me = "alice/agent2"
    assert isinstance(turn.hear(party, "alice", instruct(3))[0], CatalogQuery)


def test_a_second_listing_asks_for_nothing() -> None:
    party, turn = agents()
    turn.hear(party, "alice", instruct())
    turn.hear(party, "hub", CatalogListing("s.alice.1", ()))
    assert turn.hear(party, "hub", CatalogListing("s.alice.1", ())) == []


def test_the_secret_goes_into_the_env_file_and_not_to_the_person() -> None:
    party, turn = agents()
    added = Added("s.alice.1", "complete", resource="cloud/r:s.alice.1", secret="sk:cloud:x")
    (report,) = turn.hear(party, "hub", added)
    assert turn.sent == [("alice", report)]
    assert isinstance(report, Report)
    assert (report.id, report.status) == ("s.alice.1", "complete")
    assert "sk:cloud:x" not in str(report)
    assert turn.noted(SecretStored) == [SecretStored("alice/agent1", "sk:cloud:x", "cloud")]
    assert turn.backers == ["alice"]


@pytest.mark.parametrize(
    ("added", "report"),
    [
        (
            Added("i", "pending_auth", "PROVIDER_NOT_LINKED", "u:x"),
            Report("i", "pending_auth", "PROVIDER_NOT_LINKED", "u:x"),
        ),
        (Added("i", "pending"), Report("i", "pending")),
        (Added("i", "error", "email_taken"), Report("i", "error", "email_taken")),
    ],
)
def test_whatever_is_answered_is_reported(added: Added, report: Report) -> None:
    party, turn = agents()
    assert turn.hear(party, "hub", added) == [report]
    assert turn.facts == []


def test_a_session_that_is_over_is_reported() -> None:
    party, turn = agents()
    turn.hear(party, "alice", instruct())
    assert turn.hear(party, "hub", Error("s.alice.1", "BROWSER_AUTH_REQUIRED")) == [
        Report("s.alice.1", "error", "BROWSER_AUTH_REQUIRED")
    ]
    assert not len(party.waiting)
    assert turn.hear(party, "hub", Done("s.alice.1")) == []


def test_after_a_refused_look_the_agent_looks_again() -> None:
    party, turn = agents()
    turn.hear(party, "alice", instruct())
    turn.hear(party, "hub", Error("s.alice.1", "BROWSER_AUTH_REQUIRED"))
    assert isinstance(turn.hear(party, "alice", instruct(2))[0], CatalogQuery)


def test_told_to_use_a_provider_the_agent_calls_with_the_latest_secret() -> None:
    party, turn = agents()
    order = UseCommand("u", "", "cloud")
    assert turn.hear(party, "alice", order) == [Report("u", "error", "no_credential")]
    for n in (1, 2):
        turn.hear(party, "hub", Added(f"s.alice.{n}", "complete", resource="cloud/r:x", secret=f"sk:{n}"))
    assert turn.hear(party, "alice", order) == [ApiCall("u", "sk:2")]
    assert turn.sent[-1][0] == "cloud"
    assert turn.hear(party, "cloud", ApiOk("u", "cloud/x")) == [Report("u", "complete")]
    assert turn.hear(party, "cloud", Unauthorized("u", "unauthorized", "")) == [Report("u", "error", "unauthorized")]
    assert turn.hear(party, "alice", UseCommand("v", "", "other"))[0] == Report("v", "error", "no_credential")


def test_a_key_made_by_hand_is_handed_over() -> None:
    party, turn = agents()
    assert turn.hear(party, "alice", HandOver("i", "by_hand", "ak:x")) == [Report("i", "complete")]
    assert turn.noted(SecretStored) == [SecretStored("alice/agent1", "ak:x", "by_hand")]
    assert turn.hear(party, "alice", UseCommand("u", "", "by_hand")) == [ApiCall("u", "ak:x")]
