"""What happens when an account bears the address, and the identity does not lead to it yet? One answer a file.

An answer defines ``link(claim: Attestation, account: Account, domains: tuple[str, ...]) -> How``: ``silent`` or
``by_domain`` link at once, ``consent`` and ``second_factor`` wait for the owner's approval in a session at the provider
(the latter with the account's second factor), ``refuse`` ends the request. ``domains`` are those for which the
provider holds the issuer to be authoritative. An answer may also define ``vouches(claim, domains) -> bool``: whether
the issuer's word makes the provider's own mail unnecessary for a *new* account.
"""

from __future__ import annotations

from typing import Literal, Protocol

How = Literal["silent", "by_domain", "consent", "second_factor", "refuse"]


class Account(Protocol):
    """What an answer may see of an account."""

    @property
    def email(self) -> str:
        """The address stored with it."""

    @property
    def verified(self) -> bool:
        """Whether the provider itself has seen its mail to that address answered."""

    @property
    def issuer(self) -> str:
        """The issuer that attested first for it; empty for an account that came through the ordinary door alone."""
