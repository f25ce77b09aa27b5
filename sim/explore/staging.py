"""The story for an exploration: steps as pending things, chained so that no state holds an absolute time.

Steps at fixed times and the end of the story are one chain: each puts the next one, so that only the time between them
counts. What is repeated
puts its own next occasion. A step that ``may`` be done is pending for ever. Repetitions without an end cannot be
listed: ``Endless`` says which setting makes them finite.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.clock import NEVER, Constant
from sim.explore.clocked import Ends, Reached
from sim.explore.symmetry import Unlike
from sim.explore.things import End, Thing
from sim.facts import StepCompleted
from sim.party import Command
from sim.roster import Roster
from sim.story import Plan, makes_up

if TYPE_CHECKING:
    from sim.explore.system import System

#: more occasions of one step, or combinations, than this cannot be explored in reasonable time
MOST = 12


class Endless(Exception):
    """A step repeats without end, or too often; ``path`` and ``value`` make the setting that bounds it."""

    def __init__(self, path: str, value: str, why: str) -> None:
        super().__init__(why)
        self.path, self.value = path, value


class Stage:
    """A story's plans, and how one step leads to the next."""

    def __init__(self, steps: tuple[Any, ...], roster: Roster, fact: Callable[[str], Any], until: int) -> None:
        fresh = [step.id for step in steps if makes_up(step)]
        self.until, self._fact = until, fact
        self.plans = [
            Plan(step, roster, place, (fresh.index(step.id), len(fresh)) if makes_up(step) else (0, 1))
            for place, step in enumerate(steps)
        ]
        self.ends = Ends(self.plans, until)
        self.chain = sorted([*self._fixed(), *self.ends.chain()])
        for plan in self.plans:
            _check(plan, until)

    def _fixed(self) -> Iterator[tuple[int, int, int]]:
        """(time, plan, combination) of everything that happens once, at a fixed time."""
        for place, plan in enumerate(self.plans):
            if type(plan.step.when).__name__ == "At" and isinstance(plan.step.when.at, Constant):
                if plan.size > MOST:
                    raise _many(plan)
                at = plan.step.when.at.us
                yield from ((at, place, index) for index in range(plan.size) if at <= self.until)

    def watch(self, system: System) -> None:
        """Have the world tell of what steps wait for."""
        for place, plan in enumerate(self.plans):
            when = plan.step.when
            if type(when).__name__ == "After":
                kind = self._fact(when.after) if when.fact else StepCompleted
                system.world.on(kind, partial(self._noted, system, place))

    def begin(self, system: System) -> None:
        """Put on what is pending from the start."""
        self._link(system, 0, 0)
        for place, plan in enumerate(self.plans):
            when, kind = plan.step.when, type(plan.step.when).__name__
            if kind == "At" and not isinstance(when.at, Constant):
                for index in range(plan.size):
                    self._add(system, Once(self, place, index), when.at.least, when.at.most)
            elif kind == "Every":
                for who in range(plan.who.size):
                    first = 0 if isinstance(when.every, Constant) else max(1, when.every.least)
                    last = 0 if isinstance(when.every, Constant) else when.every.most
                    self._add(system, Again(self, place, who, 1), when.start + first, when.start + last)
            elif kind == "May":
                for who in range(plan.who.size):
                    self._add(system, Again(self, place, who, 1), 0, NEVER)

    def _add(self, system: System, thing: Thing, least: int, most: int) -> None:
        if least <= self.until:
            system.add(system.same(thing), least, min(most, NEVER))

    def _link(self, system: System, number: int, after: int) -> None:
        """Put on the ``number``-th step at a fixed time, the one before having been at ``after``."""
        thing: Thing = system.thing(End)
        at = self.until
        if number < len(self.chain):
            at, place, _ = self.chain[number]
            thing = system.same(Chained(self, number)) if place >= 0 else system.thing(Reached, number)
        thing.at = at
        system.add(thing, at - after, at - after)

    def passed(self, system: System, number: int) -> None:
        """The ``number``-th link of the chain has been; put on the next."""
        self._link(system, number + 1, self.chain[number][0])

    def renamed(self, place: int, who: int, value: Callable[[Any], Any]) -> int:
        """Where in the step at ``place`` whoever is called otherwise stands."""
        axis = self.plans[place].who
        name = axis.value(who, "", lambda key, ways: 0)[0]
        found = axis.places(value(name)) if name else [who]
        if len(found) != 1 or (name and axis.places(name) != [who]):
            raise Unlike(f"step {self.plans[place].step.id} has {name} in several places")
        return found[0]

    def next(self, system: System, thing: Again) -> None:
        """Put on the next occasion of what is repeated."""
        when, count = self.plans[thing.place].step.when, thing.occasion
        times = _times(self.plans[thing.place], self.until)
        if times is not None and count >= times:
            return
        following = Again(self, thing.place, thing.who, count + 1)
        if type(when).__name__ == "May":
            self._add(system, following, 0, NEVER)
            return
        least, most = max(1, when.every.least), max(1, when.every.most)
        if when.until is not None and not isinstance(when.every, Constant):
            if system.choose(2, ("until", following.key)):
                system.only_after(when.until - most)
                return
            system.only_until(when.until - least)
        self._add(system, following, least, most)

    def _noted(self, system: System, place: int, noted: Any, see: Any) -> None:
        """A step completed, or a fact was noted, that a step waits for."""
        plan = self.plans[place]
        when = plan.step.when
        if not when.fact and noted.step != when.after:
            return
        person = getattr(noted, "person", "") or see.behind
        for who in plan.who.places(person) or range(plan.who.size):
            count = system.steps.get((place, who), 0) + 1
            if when.times is not None and count > when.times:
                continue
            if when.until is not None:
                if system.choose(2, ("until", (place, who, count))):
                    system.only_after(when.until)
                    continue
                system.only_until(when.until)
            if when.times is None and count > MOST:
                raise Endless(f"story.{plan.step.id}.times", "2", f"step {plan.step.id} follows itself without end")
            system.steps[place, who] = count
            least, most = system.support(when.wait)
            self._add(system, Again(self, place, who, count), least, most)


class StoryStep(Thing):
    """Base of the story's own things; ``commands`` lists what is done."""

    __slots__ = ("key", "place", "stage")
    KIND = "command"

    def __init__(self, stage: Stage, place: int, key: tuple[Any, ...]) -> None:
        super().__init__()
        self.stage, self.place, self.key = stage, place, (type(self), place, *key)

    @abstractmethod
    def commands(self, draw: Callable[[str, int], int]) -> Iterator[Command]:
        """What is done, in order."""

    def react(self, system: System) -> bool:
        """Do it; ``any`` is left open, once for each thing drawn."""
        drawn: dict[str, int] = {}

        def draw(key: str, ways: int) -> int:
            if key not in drawn:
                drawn[key] = system.choose(ways, ("any", key))
            return drawn[key]

        for command in self.commands(draw):
            system.command(self.from_now(command))
        self.follow(system)
        return True

    def from_now(self, command: Command) -> Command:
        """``command`` with its end, on the story's clock, counted from now; a run does so (``Simulation.command``)."""
        return self.stage.ends.told(self.stage.plans[self.place], 1, command)

    def follow(self, system: System) -> None:
        """Put on what comes after it."""

    def renamed(self, system: System, value: Callable[[Any], Any]) -> Thing:
        """See ``Thing``."""
        mine = list(self.commands(lambda key, ways: 0))
        theirs = [value(command) for command in mine]
        for other in self._others(value):
            if list(other.commands(lambda key, ways: 0)) == theirs:
                return system.same(other)
        raise Unlike(f"step {self.stage.plans[self.place].step.id} takes its members in a fixed order")

    def _others(self, value: Callable[[Any], Any]) -> Iterator[StoryStep]:
        """Which things it may be under another name."""
        yield self

    def words(self) -> str:
        """See ``Thing``."""
        step = self.stage.plans[self.place].step
        return f"step {step.id}: {' '.join([*map(str, step.who), step.verb, *map(str, step.objects)])}"


class Once(StoryStep):
    """A combination that is done once, at an uncertain time."""

    __slots__ = ("combination",)

    def __init__(self, stage: Stage, place: int, combination: int) -> None:
        super().__init__(stage, place, (combination,))
        self.combination = combination

    def commands(self, draw: Callable[[str, int], int]) -> Iterator[Command]:
        """See ``StoryStep``."""
        yield self.stage.plans[self.place].command(self.combination, draw)

    def _others(self, value: Callable[[Any], Any]) -> Iterator[StoryStep]:
        for combination in range(self.stage.plans[self.place].size):
            yield Once(self.stage, self.place, combination)


class Chained(Once):
    """One of the steps at fixed times."""

    __slots__ = ("number",)

    def __init__(self, stage: Stage, number: int) -> None:
        _, place, combination = stage.chain[number]
        super().__init__(stage, place, combination)
        self.number = number

    def _others(self, value: Callable[[Any], Any]) -> Iterator[StoryStep]:
        yield self

    def follow(self, system: System) -> None:
        """See ``StoryStep``."""
        self.stage.passed(system, self.number)


class Again(StoryStep):
    """An occasion of a step that is done several times, or that follows something."""

    __slots__ = ("occasion", "who")

    def __init__(self, stage: Stage, place: int, who: int, occasion: int) -> None:
        super().__init__(stage, place, (who, occasion))
        self.who, self.occasion = who, occasion

    def _others(self, value: Callable[[Any], Any]) -> Iterator[StoryStep]:
        yield Again(self.stage, self.place, self.stage.renamed(self.place, self.who, value), self.occasion)

    def commands(self, draw: Callable[[str, int], int]) -> Iterator[Command]:
        """See ``StoryStep``."""
        yield from self.stage.plans[self.place].commands(self.who, self.occasion, draw)

    def from_now(self, command: Command) -> Command:
        """See ``StoryStep``."""
        return self.stage.ends.told(self.stage.plans[self.place], self.occasion, command)

    def follow(self, system: System) -> None:
        """See ``StoryStep``."""
        if type(self.stage.plans[self.place].step.when).__name__ != "After":
            self.stage.next(system, self)


def _times(plan: Plan, until: int) -> int | None:
    """How often a step is done at most, for each of those who do it."""
    when = plan.step.when
    if type(when).__name__ == "Every" and isinstance(when.every, Constant):
        end = until if when.until is None else min(when.until, until)
        ticks = max(0, end - when.start) // max(1, when.every.us) + 1
        return int(ticks if when.times is None else min(ticks, when.times))
    times: int | None = when.times
    return times


def _check(plan: Plan, until: int) -> None:
    """Refuse what cannot be enumerated, with the setting that makes it small."""
    step, kind = plan.step, type(plan.step.when).__name__
    if plan.size > MOST:
        raise _many(plan)
    if kind in ("Every", "May"):
        times = _times(plan, until)
        if times is None or times > MOST:
            often = "without end" if times is None else f"{times} times"
            raise Endless(
                f"story.{step.id}.times", "2", f"step {step.id} is repeated {often}; at most {MOST} can be explored"
            )


def _many(plan: Plan) -> Endless:
    """The refusal of a step of too many combinations, with the group that has to shrink."""
    roster = plan.roster
    refs = [*plan.step.who, *(thing for thing in plan.step.objects if not isinstance(thing, str))]
    groups = [ref.name for ref in refs if ref.name in roster.blocks and not ref.any]
    largest = max(groups, key=roster.count, default="")
    section = (
        "people" if largest in roster.people else "orchestrators" if largest in roster.orchestrators else "providers"
    )
    why = f"step {plan.step.id} is done in {plan.size} combinations; at most {MOST} can be explored"
    return Endless(f"{section}.{largest}.count", "2", why)
