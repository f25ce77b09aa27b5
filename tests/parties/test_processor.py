"""The payment processor: what a token is good for, what is captured with it, and who is told."""

from __future__ import annotations

from typing import Any

import pytest

from sim.clock import DAY, month_length
from sim.facts import Charged, ChargeFailed, PaymentTokenDeactivated, PaymentTokenMinted, Posted, Refunded, Settled
from sim.messages import (
    AuthorizationAnswer,
    AuthorizationRequest,
    Done,
    Error,
    PaymentDeclined,
    PaymentIntent,
    PaymentSucceeded,
    PaymentToken,
    PaymentTokenEvent,
    PaymentTokenRequest,
    PaymentTokenRevoke,
    Refund,
)
from sim.parties.processor import Processor
from sim.party import Message
from tests.parties.recording import RecordingTurn, with_tables

CARD = "card:hub:alice"


class Till:
    """A processor, its turn, and short words for what its neighbours say; the issuer says yes unless told otherwise."""

    def __init__(self, *, calendar: bool = False) -> None:
        party = with_tables(Processor("processor", None))
        assert isinstance(party, Processor)
        self.party = party
        self.party.calendar = calendar
        self.turn = RecordingTurn("processor")
        self.approves = True
        self.turn.begin(self.party)

    def hears(self, sender: str, message: Message) -> list[Message]:
        return self.turn.hear(self.party, sender, message)

    def ask(self, id_: str = "r", seller: str = "p", most: int = 2_000, **more: Any) -> Message:
        about = {"key": id_, **more}
        message = PaymentTokenRequest(id_, "hub", "alice", seller, "usd", most, 7 * DAY, CARD, **about)
        return self.hears("hub", message)[-1]

    def token(self, id_: str = "r", **more: Any) -> str:
        made = self.ask(id_, **more)
        assert isinstance(made, PaymentToken), made
        return made.token

    def begin(
        self, token: str, amount: int, id_: str = "b", seller: str = "p", key: str | None = None
    ) -> list[Message]:
        """A seller redeems a token; what is said before the issuer answers."""
        return self.hears(seller, PaymentIntent(id_, id_ if key is None else key, token, amount, seller))

    def redeem(self, token: str, amount: int = 2_000, id_: str = "b", **more: Any) -> Message:
        """The answer to the seller, with the issuer's."""
        said = self.begin(token, amount, id_, **more)
        if isinstance(said[-1], AuthorizationRequest):
            code = "" if self.approves else "card_declined"
            said = self.hears("issuer", AuthorizationAnswer(said[-1].id, self.approves, code))
        return next(answer for answer in said if isinstance(answer, PaymentSucceeded | PaymentDeclined))

    def told(self, event: str) -> list[PaymentTokenEvent]:
        return [said for said in self.turn.all_sent(PaymentTokenEvent, "hub") if said.event == event]


def code(answer: Message) -> str:
    assert isinstance(answer, PaymentDeclined | Error), answer
    return answer.code


def test_a_token_is_minted_and_consumed() -> None:
    till = Till()
    token = till.token()
    assert token == "spt:hub:r"
    minted = till.turn.noted(PaymentTokenMinted)[0]
    assert (minted.seller, minted.max_amount, minted.login) == ("p", 2_000, "alice")
    assert till.redeem(token) == PaymentSucceeded("b", "ch:b", 0)
    charged = till.turn.noted(Charged)[0]
    assert (charged.person, charged.provider, charged.amount, charged.month) == ("alice", "p", 2_000, 0)
    assert till.turn.noted(Posted)[0].lines == (("person:alice", -2_000), ("provider:p", 2_000))
    assert [fact.reason for fact in till.turn.noted(PaymentTokenDeactivated)] == ["consumed"]
    assert f"expire {token}" not in till.turn.pending


def test_a_part_of_a_token_leaves_the_rest() -> None:
    till = Till()
    token = till.token()
    till.redeem(token, 1_500)
    assert till.turn.noted(PaymentTokenDeactivated) == []
    assert code(till.redeem(token, 501, "c")) == "over_limit"
    assert isinstance(till.redeem(token, 500, "d"), PaymentSucceeded)
    assert [said.amount for said in till.told("used")] == [1_500, 2_000]


@pytest.mark.parametrize(("reason", "given"), [("revoked", "revoked"), ("resolved", "resolved"), ("revoked", "whim")])
def test_a_token_that_was_taken_back_is_worth_nothing(reason: str, given: str) -> None:
    till = Till()
    token = till.token()
    assert till.hears("hub", PaymentTokenRevoke("x", token, given))[-1] == Done("x")
    assert till.turn.noted(PaymentTokenDeactivated)[0].reason == reason
    assert code(till.redeem(token)) == "token_deactivated"
    assert [fact.code for fact in till.turn.noted(ChargeFailed)] == ["token_deactivated"]
    assert till.hears("hub", PaymentTokenRevoke("x", token, given))[-1] == Done("x")
    assert len(till.turn.noted(PaymentTokenDeactivated)) == 1


def test_a_token_runs_out() -> None:
    till = Till()
    token = till.token()
    assert till.turn.pending[f"expire {token}"] == 7 * DAY
    till.turn.ring(till.party, f"expire {token}")
    assert till.turn.noted(PaymentTokenDeactivated)[0].reason == "expired"
    assert code(till.redeem(token)) == "expired"


def test_what_is_taken_back_while_the_issuer_thinks_is_not_captured() -> None:
    till = Till()
    token = till.token()
    asked = till.begin(token, 2_000)[-1]
    till.hears("hub", PaymentTokenRevoke("x", token))
    answer = till.hears("issuer", AuthorizationAnswer(asked.id, True))[-1]
    assert code(answer) == "token_deactivated"
    assert till.turn.noted(Charged) == []


def test_only_its_seller_can_redeem_a_token_and_only_its_orchestrator_take_it_back() -> None:
    till = Till()
    token = till.token()
    assert code(till.redeem(token, seller="q")) == "wrong_seller"
    assert code(till.redeem("spt:hub:none", id_="c")) == "unknown_token"
    assert code(till.hears("second", PaymentTokenRevoke("x", token))[-1]) == "unknown_token"
    assert isinstance(till.redeem(token, id_="d"), PaymentSucceeded)


def test_a_declined_card_gives_back_what_was_reserved() -> None:
    till = Till()
    token = till.token(cap_group="g", cap_limit=2_000)
    till.approves = False
    assert code(till.redeem(token)) == "card_declined"
    till.approves = True
    assert isinstance(till.redeem(token, id_="c"), PaymentSucceeded)


def test_two_captures_never_see_the_same_headroom() -> None:
    """Compared and reserved in one step, before the issuer is asked."""
    till = Till()
    first, second = (till.token(id_, cap_group="g", cap_limit=3_000) for id_ in ("r", "s"))
    asked = till.begin(first, 2_000, "b")[-1]
    assert code(till.begin(second, 2_000, "c")[-1]) == "cap_exceeded"
    till.hears("issuer", AuthorizationAnswer(asked.id, False, "card_declined"))
    assert isinstance(till.redeem(second, id_="d"), PaymentSucceeded)


def test_two_captures_never_see_the_same_rest_of_a_token() -> None:
    till = Till()
    token = till.token()
    till.begin(token, 1_500, "b")
    assert code(till.begin(token, 1_500, "c")[-1]) == "over_limit"


def test_a_ceiling_over_all_is_kept_beside_that_of_a_seller() -> None:
    till = Till()
    both = {"total_group": "all", "total_limit": 3_000, "cap_limit": 2_500}
    first = till.token("r", seller="p", cap_group="p", **both)
    second = till.token("s", seller="q", cap_group="q", **both)
    assert isinstance(till.redeem(first), PaymentSucceeded)
    assert code(till.redeem(second, 1_001, "c", seller="q")) == "cap_exceeded"
    assert isinstance(till.redeem(second, 1_000, "d", seller="q"), PaymentSucceeded)
    assert code(till.ask("t", total_group="all", total_limit=3_000)) == "cap_exceeded"


def test_a_new_month_begins_with_nothing_spent() -> None:
    till = Till(calendar=True)
    assert till.turn.pending["month 1"] == month_length(0)
    till.redeem(till.token(cap_group="g", cap_limit=2_000))
    assert code(till.ask("s", cap_group="g", cap_limit=2_000)) == "cap_exceeded"
    till.turn.ring(till.party, "month 1")
    assert till.turn.pending["month 2"] == 28 * DAY
    assert till.redeem(till.token("t", cap_group="g", cap_limit=2_000), id_="c") == PaymentSucceeded("c", "ch:c", 1)
    assert [said.month for said in till.told("used")] == [0, 1]


def test_a_repeated_key_is_answered_alike() -> None:
    till = Till()
    token = till.token("r")
    assert till.token("r~2", key="r") == token
    assert till.token("s", key="") != till.token("s", key="")
    first = till.redeem(token)
    assert till.redeem(token, id_="b~2", key="b") == PaymentSucceeded("b~2", first.charge)  # type: ignore[attr-defined]
    assert len(till.turn.noted(Charged)) == 1
    till.turn.ring(till.party, "forget p b")
    assert code(till.redeem(token, id_="b~3", key="b")) == "token_deactivated"


def test_a_repetition_while_the_issuer_thinks_is_answered_together() -> None:
    till = Till()
    token = till.token()
    asked = till.begin(token, 2_000)[-1]
    assert till.begin(token, 2_000, "b~2", key="b") == []
    answers = till.hears("issuer", AuthorizationAnswer(asked.id, True))
    assert [said.id for said in answers if isinstance(said, PaymentSucceeded)] == ["b", "b~2"]
    assert till.hears("issuer", AuthorizationAnswer(asked.id, True)) == []
    assert len(till.turn.noted(Charged)) == 1


def test_the_orchestrator_is_told_until_it_knows() -> None:
    till = Till()
    till.redeem(till.token())
    till.turn.ring(till.party, "tell ch:b+used")
    assert len(till.told("used")) == 2
    till.hears("hub", Done("ch:b+used"))
    assert "tell ch:b+used" not in till.turn.pending
    while "tell spt:hub:r+consumed" in till.turn.pending:
        till.turn.ring(till.party, "tell spt:hub:r+consumed")
    assert len(till.told("deactivated")) == 20


def test_a_charge_settles_unless_it_went_back() -> None:
    till = Till()
    token = till.token()
    till.redeem(token, 1_500, "b")
    till.redeem(token, 500, "c")
    till.hears("p", Refund("x", "ch:c", 900))
    for charge in ("b", "c"):
        till.turn.ring(till.party, f"settle ch:{charge}")
    assert [(fact.charge, fact.amount) for fact in till.turn.noted(Settled)] == [("ch:b", 1_500)]


def test_a_refund_goes_back_once_and_no_more_than_was_paid() -> None:
    till = Till()
    till.redeem(till.token())
    assert till.hears("p", Refund("x", "ch:b", 1_500))[-1] == Done("x")
    assert till.hears("p", Refund("x", "ch:b", 1_500)) == [Done("x")]
    till.hears("p", Refund("y", "ch:b", 1_500))
    assert [fact.amount for fact in till.turn.noted(Refunded)] == [1_500, 500]
    assert [said.amount for said in till.told("refunded")] == [1_500, 2_000]
    assert code(till.hears("q", Refund("z", "ch:b", 1))[-1]) == "unknown_charge"
    assert till.turn.noted(Posted)[-1].lines == (("provider:p", -500), ("person:alice", 500))


@pytest.mark.parametrize("restores", [True, False])
def test_a_refund_makes_room_where_that_is_said(restores: bool) -> None:
    till = Till()
    group: dict[str, Any] = {"cap_group": "g", "cap_limit": 2_000, "refunds_restore": restores}
    till.redeem(till.token(**group))
    till.hears("p", Refund("x", "ch:b", 2_000))
    assert isinstance(till.ask("s", **group), PaymentToken) is restores


def test_a_refund_of_last_month_makes_no_room_in_this_one() -> None:
    till = Till(calendar=True)
    group: dict[str, Any] = {"cap_group": "g", "cap_limit": 2_000, "refunds_restore": True}
    till.redeem(till.token(**group))
    till.turn.ring(till.party, "month 1")
    till.redeem(till.token("s", **group), id_="c")
    till.hears("p", Refund("x", "ch:b", 2_000))
    assert code(till.ask("t", **group)) == "cap_exceeded"


@pytest.mark.parametrize(
    ("bound_to", "stranger", "too_much"),
    [
        (("seller", "amount"), "wrong_seller", "over_limit"),
        (("seller",), "wrong_seller", ""),
        (("amount",), "", "over_limit"),
        ((), "", ""),
    ],
)
def test_what_a_token_is_not_bound_to_is_left_to_whoever_has_it(
    bound_to: tuple[str, ...], stranger: str, too_much: str
) -> None:
    def told(answer: Message) -> str:
        return answer.code if isinstance(answer, PaymentDeclined) else ""

    till = Till()
    token = till.token(bound_to=bound_to)
    assert told(till.redeem(token, 500, seller="q")) == stranger
    assert told(till.redeem(token, 2_500, "c")) == too_much
