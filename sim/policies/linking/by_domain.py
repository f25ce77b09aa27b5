"""At once where the issuer is authoritative for the domain of the address; elsewhere the owner is asked."""

from __future__ import annotations

from sim.claims import Attestation, domain
from sim.policies.linking import Account, How


def link(claim: Attestation, account: Account, domains: tuple[str, ...]) -> How:
    """Silent inside the issuer's own domains."""
    return "by_domain" if vouches(claim, domains) else "consent"


def vouches(claim: Attestation, domains: tuple[str, ...]) -> bool:
    """Whether the issuer is authoritative for the address: for a new one as well."""
    return domain(claim.email) in domains
