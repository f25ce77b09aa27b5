"""The story on SimPy's clock: every step put on the queue when its time is known, populations as streams.

A stream schedules its own next arrival. Small groups have one keyed draw per member, so that adding a person leaves
the others alone; beyond ``STREAMED`` members a constant, a uniform or an exponential time is streamed in order of
time, with the same distribution and a memory that does not grow with the group.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from sim.chance import purpose
from sim.clock import Constant, Exponential, Uniform
from sim.facts import StepCompleted
from sim.party import Command
from sim.roster import Roster
from sim.simulate.engine import Simulation
from sim.story import Plan, doer

STREAMED = 1_000
_AT, _EVERY, _WAIT, _MAY, _STREAM = map(purpose, ("at", "every", "wait", "may", "stream"))


def stage(run: Simulation, steps: tuple[Any, ...], roster: Roster, fact: Callable[[str], Any]) -> None:
    """Put the story's ``steps`` on the clock of ``run``; ``fact(name)`` is the class of a fact by its name."""
    for step in steps:
        plan = Plan(step, roster)
        kind = type(step.when).__name__
        if kind == "After":
            _after(run, plan, fact)
        else:
            {"At": _at, "Every": _every, "May": _may}[kind](run, plan)


def _do(run: Simulation, command: Command) -> None:
    run.command(doer(command), command)


def _occasion(run: Simulation, plan: Plan, who: int, key: str) -> Callable[[], None]:
    """All that the ``who``-th of those who do the step does on one occasion."""

    def happen() -> None:
        for command in plan.commands(who, key, run.draw):
            _do(run, command)

    return happen


# --- at -----------------------------------------------------------------------------------------------------------


def _at(run: Simulation, plan: Plan) -> None:
    """Each combination once, at its own draw of the time."""
    when = plan.step.when.at
    if plan.size > STREAMED and isinstance(when, Constant | Uniform):
        _stream_once(run, plan, when)
        return
    for index in range(plan.size):
        key = plan.key(index, run.draw)
        at = when.quantile(run.chance.unit(_AT, key))
        run.at(at, lambda index=index, key=key: _do(run, plan.command(index, key, run.draw)))  # type: ignore[misc]


def _stream_once(run: Simulation, plan: Plan, when: Constant | Uniform) -> None:
    """The same, in order of time: the k-th of the n times that remain in [now, high] follows from those before it."""
    n, name = plan.size, plan.step.id
    stride = _stride(n, int(run.chance.unit(_STREAM, name) * n))
    shift = run.chance.index(_STREAM, f"{name} shift", n)
    low, high = when.least, when.most

    def arrive(k: int, at: int) -> None:
        index = (stride * k + shift) % n
        _do(run, plan.command(index, plan.key(index, run.draw), run.draw))
        if k + 1 < n:
            schedule(k + 1, at)

    def schedule(k: int, after: int) -> None:
        u = run.chance.unit(_STREAM, f"{name} {k}")
        at = high - int((high - after) * math.pow(u, 1.0 / (n - k)))
        run.at(at - int(run.env.now), lambda: arrive(k, at))

    schedule(0, low)


def _stride(n: int, start: int) -> int:
    """A number coprime to ``n``: k → (stride · k + shift) mod n visits every member once."""
    stride = max(start, n // 3) | 1
    while math.gcd(stride, n) != 1:
        stride += 2
    return stride


# --- every --------------------------------------------------------------------------------------------------------


def _every(run: Simulation, plan: Plan) -> None:
    """Repeatedly, per member; a constant interval ticks first at its start, a random one a draw after it."""
    every = plan.step.when.every
    if plan.who.size > STREAMED and isinstance(every, Exponential):
        Ticker(run, plan, None, Exponential(max(1, every.mean // plan.who.size))).begin()
        return
    for who in range(plan.who.size):
        Ticker(run, plan, who, every).begin()


class Ticker:
    """One stream of occasions: of one member, or of a whole group taken together (``who`` None)."""

    __slots__ = ("_count", "_every", "_name", "_plan", "_run", "_until", "_who")

    def __init__(self, run: Simulation, plan: Plan, who: int | None, every: Any) -> None:
        self._run, self._plan, self._who, self._every = run, plan, who, every
        self._count = 0
        self._until = run.until if plan.step.when.until is None else min(plan.step.when.until, run.until)
        member = "" if who is None else plan.person(who, plan.step.id, run.draw)
        self._name = f"{plan.step.id}.{member or 'world'}"

    def begin(self) -> None:
        """Put the first occasion on the queue."""
        start = self._plan.step.when.start
        first = 0 if isinstance(self._every, Constant) else self._interval()
        self._put(start + first)

    def _interval(self) -> int:
        return max(1, int(self._every.quantile(self._run.chance.unit(_EVERY, f"{self._name} {self._count}"))))

    def _put(self, after: int) -> None:
        times = self._plan.step.when.times
        if (times is None or self._count < times) and self._run.env.now + after <= self._until:
            self._run.at(after, self._tick)

    def _tick(self) -> None:
        self._count += 1
        run, plan = self._run, self._plan
        who = self._who
        if who is None:
            who = run.draw(f"{self._name} {self._count} who", plan.who.size)
        key = f"{self._name}.{self._count}"
        _occasion(run, plan, who, key)()
        self._put(self._interval())


# --- after and may ------------------------------------------------------------------------------------------------


def _after(run: Simulation, plan: Plan, fact: Callable[[str], Any]) -> None:
    """Each time a step completes or a fact is noted: for the same person where that person does this step."""
    when = plan.step.when
    seen = [0]
    members = {plan.person(who, plan.step.id, run.draw): who for who in range(min(plan.who.size, STREAMED))}

    def noted(noted: Any, see: Any) -> None:
        if not when.fact and noted.step != when.after:
            return
        if when.until is not None and see.now > when.until:
            return
        if when.times is not None and seen[0] >= when.times:
            return
        seen[0] += 1
        person = getattr(noted, "person", "") or see.behind
        chosen = [members[person]] if person in members else range(plan.who.size)
        for who in chosen:
            _soon(run, plan, who, f"{plan.step.id}.{plan.person(who, plan.step.id, run.draw) or 'world'}.{seen[0]}")

    run.world.on(fact(when.after) if when.fact else StepCompleted, noted)


def _soon(run: Simulation, plan: Plan, who: int, key: str) -> None:
    wait = plan.step.when.wait.quantile(run.chance.unit(_WAIT, key))
    run.at(wait, _occasion(run, plan, who, key))


def _may(run: Simulation, plan: Plan) -> None:
    """At most so many times, whenever: a run draws for each whether, and when."""
    for who in range(plan.who.size):
        for time in range(1, plan.step.when.times + 1):
            key = f"{plan.step.id}.{plan.person(who, plan.step.id, run.draw) or 'world'}.{time}"
            if run.chance.unit(_MAY, key) < 0.5:
                at = int(run.chance.unit(_MAY, f"{key} at") * run.until)
                run.at(at, _occasion(run, plan, who, key))
