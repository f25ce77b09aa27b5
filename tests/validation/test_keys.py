"""How long a withdrawn key and a withdrawn authority still work, against renewal theory (V5, V6, V7)."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from tests.validation.kit import agrees, values

# --- V5: forged accounts before a stolen key is shut out --------------------------------------------------------------

#: Ann's visits fetch the keys at an even time before the theft, so each copy is of an even age when it happens.
FORGED = """
title: A signing key is stolen, found missing and withdrawn; copies of the list live on for a while
seed: 5
until: {until}
people:
  ann: {{answers_after: 0 s}}
  thief: {{adversary: true}}
orchestrators:
  hub: {{email_check: idp}}
providers:
  clouds: {{count: {count}, like: M10, key_cache: {{life: 10 min}}}}
network: {{latency: 1 ms}}
story:
  - {{at: uniform 0 s to 10 min, who: ann, add: clouds/free}}
  - {{id: theft, at: 10 min, who: thief, steal: signing_key, of: hub}}
  - {{after: theft, who: thief, attack: mass_provisioning, of: hub, against: clouds, rate: exponential {every}}}
  - {{after: theft, wait: {detected}, withdraw_key: hub}}
measures:
  forged: {{count: account_created, where: {{behind: adversary}}}}
"""


def forged(detected: str, until: str, runs: int, *, count: int = 1, every: str = "15 s") -> list[float]:
    return values(FORGED.format(detected=detected, until=until, count=count, every=every), "forged", runs)


@pytest.mark.slow
def test_v5_withdrawn_at_once() -> None:
    agrees("V5 (iii)", forged("0 s", "1 h", 200), 20.0, sd=12.38)


@pytest.mark.slow
def test_v5_detected_after_an_hour() -> None:
    agrees("V5 (i)", forged("60 min", "2 h", 100), 260.0, sd=19.83)


@pytest.mark.slow
def test_v5_detected_after_an_exponential_time() -> None:
    """The spread is that of whole runs; of replications that are not independent it would be some 20."""
    agrees("V5 (ii)", forged("exponential 60 min", "20 h", 200), 260.0, sd=240.8)


@pytest.mark.slow
def test_v5_several_providers_share_the_moment_of_detection() -> None:
    """One per minute (r), D ~ Exp(10 min), TTL = 10 min, n = 4: the part of D grows with n squared, the rest with n."""
    n, r, detected, ttl = 4, 1.0, 10.0, 10.0
    variance = n * (r * (detected + ttl / 2) + r**2 * ttl**2 / 12) + n**2 * r**2 * detected**2
    found = forged("exponential 10 min", "6 h", 100, count=n, every="1 min")
    agrees("V5 of 4", found, n * r * (detected + ttl / 2), sd=math.sqrt(variance))


# --- V6: the last acceptance ------------------------------------------------------------------------------------------

#: Bob's address is taken everywhere, so a forged request is accepted as an attestation and refused as an account.
LAST = """
title: A withdrawn key is tried every few seconds at providers whose copies end at different times
seed: 6
until: 1300 s
people:
  ann: {{answers_after: 0 s}}
  bob: {{email: "bob@direct.example", answers_after: 0 s}}
  thief: {{adversary: true}}
orchestrators:
  hub: {{email_check: idp}}
providers:
  clouds: {{count: {count}, like: M4, key_cache: {{life: 10 min}}}}
network: {{latency: 1 ms}}
story:
  - {{at: 0 s, who: bob, sign_up: clouds}}
  - {{at: uniform 0 s to 10 min, who: ann, add: clouds/free}}
  - {{at: 10 min, who: thief, steal: signing_key, of: hub}}
  - {{at: 10 min, withdraw_key: hub}}
  - {{every: {every}, from: {first}, until: 1201 s, who: thief, via: hub, as: bob, add: clouds/free}}
measures:
  last: {{span: [key_withdrawn, attestation_accepted], take: max}}
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("count", "every", "first", "runs", "mean"), [(1, 10, 600, 200, 300.0), (32, 4, 1080, 60, 581.8)]
)
def test_v6_last_acceptance(count: int, every: int, first: int, runs: int, mean: float) -> None:
    """A copy ends some time between the last try that succeeds and the next: in the middle, on the average."""
    found = values(LAST.format(count=count, every=f"{every} s", first=f"{first} s"), "last", runs)
    largest = stats.beta(count, 1)
    excess = float(largest.stats(moments="k"))
    middle = [last + every / 2 for last in found]
    agrees(f"V6 n={count}", middle, mean, sd=600 * float(largest.std()), kurtosis=3 + excess)
    assert max(found) < 600 + 1


# --- V7: a credential after revocation --------------------------------------------------------------------------------

REVOKED = """
title: Authority is withdrawn at an even time of a token's life
seed: 7
until: {until}
people:
  ann: {{answers_after: 0 s}}
orchestrators:
  hub: {{email_check: idp, revocation: {push}}}
providers:
  p: {{token_life: {life}, refresh: none}}
network: {{latency: 1 ms}}
story:
  - {{at: uniform 0 s to {life}, who: ann, add: p/free}}
  - {{at: {life}, who: ann, revoke: p}}
measures:
  residual: {{span: [revoked, token_ended]}}
"""

PUSHED = "{names: grant, delay: 900 s, loss: 0.1, retries: 0}"


@pytest.mark.parametrize(
    ("life", "until", "push", "mean", "sd"),
    [
        ("1 h", "3 h", "{names: nothing}", 1800.0, 3600 / math.sqrt(12)),
        ("365 d", "1000 d", "{names: nothing}", 182.5 * 86_400, 365 * 86_400 / math.sqrt(12)),
        ("1 h", "3 h", PUSHED, 888.75, None),
    ],
    ids=["an hour", "a year", "pushed"],
)
def test_v7_residual_life(life: str, until: str, push: str, mean: float, sd: float | None) -> None:
    found = values(REVOKED.format(life=life, until=until, push=push), "residual", 200)
    agrees(f"V7 {life} {push}", found, mean, sd=sd)


def test_v7_the_measure_of_the_shelf_says_the_same_in_hours() -> None:
    text = REVOKED.format(life="1 h", until="3 h", push=PUSHED) + "expect: {residual_tokens: {at_least: 0}}\n"
    seconds, hours = values(text, "residual", 10), values(text, "residual_tokens", 10)
    assert hours == pytest.approx([one / 3600 for one in seconds], abs=1e-5)
