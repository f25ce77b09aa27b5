"""Token buckets, exactly and without a clock.

A bucket holds ``burst`` tokens and gains ``per_hour`` of them in an hour; who asks takes one, or is refused. Only whole
tokens can be taken, so it is enough to know how many are missing and to be told when the next one is back: ``wait``
says how long that takes from when the bucket began to miss some, or from when the last one came back. A full bucket is
no row at all.

Rule of this room: numbers only. Nothing here knows who asks, or when.

>>> bucket = take(None, burst=1)
>>> bucket, take(bucket, burst=1), wait(bucket, per_hour=120)
(Bucket(missing=1, turn=0), None, 30000000)
>>> back(bucket, per_hour=120) is None
True
"""

from __future__ import annotations

from math import gcd

import msgspec

from sim.clock import HOUR


class Bucket(msgspec.Struct, frozen=True, gc=False):
    """A bucket that is not full: ``missing`` tokens; ``turn`` counts those that came back, as far as it matters."""

    missing: int
    turn: int = 0


def take(bucket: Bucket | None, burst: int) -> Bucket | None:
    """The bucket with one token less; None if there is none to be taken."""
    if bucket is None:
        return Bucket(1)
    if bucket.missing >= burst:
        return None
    return Bucket(bucket.missing + 1, bucket.turn)


def back(bucket: Bucket, per_hour: int) -> Bucket | None:
    """The bucket with one token more; None if it is full now."""
    if bucket.missing <= 1:
        return None
    rhythm = per_hour // gcd(per_hour, HOUR)
    return Bucket(bucket.missing - 1, (bucket.turn + 1) % rhythm)


def wait(bucket: Bucket, per_hour: int) -> int:
    """Microseconds until the next token is back.

    The n-th comes n hours divided by ``per_hour`` after the bucket began to miss some, rounded up to a microsecond: no
    interval ever sees more than it should, and none of it is lost for good.
    """
    return _after(bucket.turn + 1, per_hour) - _after(bucket.turn, per_hour)


def _after(count: int, per_hour: int) -> int:
    return -(-count * HOUR // per_hour)
