"""Requests are answered."""

from __future__ import annotations

from typing import ClassVar

from sim.clock import MINUTE
from sim.facts import Answered, Attested, Requested
from sim.properties._words import intent
from sim.property import Property, See
from sim.tables import Table


class RequestIsAnswered(Property):
    """An honest request is answered by the orchestrator: complete, with an error, or that it waits for somebody.

    That it waits for a person to accept terms is an answer, too; when it goes on from there to the provider, the clock
    starts again. The five minutes are assumed.
    """

    TEXT = "An honest request is answered, if only by saying what it waits for, within the deadline."
    CITES = ("I18",)
    MEMORY = ("waiting",)
    READS: ClassVar = {Requested: "_requested", Attested: "_attested", Answered: "_answered"}
    WITHIN = 5 * MINUTE

    waiting: Table
    """Requests that wait for terms to be accepted → True."""

    def _requested(self, fact: Requested, see: See) -> None:
        if not see.adversary(see.behind):
            see.deadline(self, intent(fact.id), self.within or 0)

    def _attested(self, fact: Attested, see: See) -> None:
        request = intent(fact.request)
        if request in self.waiting:
            del self.waiting[request]
            see.deadline(self, request, self.within or 0)

    def _answered(self, fact: Answered, see: See) -> None:
        request = intent(fact.id)
        see.met(self, request)
        if fact.outcome == "pending" and fact.code and not see.adversary(see.behind):
            self.waiting[request] = True

    def due(self, key: str, see: See) -> None:
        """There was no answer in time."""
        see.violated(self, f"the request {key} was not answered in time")
