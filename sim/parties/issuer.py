"""The issuer of everybody's cards: says whether a card is good for an amount.

One object stands for all banks. Which cards are good is fixed by the scenario (``card``: yes, no, declined).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sim.messages import AuthorizationAnswer, AuthorizationRequest
from sim.messages.payments import holder
from sim.party import Message, Party, Turn


class Issuer(Party):
    """All card issuers. ``config`` is the roster."""

    HEARS: ClassVar[Mapping[type[Message], str]] = {AuthorizationRequest: "authorize"}

    def authorize(self, turn: Turn, sender: str, message: AuthorizationRequest) -> None:
        """Whether the card is good for the amount."""
        code = self._fault(message.card)
        turn.send(sender, AuthorizationAnswer(message.id, not code, code))

    def _fault(self, card: str) -> str:
        """Why a card is good for nothing; empty if it is good."""
        config = self.config.config_or_none(holder(card))
        if config is None or config.card == "no":
            return "unknown_card"
        return "card_declined" if config.card == "declined" else ""
