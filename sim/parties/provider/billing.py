"""Billing: what costs money is paid before it is made, or, where usage is metered late, afterwards.

A payment token that comes with a request is redeemed at the processor, which is waited for 30 s ([K5]_). Later the
request is refused, and if the money was taken all the same it is given back. What is metered late is given on credit:
a ceiling limits what can be collected then, not what was used.

A plan is paid by calendar month; one that has not been paid for longer than a month may be ends (assumed).

.. [K5] https://github.com/PostHog/posthog/tree/master/ee/partners/stripe/api/provisioning
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import msgspec
from msgspec.structs import replace

from sim.clock import DAY, SECOND
from sim.facts import BudgetAlerted, Posted, ResourceBilled
from sim.messages import (
    Done,
    PaymentDeclined,
    PaymentIntent,
    PaymentSucceeded,
    Refund,
    Renewal,
    ResourceRequest,
    ServiceUpdate,
)
from sim.messages.payments import PROCESSOR
from sim.money import format_money
from sim.parties._telling import Telling, attempt, first
from sim.parties.provider.making import Making
from sim.parties.provider.records import Grant, Thing
from sim.party import Turn
from sim.tables import Table

#: The processor is waited for so long, microseconds: 30 s, confirmed ([K5]_).
PAYMENT_TIMEOUT = 30 * SECOND
#: What became of a payment that was given up is asked again, so often at most (assumed).
ASKS_AT_MOST = 10
#: A plan that was not paid again for so long ends: longer than any month and some days of grace (assumed).
PLAN_LAPSES = 35 * DAY
#: Codes of refusals: no token came, or it could not be redeemed ([K5]_).
NO_TOKEN, FAILED = "requires_payment_credentials", "billing_activation_failed"
#: Of its budget, in per cent, an account's spending passes these marks (assumed).
MARKS = (50, 100)


class Bill(msgspec.Struct, frozen=True, gc=False):
    """Something that costs money, until it is paid.

    ``kind``: ``create``, ``update``, ``usage`` (given on credit), ``renewal``. ``askers`` are (name, request), ``ask``
    is the request, ``key`` by what a repeated one is recognised meanwhile. ``given_up``: refused already.
    """

    kind: str
    ask: Any
    key: str
    askers: tuple[tuple[str, str], ...]
    grant: str
    amount: int
    resource: str = ""
    charge: str = ""
    tries: int = 1
    given_up: bool = False


class Billing(Making, Telling, ABC):
    """The part that is paid."""

    TABLES = (*Making.TABLES, *Telling.TABLES, "bills", "billing", "costs")

    bills: Table
    """Request → ``Bill``."""
    billing: Table
    """What a repeated request is recognised by → request whose bill is open."""
    costs: Table
    """Account → (month, cents that it has cost in it), where there is a budget."""

    def holdings(self, what: str, of: str) -> tuple[str, ...]:
        """What a thief gets: payment tokens that have not been redeemed yet, and whatever else there is."""
        if what != "payment_tokens":
            return super().holdings(what, of)
        tokens = (bill.ask.payment_token for _, bill in self.bills.ordered() if not bill.charge)
        return tuple(dict.fromkeys(token for token in tokens if token))

    # --- prices -----------------------------------------------------------------------------------------------------

    def price(self, service: str) -> int:
        """What ``service`` costs, cents; where the catalogue names no figure, what ``paid`` does (assumed)."""
        offer = self.catalogue_rows[service]
        if offer.price is not None:
            return int(offer.price)
        usual = self.catalogue_rows.get("paid", offer)
        return int(usual.price or 0) if offer.pricing == "paid" else 0

    def price_list(self) -> tuple[tuple[str, str, str], ...]:
        """Service, kind and price in prose of what costs money, as the catalogue has it."""
        return tuple(
            (service, self._kind(offer), self.config.catalogue_says.get(service) or _prose(offer.price))
            for service, offer in self.catalogue_rows.items()
            if offer.pricing == "paid"
        )

    def _kind(self, offer: Any) -> str:
        if offer.kind != "plan":
            return "purchase"
        return "monthly" if self.config.plans == "monthly" else "plan"

    # --- a request that costs money ---------------------------------------------------------------------------------

    def create(self, turn: Turn, sender: str, message: ResourceRequest, grant: str) -> None:
        """Paid first, made then; or the other way round, where usage is metered late."""
        amount = message.amount or self.price(message.service)
        if not amount:
            super().create(turn, sender, message, grant)
            return
        key = self._resource_key(message, self.grants[grant]) or message.id
        under_way: str = self.billing.get(key, "")
        if under_way:
            self._also(under_way, sender, message.id)
        elif self.lacks_token(message.payment_token):
            self.refuse(turn, sender, message.id, NO_TOKEN)
        elif self.config.metering_lag.most:
            self._on_credit(turn, sender, message, grant, amount)
        else:
            self._charge(turn, message.id, Bill("create", message, key, ((sender, message.id),), grant, amount))

    def lacks_token(self, token: str) -> bool:
        """Whether a request for something paid comes without a payment token."""
        return not token

    def update(self, turn: Turn, sender: str, message: ServiceUpdate, grant: str) -> None:
        """A change to something that costs money is paid first; one that does not costs nothing."""
        amount = message.amount or self.price(message.service)
        if not amount:
            super().update(turn, sender, message, grant)
        elif message.id in self.billing:
            self._also(message.id, sender, message.id)
        elif self.lacks_token(message.payment_token):
            self.refuse(turn, sender, message.id, NO_TOKEN)
        else:
            asker = ((sender, message.id),)
            self._charge(turn, message.id, Bill("update", message, message.id, asker, grant, amount, message.resource))

    def renewal(self, turn: Turn, sender: str, message: Renewal) -> None:
        """The payment token for another month of a plan."""
        grant = self.authorised(turn, sender, message, "renew")
        if not grant:
            return
        thing = self.thing(message.resource)
        key = message.key or message.id
        if thing is None or thing.state != "complete":
            self.refuse(turn, sender, message.id, "not_found")
        elif key in self.billing:
            self._also(self.billing[key], sender, message.id)
        else:
            asker, amount = ((sender, message.id),), self.price(thing.service)
            self._charge(turn, message.id, Bill("renewal", message, key, asker, grant, amount, message.resource))

    def _also(self, request: str, sender: str, asker: str) -> None:
        """A repeated request is answered together with the first."""
        bill: Bill = self.bills[request]
        if (sender, asker) not in bill.askers:
            self.bills[request] = replace(bill, askers=(*bill.askers, (sender, asker)))

    def _on_credit(self, turn: Turn, sender: str, message: ResourceRequest, grant: str, amount: int) -> None:
        """Made at once; what is used is metered and charged later."""
        self.bills[message.id] = Bill("usage", message, "", (), grant, amount)
        super().create(turn, sender, message, grant)

    def meter(self, turn: Turn, what: str) -> None:
        """Usage is reported, and charged."""
        self._charge(turn, what, self.bills[what])

    # --- redeeming --------------------------------------------------------------------------------------------------

    def _charge(self, turn: Turn, request: str, bill: Bill) -> None:
        """Redeem the payment token; an attempt that is repeated bears the same key, and is charged once."""
        self.bills[request] = bill
        if bill.key:
            self.billing[bill.key] = request
        ask = bill.ask
        key = ask.key or request
        intent = attempt(request, bill.tries)
        turn.send(PROCESSOR, PaymentIntent(intent, key, ask.payment_token, bill.amount, self.name))
        turn.wake(f"billing {request}", PAYMENT_TIMEOUT)

    def late(self, turn: Turn, what: str) -> None:
        """The processor does not answer: refuse, and find out what became of the money."""
        bill: Bill = self.bills[what]
        if not bill.given_up:
            self._refuse_all(turn, bill, FAILED)
            bill = replace(bill, given_up=bill.kind != "usage", askers=())
        if bill.tries < ASKS_AT_MOST:
            self._charge(turn, what, replace(bill, tries=bill.tries + 1))
        else:
            if bill.kind == "usage":
                self.end_unpaid(turn, bill.resource)
            self._over(turn, what, bill)

    def _over(self, turn: Turn, request: str, bill: Bill) -> None:
        """Nothing more is to be done about a bill."""
        self.bills.pop(request, None)
        self.billing.pop(bill.key, None)
        turn.cancel(f"billing {request}")

    def _refuse_all(self, turn: Turn, bill: Bill, code: str) -> None:
        for name, request in bill.askers:
            self.refuse(turn, name, request, code)

    def payment_succeeded(self, turn: Turn, sender: str, message: PaymentSucceeded) -> None:
        """The money is there: now the rest, or, if that cannot be any more, the money back."""
        message = replace(message, id=first(message.id))
        bill: Bill | None = self.bills.get(message.id)
        if bill is None or bill.charge:
            return  # a second copy of an answer
        row: Grant = self.grants[bill.grant]
        if bill.kind != "usage" and (bill.given_up or not row.works or not self.active(row.account)):
            self._over(turn, message.id, bill)
            self.say(turn, PROCESSOR, Refund(f"{message.charge}+refund", message.charge, bill.amount))
            self._refuse_all(turn, bill, "unauthorized")
            return
        bill = self.bills[message.id] = replace(bill, charge=message.charge)
        self._deliver(turn, message.id, bill)
        waits = bill.kind == "create" and not self.bills[message.id].resource
        self._over(turn, message.id, bill)
        if waits:  # it is paid, and ready after a while
            self.bills[message.id] = bill
        self._count_cost(turn, row.account, bill.amount, message.month)

    def _deliver(self, turn: Turn, request: str, bill: Bill) -> None:
        """What was paid for."""
        if bill.kind == "create":
            name, asker = bill.askers[0]
            super().create(turn, name, replace(bill.ask, id=asker), bill.grant)
            bill = self.bills[request]
            for name, asker in bill.askers[1:]:
                self.show(turn, name, asker, bill.resource)
        elif bill.kind == "update":
            for name, asker in bill.askers[:1]:
                super().update(turn, name, replace(bill.ask, id=asker), bill.grant)
        else:
            for name, asker in bill.askers:
                turn.send(name, Done(asker))
        if bill.kind in ("update", "renewal"):
            self._give(turn, request, bill)
            self._lapses_later(turn, bill.resource)

    def complete(self, turn: Turn, request: str, resource: str, thing: Thing, before: str) -> None:
        """The resource is there: what it is worth has been given, paid or on credit."""
        super().complete(turn, request, resource, thing, before)
        bill: Bill | None = self.bills.get(request)
        if bill is not None:
            bill = self.bills[request] = replace(bill, resource=resource)
            self._give(turn, request, bill)
            self._lapses_later(turn, resource)
            if bill.kind == "usage":
                turn.wake(f"meter {request}", self.config.metering_lag)
            elif bill.key not in self.billing:
                del self.bills[request]

    def _give(self, turn: Turn, request: str, bill: Bill) -> None:
        """Book what has been given, to whoever is behind the request."""
        account = self.grants[bill.grant].account
        turn.note(ResourceBilled(self.name, account, bill.resource, bill.amount, bill.charge, request))
        lines = ((f"service:{self.name}", -bill.amount), ("customer", bill.amount))
        turn.note(Posted(request, "service", lines))

    def payment_declined(self, turn: Turn, sender: str, message: PaymentDeclined) -> None:
        """The money cannot be had: no resource; and what was given on credit ends."""
        message = replace(message, id=first(message.id))
        bill: Bill | None = self.bills.get(message.id)
        if bill is None or bill.charge:
            return  # a second copy of an answer
        if bill.kind == "create" and not bill.given_up and self.gives_unpaid():
            self._deliver(turn, message.id, bill)
        elif bill.kind in ("usage", "renewal") and not self.gives_unpaid():
            self.end_unpaid(turn, bill.resource)
            self._refuse_all(turn, bill, self.refusal(message.code))
        else:
            self._refuse_all(turn, bill, self.refusal(message.code))
        self._over(turn, message.id, bill)

    def refusal(self, code: str) -> str:
        """What whoever asked is told, where a payment was declined with ``code``."""
        return FAILED

    def gives_unpaid(self) -> bool:
        """Whether a failed charge leaves a usable resource all the same: a fault found in public code."""
        return "unbilled_resource" in self.config.faults

    # --- afterwards -------------------------------------------------------------------------------------------------

    def _lapses_later(self, turn: Turn, resource: str) -> None:
        """A plan that is paid by month ends if it is not paid again."""
        thing = self.thing(resource)
        if thing is not None and self._kind(self.catalogue_rows[thing.service]) == "monthly":
            turn.wake(f"lapse {resource}", PLAN_LAPSES)

    def lapse(self, turn: Turn, what: str) -> None:
        """Nobody has paid for another month of a plan."""
        self.end_unpaid(turn, what)

    @abstractmethod
    def end_secret(self, turn: Turn, account: str, secret: str, reason: str) -> None:
        """A secret works no more: the business of a part further up."""

    def end_unpaid(self, turn: Turn, resource: str) -> None:
        """A resource that nobody pays for is no more."""
        thing = self.thing(resource)
        if thing is None or thing.state != "complete":
            return
        row: Grant = self.grants[thing.grant]
        for secret in row.secrets:
            if self.resource_of(secret) == resource and secret in self.live:
                self.end_secret(turn, row.account, secret, "unpaid")
        self.resources[resource] = replace(thing, state="removed")
        self.move(turn, "resource", resource, "complete", "removed")
        self.ended(turn, row.account, resource, thing)

    def ended(self, turn: Turn, account: str, resource: str, thing: Thing) -> None:
        """What is gone is not paid for."""
        turn.cancel(f"lapse {resource}")
        super().ended(turn, account, resource, thing)

    def _count_cost(self, turn: Turn, account: str, amount: int, month: int) -> None:
        """Tell when an account has cost half of its budget in a month, and all of it."""
        budget = self.config.budget
        if budget is None:
            return
        known, before = self.costs.get(account, (month, 0))
        before = before if known == month else 0
        self.costs[account] = (month, before + amount)
        for mark in MARKS:
            if before * 100 < budget * mark <= (before + amount) * 100:
                turn.note(BudgetAlerted(self.name, account, before + amount, budget, mark))


def _prose(price: int | None) -> str:
    """A price as a catalogue words it; where it has no figure, none is named."""
    return "usage-based, see the pricing page" if price is None else f"{format_money(price)} per month"
