"""Requests are answered."""

from __future__ import annotations

from typing import ClassVar

from sim.clock import MINUTE
from sim.facts import Answered, Attested, Requested
from sim.properties._words import intent
from sim.property import Property, See


class RequestIsAnswered(Property):
    """An honest request is answered by the orchestrator: complete, with an error, or that it waits for somebody.

    The clock starts when the orchestrator hears of it, and again when it goes on to the provider (after a person has
    accepted terms, say). The five minutes are assumed.
    """

    TEXT = "An honest request is answered, if only by saying what it waits for, within the deadline."
    CITES = ("I18",)
    READS: ClassVar = {Requested: "_requested", Attested: "_attested", Answered: "_answered"}
    WITHIN = 5 * MINUTE

    def _requested(self, fact: Requested, see: See) -> None:
        if not see.adversary(see.behind):
            see.deadline(self, intent(fact.id), self.within or 0)

    def _attested(self, fact: Attested, see: See) -> None:
        if not see.adversary(see.behind):
            see.deadline(self, intent(fact.request), self.within or 0)

    def _answered(self, fact: Answered, see: See) -> None:
        see.met(self, intent(fact.id))

    def due(self, key: str, see: See) -> None:
        """There was no answer in time."""
        see.violated(self, f"the request {key} was not answered in time")
