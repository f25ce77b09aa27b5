"""Small real sweeps for the tests of tables, figures and pages; each is run once."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from sim.experiments.sweep import sweep
from sim.scenario import load_text

_WORLD = """
format: 1
title: {title}
why: {why}
refs: [T05]
until: 60 d
people:
  alice: {{notices: 0}}
  mallory: {{adversary: true}}
orchestrators:
  first: {{}}
  second: {{email_check: none, says_verified: always}}
providers:
  cloud: {{like: M1, prices: {{paid: 45 usd}}, disputes: {{answer: fight, wins: 0.5, on_dispute: keep}}}}
story:
  - {{id: squat, at: 1 d, who: mallory, via: second, as: alice, add: cloud/free}}
  - {{id: owner, at: 10 d, who: alice, via: first, add: cloud/paid}}
  - {{id: regret, at: 20 d, who: alice, dispute: cloud}}
measures:
  made: {{count: account_created, where: {{behind: adversary}}}}
  delay: {{span: [requested, resource_completed], where: {{behind: honest}}}}
  waited: {{span: [requested, consent_given], take: max}}
  lost: {{sum: dispute_decided.amount, where: {{outcome: lost}}}}
expect:
  squats: 1
  no_squat: violated
  token_only_for_owner: holds
  net_provider: {{at_most: 45 usd}}
runs: {runs}
"""
POLICIES = "vary:\n  providers.cloud.like: [M1, M4, M7]\n  arrival:\n    late: {}\n    early: {story.owner.at: 1 h}\n"
AMOUNTS = (
    "vary:\n  providers.cloud.prices.paid: [10 usd, 45 usd, 90 usd]\n"
    "  answer:\n    fight: {}\n    accept: {providers.cloud.disputes.answer: accept}\n"
)
VARIANTS = (
    "variants:\n  asked: {why: The owner is asked., set: {providers.cloud.like: M6}, expect: {no_squat: violated}}\n"
    "  mailed: {set: {providers.cloud.like: M7}, expect: {no_squat: holds}}\n"
)


@cache
def swept(questions: str, *, runs: int = 3, title: str = "A small story", why: str = "To be drawn.") -> Any:
    """A sweep of the small world with ``questions`` (one of the texts above) added to it."""
    text = _WORLD.format(title=json.dumps(title), why=json.dumps(why), runs=runs) + questions
    return sweep(load_text(text, file="small.yaml"), workers=1)
