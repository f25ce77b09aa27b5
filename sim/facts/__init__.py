"""What is observed to have happened: past participles, and endings too.

Parties note facts; truth, properties and measures are folds over them. A fact says what a party knows, never who a
person really is: who stood *behind* it is added by the world (``truth``). In scenario files a fact's name is its class
name in snake case; ``names()`` lists them.
"""

from __future__ import annotations

import re

from sim.facts.accounts import (
    AccountActivated,
    AccountClosed,
    AccountCreated,
    Adopted,
    ChangeCancelled,
    ChangeConfirmed,
    ChangeRequested,
    EmailVerified,
    Linked,
    Unlinked,
)
from sim.facts.authority import (
    ApiAccepted,
    ApiRefused,
    CodeMinted,
    CodeSpent,
    ConsentAsked,
    ConsentGiven,
    CredentialStored,
    Expired,
    ResourceCompleted,
    SecretStored,
    TokenEnded,
    TokenIssued,
)
from sim.facts.incidents import (
    ConnectionRemoved,
    Detected,
    IssuerContained,
    KeyStolen,
    MailboxMoved,
    MailboxStolen,
    MailRead,
    MailSent,
    OutageBegan,
    OutageEnded,
    RequestReceived,
    RequestStarted,
    RevocationReceived,
    Revoked,
    SessionStolen,
    SharedSecretStolen,
    TokensStolen,
    Transition,
)
from sim.facts.requests import (
    Answered,
    AttestationAccepted,
    AttestationRefused,
    Attested,
    HumanStepped,
    KeyRotated,
    KeysFetched,
    KeyWithdrawn,
    Refused,
    Requested,
    StepCompleted,
    TermsAccepted,
)
from sim.party import Fact

__all__ = [
    "AccountActivated",
    "AccountClosed",
    "AccountCreated",
    "Adopted",
    "Answered",
    "ApiAccepted",
    "ApiRefused",
    "AttestationAccepted",
    "AttestationRefused",
    "Attested",
    "ChangeCancelled",
    "ChangeConfirmed",
    "ChangeRequested",
    "CodeMinted",
    "CodeSpent",
    "ConnectionRemoved",
    "ConsentAsked",
    "ConsentGiven",
    "CredentialStored",
    "Detected",
    "EmailVerified",
    "Expired",
    "HumanStepped",
    "IssuerContained",
    "KeyRotated",
    "KeyStolen",
    "KeyWithdrawn",
    "KeysFetched",
    "Linked",
    "MailRead",
    "MailSent",
    "MailboxMoved",
    "MailboxStolen",
    "OutageBegan",
    "OutageEnded",
    "Refused",
    "RequestReceived",
    "RequestStarted",
    "Requested",
    "ResourceCompleted",
    "RevocationReceived",
    "Revoked",
    "SecretStored",
    "SessionStolen",
    "SharedSecretStolen",
    "StepCompleted",
    "TermsAccepted",
    "TokenEnded",
    "TokenIssued",
    "TokensStolen",
    "Transition",
    "Unlinked",
    "names",
    "snake",
]


def names() -> dict[str, type[Fact]]:
    """Every fact by the name scenario files use."""
    return {snake(name): globals()[name] for name in __all__ if isinstance(globals()[name], type)}


def snake(name: str) -> str:
    """``AccountCreated`` → ``account_created``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
