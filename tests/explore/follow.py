"""Does the exploration contain a run? A recorded run is followed move by move.

Each recorded step must be among the things that may be next, and in the end all tables must be equal. Where the run
drew something, only the way it took is followed. This is the test that the relation of ``world`` and the two engines
agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from sim.explore.ages import alike
from sim.explore.memo import Effect
from sim.explore.staging import StoryStep
from sim.explore.system import System
from sim.explore.things import Aged, Copy, Deadline, Delivery, Start, Thing, Wake
from sim.trace import Step

Draws = Mapping[tuple[str, str], int]
"""What a run drew, by (kind, key), for those kinds that an exploration leaves open."""


class Missing(Exception):
    """A step of a run is not among the things that may be next."""

    def __init__(self, step: Step, possible: list[str]) -> None:
        super().__init__(f"step {step.n} ({step.kind} {step.to} {step.key} {step.message}) is none of {possible}")
        self.step, self.possible = step, possible


class Unaged(Exception):
    """An assertion is as old as somebody asks for, but growing older is not among the things that may be next."""


class Place(msgspec.Struct):
    """Where a run may be in the state space: all tables, what is pending, and when assertions grow too old."""

    marks: tuple[dict[Any, int], ...]
    pending: Any
    due: list[tuple[int, int]]


class Follower:
    """Follows runs through the state space of one system."""

    def __init__(self, system: System, rule: Any) -> None:
        self.system, self.rule = system, rule

    def follow(self, steps: Sequence[Step], draws: Draws, end: int) -> list[Place]:
        """Where the run that was recorded as ``steps`` has come to at time ``end``; ``Missing`` if nowhere."""
        system = self.system
        lost = {(step.cause, step.to, step.message) for step in steps if step.kind == "lost" and step.at == step.sent}
        self._go(Place(tuple({} for _ in system.journal.tables), None, []))
        places = [
            self._after(effect, self.rule.first(effect), 0, [])
            for effect in system.effects(system.thing(Start))
            if _drawn(effect, draws)
        ]
        queue = [step for step in steps if step.key != "start" and (step.cause, step.to, step.message) not in lost]
        at = 0
        while at < len(queue):
            reached: list[Place] = []
            now = queue[at].at
            places = [self._silently(place, now) for place in places]
            for place in places:
                reached += self._moves(place, queue, at, draws)
            if not reached:
                raise Missing(queue[at], [words for place in places for words in self._possible(place)])
            places = reached
            at += self._length
        return [self._silently(place, end) for place in places]

    def _silently(self, place: Place, now: int) -> Place:
        """``place`` after the assertions have grown older that no run records, up to the time ``now``."""
        while place.due and place.due[0][0] <= now:
            (_, index), *due = place.due
            if not self.rule.holds(place.pending, index):
                place = Place(place.marks, place.pending, due)
                continue
            self._go(place)
            for _, effect, low, out in self.rule.successors(0, place.pending):
                if effect.thing.index == index:
                    place = self._after(effect, self.rule.after(low, out, effect), now, due)
                    break
            else:
                raise Unaged(f"{self.system.listed[index].words()} is not among {self._possible(place)}")
        return place

    def tables(self, place: Place) -> dict[str, dict[Any, Any]]:
        """All tables of the world at ``place``, by name."""
        records = self.system.journal.records
        return {
            table.name: {key: records[mark] for key, mark in marks.items() if mark}
            for table, marks in zip(self.system.journal.tables, place.marks, strict=True)
            if not table.name.startswith("explore.")
        }

    def _go(self, place: Place) -> None:
        for table, marks in zip(self.system.journal.tables, place.marks, strict=True):
            table.marks.clear()
            table.marks.update(marks)

    def _after(self, effect: Effect, pending: Any, now: int, due: list[tuple[int, int]]) -> Place:
        ages = [(now + least, thing.index) for _, thing, least, _, _ in effect.sets if isinstance(thing, Aged)]
        effect.apply()
        marks = tuple([dict(table.marks) for table in self.system.journal.tables])
        effect.revert()
        return Place(marks, pending, sorted([*due, *ages]))

    def _moves(self, place: Place, queue: list[Step], at: int, draws: Draws) -> Iterator[Place]:
        """Where the step ``queue[at]`` leads from ``place``."""
        self._go(place)
        for _, effect, low, out in self.rule.successors(0, place.pending):
            length = _length(effect.thing, queue, at)
            if length and _drawn(effect, draws):
                self._length = length
                yield self._after(effect, self.rule.after(low, out, effect), queue[at].at, place.due)

    def _possible(self, place: Place) -> list[str]:
        self._go(place)
        return [effect.thing.words() for _, effect, _, _ in self.rule.successors(0, place.pending)]


def _length(thing: Thing, queue: list[Step], at: int) -> int:
    """How many recorded steps from ``queue[at]`` on ``thing`` stands for; 0 if it is something else."""
    step = queue[at]
    if isinstance(thing, Delivery):
        heard = step.kind in ("message", "lost") and (thing.sender, thing.to) == (step.sender, step.to)
        return int(heard and thing.behind == step.behind and alike(thing.message, step.message))
    if isinstance(thing, Wake):
        return int(step.kind == "wake" and (thing.me, thing.key, thing.behind) == (step.to, step.key, step.behind))
    if isinstance(thing, Deadline):
        return int(step.kind == "deadline" and (thing.name, thing.key) == (step.to, step.key))
    if isinstance(thing, Copy):
        return int(step.kind == "command" and step.to == thing.owner and step.key.startswith("replay "))
    if isinstance(thing, StoryStep):
        ids = [command.id for command in thing.commands(lambda key, ways: 0)]
        done = [ahead.command.id for ahead in queue[at : at + len(ids)] if ahead.command is not None]
        return len(ids) if done == ids else 0
    return 0


def _drawn(effect: Effect, draws: Draws) -> bool:
    """Whether the choices in ``effect`` are those that the run drew; what it was not asked did not happen."""
    return all(
        draws.get((kind, str(key)), 0 if kind in ("loss", "duplicate") else which) == which
        for (kind, key), which in effect.taken
    )
