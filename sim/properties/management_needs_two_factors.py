"""A bearer alone manages nothing."""

from __future__ import annotations

from typing import ClassVar

from sim.facts import ManagementAccepted
from sim.property import Property, See


class ManagementNeedsTwoFactors(Property):
    """Where orchestrator and provider sign everything with a secret they share, each management call proves both.

    A stolen access token is worth nothing then without the secret, and the secret nothing without a token. Where
    assertions are signed and bearers suffice by design, the property has nothing to say; a sender-bound token is what
    protects there.
    """

    TEXT = "Making, reading, changing and removing resources needs a live bearer and a signature."
    CITES = ("R7",)
    READS: ClassVar = {ManagementAccepted: "_accepted"}

    def _accepted(self, fact: ManagementAccepted, see: See) -> None:
        missing = [
            name for name, there in (("a live bearer", fact.bearer), ("a signature", fact.signature)) if not there
        ]
        if missing:
            why = f"{fact.provider} let a call of {see.behind} in ({fact.call}) without {' or '.join(missing)}"
            see.violated(self, why)
