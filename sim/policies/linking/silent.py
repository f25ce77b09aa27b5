"""It is linked at once: the issuer's word about the address is as good as a login."""

from __future__ import annotations

from sim.claims import Attestation
from sim.policies.linking import Account, How


def link(claim: Attestation, account: Account, domains: tuple[str, ...]) -> How:
    """Nobody is asked."""
    return "silent"
