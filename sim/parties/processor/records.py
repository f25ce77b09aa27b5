"""What the payment processor remembers: rows of its tables."""

from __future__ import annotations

import msgspec

from sim.clock import DAY, SECOND
from sim.messages import PaymentIntent, PaymentTokenRequest

#: Money reaches the seller so long after it was captured, microseconds: 2 d (assumed).
SETTLES_AFTER = 2 * DAY
#: A repeated idempotency key is answered alike for so long: 24 h at least (docs.stripe.com/api/idempotent_requests).
ANSWER_LIFE = DAY
#: What became of a token is told again after so long, until it is acknowledged; and so often at most (assumed).
TELLS_AGAIN = 30 * SECOND
TELLS_AT_MOST = 20
#: An answer of the issuer is waited for so long before it is asked again, and so often at most (assumed).
ISSUER_TIMEOUT = 10 * SECOND
ASKS_AT_MOST = 20


class Token(msgspec.Struct, frozen=True, gc=False):
    """A payment token: the request that asked for it, what was ``captured`` and ``refunded``, and its ``state``."""

    ask: PaymentTokenRequest
    state: str = "active"
    reserved: int = 0
    captured: int = 0
    refunded: int = 0


class Open(msgspec.Struct, frozen=True, gc=False):
    """A payment intent that waits for the card's issuer; ``askers``: (name, request); ``month``: where it counts.

    ``tries``: how often the issuer was asked.
    """

    askers: tuple[tuple[str, str], ...]
    ask: PaymentIntent
    month: int
    tries: int = 1


class Charge(msgspec.Struct, frozen=True, gc=False):
    """Money that was captured: with which token, for which seller, and what has gone back."""

    token: str
    seller: str
    amount: int
    month: int
    refunded: int = 0
    settled: bool = False


def ceilings(ask: PaymentTokenRequest) -> tuple[tuple[str, int], ...]:
    """The ceilings of a token, as (group, limit); a limit of -1 is none."""
    return (ask.cap_group, ask.cap_limit), (ask.total_group, ask.total_limit)
