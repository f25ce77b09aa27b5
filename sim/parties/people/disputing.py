"""Disputing: what people make of their card statements.

A line says where the money went and, by what the seller calls the charge, what for. People know what they asked for
themselves (``whose``), and how often. Of a charge that somebody else brought about, of a second one for one wish of
theirs, and of what their agent bought by itself, they complain if they notice it (``notices``, drawn for each charge);
any other they may contest all the same (``disputes``, drawn for each charge). Either way it takes them a while
(``disputes_after``). Thieves do not complain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec.structs import replace

from sim.messages import DisputeClosed, DisputeRequest, Done, Statement
from sim.messages.payments import ISSUER
from sim.parties.people.owning import Owning
from sim.parties.people.records import Task, named, root, whose
from sim.party import Command, Message, Turn
from sim.tables import Table

FRIENDLY, FRAUD, AGENT_ERROR = "friendly", "fraud", "agent_error"
#: How charges begin that one's agent brought about without being told: it obeyed a text that it had read.
UNASKED = "ch:obeyed."


class Disputing(Owning):
    """The verb ``dispute``, and complaints of one's own accord."""

    TABLES = (*Owning.TABLES, "wishes", "lines")
    ANSWERS: ClassVar[Mapping[tuple[type[Message], str], str]] = {(Done, "contest"): "contested"}

    wishes: Table
    """``person wish`` → the charge for it; further ones are mistakes."""
    lines: Table
    """``person provider`` → the last charge from there on the person's statement, and what is wrong with it."""

    def statement(self, turn: Turn, sender: str, message: Statement) -> None:
        """A line of the card statement."""
        turn.act()
        charge, wish = message.id, f"{turn.me} {_wish(message.id)}"
        known: str = self.wishes.get(wish, charge)
        self.wishes[wish] = known
        reason = self._wrong(turn.me, charge, known)
        self.lines[f"{turn.me} {message.seller}"] = (charge, reason)
        settings = self.settings(turn)
        question, share = ("disputes", settings.disputes) if reason == FRIENDLY else ("notices", settings.notices)
        if reason != FRIENDLY and self.config.adversary(turn.me):
            return
        if self.says_yes(turn, question, charge, share):
            turn.wake(f"contest {charge} {reason}", settings.disputes_after)

    def _wrong(self, me: str, charge: str, known: str) -> str:
        """What is wrong with a charge, as far as its payer can tell."""
        if whose(charge.removeprefix("ch:")) != me:
            return FRAUD
        return AGENT_ERROR if known != charge or charge.startswith(UNASKED) else FRIENDLY

    def complain(self, turn: Turn, what: str) -> None:
        """The person gets round to contesting a charge."""
        turn.act()
        charge, _, reason = what.partition(" ")
        turn.send(ISSUER, DisputeRequest(f"contest.{turn.me}.{charge}", charge, reason))

    def dispute(self, turn: Turn, command: Command) -> None:
        """Contest the last charge of a provider; where none is on the statement there is nothing to contest."""
        turn.act()
        task = self.task(turn, command, command.object, command.via)
        charge, reason = self.lines.get(f"{task.person} {task.party}", ("", ""))
        if not charge:
            self.end(turn, command.id, task, "nothing")
            return
        turn.cancel(f"contest {charge} {reason}")
        message = DisputeRequest(named(command.id, task), charge, reason)
        self.ask(turn, command.id, replace(task, url=charge), ISSUER, message, "contest")

    def contested(self, turn: Turn, intent: str, task: Task, message: Done) -> None:
        """The issuer looks into it."""
        self.end(turn, intent, task)

    def dispute_decided(self, turn: Turn, sender: str, message: DisputeClosed) -> None:
        """The issuer says how it ended: the money is there, or gone; a person takes note."""


def _wish(charge: str) -> str:
    """What was wanted, of which a charge is a consequence; each month of a plan is a wish of its own.

    >>> _wish("ch:add.alice+resource~2"), _wish("ch:add.alice.month3")
    ('add.alice', 'add.alice.month3')
    """
    return root(charge.removeprefix("ch:"))
