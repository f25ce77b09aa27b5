"""Is an attestation to be believed? Every reason why not, in the order in which a relying party looks.

The faults are those of ``claims.FAULTS``. Each check is one statement of ``_distrust`` or ``_fault``; what was seen is
recorded with an acceptance whether or not a check is on.
"""

from __future__ import annotations

from typing import Any

import msgspec

from sim.claims import Attestation, domain
from sim.facts import AttestationAccepted, AttestationRefused
from sim.messages import AccountRequest
from sim.parties.provider.keys import KeyDesk
from sim.party import Turn

#: What the wire says for each fault. The codes are those seen in PostHog's public code (github.com/PostHog/posthog,
#: ee/api/agentic_provisioning); which of them belongs to a fault that it does not have is assumed.
CODES = {
    "issuer_not_trusted": "forbidden",
    "issuer_contained": "forbidden",
    "domain_not_trusted": "forbidden",
    "unknown_key": "invalid_signature",
    "bad_signature": "invalid_signature",
    "wrong_audience": "invalid_request",
    "expired": "expired",
    "not_yet_valid": "expired",
    "replayed": "invalid_request",
}


class Sight(msgspec.Struct, frozen=True, gc=False):
    """What the provider sees of an attestation; ``early`` tells one from the future from one that is too old."""

    key_known: bool
    signed: bool
    audience: bool
    in_time: bool
    early: bool
    replayed: bool


class Verification(KeyDesk):
    """The part that believes or refuses attestations."""

    def believes(self, turn: Turn, sender: str, message: AccountRequest) -> bool:
        """Whether the attestation is accepted; where it is not, the request has been answered or waits for keys."""
        claim = message.attestation
        fault = self._distrust(claim)
        if not fault:
            if self.waits(turn, sender, message, claim.issuer, self.claim_key(claim), claim.mode != "jwt"):
                return False
            sight = self._look(turn, message)
            fault = self._fault(sight)
            if not fault:
                self._accept(turn, message, sight)
                return True
        self.turn_away(turn, sender, message, fault, CODES[fault])
        return False

    def turn_away(self, turn: Turn, sender: str, message: AccountRequest, reason: str, code: str) -> None:
        """Refuse an account request for ``reason``, with ``code`` on the wire."""
        claim = message.attestation
        turn.note(AttestationRefused(self.name, claim.issuer, claim.subject, claim.email, reason, message.id))
        self.refuse(turn, sender, message.id, code)

    # --- the checks, in order ---------------------------------------------------------------------------------------

    def _distrust(self, claim: Attestation) -> str:
        """What is wrong with an issuer, before anything it signed is looked at; empty if nothing is."""
        if not self._trusts(claim.issuer):
            return "issuer_not_trusted"
        if claim.issuer in self.contained:
            return "issuer_contained"
        if not self._speaks_for(claim):
            return "domain_not_trusted"
        return ""

    def _fault(self, sight: Sight) -> str:
        """What is wrong with an attestation of a trusted issuer; empty if nothing is."""
        if not sight.key_known:
            return "unknown_key"
        if not sight.signed:
            return "bad_signature"
        if not sight.audience and self.config.check_audience:
            return "wrong_audience"
        if not sight.in_time and not sight.early:
            return "expired"
        if not sight.in_time and sight.early:
            return "not_yet_valid"
        if sight.replayed:
            return "replayed"
        return ""

    # --- what they look at ------------------------------------------------------------------------------------------

    def _trusts(self, issuer: str) -> bool:
        trusts: Any = self.config.trusts
        return trusts.all or self.override(issuer) is not None

    def _speaks_for(self, claim: Attestation) -> bool:
        """Whether an issuer may attest the address: domains bound its word, unless *linking* weighs them itself."""
        domains = self.domains(claim.issuer)
        if domains is None or domain(claim.email) in domains:
            return True
        return hasattr(self.answer("linking", claim.issuer), "vouches")

    def _look(self, turn: Turn, message: AccountRequest) -> Sight:
        """Look at everything, whether or not it will count."""
        claim = message.attestation
        jwt = claim.mode == "jwt"
        skew = self.config.skew.most
        in_time = turn.age_within(claim.issued_at, -skew, claim.life + skew if jwt else skew)
        return Sight(
            key_known=not jwt or claim.key_id in (self.published(claim.issuer, False) or ()),
            signed=self.signs(claim, message.id),
            audience=claim.audience == self.name or not jwt,
            in_time=in_time,
            early=not in_time and not turn.age_within(claim.issued_at, -skew, 1 << 62),
            replayed=len(self.used) > 0 and _use(claim) in self.used,
        )

    def _accept(self, turn: Turn, message: AccountRequest, sight: Sight) -> None:
        """Record the acceptance, and remember the attestation for as long as that is done."""
        claim = message.attestation
        if claim.mode != "jwt" and claim.issuer not in self.secrets:
            self.secrets[claim.issuer] = self.published(claim.issuer, True)
        turn.note(
            AttestationAccepted(
                self.name, claim.issuer, claim.subject, claim.token_id, claim.key_id, claim.email, claim.audience,
                sight.in_time, sight.key_known, message.id,
            )
        )  # fmt: skip
        memory = self.config.replay_memory
        if memory.most > 0:
            use = _use(claim)
            self.used[use] = True
            turn.wake(f"forget_use {use}", memory)

    def forget_use(self, turn: Turn, what: str) -> None:
        """A used attestation is remembered no more."""
        self.used.pop(what, None)


def _use(claim: Attestation) -> str:
    """What an attestation is remembered by: its token id, or the request it is bound to."""
    return f"{claim.issuer} {claim.token_id or claim.binds}"
