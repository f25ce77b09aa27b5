"""What becomes of resources and their credentials, deep links, running deployments, and security events."""

from __future__ import annotations

from sim.party import Fact


class ResourceRecorded(Fact, frozen=True, tag="resource_recorded"):
    """An orchestrator has stored a resource, and ``secret`` as the credential that opens it."""

    orchestrator: str
    provider: str
    login: str
    resource: str
    secret: str


class ResourceForgotten(Fact, frozen=True, tag="resource_forgotten"):
    """An orchestrator knows of a resource no more, because the provider said that it was removed."""

    orchestrator: str
    provider: str
    login: str
    resource: str


class ResourceUpdated(Fact, frozen=True, tag="resource_updated"):
    """A resource is another service of its provider now."""

    provider: str
    account: str
    resource: str
    before: str
    after: str
    request: str


class ResourceRemoved(Fact, frozen=True, tag="resource_removed"):
    """A resource was given up: ``destroyed``, or ``detached`` (it stays with the account, without the issuer)."""

    provider: str
    account: str
    resource: str
    how: str
    issuer: str
    request: str


class SecretRotated(Fact, frozen=True, tag="secret_rotated"):
    """A resource has a new credential; ``issuer`` is the orchestrator to which the resource belongs.

    ``generation`` counts from 1. ``before`` is the one that it replaces, empty if that was dead already; what becomes
    of it is told by its end.
    """

    provider: str
    account: str
    resource: str
    issuer: str
    before: str
    after: str
    generation: int
    request: str


class ManagementAccepted(Fact, frozen=True, tag="management_accepted"):
    """A provider let a management call in, where both bearer and signature are the rule.

    ``bearer`` and ``signature`` say what the call proved, whether the provider looked or not.
    """

    provider: str
    issuer: str
    call: str
    grant: str
    bearer: bool
    signature: bool
    request: str


class DomainRegistered(Fact, frozen=True, tag="domain_registered"):
    """A registrar has registered a name; that cannot be undone."""

    provider: str
    account: str
    resource: str
    name: str


class DeepLinkOpened(Fact, frozen=True, tag="deep_link_opened"):
    """Somebody opened a deep link, and has a session at the dashboard by it."""

    provider: str
    account: str
    url: str
    session: str
    issuer: str


class Deployed(Fact, frozen=True, tag="deployed"):
    """What an agent has running uses ``secret`` from now on."""

    agent: str
    provider: str
    secret: str


class DeploymentBroken(Fact, frozen=True, tag="deployment_broken"):
    """A running deployment was refused with the credential that it was given."""

    agent: str
    provider: str
    secret: str


class DeploymentMended(Fact, frozen=True, tag="deployment_mended"):
    """A deployment that was refused is served again."""

    agent: str
    provider: str
    secret: str


class SecurityEventSent(Fact, frozen=True, tag="security_event_sent"):
    """An orchestrator has a security event for a provider; this is its first attempt to deliver it."""

    orchestrator: str
    provider: str
    event: str
    subject: str
    id: str


class SecurityEventReceived(Fact, frozen=True, tag="security_event_received"):
    """A provider heard a security event, and did what it does about such events."""

    provider: str
    orchestrator: str
    event: str
    subject: str
    id: str


class SecurityEventDropped(Fact, frozen=True, tag="security_event_dropped"):
    """No attempt to deliver a security event was acknowledged; it lies among the dead letters now."""

    orchestrator: str
    provider: str
    event: str
    subject: str
    id: str


class DomainMoved(Fact, frozen=True, tag="domain_moved"):
    """Every address of a mail domain belongs to somebody else from now on."""

    domain: str
    to: str
