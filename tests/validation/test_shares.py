"""Shares of a population, against the binomial distribution (V3, V4, V15, V16, V18)."""

from __future__ import annotations

import math

import pytest

from sim.experiments.intervals import wilson
from sim.experiments.once import run_once
from sim.scenario import load_text
from tests.validation.kit import agrees, measured, values

# --- V3: applications that can be entered with an address written into one's own profile [SEM] ------------------------

NOAUTH = """
title: Of 142 applications, each of 131 keys on something better than the address
seed: 3
until: 2 d
people:
  ann: {{answers_after: 0 s}}
  mallory: {{adversary: true}}
orchestrators:
  hub: {{email_check: idp}}
  lax: {{email_check: none, says_verified: always}}
providers:
  apps: {{count: 142, {answers}}}
network: {{latency: 1 ms}}
story:
  - {{at: 0 s, who: ann, via: hub, add: apps/free}}
  - {{at: 1 d, who: mallory, as: ann, via: lax, add: apps/free}}
"""


@pytest.mark.slow
def test_v3_email_keyed_applications_in_a_random_population() -> None:
    drawn = "linking: silent, matching: {pick: {email: 11, namespaced: 131}}"
    taken = values(NOAUTH.format(answers=drawn), "takeovers", 60)
    agrees("V3 takeovers of 142", taken, 11.0, sd=3.19)


@pytest.mark.parametrize(("preset", "taken"), [("M1", 142), ("M4", 0), ("M10", 0)])
def test_v3_what_the_account_is_looked_for_by_decides(preset: str, taken: int) -> None:
    assert values(NOAUTH.format(answers=f"like: {preset}"), "takeovers", 1) == [taken]


@pytest.mark.parametrize(
    ("count", "of", "percent", "low", "high"),
    [(9, 104, 8.65, 4.6, 15.6), (2, 38, 5.3, 1.5, 17.3), (11, 142, 7.75, 4.4, 13.3)],
)
def test_v3_published_shares_with_wilson_s_interval(
    count: int, of: int, percent: float, low: float, high: float
) -> None:
    found = wilson(count, of)
    assert 100 * (found.mean or 0) == pytest.approx(percent, abs=0.04)
    assert (100 * (found.low or 0), 100 * (found.high or 0)) == pytest.approx((low, high), abs=0.05)


# --- V4: sites that link silently [TW20] ------------------------------------------------------------------------------

SITES = """
title: Of 60 sites 46 link an account by its address, 35 of them silently
seed: 4
until: 2 d
people:
  ann: {answers_after: 0 s}
orchestrators:
  hub: {email_check: idp}
providers:
  sites: {count: 60, matching: email, linking: {pick: {silent: 35, ask_owner: 11, refuse: 14}}}
network: {latency: 1 ms}
story:
  - {at: 0 s, who: ann, sign_up: sites}
  - {at: 1 d, who: ann, add: sites/free}
measures:
  silent: {count: linked, where: {how: silent}}
  asked: {count: consent_asked}
"""


@pytest.mark.slow
def test_v4_silent_links_in_a_random_population() -> None:
    both = measured(SITES, ("silent", "asked"), 100)
    agrees("V4 silent of 60", both["silent"], 60 * 35 / 60, sd=math.sqrt(60 * (35 / 60) * (25 / 60)))
    linking = [silent + asked for silent, asked in zip(both["silent"], both["asked"], strict=True)]
    agrees("V4 silent, given linking", [s / n for s, n in zip(both["silent"], linking, strict=True)], 35 / 46)


# --- V15: who registers first -----------------------------------------------------------------------------------------

FIRST = """
title: An attacker three times as quick as the owner
seed: 15
until: 40 d
people:
  ann: {{notices: 0, answers_after: 0 s}}
  mallory: {{adversary: true}}
orchestrators:
  hub: {{email_check: idp}}
providers:
  p: {{matching: email, linking: {linking}}}
network: {{latency: 1 ms}}
story:
  - {{at: exponential 20 min, who: mallory, as: ann, sign_up: p}}
  - {{at: exponential 60 min, who: ann, add: p/free}}
  - {{at: 30 d, who: mallory, as: ann, log_in: p}}
"""


def test_v15_the_quicker_is_first_in_proportion() -> None:
    agrees("V15 attacker first", values(FIRST.format(linking="silent"), "takeovers", 200), 0.75)


def test_v15_and_wins_where_accounts_are_merged() -> None:
    drawn = "{pick: {silent: 13, refuse: 41}}"
    agrees("V15 takeover", values(FIRST.format(linking=drawn), "takeovers", 200), 0.75 * 13 / 54)


# --- V16: two orchestrators, one address ------------------------------------------------------------------------------

#: 1,000 s is reached with probability 0.2 by somebody who comes after an exponential time of this mean.
COMES = 1000 / -math.log(0.8)
MEETING = f"""
title: Users who are with each of three orchestrators with probability 0.2
seed: 16
until: 1000 s
people:
  users: {{{{count: {{count}}, answers_after: 0 s}}}}
orchestrators:
  a: {{{{email_check: idp}}}}
  b: {{{{email_check: idp}}}}
  c: {{{{email_check: idp}}}}
providers:
  p: {{{{like: {{like}}}}}}
network: {{{{latency: 1 ms}}}}
story:
  - {{{{at: exponential {COMES:.2f} s, who: users, via: a, add: p/free}}}}
  - {{{{at: exponential {COMES:.2f} s, who: users, via: b, add: p/free}}}}
  - {{{{at: exponential {COMES:.2f} s, who: users, via: c, add: p/free}}}}
measures:
  refused: {{{{distinct: refused.person}}}}
  refusals: {{{{count: refused}}}}
  accounts: {{{{count: account_created}}}}
  comings: {{{{count: requested}}}}
  came: {{{{distinct: requested.login}}}}
"""


@pytest.mark.slow
def test_v16_users_who_meet_themselves() -> None:
    count = 60
    found = measured(MEETING.format(count=count, like="M9"), ("refused", "refusals", "comings", "came"), 200)
    assert [n - m for n, m in zip(found["comings"], found["came"], strict=True)] == found["refusals"]
    at_least_two = 1 - 0.8**3 - 3 * 0.2 * 0.8**2
    agrees("V16 of 60", found["refused"], count * at_least_two, sd=math.sqrt(count * at_least_two * (1 - at_least_two)))


@pytest.mark.slow
def test_v16_of_ten_thousand_users_about_1040_meet_themselves() -> None:
    outcome = run_once(load_text(MEETING.format(count=10_000, like="M9")), record=False)
    refused = outcome.measures["refused"]
    assert abs(refused - 1040) <= 3 * 30.5


def test_v16_namespaced_keys_make_an_account_for_every_coming() -> None:
    found = measured(MEETING.format(count=200, like="M10"), ("accounts", "comings", "refused"), 3)
    assert found["accounts"] == found["comings"]
    assert set(found["refused"]) == {0.0}


# --- V18: subjects that change ----------------------------------------------------------------------------------------

DRIFT = """
title: Logins after which an orchestrator calls somebody differently
seed: 18
until: 1200 h
people:
  users: {{count: {count}, answers_after: 0 s}}
orchestrators:
  hub: {{email_check: idp, subject_drift: {drift}, session_life: 1 d}}
providers:
  p: {{like: {like}, token_life: 30 min, refresh: none}}
network: {{latency: 1 ms}}
story:
  - {{at: 0 s, who: users, add: p/free}}
  - {{every: 1 h, from: 1 h, times: {logins}, who: users, log_in: hub}}
  - {{at: {logins}.5 h, who: users, add: p/free}}
measures:
  lost: {{distinct: refused.person}}
"""


def lost(count: int, drift: float, logins: int, runs: int, like: str = "M4") -> list[float]:
    text = DRIFT.format(count=count, drift=drift, logins=logins, like=like)
    return [number / count for number in values(text, "lost", runs)]


@pytest.mark.slow
@pytest.mark.parametrize(("logins", "count", "runs", "share"), [(52, 5, 200, 0.02059), (1000, 1, 60, 0.32973)])
def test_v18_share_that_loses_the_account(logins: int, count: int, runs: int, share: float) -> None:
    agrees(f"V18 {logins} logins", lost(count, 0.0004, logins, runs), share)


def test_v18_a_hundred_times_the_drift_in_ten_logins() -> None:
    agrees("V18 drift 0.04", lost(10, 0.04, 10, 40), 1 - 0.96**10)


def test_v18_where_the_address_decides_nobody_loses_anything() -> None:
    assert set(lost(10, 0.04, 10, 5, like="M5")) == {0.0}
