"""Contested charges: whether to fight, what becomes of the account, and whom to know again.

The provider is the merchant: a chargeback is its loss, and what it can show for itself is little. Of the person at the
keyboard it has what came with the attestation (``actor``, the orchestrator's account, verified fields); who signed in
and accepted what is known at the orchestrator, which nobody asks.

*on_dispute*: **keep** changes nothing; **suspend** lets the account rest until the dispute is decided (assumed: no
source says for how long), and ends what was not paid for in the end; **close** is for good. For whom it *remembers* by
``subject`` or ``email`` (case, dots and what follows a plus apart) it makes no account, and with a ``card`` remembered
nothing can be paid: refused as ``blocked``. A dispute that is won is forgiven (assumed). A registered name cannot be
taken back.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from sim.claims import root
from sim.clock import DAY
from sim.facts import (
    AccountClosed,
    AccountReinstated,
    AccountSuspended,
    DisputeAnswered,
    Tombstoned,
    TombstoneLifted,
)
from sim.messages import CardBlock, DisputeClosed, DisputeOpened, DisputeResponse, Done, PaymentSucceeded
from sim.messages.payments import PROCESSOR
from sim.parties._telling import first
from sim.parties.provider.billing import Bill
from sim.parties.provider.events import Events
from sim.parties.provider.records import Account, Grant, Wanted, policy
from sim.party import Turn
from sim.tables import Table

#: A dispute is answered so long after it was heard of, microseconds; acquirers ask for it within 7 to 21 d (assumed).
ANSWERS_AFTER = 7 * DAY
BLOCKED = "blocked"


class Sale(msgspec.Struct, frozen=True, gc=False):
    """What was sold for a charge: on the authority of which grant, and which resource."""

    grant: str
    resource: str = ""


class Contest(msgspec.Struct, frozen=True, gc=False):
    """A dispute: about which charge, which account it concerns (empty: none that is known), and how far it is."""

    charge: str
    account: str
    amount: int
    stage: str
    outcome: str = ""


class Disputes(Events):
    """The part that deals with disputes. ``contested`` says whether anybody in the story may contest a charge."""

    TABLES = (*Events.TABLES, "sales", "contests", "open_disputes", "tombstones", "consented")

    sales: Table
    """Charge → ``Sale``."""
    contests: Table
    """Dispute → ``Contest``."""
    open_disputes: Table
    """Account → how many disputes about it are open."""
    tombstones: Table
    """``subject <issuer> <subject>`` or ``email <address>`` → the dispute for which it is remembered."""
    consented: Table
    """Account → True, once its owner has agreed to a link on a page here."""

    contested = False

    # --- what was sold for a charge ---------------------------------------------------------------------------------

    def payment_succeeded(self, turn: Turn, sender: str, message: PaymentSucceeded) -> None:
        """Remember for what a charge was made."""
        if self.contested:
            bill: Bill | None = self.bills.get(first(message.id))
            if bill is not None and message.charge not in self.sales:
                self.sales[message.charge] = Sale(bill.grant, bill.resource)
        super().payment_succeeded(turn, sender, message)

    def _give(self, turn: Turn, request: str, bill: Bill) -> None:
        super()._give(turn, request, bill)
        if bill.charge in self.sales:
            self.sales[bill.charge] = Sale(bill.grant, bill.resource)

    def link(self, turn: Turn, account: str, wanted: Wanted, how: str, *, existing: bool, url: str = "") -> None:
        """Remember a consent: it is evidence."""
        super().link(turn, account, wanted, how, existing=existing, url=url)
        if url and self.contested:
            self.consented[account] = True

    # --- a dispute --------------------------------------------------------------------------------------------------

    def dispute_opened(self, turn: Turn, sender: str, message: DisputeOpened) -> None:
        """A charge is contested: the account is dealt with at once, the answer follows."""
        turn.send(sender, Done(message.id))
        before: Contest | None = self.contests.get(message.dispute)
        if sender != PROCESSOR or (before is not None and (before.stage == message.stage or before.outcome)):
            return
        dispute = message.dispute
        if before is None:
            sale: Sale | None = self.sales.get(message.charge)
            account = self.grants[sale.grant].account if sale is not None else ""
            self.contests[dispute] = Contest(message.charge, account, message.amount, message.stage)
            if account:
                self.open_disputes[account] = self.open_disputes.get(account, 0) + 1
                self._remember_disputer(turn, dispute, account, message.charge)
                self._deal_with(turn, account)
        else:
            self.contests[dispute] = replace(before, stage=message.stage)
        turn.wake(f"respond {dispute}", ANSWERS_AFTER)

    def respond(self, turn: Turn, what: str) -> None:
        """Accept, or fight with what can be shown."""
        contest: Contest = self.contests[what]
        if contest.outcome:
            return
        answer = self.config.disputes.answer
        name, above = ("fight_above", answer) if isinstance(answer, int) else (answer, 0)
        fights: bool = policy("dispute", name).fights(contest.amount, above)
        said, evidence = ("represent", self.evidence(contest)) if fights else ("accept", ())
        turn.note(DisputeAnswered(what, self.name, contest.stage, said, evidence))
        request = f"{what}+answer_{contest.stage}"
        self.say(turn, PROCESSOR, DisputeResponse(request, what, said, evidence, contest.stage))

    def evidence(self, contest: Contest) -> tuple[str, ...]:
        """What the provider itself can show: ``actor`` and ``orchestrator_account`` came with the attestation.

        ``kyc``: so did a verified address; ``email``: mail to it was answered here; ``login``: somebody signed in here;
        ``consent``: the owner agreed on a page here.
        """
        if not contest.account:
            return ()
        row: Account = self.accounts[contest.account]
        door = self.door(contest.account)
        held = {
            "actor": True,
            "orchestrator_account": True,
            "kyc": row.vouched,
            "email": row.verified,
            "login": bool(door.sessions or door.password),
            "consent": contest.account in self.consented,
        }
        return tuple(name for name, has in held.items() if has)

    def dispute_closed(self, turn: Turn, sender: str, message: DisputeClosed) -> None:
        """The decision: what was not paid for ends, the account works again, and who was in the right is forgiven."""
        turn.send(sender, Done(message.id))
        contest: Contest | None = self.contests.get(message.dispute)
        if sender != PROCESSOR or contest is None or contest.outcome:
            return
        self.contests[message.dispute] = replace(contest, outcome=message.outcome)
        turn.cancel(f"respond {message.dispute}")
        account = contest.account
        if not account:
            return
        if message.outcome == "won":
            self._forgive(turn, message.dispute, contest.charge)
        elif self.config.disputes.on_dispute != "keep":
            self._take_back(turn, self.sales[contest.charge].resource)
        left = self.open_disputes[account] - 1
        if left:
            self.open_disputes[account] = left
            return
        del self.open_disputes[account]
        if self.accounts[account].state == "suspended":
            self.set_account(account, state="active")
            turn.note(AccountReinstated(self.name, account))
            self.move(turn, "account", account, "suspended", "active")

    def _take_back(self, turn: Turn, resource: str) -> None:
        """What the money was for is no more; a registered name is for good."""
        thing = self.thing(resource) if resource else None
        if thing is not None and not thing.name:
            self.end_unpaid(turn, resource)

    # --- the account ------------------------------------------------------------------------------------------------

    def _deal_with(self, turn: Turn, account: str) -> None:
        """Do to an account what *on_dispute* says."""
        how, state = self.config.disputes.on_dispute, self.accounts[account].state
        if how == "suspend" and state == "active":
            self.set_account(account, state="suspended")
            turn.note(AccountSuspended(self.name, account, "disputed"))
            self.move(turn, "account", account, "active", "suspended")
        elif how == "close" and state in ("active", "suspended"):
            self.close_account(turn, account, "disputed")

    def close_account(self, turn: Turn, account: str, reason: str) -> None:
        """End everything that hangs on an account, and then the account."""
        row, door = self.accounts[account], self.door(account)
        for grant in row.grants:
            held: Grant = self.grants[grant]
            for secret in held.secrets:
                self._close_resource(turn, account, secret)
            self.end_grant(turn, grant, "closed", "revoked")
        for session in door.sessions:
            self.end_session(turn, account, session, "closed")
        for key in door.keys:
            self.end_secret(turn, account, key, "closed")
        self.cancel_change(turn, account)
        for identifier in row.identifiers:
            self.forget_identifier(turn, account, identifier)
        self.drop_password(turn, account)
        self.unfile(account, row.email)
        self.set_account(account, state="closed")
        turn.note(AccountClosed(self.name, account, reason))
        self.move(turn, "account", account, row.state, "closed")

    def _close_resource(self, turn: Turn, account: str, secret: str) -> None:
        """A resource goes with its account, apart from a registered name; its secret does in any case."""
        resource = self.resource_of(secret)
        thing = self.thing(resource)
        self.end_secret(turn, account, secret, "closed")
        if thing is not None and thing.state == "complete" and not thing.name:
            self.resources[resource] = replace(thing, state="removed")
            self.move(turn, "resource", resource, "complete", "removed")
            self.ended(turn, account, resource, thing)

    # --- knowing somebody again -------------------------------------------------------------------------------------

    def _remember_disputer(self, turn: Turn, dispute: str, account: str, charge: str) -> None:
        """Put up tombstones, before what they name is gone."""
        row: Account = self.accounts[account]
        for by in self.config.disputes.remembers:
            if by == "email":
                self.tombstones[f"email {root(row.email)}"] = dispute
            elif by == "subject":
                for identifier in row.identifiers:
                    self.tombstones[f"subject {identifier}"] = dispute
            else:
                self.say(turn, PROCESSOR, CardBlock(f"{dispute}+block", charge))
            turn.note(Tombstoned(self.name, account, by, dispute))

    def _forgive(self, turn: Turn, dispute: str, charge: str) -> None:
        """The customer was wrong and has paid: nothing is held against it any more."""
        for by in self.config.disputes.remembers:
            if by == "card":
                self.say(turn, PROCESSOR, CardBlock(f"{dispute}+unblock", charge, off=True))
            turn.note(TombstoneLifted(self.name, by, dispute))
        for key, put_up_for in self.tombstones.ordered():
            if put_up_for == dispute:
                del self.tombstones[key]

    def barred(self, identifier: str, email: str) -> str:
        """The code with which a disputer who comes back is refused a new account; empty for anybody else."""
        if not len(self.tombstones):
            return ""
        known = f"subject {identifier}" in self.tombstones or f"email {root(email)}" in self.tombstones
        return BLOCKED if known else ""

    def refusal(self, code: str) -> str:
        """What is said where a payment was declined: that the card is remembered, says the provider itself."""
        return BLOCKED if code == BLOCKED else super().refusal(code)

    def acknowledged(self, turn: Turn, sender: str, message: Any) -> None:
        """What had to be said has been heard; whoever was given a code goes on with it, or has forgotten the matter."""
        self.heard(turn, message.id)
