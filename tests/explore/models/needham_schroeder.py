"""Needham and Schroeder's public-key protocol, and Lowe's correction of it.

A field that is *sealed* for a key is revealed to that key's holder alone; everybody else has the sealed thing, which
can be passed on and not opened. The network belongs to the intruder: it reads and injects everything.
Source: G. Lowe, An attack on the Needham-Schroeder public-key authentication protocol, IPL 56(3), 1995.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from sim.clock import NEVER, Uniform
from sim.explore.model import Channel, Model, Proposal, Setting, Sight
from sim.knowledge import ADVERSARY, Knowledge, Underivable
from sim.party import Fact, Message, Party, Turn
from sim.property import Property, See
from sim.tables import Table
from sim.truth import Truth
from sim.world import MakeTable, World

INTRUDER = "mallory"
OWN = f"id:{INTRUDER}"


class Sealed(Message, frozen=True):
    """``SECRETS`` are readable for the holder of ``key`` alone."""

    SECRETS: ClassVar[tuple[str, ...]] = ()
    key: str

    def box(self) -> str:
        return f"sealed:{self}"


class Hello(Sealed, frozen=True, tag="ns_hello"):
    SECRETS: ClassVar[tuple[str, ...]] = ("nonce",)
    nonce: str
    who: str


class Challenge(Sealed, frozen=True, tag="ns_challenge"):
    SECRETS: ClassVar[tuple[str, ...]] = ("first", "second")
    first: str
    second: str
    who: str = ""


class Response(Sealed, frozen=True, tag="ns_response"):
    SECRETS: ClassVar[tuple[str, ...]] = ("nonce",)
    nonce: str


class SealedKnowledge(Knowledge):
    """Knowledge of what is in sealed messages: opened by the key's holder, passed on by anybody who has them."""

    def check(self, sender: str, message: Message) -> None:
        assert isinstance(message, Sealed)
        who = self.who(sender)
        if who in self.holders.get(message.box(), ()):
            return
        for field in message.SECRETS:
            self._must_hold(who, sender, getattr(message, field), message)
        self._add(message.box(), who)

    def learn(self, receiver: str, message: Message) -> None:
        assert isinstance(message, Sealed)
        self._open(self.who(receiver), message)

    def observe(self, message: Message) -> None:
        assert isinstance(message, Sealed)
        self._open(ADVERSARY, message)

    def _open(self, who: str, message: Sealed) -> None:
        self._add(message.box(), who)
        if self.who(message.key) == who:
            for field in message.SECRETS:
                self._add(getattr(message, field), who)


class Ran(Fact, frozen=True, tag="ns_ran"):
    """``who`` began a run with ``peer``."""

    who: str
    peer: str


class Finished(Fact, frozen=True, tag="ns_finished"):
    """``who`` has finished a run and believes it was with ``peer``."""

    who: str
    peer: str


class Initiator(Party):
    TABLES: ClassVar[tuple[str, ...]] = ("run",)
    HEARS: ClassVar[Mapping[type[Message], str]] = {Challenge: "challenge", Hello: "nothing", Response: "nothing"}
    WAKES: ClassVar[Mapping[str, str]] = {"begin": "begin"}
    run: Table

    def start(self, turn: Turn) -> None:
        turn.wake("begin", Uniform(0, NEVER))

    def begin(self, turn: Turn, what: str) -> None:
        peer = INTRUDER if turn.decide("with the intruder", 0.5) else "bob"
        nonce = f"n:{self.name}:{peer}"
        self.run["now"] = (peer, nonce)
        turn.note(Ran(self.name, peer))
        turn.send(peer, Hello("1", peer, nonce, self.name))

    def challenge(self, turn: Turn, sender: str, message: Challenge) -> None:
        peer, nonce = self.run.get("now", ("", ""))
        if message.key != self.name or message.first != nonce or not peer:
            return
        if self.config and message.who != peer:
            return
        del self.run["now"]
        turn.note(Finished(self.name, peer))
        turn.send(peer, Response("3", peer, message.second))

    def nothing(self, turn: Turn, sender: str, message: Sealed) -> None:
        """Not for an initiator."""


class Responder(Party):
    TABLES: ClassVar[tuple[str, ...]] = ("run",)
    HEARS: ClassVar[Mapping[type[Message], str]] = {Hello: "hello", Response: "response", Challenge: "nothing"}
    run: Table

    def hello(self, turn: Turn, sender: str, message: Hello) -> None:
        if message.key != self.name or len(self.run):
            return
        nonce = f"n:{self.name}:{message.who}"
        self.run[nonce] = message.who
        name = self.name if self.config else ""
        turn.send(message.who, Challenge("2", message.who, message.nonce, nonce, name))

    def response(self, turn: Turn, sender: str, message: Response) -> None:
        if message.key == self.name and self.run.get(message.nonce):
            turn.note(Finished(self.name, self.run[message.nonce]))
            self.run[message.nonce] = ""

    def nothing(self, turn: Turn, sender: str, message: Sealed) -> None:
        """Not for a responder."""


class Intruder(Party):
    HEARS: ClassVar[Mapping[type[Message], str]] = {Hello: "read", Challenge: "read", Response: "read"}

    def read(self, turn: Turn, sender: str, message: Sealed) -> None:
        """It has read it; what it does with it is its own affair."""


class Agreement(Property):
    """Whoever bob believes to have talked to has begun a run with him."""

    MEMORY: ClassVar[tuple[str, ...]] = ("ran",)
    READS: ClassVar[Mapping[type[Fact], str]] = {Ran: "begin", Finished: "end"}
    ran: Table

    def begin(self, fact: Ran, see: See) -> None:
        self.ran[fact.who, fact.peer] = True

    def end(self, fact: Finished, see: See) -> None:
        honest = fact.who == "bob" and fact.peer == "alice"
        if honest and ("alice", "bob") not in self.ran:
            see.violated(self, "bob believes that he talks to alice, who never began to talk to him")


class BobFinishes(Property):
    KIND = "sometimes"
    READS: ClassVar[Mapping[type[Fact], str]] = {Finished: "end"}

    def end(self, fact: Finished, see: See) -> None:
        if fact.who == "bob" and fact.peer == "alice":
            see.violated(self, "bob has finished a run with alice")


class Network(Setting):
    """The intruder's: everything it can pass on or build may be sent."""

    def proposals(self, seen: tuple[Sight, ...], holds: Callable[[str], bool]) -> list[Proposal]:
        return propose(seen, holds)


def propose(seen: tuple[Sight, ...], holds: Callable[[str], bool]) -> list[Proposal]:
    """Everything the intruder can pass on or build: replays, and messages whose parts it knows."""
    nonces = [
        nonce for nonce in ("n:alice:bob", f"n:alice:{INTRUDER}", "n:bob:alice", f"n:bob:{INTRUDER}") if holds(nonce)
    ]
    nonces.append(OWN)
    built: list[Message] = [Hello("1", "bob", nonce, who) for nonce in nonces for who in ("alice", INTRUDER)]
    built += [
        Challenge("2", "alice", first, second, who)
        for first in nonces
        for second in nonces
        for who in ("", "bob", INTRUDER)
    ]
    built += [Response("3", "bob", nonce) for nonce in nonces]
    again = [message for _, _, message, *_ in seen]
    return [
        Proposal(owner=INTRUDER, to=message.key if message.key != INTRUDER else "bob", message=message)
        for message in dict.fromkeys([*again, *built])
        if isinstance(message, Sealed)
    ]


def model(*, fixed: bool) -> Model:
    """One run of alice with whom she likes, one of bob, and an intruder that owns the network."""

    def setting(make: MakeTable) -> Setting:
        routes: dict[str, Any] = {
            "alice": Initiator("alice", fixed),
            "bob": Responder("bob", fixed),
            INTRUDER: Intruder(INTRUDER, None),
        }
        truth = Truth(lambda address: "", lambda name: name == INTRUDER)
        knowledge = SealedKnowledge(frozenset({INTRUDER}), lambda name: name, everyone=True)
        return Network(World(routes, truth, knowledge, (Agreement("agreement"), BobFinishes("bob_finishes")), make))

    return Model(setting, lambda sender, to: Channel(reads=True, injects=True), adversary=True)


__all__ = ["Underivable", "model"]
