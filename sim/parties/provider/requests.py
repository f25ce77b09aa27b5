"""Account requests: from an accepted attestation by matching, linking and activation to a code, a page or a refusal."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from sim.claims import Attestation
from sim.clock import SECOND
from sim.facts import AccountCreated, ConsentAsked, ConsentGiven, Expired, Linked
from sim.messages import AccountRequest, Approve, ConfirmLink, Done, OauthCode, RequiresAuth
from sim.parties.provider.adoption import Adoption
from sim.parties.provider.office import Lookup
from sim.parties.provider.records import (
    ANSWER_LIFE,
    CONSENT_LIFE,
    Account,
    Consent,
    MailedLink,
    Remembered,
    Session,
    Wanted,
)
from sim.party import Message, Turn

#: How the address of a page ends that approves by itself when it is opened in a session of the owner's.
AUTO = "!auto"
#: Time from looking for an account to having made one, where that is not one step, microseconds (assumed).
UNLOCKED = SECOND // 5


class Requests(Adoption):
    """The part that decides which account an attestation opens."""

    def __init__(self, name: str, config: Any) -> None:
        super().__init__(name, config)
        self._view = Lookup(self)

    def account_request(self, turn: Turn, sender: str, message: AccountRequest) -> None:
        """``POST /provisioning/account_requests``."""
        claim = message.attestation
        if self.config.idempotency == "header" and self._repeated(turn, sender, message, message.key):
            return
        if not self.config.agent_provisioning:
            code = "agent_provisioning_unavailable"
            self.turn_away(turn, sender, message, code, code)
            return
        self.settle(turn)
        if not self.believes(turn, sender, message):
            return
        identifier = f"{claim.issuer} {claim.subject}"
        key = message.key
        if self.config.idempotency == "project":
            key = identifier
            if self._repeated(turn, sender, message, key):
                return
        wanted = Wanted(message.id, key, sender, claim.issuer, identifier, message.scopes, claim.mode != "jwt")
        fault = self.too_many(turn, sender, message, identifier) if self.config.limits else ""
        answer = fault or self._decide(turn, claim, wanted)
        if answer is None:
            self._create_later(turn, claim, wanted)
        elif isinstance(answer, str):
            self.turn_away(turn, sender, message, answer, answer)
        else:
            turn.send(sender, answer)
            self._remember(turn, wanted, answer)

    # --- which account ----------------------------------------------------------------------------------------------

    def _decide(self, turn: Turn, claim: Attestation, wanted: Wanted) -> Message | str | None:
        """The answer to an accepted attestation, or the code with which the request is refused all the same.

        None where an account is to be made, and making it is not one step with having found none.
        """
        joined = self._join(turn, wanted)
        if joined is not None:
            return joined
        issuer = claim.issuer
        found = self.answer("matching", issuer).match(self._view, claim, claim.email_verified)
        account: str = found.account
        if not account:
            code = found.code or self.barred(wanted.identifier, claim.email)
            if not code and "unlocked_creation" in self.config.faults:
                return None
            return code or self._create(turn, claim, wanted)
        row: Account = self.accounts[account]
        if row.state == "pending":
            return self._ask_mailbox(turn, account, row.email, wanted)
        if row.state != "active":
            return "forbidden"
        if found.by == "subject" or self.identifiers.get(wanted.identifier) == account:
            return OauthCode(wanted.request, self.mint(turn, account, wanted))
        how = self.answer("linking", issuer).link(claim, row, self.domains(issuer) or ())
        if how in ("silent", "by_domain"):
            self.link(turn, account, wanted, how, existing=True)
            return OauthCode(wanted.request, self.mint(turn, account, wanted))
        if how == "refuse":
            return "email_taken"
        if how == "second_factor" and not self.door(account).factor:
            return "second_factor_missing"
        return self._ask_owner(turn, account, row, wanted, how)

    def _create_later(self, turn: Turn, claim: Attestation, wanted: Wanted) -> None:
        """Nothing was found, and by the time the account is made that may not be true any more."""
        self.creating[wanted.request] = (claim, wanted)
        turn.suspend(self.thread(wanted.request))
        turn.wake(f"create_unseen {wanted.request}", UNLOCKED)

    def create_unseen(self, turn: Turn, what: str) -> None:
        """Make the account, without looking again."""
        claim, wanted = self.creating.pop(what)
        turn.resume(self.thread(what))
        answer = self._create(turn, claim, wanted)
        turn.send(wanted.asker, answer)
        self._remember(turn, wanted, answer)

    def barred(self, identifier: str, email: str) -> str:
        """Why nobody who is called so, or has this address, gets a new account; empty: no reason."""
        return ""

    def _create(self, turn: Turn, claim: Attestation, wanted: Wanted) -> Message:
        """A new account: usable at once, or once the mailbox has answered."""
        account = self.fresh(self.accounts, f"{self.name}/{wanted.request}")
        at_once = self._at_once(claim)
        state, issuer, email = "active" if at_once else "pending", claim.issuer, claim.email
        self.file(turn, account, email)
        turn.note(AccountCreated(self.name, account, email, state, issuer, wanted.request))
        self.move(turn, "account", account, "absent", state)
        self.accounts[account] = Account(email, state, vouched=claim.email_verified)
        if self.config.quarantine.most:
            self.put_on_probation(turn, account)
        if not at_once:
            return self._ask_mailbox(turn, account, email, wanted)
        self.link(turn, account, wanted, "created", existing=False)
        self.mail(turn, email, "welcome", wanted.request)
        return OauthCode(wanted.request, self.mint(turn, account, wanted))

    def _at_once(self, claim: Attestation) -> bool:
        """Whether a new account is usable at once, by *activation* or because *linking* vouches for the issuer."""
        if self.answer("activation", claim.issuer).at_once(claim):
            return True
        vouches = getattr(self.answer("linking", claim.issuer), "vouches", None)
        return vouches is not None and bool(vouches(claim, self.domains(claim.issuer) or ()))

    def link(self, turn: Turn, account: str, wanted: Wanted, how: str, *, existing: bool, url: str = "") -> None:
        """Let the identity that a request is about lead to ``account``."""
        self.identify(turn, account, wanted.identifier, wanted.issuer)
        turn.note(Linked(self.name, account, wanted.identifier, wanted.issuer, how, existing, wanted.request, url))

    # --- requests that are repeated ---------------------------------------------------------------------------------

    def _repeated(self, turn: Turn, sender: str, message: AccountRequest, key: str) -> bool:
        """Answer a repeated request as before; whether it was one."""
        before: Remembered | None = self.answered.get(key) if key else None
        if before is None or before.issuer != message.attestation.issuer:
            return False
        turn.send(sender, replace(before.answer, id=message.id))
        return True

    def _remember(self, turn: Turn, wanted: Wanted, answer: Message) -> None:
        """Remember an answer, so that the request may be repeated.

        By header for a day; by project, where the key is the identity, until the code or page is used up.
        """
        if not wanted.key or self.config.idempotency == "none":
            return
        self.answered[wanted.key] = Remembered(wanted.issuer, answer)
        if self.config.idempotency == "header":
            turn.wake(f"forget_answer {wanted.key}", ANSWER_LIFE)

    def forget_answer(self, turn: Turn, what: str) -> None:
        """A repeated key counts as a new one from now on."""
        self.answered.pop(what, None)

    # --- the mailbox decides ----------------------------------------------------------------------------------------

    def _join(self, turn: Turn, wanted: Wanted) -> Message | None:
        """A further request of a party for an identity that a mail is on its way for: one click is enough for both.

        Another identity gets a mail of its own, or a click would let in whoever asked first for a foreign address.
        """
        link = self.awaiting.get(wanted.identifier)
        mailed: MailedLink | None = self.links.get(link)
        if mailed is None or mailed.requests[0].asker != wanted.asker or self.active(mailed.account):
            return None
        if all(other.request != wanted.request for other in mailed.requests):
            self.links[link] = replace(mailed, requests=(*mailed.requests, wanted))
            turn.suspend(self.thread(wanted.request))
        return RequiresAuth(wanted.request)

    def _ask_mailbox(self, turn: Turn, account: str, email: str, wanted: Wanted) -> Message:
        """Mail a link that activates the account for the identity of this request."""
        link = self.mail_link(turn, email, MailedLink("activate", account, wanted.request, (wanted,)))
        self.awaiting[wanted.identifier] = link
        turn.suspend(self.thread(wanted.request))
        return RequiresAuth(wanted.request)

    def confirm_all(self, turn: Turn, mailed: MailedLink) -> None:
        """The mailbox has answered: the requests that waited for it get their codes."""
        first = mailed.requests[0]
        self.link(turn, mailed.account, first, "created", existing=False)
        for wanted in mailed.requests:
            turn.resume(self.thread(wanted.request))
            code = self.mint(turn, mailed.account, wanted)
            turn.send(wanted.asker, ConfirmLink(wanted.request, code))

    # --- the owner decides ------------------------------------------------------------------------------------------

    def _ask_owner(self, turn: Turn, account: str, row: Account, wanted: Wanted, how: str) -> Message:
        """Open a consent page; one is open per account and issuer, and a new request replaces the old page."""
        pair = f"{account} {wanted.issuer}"
        old = self.asked.get(pair)
        if old is not None:
            consent: Consent = self.consents[old]
            same = consent.wanted
            if same.request == wanted.request or (wanted.key and same.key == wanted.key):
                return RequiresAuth(wanted.request, old)
            self._close(turn, old, "replaced")
        url = self._page(wanted.request, row.email)
        self.consents[url] = Consent(account, wanted, how)
        self.asked[pair] = url
        turn.wake(f"expire_consent {url}", CONSENT_LIFE)
        turn.note(ConsentAsked(self.name, account, url, wanted.issuer, wanted.scopes, wanted.request))
        self.move(turn, "consent", url, "absent", "asked")
        turn.suspend(self.thread(wanted.request))
        return RequiresAuth(wanted.request, url)

    def _page(self, request: str, email: str) -> str:
        """Address of a new consent page."""
        page, accounts = self.answer("consent").page, len(self.bearing(email))
        name = f"u:{self.name}:{request}"
        while (url := str(page(name, accounts))) in self.consents or url in self.gone:
            name += "'"
        return url

    def _close(self, turn: Turn, url: str, after: str) -> None:
        """A consent page is open no more."""
        consent: Consent = self.consents[url]
        del self.consents[url]
        del self.asked[f"{consent.account} {consent.wanted.issuer}"]
        self.forget(consent.wanted)
        self.gone[url] = True
        turn.cancel(f"expire_consent {url}")
        self.move(turn, "consent", url, "asked", after)

    def expire_consent(self, turn: Turn, what: str) -> None:
        """Nobody approved in time."""
        turn.note(Expired(self.name, "consent", what))
        self._close(turn, what, "expired")

    def approve(self, turn: Turn, sender: str, message: Approve) -> None:
        """The answer to a consent page, in a session on an account that bears the same address."""
        consent: Consent | None = self.consents.get(message.url)
        session: Session | None = self.sessions.get(message.session)
        if consent is None:
            self.refuse(turn, sender, message.id, "expired")
            return
        account = consent.account
        row: Account = self.accounts[account]
        if session is None or self.accounts[session.account].email != row.email:
            self.refuse(turn, sender, message.id, "account_mismatch")
            return
        if row.state != "active":
            self.refuse(turn, sender, message.id, "forbidden")
            return
        if consent.how == "second_factor" and message.factor != self.door(account).factor:
            self.refuse(turn, sender, message.id, "second_factor_required")
            return
        self._approved(turn, sender, message, session, consent)

    def _approved(self, turn: Turn, browser: str, message: Approve, session: Session, consent: Consent) -> None:
        """Link and mint; the approving owner is behind the link, whoever asked is behind the code."""
        account, wanted, url = consent.account, consent.wanted, message.url
        clicked = not url.endswith(AUTO)
        turn.note(ConsentGiven(self.name, account, url, wanted.issuer, wanted.scopes, wanted.request, clicked))
        adopts = session.by_proof and not self.accounts[account].proven
        if adopts:
            self.purge(turn, account)
        self.link(turn, account, wanted, consent.how, existing=True, url=url)
        if adopts:
            self.adopted(turn, account, "consent")
        self._close(turn, url, "given")
        turn.send(browser, Done(message.id))
        turn.resume(self.thread(wanted.request))
        code = self.mint(turn, account, wanted, url)
        turn.send(wanted.asker, ConfirmLink(wanted.request, code, browser))
