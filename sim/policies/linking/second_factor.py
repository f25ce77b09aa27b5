"""The owner approves with the second factor of the account; without one enrolled the request is refused."""

from __future__ import annotations

from sim.claims import Attestation
from sim.policies.linking import Account, How


def link(claim: Attestation, account: Account, domains: tuple[str, ...]) -> How:
    """A session alone, which a reset by mail would give, is not enough."""
    return "second_factor"
