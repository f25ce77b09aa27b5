"""People who buy: a card is put on file when it is asked for, and ceilings are raised by people alone."""

from __future__ import annotations

from typing import Any

import pytest

from sim.experiments.once import Outcome, run_once
from sim.facts import CapRaised, Charged, HumanStepped, Refused
from sim.party import Fact
from sim.scenario import load_text

STORY = """
title: Buying
until: 3 d
people: {alice: {uses: hub, %s}, mallory: {adversary: true, uses: hub}}
orchestrators: {hub: {}, second: {}}
providers: {p: {}, q: {matching: namespaced}}
story: [%s]
"""


def told(outcome: Outcome, kind: type[Fact]) -> list[Any]:
    assert outcome.trace is not None
    return [fact for step in outcome.trace.steps for fact, *_ in map(_listed, step.facts) if isinstance(fact, kind)]


def _listed(fact: Any) -> tuple[Any, ...]:
    return fact if isinstance(fact, tuple) else (fact,)


def story(*steps: str, people: str = "") -> Outcome:
    return run_once(load_text(STORY % (people, ", ".join(f"{{{step}}}" for step in steps))))


def test_customers_of_old_have_a_card_on_file() -> None:
    outcome = story("at: 1 h, who: alice, add: p/paid")
    assert [fact.person for fact in told(outcome, Charged)] == ["alice"]
    assert "add_card" not in [fact.what for fact in told(outcome, HumanStepped)]


def test_a_new_customer_puts_a_card_on_file_once() -> None:
    outcome = story("at: 1 h, who: alice, via: second, add: q/paid", "at: 2 d, who: alice, via: second, add: q/paid")
    assert [(fact.where, fact.what) for fact in told(outcome, HumanStepped)].count(("second", "add_card")) == 1
    assert [(fact.person, fact.orchestrator) for fact in told(outcome, Charged)] == [("alice", "second")] * 2


@pytest.mark.parametrize(
    ("card", "code"), [("no", "requires_payment_credentials"), ("declined", "billing_activation_failed")]
)
def test_who_cannot_pay_gets_what_is_free(card: str, code: str) -> None:
    outcome = story("at: 1 h, who: alice, add: p/paid", "at: 1 d, who: alice, add: p/free", people=f'card: "{card}"')
    assert told(outcome, Charged) == []
    assert [fact.code for fact in told(outcome, Refused)] == [code]


def test_a_thief_in_a_session_pays_with_its_owners_card() -> None:
    outcome = story(
        "at: 0 s, who: alice, accept_terms: p",
        "at: 1 h, who: mallory, steal: session, of: alice",
        "at: 2 h, who: mallory, via: hub, as: alice, add: p/paid",
    )
    assert [fact.person for fact in told(outcome, Charged)] == ["alice"]
    assert outcome.panel["money"]["net_user"] == -2_000
    assert outcome.panel["money"]["net_adversary"] == outcome.panel["harm"]["attacker_gain"] == 2_000


@pytest.mark.parametrize(("via", "provider"), [("", ""), (", via: hub", ""), (", via: p", "p")])
def test_a_person_raises_the_ceiling(via: str, provider: str) -> None:
    outcome = story(f"at: 1 h, who: alice, raise_cap: 250 usd{via}")
    raised = told(outcome, CapRaised)
    assert [(fact.login, fact.provider, fact.limit) for fact in raised] == [("alice", provider, 25_000)]
