"""What is observed to have happened: past participles, and endings too.

Parties note facts; truth, properties and measures are folds over them. A fact says what a party knows, never who a
person really is: who stood *behind* it is added by the world (``truth``). In scenario files a fact's name is its class
name in snake case; ``names()`` lists them.
"""

from __future__ import annotations

import re

from sim.party import Fact

# --- requests and the people who make them ------------------------------------------------------------------------


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


class HumanStepped(Fact, frozen=True, tag="human_stepped"):
    """A human did something by hand: ``where`` (a provider or an orchestrator), ``what``."""

    person: str
    where: str
    what: str


class TermsAccepted(Fact, frozen=True, tag="terms_accepted"):
    """Terms of a provider were accepted at an orchestrator, by a person or by a script."""

    orchestrator: str
    provider: str
    login: str
    by_script: bool
    request: str = ""
    """The request that waited for it; empty where they were accepted early."""


# --- attestations and keys ----------------------------------------------------------------------------------------


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
    """A relying party accepted an attestation. ``audience``, ``in_time`` and ``key_known`` are what it saw, whether it looked or not."""

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


# --- accounts and what identifies them ----------------------------------------------------------------------------


class AccountCreated(Fact, frozen=True, tag="account_created"):
    """An account exists: ``active``, or ``pending`` until a mailed link is clicked. ``issuer`` is empty for the ordinary door."""

    provider: str
    account: str
    email: str
    state: str
    issuer: str
    request: str


class AccountActivated(Fact, frozen=True, tag="account_activated"):
    """A pending account works from now on."""

    provider: str
    account: str


class AccountClosed(Fact, frozen=True, tag="account_closed"):
    """An account is gone."""

    provider: str
    account: str
    reason: str


class Linked(Fact, frozen=True, tag="linked"):
    """An identifier leads to an account. ``how`` is ``created``, ``silent``, ``consent``, ``second_factor``, ``by_domain`` or ``added``.

    ``existing`` says whether the account was there before the request; ``url`` is the consent it rests on, if any.
    """

    provider: str
    account: str
    identifier: str
    issuer: str
    how: str
    existing: bool
    request: str
    url: str = ""


class Unlinked(Fact, frozen=True, tag="unlinked"):
    """An identifier leads to the account no more."""

    provider: str
    account: str
    identifier: str


class EmailVerified(Fact, frozen=True, tag="email_verified"):
    """The provider has seen its own mail to the account's address answered."""

    provider: str
    account: str


class ChangeRequested(Fact, frozen=True, tag="change_requested"):
    """A change of address waits for a click at the new address."""

    provider: str
    account: str
    change: str
    email: str


class ChangeConfirmed(Fact, frozen=True, tag="change_confirmed"):
    """The account's address is now ``email``."""

    provider: str
    account: str
    change: str
    email: str


class ChangeCancelled(Fact, frozen=True, tag="change_cancelled"):
    """A change of address is off."""

    provider: str
    account: str
    change: str


class Adopted(Fact, frozen=True, tag="adopted"):
    """The owner took possession of an account, by ``adopt``, ``reset`` or ``consent``; noted after what adoption purges."""

    provider: str
    account: str
    how: str


# --- consent, codes, tokens, sessions -----------------------------------------------------------------------------


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

    ``token`` names it, ``grant`` what it hangs on, ``issuer`` the orchestrator on whose word (empty: the provider's own door).
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
    """A credential works no more: ``expired``, ``revoked``, ``rotated``, ``purged``, ``reuse_detected``."""

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


# --- revocation, detection, faults --------------------------------------------------------------------------------


class Revoked(Fact, frozen=True, tag="revoked"):
    """An orchestrator's single action: a grant of ``login`` at ``provider`` is withdrawn (``pushed``: a message will say so)."""

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


def names() -> dict[str, type[Fact]]:
    """Every fact by the name scenario files use."""
    return {snake(kind.__name__): kind for kind in Fact.__subclasses__()}


def snake(name: str) -> str:
    """``AccountCreated`` → ``account_created``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
