"""What stands on SimPy's queue, and the turn that parties are given in a run.

Slotted objects with the few attributes SimPy asks of an event: cheaper by far than a process and a store per message.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heappush
from typing import TYPE_CHECKING, Any
from zlib import crc32

import msgspec

from sim.chance import purpose
from sim.clock import Constant, Duration, sampler, share_below
from sim.party import Fact, Message
from sim.property import Property

if TYPE_CHECKING:
    from sim.simulate.engine import Simulation

_DECIDE = purpose("decide")
# ``chance.unit``, written out where a run spends its time
_MASK = (1 << 64) - 1
_GOLDEN, _C1, _C2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_UNIT = 2.0**-52


class Link:
    """A channel as a run uses it."""

    __slots__ = ("duplicates", "loss", "quantile")

    def __init__(self, config: Any) -> None:
        self.quantile = sampler(config.latency, share_below(config.latency, config.at_most))
        self.loss, self.duplicates = config.loss, config.duplicates


class Delivery(msgspec.Struct, gc=False, eq=False):
    """A message on its way."""

    to: str
    sender: str
    message: Message
    cause: int
    behind: str
    sent: int


class Wake(msgspec.Struct, gc=False, eq=False):
    """A party's wake: when and whereafter it comes due, and whether it is still wanted."""

    owner: str
    key: str
    cause: int
    behind: str
    at: int = 0
    place: int = 0
    live: bool = True


class Deadline(msgspec.Struct, gc=False, eq=False):
    """A deadline that a property has set."""

    owner: Property
    key: str
    cause: int
    behind: str
    at: int = 0
    place: int = 0
    live: bool = True


class Call(msgspec.Struct, eq=False):
    """A step of the story."""

    call: Callable[[], None]


class Lane(deque[Wake | Deadline]):
    """Constant waits of one length, which come due in the order in which they were asked for.

    On the queue it stands for the first of them.
    """

    __slots__ = ()


class Kinds(dict[type[Message], int]):
    """The number that keeps latencies of one kind of message apart from those of the others."""

    def __missing__(self, kind: type[Message]) -> int:
        found = self[kind] = purpose(f"latency {kind.__name__}")
        return found


KINDS = Kinds()


class Turn:
    """What a party may do, in a run. One object serves all turns of a run."""

    __slots__ = (
        "_base", "_lanes", "_next", "_queue", "_quick", "_readers", "_record", "_run", "_see", "_taps", "_until",
        "_waiting", "began", "behind", "cause", "me", "resumes",
    )  # fmt: skip

    def __init__(self, run: Simulation, quick: Callable[[float], int] | None) -> None:
        """``quick`` gives the latency at a quantile, where all channels are alike and lose and double nothing."""
        self._run, self._quick, self._base = run, quick, run.chance._base
        self._readers, self._see, self._taps = run.world.readers, run.world.see, run.world.taps
        self._queue: list[Any] = run.env._queue
        self._next, self._until = run.env._eid, run.until
        self._waiting, self._lanes = run.waiting, run._lanes
        self._record = run.recorder is not None
        self.me, self.behind, self.began = "", "", ""
        self.cause, self.resumes = 0, 0

    def rewire(self, quick: Callable[[float], int] | None) -> None:
        """Another latency from now on."""
        self._quick = quick

    def send(self, to: str, message: Message) -> None:
        """See ``party.Turn``. What ``Simulation.send`` does, where nothing is special."""
        quick = self._quick
        if quick is None or self._taps:
            self._run.send(self.me, to, message, self.behind)
            return
        x = crc32((message.id + to).encode(), KINDS[type(message)])
        x = (x * _GOLDEN ^ self._base) & _MASK
        x = ((x ^ (x >> 29)) * _C1) & _MASK
        see = self._see
        now = see.now
        at = now + quick((((((x ^ (x >> 32)) * _C2) & _MASK) >> 12) + 0.5) * _UNIT)
        heappush(self._queue, (at, 1, next(self._next), Delivery(to, self.me, message, see.step, self.behind, now)))

    def wake(self, key: str, after: int | Duration) -> None:
        """See ``party.Turn``."""
        if type(after) is Constant:
            after = after.us
        if not isinstance(after, int):
            self._run.wake_uncertain(self.me, key, after, self.behind)
            return
        pair = (self.me, key)
        old = self._waiting.pop(pair, None)
        if old is not None:
            old.live = False
        at = self._see.now + after
        if at > self._until:
            return
        place = next(self._next)
        wake = self._waiting[pair] = Wake(pair[0], key, self._see.step, self.behind, at, place)
        lane = self._lanes[after]
        if not lane:
            heappush(self._queue, (at, 1, place, lane))
        lane.append(wake)

    def cancel(self, key: str) -> None:
        """See ``party.Turn``."""
        wake = self._waiting.pop((self.me, key), None)
        if wake is not None:
            wake.live = False

    def note(self, fact: Fact) -> None:
        """See ``party.Turn``."""
        see = self._see
        see.behind = self.behind
        for read in self._readers[type(fact)]:  # world.note, without the call
            read(fact, see)
        if self._record:
            self._run.facts.append(fact)
            self._run.whose.append(self.behind)

    def decide(self, what: str, share: float) -> bool:
        """See ``party.Turn``."""
        return self._run.chance.happens(_DECIDE, f"{self.me} {what}", share)

    def stamp(self) -> int:
        """See ``party.Turn``."""
        run = self._run
        return int(run.env._now) + run.offset(self.me)

    def age_within(self, stamp: int, least: int, most: int) -> bool:
        """See ``party.Turn``."""
        return least <= self.stamp() - stamp <= most

    def act(self) -> None:
        """See ``party.Turn``."""
        self.behind = self._run.world.person(self.me)

    def suspend(self, key: str) -> None:
        """See ``party.Turn``."""
        self._run.world.truth.threads[key] = self.behind
        if self._run.recorder is not None:
            self._run.threads[key] = self._run.n

    def resume(self, key: str) -> None:
        """See ``party.Turn``."""
        behind = self._run.world.truth.threads.pop(key, None)
        if behind is not None:
            self.behind = behind
            self.resumes = self._run.threads.pop(key, 0)

    def trait(self, field: str) -> Any:
        """See ``party.Turn``."""
        return self._run.trait(self.me, field)
