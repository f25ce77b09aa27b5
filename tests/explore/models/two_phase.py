"""Two-phase commit, as TLA+'s TwoPhase has it: messages are a set that only grows, every step may happen at any time.

Source of the protocol: https://github.com/tlaplus/Examples/blob/master/specifications/transaction_commit/TwoPhase.tla
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from sim.clock import NEVER, Uniform
from sim.explore.model import Channel, Model, Setting
from sim.knowledge import Knowledge
from sim.party import Fact, Message, Party, Turn
from sim.property import Property, See
from sim.tables import Table
from sim.truth import Truth
from sim.world import MakeTable, World

WHENEVER = Uniform(0, NEVER)


class Prepared(Message, frozen=True, tag="2pc_prepared"): ...


class Commit(Message, frozen=True, tag="2pc_commit"): ...


class Abort(Message, frozen=True, tag="2pc_abort"): ...


class Decided(Fact, frozen=True, tag="2pc_decided"):
    rm: str
    what: str


class Participant(Party):
    TABLES: ClassVar[tuple[str, ...]] = ("state",)
    HEARS: ClassVar[Mapping[type[Message], str]] = {Commit: "committed", Abort: "aborted"}
    WAKES: ClassVar[Mapping[str, str]] = {"prepare": "prepare", "abort": "abort"}
    state: Table

    def start(self, turn: Turn) -> None:
        self.state["rm"] = "working"
        turn.wake("prepare", WHENEVER)
        turn.wake("abort", WHENEVER)

    def prepare(self, turn: Turn, what: str) -> None:
        self.state["rm"] = "prepared"
        turn.cancel("abort")
        turn.send("tm", Prepared(self.name))

    def abort(self, turn: Turn, what: str) -> None:
        turn.cancel("prepare")
        self._decide(turn, "aborted")

    def committed(self, turn: Turn, sender: str, message: Commit) -> None:
        self._decide(turn, "committed")

    def aborted(self, turn: Turn, sender: str, message: Abort) -> None:
        if self.state["rm"] == "working":
            turn.cancel("prepare")
            turn.cancel("abort")
        self._decide(turn, "aborted")

    def _decide(self, turn: Turn, what: str) -> None:
        if self.state["rm"] != what and self.config:
            turn.note(Decided(self.name, what))
        self.state["rm"] = what


class Coordinator(Party):
    TABLES: ClassVar[tuple[str, ...]] = ("state",)
    HEARS: ClassVar[Mapping[type[Message], str]] = {Prepared: "hear"}
    WAKES: ClassVar[Mapping[str, str]] = {"commit": "commit", "abort": "abort"}
    state: Table

    def start(self, turn: Turn) -> None:
        self.state["tm"] = "init"
        self.state["prepared"] = frozenset()
        turn.wake("abort", WHENEVER)

    def hear(self, turn: Turn, sender: str, message: Prepared) -> None:
        if self.state["tm"] != "init":
            return
        prepared = self.state["prepared"] | {message.id}
        self.state["prepared"] = prepared
        if len(prepared) == len(self.config):
            turn.wake("commit", WHENEVER)

    def commit(self, turn: Turn, what: str) -> None:
        self.state["tm"] = "committed"
        turn.cancel("abort")
        for name in self.config:
            turn.send(name, Commit("tm"))

    def abort(self, turn: Turn, what: str) -> None:
        self.state["tm"] = "aborted"
        turn.cancel("commit")
        for name in self.config:
            turn.send(name, Abort("tm"))


class Consistent(Property):
    """Nobody commits while another aborts."""

    MEMORY: ClassVar[tuple[str, ...]] = ("decided",)
    READS: ClassVar[Mapping[type[Fact], str]] = {Decided: "decide"}
    decided: Table

    def decide(self, fact: Decided, see: See) -> None:
        other = "aborted" if fact.what == "committed" else "committed"
        if other in self.decided:
            see.violated(self, f"{fact.rm} {fact.what}, another {other}")
        self.decided[fact.what] = True


class SomeoneCommits(Property):
    KIND = "sometimes"
    READS: ClassVar[Mapping[type[Fact], str]] = {Decided: "decide"}

    def decide(self, fact: Decided, see: See) -> None:
        if fact.what == "committed":
            see.violated(self, f"{fact.rm} has committed")


def model(participants: int, *, watched: bool = False) -> Model:
    """Two-phase commit of that many; ``watched`` adds the properties, whose memories are part of the state."""
    names = [f"rm{number}" for number in range(participants)]

    def setting(make: MakeTable) -> Setting:
        routes: dict[str, Any] = {name: Participant(name, watched) for name in names}
        routes["tm"] = Coordinator("tm", tuple(names))
        folds = (Consistent("consistent"), SomeoneCommits("someone_commits")) if watched else ()
        truth = Truth(lambda address: "", lambda name: False)
        knowledge = Knowledge(frozenset(), lambda name: name, everyone=False)
        return Setting(World(routes, truth, knowledge, folds, make))

    return Model(setting, lambda sender, to: Channel(keeps=True))
