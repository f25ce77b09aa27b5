"""Accounts and what identifies them."""

from __future__ import annotations

from sim.party import Fact


class AccountCreated(Fact, frozen=True, tag="account_created"):
    """An account exists: ``active``, or ``pending`` until a mailed link is clicked.

    ``issuer`` is empty for the ordinary door.
    """

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
    """An identifier leads to an account.

    ``how`` is ``created``, ``silent``, ``consent``, ``second_factor``, ``by_domain`` or ``added``.

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
    """The owner took possession of an account, by ``adopt``, ``reset`` or ``consent``; noted after what it purges."""

    provider: str
    account: str
    how: str
