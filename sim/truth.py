"""Who really is who: kept apart from what any party knows.

Properties and measures may read this; parties, policies and attacks may never import it.

* The person *behind* a fact is the party that started what led to it: with a stolen session, key or code the thief; an
  agent acts for its person, also when it obeys injected text.
* ``maker`` of an account: the person behind the request that created it. ``addressee``: who controlled the stored
  address then.
* The **owner** is that person when both agree, and the maker where nobody holds the address. Otherwise the account is
  **contested** until the addressee signs in, is linked (silently counts) or adopts it: it settles, and is theirs from
  then on. A mailbox that changes hands later changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import msgspec

from sim.facts import AccountClosed, AccountCreated, Adopted, Linked, MailboxMoved, MailboxStolen, TokenIssued, Unlinked
from sim.party import Fact
from sim.tables import Table


class AccountTruth(msgspec.Struct, frozen=True, gc=False):
    """What is true of one account. ``owner`` is empty while it is contested; ``issuers`` are those that lead to it."""

    maker: str
    addressee: str
    owner: str
    email: str
    issuers: tuple[str, ...] = ()


class Truth:
    """Ground truth, as a fold over facts.

    ``controller(address)`` says who controls an address at the start (empty: nobody); ``adversary(name)`` who works
    for the attacker.
    """

    TABLES: ClassVar[tuple[str, ...]] = ("accounts", "boxes", "threads")

    accounts: Table
    boxes: Table
    threads: Table

    def __init__(self, controller: Callable[[str], str], adversary: Callable[[str], bool]) -> None:
        self._controller = controller
        self.adversary = adversary
        self.reads: dict[type[Fact], Callable[..., None]] = {
            AccountCreated: self._created,
            AccountClosed: self._closed,
            TokenIssued: self._issued,
            Linked: self._linked,
            Unlinked: self._unlinked,
            Adopted: self._adopted,
            MailboxMoved: self._moved,
            MailboxStolen: self._mailbox_stolen,
        }

    # --- questions ------------------------------------------------------------------------------------------------

    def mailbox(self, address: str) -> str:
        """Who controls ``address`` now; empty if nobody does."""
        holder: str | None = self.boxes.get(address)
        return self._controller(address) if holder is None else holder

    def account(self, account: str) -> AccountTruth | None:
        """What is true of ``account``; None where there is no such account."""
        found: AccountTruth | None = self.accounts.get(account)
        return found

    def owner(self, account: str) -> str:
        """The settled owner of ``account``; empty while it is contested, or where there is no such account."""
        found = self.accounts.get(account)
        return found.owner if found is not None else ""

    def contested(self, account: str) -> bool:
        """Whether maker and addressee differ and the addressee has not yet taken possession."""
        found = self.accounts.get(account)
        return found is not None and not found.owner

    # --- the fold -------------------------------------------------------------------------------------------------

    def _created(self, fact: AccountCreated, behind: str) -> None:
        addressee = self.mailbox(fact.email) or behind
        owner = behind if addressee == behind else ""
        self.accounts[fact.account] = AccountTruth(behind, addressee, owner, fact.email)

    def _closed(self, fact: AccountClosed, behind: str) -> None:
        self.accounts.pop(fact.account, None)

    def _settle(self, account: str, behind: str) -> None:
        found: AccountTruth | None = self.accounts.get(account)
        if found is not None and not found.owner and found.addressee == behind:
            self.accounts[account] = msgspec.structs.replace(found, owner=behind)

    def _issued(self, fact: TokenIssued, behind: str) -> None:
        if fact.kind == "session":
            self._settle(fact.account, behind)

    def _linked(self, fact: Linked, behind: str) -> None:
        if fact.issuer:
            found: AccountTruth | None = self.accounts.get(fact.account)
            if found is not None and fact.issuer not in found.issuers:
                self.accounts[fact.account] = msgspec.structs.replace(found, issuers=(*found.issuers, fact.issuer))
        self._settle(fact.account, behind)

    def _unlinked(self, fact: Unlinked, behind: str) -> None:
        found: AccountTruth | None = self.accounts.get(fact.account)
        issuer = fact.identifier.partition(" ")[0]
        if found is not None and issuer in found.issuers:
            left = tuple(name for name in found.issuers if name != issuer)
            self.accounts[fact.account] = msgspec.structs.replace(found, issuers=left)

    def _adopted(self, fact: Adopted, behind: str) -> None:
        self._settle(fact.account, behind)

    def _moved(self, fact: MailboxMoved, behind: str) -> None:
        self.boxes[fact.address] = fact.to

    def _mailbox_stolen(self, fact: MailboxStolen, behind: str) -> None:
        """A thief in a mailbox reads it, but is not its rightful holder: truth does not move."""
