"""A lock that opens after one word of key strokes, and messages that are equal to each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sim.clock import NEVER, Uniform
from sim.explore.model import Channel, Model, Setting
from sim.knowledge import Knowledge
from sim.party import Fact, Message, Party, Turn
from sim.property import Property, See
from sim.tables import Table
from sim.truth import Truth
from sim.world import MakeTable, World

WHENEVER = Uniform(0, NEVER)


class Opened(Fact, frozen=True, tag="lock_opened"): ...


class Rang(Fact, frozen=True, tag="lock_rang"):
    times: int


class Ring(Message, frozen=True, tag="lock_ring"): ...


class Lock(Party):
    """Opens when the last strokes are the word; a wrong stroke begins anew."""

    TABLES: ClassVar[tuple[str, ...]] = ("at",)
    WAKES: ClassVar[Mapping[str, str]] = {"stroke": "stroke"}
    at: Table

    def start(self, turn: Turn) -> None:
        self.at["n"] = 0
        for key in "abc":
            turn.wake(f"stroke {key}", WHENEVER)

    def stroke(self, turn: Turn, what: str) -> None:
        turn.wake(f"stroke {what}", WHENEVER)
        number = self.at["n"]
        self.at["n"] = number + 1 if self.config[number] == what else int(self.config[0] == what)
        if self.at["n"] == len(self.config):
            self.at["n"] = 0
            turn.note(Opened())


class Bell(Party):
    """Sends itself the same message twice, and counts."""

    TABLES: ClassVar[tuple[str, ...]] = ("heard",)
    HEARS: ClassVar[Mapping[type[Message], str]] = {Ring: "ring"}
    heard: Table

    def start(self, turn: Turn) -> None:
        turn.send("bell", Ring("r"))
        turn.send("bell", Ring("r"))

    def ring(self, turn: Turn, sender: str, message: Ring) -> None:
        self.heard["n"] = self.heard.get("n", 0) + 1
        turn.note(Rang(self.heard["n"]))


class StaysShut(Property):
    READS: ClassVar[Mapping[type[Fact], str]] = {Opened: "open"}

    def open(self, fact: Opened, see: See) -> None:
        see.violated(self, "the lock is open")


class RingsOnce(Property):
    READS: ClassVar[Mapping[type[Fact], str]] = {Rang: "rang"}

    def rang(self, fact: Rang, see: See) -> None:
        if fact.times == 2:
            see.violated(self, "the bell rang twice")


def _setting(party: Party, fold: Property, make: MakeTable) -> Setting:
    truth = Truth(lambda address: "", lambda name: False)
    knowledge = Knowledge(frozenset(), lambda name: name, everyone=False)
    return Setting(World({party.name: party}, truth, knowledge, (fold,), make))


def lock(word: str) -> Model:
    return Model(lambda make: _setting(Lock("lock", word), StaysShut("stays_shut"), make))


def bell(at_most: int = NEVER) -> Model:
    return Model(
        lambda make: _setting(Bell("bell", None), RingsOnce("rings_once"), make), lambda a, b: Channel(0, at_most)
    )
