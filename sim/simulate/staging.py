"""The story on SimPy's clock: every step put on the queue when its time is known, populations as streams.

A stream schedules its own next arrival. Small groups have one keyed draw per member, so that adding a person leaves
the others alone; beyond ``STREAMED`` members arrivals are streamed in order of time, with the same distribution and
a memory that does not grow with the group.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from sim.chance import Chance, mix, purpose
from sim.clock import Constant, Duration, Exponential
from sim.facts import StepCompleted
from sim.roster import Roster
from sim.simulate.engine import Simulation
from sim.story import Plan, doer, makes_up

STREAMED = 1_000
_AT, _EVERY, _WAIT, _MAY, _STREAM = map(purpose, ("at", "every", "wait", "may", "stream"))
#: the least quantile that is asked of a distribution
_LEAST = 2.0**-53


def stage(run: Simulation, steps: tuple[Any, ...], roster: Roster, fact: Callable[[str], Any]) -> None:
    """Put the story's ``steps`` on the clock of ``run``; ``fact(name)`` is the class of a fact by its name."""
    fresh = [step.id for step in steps if makes_up(step)]
    for place, step in enumerate(steps):
        plan = Plan(step, roster, place, (fresh.index(step.id), len(fresh)) if makes_up(step) else (0, 1))
        kind = type(step.when).__name__
        if kind == "After":
            _after(run, plan, fact)
        else:
            {"At": _at, "Every": _every, "May": _may}[kind](run, plan)


def _do(run: Simulation, plan: Plan, index: int) -> None:
    """One combination of a step that happens once."""
    command = plan.command(index, run.draw)
    run.command(doer(command), command)


def _occasion(run: Simulation, plan: Plan, who: int, occasion: int) -> Callable[[], None]:
    """All that the ``who``-th of those who do the step does on one occasion."""

    def happen() -> None:
        for command in plan.commands(who, occasion, run.draw):
            run.command(doer(command), command)

    return happen


# --- at -----------------------------------------------------------------------------------------------------------


def _at(run: Simulation, plan: Plan) -> None:
    """Each combination once, at its own draw of the time."""
    when: Duration = plan.step.when.at
    if plan.size > STREAMED:
        _stream(run, plan, when)
        return
    for index in range(plan.size):
        at = when.quantile(run.chance.unit(_AT, plan.key(index, run.draw)))
        run.at(at, lambda index=index: _do(run, plan, index), plan.place)  # type: ignore[misc]


def _stream(run: Simulation, plan: Plan, when: Duration) -> None:
    """The same, in order of time: the least of the quantiles that are left follows from those before it.

    Of n - k numbers spread evenly over (u, 1), the least is 1 - (1 - u) v^(1 / (n - k)) with v spread over (0, 1).
    """
    n, name = plan.size, plan.step.id
    shuffle = Shuffle(n, run.chance, name)

    def arrive(k: int, above: float) -> None:
        _do(run, plan, shuffle(k))
        if k + 1 < n:
            schedule(k + 1, above)

    def schedule(k: int, above: float) -> None:
        above *= math.pow(run.chance.unit(_STREAM, f"{name} {k}"), 1.0 / (n - k))
        at = when.quantile(min(max(1.0 - above, _LEAST), 1.0 - _LEAST))
        run.at(at - int(run.env.now), lambda: arrive(k, above), plan.place)

    schedule(0, 1.0)


class Shuffle:
    """The members of a large group in an order of chance, without a list of them.

    A Feistel network over the pairs of numbers below ``side``; numbers beyond the group are sent through it again. The
    first members of two such orders are as good as independent. Of k → (a · k + b) mod n they are not: two of those
    meet in far fewer or far more members than chance would have it.
    """

    __slots__ = ("_keys", "_n", "_side")

    def __init__(self, n: int, chance: Chance, name: str) -> None:
        self._n, self._side = n, math.isqrt(n - 1) + 1 if n > 1 else 1
        self._keys = tuple(int(chance.unit(_STREAM, f"{name} round{turn}") * 2.0**52) for turn in range(4))

    def __call__(self, k: int) -> int:
        """The member whose turn comes after ``k`` others."""
        side = self._side
        while True:
            left, right = divmod(k, side)
            for key in self._keys:
                left, right = right, (left + mix(key + right)) % side
            k = left * side + right
            if k < self._n:
                return k


# --- every --------------------------------------------------------------------------------------------------------


def _every(run: Simulation, plan: Plan) -> None:
    """Repeatedly, per member; a constant interval ticks first at its start, a random one a draw after it."""
    when = plan.step.when
    if plan.who.size > STREAMED and isinstance(when.every, Exponential) and when.times is None:
        _Crowd(run, plan, when.every.mean / plan.who.size).next()
    elif plan.who.size > STREAMED and isinstance(when.every, Constant):
        _Chorus(run, plan, when.every.us).tick()
    else:
        for who in range(plan.who.size):
            _Ticker(run, plan, who).begin()


def _end(run: Simulation, plan: Plan) -> int:
    """When a step that is repeated is done no more."""
    until = plan.step.when.until
    return run.until if until is None else min(int(until), run.until)


class _Ticker:
    """The occasions of one of those who do a step."""

    __slots__ = ("_count", "_name", "_plan", "_run", "_until", "_who")

    def __init__(self, run: Simulation, plan: Plan, who: int) -> None:
        self._run, self._plan, self._who = run, plan, who
        self._count, self._until = 0, _end(run, plan)
        self._name = f"{plan.step.id}.{plan.who.label(who)}"

    def begin(self) -> None:
        """Put the first occasion on the queue."""
        when = self._plan.step.when
        self._put(when.start + (0 if isinstance(when.every, Constant) else self._interval()))

    def _interval(self) -> int:
        u = self._run.chance.unit(_EVERY, f"{self._name} {self._count}")
        return max(1, int(self._plan.step.when.every.quantile(u)))

    def _put(self, after: int) -> None:
        times = self._plan.step.when.times
        if (times is None or self._count < times) and self._run.env.now + after <= self._until:
            self._run.at(after, self._tick, self._plan.place)

    def _tick(self) -> None:
        self._count += 1
        _occasion(self._run, self._plan, self._who, self._count)()
        self._put(self._interval())


class _Crowd:
    """A large group, each with memoryless intervals: together they are one such stream, faster by their number."""

    __slots__ = ("_at", "_count", "_mean", "_plan", "_run", "_until")

    def __init__(self, run: Simulation, plan: Plan, mean: float) -> None:
        self._run, self._plan, self._mean = run, plan, mean
        self._count, self._at, self._until = 0, float(plan.step.when.start), _end(run, plan)

    def next(self) -> None:
        """Put the next occasion on the queue. Its time is summed up without rounding: gaps may be below 1 µs."""
        self._at -= self._mean * math.log(self._run.chance.unit(_EVERY, f"{self._plan.step.id} {self._count}"))
        if self._at <= self._until:
            self._run.at(int(self._at) - int(self._run.env.now), self._tick, self._plan.place)

    def _tick(self) -> None:
        self._count += 1
        who = self._run.draw(f"{self._plan.step.id} {self._count} who", self._plan.who.size)
        _occasion(self._run, self._plan, who, self._count)()
        self.next()


class _Chorus:
    """A large group that acts at constant intervals, one after the other at each instant."""

    __slots__ = ("_at", "_count", "_every", "_plan", "_run")

    def __init__(self, run: Simulation, plan: Plan, every: int) -> None:
        self._run, self._plan, self._every = run, plan, max(1, every)
        self._count, self._at = 0, plan.step.when.start

    def tick(self) -> None:
        """Put the first member's turn of the next instant on the queue."""
        times = self._plan.step.when.times
        if (times is None or self._count < times) and self._at <= _end(self._run, self._plan):
            self._count += 1
            self._run.at(self._at - int(self._run.env.now), lambda: self._turn(0), self._plan.place)

    def _turn(self, who: int) -> None:
        _occasion(self._run, self._plan, who, self._count)()
        if who + 1 < self._plan.who.size:
            self._run.at(0, lambda: self._turn(who + 1), self._plan.place)
        else:
            self._at += self._every
            self.tick()


# --- after and may ------------------------------------------------------------------------------------------------


def _after(run: Simulation, plan: Plan, fact: Callable[[str], Any]) -> None:
    """Each time a step completes or a fact is noted: for the same person where that person does this step."""
    when = plan.step.when
    seen: dict[int, int] = {}

    def noted(noted: Any, see: Any) -> None:
        if not when.fact and noted.step != when.after:
            return
        if when.until is not None and see.now > when.until:
            return
        person = getattr(noted, "person", "") or see.behind
        for who in plan.who.places(person) or range(plan.who.size):
            count = seen.get(who, 0) + 1
            if when.times is None or count <= when.times:
                seen[who] = count
                wait = when.wait.quantile(run.chance.unit(_WAIT, f"{plan.step.id}.{plan.who.label(who)} {count}"))
                run.at(wait, _occasion(run, plan, who, count), plan.place)

    run.world.on(fact(when.after) if when.fact else StepCompleted, noted)


def _may(run: Simulation, plan: Plan) -> None:
    """At most so many times, whenever: a run draws for each whether, and when."""
    for who in range(plan.who.size):
        for time in range(1, plan.step.when.times + 1):
            key = f"{plan.step.id}.{plan.who.label(who)}.{time}"
            if run.chance.unit(_MAY, key) < 0.5:
                at = int(run.chance.unit(_MAY, f"{key} at") * run.until)
                run.at(at, _occasion(run, plan, who, time), plan.place)
