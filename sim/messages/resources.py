"""After a resource was made: reading, changing, rotating, removing, linking it, deep links, and security events.

Between an orchestrator and a provider these are calls 6 to 11 of the agentic provisioning protocol 0.1d
(github.com/PostHog/posthog, github.com/erint-stripe/toastercloud-provider, the Hugging Face OpenAPI description);
between a person, an agent and an orchestrator they are commands of the projects command line. Security events bear the
names of the Shared Signals framework (CAEP and RISC, openid.net/specs); no such message is on the wire as it is known
(assumed).
"""

from __future__ import annotations

from typing import ClassVar

from sim.party import Message

_FACTORS = ("access_token", "client_key", "pop")


class ResourceRead(Message, frozen=True, tag="resource_read"):
    """``GET /provisioning/resources/{id}``: how a resource is, and its access configuration."""

    PROVES: ClassVar[tuple[str, ...]] = _FACTORS
    access_token: str
    client_key: str
    orchestrator: str
    resource: str
    pop: str = ""


class ServiceUpdate(Message, frozen=True, tag="update_service"):
    """``POST /provisioning/resources/{id}/update_service``: it shall be ``service`` from now on."""

    PROVES: ClassVar[tuple[str, ...]] = (*_FACTORS, "payment_token")
    REVEALS: ClassVar[tuple[str, ...]] = ("payment_token",)
    key: str
    access_token: str
    client_key: str
    orchestrator: str
    resource: str
    service: str
    payment_token: str = ""
    amount: int = 0
    pop: str = ""


class RotateRequest(Message, frozen=True, tag="rotate_credentials"):
    """``POST /provisioning/resources/{id}/rotate_credentials``: a new credential in place of ``generation``.

    Naming the generation it replaces, a request that another one overtook is told from it: 409 "modified concurrently".
    """

    PROVES: ClassVar[tuple[str, ...]] = _FACTORS
    key: str
    access_token: str
    client_key: str
    orchestrator: str
    resource: str
    generation: int
    pop: str = ""


class RemoveRequest(Message, frozen=True, tag="remove"):
    """``POST /provisioning/resources/{id}/remove``."""

    PROVES: ClassVar[tuple[str, ...]] = _FACTORS
    key: str
    access_token: str
    client_key: str
    orchestrator: str
    resource: str
    pop: str = ""


class LinkRequest(Message, frozen=True, tag="resource_link"):
    """``POST /provisioning/resources/link``: a resource that the account has already becomes known here too."""

    PROVES: ClassVar[tuple[str, ...]] = _FACTORS
    access_token: str
    client_key: str
    orchestrator: str
    resource: str
    pop: str = ""


class DeepLinkRequest(Message, frozen=True, tag="deep_links"):
    """``POST /provisioning/deep_links``: a way into the provider's dashboard for the person of the account."""

    PROVES: ClassVar[tuple[str, ...]] = _FACTORS
    access_token: str
    client_key: str
    orchestrator: str
    purpose: str = "dashboard"
    pop: str = ""


class DeepLink(Message, frozen=True, tag="deep_link"):
    """A link that opens a dashboard session, once, within 600 s."""

    ANSWER: ClassVar[bool] = True
    REVEALS: ClassVar[tuple[str, ...]] = ("url",)
    url: str


class SecurityEvent(Message, frozen=True, tag="security_event"):
    """A security event token about ``subject`` (RFC 8417, pushed as in RFC 8935), acknowledged by ``Done``.

    ``event`` is a type of CAEP or RISC: ``session-revoked``, ``credential-change``, ``identifier-changed``,
    ``account-disabled``.
    """

    PROVES: ClassVar[tuple[str, ...]] = ("client_key",)
    orchestrator: str
    client_key: str
    event: str
    subject: str


# --- commands -------------------------------------------------------------------------------------------------------


class ManageResource(Message, frozen=True, tag="manage_resource"):
    """An agent has a resource changed: ``verb`` is ``rotate``, ``remove``, ``update`` (to ``service``) or ``link``.

    ``resource`` names it; empty: the latest of that service. Answered by ``Added``, with a new secret if there is one.
    """

    PROVES: ClassVar[tuple[str, ...]] = ("session",)
    session: str
    provider: str
    verb: str
    service: str
    resource: str = ""
    environment: str = "prod"
    amount: int = 0


class SubmitInformation(Message, frozen=True, tag="submit_information"):
    """An agent answers what an ``add`` needs to know (``submit_information``); ``id`` is the ``add``'s."""

    PROVES: ClassVar[tuple[str, ...]] = ("session",)
    session: str
    provider: str
    information: tuple[str, ...]


class EnvPull(Message, frozen=True, tag="env_pull"):
    """An agent fetches the credential of ``resource`` as it is now (``env --pull``)."""

    PROVES: ClassVar[tuple[str, ...]] = ("session",)
    session: str
    provider: str
    resource: str


class Env(Message, frozen=True, tag="env"):
    """The credential that the orchestrator has stored; it goes into ``.env``."""

    ANSWER: ClassVar[bool] = True
    REVEALS: ClassVar[tuple[str, ...]] = ("secret",)
    provider: str
    resource: str
    secret: str


class OpenCommand(Message, frozen=True, tag="open"):
    """A person wants to see a provider's dashboard (``stripe projects open``)."""

    PROVES: ClassVar[tuple[str, ...]] = ("session",)
    session: str
    provider: str


class Opened(Message, frozen=True, tag="opened"):
    """The deep link to be opened in the person's browser."""

    ANSWER: ClassVar[bool] = True
    REVEALS: ClassVar[tuple[str, ...]] = ("url",)
    url: str
