"""The card issuer: cards that are good, statements, and the stages of a dispute with their timers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from sim import facts as f
from sim.clock import DAY, HOUR
from sim.messages import (
    AuthorizationRequest,
    Cleared,
    DisputeClosed,
    DisputeOpened,
    DisputeRequest,
    DisputeResponse,
    Done,
    Error,
    Statement,
)
from sim.parties.issuer import Issuer
from sim.scenario.values import Rate
from tests.parties.recording import RecordingTurn, with_tables

CHARGE, DISPUTE = "ch:buy.alice", "dp:ch:buy.alice"


class Bank:
    """The issuer, alone, with a turn that records."""

    def __init__(self, network: str = "visa", limit: Rate | None = None, pre_arbitration: float = 0.0) -> None:
        people = SimpleNamespace(card="yes", card_network=network, card_limit=limit)
        seller = SimpleNamespace(disputes=SimpleNamespace(wins=0.45, pre_arbitration=pre_arbitration))
        blocks: dict[str, Any] = {"alice": people, "bob": people, "p": seller}
        roster = SimpleNamespace(config=blocks.__getitem__, config_or_none=blocks.get)
        self.party, self.turn = Issuer("issuer", roster), RecordingTurn("issuer")
        with_tables(self.party)

    def hear(self, sender: str, message: Any) -> list[Any]:
        return self.turn.hear(self.party, sender, message)

    def opened(self) -> Bank:
        """A charge of alice's has been cleared, and she has contested it."""
        self.hear("processor", Cleared(CHARGE, "alice", "p", 2_500))
        self.hear("alice", DisputeRequest("contest.1", CHARGE, "friendly"))
        return self

    def ring(self, kind: str = "stage", what: str = DISPUTE) -> list[Any]:
        return self.turn.ring(self.party, f"{kind} {what}")

    def answer(self, said: str, stage: str = "chargeback") -> list[Any]:
        return self.hear("processor", DisputeResponse(f"{DISPUTE}+answer", DISPUTE, said, (), stage))

    @property
    def stages(self) -> list[str]:
        return [fact.after for fact in self.turn.facts if isinstance(fact, f.DisputeMoved)]

    @property
    def outcomes(self) -> list[str]:
        return [fact.outcome for fact in self.turn.facts if isinstance(fact, f.DisputeDecided)]


# --- cards ------------------------------------------------------------------------------------------------------------


def test_a_velocity_rule_counts_requests_within_a_while() -> None:
    bank = Bank(limit=Rate(2, HOUR))
    asked = [AuthorizationRequest(f"r{n}", "card:hub:alice", 100) for n in range(4)]
    answers = [bank.hear("processor", one)[0] for one in asked[:3]]
    assert [answer.approved for answer in answers] == [True, True, False]
    assert answers[2].code == "card_velocity"
    assert bank.hear("processor", asked[2])[0] == answers[2], "asked again, it says the same and counts once"
    assert bank.hear("processor", asked[0])[0] == answers[0]
    assert bank.party.uses["alice"] == 3
    assert bank.hear("processor", AuthorizationRequest("b", "card:hub:bob", 100))[0].approved
    for n in range(3):
        bank.ring("use", f"alice r{n}")
    assert bank.hear("processor", asked[3])[0].approved


def test_without_a_limit_nothing_is_counted() -> None:
    bank = Bank()
    assert all(bank.hear("processor", AuthorizationRequest(f"r{n}", "card:hub:alice", 1))[0].approved for n in range(9))
    assert bank.turn.pending == {}


# --- filing -----------------------------------------------------------------------------------------------------------


def test_a_cleared_charge_is_on_the_statement_once_and_may_be_contested_for_120_days() -> None:
    bank = Bank()
    cleared = Cleared(CHARGE, "alice", "p", 2_500)
    assert bank.hear("processor", cleared) == [Statement(CHARGE, "p", 2_500)]
    assert bank.hear("processor", cleared) == []
    assert bank.turn.pending == {f"window {CHARGE}": 120 * DAY}
    bank.ring("window", CHARGE)
    assert bank.hear("alice", DisputeRequest("x", CHARGE, "fraud")) == [Error("x", "not_disputable")]


@pytest.mark.parametrize(("who", "charge"), [("bob", CHARGE), ("alice", "ch:other")])
def test_one_contests_charges_of_ones_own_card(who: str, charge: str) -> None:
    bank = Bank()
    bank.hear("processor", Cleared(CHARGE, "alice", "p", 2_500))
    assert bank.hear(who, DisputeRequest("x", charge, "fraud")) == [Error("x", "not_disputable")]
    assert bank.stages == []


def test_a_charge_is_contested_once() -> None:
    bank = Bank().opened()
    assert bank.hear("alice", DisputeRequest("again", CHARGE, "fraud")) == [Done("again")]
    assert sum(isinstance(fact, f.Disputed) for fact in bank.turn.facts) == 1


@pytest.mark.parametrize(("reason", "reports", "told"), [("fraud", 1, "fraud"), ("friendly", 0, "other")])
def test_fraud_is_reported_and_nobody_says_that_he_is_friendly(reason: str, reports: int, told: str) -> None:
    bank = Bank()
    bank.hear("processor", Cleared(CHARGE, "alice", "p", 2_500))
    bank.hear("alice", DisputeRequest("x", CHARGE, reason))
    assert sum(isinstance(fact, f.FraudReported) for fact in bank.turn.facts) == reports
    (message,) = bank.ring()
    assert message == DisputeOpened(f"{DISPUTE}+chargeback", DISPUTE, CHARGE, 2_500, told, "chargeback")


# --- stages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("network", "days"), [("visa", 30), ("mastercard", 45), ("amex", 20), ("discover", 30)])
def test_how_long_a_merchant_has_is_the_networks_rule(network: str, days: int) -> None:
    bank = Bank(network).opened()
    assert bank.turn.pending[f"stage {DISPUTE}"] == DAY
    bank.ring()
    assert bank.turn.pending[f"stage {DISPUTE}"] == days * DAY


def test_silence_is_acceptance() -> None:
    bank = Bank().opened()
    bank.ring()
    said = bank.ring()
    assert bank.stages == ["inquiry", "chargeback", "accepted", "closed"]
    assert bank.outcomes == ["lost"]
    assert said == [DisputeClosed(f"{DISPUTE}+closed", DISPUTE, "lost")] * 2, "to the processor and to the cardholder"
    assert bank.hear("processor", Done(f"{DISPUTE}+closed")) == []
    assert bank.answer("represent") == [Done(f"{DISPUTE}+answer")], "too late"
    assert bank.stages[-1] == "closed"


def test_accepting() -> None:
    bank = Bank().opened()
    bank.ring()
    bank.answer("accept")
    assert (bank.stages[2:], bank.outcomes) == (["accepted", "closed"], ["lost"])
    assert f"stage {DISPUTE}" not in bank.turn.pending


@pytest.mark.parametrize("won", [True, False])
def test_fighting_is_decided_after_the_review_by_a_share_drawn_for_each_dispute(won: bool) -> None:
    bank = Bank().opened()
    bank.turn.decisions["wins"] = won
    bank.ring()
    bank.answer("represent")
    assert bank.turn.pending[f"stage {DISPUTE}"] == 30 * DAY
    bank.ring()
    assert bank.turn.asked[f"wins {DISPUTE}"] == 0.45
    assert bank.stages[2:] == ["represented", "won" if won else "lost", "closed"]
    assert bank.outcomes == ["won" if won else "lost"]


@pytest.mark.parametrize(
    ("said", "stages"), [("represent", ["arbitration", "closed"]), ("accept", ["accepted", "closed"])]
)
def test_pre_arbitration(said: str, stages: list[str]) -> None:
    bank = Bank(pre_arbitration=1.0).opened()
    bank.ring()
    bank.answer("represent")
    (message,) = bank.ring()
    assert (message.stage, bank.turn.pending[f"stage {DISPUTE}"]) == ("pre_arbitration", 45 * DAY)
    assert bank.answer("represent", "chargeback") == [Done(f"{DISPUTE}+answer")], "a copy of the first answer"
    bank.answer(said, "pre_arbitration")
    if said == "represent":
        assert bank.turn.pending[f"stage {DISPUTE}"] == 45 * DAY
        bank.turn.decisions["wins"] = True
        bank.ring()
    assert bank.stages[3:] == ["pre_arbitration", *stages]
    assert bank.outcomes == ["won" if said == "represent" else "lost"]


# --- what must arrive -------------------------------------------------------------------------------------------------


def test_what_must_arrive_is_said_until_it_is_acknowledged_but_not_for_ever() -> None:
    bank = Bank().opened()
    (first,) = bank.ring()
    assert bank.ring("say", first.id) == [replace(first, id=f"{first.id}#2")]
    bank.hear("bob", Done(first.id))
    assert f"say {first.id}" in bank.turn.pending, "the processor must say so"
    bank.hear("processor", Done(first.id))
    assert f"say {first.id}" not in bank.turn.pending
    other = Bank().opened()
    (message,) = other.ring()
    times = 1
    while f"say {message.id}" in other.turn.pending:
        other.ring("say", message.id)
        times += 1
    assert times == 20


def test_rows_go_when_a_charge_cannot_be_contested_any_more() -> None:
    bank = Bank().opened()
    bank.ring()
    bank.answer("accept")
    bank.ring("window", CHARGE)
    assert (len(bank.party.lines), len(bank.party.cases)) == (0, 0)
    late = Bank().opened()
    late.ring()
    late.ring("window", CHARGE)
    late.answer("accept")
    assert (len(late.party.lines), len(late.party.cases)) == (0, 0)
