"""Buying: a card on file at the orchestrator, which anything paid requires, and the ceiling that only people raise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec.structs import replace

from sim.messages import CardAsked, CardGiven
from sim.messages.payments import card_of
from sim.parties.people.adding import Adding
from sim.parties.people.records import PATIENCE, Task, digits, named
from sim.party import Command, Message, Turn


class Buying(Adding):
    """What people do about money before it is spent."""

    STEPS: ClassVar[Mapping[str, str]] = {"give_card": "give_card"}
    ANSWERS: ClassVar[Mapping[tuple[type[Message], str], str]] = {}

    def card_asked(self, turn: Turn, sender: str, message: CardAsked) -> None:
        """The orchestrator wants a card: put on file at leisure, for a request of one's own."""
        turn.act()
        found = self.find(turn.me, message.id)
        if found is None or found[1].stage != "adding" or not self.card(turn, found[1]):
            turn.send(sender, CardGiven(message.id))
        else:
            self.after(turn, *found, "give_card", self.settings(turn).answers_after)

    def card(self, turn: Turn, task: Task) -> str:
        """The card that a person would pay with at ``task.via``; empty if there is none.

        A thief pays with what it stole: as somebody with that person's card, as people it makes up with one card after
        another.
        """
        if task.alias != task.person and (stolen := self.stolen_card(task)):
            return stolen
        return "" if self.settings(turn).card == "no" else card_of(task.via, task.person)

    def stolen_card(self, task: Task) -> str:
        """A stolen card for whoever the thief pretends to be; empty if it has none."""
        own: tuple[str, ...] = self.loots.get(f"{task.person} card {task.alias}", ())
        if own:
            return own[0]
        cards = self.stolen_cards(task.person) if task.alias.startswith(f"{task.person}.new") else ()
        return cards[int(digits(task.alias)) % len(cards)] if cards else ""

    def stolen_cards(self, thief: str) -> tuple[str, ...]:
        """Every card that ``thief`` has stolen, one for each victim."""
        if not self.config.adversary(thief) or not len(self.loots):
            return ()
        begins = f"{thief} card "
        return tuple(atoms[0] for key, atoms in self.loots.ordered() if key.startswith(begins) and atoms)

    def give_card(self, turn: Turn, intent: str, task: Task) -> None:
        """Put the card on file."""
        self.step(turn, task.via, "add_card")
        self.tasks[intent] = replace(task, due="")
        turn.wake(f"patience {intent}", PATIENCE)
        turn.send(task.via, CardGiven(named(intent, task), self.card(turn, task)))

    def raise_cap(self, turn: Turn, command: Command) -> None:
        """Set the ceiling: ``via`` a provider for this one, else for all that have none of their own."""
        turn.act()
        here = not command.via or self.is_orchestrator(command.via)
        via = (command.via if here else "") or self.orchestrator(turn)
        self.order_inside(turn, command.id, self.task(turn, command, via if here else command.via, via))
