"""A rate limiter in front of a party: token buckets, one for each limit and each key.

A request that is under several limits takes a token of each, or of none. What is missing comes back by wakes. The
buckets are kept in a store that can be down (assumed: it forgets nothing meanwhile): then everything is let pass
(``when_down: open``, as in [PHRL]_) or refused (``closed``).

.. [PHRL] https://github.com/PostHog/posthog/tree/master/ee/api/agentic_provisioning
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sim.buckets import Bucket, back, take, wait
from sim.facts import Admitted, Limited, LimiterFailed, LimiterRestored
from sim.party import Party, Turn
from sim.tables import Table

#: The wire's code for a request that is refused because there were too many.
RATE_LIMITED = "rate_limited"


class Limiter(Party):
    """The part of a party that counts requests; its settings are ``config.limits``."""

    TABLES: ClassVar[tuple[str, ...]] = ("buckets", "limiter")

    buckets: Table
    """(number of the limit, key) → ``Bucket``, unless it is full."""
    limiter: Table
    """``down`` → how many outages keep the store of the buckets down, while any do."""

    def admits(self, turn: Turn, counts: str, keys: Mapping[str, str], tenant: str, request: str) -> bool:
        """Whether a request of the kind ``counts`` (empty: all limits are meant) may pass.

        ``keys`` is what each kind of bucket knows it by.
        """
        limits = [
            (at, limit, keys[limit.per]) for at, limit in enumerate(self.config.limits) if counts in ("", limit.counts)
        ]
        down = "down" in self.limiter
        taken: list[Bucket | None] = []
        for at, limit, key in limits:
            left = None if down else take(self.buckets.get((at, key)), limit.burst)
            if left is None and not (down and limit.when_down == "open"):
                turn.note(Limited(self.name, at, limit.per, key, tenant, request, down))
                return False
            taken.append(left)
        for (at, limit, key), left in zip(limits, taken, strict=True):
            if left is not None:
                self.buckets[at, key] = left
                if left.missing == 1:
                    turn.wake(f"refill {at} {key}", wait(left, limit.per_hour))
            turn.note(Admitted(self.name, at, limit.per, key, tenant, request))
        return True

    def refill(self, turn: Turn, what: str) -> None:
        """A token is back; a bucket whose limit is no more is forgotten."""
        number, _, key = what.partition(" ")
        at, limits = int(number), self.config.limits
        bucket: Bucket = self.buckets.pop((at, key))
        left = back(bucket, limits[at].per_hour) if at < len(limits) else None
        if left is not None:
            self.buckets[at, key] = left
            turn.wake(f"refill {at} {key}", wait(left, limits[at].per_hour))

    def store_fails(self, turn: Turn) -> None:
        """The store is down; more than one outage may keep it down."""
        before = self.limiter.get("down", 0)
        self.limiter["down"] = before + 1
        if not before:
            turn.note(LimiterFailed(self.name))

    def store_is_back(self, turn: Turn) -> None:
        """An outage of the store is over; after the last of them it is back as it was."""
        left = self.limiter.pop("down") - 1
        if left:
            self.limiter["down"] = left
        else:
            turn.note(LimiterRestored(self.name))
