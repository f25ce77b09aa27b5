"""What an attestation opens at a provider: the provider's own policies are asked, nothing is written down here."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from sim import policies
from sim.claims import Attestation, domain
from sim.claims import root as normal
from sim.experiments.trust.worlds import Holding, Unit, World

Opens = Literal["in", "asked", "shut"]
#: the subject of somebody who is no customer yet
OTHER = "somebody-else"


class _Row(msgspec.Struct, frozen=True):
    email: str
    issuer: str
    verified: bool
    vouched: bool
    state: str = "active"


class _Look:
    """One account, as a matching answer may see it."""

    def __init__(self, holding: Holding | None, row: _Row | None) -> None:
        self._holding, self._row = holding, row

    def by_email(self, email: str) -> tuple[str, ...]:
        return ("account",) if self._row is not None and self._row.email == email else ()

    def by_root(self, email: str) -> tuple[str, ...]:
        return ("account",) if self._row is not None and normal(self._row.email) == normal(email) else ()

    def by_subject(self, issuer: str, subject: str) -> str:
        holding = self._holding
        known = holding is not None and subject == holding.person.name and (not issuer or issuer in holding.via)
        return "account" if known else ""

    def account(self, account: str) -> _Row:
        assert self._row is not None
        return self._row


class Claim(msgspec.Struct, frozen=True):
    """What is attested: by whom, as which subject (a person's own name, or ``OTHER``), and whether as verified."""

    issuer: Unit
    subject: str
    email: str
    verified: bool = True


def trusted(world: World, provider: Unit, issuer: Unit, email: str) -> bool:
    """Whether the provider listens to the issuer about that address at all."""
    if not world.get("providers", provider.block, "agent_provisioning"):
        return False
    trusts = world.get("providers", provider.block, "trusts")
    if isinstance(trusts, tuple):  # a change: the issuers that are left
        return issuer.block in trusts
    override = _override(world, provider, issuer)
    if override is None:
        return bool(trusts.all)
    within = override.domains is None or domain(email) in override.domains
    return within or any(hasattr(one, "vouches") for one in _answers(world, provider, issuer, "linking"))


def opens(world: World, holding: Holding, claim: Claim) -> Opens:
    """What the claim does to an account that is there: lets in, asks its owner, or neither."""
    provider = holding.provider
    if not trusted(world, provider, claim.issuer, claim.email):
        return "shut"
    first = holding.via[0] if holding.via and not holding.door else ""
    vouched = bool(first) and vouches(world, first)
    row = _Row(world.email(holding.person), first, holding.door or vouched, vouched)
    found: set[Opens] = set()
    for matching in _answers(world, provider, claim.issuer, "matching"):
        match = matching.match(_Look(holding, row), _attestation(world, claim), claim.verified)
        linked = claim.subject == holding.person.name and claim.issuer.name in holding.via
        if match.account and (match.by == "subject" or linked):
            found.add("in")
        elif match.account:
            found |= _linked(world, provider, claim, row)
    return "in" if "in" in found else "asked" if "asked" in found else "shut"


def vouches(world: World, issuer: str) -> bool:
    """Whether an issuer says of its customers' addresses that they are verified."""
    unit = next(one for one in world.orchestrators if one.name == issuer)
    says = world.get("orchestrators", unit.block, "says_verified")
    checks = world.get("orchestrators", unit.block, "email_check")
    return bool(says == "always" or (says == "truth" and checks == "link"))


def creates(world: World, provider: Unit, claim: Claim) -> Opens:
    """What the claim does where there is no account yet: one at once, one that waits for the mailbox, or none."""
    if not trusted(world, provider, claim.issuer, claim.email):
        return "shut"
    attested = _attestation(world, claim)
    domains = _domains(world, provider, claim.issuer)
    found: set[Opens] = set()
    for matching in _answers(world, provider, claim.issuer, "matching"):
        match = matching.match(_Look(None, None), attested, claim.verified)
        if match.code:
            continue
        at_once = any(one.at_once(attested) for one in _answers(world, provider, claim.issuer, "activation"))
        words = [getattr(one, "vouches", None) for one in _answers(world, provider, claim.issuer, "linking")]
        found.add("in" if at_once or any(word and word(attested, domains) for word in words) else "asked")
    return "in" if "in" in found else "asked" if "asked" in found else "shut"


def welcomes(world: World, provider: Unit, issuer: Unit) -> bool:
    """Whether an account comes of what the issuer says about somebody whom nobody knows, at an address of their own."""
    addresses = [f"somebody@{name}" for name in (*_domains(world, provider, issuer), "made-up.example")]
    return any(creates(world, provider, Claim(issuer, OTHER, address)) != "shut" for address in addresses)


def _linked(world: World, provider: Unit, claim: Claim, row: _Row) -> set[Opens]:
    domains = _domains(world, provider, claim.issuer)
    attested = _attestation(world, claim)
    hows = [one.link(attested, row, domains) for one in _answers(world, provider, claim.issuer, "linking")]
    words: dict[str, Opens] = {"silent": "in", "by_domain": "in", "consent": "asked"}
    return {words.get(how, "shut") for how in hows}


def _attestation(world: World, claim: Claim) -> Attestation:
    mode = world.get("orchestrators", claim.issuer.block, "attests_by")
    return Attestation(
        mode=mode, issuer=claim.issuer.name, subject=claim.subject, audience="", token_id="", email=claim.email,
        email_verified=claim.verified, issued_at=0, life=0, key_id="", signer=claim.issuer.name,
    )  # fmt: skip


def _override(world: World, provider: Unit, issuer: Unit) -> Any:
    trusts = world.get("providers", provider.block, "trusts")
    if isinstance(trusts, tuple):
        return None
    return trusts.issuers.get(issuer.name) or trusts.issuers.get(issuer.block)


def _domains(world: World, provider: Unit, issuer: Unit) -> tuple[str, ...]:
    override = _override(world, provider, issuer)
    return () if override is None or override.domains is None else tuple(override.domains)


def _answers(world: World, provider: Unit, issuer: Unit, question: str) -> list[Any]:
    """The answers that may be in force: several where each of a group has its own."""
    override = _override(world, provider, issuer)
    name = None if override is None else getattr(override, question, None)
    if name is None:
        name = world.get("providers", provider.block, question)
    weights = getattr(name, "weights", None)
    return [policies.load(question, one) for one in ([key for key, _ in weights] if weights else [name])]
