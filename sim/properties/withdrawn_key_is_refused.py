"""A withdrawn key is refused."""

from __future__ import annotations

from typing import ClassVar

from sim.clock import NEVER, SECOND
from sim.facts import AttestationAccepted, KeyWithdrawn
from sim.properties._words import block
from sim.property import Property, See
from sim.tables import Table


class WithdrawnKeyIsRefused(Property):
    """No attestation is accepted with a key that its issuer withdrew, once every copy of the old key set is too old.

    The deadline is the longest life of the provider's key cache and a second more, counted from the withdrawal, unless
    one is given for all. A provider whose copies never age is not judged without one.
    """

    TEXT = "An attestation signed with a withdrawn key is refused once the provider's copy of the keys is too old."
    CITES = ("I8",)
    MEMORY = ("dead",)
    READS: ClassVar = {KeyWithdrawn: "_withdrawn", AttestationAccepted: "_accepted"}

    dead: Table
    """``issuer key_id provider`` (a block, or ``*``) of keys that must be refused → True; and ``any`` if one must."""

    def _withdrawn(self, fact: KeyWithdrawn, see: See) -> None:
        key = f"{fact.issuer} {fact.key_id}"
        if self.within is not None:
            see.deadline(self, f"{key} *", self.within)
            return
        for name in sorted(see.world):
            cache = getattr(see.world[name], "key_cache", None)
            if cache is not None and cache.life.most < NEVER:
                see.deadline(self, f"{key} {name}", cache.life.most + SECOND)

    def due(self, key: str, see: See) -> None:
        """From now on the key must be refused."""
        self.dead[key] = self.dead["any"] = True

    def _accepted(self, fact: AttestationAccepted, see: See) -> None:
        if "any" not in self.dead:
            return
        key = f"{fact.issuer} {fact.key_id}"
        if f"{key} {block(fact.provider, see.world)}" in self.dead or f"{key} *" in self.dead:
            see.violated(self, f"{fact.provider} accepted {fact.token_id}, signed with the withdrawn key {fact.key_id}")
