"""What stands on SimPy's queue, and the turn that parties are given in a run.

Slotted objects with the few attributes SimPy asks of an event: cheaper by far than a process and a store per message.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from sim.chance import purpose
from sim.clock import Duration, sampler, share_below
from sim.party import Fact, Message

if TYPE_CHECKING:
    from sim.simulate.engine import Simulation

_DECIDE = purpose("decide")


class Link:
    """A channel as a run uses it."""

    __slots__ = ("duplicates", "kept", "loss", "quantile")

    def __init__(self, config: Any) -> None:
        self.quantile = sampler(config.latency)
        self.kept = share_below(config.latency, config.at_most)
        self.loss, self.duplicates = config.loss, config.duplicates


class Delivery:
    """A message on its way."""

    __slots__ = ("behind", "callbacks", "cause", "message", "sender", "sent", "to")
    _ok = True
    _defused = True

    def __init__(
        self, callbacks: Any, to: str, sender: str, message: Message, cause: int, behind: str, sent: int
    ) -> None:
        self.callbacks = callbacks
        self.to, self.sender, self.message = to, sender, message
        self.cause, self.behind, self.sent = cause, behind, sent


class Wake:
    """Something asked for in time: a party's wake, a property's deadline, or a step of the story."""

    __slots__ = ("behind", "callbacks", "cause", "key", "lane", "live", "owner")
    _ok = True
    _defused = True

    def __init__(self, owner: Any, key: Any, cause: int, behind: str) -> None:
        self.callbacks: Any = None
        self.owner, self.key, self.cause, self.behind = owner, key, cause, behind
        self.live = True
        self.lane: deque[tuple[int, int, Wake]] | None = None


class Turn:
    """What a party may do, in a run. One object serves all turns of a run."""

    __slots__ = ("_readers", "_run", "_see", "_send", "_wake", "began", "behind", "cause", "me", "resumes")

    def __init__(self, run: Simulation) -> None:
        self._run, self._send, self._wake = run, run.send, run.wake
        self._readers, self._see = run.world.readers, run.world.see
        self.me, self.behind, self.began = "", "", ""
        self.cause, self.resumes = 0, 0

    def send(self, to: str, message: Message) -> None:
        """See ``party.Turn``."""
        self._send(self.me, to, message, self.behind)

    def wake(self, key: str, after: int | Duration) -> None:
        """See ``party.Turn``."""
        self._wake(self.me, key, after, self.behind)

    def cancel(self, key: str) -> None:
        """See ``party.Turn``."""
        wake = self._run.waiting.pop((self.me, key), None)
        if wake is not None:
            wake.live = False

    def note(self, fact: Fact) -> None:
        """See ``party.Turn``."""
        see = self._see
        see.behind = self.behind
        for read in self._readers[type(fact)]:  # world.note, without the call
            read(fact, see)
        run = self._run
        if run.recorder is not None:
            run.facts.append(fact)
            run.whose.append(self.behind)

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
