"""The tables of a provider, and what all of its parts need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from msgspec.structs import replace

from sim.claims import root
from sim.facts import AccountClosed, MailSent, RequestReceived, RequestStarted, Transition, Unlinked
from sim.messages import Error, Mail
from sim.parties.provider.records import LINK_LIFE, NO_DOOR, Account, Door, MailedLink, policy, with_line
from sim.party import Party, Turn
from sim.tables import Table

#: Questions to which a scenario may give each member of a group an answer of its own.
PICKED = ("matching", "linking")


class Office(Party):
    """Base of the provider's parts, which are one party together.

    ``block_of`` tells the block of which an issuer is a member, for what a scenario says of the whole block; who casts
    the story sets it. By itself a provider knows names only.
    """

    TABLES: ClassVar[tuple[str, ...]] = (
        "accounts", "doors", "signing_up", "by_email", "by_root", "by_subject", "indexed", "identifiers", "links",
        "awaiting", "consents", "asked", "codes", "grants", "live", "sessions", "answered", "made", "used", "keys",
        "secrets", "fetches", "resting", "contained", "gone", "drawn", "creating",
    )  # fmt: skip

    accounts: Table
    """Account id → ``Account``."""
    doors: Table
    """Account id → ``Door``, for accounts that have anything at the provider's own pages."""
    signing_up: Table
    """Address → mailed link of a sign-up that waits for its click; its account is not there for anybody else yet."""
    by_email: Table
    """Address → the account that bears it, or a tuple of several, oldest first."""
    by_root: Table
    """Normalised address → accounts, and ``by_subject``: subject → account; kept once ``indexed`` says so."""
    by_subject: Table
    indexed: Table
    identifiers: Table
    """``<issuer> <subject>`` or an own login elsewhere (``id:…``) → account id."""
    links: Table
    """Mailed link → ``MailedLink``."""
    awaiting: Table
    """Identity → mailed link that will activate the account which was made for it."""
    consents: Table
    """Consent page → ``Consent``."""
    asked: Table
    """``<account> <issuer>`` → the consent page that is open between the two; there is one at most ([PHACC]_)."""
    codes: Table
    """Code → ``Code``."""
    grants: Table
    """Grant id → ``Grant``; ended ones stay, for the resources that were made with them."""
    live: Table
    """Secret of a resource → grant id, key made by hand → account id: while they work."""
    sessions: Table
    """Session → ``Session``."""
    answered: Table
    """Idempotency key (or identity) of an account request → ``Remembered``."""
    made: Table
    """Idempotency key (or ``<account> <issuer> <service>``) of a resource request → the resource's secret."""
    used: Table
    """``<issuer> <token id>`` → True, as long as used assertions are remembered."""
    keys: Table
    """Issuer → key ids it published when asked last, while the copy is believed."""
    secrets: Table
    """Issuer → ids of the secrets shared with it, as far as it has been heard of."""
    fetches: Table
    """Issuer → ``Fetch`` that is under way."""
    resting: Table
    """Issuer → True, while an unknown key does not trigger another fetch."""
    contained: Table
    """Issuer → True, once it has been cut off."""

    drawn: Table
    """(Question, weights) → this provider's own answer, where the scenario gives each of a group one by weights."""

    creating: Table
    """Request → (claim, ``Wanted``) for which no account was found, while one is made (fault ``unlocked_creation``)."""

    gone: Table
    """Accounts, codes, pages, sessions, secrets that are no more: a request heard twice gives out two names."""

    def __init__(self, name: str, config: Any) -> None:
        super().__init__(name, config)
        self.block_of: Callable[[str], str] = str
        self._offer: tuple[Any, Mapping[str, Any]] = (None, {})

    # --- configuration ----------------------------------------------------------------------------------------------

    def answer(self, question: str, issuer: str = "") -> Any:
        """The answer in force to ``question``, for attestations of ``issuer``."""
        config = self.config
        override = self.override(issuer)
        name = None if override is None else getattr(override, question, None)
        if name is None:
            name = getattr(config, question)
            if hasattr(name, "weights"):
                name = self.drawn[question, name.weights]
        return policy(question, name)

    def settle(self, turn: Turn) -> None:
        """Find out which answers are one's own, where a group's members have different ones."""
        for question in PICKED:
            weights = getattr(getattr(self.config, question), "weights", None)
            if weights is not None and (question, weights) not in self.drawn:
                self.drawn[question, weights] = turn.trait(question)

    def override(self, issuer: str) -> Any:
        """What is done differently for ``issuer``; None if nothing is. Its own name goes before its block's."""
        issuers = self.config.trusts.issuers
        if not issuers:
            return None
        found = issuers.get(issuer)
        return issuers.get(self.block_of(issuer)) if found is None else found

    def domains(self, issuer: str) -> tuple[str, ...] | None:
        """The domains for which ``issuer`` is trusted; None where nothing is said of them."""
        override = self.override(issuer)
        found: tuple[str, ...] | None = None if override is None else override.domains
        return found

    @property
    def catalogue_rows(self) -> Mapping[str, Any]:
        """What is on offer, by service."""
        if self._offer[0] is not self.config:
            self._offer = (self.config, self.config.services)
        return self._offer[1]

    def offers(self, service: str) -> bool:
        """Whether ``service`` is in the catalogue."""
        return service in self.catalogue_rows

    # --- small things -----------------------------------------------------------------------------------------------

    def move(self, turn: Turn, machine: str, thing: str, before: str, after: str) -> None:
        """Note that something with a life cycle changed its state."""
        turn.note(Transition(machine, thing, before, after))

    def refuse(self, turn: Turn, to: str, request: str, code: str) -> None:
        """Answer with an error."""
        turn.send(to, Error(request, code))

    def mail(self, turn: Turn, address: str, purpose: str, request: str, link: str = "") -> None:
        """Send a mail."""
        turn.note(MailSent(self.name, address, purpose, request))
        turn.send(address, Mail(request, address, purpose, self.name, request, link))

    def mail_link(self, turn: Turn, address: str, mailed: MailedLink) -> str:
        """Mail a link that does what ``mailed`` says; its name."""
        link = self.fresh(self.links, f"l:{self.name}:{mailed.purpose}:{mailed.request}")
        self.links[link] = mailed if mailed.email else replace(mailed, email=address)
        turn.wake(f"expire_link {link}", LINK_LIFE)
        self.mail(turn, address, mailed.purpose, mailed.request, link)
        return link

    def thread(self, request: str) -> str:
        """Key under which the turn keeps on whose behalf a request is that has been put aside."""
        return f"{self.name} {request}"

    def fresh(self, table: Table, id_: str) -> str:
        """``id_``, marked as often as needed to be new in ``table`` and among what is gone."""
        while id_ in table or id_ in self.gone:
            id_ += "'"
        return id_

    # --- capacity ---------------------------------------------------------------------------------------------------

    def overloaded(self, turn: Turn, sender: str, message: Any) -> None:
        """Refuse a request because the queue is full."""
        self.refuse(turn, sender, message.id, "server_busy")

    def queued(self, turn: Turn, message: Any) -> None:
        """A request is in the queue."""
        turn.note(RequestReceived(self.name, message.id))

    def taken_up(self, turn: Turn, message: Any) -> None:
        """A worker has taken a request up."""
        turn.note(RequestStarted(self.name, message.id))

    # --- accounts ---------------------------------------------------------------------------------------------------

    def door(self, account: str) -> Door:
        """What ``account`` has at the provider's own pages."""
        found: Door = self.doors.get(account, NO_DOOR)
        return found

    def active(self, account: str) -> bool:
        """Whether ``account`` works."""
        state: str = self.accounts[account].state
        return state == "active"

    def set_account(self, account: str, **changes: Any) -> Account:
        """Change the row of ``account``."""
        row: Account = replace(self.accounts[account], **changes)
        self.accounts[account] = row
        return row

    def set_door(self, account: str, **changes: Any) -> None:
        """Change what ``account`` has at the provider's own pages."""
        self.doors[account] = replace(self.door(account), **changes)

    def bearing(self, email: str) -> tuple[str, ...]:
        """Accounts that bear an address, oldest first."""
        return _listed(self.by_email.get(email))

    def file(self, turn: Turn, account: str, email: str) -> None:
        """Let ``account`` be found by ``email``; a sign-up with that address that still waits is off."""
        if email in self.signing_up:
            self.close_sign_up(turn, email, "superseded")
        _add(self.by_email, email, account)
        if "root" in self.indexed:
            _add(self.by_root, root(email), account)

    def close_sign_up(self, turn: Turn, email: str, reason: str) -> None:
        """The account of a sign-up that waits for its click will never be."""
        link = self.signing_up.pop(email, None)
        mailed: MailedLink = self.links.pop(link, None)
        turn.cancel(f"expire_link {link}")
        account = mailed.account
        del self.accounts[account]
        self.gone[account] = True
        turn.note(AccountClosed(self.name, account, reason))
        self.move(turn, "account", account, "pending", "closed")

    def unfile(self, account: str, email: str) -> None:
        """Let ``account`` be found by ``email`` no more."""
        _take(self.by_email, email, account)
        if "root" in self.indexed:
            _take(self.by_root, root(email), account)

    def identify(self, turn: Turn, account: str, identifier: str, issuer: str = "") -> None:
        """Let ``identifier`` lead to ``account``, and from wherever it led before no more."""
        before = self.identifiers.get(identifier)
        if before is not None:
            self.forget_identifier(turn, before, identifier)
        self.identifiers[identifier] = account
        row = self.accounts[account]
        self.set_account(account, identified=with_line(row.identified, identifier), issuer=row.issuer or issuer)
        self.index_subject(identifier, account)

    def index_subject(self, identifier: str, account: str) -> None:
        """Keep the index of subjects without issuers, where there is one; who came first stays."""
        if "subject" in self.indexed:
            subject = identifier.partition(" ")[2]
            if subject and subject not in self.by_subject:
                self.by_subject[subject] = account

    def forget_identifier(self, turn: Turn, account: str, identifier: str) -> None:
        """Let ``identifier`` lead to ``account`` no more; with the last of an issuer its first place goes as well."""
        turn.note(Unlinked(self.name, account, identifier))
        self.identifiers.pop(identifier, None)
        subject = identifier.partition(" ")[2]
        if self.by_subject.get(subject) == account:
            del self.by_subject[subject]
        row = self.accounts[account]
        left = tuple(name for name in row.identifiers if name != identifier)
        pinned = any(name.startswith(f"{row.issuer} ") for name in left)
        self.set_account(account, identified="\n".join(left), issuer=row.issuer if pinned else "")


class Lookup:
    """The part of an office that a matching answer may see."""

    __slots__ = ("_office",)

    def __init__(self, office: Office) -> None:
        self._office = office

    def by_email(self, email: str) -> tuple[str, ...]:
        """Accounts that bear exactly this address, oldest first."""
        return _listed(self._office.by_email.get(email))

    def by_root(self, email: str) -> tuple[str, ...]:
        """Accounts whose normalised address is the same.

        The index is made when somebody asks for the first time; of accounts that were there before, those with one
        address come oldest first, and these groups in the order of their addresses.
        """
        office = self._office
        if "root" not in office.indexed:
            office.indexed["root"] = True
            for address, accounts in office.by_email.ordered():
                for account in _listed(accounts):
                    _add(office.by_root, root(address), account)
        return _listed(office.by_root.get(root(email)))

    def by_subject(self, issuer: str, subject: str) -> str:
        """The account to which ``subject`` of ``issuer`` leads; empty if to none.

        An empty issuer means whichever; so does any other at a provider that ignores issuers by mistake ([SLA]_).

        .. [SLA] https://slashid.com/blog/sso-safe-email-claim
        """
        office = self._office
        if issuer and "ignores_issuer" not in office.config.faults:
            known: str = office.identifiers.get(f"{issuer} {subject}", "")
            return known
        if "subject" not in office.indexed:
            office.indexed["subject"] = True
            for identifier, account in office.identifiers.ordered():
                office.index_subject(identifier, account)
        found: str = office.by_subject.get(subject, "")
        return found

    def account(self, account: str) -> Account:
        """The account with that id."""
        row: Account = self._office.accounts[account]
        return row


def _listed(found: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """The accounts in a row of an index: nearly always one, which needs no tuple."""
    if found is None:
        return ()
    return found if type(found) is tuple else (found,)  # type: ignore[return-value]


def _add(index: Table, key: str, account: str) -> None:
    before = index.get(key)
    index[key] = account if before is None else (*_listed(before), account)


def _take(index: Table, key: str, account: str) -> None:
    left = tuple(other for other in _listed(index.get(key)) if other != account)
    if left:
        index[key] = left if len(left) > 1 else left[0]
    else:
        index.pop(key, None)
