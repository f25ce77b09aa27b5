"""Attestations that come late, twice, or by a clock that is off, against the windows they must hit (V10, V11)."""

from __future__ import annotations

import math

import pytest

from tests.validation.kit import agrees, values

REPLAYED = """
title: A signed request is read on its way and shown again after an exponential time
seed: 10
until: 1 d
people:
  ann: {{answers_after: 0 s}}
  mallory: {{adversary: true}}
orchestrators:
  hub: {{email_check: idp, attests_by: hmac_email}}
providers:
  p: {{like: M4, idempotency: none, skew: 300 s, clock: {clock}, replay_memory: {memory}}}
network: {{latency: 1 ms, channel: open}}
story:
  - {{at: 0 s, who: mallory, intercept: hub->p, does: read, kind: account_request}}
  - {{at: 0 s, who: mallory, attack: assertion_replay, against: p, rate: exponential {mean} s}}
  - {{at: 1 h, who: ann, add: p/free}}
measures:
  twice: {{count: attestation_accepted, where: {{behind: adversary}}}}
"""


def replays(mean: float, clock: int = 0, memory: str = "0 s", runs: int = 200) -> list[float]:
    return values(REPLAYED.format(mean=mean, clock=f"{clock} s", memory=memory), "twice", runs)


@pytest.mark.parametrize(("mean", "share"), [(60, 0.99326), (120, 0.91792), (600, 0.39347)])
def test_v10_a_replay_is_accepted_within_the_window(mean: int, share: float) -> None:
    agrees(f"V10 mean {mean} s", replays(mean), share)


def test_v10_a_clock_that_is_ahead_narrows_the_window() -> None:
    agrees("V10 ahead by 100 s", replays(120, clock=100), 1 - math.exp(-200 / 120))


def test_v10_a_memory_as_long_as_the_window_lets_nothing_through() -> None:
    assert set(replays(120, memory="300 s", runs=100)) == {0.0}


SKEWED = """
title: Twenty providers whose clocks are off
seed: 11
until: 1 h
people:
  ann: {{answers_after: 0 s}}
orchestrators:
  hub: {{email_check: idp, attests_by: hmac_email}}
providers:
  clouds: {{count: 20, like: M4, clock: normal 0 s sd {sd}, skew: 300 s}}
network: {{latency: 1 ms}}
story:
  - {{at: 1 min, who: ann, add: clouds/free}}
measures:
  refused: {{distinct: attestation_refused.provider, where: {{reason: [expired, not_yet_valid]}}}}
"""


@pytest.mark.slow
def test_v11_honest_requests_that_clocks_refuse() -> None:
    found = [number / 20 for number in values(SKEWED.format(sd="150 s"), "refused", 100)]
    agrees("V11 sd 150 s", found, 0.0455)


def test_v11_clocks_that_are_good_enough_refuse_nothing() -> None:
    """5.7e-7 each: of 400 providers 0.0002."""
    assert set(values(SKEWED.format(sd="60 s"), "refused", 20)) == {0.0}


@pytest.mark.slow
def test_v11_an_assertion_that_lives_as_long_as_the_skew_is_refused_on_one_side_only() -> None:
    """An assertion (jwt) may be old by its life and the skew, and early by the skew alone."""
    text = SKEWED.format(sd="150 s").replace("hmac_email", "jwt")
    found = [number / 20 for number in values(text, "refused", 60)]
    agrees("V11 jwt", found, 0.0455 / 2 + 3.2e-5)
