"""An attestation is accepted once."""

from __future__ import annotations

from typing import ClassVar

from sim.clock import HOUR
from sim.facts import AttestationAccepted
from sim.property import Property, See
from sim.tables import Table

#: Attestations that are remembered for good; of further ones only those of the last hour are.
KEPT = 10_000


class AssertionAcceptedOnce(Property):
    """An issuer's token id is accepted at most once at a provider; without one (``hmac_email``), the request it binds.

    In a crowd, what was accepted is forgotten after an hour: an attestation lives 300 s (github.com/workos/auth.md)
    and the widest usual skew is 300 s either way [PHSIG], so a later one is out of time, which
    ``accepted_assertion_is_valid`` sees. In a story nothing is forgotten, so that no clock ticks for it.
    """

    TEXT = "No attestation is accepted twice at a provider."
    CITES = ("I6", "R6")
    MEMORY = ("seen", "kept")
    READS: ClassVar = {AttestationAccepted: "_accepted"}
    WITHIN = HOUR

    seen: Table
    """Provider, issuer and token id, as one text → True."""
    kept: Table
    """One row, how many are kept for good."""

    def _accepted(self, fact: AttestationAccepted, see: See) -> None:
        key = f"{fact.provider} {fact.issuer} {fact.token_id or fact.request}"
        if key in self.seen:
            see.violated(self, f"{fact.provider} accepted {fact.token_id or fact.request} of {fact.issuer} again")
            return
        self.seen[key] = True
        kept = self.kept.get("n", 0)
        if kept < KEPT:
            self.kept["n"] = kept + 1
        else:
            see.deadline(self, key, self.within or 0)

    def due(self, key: str, see: See) -> None:
        """An attestation cannot be in time any more."""
        self.seen.pop(key, None)
