"""Requests, the people who make them, and what attestations came to."""

from __future__ import annotations

from sim.party import Fact


class Requested(Fact, frozen=True, tag="requested"):
    """An orchestrator received a request for a service."""

    id: str
    orchestrator: str
    provider: str
    service: str
    login: str


class Answered(Fact, frozen=True, tag="answered"):
    """The orchestrator answered it: ``complete``, ``pending_auth``, ``pending`` or ``error`` with a code."""

    id: str
    orchestrator: str
    provider: str
    outcome: str
    code: str = ""


class Refused(Fact, frozen=True, tag="refused"):
    """A request of ``person`` ended in an error, or in a consent page that expired."""

    id: str
    person: str
    party: str
    verb: str
    code: str
    email: str


class StepCompleted(Fact, frozen=True, tag="step_completed"):
    """A step of the story is through for ``person``: with which outcome."""

    id: str
    step: str
    person: str
    verb: str
    party: str
    outcome: str


class HumanStepped(Fact, frozen=True, tag="human_stepped", omit_defaults=True):
    """A human did something by hand: ``where`` (a provider or an orchestrator), ``what``.

    ``address``: as whom, where that is not under the person's own address.
    """

    person: str
    where: str
    what: str
    address: str = ""


class TermsAccepted(Fact, frozen=True, tag="terms_accepted"):
    """Terms of a provider were accepted at an orchestrator, by a person or by a script."""

    orchestrator: str
    provider: str
    login: str
    by_script: bool
    request: str = ""
    """The request that waited for it; empty where they were accepted early."""


class Attested(Fact, frozen=True, tag="attested"):
    """An issuer made an attestation."""

    issuer: str
    subject: str
    token_id: str
    email: str
    email_verified: bool
    audience: str
    request: str


class AttestationAccepted(Fact, frozen=True, tag="attestation_accepted"):
    """A relying party accepted an attestation.

    ``audience``, ``in_time`` and ``key_known`` are what it saw, whether it looked or not.
    """

    provider: str
    issuer: str
    subject: str
    token_id: str
    key_id: str
    email: str
    audience: str
    in_time: bool
    key_known: bool
    request: str


class AttestationRefused(Fact, frozen=True, tag="attestation_refused"):
    """A relying party refused an attestation, or the request that carried it, for ``reason``."""

    provider: str
    issuer: str
    subject: str
    email: str
    reason: str
    request: str


class KeyRotated(Fact, frozen=True, tag="key_rotated"):
    """An issuer signs with a new key from now on."""

    issuer: str
    key_id: str


class KeyWithdrawn(Fact, frozen=True, tag="key_withdrawn"):
    """An issuer does not publish ``key_id`` any more."""

    issuer: str
    key_id: str


class KeysFetched(Fact, frozen=True, tag="keys_fetched"):
    """A provider refreshed its copy of an issuer's keys."""

    provider: str
    issuer: str
    key_ids: tuple[str, ...]
