"""Disputes as the card's issuer and the network between the banks conduct them, stage by stage.

A cardholder has 120 days from the day a charge is processed ([PAR2]_). A complaint is looked at, becomes a chargeback,
and the merchant has 30 to 45 days to answer, by network; silence is acceptance. Evidence is weighed; then the dispute
is won or lost for the merchant, or goes on: to pre-arbitration, where the merchant may still give in, and to
arbitration. How long the banks take is assumed within the bound of 30 + 30 + 45 + 45 days after the filing.

.. [PAR2] https://www.paymentsandrisk.com/docs/reference/time-frames
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from sim.clock import DAY
from sim.facts import Disputed, DisputeDecided, DisputeMoved, FraudReported, Transition
from sim.messages import Cleared, DisputeClosed, DisputeOpened, DisputeRequest, DisputeResponse, Done, Error, Statement
from sim.messages.payments import PROCESSOR
from sim.parties.issuer.cards import Cards
from sim.party import Message, Turn
from sim.tables import Table

#: A charge may be contested for so long, microseconds, from the day it is processed ([PAR2]_).
FILING = 120 * DAY
#: The merchant must answer a chargeback within so long, by network ([PAR2]_).
RESPONSE: Mapping[str, int] = {"visa": 30 * DAY, "mastercard": 45 * DAY, "amex": 20 * DAY, "discover": 30 * DAY}
#: How long the issuer looks at a complaint, weighs evidence, waits in pre-arbitration, and arbitration takes (assumed).
INQUIRY, REVIEW, PRE_ARBITRATION, ARBITRATION = DAY, 30 * DAY, 45 * DAY, 45 * DAY


class Line(msgspec.Struct, frozen=True, gc=False):
    """A charge that may still be contested: on whose card, for which seller."""

    person: str
    seller: str
    amount: int


class Case(msgspec.Struct, frozen=True, gc=False):
    """A dispute under way."""

    charge: str
    line: Line
    reason: str
    network: str
    stage: str


class Disputes(Cards):
    """The part that conducts disputes."""

    TABLES = (*Cards.TABLES, "lines", "cases")

    lines: Table
    """Charge → ``Line``, while it may be contested."""
    cases: Table
    """Dispute → ``Case``; closed ones stay as long as their charge may be contested."""

    # --- statements -------------------------------------------------------------------------------------------------

    def cleared(self, turn: Turn, sender: str, message: Cleared) -> None:
        """A charge has been processed: it is on its holder's statement, and may be contested."""
        if sender == PROCESSOR and message.id not in self.lines:
            self.lines[message.id] = Line(message.person, message.seller, message.amount)
            turn.wake(f"window {message.id}", FILING)
            turn.send(message.person, Statement(message.id, message.seller, message.amount))

    def window_closes(self, turn: Turn, what: str) -> None:
        """A charge can be contested no more."""
        self.lines.pop(what, None)
        case: Case | None = self.cases.get(_dispute(what))
        if case is not None and case.stage == "closed":
            del self.cases[_dispute(what)]

    # --- stages -----------------------------------------------------------------------------------------------------

    def contest(self, turn: Turn, sender: str, message: DisputeRequest) -> None:
        """A cardholder complains of a charge on the own card, once and in time."""
        line: Line | None = self.lines.get(message.charge)
        dispute = _dispute(message.charge)
        if line is None or line.person != sender:
            turn.send(sender, Error(message.id, "not_disputable"))
            return
        if dispute not in self.cases:
            network = self.config.config(sender).card_network
            case = Case(message.charge, line, message.reason, network, "absent")
            turn.note(Disputed(dispute, message.charge, sender, line.seller, line.amount, message.reason, network))
            self._move(turn, dispute, case, "inquiry", INQUIRY)
            if message.reason == "fraud":
                turn.note(FraudReported(message.charge, line.seller, line.amount))
        turn.send(sender, Done(message.id))

    def _move(self, turn: Turn, dispute: str, case: Case, after: str, lasts: int) -> Case:
        """On to a stage that lasts so long at most; 0: it is an end, and nothing is waited for."""
        turn.note(DisputeMoved(dispute, case.stage, after))
        turn.note(Transition("dispute", dispute, case.stage, after))
        case = self.cases[dispute] = replace(case, stage=after)
        if lasts:
            turn.wake(f"stage {dispute}", lasts)
        else:
            turn.cancel(f"stage {dispute}")
        return case

    def next_stage(self, turn: Turn, what: str) -> None:
        """The time of a stage is up."""
        case: Case = self.cases[what]
        if case.stage == "inquiry":
            self._open(turn, what, self._move(turn, what, case, "chargeback", RESPONSE[case.network]))
        elif case.stage in ("chargeback", "pre_arbitration"):
            self._accepted(turn, what, case)
        elif case.stage == "represented":
            self._weigh(turn, what, case)
        else:
            self._close(turn, what, case, won=self._wins(turn, what, case))

    def _open(self, turn: Turn, dispute: str, case: Case) -> None:
        """Tell the merchant, by way of the processor; it learns whether it is said to be fraud."""
        reason = "fraud" if case.reason == "fraud" else "other"
        request, line = f"{dispute}+{case.stage}", case.line
        self.say(turn, PROCESSOR, DisputeOpened(request, dispute, case.charge, line.amount, reason, case.stage))

    def answered(self, turn: Turn, sender: str, message: DisputeResponse) -> None:
        """The merchant's answer; one that comes too late counts for nothing."""
        turn.send(sender, Done(message.id))
        case: Case | None = self.cases.get(message.dispute)
        if case is None or case.stage != message.stage:
            return
        if message.answer == "accept":
            self._accepted(turn, message.dispute, case)
        elif case.stage == "chargeback":
            self._move(turn, message.dispute, case, "represented", REVIEW)
        else:
            self._move(turn, message.dispute, case, "arbitration", ARBITRATION)

    def _accepted(self, turn: Turn, dispute: str, case: Case) -> None:
        """The merchant gives in, or says nothing in time."""
        self._close(turn, dispute, self._move(turn, dispute, case, "accepted", 0), won=False)

    def _weigh(self, turn: Turn, dispute: str, case: Case) -> None:
        """The evidence is weighed: decided, or the issuer goes on."""
        settings = self.config.config(case.line.seller).disputes
        if turn.decide(f"pre_arbitration {dispute}", settings.pre_arbitration):
            self._open(turn, dispute, self._move(turn, dispute, case, "pre_arbitration", PRE_ARBITRATION))
            return
        won = self._wins(turn, dispute, case)
        self._close(turn, dispute, self._move(turn, dispute, case, "won" if won else "lost", 0), won=won)

    def _wins(self, turn: Turn, dispute: str, case: Case) -> bool:
        """Whether the merchant wins what it fights for: a share, drawn for each dispute."""
        share: float = self.config.config(case.line.seller).disputes.wins
        return turn.decide(f"wins {dispute}", share)

    def _close(self, turn: Turn, dispute: str, case: Case, *, won: bool) -> None:
        line, outcome = case.line, "won" if won else "lost"
        self._move(turn, dispute, case, "closed", 0)
        turn.note(DisputeDecided(dispute, case.charge, line.person, line.seller, line.amount, outcome))
        closed = DisputeClosed(f"{dispute}+closed", dispute, outcome)
        self.say(turn, PROCESSOR, closed)
        turn.send(line.person, closed)
        if case.charge not in self.lines:
            del self.cases[dispute]

    def acknowledged(self, turn: Turn, sender: str, message: Message) -> None:
        """The processor knows."""
        if sender == PROCESSOR:
            self.heard(turn, message.id)


def _dispute(charge: str) -> str:
    """The dispute about a charge."""
    return f"dp:{charge}"
