"""Draws depend on their cause and on nothing else, and look like chance.

Every statistic here is of fixed draws: it comes out the same each time, and its bound is one that a true source
of chance would break in less than one of a thousand tests.
"""

from __future__ import annotations

import math
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.chance import _C1, _C2, _GOLDEN, Chance, mix, purpose
from sim.clock import HOUR, Exponential

TOP = Path(__file__).parent.parent
LATENCY, LOSS = purpose("latency"), purpose("loss")
LARGE = (*(k * 10**i + s for i in range(2, 10) for k in (1, 2) for s in (0, 1)), 2**16, 2**32, 2**63, 2**64 - 1)
KEYS = [f"owner.users{n}.1" for n in range(1, 4_001)]
seeds = st.integers(0, 2**64 - 1)
keys = st.text(max_size=30)


def stream(seed: int, replication: int = 0, what: int = LATENCY, n: int = 4_000) -> list[float]:
    chance = Chance(seed, replication)
    return [chance.unit(what, key) for key in KEYS[:n]]


def correlation(a: list[float], b: list[float]) -> float:
    n, mean_a, mean_b = len(a), sum(a) / len(a), sum(b) / len(b)
    covariance = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True)) / n
    spread = math.sqrt(sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b)) / n
    return covariance / spread


# --- keyed ----------------------------------------------------------------------------------------------------------


@given(seeds, st.integers(0, 10**6), st.lists(st.tuples(st.sampled_from([LATENCY, LOSS]), keys), min_size=1))
def test_a_draw_does_not_depend_on_what_was_drawn_before(
    seed: int, replication: int, wanted: list[tuple[int, str]]
) -> None:
    forth, back = Chance(seed, replication), Chance(seed, replication)
    there = [forth.unit(*one) for one in wanted]
    assert there[::-1] == [back.unit(*one) for one in wanted[::-1]]
    assert there[-1] == Chance(seed, replication).unit(*wanted[-1])


def test_draws_are_the_same_whatever_the_hash_seed_of_python() -> None:
    code = "from sim.chance import Chance, purpose as p; print(Chance(7, 3).unit(p('wake'), 'alice read m1').hex())"
    said = {
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": n}, cwd=TOP, stdout=-1, check=True).stdout
        for n in "012"
    }
    assert said == {Chance(7, 3).unit(purpose("wake"), "alice read m1").hex().encode() + b"\n"}


def test_no_two_seeds_replications_or_purposes_have_a_stream_in_common() -> None:
    """Seed s + 1 of replication r must not be seed s of replication r + 1, nor any other of the neighbourhood."""
    # Also those that a sum of seed and some multiple of the replication would take for the same.
    streams = {
        tuple(stream(seed, replication, what, 3))
        for seed in (*range(40), *LARGE)
        for replication in range(40)
        for what in (LATENCY, LOSS, purpose("wake"))
    }
    assert len(streams) == (40 + len(LARGE)) * 40 * 3


def test_different_keys_have_different_draws() -> None:
    """Keys are hashed to 32 bits: of n keys, about n² / 2³³ pairs have a draw in common."""
    n = 200_000
    chance = Chance(1)
    different = len({chance.unit(LATENCY, f"owner.users{i}.1") for i in range(n)})
    assert n - different <= 5 + 2 * n * n / 2**33


# --- like chance ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["seed", "replication"])
def test_neighbours_are_not_correlated(which: str) -> None:
    """|r| of independent streams of length n has mean √(2 / πn); that of 100 such pairs is within 30 % of it."""
    n = 4_000
    streams = [stream(i, 0) if which == "seed" else stream(1, i) for i in range(101)]
    mean = sum(abs(correlation(a, b)) for a, b in pairwise(streams)) / 100
    assert mean == pytest.approx(math.sqrt(2 / (math.pi * n)), rel=0.3)


@pytest.mark.parametrize("name", ["loss", "duplicate", "wake", "trait", "clock", "any", "at", "every", "decide"])
def test_purposes_are_not_correlated(name: str) -> None:
    assert abs(correlation(stream(1), stream(1, what=purpose(name)))) < 3.3 / math.sqrt(4_000)


@pytest.mark.parametrize("lag", [1, 2, 10])
def test_neighbouring_keys_are_not_correlated(lag: int) -> None:
    draws = stream(1)
    assert abs(correlation(draws[:-lag], draws[lag:])) < 3.3 / math.sqrt(4_000)


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 12345])
def test_draws_are_spread_evenly(seed: int) -> None:
    """Kolmogorov and Smirnov's distance, against its 99.9 % value; and chi-squared of 64 bins (99.9 %: 103.4)."""
    n = 4_000
    draws = sorted(stream(seed))
    distance = max(max((i + 1) / n - u, u - i / n) for i, u in enumerate(draws))
    assert distance < 1.95 / math.sqrt(n)
    bins = [0] * 64
    for u in draws:
        bins[int(u * 64)] += 1
    assert sum((count - n / 64) ** 2 for count in bins) / (n / 64) < 103.4


@given(seeds, keys)
def test_a_draw_is_inside_the_open_interval(seed: int, key: str) -> None:
    assert 0.0 < Chance(seed).unit(LATENCY, key) < 1.0


@pytest.mark.parametrize("last", [0, 2**64 - 1])
def test_the_least_and_the_largest_draw_are_inside_too(last: int) -> None:
    """No quantile has ends. The mixing is undone to find the key's number from which the outermost draws come."""
    x = last * pow(_C2, -1, 2**64) % 2**64
    x ^= x >> 32
    x = x * pow(_C1, -1, 2**64) % 2**64
    x ^= (x >> 29) ^ (x >> 58)
    chance = Chance(1)
    chance._base = x ^ (purpose("") * _GOLDEN) % 2**64
    draw = chance.unit(0, "")
    assert 0.0 < draw < 1.0
    assert (draw < 1e-15, draw > 1 - 1e-15) == (last == 0, last != 0)
    assert Exponential(HOUR).quantile(draw) >= 0


@given(seeds, seeds)
def test_mixing_loses_nothing(a: int, b: int) -> None:
    assert (mix(a) == mix(b)) == (a == b)


# --- what is made of them -------------------------------------------------------------------------------------------


@given(seeds, keys)
def test_what_is_certain_is_not_drawn(seed: int, key: str) -> None:
    chance = Chance(seed)
    assert chance.happens(LOSS, key, 1.0)
    assert not chance.happens(LOSS, key, 0.0)


def test_shares_and_weights_come_out_as_they_were_given() -> None:
    """Within 3.3 standard errors."""
    chance, n = Chance(5), len(KEYS)
    error = 3.3 / math.sqrt(n) / 2
    assert sum(chance.happens(LOSS, key, 0.3) for key in KEYS) / n == pytest.approx(0.3, abs=error)
    picked = [chance.pick(LOSS, key, (("a", 0.2), ("b", 0.5), ("c", 0.3))) for key in KEYS]
    for answer, weight in (("a", 0.2), ("b", 0.5), ("c", 0.3)):
        assert picked.count(answer) / n == pytest.approx(weight, abs=error)
    numbers = [chance.index(LOSS, key, 10) for key in KEYS]
    assert {numbers.count(number) / n == pytest.approx(0.1, abs=error) for number in range(10)} == {True}


def test_a_larger_share_contains_the_smaller_one() -> None:
    """Variants that differ in a share stay paired: whoever does it at 0.2 does it at 0.3."""
    chance = Chance(9)
    assert all(chance.happens(LOSS, key, 0.3) for key in KEYS if chance.happens(LOSS, key, 0.2))


@given(seeds, keys, st.integers(1, 10**12))
def test_an_index_is_below_its_number(seed: int, key: str, n: int) -> None:
    assert 0 <= Chance(seed).index(LOSS, key, n) < n


def test_a_pick_whose_weights_do_not_quite_sum_to_one_is_still_one_of_them() -> None:
    assert {Chance(seed).pick(LOSS, "k", (("a", 0.1), ("b", 0.1))) for seed in range(50)} == {"a", "b"}


def test_a_duration_is_the_quantile_of_its_draw() -> None:
    chance = Chance(4)
    assert chance.duration(LATENCY, "k", Exponential(HOUR)) == Exponential(HOUR).quantile(chance.unit(LATENCY, "k"))
