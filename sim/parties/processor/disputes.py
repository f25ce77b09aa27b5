"""Disputes at the processor: it stands between issuer and seller, and moves the money.

With a chargeback the amount goes back to the cardholder at once and the seller pays a fee; whoever represents it pays
the fee a second time; a win brings the amount and the second fee back ([STR]_: what is returned; [CBG]_: 15 usd each).
Out of a *reserve* a chargeback is paid first; the rest of it is the seller's when its time is over.

.. [STR] https://support.stripe.com/questions/june-2025-pricing-updates-for-disputes
.. [CBG] https://www.chargebackgurus.com/blog/stripe-dispute-fees
"""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from sim.facts import Posted, Released, Reserved
from sim.messages import (
    CardBlock,
    Cleared,
    DisputeClosed,
    DisputeOpened,
    DisputeResponse,
    Done,
    Error,
    PaymentIntent,
    Refund,
)
from sim.messages.payments import ISSUER, holder
from sim.parties._telling import Telling, first
from sim.parties.processor.captures import Captures
from sim.parties.processor.records import Charge, Token
from sim.party import Turn
from sim.tables import Table


class Case(msgspec.Struct, frozen=True, gc=False):
    """A dispute about a charge: the amount, whether the seller fought for it, and how it ended (empty: it is open)."""

    charge: str
    amount: int
    fought: bool = False
    outcome: str = ""


class Disputes(Captures, Telling):
    """The part between issuer and seller. ``contested`` says whether anybody in the story may contest a charge."""

    TABLES: ClassVar[tuple[str, ...]] = (*Captures.TABLES, *Telling.TABLES, "cases", "reserves", "blocked")

    cases: Table
    """Dispute → ``Case``."""
    reserves: Table
    """Charge → cents of it that are held back."""
    blocked: Table
    """(seller, holder of a card) → True: the seller wants nothing to do with that card any more."""

    contested = False

    def _person(self, row: Charge) -> str:
        """Whose card a charge was made with."""
        token: Token = self.tokens[row.token]
        return holder(token.ask.card)

    # --- processed charges ------------------------------------------------------------------------------------------

    def settle(self, turn: Turn, what: str) -> None:
        """The money reaches the seller, some of it later; and the charge comes onto the cardholder's statement."""
        super().settle(turn, what)
        row: Charge = self.charges[what]
        if not row.settled or not self.contested:
            return
        amount = row.amount - row.refunded
        turn.send(ISSUER, Cleared(what, self._person(row), row.seller, amount))
        held = self.config.config(row.seller).disputes.reserve
        if held.most:
            self.reserves[what] = amount
            turn.note(Reserved(what, row.seller, amount))
            turn.note(Posted(what, "reserve", ((f"provider:{row.seller}", -amount), ("processor", amount))))
            turn.wake(f"release {what}", held)

    def release(self, turn: Turn, what: str) -> None:
        """What was held back of a charge, and is still there, is the seller's."""
        amount: int = self.reserves.pop(what, 0)
        if amount:
            row: Charge = self.charges[what]
            turn.note(Released(what, row.seller, amount))
            turn.note(Posted(what, "release", (("processor", -amount), (f"provider:{row.seller}", amount))))

    def refund(self, turn: Turn, sender: str, message: Refund) -> None:
        """What was charged back, or may be, cannot be given back as well."""
        case: Case | None = self.cases.get(f"dp:{message.charge}")
        if case is not None and case.outcome != "won":
            turn.send(sender, Error(message.id, "charge_disputed"))
        else:
            super().refund(turn, sender, message)

    # --- disputes ---------------------------------------------------------------------------------------------------

    def dispute_opened(self, turn: Turn, sender: str, message: DisputeOpened) -> None:
        """The issuer opens a dispute, or takes it to the next stage: the money moves, and the seller is told."""
        turn.send(sender, Done(message.id))
        row: Charge | None = self.charges.get(message.charge)
        if sender != ISSUER or row is None or first(message.id) in self.said:
            return
        if message.dispute not in self.cases:
            amount = min(message.amount, row.amount - row.refunded)
            self.cases[message.dispute] = Case(message.charge, amount)
            self._charge_back(turn, message, row, amount)
        elif message.stage == "chargeback":
            return  # a second copy
        self.say(turn, row.seller, replace(message, id=first(message.id)))

    def _charge_back(self, turn: Turn, message: DisputeOpened, row: Charge, amount: int) -> None:
        """The cardholder has the money back for now, out of what is held back first."""
        held = min(self.reserves.get(message.charge, 0), amount)
        if held:
            self.reserves[message.charge] -= held
        seller, person = f"provider:{row.seller}", f"person:{self._person(row)}"
        lines = ((seller, held - amount), ("processor", -held), (person, amount))
        turn.note(Posted(message.dispute, "chargeback", tuple(line for line in lines if line[1])))
        self._fee(turn, message.dispute, row.seller, "dispute_fee", 1)

    def _fee(self, turn: Turn, dispute: str, seller: str, why: str, sign: int) -> None:
        """The seller pays the fee for a dispute, or (``sign`` -1) has it back."""
        fee = sign * int(self.config.config(seller).disputes.fee)
        if fee:
            turn.note(Posted(dispute, why, ((f"provider:{seller}", -fee), ("processor", fee))))

    def dispute_response(self, turn: Turn, sender: str, message: DisputeResponse) -> None:
        """The seller's answer, on its way to the issuer; fighting costs a second fee."""
        turn.send(sender, Done(message.id))
        case: Case | None = self.cases.get(message.dispute)
        if case is None or case.outcome or self.charges[case.charge].seller != sender:
            return
        if message.answer == "represent" and not case.fought:
            self.cases[message.dispute] = replace(case, fought=True)
            self._fee(turn, message.dispute, sender, "counter_fee", 1)
        self.say(turn, ISSUER, replace(message, id=first(message.id)))

    def dispute_closed(self, turn: Turn, sender: str, message: DisputeClosed) -> None:
        """The issuer's decision: a win brings the money back, and the fee for fighting."""
        turn.send(sender, Done(message.id))
        case: Case | None = self.cases.get(message.dispute)
        if sender != ISSUER or case is None or case.outcome:
            return
        self.cases[message.dispute] = replace(case, outcome=message.outcome)
        row: Charge = self.charges[case.charge]
        if message.outcome == "won":
            back = ((f"person:{self._person(row)}", -case.amount), (f"provider:{row.seller}", case.amount))
            turn.note(Posted(message.dispute, "reversal", back))
            if case.fought:
                self._fee(turn, message.dispute, row.seller, "counter_fee_returned", -1)
        self.say(turn, row.seller, replace(message, id=first(message.id)))

    # --- cards that a seller does not want any more -----------------------------------------------------------------

    def block(self, turn: Turn, sender: str, message: CardBlock) -> None:
        """A seller has a card kept away that it knows by a charge only."""
        row: Charge | None = self.charges.get(message.charge)
        if row is None or row.seller != sender:
            turn.send(sender, Error(message.id, "unknown_charge"))
            return
        key = (sender, self._person(row))
        if message.off:
            self.blocked.pop(key, None)
        else:
            self.blocked[key] = True
        turn.send(sender, Done(message.id))

    def _fault(self, sender: str, message: PaymentIntent) -> str:
        code = super()._fault(sender, message)
        if code or not len(self.blocked):
            return code
        token: Token = self.tokens[message.payment_token]
        return "blocked" if (sender, holder(token.ask.card)) in self.blocked else ""

    def acknowledged(self, turn: Turn, sender: str, message: Any) -> None:
        """Whoever was told something knows it."""
        if not self.heard(turn, message.id):
            super().acknowledged(turn, sender, message)
