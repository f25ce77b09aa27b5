"""Nobody goes short because somebody else behind the same key takes everything."""

from __future__ import annotations

from typing import Any, ClassVar

from sim.clock import HOUR
from sim.facts import Admitted, Limited
from sim.properties._words import block
from sim.property import Property, See
from sim.tables import Table


class TenantsShareFairly(Property):
    """No request is refused for rate while its tenant used less than its share of the bucket in the window.

    A tenant is a customer of the party whose requests share a bucket. The window is the time in which an empty bucket
    fills, the share its burst divided by those who were served in it and who is refused now, in whole requests. Where
    there are more of them than the bucket holds, nobody has a share. A plain bucket serves whoever comes first.
    Refusals because a limiter's store is down are not for rate.
    """

    TEXT = "No request is refused for rate while its tenant used less than its share of the bucket."
    CITES = ("R21",)
    MEMORY = ("served", "tenants")
    READS: ClassVar = {Admitted: "_admitted", Limited: "_limited"}

    served: Table
    """(party, limit, key, tenant) → requests served within the window."""
    tenants: Table
    """(party, limit, key) → tenants served within the window."""

    def _admitted(self, fact: Admitted, see: See) -> None:
        limit = _limit(fact, see)
        if limit is None:
            return
        bucket = (fact.party, fact.limit, fact.key)
        before = self.served.get((*bucket, fact.tenant), 0)
        self.served[*bucket, fact.tenant] = before + 1
        if not before:
            self.tenants[bucket] = self.tenants.get(bucket, 0) + 1
        window = -(-limit.burst * HOUR // limit.per_hour)
        see.deadline(self, "\n".join((fact.party, str(fact.limit), fact.key, fact.tenant, fact.request)), window)

    def due(self, key: str, see: See) -> None:
        """A request lies further back than the window."""
        party, limit, name, tenant, _ = key.split("\n")
        bucket = (party, int(limit), name)
        left = self.served[*bucket, tenant] - 1
        if left:
            self.served[*bucket, tenant] = left
            return
        del self.served[*bucket, tenant]
        if self.tenants[bucket] == 1:
            del self.tenants[bucket]
        else:
            self.tenants[bucket] -= 1

    def _limited(self, fact: Limited, see: See) -> None:
        limit = _limit(fact, see)
        if limit is None or fact.down:
            return
        bucket = (fact.party, fact.limit, fact.key)
        used = self.served.get((*bucket, fact.tenant), 0)
        others = self.tenants.get(bucket, 0) - (used > 0)
        share = limit.burst // (others + 1)
        if others and used < share:
            why = f"{fact.tenant} was refused at {fact.party} after {used} requests"
            see.violated(self, f"{why}, its share of {fact.key} being {share}")


def _limit(fact: Admitted | Limited, see: See) -> Any:
    """The settings of a limit; None if it is no more."""
    config: Any = see.world.get(block(fact.party, see.world))
    limits = () if config is None else config.limits
    return limits[fact.limit] if fact.limit < len(limits) else None
