"""The account whose address looks alike: case, compatibility forms, plus tags and dots do not count.

Different mailboxes may fall together (github.blog 2016 on look-alike letters; Django CVE-2019-19844).
"""

from __future__ import annotations

from sim.claims import Attestation
from sim.policies.matching import Accounts, Match, oldest


def match(look: Accounts, claim: Attestation, verified: bool) -> Match:
    """By what is left of the address once it is normalised."""
    return oldest(look.by_root(claim.email))
