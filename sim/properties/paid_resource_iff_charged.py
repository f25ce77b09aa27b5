"""A paid resource is charged for, and a charge is for a resource."""

from __future__ import annotations

from typing import Any, ClassVar

from sim.clock import MINUTE
from sim.facts import Charged, Refunded, ResourceBilled, ResourceCompleted, TokenEnded
from sim.properties._words import block, intent
from sim.property import Property, See
from sim.tables import Table


class PaidResourceIffCharged(Property):
    """What costs money works only if it was paid, and what was paid for is there, or the money goes back.

    Where usage is metered late, a resource may be used on credit for the lag and five minutes; then it is paid, or
    works no more (what was used of it stays unpaid: a ceiling limits what is collected, not what is consumed). A charge
    has five minutes to become a resource or to be given back.

    What somebody orders by hand at the provider's own pages is paid there as well, outside of the payments that this
    world has: nothing is said of it.
    """

    TEXT = "A resource that costs money works only if it was paid for, and money is kept only for a resource."
    CITES = ("R13",)
    WITHIN = 5 * MINUTE
    MEMORY = ("paid", "credit", "owed")
    READS: ClassVar = {
        Charged: "_charged",
        Refunded: "_refunded",
        ResourceCompleted: "_completed",
        ResourceBilled: "_billed",
        TokenEnded: "_ended",
    }

    paid: Table
    """Intent → the charge for it."""
    credit: Table
    """Intent → its resource, which is not paid for yet."""
    owed: Table
    """Charge → its intent, as long as there is nothing to show for it."""

    def __init__(self, name: str, within: int | None = None) -> None:
        super().__init__(name, within)
        self._priced: dict[int, tuple[Any, frozenset[str]]] = {}

    def _charged(self, fact: Charged, see: See) -> None:
        wanted = intent(fact.intent)
        self.paid[wanted] = fact.charge
        if wanted in self.credit:
            del self.credit[wanted]
            see.met(self, f"credit {wanted}")
        else:
            self.owed[fact.charge] = wanted
            see.deadline(self, f"owed {fact.charge}", self.within or 0)

    def _billed(self, fact: ResourceBilled, see: See) -> None:
        self._shown(fact.charge, see)
        if not fact.charge and intent(fact.request) not in self.paid:
            self._on_credit(intent(fact.request), fact.resource, fact.provider, see)

    def _refunded(self, fact: Refunded, see: See) -> None:
        self._shown(fact.charge, see)

    def _shown(self, charge: str, see: See) -> None:
        if self.owed.pop(charge, None) is not None:
            see.met(self, f"owed {charge}")

    def _completed(self, fact: ResourceCompleted, see: See) -> None:
        if fact.grant and self._costs(see.world.get(block(fact.provider, see.world)), fact.service):
            wanted = intent(fact.request)
            if wanted not in self.paid:
                self._on_credit(wanted, fact.resource, fact.provider, see)

    def _costs(self, config: Any, service: str) -> bool:
        """Whether a service of a provider costs money; the list of a provider is made once."""
        if config is None:
            return False
        known = self._priced.get(id(config))
        if known is None or known[0] is not config:
            offers = getattr(config, "services", {})
            costly = frozenset(name for name, offer in offers.items() if offer.pricing == "paid")
            known = self._priced[id(config)] = (config, costly)
        return service in known[1]

    def _on_credit(self, wanted: str, resource: str, provider: str, see: See) -> None:
        """It works and is not paid for: for so long."""
        lag: Any = getattr(see.world.get(block(provider, see.world)), "metering_lag", None)
        self.credit[wanted] = resource
        if lag is None or not lag.most:
            see.at_end(self, wanted)
        else:
            see.deadline(self, f"credit {wanted}", lag.most + (self.within or 0))

    def _ended(self, fact: TokenEnded, see: See) -> None:
        if fact.kind != "resource" or not len(self.credit):
            return
        for wanted, resource in self.credit.ordered():
            if fact.token.partition("#")[0].endswith(f":{resource}"):
                del self.credit[wanted]
                see.met(self, f"credit {wanted}")

    def finish(self, key: str, see: See) -> None:
        """Nothing was metered late, so it had to be paid first."""
        resource = self.credit.pop(key, None)
        if resource is not None:
            see.violated(self, f"{resource} was given out for {key} and not paid for")

    def due(self, key: str, see: See) -> None:
        """Time is up, for the payment or for the resource."""
        kind, _, what = key.partition(" ")
        if kind == "credit":
            self.finish(what, see)
        elif self.owed.pop(what, None) is not None:
            see.violated(self, f"{what} was captured, and there is neither a resource nor a refund for it")
