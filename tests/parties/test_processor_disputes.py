"""The processor between issuer and seller: the money of a dispute, the reserve, and cards that are kept away."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sim import facts as f
from sim.clock import DAY, Constant
from sim.messages import (
    AuthorizationAnswer,
    CardBlock,
    Cleared,
    DisputeClosed,
    DisputeOpened,
    DisputeResponse,
    Done,
    Error,
    PaymentDeclined,
    PaymentIntent,
    PaymentSucceeded,
    PaymentTokenRequest,
    Refund,
)
from sim.money import imbalance
from sim.parties.processor import Processor
from tests.parties.recording import RecordingTurn, with_tables

CHARGE, DISPUTE = "ch:r1", "dp:ch:r1"


class Desk:
    """The processor with one charge of 100 usd on alice's card for ``p``, which has settled."""

    def __init__(self, *, fee: int = 1_500, reserve: int = 0, contested: bool = True) -> None:
        disputes = SimpleNamespace(fee=fee, reserve=Constant(reserve))
        roster = SimpleNamespace(config=lambda name: SimpleNamespace(disputes=disputes))
        self.party, self.turn = Processor("processor", roster), RecordingTurn("processor")
        self.party.contested = contested
        with_tables(self.party)
        self.buy("r1", 10_000)
        self.cleared = self.turn.ring(self.party, f"settle {CHARGE}")

    def buy(self, request: str, amount: int, orchestrator: str = "hub") -> Any:
        token = f"spt:{orchestrator}:t{request}"
        card = f"card:{orchestrator}:alice"
        ask = PaymentTokenRequest(f"t{request}", orchestrator, "a", "p", "usd", amount, DAY, card)
        self.hear(orchestrator, ask)
        said = self.hear("p", PaymentIntent(request, request, token, amount, "p"))
        if isinstance(said[0], PaymentDeclined):
            return said[0]
        said = self.hear("issuer", AuthorizationAnswer(request, True))
        return next(one for one in said if isinstance(one, PaymentSucceeded))

    def hear(self, sender: str, message: Any) -> list[Any]:
        return self.turn.hear(self.party, sender, message)

    def open(self, stage: str = "chargeback") -> list[Any]:
        opened = DisputeOpened(f"{DISPUTE}+{stage}", DISPUTE, CHARGE, 10_000, "other", stage)
        return self.hear("issuer", opened)

    def answer(self, said: str) -> list[Any]:
        return self.hear("p", DisputeResponse(f"{DISPUTE}+answer", DISPUTE, said))

    def close(self, outcome: str) -> list[Any]:
        return self.hear("issuer", DisputeClosed(f"{DISPUTE}+closed", DISPUTE, outcome))

    def books(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for fact in self.turn.facts:
            if isinstance(fact, f.Posted):
                assert imbalance(fact.lines) == 0, fact
                for account, cents in fact.lines:
                    found[account] = found.get(account, 0) + cents
        return {account: cents for account, cents in found.items() if cents}


def test_a_settled_charge_is_presented_to_the_issuer_where_it_may_be_contested() -> None:
    assert Desk().cleared == [Cleared(CHARGE, "alice", "p", 10_000)]
    assert Desk(contested=False).cleared == []


def test_accepting_costs_the_amount_and_a_fee() -> None:
    desk = Desk()
    assert desk.open()[0] == Done(f"{DISPUTE}+chargeback")
    desk.answer("accept")
    desk.close("lost")
    assert desk.books() == {"provider:p": -1_500, "processor": 1_500}


@pytest.mark.parametrize(
    ("outcome", "provider", "person", "processor"), [("lost", -3_000, 0, 3_000), ("won", 8_500, -10_000, 1_500)]
)
def test_fighting_costs_a_second_fee_that_comes_back_on_a_win(
    outcome: str, provider: int, person: int, processor: int
) -> None:
    desk = Desk()
    desk.open()
    desk.answer("represent")
    desk.close(outcome)
    expected = {"provider:p": provider, "person:alice": person, "processor": processor}
    assert desk.books() == {account: cents for account, cents in expected.items() if cents}


def test_copies_move_no_money_a_second_time() -> None:
    desk = Desk()
    for _ in range(2):
        desk.open()
    for _ in range(2):
        desk.answer("represent")
    for _ in range(2):
        desk.close("won")
    assert desk.books() == {"provider:p": 8_500, "person:alice": -10_000, "processor": 1_500}


def test_later_stages_and_answers_after_the_end_cost_nothing() -> None:
    desk = Desk()
    desk.open()
    desk.answer("represent")
    assert desk.open("pre_arbitration")[1].stage == "pre_arbitration"
    desk.close("lost")
    before = desk.books()
    assert desk.answer("represent") == [Done(f"{DISPUTE}+answer")]
    assert desk.books() == before


def test_only_the_seller_answers_and_only_the_issuer_decides() -> None:
    desk = Desk()
    desk.open()
    assert desk.hear("q", DisputeResponse("x", DISPUTE, "represent")) == [Done("x")]
    assert desk.hear("p", DisputeClosed("y", DISPUTE, "won")) == [Done("y")]
    assert desk.hear("p", DisputeOpened("z", "dp:other", CHARGE, 1, "other")) == [Done("z")]
    assert desk.books() == {"provider:p": -1_500, "processor": 1_500}


def test_what_was_refunded_is_not_charged_back_and_what_is_disputed_is_not_refunded() -> None:
    desk = Desk()
    desk.hear("p", Refund("f1", CHARGE, 4_000))
    desk.open()
    assert desk.books() == {"provider:p": -1_500, "processor": 1_500}
    assert desk.hear("p", Refund("f2", CHARGE, 6_000)) == [Error("f2", "charge_disputed")]
    desk.answer("represent")
    desk.close("won")
    assert desk.hear("p", Refund("f3", CHARGE, 6_000))[-1] == Done("f3")
    assert desk.books() == {"provider:p": -1_500, "processor": 1_500}


# --- the reserve ------------------------------------------------------------------------------------------------------


def test_a_reserve_is_the_sellers_when_its_time_is_over() -> None:
    desk = Desk(reserve=180 * DAY)
    assert desk.books() == {"person:alice": -10_000, "processor": 10_000}
    assert desk.turn.pending[f"release {CHARGE}"] == Constant(180 * DAY)
    desk.turn.ring(desk.party, f"release {CHARGE}")
    assert desk.books() == {"person:alice": -10_000, "provider:p": 10_000}


def test_a_chargeback_is_paid_out_of_the_reserve() -> None:
    desk = Desk(reserve=180 * DAY)
    desk.open()
    assert desk.books() == {"provider:p": -1_500, "processor": 1_500}
    desk.close("won")
    desk.turn.ring(desk.party, f"release {CHARGE}")
    assert desk.books() == {"person:alice": -10_000, "provider:p": 8_500, "processor": 1_500}
    assert not [fact for fact in desk.turn.facts if isinstance(fact, f.Released)]


# --- cards ------------------------------------------------------------------------------------------------------------


def test_a_blocked_card_pays_nothing_at_that_seller_by_whichever_orchestrator() -> None:
    desk = Desk()
    assert desk.hear("p", CardBlock("b", CHARGE)) == [Done("b")]
    assert desk.buy("r2", 100) == PaymentDeclined("r2", "blocked")
    assert desk.buy("r3", 100, "second") == PaymentDeclined("r3", "blocked")
    desk.hear("p", CardBlock("c", CHARGE, off=True))
    assert isinstance(desk.buy("r4", 100), PaymentSucceeded)


def test_a_seller_blocks_cards_of_its_own_charges_only() -> None:
    desk = Desk()
    assert desk.hear("q", CardBlock("b", CHARGE)) == [Error("b", "unknown_charge")]
    assert isinstance(desk.buy("r2", 100), PaymentSucceeded)
