"""The payment processor: payment tokens, captures, settlement, and ceilings that it is asked to keep.

A token is for one seller, up to an amount, until a time; it is deactivated as ``consumed``, ``expired``, ``resolved``
or ``revoked`` ([K21]_). Whoever redeems it must be its seller. Amounts are reserved before the card's issuer is asked,
on the token and on the ceilings, and given back if the issuer says no: so no two captures see the same headroom.

The processor counts calendar months in UTC, told of each by a wake. It takes nothing per charge (assumed).

.. [K21] https://docs.stripe.com/agentic-commerce/concepts/shared-payment-tokens
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sim.clock import month_length
from sim.messages import (
    AuthorizationAnswer,
    CardBlock,
    DisputeClosed,
    DisputeOpened,
    DisputeResponse,
    Done,
    Error,
    PaymentIntent,
    PaymentTokenRequest,
    PaymentTokenRevoke,
    Refund,
)
from sim.parties.processor.disputes import Disputes
from sim.party import Message, Turn

__all__ = ["Processor"]


class Processor(Disputes):
    """The payment processor. ``config`` is the roster.

    ``calendar`` says whether the story has money, so that months matter.
    """

    HEARS: ClassVar[Mapping[type[Message], str]] = {
        PaymentTokenRequest: "mint",
        PaymentTokenRevoke: "take_back",
        PaymentIntent: "redeem",
        AuthorizationAnswer: "authorized",
        Refund: "refund",
        DisputeOpened: "dispute_opened",
        DisputeResponse: "dispute_response",
        DisputeClosed: "dispute_closed",
        CardBlock: "block",
        Done: "acknowledged",
        Error: "acknowledged",
    }
    WAKES: ClassVar[Mapping[str, str]] = {
        "month": "new_month",
        "expire": "expire",
        "settle": "settle",
        "forget": "forget",
        "tell": "tell",
        "issuer": "ask_issuer",
        "release": "release",
        "say": "say_again",
    }

    calendar = False

    def start(self, turn: Turn) -> None:
        """The first month begins."""
        if self.calendar:
            turn.wake("month 1", month_length(0))

    def new_month(self, turn: Turn, what: str) -> None:
        """A calendar month begins."""
        self.own["month"] = int(what)
        turn.wake(f"month {int(what) + 1}", month_length(int(what)))
