"""Between a person, an agent and an orchestrator: the projects command line and the orchestrator's login."""

from __future__ import annotations

from typing import ClassVar

from sim.party import Message


class Instruct(Message, frozen=True, tag="instruct"):
    """A person tells an agent to add a service, inside the session the person has at an orchestrator."""

    PROVES: ClassVar[tuple[str, ...]] = ("session",)
    REVEALS: ClassVar[tuple[str, ...]] = ("session",)
    orchestrator: str
    session: str
    provider: str
    service: str
    accept_tos: bool = False
    amount: int = 0
    verb: str = "add"
    """``add``, or what shall be done with a resource (``ManageResource``)."""
    environment: str = "prod"
    name: str = ""
    resource: str = ""


class Report(Message, frozen=True, tag="report"):
    """The agent tells its person how it went, in the words of ``Added``."""

    ANSWER: ClassVar[bool] = True
    REVEALS: ClassVar[tuple[str, ...]] = ("url",)
    status: str
    code: str = ""
    url: str = ""
    resource: str = ""


class HandOver(Message, frozen=True, tag="hand_over"):
    """A person gives an agent a credential made by hand at a provider (the human detour)."""

    PROVES: ClassVar[tuple[str, ...]] = ("secret",)
    REVEALS: ClassVar[tuple[str, ...]] = ("secret",)
    provider: str
    secret: str


class Login(Message, frozen=True, tag="login"):
    """A person signs in to an orchestrator, or registers there, with an address and an own credential."""

    PROVES: ClassVar[tuple[str, ...]] = ("password",)
    REVEALS: ClassVar[tuple[str, ...]] = ("password",)
    email: str
    password: str
    factor: str = ""


class LoggedIn(Message, frozen=True, tag="logged_in"):
    """The orchestrator opened a session."""

    ANSWER: ClassVar[bool] = True
    REVEALS: ClassVar[tuple[str, ...]] = ("session",)
    session: str


class CatalogQuery(Message, frozen=True, tag="catalog"):
    """An agent asks an orchestrator for the merged catalogue (``stripe projects catalog``)."""

    PROVES: ClassVar[tuple[str, ...]] = ("session",)
    session: str
    provider: str = ""


class CatalogListing(Message, frozen=True, tag="catalog_listing"):
    """Services on offer, as ``provider/service``."""

    ANSWER: ClassVar[bool] = True
    services: tuple[str, ...]
    says: tuple[tuple[str, str], ...] = ()
    """What is said of them, in prose, as (``provider/service``, text)."""


class Add(Message, frozen=True, tag="add"):
    """An agent asks for a service (``stripe projects add provider/service``), or continues a pending request."""

    PROVES: ClassVar[tuple[str, ...]] = ("session",)
    session: str
    provider: str
    service: str
    accept_tos: bool = False
    amount: int = 0
    environment: str = "prod"


class TermsAsked(Message, frozen=True, tag="terms_asked"):
    """The orchestrator shows a person the provider's terms (TOS_ACCEPTANCE_REQUIRED), once per provider."""

    provider: str


class StepUp(Message, frozen=True, tag="step_up"):
    """A person shows password and second factor again, for the request ``request`` that waits for it (assumed)."""

    PROVES: ClassVar[tuple[str, ...]] = ("password", "factor")
    REVEALS: ClassVar[tuple[str, ...]] = ("password", "factor")
    request: str
    password: str
    factor: str = ""


class Leaked(Message, frozen=True, tag="leaked"):
    """An agent's ``.env`` lies where those find it who look for such files (assumed: all attackers do)."""

    PROVES: ClassVar[tuple[str, ...]] = ("secret",)
    REVEALS: ClassVar[tuple[str, ...]] = ("secret",)
    provider: str
    secret: str


class Planted(Message, frozen=True, tag="planted"):
    """A text that an agent will read at its next work (a web page, an issue, a file), and that tells it to order.

    Whoever wrote it hears how that ended if the agent obeys: the text asks for that, too (assumed).
    """

    provider: str
    service: str
    text: str


class AcceptTerms(Message, frozen=True, tag="accept_terms"):
    """A person accepts a provider's terms at the orchestrator."""

    PROVES: ClassVar[tuple[str, ...]] = ("session",)
    session: str
    provider: str


class Added(Message, frozen=True, tag="added"):
    """How an ``add`` stands.

    ``complete``, ``pending_auth`` (PROVIDER_NOT_LINKED, with the consent page), ``pending``, ``needs_information``,
    ``removed``, or ``error``.

    ``secret`` is the resource's access configuration, which does reach the agent's ``.env``; the provider's tokens
    do not.
    """

    ANSWER: ClassVar[bool] = True
    REVEALS: ClassVar[tuple[str, ...]] = ("secret", "url")
    status: str
    code: str = ""
    url: str = ""
    resource: str = ""
    secret: str = ""
    schema: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()


class UseCommand(Message, frozen=True, tag="use"):
    """A person or agent has the orchestrator make one API call with the vault's token."""

    PROVES: ClassVar[tuple[str, ...]] = ("session",)
    session: str
    provider: str


class RefreshCommand(Message, frozen=True, tag="refresh"):
    """A person or agent has the orchestrator refresh the vault's token for a provider."""

    PROVES: ClassVar[tuple[str, ...]] = ("session",)
    session: str
    provider: str


class RevokeCommand(Message, frozen=True, tag="revoke"):
    """The single action: a person withdraws everything the orchestrator holds at ``provider`` (empty: everywhere)."""

    PROVES: ClassVar[tuple[str, ...]] = ("session",)
    session: str
    provider: str = ""


class UnlinkCommand(Message, frozen=True, tag="unlink"):
    """A person removes the connection; what exists at the provider stays (provider_connections/{id}/unlink)."""

    PROVES: ClassVar[tuple[str, ...]] = ("session",)
    session: str
    provider: str


class ChangeLoginEmail(Message, frozen=True, tag="change_login_email"):
    """A person changes the address of an orchestrator login."""

    PROVES: ClassVar[tuple[str, ...]] = ("session",)
    session: str
    email: str


class Done(Message, frozen=True, tag="done"):
    """It is done; or, with a status of ``pending``, it waits for somebody."""

    ANSWER: ClassVar[bool] = True
    status: str = "complete"


class Error(Message, frozen=True, tag="error"):
    """It was refused; ``code`` is the wire's code where there is one."""

    ANSWER: ClassVar[bool] = True
    code: str
