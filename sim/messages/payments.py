"""Money: between a person, an orchestrator, a provider, the payment processor and the card's issuer.

Sources: shared payment tokens as documented by Stripe ([K21]: https://docs.stripe.com/agentic-commerce/concepts/shared-payment-tokens):
a token is for one seller, one currency, a largest amount, until a time; the seller redeems it with a payment intent; a
token is deactivated as ``consumed``, ``expired``, ``resolved`` or ``revoked``. What passes between the processor and
the issuer is the usual card traffic, reduced to what decides: authorisation, dispute, response, closing.

Amounts are integer cents, lives microseconds. A card is an atom (``card:<orchestrator>:<person>``) that the issuer and
the orchestrator hold; it goes to the processor, never to an agent or a provider.
"""

from __future__ import annotations

from typing import ClassVar

from sim.party import Message

#: The names under which the payment processor and the issuer of all cards are reached, and their accounts in the books.
PROCESSOR, ISSUER = "processor", "issuer"


def card_of(orchestrator: str, person: str) -> str:
    """The atom of ``person``'s card, as it is on file at ``orchestrator``."""
    return f"card:{orchestrator}:{person}"


def holder(card: str) -> str:
    """Whose card it is; empty if it is none.

    >>> holder("card:hub:alice")
    'alice'
    """
    kind, _, rest = card.partition(":")
    return rest.partition(":")[2] if kind == "card" else ""


class PaymentTokenRequest(Message, frozen=True, tag="payment_token_request"):
    """An orchestrator asks the processor for a payment token of its customer ``login`` for one seller.

    ``max_amount`` is the most that may be captured with it, ``lasts`` its life. ``cap_limit`` and ``total_limit`` are
    ceilings by month that the processor keeps for the group named, over all tokens of it; -1: it keeps none. ``key`` is
    the idempotency key, ``one_off`` tells a purchase from a plan. ``bound_to``: which of seller and amount the
    processor is to insist on.
    """

    PROVES: ClassVar[tuple[str, ...]] = ("card",)
    REVEALS: ClassVar[tuple[str, ...]] = ("card",)
    orchestrator: str
    login: str
    seller: str
    currency: str
    max_amount: int
    lasts: int
    card: str
    key: str = ""
    cap_group: str = ""
    cap_limit: int = -1
    total_group: str = ""
    total_limit: int = -1
    one_off: bool = False
    refunds_restore: bool = False
    bound_to: tuple[str, ...] = ("seller", "amount")


class PaymentToken(Message, frozen=True, tag="payment_token"):
    """The token asked for (``spt:<orchestrator>:<request>``)."""

    ANSWER: ClassVar[bool] = True
    REVEALS: ClassVar[tuple[str, ...]] = ("token",)
    token: str


class PaymentTokenRevoke(Message, frozen=True, tag="payment_token_revoke"):
    """An orchestrator takes a token back; what was captured stays captured.

    ``reason``: ``revoked``, or ``resolved`` where what it was for has been paid and the rest is not needed.
    """

    PROVES: ClassVar[tuple[str, ...]] = ("token",)
    token: str
    reason: str = "revoked"


class PaymentTokenEvent(Message, frozen=True, tag="payment_token_event"):
    """The processor tells the orchestrator what became of a token, again and again until it is acknowledged.

    ``event`` is ``used``, ``refunded`` or ``deactivated`` (``reason``: consumed, expired, resolved, revoked);
    ``amount`` is what has been captured with it (or refunded of it) by then, in all, so that a second copy counts for
    nothing; ``month`` is the calendar month in which the processor booked it.
    """

    token: str
    event: str
    amount: int = 0
    reason: str = ""
    month: int = 0


class PaymentIntent(Message, frozen=True, tag="payment_intent"):
    """A seller redeems a payment token; ``key`` is the idempotency key."""

    PROVES: ClassVar[tuple[str, ...]] = ("payment_token",)
    REVEALS: ClassVar[tuple[str, ...]] = ("payment_token",)
    key: str
    payment_token: str
    amount: int
    seller: str


class PaymentSucceeded(Message, frozen=True, tag="payment_succeeded"):
    """The amount was captured as ``charge`` (``ch:<request>``), in that calendar month."""

    ANSWER: ClassVar[bool] = True
    charge: str
    month: int = 0


class PaymentDeclined(Message, frozen=True, tag="payment_declined"):
    """402: token_deactivated, wrong_seller, over_limit, cap_exceeded, card_declined, expired, unknown_token."""

    ANSWER: ClassVar[bool] = True
    code: str


class Refund(Message, frozen=True, tag="refund"):
    """A seller gives back part of a charge, or all of it."""

    charge: str
    amount: int


class Renewal(Message, frozen=True, tag="renewal"):
    """An orchestrator brings the payment token for another month of a plan; without one, nobody pays for it."""

    PROVES: ClassVar[tuple[str, ...]] = ("access_token", "client_key", "payment_token", "pop")
    REVEALS: ClassVar[tuple[str, ...]] = ("payment_token",)
    key: str
    access_token: str
    client_key: str
    orchestrator: str
    resource: str
    payment_token: str = ""
    pop: str = ""


class CardAsked(Message, frozen=True, tag="card_asked"):
    """The orchestrator asks a person for a payment method, which anything paid requires ([K12])."""


class CardGiven(Message, frozen=True, tag="card_given"):
    """A person puts a card on file at an orchestrator; empty: has none, or gives none."""

    PROVES: ClassVar[tuple[str, ...]] = ("card",)
    REVEALS: ClassVar[tuple[str, ...]] = ("card",)
    card: str = ""


class RaiseCap(Message, frozen=True, tag="raise_cap"):
    """A person sets the ceiling by month, at one provider or (empty) at each that has none of its own."""

    PROVES: ClassVar[tuple[str, ...]] = ("session",)
    session: str
    provider: str
    limit: int


class AuthorizationRequest(Message, frozen=True, tag="authorization_request"):
    """The processor asks the card's issuer for an amount."""

    PROVES: ClassVar[tuple[str, ...]] = ("card",)
    REVEALS: ClassVar[tuple[str, ...]] = ("card",)
    card: str
    amount: int


class AuthorizationAnswer(Message, frozen=True, tag="authorization_answer"):
    """The issuer's answer; ``code`` says why not."""

    ANSWER: ClassVar[bool] = True
    approved: bool
    code: str = ""


class Cleared(Message, frozen=True, tag="cleared"):
    """The processor presents a charge on ``person``'s card to the card's issuer; from that day on it may be contested.

    ``person`` stands for the number of the card, which only processor and issuer see.
    """

    person: str
    seller: str
    amount: int


class Statement(Message, frozen=True, tag="statement"):
    """A line of a card statement: ``id`` is the charge, and tells what it was for as far as the seller has said it."""

    seller: str
    amount: int


class DisputeRequest(Message, frozen=True, tag="dispute_request"):
    """A cardholder contests a charge at the card's issuer: ``friendly``, ``fraud`` or ``agent_error``."""

    charge: str
    reason: str


class DisputeOpened(Message, frozen=True, tag="dispute_opened"):
    """A charge is contested: from the issuer to the processor to the seller; ``stage`` says how far it has come.

    Of the ``reason`` banks and merchants learn only whether it is said to be fraud: nobody says that he is friendly.
    """

    dispute: str
    charge: str
    amount: int
    reason: str
    stage: str = "chargeback"


class DisputeResponse(Message, frozen=True, tag="dispute_response"):
    """The seller's answer at a stage, ``accept`` or ``represent``, with the evidence it holds; back the same way."""

    dispute: str
    answer: str
    evidence: tuple[str, ...] = ()
    stage: str = "chargeback"


class DisputeClosed(Message, frozen=True, tag="dispute_closed"):
    """The issuer's decision, ``won`` or ``lost`` as the merchant sees it."""

    dispute: str
    outcome: str


class CardBlock(Message, frozen=True, tag="card_block"):
    """A seller wants no more business with the card that a charge was made with, or (``off``) does again."""

    charge: str
    off: bool = False
