"""Clients that ask a server, with timers at the scale of latencies: retries, leases, work of uncertain length, stamps.

Nothing real; it uses every service of a turn and every kind of pending thing, so that a wrong rule of time shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, ClassVar

import msgspec

from sim.clock import MS, Constant, Duration, Exponential, Uniform
from sim.explore.model import Channel, Model, Setting
from sim.knowledge import Knowledge
from sim.party import Fact, Message, Party, Turn
from sim.property import Property, See
from sim.tables import Table
from sim.truth import Truth
from sim.world import MakeTable, World


class Pace(msgspec.Struct, frozen=True):
    latency: Duration = Uniform(0, 400 * MS)
    late: int = 600 * MS
    think: Duration = Exponential(500 * MS)
    first: Duration = Uniform(0, 800 * MS)
    work: Duration = Uniform(100 * MS, 700 * MS)
    lease: int = 500 * MS
    fresh: int = 300 * MS
    busy: float = 0.4
    rounds: int = 2
    clients: int = 3
    answer_within: int = 1500 * MS
    loss: float = 0.0
    duplicates: float = 0.0
    until: int = 6_000 * MS


class Ask(Message, frozen=True, tag="toy_ask"):
    stamp: int


class Reply(Message, frozen=True, tag="toy_reply"):
    ANSWER: ClassVar[bool] = True
    ok: bool


class Asked(Fact, frozen=True, tag="toy_asked"):
    id: str
    client: str


class Answered(Fact, frozen=True, tag="toy_answered"):
    id: str
    client: str
    ok: bool


class GaveUp(Fact, frozen=True, tag="toy_gave_up"):
    id: str
    client: str


class LeaseEnded(Fact, frozen=True, tag="toy_lease_ended"):
    client: str


class Client(Party):
    TABLES: ClassVar[tuple[str, ...]] = ("rounds", "open")
    HEARS: ClassVar[Mapping[type[Message], str]] = {Reply: "reply"}
    WAKES: ClassVar[Mapping[str, str]] = {"ask": "ask", "late": "late"}
    rounds: Table
    open: Table
    config: Pace

    def start(self, turn: Turn) -> None:
        turn.wake("ask", self.config.first)

    def ask(self, turn: Turn, what: str) -> None:
        number = self.rounds.get("n", 0) + 1
        self.rounds["n"] = number
        turn.act()
        self._send(turn, f"{self.name}.{number}")

    def _send(self, turn: Turn, request: str) -> None:
        self.open[request] = True
        turn.note(Asked(request, self.name))
        turn.send("server", Ask(request, turn.stamp()))
        turn.wake(f"late {request}", self.config.late)

    def late(self, turn: Turn, what: str) -> None:
        del self.open[what]
        if what.endswith("~2"):
            turn.note(GaveUp(what, self.name))
        else:
            self._send(turn, f"{what}~2")

    def reply(self, turn: Turn, sender: str, message: Reply) -> None:
        if message.id not in self.open:
            return
        del self.open[message.id]
        turn.cancel(f"late {message.id}")
        turn.note(Answered(message.id, self.name, message.ok))
        if self.rounds["n"] < self.config.rounds:
            turn.wake("ask", self.config.think)


class Server(Party):
    TABLES: ClassVar[tuple[str, ...]] = ("leases", "work")
    HEARS: ClassVar[Mapping[type[Message], str]] = {Ask: "ask"}
    WAKES: ClassVar[Mapping[str, str]] = {"work": "done", "lease": "ended"}
    leases: Table
    work: Table
    config: Pace

    def ask(self, turn: Turn, sender: str, message: Ask) -> None:
        self.leases[sender] = self.leases.get(sender, 0) + 1
        turn.wake(f"lease {sender}", self.config.lease)
        if not turn.age_within(message.stamp, -50 * MS, self.config.fresh):
            turn.send(sender, Reply(message.id, False))
        elif turn.trait("careful") or turn.decide(f"busy {message.id}", self.config.busy):
            self.work[message.id] = sender
            turn.suspend(message.id)
            turn.wake(f"work {message.id}", self.config.work)
        else:
            turn.send(sender, Reply(message.id, True))

    def done(self, turn: Turn, what: str) -> None:
        turn.resume(what)
        turn.send(self.work.pop(what), Reply(what, True))

    def ended(self, turn: Turn, what: str) -> None:
        del self.leases[what]
        turn.note(LeaseEnded(what))


class AnsweredInTime(Property):
    """Every question is answered within a while, or given up."""

    MEMORY: ClassVar[tuple[str, ...]] = ("asked",)
    READS: ClassVar[Mapping[type[Fact], str]] = {Asked: "ask", Answered: "answer", GaveUp: "answer"}
    asked: Table

    def ask(self, fact: Asked, see: See) -> None:
        key = fact.id.partition("~")[0]
        if key not in self.asked:
            self.asked[key] = see.behind
            see.deadline(self, key, self.within or 0)

    def answer(self, fact: Any, see: See) -> None:
        key = fact.id.partition("~")[0]
        if self.asked.pop(key, None) is not None:
            see.met(self, key)

    def due(self, key: str, see: See) -> None:
        del self.asked[key]
        see.violated(self, f"{key} is not answered")


class NobodyGivesUp(Property):
    READS: ClassVar[Mapping[type[Fact], str]] = {GaveUp: "up"}

    def up(self, fact: GaveUp, see: See) -> None:
        see.violated(self, f"{fact.id} was given up")


class LeaseEnds(Property):
    KIND = "sometimes"
    READS: ClassVar[Mapping[type[Fact], str]] = {LeaseEnded: "end"}

    def end(self, fact: LeaseEnded, see: See) -> None:
        see.violated(self, f"the lease of {fact.client} has ended")


class Clocks(Setting):
    """Every party has its own clock; half of the servers are careful."""

    def __init__(self, world: World, offsets: Mapping[str, int]) -> None:
        super().__init__(world)
        self._offsets = offsets

    def config(self, name: str) -> Any:
        return SimpleNamespace(careful=0.5, clock=Constant(self._offsets.get(name, 0)))


def model(pace: Pace = Pace(), clocks: Mapping[str, int] | None = None) -> Model:  # noqa: B008 - frozen
    names = [f"c{number}" for number in range(1, pace.clients + 1)]
    offsets = clocks or {}

    def setting(make: MakeTable) -> Setting:
        routes: dict[str, Party] = {name: Client(name, pace) for name in names}
        routes["server"] = Server("server", pace)
        folds = (AnsweredInTime("answered", pace.answer_within), NobodyGivesUp("patient"), LeaseEnds("lease_ends"))
        truth = Truth(lambda address: "", lambda name: False)
        knowledge = Knowledge(frozenset(), lambda name: name, everyone=False)
        return Clocks(World(routes, truth, knowledge, folds, make), offsets)

    return Model(
        setting,
        lambda sender, to: Channel(pace.latency.least, pace.latency.most),
        until=pace.until,
        grid=pace.latency.most,
    )
