"""A provider is paid: before it makes something, or later; and what becomes of what nobody pays for."""

from __future__ import annotations

from typing import Any

import pytest

from sim.clock import HOUR, MINUTE, Constant
from sim.facts import BudgetAlerted, Posted, ResourceBilled, ResourceCompleted, TokenEnded
from sim.messages import (
    CatalogRequest,
    Done,
    PaymentDeclined,
    PaymentIntent,
    PaymentSucceeded,
    Refund,
    Renewal,
    Resource,
    ResourceRequest,
    RevokeRequest,
    ServiceUpdate,
)
from sim.party import Message
from sim.scenario.values import Offer
from tests.parties.provider_kit import Kit, code_of


class Shop(Kit):
    """A provider with an account, and short words for what is asked and paid there."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.access = self.tokens("r1").access_token
        self.turn.clear()

    def buy(self, id_: str = "s1", service: str = "paid", token: str = "spt:1", **more: Any) -> list[Message]:
        """Ask for something that costs money; what is said before the processor answers."""
        asked = ResourceRequest(id_, more.pop("key", id_), self.access, "", "hub", service, token, **more)
        return self.say("hub", asked, "alice")

    def pays(self, id_: str = "s1", month: int = 0) -> list[Message]:
        return self.say("processor", PaymentSucceeded(id_, f"ch:{id_}", month), "alice")

    def declines(self, id_: str = "s1", code: str = "card_declined") -> list[Message]:
        return self.say("processor", PaymentDeclined(id_, code), "alice")

    def completed(self) -> list[str]:
        return [fact.resource for fact in self.turn.noted(ResourceCompleted)]

    def bought(self, id_: str = "s1", **more: Any) -> Resource:
        self.buy(id_, **more)
        made = self.pays(id_)[-1]
        assert isinstance(made, Resource), made
        return made

    def works(self, secret: str) -> bool:
        return secret in self.party.live


def test_what_costs_money_is_made_once_it_is_paid() -> None:
    shop = Shop()
    assert shop.buy() == [PaymentIntent("s1", "s1", "spt:1", 2_000, "p")]
    assert shop.completed() == []
    made = shop.pays()[-1]
    assert isinstance(made, Resource)
    assert shop.works(made.secret)
    assert [(fact.amount, fact.charge) for fact in shop.turn.noted(ResourceBilled)] == [(2_000, "ch:s1")]
    assert shop.turn.noted(Posted)[0].lines == (("service:p", -2_000), ("customer", 2_000))
    assert shop.turn.behind_of(Posted) == ["alice"]
    assert shop.pays() == []
    assert [key for key in shop.turn.pending if key.startswith(("billing", "lapse"))] == []


def test_without_a_token_nothing_paid_is_made() -> None:
    shop = Shop()
    assert code_of(shop.buy(token="")[-1]) == "requires_payment_credentials"
    assert isinstance(shop.buy("s2", "free", "")[-1], Resource)


def test_usage_is_charged_instead_of_the_price() -> None:
    shop = Shop()
    assert shop.buy(amount=300)[-1].amount == 300  # type: ignore[attr-defined]
    assert shop.buy("s2", "free", amount=5)[-1].amount == 5  # type: ignore[attr-defined]


@pytest.mark.parametrize("code", ["card_declined", "token_deactivated", "cap_exceeded"])
def test_what_cannot_be_paid_is_not_made(code: str) -> None:
    shop = Shop()
    shop.buy()
    assert code_of(shop.declines(code=code)[-1]) == "billing_activation_failed"
    assert shop.completed() == []
    assert shop.declines() == []


def test_the_documented_fault_leaves_what_was_not_paid() -> None:
    shop = Shop(faults=("unbilled_resource",))
    shop.buy()
    assert isinstance(shop.declines()[-1], Resource)
    assert [fact.charge for fact in shop.turn.noted(ResourceBilled)] == [""]


def test_a_price_may_be_unknown_to_the_catalogue() -> None:
    services = {"free": Offer("free", 0), "paid": Offer("paid", 700), "metered": Offer("paid", None)}
    shop = Shop(services={**services, "part": Offer("component", None)})
    assert shop.buy(service="metered")[-1].amount == 700  # type: ignore[attr-defined]
    assert isinstance(shop.buy("s2", "part", "")[-1], Resource)


@pytest.mark.parametrize(
    ("plans", "kind", "word"),
    [("once", "plan", "plan"), ("monthly", "plan", "monthly"), ("monthly", "deployable", "purchase")],
)
def test_the_catalogue_words_prices(plans: str, kind: str, word: str) -> None:
    services = {"free": Offer("free", 0), "paid": Offer("paid", 450, kind=kind), "odd": Offer("paid", None)}
    kit = Kit(services=services, plans=plans, catalogue_says={"odd": "up to 9 usd", "free": "take me"})
    catalogue = kit.reply("hub", CatalogRequest("q"))
    assert catalogue.paid == (  # type: ignore[attr-defined]
        ("paid", word, "4.50 usd per month"),
        ("odd", "monthly" if plans == "monthly" else "plan", "up to 9 usd"),
    )
    assert catalogue.says == (("odd", "up to 9 usd"), ("free", "take me"))  # type: ignore[attr-defined]


# --- repeated requests ------------------------------------------------------------------------------------------------


def test_a_repeated_request_waits_for_the_same_payment() -> None:
    shop = Shop()
    shop.buy()
    assert shop.buy("s1~2", key="s1") == []
    answers = shop.pays()
    assert [said.id for said in answers if isinstance(said, Resource)] == ["s1", "s1~2"]
    assert len(shop.completed()) == 1
    assert isinstance(shop.buy("s1~3", key="s1")[-1], Resource)


def test_another_key_is_another_purchase() -> None:
    shop = Shop()
    shop.buy()
    assert isinstance(shop.buy("s1~2")[-1], PaymentIntent)


def test_a_copy_of_a_request_without_a_key_is_charged_once() -> None:
    shop = Shop(idempotency="none")
    shop.buy(key="")
    assert shop.buy(key="") == []


# --- a processor that does not answer ---------------------------------------------------------------------------------


def test_the_processor_is_waited_for_and_money_that_came_too_late_goes_back() -> None:
    shop = Shop()
    shop.buy()
    said = shop.turn.ring(shop.party, "billing s1")
    assert code_of(said[0]) == "billing_activation_failed"
    assert isinstance(said[1], PaymentIntent)
    assert said[1].key == "s1"
    assert shop.pays() == [Refund("ch:s1+refund", "ch:s1", 2_000)]
    assert shop.completed() == []


def test_what_became_of_the_money_is_not_asked_for_ever() -> None:
    shop = Shop()
    shop.buy()
    asked = 1
    while "billing s1" in shop.turn.pending:
        asked += len([said for said in shop.turn.ring(shop.party, "billing s1") if isinstance(said, PaymentIntent)])
    assert asked == 10
    assert len(shop.party.bills) == len(shop.party.billing) == 0


def test_money_for_an_account_that_lost_its_grant_goes_back() -> None:
    shop = Shop()
    shop.buy()
    shop.say("hub", RevokeRequest("x", "hub", "key:hub:1", f"g:{shop.access[5:-2]}"))
    said = shop.pays()
    assert said[0] == Refund("ch:s1+refund", "ch:s1", 2_000)
    assert code_of(said[-1]) == "unauthorized"


# --- metered late -----------------------------------------------------------------------------------------------------


def test_usage_that_is_metered_late_is_given_on_credit() -> None:
    shop = Shop(metering_lag=Constant(HOUR))
    made = shop.buy()[-1]
    assert isinstance(made, Resource)
    assert shop.turn.pending["meter s1"] == Constant(HOUR)
    assert shop.turn.ring(shop.party, "meter s1", "alice") == [PaymentIntent("s1", "s1", "spt:1", 2_000, "p")]
    assert shop.pays() == []
    assert shop.works(made.secret)


@pytest.mark.parametrize("answers", [True, False])
def test_credit_that_cannot_be_collected_ends(answers: bool) -> None:
    shop = Shop(metering_lag=Constant(HOUR))
    made = shop.buy()[-1]
    assert isinstance(made, Resource)
    shop.turn.ring(shop.party, "meter s1", "alice")
    if answers:
        shop.declines(code="cap_exceeded")
    while "billing s1" in shop.turn.pending:
        shop.turn.ring(shop.party, "billing s1")
    assert not shop.works(made.secret)
    assert [fact.reason for fact in shop.turn.noted(TokenEnded)] == ["unpaid"]


def test_what_is_paid_may_take_its_time() -> None:
    shop = Shop(provisioning_time=Constant(MINUTE))
    made = shop.bought()
    assert made.status == "pending"
    assert shop.turn.noted(ResourceBilled) == []
    shop.turn.ring(shop.party, f"provisioned {made.resource}", "alice")
    assert [fact.charge for fact in shop.turn.noted(ResourceBilled)] == ["ch:s1"]
    assert len(shop.party.bills) == 0


# --- changes, months, budgets -----------------------------------------------------------------------------------------


def test_a_change_into_something_paid_is_paid_first() -> None:
    shop = Shop()
    resource = shop.resource(shop.access).resource
    change = ServiceUpdate("u1", "u1", shop.access, "", "hub", resource, "paid")
    assert code_of(shop.say("hub", change)[-1]) == "requires_payment_credentials"
    change = ServiceUpdate("u2", "u2", shop.access, "", "hub", resource, "paid", "spt:2")
    assert shop.say("hub", change) == [PaymentIntent("u2", "u2", "spt:2", 2_000, "p")]
    assert shop.say("hub", change) == []
    made = shop.pays("u2")[-1]
    assert isinstance(made, Resource)
    assert made.service == "paid"


def monthly() -> tuple[Shop, Resource]:
    shop = Shop(plans="monthly")
    return shop, shop.bought()


def renew(shop: Shop, made: Resource, id_: str = "m1") -> list[Message]:
    return shop.say("hub", Renewal(id_, id_, shop.access, "", "hub", made.resource, "spt:2"))


def test_a_plan_is_paid_for_another_month() -> None:
    shop, made = monthly()
    assert renew(shop, made) == [PaymentIntent("m1", "m1", "spt:2", 2_000, "p")]
    assert renew(shop, made) == []
    assert shop.pays("m1", 1) == [Done("m1")]
    assert [fact.charge for fact in shop.turn.noted(ResourceBilled)] == ["ch:s1", "ch:m1"]
    assert shop.works(made.secret)


@pytest.mark.parametrize("how", ["declined", "not at all"])
def test_a_plan_that_nobody_pays_for_ends(how: str) -> None:
    shop, made = monthly()
    if how == "declined":
        renew(shop, made)
        assert code_of(shop.declines("m1")[-1]) == "billing_activation_failed"
    else:
        shop.turn.ring(shop.party, f"lapse {made.resource}")
    assert not shop.works(made.secret)
    assert code_of(renew(shop, made, "m2")[-1]) == "not_found"


def test_a_budget_is_watched_by_month() -> None:
    shop = Shop(budget=4_000)
    for number in (1, 2, 3):
        shop.bought(f"s{number}")
    shop.buy("s4")
    shop.pays("s4", 1)
    alerts = [(fact.threshold, fact.spent) for fact in shop.turn.noted(BudgetAlerted)]
    assert alerts == [(50, 2_000), (100, 4_000), (50, 2_000)]


def test_money_goes_back_until_the_processor_says_so() -> None:
    shop = Shop()
    shop.buy()
    shop.turn.ring(shop.party, "billing s1")
    shop.pays()
    again = shop.turn.ring(shop.party, "say ch:s1+refund")[-1]
    assert isinstance(again, Refund)
    shop.say("processor", Done(again.id))
    assert "say ch:s1+refund" not in shop.turn.pending
