"""After a click on a link that the provider mails to the address."""

from __future__ import annotations

from sim.claims import Attestation


def at_once(claim: Attestation) -> bool:
    """The mailbox has to answer first."""
    return False
