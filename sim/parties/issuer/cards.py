"""Which cards are good, and for how much how often."""

from __future__ import annotations

from typing import Any, ClassVar

from sim.messages import AuthorizationAnswer, AuthorizationRequest
from sim.messages.payments import holder
from sim.parties._telling import Telling, first
from sim.party import Turn
from sim.tables import Table


class Cards(Telling):
    """The part that authorises amounts."""

    TABLES: ClassVar[tuple[str, ...]] = (*Telling.TABLES, "uses", "seen")

    uses: Table
    """Holder → requests for amounts within the time that ``card_limit`` names."""
    seen: Table
    """Request → its answer, while a repeated one counts as the same; kept where there is a limit only."""

    def authorize(self, turn: Turn, sender: str, message: AuthorizationRequest) -> None:
        """Whether the card is good for the amount."""
        person = holder(message.card)
        config: Any = self.config.config_or_none(person)
        code = self._fault(config)
        if not code and config.card_limit is not None:
            code = self._too_often(turn, first(message.id), person, config.card_limit)
        turn.send(sender, AuthorizationAnswer(message.id, not code, code))

    def _fault(self, config: Any) -> str:
        """Why a card is good for nothing; empty if it is good."""
        if config is None or config.card == "no":
            return "unknown_card"
        return "card_declined" if config.card == "declined" else ""

    def _too_often(self, turn: Turn, request: str, person: str, limit: Any) -> str:
        """The velocity rule: so many requests within a while, and no more; each counts until its time has passed."""
        known: str | None = self.seen.get(request)
        if known is not None:
            return known
        count = self.uses.get(person, 0) + 1
        code = "card_velocity" if count > limit.count else ""
        self.uses[person] = count
        self.seen[request] = code
        turn.wake(f"use {person} {request}", limit.per)
        return code

    def forget_use(self, turn: Turn, what: str) -> None:
        """A request does not count any more."""
        person, _, request = what.partition(" ")
        self.seen.pop(request, None)
        left = self.uses.get(person, 0) - 1
        if left > 0:
            self.uses[person] = left
        else:
            self.uses.pop(person, None)
