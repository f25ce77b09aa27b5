"""Revocation, detection, theft, mail, outages, and life cycles."""

from __future__ import annotations

from sim.party import Fact


class Revoked(Fact, frozen=True, tag="revoked"):
    """An orchestrator's single action: a grant of ``login`` at ``provider`` is withdrawn.

    ``pushed`` says whether a message will tell the provider.
    """

    orchestrator: str
    provider: str
    login: str
    grant: str
    pushed: bool


class RevocationReceived(Fact, frozen=True, tag="revocation_received"):
    """A provider has acted on a revocation."""

    provider: str
    orchestrator: str
    grant: str


class ConnectionRemoved(Fact, frozen=True, tag="connection_removed"):
    """An orchestrator dropped a connection; what it made at the provider stays."""

    orchestrator: str
    provider: str
    login: str


class Detected(Fact, frozen=True, tag="detected"):
    """An orchestrator noticed ``what``, and does ``then`` (alert, revoke, pause)."""

    orchestrator: str
    what: str
    then: tuple[str, ...]


class IssuerContained(Fact, frozen=True, tag="issuer_contained"):
    """A provider accepts nothing more on an issuer's word."""

    provider: str
    issuer: str


class SessionStolen(Fact, frozen=True, tag="session_stolen"):
    """A thief has somebody's session."""

    of: str
    thief: str


class TokensStolen(Fact, frozen=True, tag="tokens_stolen"):
    """A thief has the token store of an orchestrator."""

    of: str
    thief: str


class KeyStolen(Fact, frozen=True, tag="key_stolen"):
    """A thief has the signing key of an issuer."""

    of: str
    thief: str


class SharedSecretStolen(Fact, frozen=True, tag="shared_secret_stolen"):
    """A thief has the secret that an orchestrator shares with a provider."""

    of: str
    thief: str


class MailboxStolen(Fact, frozen=True, tag="mailbox_stolen"):
    """A thief reads and answers somebody's mail from now on."""

    of: str
    thief: str


class MailboxMoved(Fact, frozen=True, tag="mailbox_moved"):
    """An address belongs to somebody else from now on."""

    address: str
    to: str


class MailSent(Fact, frozen=True, tag="mail_sent"):
    """A party sent a mail."""

    party: str
    address: str
    purpose: str
    request: str


class MailRead(Fact, frozen=True, tag="mail_read"):
    """A person read a mail; ``own`` says whether it was about a request of the person's own."""

    person: str
    purpose: str
    party: str
    own: bool


class OutageBegan(Fact, frozen=True, tag="outage_began"):
    """A party stops hearing anything."""

    party: str


class OutageEnded(Fact, frozen=True, tag="outage_ended"):
    """A party is back."""

    party: str


class RequestReceived(Fact, frozen=True, tag="request_received"):
    """A provider with limited capacity put a request into its queue."""

    party: str
    id: str


class RequestStarted(Fact, frozen=True, tag="request_started"):
    """A worker of the provider took the request up."""

    party: str
    id: str


class Transition(Fact, frozen=True, tag="transition"):
    """Something with a life cycle went from one state to another (``lifecycles``)."""

    machine: str
    thing: str
    before: str
    after: str


class AttackEnded(Fact, frozen=True, tag="attack_ended"):
    """An attack is over, and ``why``: ``won``, ``contained``, ``done``, ``nothing``, or ``out_of_`` what ran out.

    ``requests`` are the verbs it began, ``accounts`` those that made an account or still may, ``spent`` what it bought
    for, in cents.
    """

    person: str
    attack: str
    of: str
    why: str
    requests: int
    accounts: int
    spent: int


class SupportDeskStolen(Fact, frozen=True, tag="support_desk_stolen"):
    """Somebody who should not acts as a provider's support: a thief, or one of its own people."""

    of: str
    thief: str


class SupportActed(Fact, frozen=True, tag="support_acted"):
    """A provider's support did something to an account: ``action``, and whether that was ``recorded``."""

    provider: str
    account: str
    action: str
    recorded: bool
    request: str
