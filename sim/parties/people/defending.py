"""Showing one's credentials again, where an orchestrator does not take a session's word for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec.structs import replace

from sim.messages import Report, StepUp
from sim.parties.people.buying import Buying
from sim.parties.people.records import Task, named
from sim.party import Message, Turn

#: What is told where credentials are wanted again.
STEP_UP = "STEP_UP_REQUIRED"


class Defending(Buying):
    """What people do about defences."""

    STEPS: ClassVar[Mapping[str, str]] = {"show_credentials": "show_credentials"}
    ANSWERS: ClassVar[Mapping[tuple[type[Message], str], str]] = {}

    def add_reported(self, turn: Turn, intent: str, task: Task, message: Report) -> None:
        """The agent reports; that somebody must show who they are is the person's business."""
        if message.status == "pending" and message.code == STEP_UP:
            if task.stage == "adding":
                task = replace(task, asked=message.id)
                self.after(turn, intent, task, "show_credentials", self.settings(turn).answers_after)
        else:
            super().add_reported(turn, intent, task, message)

    def show_credentials(self, turn: Turn, intent: str, task: Task) -> None:
        """Show password and second factor: one's own, whoever's session it is."""
        self.step(turn, task.via, "step_up")
        password, factor = self.password(task, task.via), self.factor(turn, task.via, "orchestrator")
        message = StepUp(named(intent, task, "step_up"), task.asked or named(intent, task), password, factor)
        self.ask(turn, intent, task, task.via, message, "adding")
