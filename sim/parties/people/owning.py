"""What people do with what they have: rotate, update, remove, link a service; and the way in by a deep link.

An agent does it, in the person's session at the orchestrator. Where a person has services at several orchestrators it
knows which resource came by which.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec.structs import replace

from sim.messages import Click, Error, Instruct, KeyCreated, OpenCommand, Opened, Report, Resource, RotateRequest
from sim.parties.people.records import Task, named, said, said_in
from sim.parties.people.tricking import Tricking
from sim.party import Command, Message, Turn
from sim.tables import Table

#: Verbs that an agent carries out on a resource that is there.
MANAGED = ("rotate", "update", "remove", "link")


class Owning(Tricking):
    """Resources that people have, and how they get at them."""

    TABLES = (*Tricking.TABLES, "owned")
    ANSWERS: ClassVar[Mapping[tuple[type[Message], str], str]] = {
        (Report, "managing"): "managed_by_agent",
        (Error, "managing"): "order_failed",
        (Resource, "managing"): "managed_directly",
        (Opened, "order"): "opened",
    }

    owned: Table
    """``person provider service`` → orchestrator (empty: by hand) and resource, of who uses several orchestrators."""

    def look_after(self, turn: Turn, command: Command) -> None:
        """Have an agent change something about a service; a thief of tokens goes to the provider itself."""
        turn.act()
        task = replace(self.task(turn, command, command.object, command.via), things=said_in(command))
        tokens = self._stolen_tokens(task, "at")
        if tokens and task.verb == "rotate" and not self.session_at_hand(task):
            self._rotate_directly(turn, command.id, task, tokens[-1])
        else:
            self.order_inside(turn, command.id, task)

    def log_in(self, turn: Turn, command: Command) -> None:
        """By way of an orchestrator, its deep link; else at the door."""
        if command.via and not self.is_orchestrator(command.object):
            turn.act()
            self.order_inside(turn, command.id, self.task(turn, command, command.object, command.via))
        else:
            super().log_in(turn, command)

    def order(self, turn: Turn, intent: str, task: Task) -> None:
        """Say it to the agent, or to the orchestrator."""
        if task.verb in MANAGED:
            message = Instruct(
                named(intent, task), task.via, task.session, task.party, task.service, amount=task.amount,
                verb=task.verb, environment=said(task, "environment") or "prod", resource=self._elsewhere(task),
            )  # fmt: skip
            self.ask(turn, intent, task, self.agent(intent, task), message, "managing")
        elif task.verb == "log_in":
            message_ = OpenCommand(named(intent, task), task.session, task.party)
            self.ask(turn, intent, task, task.via, message_, "order")
        else:
            super().order(turn, intent, task)

    # --- how it went ------------------------------------------------------------------------------------------------

    def managed_by_agent(self, turn: Turn, intent: str, task: Task, message: Report) -> None:
        """The agent reports."""
        if message.status == "complete":
            self._remember(task, task.via, message.resource)
            self.end(turn, intent, task)
        else:
            self.order_failed(turn, intent, task, Error(message.id, message.code))

    def add_reported(self, turn: Turn, intent: str, task: Task, message: Report) -> None:
        """The agent reports about something added."""
        if message.status == "complete":
            self._remember(task, task.via, message.resource)
        super().add_reported(turn, intent, task, message)

    def key_created(self, turn: Turn, intent: str, task: Task, message: KeyCreated) -> None:
        """A resource made by hand has a name, too."""
        if message.resource:
            self.owned[f"{task.person} {task.party} {task.service}"] = f" {message.resource}"
        super().key_created(turn, intent, task, message)

    def _remember(self, task: Task, via: str, resource: str) -> None:
        """Keep what came by which orchestrator, where there are several."""
        if resource and len(self.config.orchestrators_of(task.person)) > 1:
            self.owned[f"{task.person} {task.party} {task.service}"] = f"{via} {resource}"

    def _elsewhere(self, task: Task) -> str:
        """The person's resource of that service, if it came another way than by the task's orchestrator."""
        row: str = self.owned.get(f"{task.person} {task.party} {task.service}", "")
        via, _, resource = row.partition(" ")
        return "" if via == task.via else resource

    # --- a deep link ------------------------------------------------------------------------------------------------

    def opened(self, turn: Turn, intent: str, task: Task, message: Opened) -> None:
        """Open the link in a browser, and look round."""
        self.step(turn, task.party, "open_dashboard")
        click = Click(named(intent, task, "open"), message.url)
        self.ask(turn, intent, replace(task, then="look"), task.party, click, "sign_in")

    # --- with stolen tokens -----------------------------------------------------------------------------------------

    def _rotate_directly(self, turn: Turn, intent: str, task: Task, token: str) -> None:
        """Ask the provider itself for a new credential of the first resource that was made with a stolen token."""
        request = token.split(":", 3)[3].rpartition(":")[0]
        resource = f"{task.party}/r:{request}+resource"
        issuer = task.via or self.orchestrator(turn)
        key = self.stolen_key(replace(task, via=issuer))
        key = key if key.startswith("secret:") else ""
        message = RotateRequest(intent, intent, token, key, issuer, resource, 1)
        self.ask(turn, intent, task, task.party, message, "managing")

    def managed_directly(self, turn: Turn, intent: str, task: Task, message: Any) -> None:
        """A new credential, in the thief's hands."""
        self.hold(task, credentials=(*self.ring(task).credentials, message.secret))
        self.end(turn, intent, task)
