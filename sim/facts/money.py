"""Payment tokens, charges, ceilings, and the books.

Amounts are integer cents. A charge is named ``ch:<request>``, a payment token ``spt:<orchestrator>:<request>``; a
month is a calendar month in UTC, counted from the one in which the story begins (0).
"""

from __future__ import annotations

from sim.party import Fact

#: Codes of refusals that are about money alone: who gets one is not locked out of anything.
ABOUT_MONEY = ("cap_exceeded", "card_declined", "requires_payment_credentials", "billing_activation_failed")


class PaymentTokenMinted(Fact, frozen=True, tag="payment_token_minted"):
    """The processor made a payment token for one seller."""

    token: str
    orchestrator: str
    login: str
    seller: str
    max_amount: int
    request: str


class PaymentTokenDeactivated(Fact, frozen=True, tag="payment_token_deactivated"):
    """A payment token is spent or dead: ``consumed``, ``expired``, ``resolved``, ``revoked``."""

    token: str
    reason: str


class Charged(Fact, frozen=True, tag="charged"):
    """The processor captured ``amount`` of ``person``'s card for ``provider``.

    ``person`` is whose card it is, ``intent`` the request it pays for, ``login`` the customer of ``orchestrator``;
    ``one_off`` tells a purchase from a plan. Whether a person stands behind it is for the truth to say.
    """

    person: str
    provider: str
    amount: int
    intent: str
    token: str
    charge: str
    month: int
    orchestrator: str
    login: str
    one_off: bool = False


class ChargeFailed(Fact, frozen=True, tag="charge_failed"):
    """A charge was declined, at the processor or by the issuer."""

    provider: str
    amount: int
    intent: str
    token: str
    code: str


class Settled(Fact, frozen=True, tag="settled"):
    """The money of a charge has reached the provider; nothing is pending about it any more."""

    charge: str
    provider: str
    amount: int


class Refunded(Fact, frozen=True, tag="refunded"):
    """``amount`` of a charge went back to the person."""

    charge: str
    person: str
    provider: str
    amount: int
    month: int
    login: str
    orchestrator: str


class CapRaised(Fact, frozen=True, tag="cap_raised"):
    """A person raised the ceiling at an orchestrator, for one provider (empty: for all without one of their own)."""

    orchestrator: str
    login: str
    provider: str
    limit: int


class BudgetAlerted(Fact, frozen=True, tag="budget_alerted"):
    """A provider saw an account's spending of this month pass ``threshold`` per cent of its budget."""

    provider: str
    account: str
    spent: int
    budget: int
    threshold: int


class ResourceBilled(Fact, frozen=True, tag="resource_billed"):
    """A provider gave a paid resource out: ``charge`` pays for it; empty, as long as it is given on credit."""

    provider: str
    account: str
    resource: str
    amount: int
    charge: str
    request: str


class PriceQuoted(Fact, frozen=True, tag="price_quoted"):
    """An orchestrator read in a catalogue what a service costs: ``quoted`` cents, -1 where the text names no price."""

    orchestrator: str
    provider: str
    service: str
    login: str
    quoted: int
    request: str


class Posted(Fact, frozen=True, tag="posted"):
    """An entry in the books, of double entry: the ``lines`` (account, cents) add up to nothing.

    Booked when it comes about and not when money arrives (assumed): a charge when it is captured, a service when it is
    given, be it on credit, a chargeback when the dispute is opened.

    Accounts: ``person:<name>``, ``provider:<name>``, ``orchestrator:<name>``, ``processor``, ``issuer``,
    ``adversary:<name>``, ``service:<provider>`` (the worth of service given).
    """

    request: str
    why: str
    lines: tuple[tuple[str, int], ...]
