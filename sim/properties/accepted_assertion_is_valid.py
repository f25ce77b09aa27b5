"""What is accepted is valid."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import AttestationAccepted
from sim.property import Property, See


class AcceptedAssertionIsValid(Property):
    """Its key is one of its issuer's as far as the provider can know, it was made for this provider, and it is in time.

    A request signed with a shared secret (``hmac_email``) names no audience, and the secret stands for it.
    """

    TEXT = "An accepted attestation was signed with a key of its issuer, was made for this provider, and is in time."
    CITES = ("I5",)
    READS: ClassVar = {AttestationAccepted: "_accepted"}

    def _accepted(self, fact: AttestationAccepted, see: See) -> None:
        if fact.key_known and fact.in_time and fact.audience in (fact.provider, ""):
            return
        faults = [] if fact.key_known else [f"its key {fact.key_id} is not known"]
        faults += [] if fact.in_time else ["it is out of time"]
        faults += [] if fact.audience in (fact.provider, "") else [f"it was made for {fact.audience}"]
        name = fact.token_id or fact.request
        see.violated(self, f"{fact.provider} accepted {name} of {fact.issuer} although {' and '.join(faults)}")
