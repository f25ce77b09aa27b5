"""The catalogue: what providers have on offer, and what they say of it, passed on to agents as it is."""

from __future__ import annotations

from msgspec.structs import replace

from sim.messages import Catalog, CatalogListing, CatalogQuery, Error
from sim.parties.orchestrator.defences import Defences
from sim.parties.orchestrator.paying import priced
from sim.parties.orchestrator.records import NO_SESSION, Offer, Work
from sim.party import Turn

#: What a request for a listing is about that wants the catalogues of all providers.
ALL = "*"


class Listing(Defences):
    """The part that shows what is on offer."""

    def catalog_query(self, turn: Turn, sender: str, message: CatalogQuery) -> None:
        """An agent looks what is on offer; a provider that is not known yet is asked first."""
        login: str = self.sessions.get(message.session, "")
        if not login:
            turn.send(sender, Error(message.id, NO_SESSION))
        elif message.id not in self.work:
            work = Work(sender, login, message.provider, "" if message.provider else ALL, "listing")
            self._show(turn, message.id, work)

    def _show(self, turn: Turn, intent: str, work: Work) -> None:
        """List what is known, once everything that was asked for is."""
        wanted = self.providers() if work.service == ALL else (work.provider,)
        unknown = next((name for name in wanted if name not in self.catalogue), "")
        if unknown:
            self.ask(turn, intent, replace(work, provider=unknown, tries=1))
        else:
            self._list(turn, intent, work)

    def catalog(self, turn: Turn, sender: str, message: Catalog) -> None:
        """A provider's catalogue arrived: those who wait for it go on."""
        found = self.awaited(sender, message.id, "listing", "catalog")
        if found is None:
            return
        intent, work = found
        self.catalogue[sender] = Offer(
            message.services, message.agent_provisioning, priced(message), message.says, message.sender_bound,
            message.updates,
        )  # fmt: skip
        if work.stage == "catalog":
            self.go_on(turn, intent, work)
        else:
            self._show(turn, intent, work)

    def refused(self, turn: Turn, intent: str, work: Work, code: str) -> None:
        """A provider's catalogue cannot be had: of several, the others are shown."""
        if work.stage == "listing" and work.service == ALL:
            self._list(turn, intent, work)
        else:
            super().refused(turn, intent, work, code)

    def _list(self, turn: Turn, intent: str, work: Work) -> None:
        """Send a listing: of one provider, or of all that are known."""
        self.close(turn, intent)
        one = work.service != ALL
        shown = ((work.provider, self.catalogue[work.provider]),) if one else self.catalogue.ordered()
        services = tuple(f"{name}/{service}" for name, offer in shown for service in offer.services)
        says = tuple((f"{name}/{service}", text) for name, offer in shown for service, text in offer.says)
        turn.send(work.asker, CatalogListing(intent, services, says))
