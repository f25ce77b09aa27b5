"""Consent, codes, tokens, sessions, resources."""

from __future__ import annotations

from sim.party import Fact


class ConsentAsked(Fact, frozen=True, tag="consent_asked"):
    """A provider waits for the owner's approval at ``url``."""

    provider: str
    account: str
    url: str
    issuer: str
    scopes: tuple[str, ...]
    request: str


class ConsentGiven(Fact, frozen=True, tag="consent_given"):
    """Somebody signed in to the account approved."""

    provider: str
    account: str
    url: str
    issuer: str
    scopes: tuple[str, ...]
    request: str
    clicked: bool = True
    """Whether that took a click; no: the page approved by itself when it was opened."""


class CodeMinted(Fact, frozen=True, tag="code_minted"):
    """An authorization code exists; ``url`` is the consent it spends, if any."""

    provider: str
    account: str
    code: str
    issuer: str
    request: str
    url: str = ""


class CodeSpent(Fact, frozen=True, tag="code_spent"):
    """A code was exchanged."""

    provider: str
    code: str
    issuer: str


class TokenIssued(Fact, frozen=True, tag="token_issued"):
    """A credential was given out. ``kind`` is ``access``, ``refreshed``, ``session``, ``api_key`` or ``resource``.

    ``token`` names it, ``grant`` what it hangs on, ``issuer`` the orchestrator on whose word (empty: the provider's
    own door).
    """

    provider: str
    account: str
    token: str
    kind: str
    grant: str
    issuer: str
    scopes: tuple[str, ...]
    request: str


class TokenEnded(Fact, frozen=True, tag="token_ended"):
    """A credential works no more: ``expired``, ``revoked``, ``rotated``, ``purged``, ``reuse_detected``, ``closed``."""

    provider: str
    account: str
    token: str
    kind: str
    reason: str


class Expired(Fact, frozen=True, tag="expired"):
    """Something with a lifetime ran out: a ``code``, a ``consent``, a ``link``."""

    provider: str
    kind: str
    what: str


class ApiAccepted(Fact, frozen=True, tag="api_accepted"):
    """A provider served an API call."""

    provider: str
    account: str
    token: str
    kind: str
    grant: str


class ApiRefused(Fact, frozen=True, tag="api_refused"):
    """A provider refused an API call."""

    provider: str
    credential: str
    code: str


class ResourceCompleted(Fact, frozen=True, tag="resource_completed"):
    """A resource exists and works."""

    provider: str
    account: str
    resource: str
    service: str
    grant: str
    request: str


class SecretStored(Fact, frozen=True, tag="secret_stored"):
    """A secret lies in an agent's ``.env``."""

    agent: str
    secret: str
    party: str


class CredentialStored(Fact, frozen=True, tag="credential_stored"):
    """An orchestrator's vault holds a provider's tokens."""

    orchestrator: str
    provider: str
    login: str
    grant: str
