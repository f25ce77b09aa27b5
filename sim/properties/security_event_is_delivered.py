"""What a provider must know about a customer's security reaches it."""

from __future__ import annotations

from typing import ClassVar

from sim.clock import MINUTE
from sim.facts import SecurityEventReceived, SecurityEventSent
from sim.property import Property, See


class SecurityEventIsDelivered(Property):
    """Each security event is heard by the provider within the deadline, at whichever attempt.

    A dead letter is no violation by itself: a last attempt may have been heard although no acknowledgement came back.
    Fifteen minutes are the worst case that continuous access evaluation states (Microsoft Entra documentation [CAE]).
    """

    TEXT = "Every security event reaches its receiver within the deadline."
    CITES = ("I23",)
    READS: ClassVar = {SecurityEventSent: "_sent", SecurityEventReceived: "_received"}
    WITHIN = 15 * MINUTE

    def _sent(self, fact: SecurityEventSent, see: See) -> None:
        see.deadline(self, fact.id, self.within or 0)

    def _received(self, fact: SecurityEventReceived, see: See) -> None:
        see.met(self, fact.id.partition("~")[0])

    def due(self, key: str, see: See) -> None:
        """It was not heard in time."""
        see.violated(self, f"the security event {key} was not heard in time")
