"""Small worlds made up at random: parties with a few records each, timers at the scale of latencies, three properties.

Every service of a turn that makes orders matter is used: records read and written, messages, wakes set and taken back,
choices, facts, deadlines. ``twins`` are members of one group that do the same.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import msgspec

from sim.clock import Uniform
from sim.explore.model import Channel, Model, Setting
from sim.explore.things import End
from sim.knowledge import Knowledge
from sim.party import Fact, Message, Party, Turn
from sim.property import Property, See
from sim.tables import Table
from sim.truth import Truth
from sim.world import MakeTable, World

WAKES = ("x", "y")
KINDS = ("m", "n")
CELLS = ("a", "b")

Op = tuple[Any, ...]


class Said(Message, frozen=True, tag="net_said"):
    kind: str


class One(Fact, frozen=True, tag="net_one"):
    value: int
    who: str


class Two(Fact, frozen=True, tag="net_two"):
    who: str


class Three(Fact, frozen=True, tag="net_three"):
    who: str


class Net(msgspec.Struct, frozen=True):
    """What each party does, by what happens to it; ``twins`` do what ``twin`` says."""

    parties: Mapping[str, Mapping[str, tuple[Op, ...]]]
    latency: tuple[int, int]
    until: int
    within: int
    twins: tuple[str, ...] = ()


class Node(Party):
    """Does what its net says."""

    TABLES: ClassVar[tuple[str, ...]] = ("cells", "fuel")
    HEARS: ClassVar[Mapping[type[Message], str]] = {Said: "hear"}
    WAKES: ClassVar[Mapping[str, str]] = dict.fromkeys(WAKES, "ring")
    cells: Table
    fuel: Table

    def start(self, turn: Turn) -> None:
        self._do(turn, self.config["start"], "")

    def ring(self, turn: Turn, what: str) -> None:
        self._do(turn, self.config[f"wake {what}"], "")

    def hear(self, turn: Turn, sender: str, message: Said) -> None:
        self._do(turn, self.config[f"hear {message.kind}"], sender)

    def _do(self, turn: Turn, ops: Sequence[Op], sender: str) -> None:
        for op in ops:
            self._one(turn, op, sender)

    def _one(self, turn: Turn, op: Op, sender: str) -> None:
        word, *rest = op
        if word == "set":
            self.cells[rest[0]] = rest[1]
        elif word == "inc":
            self.cells[rest[0]] = (self.cells.get(rest[0], 0) + 1) % 3
        elif word == "if":
            self._do(turn, rest[2] if self.cells.get(rest[0], 0) == rest[1] else rest[3], sender)
        elif word == "choose":
            self._do(turn, rest[0] if turn.decide(f"{self.name}", 0.5) else rest[1], sender)
        elif word == "cancel":
            turn.cancel(f"{rest[0]} {rest[0]}")
        elif word == "note":
            kind, cell = rest
            fact = One(self.cells.get(cell, 0), self.name) if kind == 1 else (Two, Three)[kind - 2](self.name)
            turn.note(fact)
        elif word == "again":  # for ever
            turn.wake(f"{rest[0]} {rest[0]}", Uniform(rest[1], rest[2]))
        elif word == "look":  # at a name
            self._do(turn, rest[1] if sender == rest[0] else (), sender)
        elif self._burns():
            if word == "send":
                to = (sender or self.name) if rest[0] == "sender" else rest[0]
                turn.send(to, Said(self.name, rest[1]))
            else:
                turn.wake(f"{rest[0]} {rest[0]}", Uniform(rest[1], rest[2]))

    def _burns(self) -> bool:
        left = self.fuel.get("n", 4)
        if left:
            self.fuel["n"] = left - 1
        return bool(left)


class Ordered(Property):
    """No one after a two, unless a three was between."""

    MEMORY: ClassVar[tuple[str, ...]] = ("open",)
    READS: ClassVar[Mapping[type[Fact], str]] = {One: "one", Two: "two", Three: "three"}
    open: Table

    def one(self, fact: One, see: See) -> None:
        if "two" in self.open:
            see.violated(self, "a one after a two")

    def two(self, fact: Two, see: See) -> None:
        self.open["two"] = True

    def three(self, fact: Three, see: See) -> None:
        self.open.pop("two", None)


class Small(Property):
    """No one has the value 2."""

    READS: ClassVar[Mapping[type[Fact], str]] = {One: "one"}

    def one(self, fact: One, see: See) -> None:
        if fact.value == 2:
            see.violated(self, "a one of 2")


class Prompt(Property):
    """After a two, a three of the same party within a while."""

    MEMORY: ClassVar[tuple[str, ...]] = ("open",)
    READS: ClassVar[Mapping[type[Fact], str]] = {Two: "two", Three: "three"}
    open: Table

    def two(self, fact: Two, see: See) -> None:
        if fact.who not in self.open:
            self.open[fact.who] = True
            see.deadline(self, fact.who, self.within or 0)

    def three(self, fact: Three, see: See) -> None:
        if self.open.pop(fact.who, None):
            see.met(self, fact.who)

    def due(self, key: str, see: See) -> None:
        del self.open[key]
        see.violated(self, f"no three of {key}")


class Reaches(Property):
    KIND = "sometimes"
    READS: ClassVar[Mapping[type[Fact], str]] = {Three: "three"}

    def three(self, fact: Three, see: See) -> None:
        see.violated(self, "a three")


def _ops(rng: random.Random, names: Sequence[str], depth: int = 0) -> tuple[Op, ...]:
    return tuple(_op(rng, names, depth) for _ in range(rng.choice((0, 1, 1, 2, 2, 3) if depth < 2 else (0, 1))))


def _op(rng: random.Random, names: Sequence[str], depth: int) -> Op:
    word = rng.choice(("set", "inc", "if", "if", "choose", "cancel", "note", "note", "send", "send", "send", "wake"))
    if word == "set":
        return word, rng.choice(CELLS), rng.randrange(3)
    if word == "inc":
        return word, rng.choice(CELLS)
    if word == "if":
        ways = _ops(rng, names, depth + 1), _ops(rng, names, depth + 1)
        return word, rng.choice(CELLS), rng.randrange(3), *ways
    if word == "choose":
        return word, _ops(rng, names, depth + 1), _ops(rng, names, depth + 1)
    if word == "cancel":
        return word, rng.choice(WAKES)
    if word == "note":
        return word, rng.randrange(1, 4), rng.choice(CELLS)
    if word == "send":
        return word, rng.choice((*names, "sender")), rng.choice(KINDS)
    low = rng.randrange(6)
    return word, rng.choice(WAKES), low, low + rng.choice((0, 0, 1, 3))


def _acts(rng: random.Random, names: Sequence[str]) -> dict[str, tuple[Op, ...]]:
    low = rng.randrange(5)
    begins: tuple[Op, ...] = (("wake", "x", low, low + rng.choice((0, 2, 4))), *_ops(rng, names))
    others = {f"wake {name}": _ops(rng, names) for name in WAKES} | {f"hear {kind}": _ops(rng, names) for kind in KINDS}
    return {"start": begins} | others


def net(seed: int, parties: int = 3, twins: int = 0) -> Net:
    """A world made up from ``seed``."""
    rng = random.Random(seed)
    names = [f"p{number}" for number in range(parties)]
    acts = {name: _acts(rng, names) for name in names}
    same = tuple(f"t{number}" for number in range(1, twins + 1))
    if twins:
        told = _acts(rng, names)
        acts |= dict.fromkeys(same, told)
    low = rng.randrange(3)
    return Net(acts, (low, low + rng.choice((0, 2, 5))), rng.choice((12, 25)), rng.choice((2, 6)), same)


class Curtain:
    """A story without steps that ends."""

    def __init__(self, until: int) -> None:
        self._until = until

    def watch(self, system: Any) -> None:
        """There is nothing to wait for."""

    def begin(self, system: Any) -> None:
        system.add(system.thing(End), self._until, self._until)


class Nets(Setting):
    """The members of a group can be told apart by nothing but their names."""

    def __init__(self, world: World, twins: tuple[str, ...]) -> None:
        super().__init__(world)
        self._twins = twins

    def alike(self) -> tuple[tuple[str, ...], ...]:
        return (self._twins,) if self._twins else ()


def model(made: Net) -> Model:
    def setting(make: MakeTable) -> Setting:
        routes: dict[str, Party] = {name: Node(name, acts) for name, acts in made.parties.items()}
        folds = (Ordered("ordered"), Small("small"), Prompt("prompt", made.within), Reaches("reaches"))
        truth = Truth(lambda address: "", lambda name: False)
        knowledge = Knowledge(frozenset(), lambda name: name, everyone=False)
        return Nets(World(routes, truth, knowledge, folds, make), made.twins)

    stage = Curtain(made.until)
    return Model(setting, lambda sender, to: Channel(*made.latency), until=made.until, grid=1, stage=stage)
