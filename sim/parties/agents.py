"""Agents: the programs that ask orchestrators for services inside the session of their person.

An agent looks at the catalogue before its first request, asks, tells what must be known, keeps the secret that comes
back in its ``.env``, and reports; told to use a provider it calls there with that secret. It never holds a provider's
tokens. A variable of ``.env`` belongs to a provider (and an environment), and a newer secret replaces the older.

What it has running is a *deployment*: it calls the provider with the secret it was given, until it is given another.
One object is all agents (``alice/agent1``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sim.messages import (
    Add,
    Added,
    ApiCall,
    ApiOk,
    CatalogListing,
    CatalogQuery,
    Done,
    Env,
    Error,
    HandOver,
    Instruct,
    ManageResource,
    Planted,
    Report,
    SubmitInformation,
    Unauthorized,
    UseCommand,
)
from sim.parties._erring import Erring
from sim.party import Message, Turn
from sim.tables import Table

#: Answers after which nothing more is to come.
FINAL = ("complete", "error", "removed")


class Agents(Erring):
    """All agents of a story. ``config`` is its roster."""

    TABLES: ClassVar[tuple[str, ...]] = ("looked", "waiting", "orders", *Erring.TABLES)
    HEARS: ClassVar[Mapping[type[Message], str]] = {
        Instruct: "instruct",
        CatalogListing: "listed",
        Added: "added",
        Error: "refused",
        Done: "heard",
        HandOver: "hand_over",
        UseCommand: "use",
        ApiOk: "served",
        Unauthorized: "turned_away",
        Env: "pulled",
        Planted: "planted",
    }
    WAKES: ClassVar[Mapping[str, str]] = {"beat": "beat", "pull": "pull"}

    looked: Table
    """``agent orchestrator`` → True, once the agent has asked there for a catalogue."""
    waiting: Table
    """``agent request`` → the instruction that waits for the catalogue."""

    def instruct(self, turn: Turn, sender: str, message: Instruct) -> None:
        """The person tells the agent to add a service."""
        turn.act()
        key = f"{turn.me} {message.orchestrator}"
        if message.name or message.verb != "add" or message.environment != "prod" or self._errs(turn):
            self.orders[f"{turn.me} {message.id}"] = message
        if message.verb != "add":
            self._manage(turn, message)
            return
        self.read_texts(turn, message)
        if key in self.looked:
            self.request(turn, message)
            return
        self.looked[key] = True
        self.waiting[f"{turn.me} {message.id}"] = message
        provider = "" if self.wants_all(turn) else message.provider
        turn.send(message.orchestrator, CatalogQuery(message.id, message.session, provider))

    def _errs(self, turn: Turn) -> bool:
        """Whether the instruction matters until it is through, whatever it is."""
        return self.deploys(turn) or bool(self._settings(turn).agent_retries)

    def listed(self, turn: Turn, sender: str, message: CatalogListing) -> None:
        """The catalogue: whether the service is in it, the orchestrator will say."""
        turn.act()
        instruction: Instruct | None = self.waiting.pop(f"{turn.me} {message.id}", None)
        if instruction is not None:
            self.request(turn, instruction)
            if message.says and self.wants_all(turn):
                self.obey(turn, instruction, message)

    def request(self, turn: Turn, message: Instruct) -> None:
        """Ask the orchestrator for a service."""
        turn.send(
            message.orchestrator,
            Add(
                message.id, message.session, message.provider, message.service, message.accept_tos, message.amount,
                message.environment,
            ),
        )  # fmt: skip

    def _manage(self, turn: Turn, order: Instruct) -> None:
        turn.send(
            order.orchestrator,
            ManageResource(
                order.id, order.session, order.provider, order.verb, order.service, order.resource, order.environment,
                order.amount,
            ),
        )  # fmt: skip

    def added(self, turn: Turn, sender: str, message: Added) -> None:
        """How the request stands: a secret goes into ``.env``, the rest to the person."""
        turn.act()
        if message.status == "needs_information":
            self._tell(turn, sender, message)
            return
        order: Instruct | None = None
        if message.status in FINAL:
            order = self.orders.pop(f"{turn.me} {message.id}", None)
            if self.repeats(turn, order, message):
                return
        provider, status = message.resource.partition("/")[0], message.status
        if message.secret:
            if order is not None and order.verb == "add" and not order.name and self.deploys(turn):
                self.deploy(turn, order, message.resource, message.secret)
            self.store(turn, provider, message.secret, "prod" if order is None else order.environment)
        elif status == "removed":
            self.stop(turn, provider, message.resource)
            status = "complete"
        if f"{turn.me} {message.id}" not in self.injected:
            turn.send(self._person(turn), Report(message.id, status, message.code, message.url, message.resource))
        elif message.status in FINAL:
            self.obeyed(turn, message)

    def _tell(self, turn: Turn, orchestrator: str, message: Added) -> None:
        """Tell what must be known: words to search for, then the first name that is offered."""
        order: Instruct | None = self.orders.get(f"{turn.me} {message.id}")
        if order is None or not order.name:
            turn.send(self._person(turn), Report(message.id, "error", "needs_information"))
            return
        told = (f"domain:{message.candidates[0]}",) if message.candidates else (f"search:{order.name}",)
        turn.send(orchestrator, SubmitInformation(message.id, order.session, order.provider, told))

    def refused(self, turn: Turn, sender: str, message: Error) -> None:
        """The orchestrator shows nothing: the session may be over."""
        turn.act()
        if self.waiting.pop(f"{turn.me} {message.id}", None) is not None:
            self.looked.pop(f"{turn.me} {sender}", None)
        if not message.id.startswith("run."):
            turn.send(self._person(turn), Report(message.id, "error", message.code))

    def heard(self, turn: Turn, sender: str, message: Done) -> None:
        """An acknowledgement needs nothing done."""

    def hand_over(self, turn: Turn, sender: str, message: HandOver) -> None:
        """The person hands over a credential made by hand."""
        turn.act()
        self.store(turn, message.provider, message.secret)
        turn.send(sender, Report(message.id, "complete"))

    # --- using it -------------------------------------------------------------------------------------------------

    def use(self, turn: Turn, sender: str, message: UseCommand) -> None:
        """Make one call of a provider's API with the secret in ``.env``."""
        turn.act()
        secret: str = self.env.get(f"{turn.me} {message.provider}", "")
        if secret:
            turn.send(message.provider, ApiCall(message.id, secret))
        else:
            turn.send(sender, Report(message.id, "error", "no_credential"))

    def served(self, turn: Turn, sender: str, message: ApiOk) -> None:
        """It works."""
        turn.act()
        if not self.answered(turn, sender, message.id, served=True):
            turn.send(self._person(turn), Report(message.id, "complete"))

    def turned_away(self, turn: Turn, sender: str, message: Unauthorized) -> None:
        """It does not."""
        turn.act()
        if not self.answered(turn, sender, message.id, served=False):
            turn.send(self._person(turn), Report(message.id, "error", message.code))

    def _person(self, turn: Turn) -> str:
        """Whose agent it is."""
        return turn.me.partition("/")[0]
