"""Between a person and a provider's own pages, and mail."""

from __future__ import annotations

from typing import ClassVar

from sim.party import Message


class SignUp(Message, frozen=True, tag="sign_up"):
    """The ordinary sign-up door: an address and a password one makes up."""

    PROVES: ClassVar[tuple[str, ...]] = ("password", "factor")
    REVEALS: ClassVar[tuple[str, ...]] = ("password", "factor")
    email: str
    password: str
    factor: str = ""


class SignIn(Message, frozen=True, tag="sign_in"):
    """The ordinary login: a password, or a linked own login elsewhere; and the second factor where one is enrolled."""

    PROVES: ClassVar[tuple[str, ...]] = ("password", "factor")
    REVEALS: ClassVar[tuple[str, ...]] = ("password",)
    email: str
    password: str
    factor: str = ""


class SignedIn(Message, frozen=True, tag="signed_in"):
    """A dashboard session on ``account``."""

    ANSWER: ClassVar[bool] = True
    REVEALS: ClassVar[tuple[str, ...]] = ("session",)
    session: str
    account: str


class Recover(Message, frozen=True, tag="recover"):
    """Ask for a mailed link that proves control of the address: to ``reset`` a password, or to ``adopt`` an account."""

    email: str
    purpose: str


class Prove(Message, frozen=True, tag="prove"):
    """Open the mailed link of a ``recover`` and set a password of one's own; an enrolled factor is asked for."""

    PROVES: ClassVar[tuple[str, ...]] = ("link", "password", "factor")
    REVEALS: ClassVar[tuple[str, ...]] = ("password", "factor")
    link: str
    password: str
    factor: str = ""


class Click(Message, frozen=True, tag="click"):
    """Open a mailed link that confirms an address, a new account, or a change of address."""

    PROVES: ClassVar[tuple[str, ...]] = ("link",)
    link: str


class Approve(Message, frozen=True, tag="approve"):
    """Answer a consent page in a session at the provider."""

    PROVES: ClassVar[tuple[str, ...]] = ("session", "url", "factor")
    session: str
    url: str
    factor: str = ""


class DashboardRequest(Message, frozen=True, tag="dashboard_request"):
    """Look at one's account."""

    PROVES: ClassVar[tuple[str, ...]] = ("session",)
    session: str


class Dashboard(Message, frozen=True, tag="dashboard"):
    """What exists on the account: grants, sessions other than this one, identifiers, pending changes, resources."""

    ANSWER: ClassVar[bool] = True
    account: str
    grants: tuple[str, ...]
    sessions: tuple[str, ...]
    identifiers: tuple[str, ...]
    pending_changes: tuple[str, ...]
    resources: tuple[str, ...]


class Manage(Message, frozen=True, tag="manage"):
    """Change one's account from the dashboard.

    ``action`` is ``add_identifier``, ``change_email``, ``create_key``, ``choose_plan``, ``end`` (withdraw the
    listed things).
    """

    PROVES: ClassVar[tuple[str, ...]] = ("session",)
    session: str
    action: str
    values: tuple[str, ...]


class KeyCreated(Message, frozen=True, tag="key_created"):
    """An API key made by hand at the dashboard."""

    ANSWER: ClassVar[bool] = True
    REVEALS: ClassVar[tuple[str, ...]] = ("secret",)
    secret: str
    resource: str


class Mail(Message, frozen=True, tag="mail"):
    """A mail to an address; the mailbox hands it to whoever controls the address when it arrives.

    ``purpose`` is ``welcome`` (also a warning that somebody made an account), ``verify`` (of an address), ``activate``
    (M7's own mail before an account works), ``reset``, ``adopt``, ``change_email``, ``login_check`` (an orchestrator's
    e-mail check) or ``notice``. ``request`` is the request that caused it.
    """

    REVEALS: ClassVar[tuple[str, ...]] = ("link",)
    address: str
    purpose: str
    party: str
    request: str
    link: str = ""


class Lure(Message, frozen=True, tag="lure"):
    """Somebody sends a person the consent page of a request that is not the person's own."""

    PROVES: ClassVar[tuple[str, ...]] = ("url",)
    REVEALS: ClassVar[tuple[str, ...]] = ("url",)
    provider: str
    url: str


class SupportRequest(Message, frozen=True, tag="support_request"):
    """Somebody at a provider's support desk acts on the account that bears ``email``.

    ``action`` is ``send_link`` (a link to recover it, for whoever asks) or ``change_email`` (to ``value``).
    """

    PROVES: ClassVar[tuple[str, ...]] = ("desk",)
    desk: str
    email: str
    action: str
    value: str = ""


class SupportLink(Message, frozen=True, tag="support_link"):
    """The link that a support desk was asked for."""

    ANSWER: ClassVar[bool] = True
    REVEALS: ClassVar[tuple[str, ...]] = ("link",)
    link: str
