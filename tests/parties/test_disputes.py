"""Disputes from end to end: who complains of what, what the provider does, what it comes to in the books."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sim import facts as f
from sim.clock import DAY
from sim.experiments.once import Outcome, run_once
from sim.messages import Statement
from sim.money import break_even, cost_of_disputes
from sim.scenario import load_text


def story(
    disputes: str = "{}",
    steps: str = "",
    people: str = "",
    until: str = "300 d",
    more: str = "",
    seed: int = 1,
    notices: int = 1,
    keys: str = "per_intent",
) -> Outcome:
    """Alice buys for 100 usd on the first day and disputes it on the tenth, unless told otherwise."""
    text = f"""
title: disputes
until: {until}
seed: {seed}
people:
  alice: {{notices: {notices}, disputes_after: 5 d, {people}}}
  thief: {{adversary: true}}
orchestrators: {{hub: {{cap: {{per_provider: 1000 usd}}, idempotency: {keys}}}, second: {{}}}}
providers: {{p: {{like: M6, prices: {{paid: 100 usd}}, plans: once, disputes: {disputes}}}}}
{more}
story:
  - {{id: buy, at: 1 d, who: alice, add: p/paid}}
{steps or "  - {id: regret, at: 10 d, who: alice, dispute: p}"}
"""
    return run_once(load_text(text))


def noted(outcome: Outcome, kind: type[Any]) -> list[Any]:
    """The facts of a kind, in the order of time."""
    assert outcome.trace is not None
    return [fact for step in outcome.trace.steps for fact in step.facts if isinstance(fact, kind)]


def codes(outcome: Outcome) -> list[str]:
    return [fact.code for fact in noted(outcome, f.Refused)]


# --- who complains ----------------------------------------------------------------------------------------------------


def test_nobody_disputes_by_default() -> None:
    outcome = story(steps="  - {id: idle, at: 2 d, who: alice, use: p}")
    assert noted(outcome, f.Disputed) == []


def test_a_share_of_charges_is_contested_after_a_while() -> None:
    outcome = story(people="disputes: 1", steps="  - {id: idle, at: 2 d, who: alice, use: p}")
    (disputed,) = noted(outcome, f.Disputed)
    assert (disputed.person, disputed.reason, disputed.amount, disputed.provider) == ("alice", "friendly", 10_000, "p")
    assert noted(outcome, f.FraudReported) == []


def test_after_the_window_it_is_too_late() -> None:
    outcome = story(people="disputes: 1", until="400 d", steps="  - {id: idle, at: 2 d, who: alice, use: p}")
    assert len(noted(outcome, f.Disputed)) == 1
    late = story(steps="  - {id: regret, at: 124 d, who: alice, dispute: p}", until="400 d")
    assert noted(late, f.Disputed) == []
    assert codes(late) == ["not_disputable"]
    in_time = story(steps="  - {id: regret, at: 122 d, who: alice, dispute: p}", until="400 d")
    assert len(noted(in_time, f.Disputed)) == 1


def test_without_a_charge_there_is_nothing_to_dispute() -> None:
    outcome = story(steps="  - {id: regret, at: 1 h, who: alice, dispute: p}")
    ends = {fact.step: fact.outcome for fact in noted(outcome, f.StepCompleted)}
    assert ends["regret"] == "nothing"


def test_the_last_charge_is_contested() -> None:
    steps = """
  - {id: more, at: 5 d, who: alice, add: p/paid, amount: 7 usd}
  - {id: regret, at: 10 d, who: alice, dispute: p}"""
    (disputed,) = noted(story(steps=steps), f.Disputed)
    assert disputed.amount == 700


THEFT = """
  - {id: theft, at: 2 d, who: thief, steal: session, of: alice}
  - {id: spree, at: 3 d, who: thief, via: hub, as: alice, add: p/paid}"""


def test_a_holder_complains_of_what_a_thief_bought_and_of_nothing_else() -> None:
    outcome = story(steps=THEFT)
    (disputed,) = noted(outcome, f.Disputed)
    assert (disputed.reason, "spree.thief" in disputed.charge) == ("fraud", True)
    assert len(noted(outcome, f.FraudReported)) == 1
    assert noted(story(steps=THEFT, notices=0), f.Disputed) == []


def test_a_holder_complains_of_an_agent_that_bought_twice() -> None:
    steps = "  - {id: cut, at: 1 h, who: thief, intercept: p->hub, does: drop, kind: resource_response}"
    assert noted(story(steps=steps), f.Disputed) == [], "one key for all attempts: charged once"
    twice = story(steps=steps, keys="per_request")
    assert len(noted(twice, f.Charged)) == 2
    (disputed,) = noted(twice, f.Disputed)
    assert (disputed.reason, disputed.charge) == ("agent_error", noted(twice, f.Charged)[1].charge)
    assert noted(story(steps=steps, keys="per_request", notices=0), f.Disputed) == []


# --- what the provider does -------------------------------------------------------------------------------------------

BACK = """
  - {id: regret, at: 10 d, who: alice, dispute: p}
  - {id: back, at: 60 d, who: alice, add: p/free}"""


def test_keep_leaves_everything_as_it_is() -> None:
    outcome = story("{on_dispute: keep}", BACK)
    assert noted(outcome, f.AccountSuspended) == noted(outcome, f.AccountClosed) == noted(outcome, f.TokenEnded) == []


def test_a_suspended_account_rests_until_the_decision_and_loses_what_was_not_paid_for() -> None:
    steps = """
  - {id: regret, at: 10 d, who: alice, dispute: p}
  - {id: during, at: 12 d, who: alice, via: hub, use: p}
  - {id: after, at: 30 d, who: alice, add: p/free}"""
    outcome = story("{on_dispute: suspend}", steps)
    assert len(noted(outcome, f.AccountSuspended)) == len(noted(outcome, f.AccountReinstated)) == 1
    assert [(fact.kind, fact.reason) for fact in noted(outcome, f.TokenEnded)] == [("resource", "unpaid")]
    ends = {fact.step: fact.outcome for fact in noted(outcome, f.StepCompleted)}
    assert (ends["during"], ends["after"]) == ("unauthorized", "complete")
    assert outcome.panel["honest"]["outages"] == 1


def test_a_suspended_account_that_is_won_keeps_everything() -> None:
    outcome = story("{answer: fight, wins: 1, on_dispute: suspend}", BACK)
    assert len(noted(outcome, f.AccountReinstated)) == 1
    assert noted(outcome, f.TokenEnded) == []


def test_a_reset_does_not_open_a_suspended_account() -> None:
    steps = """
  - {id: mine, at: 2 d, who: alice, reset_password: p}
  - {id: regret, at: 10 d, who: alice, dispute: p}
  - {id: enter, at: 12 d, who: alice, log_in: p}"""
    outcome = story("{on_dispute: suspend}", steps)
    assert codes(outcome) == ["forbidden"]
    assert outcome.panel["honest"]["lockouts"] == 1


def test_closing_ends_everything_that_hangs_on_an_account() -> None:
    steps = """
  - {id: mine, at: 2 d, who: alice, reset_password: p}
  - {id: regret, at: 10 d, who: alice, dispute: p}
  - {id: enter, at: 12 d, who: alice, log_in: p}
  - {id: back, at: 60 d, who: alice, add: p/free}"""
    outcome = story("{on_dispute: close}", steps)
    assert {fact.reason for fact in noted(outcome, f.TokenEnded)} == {"closed"}
    assert {fact.kind for fact in noted(outcome, f.TokenEnded)} == {"resource", "access", "session"}
    assert [fact.account for fact in noted(outcome, f.AccountClosed)] == ["p/buy.alice"]
    assert len(noted(outcome, f.AccountCreated)) == 2, "nobody is remembered"
    assert not {"legal_transitions_only", "money_is_conserved", "effects_are_traceable"} & set(outcome.counts)


@pytest.mark.parametrize(
    ("by", "steps", "blocked"),
    [
        ("subject", "who: alice, add: p/free", True),
        ("subject", "who: alice, via: second, add: p/free", False),
        ("subject", "who: alice, sign_up: p", False),
        ("email", "who: alice, add: p/free", True),
        ("email", "who: alice, via: second, add: p/free", True),
        ("email", "who: alice, sign_up: p", True),
        ("email", "who: bob, add: p/paid", False),
        ("card", "who: alice, add: p/free", False),
        ("card", "who: alice, add: p/paid", True),
        ("card", "who: alice, via: second, add: p/paid", True),
        ("card", "who: bob, add: p/paid", False),
    ],
)
def test_who_is_remembered_by_what(by: str, steps: str, blocked: bool) -> None:
    lines = f"""
  - {{id: regret, at: 10 d, who: alice, dispute: p}}
  - {{id: back, at: 60 d, {steps}}}"""
    outcome = story(
        f"{{on_dispute: close, remembers: [{by}]}}", lines, people="uses: [hub, second]}\n  bob: {email: b@x.org"
    )
    assert codes(outcome) == (["blocked"] if blocked else [])
    assert [fact.by for fact in noted(outcome, f.Tombstoned)] == [by]


@pytest.mark.parametrize("by", ["subject", "email", "card"])
def test_a_dispute_that_is_won_is_forgiven(by: str) -> None:
    lines = """
  - {id: regret, at: 10 d, who: alice, dispute: p}
  - {id: during, at: 20 d, who: alice, add: p/paid}
  - {id: back, at: 60 d, who: alice, add: p/paid}"""
    outcome = story(f"{{answer: fight, wins: 1, on_dispute: close, remembers: [{by}]}}", lines)
    ends = {fact.step: fact.outcome for fact in noted(outcome, f.StepCompleted)}
    assert (ends["during"], ends["back"]) == ("blocked", "complete")


def test_evidence_is_what_the_provider_itself_has() -> None:
    (bare,) = noted(story("{answer: fight}"), f.DisputeAnswered)
    assert bare.evidence == ("actor", "orchestrator_account", "kyc")
    steps = """
  - {id: mine, at: 2 d, who: alice, reset_password: p}
  - {id: other, at: 3 d, who: alice, via: second, add: p/free}
  - {id: regret, at: 10 d, who: alice, dispute: p}"""
    rich = story("{answer: fight}", steps, people="uses: [hub, second]")
    (answered,) = noted(rich, f.DisputeAnswered)
    assert answered.evidence == ("actor", "orchestrator_account", "kyc", "email", "login", "consent")
    (silent,) = noted(story("{answer: accept}"), f.DisputeAnswered)
    assert (silent.answer, silent.evidence) == ("accept", ())


# --- what it costs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("wins", "cents"), [(0.45, 1_833), (0.25, 4_500), (0.20, 6_000)])
def test_break_even(wins: float, cents: int) -> None:
    """18.33, 45.00 and 60.00: above, fighting costs less; at it and below, it does not."""
    assert break_even(1_500, wins) == cents
    for amount in (cents - 1, cents, cents + 1):
        accepted, fought = cost_of_disputes(amount, 1_500, wins)
        assert (fought < accepted) is (amount > cents)


@pytest.mark.parametrize(
    ("answer", "net"), [("accept", -11_500), ("fight", -13_000), ("fight_above 18.33 usd", -13_000)]
)
def test_what_a_lost_dispute_costs(answer: str, net: int) -> None:
    assert story(f"{{answer: {answer}, wins: 0, on_dispute: keep}}").panel["money"]["net_provider"] == net


@pytest.mark.parametrize(
    ("amount", "answer", "cost"),
    [(10_000, "accept", 11_500), (10_000, "fight", 7_825), (1_000, "accept", 2_500), (1_000, "fight", 2_875)],
)
def test_the_policies_cost_what_the_formula_says(amount: int, answer: str, cost: int) -> None:
    """Accepting exactly; fighting within three standard errors, and exactly given the number of wins."""
    n, wins, fee = 300, 0.45, 1_500
    outcome = crowd(n, amount, answer, wins)
    lost = -outcome.panel["money"]["net_provider"] / n  # type: ignore[operator]
    accepted, fought = cost_of_disputes(amount, fee, wins)
    assert float(accepted if answer == "accept" else fought) == cost
    won = outcome.measures["won"]
    assert isinstance(won, int)
    if answer == "accept":
        assert (lost, won) == (cost, 0)
    else:
        assert lost * n == won * fee + (n - won) * (amount + 2 * fee)
        error = (amount + fee) * math.sqrt(wins * (1 - wins) / n)
        assert abs(lost - cost) < 3 * error


def crowd(n: int, amount: int, answer: str, wins: float) -> Outcome:
    """So many people buy once for ``amount`` cents, and all of them contest it."""
    text = f"""
title: everybody disputes
until: 100 d
people: {{buyers: {{count: {n}, disputes: 1, disputes_after: 2 d}}}}
orchestrators: {{hub: {{cap: {{per_provider: 1000 usd}}}}}}
providers:
  p:
    prices: {{paid: {amount / 100} usd}}
    plans: once
    disputes: {{answer: {answer}, wins: {wins}, on_dispute: keep}}
story: [{{at: 1 d, who: buyers, add: p/paid}}]
measures: {{won: {{count: dispute_decided, where: {{outcome: won}}}}}}
"""
    return run_once(load_text(text), record=False)


@pytest.mark.parametrize("seed", range(1, 9))
def test_whatever_the_network_does_the_books_balance_and_disputes_end(seed: int) -> None:
    more = """
network: {loss: 0.2, duplicates: 0.2}"""
    steps = """
  - {id: theft, at: 2 d, who: thief, steal: session, of: alice}
  - {id: spree, every: 20 d, from: 3 d, who: thief, via: hub, as: alice, add: p/paid}
  - {id: regret, at: 30 d, who: alice, dispute: p}"""
    how = "{answer: fight, pre_arbitration: 0.5, reserve: 40 d, on_dispute: suspend, remembers: [card]}"
    outcome = story(how, steps, people="disputes: 0.5", more=more, seed=seed, until="400 d")
    broken = {"money_is_conserved", "dispute_follows_stages", "legal_transitions_only"} & set(outcome.counts)
    assert not broken
    assert sum(outcome.panel["money"].values()) == 0  # type: ignore[arg-type]
    assert len(noted(outcome, f.Disputed)) == len(noted(outcome, f.DisputeDecided))


def test_a_dispute_takes_as_long_as_its_stages() -> None:
    outcome = story("{answer: fight, wins: 0}")
    assert outcome.trace is not None
    times = {
        fact.after: step.at for step in outcome.trace.steps for fact in step.facts if isinstance(fact, f.DisputeMoved)
    }
    days = [round((times[stage] - times["inquiry"]) / DAY) for stage in ("chargeback", "represented", "lost", "closed")]
    assert days == [1, 8, 38, 38]


@pytest.mark.parametrize(
    ("people", "lines"),
    [
        ("alice: {}", 0),
        ("alice: {disputes: 0.1}", 1),
        ("alice: {agent_obeys: 0.1}", 1),
        ("alice: {}, eve: {adversary: true}", 1),
    ],
)
def test_statements_are_read_where_somebody_might_complain(people: str, lines: int) -> None:
    text = f"""
title: one purchase
until: 10 d
people: {{{people}}}
orchestrators: {{hub: {{}}}}
providers: {{p: {{}}}}
story: [{{at: 1 d, who: alice, add: p/paid}}]
"""
    outcome = run_once(load_text(text))
    assert outcome.trace is not None
    assert sum(isinstance(step.message, Statement) for step in outcome.trace.steps) == lines
