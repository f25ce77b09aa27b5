"""Agents: the programs that ask orchestrators for services inside the session of their person.

An agent looks at the catalogue before its first request, asks, keeps the secret that comes back in its ``.env``, and
reports; told to use a provider it calls there with that secret. It never holds a provider's tokens. A variable of
``.env`` belongs to a provider, and a newer secret replaces the older. One object is all agents (``alice/agent1``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sim.facts import SecretStored
from sim.messages import (
    Add,
    Added,
    ApiCall,
    ApiOk,
    CatalogListing,
    CatalogQuery,
    Done,
    Error,
    HandOver,
    Instruct,
    Report,
    Unauthorized,
    UseCommand,
)
from sim.party import Message, Party, Turn
from sim.tables import Table


class Agents(Party):
    """All agents of a story. ``config`` is its roster."""

    TABLES: ClassVar[tuple[str, ...]] = ("looked", "waiting", "env")
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
    }

    looked: Table
    """``agent orchestrator`` → True, once the agent has asked there for a catalogue."""
    waiting: Table
    """``agent request`` → the instruction that waits for the catalogue."""
    env: Table
    """``agent provider`` → the secret in ``.env``."""

    def instruct(self, turn: Turn, sender: str, message: Instruct) -> None:
        """The person tells the agent to add a service."""
        turn.act()
        key = f"{turn.me} {message.orchestrator}"
        if key in self.looked:
            self._add(turn, message)
            return
        self.looked[key] = True
        self.waiting[f"{turn.me} {message.id}"] = message
        turn.send(message.orchestrator, CatalogQuery(message.id, message.session, message.provider))

    def listed(self, turn: Turn, sender: str, message: CatalogListing) -> None:
        """The catalogue: whether the service is in it, the orchestrator will say."""
        turn.act()
        instruction: Instruct | None = self.waiting.pop(f"{turn.me} {message.id}", None)
        if instruction is not None:
            self._add(turn, instruction)

    def _add(self, turn: Turn, message: Instruct) -> None:
        turn.send(
            message.orchestrator,
            Add(message.id, message.session, message.provider, message.service, message.accept_tos, message.amount),
        )

    def added(self, turn: Turn, sender: str, message: Added) -> None:
        """How the request stands: a secret goes into ``.env``, the rest to the person."""
        turn.act()
        if message.secret:
            self._store(turn, message.resource.partition("/")[0], message.secret)
        turn.send(self._person(turn), Report(message.id, message.status, message.code, message.url))

    def refused(self, turn: Turn, sender: str, message: Error) -> None:
        """The orchestrator shows nothing: the session may be over."""
        turn.act()
        if self.waiting.pop(f"{turn.me} {message.id}", None) is not None:
            self.looked.pop(f"{turn.me} {sender}", None)
        turn.send(self._person(turn), Report(message.id, "error", message.code))

    def heard(self, turn: Turn, sender: str, message: Done) -> None:
        """An acknowledgement needs nothing done."""

    def hand_over(self, turn: Turn, sender: str, message: HandOver) -> None:
        """The person hands over a credential made by hand."""
        turn.act()
        self._store(turn, message.provider, message.secret)
        turn.send(sender, Report(message.id, "complete"))

    def _store(self, turn: Turn, provider: str, secret: str) -> None:
        """Write a secret into ``.env``."""
        self.env[f"{turn.me} {provider}"] = secret
        turn.note(SecretStored(turn.me, secret, provider))

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
        turn.send(self._person(turn), Report(message.id, "complete"))

    def turned_away(self, turn: Turn, sender: str, message: Unauthorized) -> None:
        """It does not."""
        turn.act()
        turn.send(self._person(turn), Report(message.id, "error", message.code))

    def _person(self, turn: Turn) -> str:
        """Whose agent it is."""
        return turn.me.partition("/")[0]
