"""A protocol of two messages, and parties that do what a test tells them: for worlds and engines without the real one.

>>> alice, hub = Toy("alice"), Toy("hub")
>>> alice.on_start = lambda turn: turn.send("hub", Say("r1", "hello"))
>>> run = running(world(alice, hub))
>>> run.run(), hub.heard
(10000000, [(1000, 'hub', 'alice', 'r1', 'hello')])
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from sim.chance import Chance
from sim.clock import SECOND
from sim.knowledge import Knowledge
from sim.party import Command, Message, Party
from sim.property import Property
from sim.simulate import Simulation
from sim.tables import Table
from sim.trace import Recorder
from sim.truth import Truth
from sim.world import World
from tests.standins import link

UNTIL = 10 * SECOND


class Say(Message, frozen=True, tag="toy_say"):
    """A request; ``secret`` is shown to the receiver."""

    REVEALS: ClassVar[tuple[str, ...]] = ("secret",)
    text: str = ""
    secret: str = ""


class Answer(Message, frozen=True, tag="toy_answer"):
    """The answer to it."""

    ANSWER: ClassVar[bool] = True
    text: str = ""


class Toy(Party):
    """Notes what it is told, with the time on ``clock``, and reacts as its ``on_…`` say. ``rows`` counts its turns."""

    TABLES: ClassVar[tuple[str, ...]] = ("rows",)
    HEARS: ClassVar[Mapping[type[Message], str]] = {Say: "hear", Answer: "hear"}
    WAKES: ClassVar[Mapping[str, str]] = {"ring": "ring", "tick": "ring"}
    DOES: ClassVar[Mapping[str, str]] = {"add": "do", "use": "do", "outage": "do", "rotate_key": "do"}
    rows: Table

    def __init__(self, name: str, config: Any = None) -> None:
        super().__init__(name, config)
        self.clock: Callable[[], int] = lambda: 0
        self.heard: list[tuple[int, str, str, str, str]] = []
        self.rung: list[tuple[int, str, str]] = []
        self.done: list[tuple[int, Command]] = []
        self.queue: list[tuple[int, str, str]] = []
        self.on_start: Callable[[Any], object] = lambda turn: None
        self.on_message: Callable[[Any, str, Any], object] = lambda turn, sender, message: None
        self.on_wake: Callable[[Any, str], object] = lambda turn, what: None
        self.on_command: Callable[[Any, Command], object] = lambda turn, command: None

    def _turn(self, turn: Any) -> None:
        self.rows[turn.me] = self.rows.get(turn.me, 0) + 1

    def start(self, turn: Any) -> None:
        self.on_start(turn)

    def hear(self, turn: Any, sender: str, message: Any) -> None:
        self._turn(turn)
        self.heard.append((self.clock(), turn.me, sender, message.id, message.text))
        self.on_message(turn, sender, message)

    def ring(self, turn: Any, what: str) -> None:
        self._turn(turn)
        self.rung.append((self.clock(), turn.me, what))
        self.on_wake(turn, what)

    def do(self, turn: Any, command: Command) -> None:
        self._turn(turn)
        self.done.append((self.clock(), command))
        self.on_command(turn, command)

    def overloaded(self, turn: Any, sender: str, message: Any) -> None:
        self.queue.append((self.clock(), "refused", message.id))
        turn.send(sender, Answer(message.id, "busy"))

    def queued(self, turn: Any, message: Any) -> None:
        self.queue.append((self.clock(), "queued", message.id))

    def taken_up(self, turn: Any, message: Any) -> None:
        self.queue.append((self.clock(), "taken up", message.id))


def person(name: str) -> str:
    return name.partition("/")[0]


def world(
    *parties: Party, folds: Sequence[Property] = (), controlled: Sequence[str] = (), everyone: bool = False, **more: Any
) -> World:
    """A world of these parties. Addresses belong to whoever stands before the @."""
    return World(
        {party.name: party for party in parties},
        Truth(lambda address: address.partition("@")[0], lambda name: name in controlled),
        Knowledge(frozenset(controlled), person, everyone=everyone),
        folds,
        lambda name: Table(),
        person=person,
        **more,
    )


def running(
    of: World, seed: int = 1, until: int = UNTIL, net: Any = None, recorder: Recorder | None = None, **more: Any
) -> Simulation:
    """A run of a world, whose toys are told the time; ``net`` is a link, or a function of sender and receiver."""
    net = link() if net is None else net
    replication = more.pop("replication", 0)
    links = net if callable(net) else lambda sender, to: net
    run = Simulation(of, Chance(seed, replication), until, links, recorder=recorder, **more)
    for party in of.routes.values():
        if isinstance(party, Toy):
            party.clock = lambda: int(run.env.now)
    return run
