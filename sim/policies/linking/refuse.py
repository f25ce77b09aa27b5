"""The request is refused: the address is taken."""

from __future__ import annotations

from sim.claims import Attestation
from sim.policies.linking import Account, How


def link(claim: Attestation, account: Account, domains: tuple[str, ...]) -> How:
    """Nothing is linked, ever."""
    return "refuse"
