"""The steps of a run: their numbers, the facts noted in them, what the properties found, and the record of it all."""

from __future__ import annotations

import simpy

from sim.party import Command, Fact, Message
from sim.property import Violation
from sim.simulate.things import Turn
from sim.trace import Found, Recorder, Step
from sim.world import World

#: violations kept with their words, per property; the rest are counted
KEPT = 100


class Steps:
    """What a run keeps of its steps; the base of ``Simulation``."""

    turn: Turn

    def __init__(self, world: World, recorder: Recorder | None) -> None:
        self.world, self.recorder = world, recorder
        self.env = simpy.Environment()
        self.n, self.messages, self.lost = 0, 0, 0
        self.facts: list[Fact] = []
        self.whose: list[str] = []
        self.threads: dict[str, int] = {}
        self.violations: dict[str, list[Violation]] = {}
        self.counts: dict[str, int] = {}
        self._late: list[tuple[str, str, Message, str]] = []

    def begin(self, me: str, cause: int, behind: str) -> None:
        """A step begins: it is the turn of ``me``, set off in step ``cause``."""
        self.n += 1
        turn, see = self.turn, self.world.see
        turn.me, turn.behind, turn.began, turn.cause, turn.resumes = me, behind, behind, cause, 0
        see.now, see.step = int(self.env._now), self.n

    def end(
        self,
        kind: str,
        to: str,
        sender: str = "",
        sent: int = 0,
        key: str = "",
        message: Message | None = None,
        command: Command | None = None,
    ) -> None:
        """A step is over: judge what waited for that, and record it."""
        world = self.world
        if world.endings:
            world.finish()
        found = self._collect() if world.found else ()
        if self.recorder is not None:
            self._record(kind, to, sender, sent, found, key, message, command)
        elif self._late:
            self.n += len(self._late)  # steps have the same numbers whether they are recorded or not
            self._late.clear()

    def _record(
        self,
        kind: str,
        to: str,
        sender: str,
        sent: int,
        found: tuple[Found, ...],
        key: str,
        message: Message | None,
        command: Command | None,
    ) -> None:
        """Hand the step to the recorder; messages that the network ate in it come right after it."""
        assert self.recorder is not None
        turn, now = self.turn, int(self.env._now)
        facts: tuple[Fact, ...] = ()
        whose: tuple[str, ...] = ()
        if self.facts:
            facts, whose = tuple(self.facts), tuple(self.whose)
            self.facts.clear()
            self.whose.clear()
        self.recorder.add(
            Step(
                self.n, now, kind, to, sender, sent, turn.cause, turn.resumes, turn.began, key, message, command, facts,
                whose, found,
            )
        )  # fmt: skip
        if self._late:
            cause = self.n
            late, self._late = self._late, []
            for sender_, to_, eaten, behind in late:
                self.n += 1
                self._record_lost(sender_, to_, eaten, behind, cause, now)

    def _collect(self) -> tuple[Found, ...]:
        """Take over what the properties found in this step."""
        found = self.world.found
        for prop, why in found:
            self.counts[prop.name] = self.counts.get(prop.name, 0) + 1
            kept = self.violations.setdefault(prop.name, [])
            if len(kept) < KEPT:
                kept.append(Violation(prop.name, int(self.env._now), self.n, why))
        self.world.found = []
        return tuple(Found(prop.name, why) for prop, why in found)

    def _record_lost(self, sender: str, to: str, message: Message, behind: str, cause: int, sent: int) -> None:
        assert self.recorder is not None
        self.recorder.add(Step(self.n, int(self.env._now), "lost", to, sender, sent, cause, 0, behind, message=message))
