"""The only door for randomness: draws keyed by their cause.

A draw depends on (seed, replication, purpose, key) and on nothing else: never on how many draws came before it or on
the order in which things were made. So two variants of a story see the same latencies and reactions wherever they do
the same thing, and adding a message to one of them leaves every other draw alone.

The seed is mixed before use and every key after hashing: a bare crc32 gives neighbouring seeds nearly equal streams.

>>> Chance(1).unit(purpose("latency"), "alice.1") == Chance(1).unit(purpose("latency"), "alice.1")
True
"""

from __future__ import annotations

from zlib import crc32

from sim.clock import Duration

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_C1 = 0xBF58476D1CE4E5B9
_C2 = 0x94D049BB133111EB
#: With 52 bits and a half, all values are exact: with 53 the largest would be rounded to 1, which no quantile has.
_UNIT = 2.0**-52


def mix(x: int) -> int:
    """Finaliser of splitmix64: a bijection of 64-bit integers in which every input bit moves every output bit."""
    x = (x + _GOLDEN) & _MASK
    x = ((x ^ (x >> 30)) * _C1) & _MASK
    x = ((x ^ (x >> 27)) * _C2) & _MASK
    return x ^ (x >> 31)


def purpose(name: str) -> int:
    """The number by which ``name`` keeps its draws apart from those of every other purpose."""
    return crc32(name.encode())


class Chance:
    """All draws of one run."""

    __slots__ = ("_base", "replication", "seed")

    def __init__(self, seed: int, replication: int = 0) -> None:
        self.seed = seed
        self.replication = replication
        # Added, not combined in a way that treats both alike: seed 2 replication 0 must not be seed 1 replication 1.
        self._base = mix((mix(seed & _MASK) + replication) & _MASK)

    def unit(self, what: int, key: str) -> float:
        """A number in the open interval (0, 1) for purpose ``what`` and ``key``."""
        x = (crc32(key.encode(), what) * _GOLDEN ^ self._base) & _MASK
        x = ((x ^ (x >> 29)) * _C1) & _MASK
        x = ((x ^ (x >> 32)) * _C2) & _MASK
        return ((x >> 12) + 0.5) * _UNIT

    def duration(self, what: int, key: str, of: Duration) -> int:
        """What an uncertain duration turns out to be, microseconds."""
        return of.quantile(self.unit(what, key))

    def happens(self, what: int, key: str, share: float) -> bool:
        """Whether something of probability ``share`` happens."""
        return share >= 1.0 or (share > 0.0 and self.unit(what, key) < share)

    def pick(self, what: int, key: str, weights: tuple[tuple[str, float], ...]) -> str:
        """One of several answers, by weights that sum to 1."""
        u = self.unit(what, key)
        for answer, weight in weights:
            u -= weight
            if u < 0.0:
                return answer
        return weights[-1][0]

    def index(self, what: int, key: str, n: int) -> int:
        """A whole number from 0 to ``n`` - 1, all equally likely."""
        return int(self.unit(what, key) * n)
