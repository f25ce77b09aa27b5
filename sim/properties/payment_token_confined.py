"""A payment token is good for what it says, and for nothing else."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import Charged, PaymentTokenDeactivated, PaymentTokenMinted
from sim.money import format_money
from sim.property import Property, See
from sim.tables import Table


class PaymentTokenConfined(Property):
    """Captures with a payment token are its seller's, together at most its amount, and none after its end.

    Its end is whichever comes first: consumed, expired, resolved, revoked. There is one currency.
    """

    TEXT = "A payment token is redeemed by its seller alone, within its amount, while it is active."
    CITES = ("I12", "R14", "T33")
    MEMORY = ("tokens",)
    READS: ClassVar = {PaymentTokenMinted: "_minted", Charged: "_charged", PaymentTokenDeactivated: "_ended"}

    tokens: Table
    """Payment token → (seller, cents left, why it has ended)."""

    def _minted(self, fact: PaymentTokenMinted, see: See) -> None:
        self.tokens[fact.token] = (fact.seller, fact.max_amount, "")

    def _ended(self, fact: PaymentTokenDeactivated, see: See) -> None:
        seller, left, _ = self.tokens.get(fact.token, ("", 0, ""))
        self.tokens[fact.token] = (seller, left, fact.reason)

    def _charged(self, fact: Charged, see: See) -> None:
        seller, left, ended = self.tokens.get(fact.token, ("", 0, "never minted"))
        self.tokens[fact.token] = (seller, left - fact.amount, ended)
        what = f"{fact.provider} captured {format_money(fact.amount)} with {fact.token}"
        if ended:
            see.violated(self, f"{what}, which was {ended}")
        elif fact.provider != seller:
            see.violated(self, f"{what}, which is for {seller}")
        elif fact.amount > left:
            see.violated(self, f"{what}, on which {format_money(left)} were left")
