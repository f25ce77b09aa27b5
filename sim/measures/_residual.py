"""What survives the single action at an orchestrator, thing by thing.

The single action is ``Revoked``: from then on everything counts that came of the grant, or lies on its account without
one, and still works: tokens (also those refreshed later), secrets of resources, sessions opened by deep links, keys
made by hand, payment tokens, and what is running with such a secret. A secret that takes the place of another
afterwards is somebody's further action, and does not count.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from sim.clock import HOUR, MINUTE
from sim.facts import (
    Deployed,
    PaymentTokenDeactivated,
    PaymentTokenMinted,
    Revoked,
    TokenEnded,
    TokenIssued,
)
from sim.property import Measure, See
from sim.tables import Table

#: How long the single action may take to have its own effect; what ends later took another action.
ITS_OWN = 15 * MINUTE


class Thing(msgspec.Struct, frozen=True, gc=False):
    """Something that works: its kind, the grant it came of (empty: none), and since when it survives.

    ``since`` is -1 for what does not need to end.
    """

    kind: str
    name: str
    grant: str
    since: int = -1


class Residual(Measure):
    """Base of measures of what survives; ``KINDS`` are those that count."""

    UNIT = "h"
    KINDS: ClassVar[tuple[str, ...]] = ()
    MEMORY = ("things", "where", "cut", "spent")
    READS: ClassVar = {
        TokenIssued: "_issued",
        TokenEnded: "_ended",
        PaymentTokenMinted: "_minted",
        PaymentTokenDeactivated: "_deactivated",
        Deployed: "_deployed",
        Revoked: "_revoked",
    }

    things: Table
    """Account, or ``orchestrator login provider`` of payment tokens → ``Thing``s that work there."""
    where: Table
    """Thing, or grant → the key in ``things``; agent and provider of a deployment → the secret it uses."""
    cut: Table
    """Key in ``things`` → grants withdrawn there, and when the first was."""
    spent: Table
    """One row, the microseconds of what has ended; and one, how many ended by an action of their own."""

    # --- what works -------------------------------------------------------------------------------------------------

    def _issued(self, fact: TokenIssued, see: See) -> None:
        if fact.kind == "session" and not fact.grant:
            return  # the person's own way in
        if fact.grant and fact.kind in ("access", "refreshed"):
            self.where[fact.grant] = fact.account
        self._works(fact.account, Thing(fact.kind, fact.token, fact.grant), see.now)

    def _works(self, key: str, thing: Thing, now: int) -> None:
        cut = self.cut.get(key)
        if cut is not None and thing.grant in cut[0] and thing.kind != "resource":
            thing = msgspec.structs.replace(thing, since=now)
        self.things[key] = (*self.things.get(key, ()), thing)
        self.where[thing.name] = key

    def _minted(self, fact: PaymentTokenMinted, see: See) -> None:
        key = f"{fact.orchestrator} {fact.login} {fact.seller}"
        self._works(key, Thing("payment_token", fact.token, "-"), see.now)

    def _deployed(self, fact: Deployed, see: See) -> None:
        running = f"{fact.agent} {fact.provider}"
        before = self.where.get(f"run {running}")
        if before is not None:
            self._over(f"run {running} {before}", see.now, "replaced")
        key = self.where.get(fact.secret)
        if key is None:
            return
        thing = next((one for one in self.things[key] if one.name == fact.secret), None)
        if thing is not None:
            self.where[f"run {running}"] = fact.secret
            self._works(key, Thing("deployment", f"run {running} {fact.secret}", thing.grant), see.now)

    # --- the single action ------------------------------------------------------------------------------------------

    def _revoked(self, fact: Revoked, see: See) -> None:
        self._cut(self.where.get(fact.grant, ""), fact.grant, see.now)
        self._cut(f"{fact.orchestrator} {fact.login} {fact.provider}", "-", see.now)

    def _cut(self, key: str, grant: str, now: int) -> None:
        rows = self.things.get(key)
        if rows is None:
            return
        before = self.cut.get(key, ((), now))
        self.cut[key] = ((*before[0], grant), before[1])
        self.things[key] = tuple(
            msgspec.structs.replace(one, since=now) if one.since < 0 and one.grant in (grant, "") else one
            for one in rows
        )

    # --- what ends --------------------------------------------------------------------------------------------------

    def _ended(self, fact: TokenEnded, see: See) -> None:
        self._over(fact.token, see.now, fact.reason)
        for one in self.things.get(fact.account, ()):
            if one.kind == "deployment" and one.name.endswith(f" {fact.token}"):
                self._over(one.name, see.now, "with its secret")

    def _deactivated(self, fact: PaymentTokenDeactivated, see: See) -> None:
        self._over(fact.token, see.now, fact.reason)

    def _over(self, name: str, now: int, reason: str) -> None:
        key = self.where.pop(name, None)
        rows = self.things.get(key, ())
        left = tuple(one for one in rows if one.name != name)
        for one in rows:
            if one.name == name and one.since >= 0 and one.kind in self.KINDS:
                self._count("us", now - one.since)
                by_itself = reason == "expired" or (one.kind in ("access", "refreshed") and reason == "rotated")
                if not by_itself and now - self.cut[key][1] > ITS_OWN:
                    self._count("actions", 1)
        if left:
            self.things[key] = left
        else:
            self.things.pop(key, None)

    def _count(self, row: str, by: int) -> None:
        self.spent[row] = self.spent.get(row, 0) + by

    # --- the number -------------------------------------------------------------------------------------------------

    def surviving(self) -> list[Thing]:
        """What works still, of the kinds that count."""
        rows = [one for _, things in self.things.ordered() for one in things]
        return [one for one in rows if one.since >= 0 and one.kind in self.KINDS]

    def result(self, end: int, see: See) -> float | int | None:
        """Hours after the single action, all things together; those that work still count to ``end``."""
        still = sum(end - one.since for one in self.surviving())
        return float((self.spent.get("us", 0) + still) / HOUR)
