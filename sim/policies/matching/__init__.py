"""Which account does an attestation mean? One answer a file.

An answer defines ``match(look: Accounts, claim: Attestation, verified: bool) -> Found | Nobody | Denied``. ``verified``
is what the issuer says of the address. ``Found`` by ``subject`` means that the identity is known and leads to the
account as it is; ``Found`` by ``email`` that an account bears the address, and *linking* decides what follows;
``Nobody`` that a new account is to be made; ``Denied`` that the request is refused with a code of the wire.

The order subject, verified address, new account is that of [AMD]_; real providers mostly match by address ([PHACC]_).

.. [AMD] https://github.com/workos/auth.md
.. [PHACC] https://github.com/PostHog/posthog, ee/api/agentic_provisioning
"""

from __future__ import annotations

from typing import ClassVar, Literal, Protocol

import msgspec


class Account(Protocol):
    """What an answer may see of an account."""

    @property
    def email(self) -> str:
        """The address stored with it."""

    @property
    def state(self) -> str:
        """``pending``, ``active``, ``suspended`` or ``closed``."""

    @property
    def verified(self) -> bool:
        """Whether the provider itself has seen its mail to that address answered."""

    @property
    def vouched(self) -> bool:
        """Whether the issuer for which it was made said that it had verified the address."""

    @property
    def issuer(self) -> str:
        """The issuer that attested first for it; empty for an account that came through the ordinary door alone."""


class Accounts(Protocol):
    """Looking accounts up; nothing can be changed through it."""

    def by_email(self, email: str) -> tuple[str, ...]:
        """Accounts that bear exactly this address, oldest first."""

    def by_root(self, email: str) -> tuple[str, ...]:
        """Accounts whose address is the same once case, compatibility forms, plus tags and dots are put aside."""

    def by_subject(self, issuer: str, subject: str) -> str:
        """The account to which ``subject`` of ``issuer`` leads (an empty issuer: of whichever); empty if to none."""

    def account(self, account: str) -> Account:
        """The account with that id."""


class Found(msgspec.Struct, frozen=True, gc=False):
    """This account is meant; ``by`` what it was recognised."""

    account: str
    by: Literal["subject", "email"]
    code: ClassVar[str] = ""


class Nobody(msgspec.Struct, frozen=True, gc=False):
    """No account is meant that exists."""

    account: ClassVar[str] = ""
    by: ClassVar[str] = ""
    code: ClassVar[str] = ""


class Denied(msgspec.Struct, frozen=True, gc=False):
    """The request is refused with ``code``."""

    code: str
    account: ClassVar[str] = ""
    by: ClassVar[str] = ""


Match = Found | Nobody | Denied
NOBODY = Nobody()


def oldest(accounts: tuple[str, ...]) -> Match:
    """The oldest of the accounts that bear an address; a new one is to be made where there is none."""
    return Found(accounts[0], "email") if accounts else NOBODY
