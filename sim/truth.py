"""Who really is who: kept apart from what any party knows.

Properties and measures may read this; parties, policies and attacks may never import it. A fact is folded in here
before any property or measure reads it.

* The person *behind* a fact is the party that started what led to it: with a stolen session, key or code the thief; an
  agent acts for its person, also when it obeys injected text.
* ``maker`` of an account: the person behind the request that created it. ``addressee``: who controlled the stored
  address then; of an address that nobody holds, the maker.
* The **owner** is that person when both agree. Otherwise the account is **contested** until the addressee signs in
  (at a page of the provider, or by an attestation that gets a token), is linked (silently counts) or adopts it: it
  settles, and is theirs from then on. A mailbox that changes hands later changes nothing. So whoever may become the
  owner of an account is its addressee, from the beginning (or a change of its address on).
* Whoever gives an account of their own somebody else's address, who has not confirmed it, makes it anew: it is
  addressed to who controls that address, and contested until they come. A contested account that comes to bear another
  person's address is addressed to that person from then on; if that is its maker, it is the maker's.
* What lives on an account is **foreign** if somebody else than its addressee made it: a credential, an identifier
  (a link, the password), a change of address that waits or has been made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import msgspec

from sim.facts import (
    AccountClosed,
    AccountCreated,
    Adopted,
    ChangeCancelled,
    ChangeConfirmed,
    ChangeRequested,
    DomainMoved,
    Linked,
    MailboxMoved,
    MailboxStolen,
    TokenEnded,
    TokenIssued,
    Unlinked,
)
from sim.party import Fact
from sim.tables import Table

#: The identifier that the ordinary door makes.
PASSWORD = "password"
#: What stands for the stored address among things that are foreign.
ADDRESS = "address"
#: Tokens whose receiver has signed in: by a page, or by an attestation.
_SIGNED_IN = ("session", "access")


class AccountTruth(msgspec.Struct, frozen=True, gc=False):
    """What is true of one account.

    ``owner`` is empty while it is contested. ``made_by`` is the issuer on whose word it was made (empty: the ordinary
    door). ``links`` are its identifiers from issuers, as ``issuer subject``, one a line: most accounts have one, and
    there may be a million accounts.
    """

    maker: str
    addressee: str
    owner: str
    email: str
    made_by: str = ""
    links: str = ""

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The identifiers from issuers that lead to it, in the order in which they were linked."""
        return tuple(self.links.split("\n")) if self.links else ()

    @property
    def issuers(self) -> tuple[str, ...]:
        """The issuers that lead to it, one for each identifier."""
        return tuple(identifier.partition(" ")[0] for identifier in self.identifiers)


class Foreign(msgspec.Struct, frozen=True, gc=False):
    """Something on an account that ``maker``, who is not its addressee, made.

    ``kind`` is ``credential``, ``identifier`` or ``change``; ``thing`` names it.
    """

    kind: str
    thing: str
    maker: str


class Truth:
    """Ground truth, as a fold over facts.

    ``controller(address)`` says who controls an address at the start (empty: nobody); ``adversary(name)`` who works
    for the attacker.
    """

    TABLES: ClassVar[tuple[str, ...]] = ("accounts", "boxes", "threads", "addressed", "former", "others")

    accounts: Table
    """Account → ``AccountTruth``."""
    boxes: Table
    """Address, or domain behind an ``@`` → who controls it, where that is not who did at the start."""
    threads: Table
    addressed: Table
    """Person → accounts addressed to them, one a line; those of an adversary by address, as there may be very many."""
    former: Table
    """Address → who controlled it before, one a line."""
    others: Table
    """Account → what is foreign on it; no row where nothing is."""

    def __init__(self, controller: Callable[[str], str], adversary: Callable[[str], bool]) -> None:
        self._controller = controller
        self.adversary = adversary
        self.reads: dict[type[Fact], Callable[..., None]] = {
            AccountCreated: self._created,
            AccountClosed: self._closed,
            TokenIssued: self._issued,
            TokenEnded: self._ended,
            Linked: self._linked,
            Unlinked: self._unlinked,
            ChangeRequested: self._change_requested,
            ChangeConfirmed: self._change_confirmed,
            ChangeCancelled: self._change_cancelled,
            Adopted: self._adopted,
            MailboxMoved: self._moved,
            DomainMoved: self._domain_moved,
            MailboxStolen: self._mailbox_stolen,
        }

    # --- questions ------------------------------------------------------------------------------------------------

    def mailbox(self, address: str) -> str:
        """Who controls ``address`` now; empty if nobody does."""
        holder: str | None = self.boxes.get(address)
        if holder is None and "@" in self.boxes:
            holder = self.boxes.get(f"@{address.rpartition('@')[2]}")
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

    def foreign(self, account: str) -> tuple[Foreign, ...]:
        """What lives on ``account`` and was made by somebody else than its addressee."""
        found: tuple[Foreign, ...] = self.others.get(account, ())
        return found

    def beside(self, account: str) -> tuple[str, ...]:
        """The accounts addressed to the same person as ``account``, itself included, oldest first, at all providers.

        Of an adversary's, only those that bear the same address.
        """
        found: AccountTruth | None = self.accounts.get(account)
        if found is None:
            return ()
        return _lines(self.addressed.get(self._row(found.addressee, found.email), account))

    def addressed_to(self, person: str, provider: str) -> tuple[str, ...]:
        """The accounts at ``provider`` that are, or may become, an honest person's, oldest first."""
        return tuple(one for one in _lines(self.addressed.get(person, "")) if one.startswith(f"{provider}/"))

    def concerns(self, person: str, provider: str, email: str) -> bool:
        """Whether ``provider`` has an account that is ``person``'s, or that bears the address ``email``."""
        here = provider + "/"
        for account in _lines(self.addressed.get(self._row(person, email), "")):
            found = self.accounts.get(account)
            if found is not None and account.startswith(here) and (found.owner == person or found.email == email):
                return True
        return any(
            (found := self.accounts.get(account)) is not None and account.startswith(here) and found.email == email
            for holder in self._holders_before(email)
            for account in _lines(self.addressed.get(self._row(holder, email), ""))
        )

    def _holders_before(self, email: str) -> tuple[str, ...]:
        """Who controlled an address before whoever does now."""
        before = _lines(self.former.get(email, ""))
        if f"@{email.rpartition('@')[2]}" in self.boxes:
            before = (*before, self._controller(email))
        return before

    # --- accounts -------------------------------------------------------------------------------------------------

    def _row(self, person: str, email: str) -> str:
        return email if self.adversary(person) else person

    def _created(self, fact: AccountCreated, behind: str) -> None:
        addressee = self.mailbox(fact.email) or behind
        if addressee == behind:
            addressee = owner = behind  # one text, not two that are equal: there may be a million accounts
        else:
            owner = ""
        self.accounts[fact.account] = AccountTruth(behind, addressee, owner, fact.email, fact.issuer)
        self._address(fact.account, self._row(addressee, fact.email))
        if not owner and not fact.issuer:
            self._mark(fact.account, Foreign("identifier", PASSWORD, behind))

    def _address(self, account: str, row: str) -> None:
        before: str | None = self.addressed.get(row)
        if before is None:
            self.addressed[row] = account
        elif account not in _lines(before):
            self.addressed[row] = f"{before}\n{account}"

    def _closed(self, fact: AccountClosed, behind: str) -> None:
        found: AccountTruth | None = self.accounts.pop(fact.account, None)
        self.others.pop(fact.account, None)
        if found is None:
            return
        self._strike(fact.account, self._row(found.addressee, found.email))

    def _strike(self, account: str, row: str) -> None:
        left = _without(self.addressed.get(row, ""), account)
        if left:
            self.addressed[row] = left
        else:
            self.addressed.pop(row, None)

    def _settle(self, account: str) -> None:
        """The addressee has come."""
        found: AccountTruth = self.accounts[account]
        if not found.owner:
            self.accounts[account] = msgspec.structs.replace(found, owner=found.addressee)

    def _adopted(self, fact: Adopted, behind: str) -> None:
        found: AccountTruth | None = self.accounts.get(fact.account)
        if found is None or found.addressee != behind:
            return
        self._settle(fact.account)
        if fact.how != "consent":  # the proof of the mailbox has set a password of the prover's own
            self._unmark(fact.account, PASSWORD)

    # --- what lives on them ---------------------------------------------------------------------------------------

    def _issued(self, fact: TokenIssued, behind: str) -> None:
        found: AccountTruth | None = self.accounts.get(fact.account)
        if found is None:
            return
        if found.addressee != behind:
            self._mark(fact.account, Foreign("credential", fact.token, behind))
        elif fact.kind in _SIGNED_IN:
            self._settle(fact.account)

    def _ended(self, fact: TokenEnded, behind: str) -> None:
        self._unmark(fact.account, fact.token)

    def _linked(self, fact: Linked, behind: str) -> None:
        found: AccountTruth | None = self.accounts.get(fact.account)
        if found is None:
            return
        if fact.issuer and fact.identifier not in found.identifiers:
            links = f"{found.links}\n{fact.identifier}" if found.links else fact.identifier
            self.accounts[fact.account] = msgspec.structs.replace(found, links=links)
        if found.addressee != behind:
            self._mark(fact.account, Foreign("identifier", fact.identifier, behind))
            return
        self._unmark(fact.account, fact.identifier)
        self._settle(fact.account)

    def _unlinked(self, fact: Unlinked, behind: str) -> None:
        found: AccountTruth | None = self.accounts.get(fact.account)
        if found is None:
            return
        if fact.identifier in found.identifiers:
            left = _without(found.links, fact.identifier)
            self.accounts[fact.account] = msgspec.structs.replace(found, links=left)
        self._unmark(fact.account, fact.identifier)

    def _change_requested(self, fact: ChangeRequested, behind: str) -> None:
        found: AccountTruth | None = self.accounts.get(fact.account)
        if found is not None and found.addressee != behind:
            self._mark(fact.account, Foreign("change", fact.change, behind))

    def _change_confirmed(self, fact: ChangeConfirmed, behind: str) -> None:
        found: AccountTruth | None = self.accounts.get(fact.account)
        if found is None:
            return
        holder = self.mailbox(fact.email)
        if behind == found.owner and holder not in ("", behind):
            self._readdressed(fact, msgspec.structs.replace(found, maker=behind), holder)
            return
        if not found.owner and holder not in ("", found.addressee):
            self._strike(fact.account, self._row(found.addressee, found.email))
            self._readdressed(fact, found, holder)
            return
        self.accounts[fact.account] = msgspec.structs.replace(found, email=fact.email)
        if holder:
            self._address(fact.account, self._row(holder, fact.email))
        asked = next((other.maker for other in self.foreign(fact.account) if other.thing == fact.change), behind)
        self._unmark(fact.account, fact.change, ADDRESS)
        if asked != found.addressee:
            self._mark(fact.account, Foreign("change", ADDRESS, asked))

    def _readdressed(self, fact: ChangeConfirmed, found: AccountTruth, holder: str) -> None:
        """An account bears another person's address, and nobody has come: as if it had been made for them now."""
        account, owner = fact.account, holder if holder == found.maker else ""
        self.accounts[account] = msgspec.structs.replace(found, email=fact.email, addressee=holder, owner=owner)
        self._address(account, self._row(holder, fact.email))
        self._unmark(account, fact.change, *(one.thing for one in self.foreign(account) if one.maker == holder))
        if not owner and not found.made_by:
            self._mark(account, Foreign("identifier", PASSWORD, found.maker))

    def _change_cancelled(self, fact: ChangeCancelled, behind: str) -> None:
        self._unmark(fact.account, fact.change)

    def _mark(self, account: str, other: Foreign) -> None:
        kept = tuple(one for one in self.foreign(account) if one.thing != other.thing)
        self.others[account] = (*kept, other)

    def _unmark(self, account: str, *things: str) -> None:
        before = self.foreign(account)
        if not before:
            return
        left = tuple(one for one in before if one.thing not in things)
        if left:
            self.others[account] = left
        else:
            del self.others[account]

    # --- mailboxes ------------------------------------------------------------------------------------------------

    def _moved(self, fact: MailboxMoved, behind: str) -> None:
        if holder := self.mailbox(fact.address):
            self.former[fact.address] = _with(self.former.get(fact.address, ""), holder)
        self.boxes[fact.address] = fact.to

    def _domain_moved(self, fact: DomainMoved, behind: str) -> None:
        end = f"@{fact.domain}"
        for address, holder in self.boxes.ordered():
            if address.endswith(end):
                if holder:
                    self.former[address] = _with(self.former.get(address, ""), holder)
                del self.boxes[address]
        self.boxes["@"] = fact.domain
        self.boxes[end] = fact.to

    def _mailbox_stolen(self, fact: MailboxStolen, behind: str) -> None:
        """A thief in a mailbox reads it, but is not its rightful holder: truth does not move."""


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()


def _with(text: str, line: str) -> str:
    lines = _lines(text)
    return text if line in lines else "\n".join((*lines, line))


def _without(text: str, line: str) -> str:
    return "\n".join(one for one in _lines(text) if one != line)
