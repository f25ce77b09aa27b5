"""An orchestrator pays: card on file, ceilings by month, payment tokens and their ends, plans."""

from __future__ import annotations

from typing import Any

import pytest

from sim import messages as say
from sim.clock import month_length
from sim.facts import Answered, CapRaised, PriceQuoted
from sim.parties.orchestrator.paying import priced, quoted
from tests.parties.orchestrator_kit import AGENT, SESSION, Desk

CARD = "card:hub:alice"
TEXT = "20 usd per month"


class Buyer(Desk):
    """A customer with a card on file and a connection to a provider that sells ``paid``, worded as ``text``."""

    def __init__(self, text: str = TEXT, kind: str = "plan", *, card: bool = True, **changes: Any) -> None:
        self.offer = ("paid", kind, text)
        super().__init__(**changes)
        if card:
            self.hub.cards["alice"] = CARD
        self.connect()

    def learn_catalogue(self, provider: str = "cloud", *, provisions: bool = True) -> None:
        self.hub.sessions["s:probe"] = "probe"
        self.hears(AGENT, say.CatalogQuery(f"look.{provider}", "s:probe", provider))
        self.hears(provider, say.Catalog(f"look.{provider}", ("free", "paid"), provisions, paid=(self.offer,), says=()))
        del self.hub.sessions["s:probe"]

    def buy(self, id_: str = "b1", **more: Any) -> say.PaymentTokenRequest:
        """What the processor is asked for."""
        asked = self.add(id_, "paid", **more)[-1]
        assert isinstance(asked, say.PaymentTokenRequest), asked
        return asked

    def mint(self, id_: str = "b1+payment") -> say.ResourceRequest:
        """The processor mints; what the provider is asked for."""
        asked = self.hears("processor", say.PaymentToken(id_, f"spt:hub:{id_}"))[-1]
        assert isinstance(asked, say.ResourceRequest), asked
        return asked

    def tell(self, token: str, event: str, amount: int, reason: str = "", month: int = 0) -> list[Any]:
        return self.hears(
            "processor", say.PaymentTokenEvent(f"{token}+{event}{amount}", token, event, amount, reason, month)
        )

    def bought(self, id_: str = "b1", amount: int = 2_000) -> None:
        """One whole purchase."""
        self.buy(id_)
        token = self.mint(f"{id_}+payment").payment_token
        self.tell(token, "used", amount)
        self.tell(token, "deactivated", amount, "consumed")
        self.resource(f"{id_}+resource")

    def code(self, id_: str = "b1") -> str:  # type: ignore[override]
        return str(self.added(id_)[-1].code)

    def connect(self, id_: str = "i0", provider: str = "cloud", **more: Any) -> None:
        self.add(id_, provider=provider, **more)
        self.hears(provider, say.OauthCode(id_, f"c:{provider}:{id_}"))
        self.tokens(f"{id_}+token", provider)
        self.resource(f"{id_}+resource", provider)
        self.turn.clear()

    def closed(self) -> list[tuple[str, str]]:
        return [(said.token, said.reason) for said in self.said(say.PaymentTokenRevoke, "processor")]


@pytest.mark.parametrize(
    ("text", "cents"),
    [("20 usd per month", 2_000), ("from 4.50 usd", 450), ("see our pages", -1), ("5 usd, later 9 usd", 500)],
)
def test_a_price_is_read_out_of_prose(text: str, cents: int) -> None:
    assert quoted(text) == cents
    assert priced(say.Catalog("q", ("paid",), True, paid=(("paid", "plan", text),)))[0].quoted == cents


def test_what_costs_money_is_paid_with_a_token_of_its_own() -> None:
    desk = Buyer()
    asked = desk.buy()
    assert (asked.seller, asked.max_amount, asked.card, asked.currency) == ("cloud", 2_000, CARD, "usd")
    assert (asked.cap_limit, asked.total_limit, asked.one_off) == (-1, -1, False)
    wanted = desk.mint()
    assert (wanted.payment_token, wanted.service, wanted.key) == ("spt:hub:b1+payment", "paid", "b1")
    desk.resource("b1+resource")
    assert desk.added("b1")[-1].status == "complete"
    assert [fact.quoted for fact in desk.facts(PriceQuoted)] == [2_000]


def test_what_is_free_goes_without() -> None:
    desk = Buyer()
    asked = desk.add("f1")[-1]
    assert isinstance(asked, say.ResourceRequest)
    assert asked.payment_token == ""


def test_usage_is_charged_instead_of_the_price() -> None:
    desk = Buyer()
    assert desk.buy(amount=700).max_amount == 700
    assert desk.mint().amount == 700
    assert desk.hears(AGENT, say.Add("b2", SESSION, "cloud", "free", amount=5), "alice")[-1].max_amount == 5


def test_a_price_that_is_not_named_may_cost_what_is_left() -> None:
    desk = Buyer("it depends", cap={"per_provider": 10_000, "total": 8_000})
    assert desk.buy().max_amount == 8_000
    desk.tell(desk.mint().payment_token, "used", 3_000)
    assert desk.buy("b2").max_amount == 5_000


# --- the card ---------------------------------------------------------------------------------------------------------


def test_without_a_card_its_person_is_asked_for_one() -> None:
    desk = Buyer(card=False)
    assert desk.add("b1", "paid")[-1] == say.CardAsked("b1")
    assert [(fact.outcome, fact.code) for fact in desk.facts(Answered)] == [("pending", "requires_payment_credentials")]
    assert "timeout b1" not in desk.turn.pending
    assert desk.hears("mallory", say.CardGiven("b1", "card:hub:mallory")) == []
    asked = desk.hears("alice", say.CardGiven("b1", CARD))[-1]
    assert isinstance(asked, say.PaymentTokenRequest)
    assert desk.hears("alice", say.CardGiven("b1", CARD)) == []
    assert isinstance(desk.add("b2", "paid")[-1], say.PaymentTokenRequest)


def test_who_has_no_card_gets_nothing_paid() -> None:
    desk = Buyer(card=False)
    desk.add("b1", "paid")
    desk.hears("alice", say.CardGiven("b1"))
    assert desk.code() == "requires_payment_credentials"


# --- ceilings ---------------------------------------------------------------------------------------------------------


def test_at_the_mint_what_was_captured_counts_and_what_is_outstanding_does_not() -> None:
    desk = Buyer(cap={"per_provider": 4_000})
    for id_ in ("b1", "b2", "b3"):
        desk.buy(id_)
    desk.tell(desk.mint("b1+payment").payment_token, "used", 2_000)
    desk.buy("b4")
    desk.tell(desk.mint("b2+payment").payment_token, "used", 2_000)
    desk.add("b5", "paid")
    assert desk.code("b5") == "cap_exceeded"


def test_a_ceiling_over_all_counts_every_provider() -> None:
    desk = Buyer(cap={"per_provider": None, "total": 3_000})
    desk.hub.spending["alice", ""] = (0, 1_001)
    desk.add("b1", "paid")
    assert desk.code() == "cap_exceeded"


def test_at_the_capture_the_processor_keeps_the_ceilings() -> None:
    desk = Buyer(cap={"per_provider": 4_000, "total": 5_000, "binds_at": "capture"})
    desk.hub.spending["alice", "cloud"] = (0, 9_000)
    asked = desk.buy(amount=100)
    assert (asked.cap_group, asked.cap_limit) == ("hub:alice:cloud", 4_000)
    assert (asked.total_group, asked.total_limit) == ("hub:alice:", 5_000)


def test_a_new_month_begins_with_nothing_spent() -> None:
    desk = Buyer(cap={"per_provider": 2_000})
    desk.hub.calendar = True
    desk.turn.begin(desk.hub)
    assert desk.turn.pending["month 1"] == month_length(0)
    desk.bought()
    desk.add("b2", "paid")
    assert desk.code("b2") == "cap_exceeded"
    desk.turn.ring(desk.hub, "month 1")
    desk.buy("b3")


def test_what_the_processor_booked_in_a_month_counts_there() -> None:
    """A capture of last month that is heard of in this one takes nothing away; one of the next month counts then."""
    desk = Buyer(cap={"per_provider": 2_000})
    token = desk.mint(desk.buy().id).payment_token
    desk.hub.own["month"] = 1
    desk.tell(token, "used", 2_000, month=0)
    token = desk.mint(desk.buy("b2").id).payment_token
    desk.tell(token, "used", 2_000, month=1)
    desk.add("b3", "paid")
    assert desk.code("b3") == "cap_exceeded"


def test_a_second_copy_of_an_event_counts_for_nothing() -> None:
    desk = Buyer(cap={"per_provider": 4_000})
    token = desk.mint(desk.buy().id).payment_token
    desk.tell(token, "deactivated", 2_000, "consumed")  # it has overtaken the other
    for _ in range(3):
        assert desk.tell(token, "used", 2_000)[-1] == say.Done(f"{token}+used2000")
    assert desk.hub.spent("alice", "cloud") == 2_000
    assert desk.tell("spt:hub:unknown", "used", 9_999) == [say.Done("spt:hub:unknown+used9999")]


def test_an_event_that_comes_late_takes_nothing_back() -> None:
    desk = Buyer("it depends", cap={"per_provider": 4_000})
    token = desk.mint(desk.buy().id).payment_token
    for amount in (900, 400, 900):
        desk.tell(token, "used", amount)
    assert desk.hub.spent("alice", "cloud") == 900


@pytest.mark.parametrize(("restores", "left"), [(True, 500), (False, 2_000)])
def test_a_refund_makes_room_where_that_is_said(restores: bool, left: int) -> None:
    desk = Buyer(cap={"refunds_restore": restores})
    token = desk.mint(desk.buy().id).payment_token
    desk.tell(token, "used", 2_000)
    for _ in range(2):
        desk.tell(token, "refunded", 1_500)
    assert desk.hub.spent("alice", "cloud") == left


def test_a_refund_that_comes_late_takes_no_room() -> None:
    desk = Buyer(cap={"refunds_restore": True})
    token = desk.mint(desk.buy().id).payment_token
    desk.tell(token, "used", 2_000)
    for amount in (1_500, 500, 1_500):
        desk.tell(token, "refunded", amount)
    assert desk.hub.spent("alice", "cloud") == 500


@pytest.mark.parametrize(("counts", "refused"), [(True, True), (False, False)])
def test_purchases_count_unless_they_do_not(counts: bool, refused: bool) -> None:
    desk = Buyer(kind="purchase", cap={"per_provider": 1_000, "counts_one_off": counts})
    said = desk.add("b1", "paid")[-1]
    assert isinstance(said, say.Added) is refused
    assert refused or said.one_off  # type: ignore[attr-defined]


def test_a_person_raises_the_ceiling_for_one_provider_or_for_all() -> None:
    desk = Buyer(cap={"per_provider": 1_000})
    assert desk.hears("alice", say.RaiseCap("c1", SESSION, "", 3_000))[-1] == say.Done("c1")
    desk.buy("b1")
    assert desk.hears("alice", say.RaiseCap("c2", SESSION, "cloud", 1_500))[-1] == say.Done("c2")
    desk.add("b2", "paid")
    assert desk.code("b2") == "cap_exceeded"
    assert [(fact.provider, fact.limit) for fact in desk.facts(CapRaised)] == [("", 3_000), ("cloud", 1_500)]
    assert desk.hears("mallory", say.RaiseCap("c3", "s:none", "", 9))[-1] == say.Error("c3", "BROWSER_AUTH_REQUIRED")


# --- tokens come to an end --------------------------------------------------------------------------------------------


def test_what_is_left_of_a_token_is_given_back_once_it_is_paid() -> None:
    desk = Buyer("it depends")
    token = desk.mint(desk.buy().id).payment_token
    desk.resource("b1+resource")
    assert desk.closed() == []  # metered late, it may still be charged
    desk.tell(token, "used", 3_000)
    assert desk.closed() == [(token, "resolved")]


def test_a_token_that_is_used_up_needs_no_closing() -> None:
    desk = Buyer()
    desk.bought()
    assert desk.closed() == []
    assert len(desk.hub.purse) == 0


def test_the_token_of_a_request_that_failed_is_taken_back() -> None:
    desk = Buyer()
    token = desk.mint(desk.buy().id).payment_token
    desk.hears("cloud", say.Error("b1+resource", "billing_activation_failed"))
    assert desk.code() == "billing_activation_failed"
    assert desk.closed() == [(token, "revoked")]


def test_a_token_that_is_dead_already_needs_no_taking_back() -> None:
    desk = Buyer()
    token = desk.mint(desk.buy().id).payment_token
    desk.tell(token, "deactivated", 0, "expired")
    desk.hears("cloud", say.Error("b1+resource", "billing_activation_failed"))
    assert desk.code() == "billing_activation_failed"
    assert desk.closed() == []


def test_withdrawing_authority_takes_tokens_back() -> None:
    desk = Buyer("it depends")
    token = desk.mint(desk.buy().id).payment_token
    desk.resource("b1+resource")
    desk.hears("alice", say.RevokeCommand("x", SESSION, "cloud"))
    assert desk.closed() == [(token, "revoked")]


def test_a_token_that_nobody_waits_for_is_given_back() -> None:
    desk = Buyer()
    desk.mint(desk.buy().id)
    desk.hears("processor", say.PaymentToken("b1+payment", "spt:hub:b1+payment"))
    assert desk.closed() == []
    desk.hears("processor", say.PaymentToken("b1+payment~2", "spt:hub:other"))
    assert desk.closed() == [("spt:hub:other", "resolved")]


def test_a_token_is_taken_back_again_until_the_processor_has_answered() -> None:
    """A lost one would leave a token good that nobody watches any more."""
    desk = Buyer(revocation={"retries": 2})
    desk.mint(desk.buy().id)
    desk.hears("processor", say.PaymentToken("b1+payment~2", "spt:hub:other"))
    desk.turn.ring(desk.hub, "give_back spt:hub:other+resolved")
    said = desk.said(say.PaymentTokenRevoke, "processor")
    assert [one.id for one in said] == ["spt:hub:other+resolved", "spt:hub:other+resolved~2"]
    desk.hears("processor", say.Done("spt:hub:other+resolved~2"))
    assert "give_back spt:hub:other+resolved" not in desk.turn.pending
    assert not len(desk.hub.returns)


@pytest.mark.parametrize("answer", ["refused", "silence"])
def test_a_token_is_not_taken_back_for_ever(answer: str) -> None:
    desk = Buyer(revocation={"retries": 2})
    desk.mint(desk.buy().id)
    desk.hears("processor", say.PaymentToken("b1+payment~2", "spt:hub:other"))
    if answer == "refused":
        desk.hears("processor", say.Error("spt:hub:other+resolved", "unknown_token"))
    else:
        for _ in range(2):
            desk.turn.ring(desk.hub, "give_back spt:hub:other+resolved")
    assert len(desk.closed()) == (1 if answer == "refused" else 3)
    assert "give_back spt:hub:other+resolved" not in desk.turn.pending


def test_only_the_processor_mints() -> None:
    desk = Buyer()
    desk.buy()
    assert desk.hears("cloud", say.PaymentToken("b1+payment", "spt:hub:b1+payment"))[-1] == say.PaymentTokenRevoke(
        "spt:hub:b1+payment+resolved", "spt:hub:b1+payment", "resolved"
    )
    assert desk.hub.work["b1"].stage == "payment"


def test_a_refused_token_ends_the_request() -> None:
    desk = Buyer()
    desk.buy()
    desk.hears("processor", say.Error("b1+payment", "card_declined"))
    assert desk.code() == "card_declined"


# --- further attempts -------------------------------------------------------------------------------------------------


def test_all_attempts_of_an_intent_share_a_token() -> None:
    desk = Buyer(idempotency="per_intent")
    first = desk.mint(desk.buy().id)
    desk.turn.ring(desk.hub, "timeout b1")
    again = desk.said(say.ResourceRequest, "cloud")[-1]
    assert (again.id, again.key, again.payment_token) == ("b1+resource~2", first.key, first.payment_token)


@pytest.mark.parametrize("answer", ["per_request", "none"])
def test_otherwise_another_attempt_is_another_purchase(answer: str) -> None:
    desk = Buyer(idempotency=answer)
    first = desk.mint(desk.buy().id)
    asked = desk.turn.ring(desk.hub, "timeout b1")[-1]
    assert isinstance(asked, say.PaymentTokenRequest)
    assert asked.id != "b1+payment"
    again = desk.mint(asked.id)
    assert again.id == "b1+resource~2"
    assert again.payment_token != first.payment_token
    assert (again.key == first.key) is (answer == "none")
    desk.resource("b1+resource~2")
    assert [added.status for added in desk.added("b1")] == ["complete"]


# --- plans ------------------------------------------------------------------------------------------------------------


def planned(**changes: Any) -> Buyer:
    """Somebody who has bought a plan that is paid by month, at the beginning of the next one."""
    desk = Buyer(kind="monthly", **changes)
    desk.hub.calendar = True
    desk.turn.begin(desk.hub)
    desk.bought()
    desk.turn.clear()
    return desk


def test_a_plan_is_paid_each_month_with_a_fresh_token() -> None:
    desk = planned()
    asked = desk.turn.ring(desk.hub, "month 1")[-1]
    assert isinstance(asked, say.PaymentTokenRequest)
    assert (asked.id, asked.max_amount) == ("b1.month1+payment", 2_000)
    renewal = desk.hears("processor", say.PaymentToken(asked.id, "spt:2"))[-1]
    assert isinstance(renewal, say.Renewal)
    assert (renewal.resource, renewal.payment_token) == ("cloud/r:b1+resource", "spt:2")
    desk.hears("cloud", say.Done(renewal.id))
    assert "timeout b1.month1" not in desk.turn.pending
    assert desk.said(say.Added) == []
    assert isinstance(desk.turn.ring(desk.hub, "month 2")[-1], say.PaymentTokenRequest)


def test_a_plan_that_is_not_monthly_is_paid_once() -> None:
    desk = Buyer()
    desk.bought()
    assert len(desk.hub.plans) == 0


@pytest.mark.parametrize("how", ["revoked", "too dear", "refused"])
def test_a_plan_that_is_not_paid_for_is_not_renewed(how: str) -> None:
    desk = planned()
    if how == "revoked":
        desk.hears("alice", say.RevokeCommand("x", SESSION, "cloud"))
        desk.turn.clear()
        desk.turn.ring(desk.hub, "month 1")
        assert desk.said(say.PaymentTokenRequest) == []
    elif how == "too dear":
        desk.hub.caps["alice", "cloud"] = 100
        desk.turn.ring(desk.hub, "month 1")
        assert desk.said(say.PaymentTokenRequest) == []
    else:
        asked = desk.turn.ring(desk.hub, "month 1")[-1]
        renewal = desk.hears("processor", say.PaymentToken(asked.id, "spt:2"))[-1]
        desk.hears("cloud", say.Error(renewal.id, "billing_activation_failed"))
        assert desk.closed() == [("spt:2", "revoked")]
    assert "b1.month1" not in desk.hub.work
    assert desk.said(say.Added) == []


def test_a_plan_that_was_given_up_does_not_come_back_with_a_new_link() -> None:
    desk = planned()
    desk.hears("alice", say.RevokeCommand("x", SESSION, "cloud"))
    desk.connect("i9")
    desk.turn.ring(desk.hub, "month 1")
    assert desk.said(say.PaymentTokenRequest) == []


def test_a_plan_ends_with_its_resource() -> None:
    desk = planned()
    desk.hub.end_plan("alice", "cloud", "cloud/r:another")
    assert len(desk.hub.plans) == 1
    desk.hub.end_plan("alice", "cloud", "cloud/r:b1+resource")
    assert len(desk.hub.plans) == 0
