"""When a path could have happened: difference constraints over its events, solved.

One variable per event. Something created at event a and fired at event b with window [least, most] says
least <= t(b) - t(a) <= most; something still waiting at event c says t(c) - t(a) <= most; events follow one another.
The least solution is found by relaxation (Bellman-Ford); a cycle that keeps growing means that no times exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from sim.clock import NEVER
from sim.explore.memo import Effect
from sim.explore.things import Thing

#: how often times are looked for on one path, while things that may not happen meanwhile are put among its messages
WAYS = 60


class Token(msgspec.Struct):
    """One pending thing on a path: created at event ``born``, gone at event ``gone`` (-1: still there at the end)."""

    thing: Thing
    least: int
    most: int
    born: int
    gone: int = -1
    fired: bool = False


def tokens(path: Sequence[Effect]) -> list[Token]:
    """Everything that was pending on ``path``, the start first; of equal things the oldest goes first."""
    listed: list[Token] = []
    waiting: dict[int, list[Token]] = {}
    slots: dict[Any, Token] = {}

    def leave(token: Token, at: int, fired: bool) -> None:
        token.gone, token.fired = at, fired
        waiting[token.thing.index].remove(token)
        slots.pop(token.thing.slot, None)

    def enter(thing: Thing, least: int, most: int, at: int) -> None:
        token = Token(thing, least, most, at)
        listed.append(token)
        waiting.setdefault(thing.index, []).append(token)
        if thing.slot is not None:
            slots[thing.slot] = token

    for at, effect in enumerate(path):
        if at and not effect.thing.kept:
            leave(waiting[effect.thing.index][0], at, True)
        for slot, new, least, most, fresh in effect.sets:
            there = slots.get(slot)
            if there is not None and fresh:
                continue
            if there is not None:
                leave(there, at, False)
            if new is not None:
                enter(new, least, most, at)
        for thing, least, most in effect.adds:
            if not (thing.kept and waiting.get(thing.index)):
                enter(thing, least, most, at)
        if effect.stops:
            for token in [token for tokens in waiting.values() for token in tokens]:
                leave(token, at, False)
    return listed


def solve(path: Sequence[Effect], until: int) -> list[int] | None:
    """The earliest times of the events of ``path``, microseconds; None where there are none.

    Events are 1 µs apart where that is possible, then only those that are not due at a fixed time, then as close as
    may be.
    """
    listed = tokens(path)
    point = {token.gone for token in listed if token.fired and token.least == token.most}
    together = [0] * len(path)
    least = _least(len(path), list(_constraints(path, listed, together, until)))
    if least is None:
        return None
    others = [0 if at in point else 1 for at in range(len(path))]
    for apart in ([1] * len(path), others):
        times = _least(len(path), list(_constraints(path, listed, apart, until)))
        if times is not None:
            return times
    return least


def arrange(path: Sequence[Effect], until: int) -> tuple[list[Effect], list[int]] | None:
    """The events of ``path`` that its last one needs, in an order that can happen, with times; None where none can.

    Things that do not touch each other stand on the path in an order that need not be that of their times. What would
    have been due before the last event is taken too.
    """
    before, whole = _causes(path), tokens(path)
    needed = _closure({len(path) - 1}, before)
    while True:
        places = sorted(needed)
        chosen = [path[at] for at in places]
        listed, none = tokens(chosen), [0] * len(chosen)
        moving = _gone({(token.thing.index, places[token.born]) for token in _moving(chosen, listed)}, whole)
        if not moving <= needed:
            needed |= _closure(moving, before)
            continue
        order = tuple(_dependent(chosen))
        times = _rested(chosen, listed, until, order)
        if times is not None:
            break
        fired = [token for token in listed if token.fired]
        times = _least(len(chosen), list(_constraints(chosen, fired, none, until, order)))
        if times is None:
            return None
        late = {
            (token.thing.index, places[token.born])
            for token in listed
            if not token.fired and times[token.born] + token.most < times[-1]
        }
        due = _gone(late, whole)
        if due <= needed:
            return None
        needed |= _closure(due, before)
    ordered = sorted(range(len(chosen)), key=lambda at: (times[at], at))
    arranged = [chosen[at] for at in ordered]
    settled = solve(arranged, until)
    return None if settled is None else (arranged, settled)


def _gone(things: set[tuple[int, int]], whole: list[Token]) -> set[int]:
    """The events at which ``things``, (index, where they were created), went."""
    return {token.gone for token in whole if token.gone > 0 and (token.thing.index, token.born) in things}


def _moving(path: Sequence[Effect], listed: list[Token]) -> Iterator[Token]:
    """What is still on its way at an event of ``path`` that may not happen meanwhile."""
    quiet = max((at for at, effect in enumerate(path) if effect.thing.quiet), default=0)
    for token in listed:
        if token.thing.MOVING and not token.thing.kept and token.born < quiet and token.gone < 0:
            yield token


def _rested(
    path: Sequence[Effect], listed: list[Token], until: int, order: Sequence[tuple[int, int, int]]
) -> list[int] | None:
    """The least times at which nothing is on its way when something happens that may not happen meanwhile.

    On a path in part that thing may stand before a message or after it. So for each message that is in its way there
    are two possibilities, that it was sent later or arrived sooner; what stands on the path is tried first.
    """
    quiet = [at for at, effect in enumerate(path) if effect.thing.quiet]
    moving = [token for token in listed if token.thing.MOVING and not token.thing.kept] if quiet else []
    given, left = list(_constraints(path, listed, [0] * len(path), until, order)), WAYS

    def seek(more: list[tuple[int, int, int]]) -> list[int] | None:
        nonlocal left
        left -= 1
        times = _least(len(path), given + more)
        if times is None:
            return None
        place = [(time, at) for at, time in enumerate(times)]
        for at in quiet:
            for token in moving:
                here = token.born != at and place[token.born] < place[at]
                if here and (token.gone < 0 or place[at] < place[token.gone]):
                    sides = [(at, token.born), (token.gone, at)] if token.gone >= 0 else [(at, token.born)]
                    for a, b in sorted(sides, key=lambda side: side[0] > side[1]):
                        found = seek([*more, (a, b, int(a > b))]) if left > 0 else None
                        if found is not None:
                            return found
                    return None
        return times

    return seek([])


def _dependent(path: Sequence[Effect]) -> Iterator[tuple[int, int, int]]:
    """(a, b, 0) for events of ``path`` that may not change places."""
    first: dict[int, int] = {}
    for b, later in enumerate(path):
        if b and later.thing.kept:
            yield first[later.thing.index], b, 0
        for index in later.follow():
            first.setdefault(index, b)
        for a, sooner in enumerate(path[:b]):
            if not a or later.writes & sooner.reads or later.reads & sooner.writes:
                yield a, b, 0


def _causes(path: Sequence[Effect]) -> dict[int, set[int]]:
    """For each event of ``path``, those that it depends on."""
    before: dict[int, set[int]] = {}
    for a, b, _ in _dependent(path):
        before.setdefault(b, set()).add(a)
    for token in tokens(path):
        if token.fired:
            before.setdefault(token.gone, set()).add(token.born)
    return before


def _closure(events: set[int], before: dict[int, set[int]]) -> set[int]:
    """``events`` with all that they depend on, through others or not, and the start."""
    found, waiting = {0}, list(events)
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += before.get(at, ())
    return found


def _constraints(
    path: Sequence[Effect],
    listed: list[Token],
    apart: list[int],
    until: int,
    order: Sequence[tuple[int, int, int]] | None = None,
) -> Iterator[tuple[int, int, int]]:
    """(a, b, w) for each constraint t(b) >= t(a) + w; ``order`` says what comes after what, if not all in a row."""
    last = len(path) - 1
    if order is None:
        order = [(at - 1, at, apart[at]) for at in range(1, len(path))]
    else:
        order = [*order, *[(at, last, 0) for at in range(last)]]
    yield from order
    for token in listed:
        if token.fired:
            yield token.born, token.gone, token.least
            if token.most < NEVER:
                yield token.gone, token.born, -token.most
        elif token.most < NEVER:
            end = last if token.gone < 0 else token.gone
            if end != token.born:
                yield end, token.born, apart[end] - token.most
    if until < NEVER:
        yield last, 0, -until
    for at, effect in enumerate(path):
        for least, most in effect.limits:
            yield 0, at, least
            if most < NEVER:
                yield at, 0, -most


def _least(size: int, constraints: list[tuple[int, int, int]]) -> list[int] | None:
    """The least times from 0 that satisfy all constraints, or None."""
    times = [0] * size
    for _ in range(size + 1):
        changed = False
        for a, b, apart in constraints:
            if times[a] + apart > times[b]:
                if b == 0:
                    return None
                times[b] = times[a] + apart
                changed = True
        if not changed:
            return times
    return None


def endless(path: Sequence[Effect]) -> list[str]:
    """What was still waiting at the end of ``path`` and may wait for ever, in words."""
    waiting = [token for token in tokens(path) if token.gone < 0 and token.most >= NEVER and not token.thing.kept]
    return sorted({token.thing.words() for token in waiting})
