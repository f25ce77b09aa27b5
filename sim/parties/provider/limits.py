"""Limits and probation: how often a provider may be asked, and what a new account may not do yet.

Counted are requests that are believed and new: one that is refused anyway, or repeated, costs nobody a token. Where a
call comes from is its *caller*; parties of one group call from one place (assumed).
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.claims import domain, root
from sim.facts import Quarantined, QuarantineLifted
from sim.messages import AccountRequest, ResourceRequest, ServiceUpdate
from sim.parties._limiter import RATE_LIMITED, Limiter
from sim.parties.provider.billing import Billing
from sim.party import Turn
from sim.tables import Table

#: Code of what a new account may not do yet (assumed).
QUARANTINED = "account_quarantined"


class Limits(Billing, Limiter):
    """The part that says not so fast, and not yet."""

    TABLES = (*Billing.TABLES, *Limiter.TABLES, "quarantined")

    quarantined: Table
    """Account → True, while it may do nothing that costs or computes."""

    # --- how often --------------------------------------------------------------------------------------------------

    def too_many(self, turn: Turn, sender: str, message: AccountRequest, identifier: str) -> str:
        """Why an account request is one too many; empty if it is not."""
        claim = message.attestation
        keys = self._keys(sender, claim.issuer, identifier, claim.email)
        return "" if self.admits(turn, "account_requests", keys, identifier, message.id) else RATE_LIMITED

    def _keys(self, sender: str, issuer: str, person: str, email: str) -> Mapping[str, str]:
        return {
            "issuer": issuer,
            "caller": self.block_of(sender),
            "person": person,
            "domain": domain(email),
            "address_root": root(email),
        }

    def create(self, turn: Turn, sender: str, message: ResourceRequest, grant: str) -> None:
        """Made, unless the account is on probation or there were too many."""
        row = self.grants[grant]
        if self.rests(row.account) and self._costs(message.service, message.amount):
            self.refuse(turn, sender, message.id, QUARANTINED)
            return
        if self.config.limits:
            keys = self._keys(sender, row.issuer, row.account, self.accounts[row.account].email)
            if not self.admits(turn, "resource_requests", keys, row.account, message.id):
                self.refuse(turn, sender, message.id, RATE_LIMITED)
                return
        super().create(turn, sender, message, grant)

    def update(self, turn: Turn, sender: str, message: ServiceUpdate, grant: str) -> None:
        """Changed, unless that costs and the account is on probation."""
        if self.rests(self.grants[grant].account) and self._costs(message.service, message.amount):
            self.refuse(turn, sender, message.id, QUARANTINED)
        else:
            super().update(turn, sender, message, grant)

    # --- what not yet -----------------------------------------------------------------------------------------------

    def rests(self, account: str) -> bool:
        """Whether ``account`` is on probation."""
        return bool(self.config.quarantine.most) and account in self.quarantined

    def _costs(self, service: str, amount: int) -> bool:
        """Whether a service costs money, or is more than a plan: something that runs."""
        return bool(amount or self.price(service)) or self.catalogue_rows[service].kind != "plan"

    def put_on_probation(self, turn: Turn, account: str) -> None:
        """A new account, made on an issuer's word, starts on probation."""
        self.quarantined[account] = True
        turn.note(Quarantined(self.name, account))
        turn.wake(f"release {account}", self.config.quarantine)

    def release(self, turn: Turn, what: str) -> None:
        """An account has been quiet for long enough."""
        if self.quarantined.pop(what, False):
            turn.note(QuarantineLifted(self.name, what))
