"""Powers and budgets, from the words in a file to what comes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.clock import DAY
from sim.experiments.once import Outcome, run_once
from sim.facts import ApiAccepted, AttackEnded, SupportActed, TokenIssued
from sim.messages import ResourceRequest
from sim.party import Budget
from sim.scenario import ScenarioError, load, load_text
from sim.scenario.steps import show_step

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"
WORLD = """
title: t
until: 5 d
people: {{alice: {{answers_after: 1 min, reads_mail_after: 1 h}}, mallory: {{adversary: yes}}}}
orchestrators: {{hub: {{{hub}}}}}
providers: {{cloud: {{like: M1, {cloud}}}}}
network: {{"hub->cloud": {{channel: {channel}}}}}
story:
{steps}
"""
FORGING = (
    "{id: theft, at: 1 d, who: mallory, steal: signing_key, of: hub}",
    "{after: theft, who: mallory, attack: stolen_signing_key, of: hub, against: cloud, rate: 1 min, budget: {BUDGET}}",
)


def text(*steps: str, hub: str = "", cloud: str = "", channel: str = "secure") -> str:
    lines = "\n".join(f"  - {step}" for step in steps)
    return WORLD.format(hub=hub, cloud=cloud, channel=channel, steps=lines)


def played(*steps: str, **words: str) -> Outcome:
    return run_once(load_text(text(*steps, **words)))


def facts(outcome: Outcome, kind: type) -> list[object]:
    assert outcome.trace is not None
    return [fact for step in outcome.trace.steps for fact in step.facts if isinstance(fact, kind)]


def forging(budget: str) -> AttackEnded:
    outcome = played(FORGING[0], FORGING[1].replace("{BUDGET}", budget))
    (ended,) = facts(outcome, AttackEnded)
    assert isinstance(ended, AttackEnded)
    return ended


# --- budgets ----------------------------------------------------------------------------------------------------------


def test_a_budget_is_read_and_shown() -> None:
    step = load_text(text(*(line.replace("{BUDGET}", "{requests: 50, money: 200 usd, time: 2 d}") for line in FORGING)))
    attack = step.story[1]
    assert attack.budget == Budget(requests=50, money=20_000, accounts=None, time=2 * DAY)
    assert show_step(attack)["budget"] == {"requests": 50, "money": "200 usd", "time": "2 d"}


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        ("{request: 5}", "did you mean 'requests'?"),
        ("{requests: many}", "is not a whole number"),
        ("{money: 5}", "is not an amount of money"),
        ("{time: 0 s}", "must be above 0"),
        ("{}", "is not a budget"),
        ("5", "is not a budget"),
    ],
)
def test_a_budget_that_makes_no_sense_is_refused(budget: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=r"budget") as error:
        load_text(text(*(line.replace("{BUDGET}", budget) for line in FORGING)))
    assert message in str(error.value)


def test_only_attacks_have_budgets() -> None:
    with pytest.raises(ScenarioError, match="'budget' does not belong to at … add"):
        load_text(text("{at: 1 d, who: alice, add: cloud/free, budget: {requests: 5}}"))


@pytest.mark.parametrize(
    ("budget", "why", "used"),
    [
        ("{requests: 7}", "out_of_requests", (7, 7, 0)),
        ("{accounts: 3}", "out_of_accounts", (3, 3, 0)),
        ("{time: 10 min}", "out_of_time", (9, 9, 0)),
        ("{requests: 0}", "out_of_requests", (0, 0, 0)),
    ],
)
def test_an_attack_ends_with_its_budget_and_says_so(budget: str, why: str, used: tuple[int, ...]) -> None:
    ended = forging(budget)
    assert ended.why == why
    assert (ended.requests, ended.accounts, ended.spent) in (used, (used[0] + 1, used[1] + 1, 0))


def test_what_is_bought_counts_by_its_price() -> None:
    steps = (
        "{id: cards, at: 1 d, who: mallory, steal: card, of: alice}",
        "{after: cards, who: mallory, attack: card_testing, of: hub, against: cloud, budget: {money: 10 usd}}",
    )
    (ended,) = facts(played(*steps), AttackEnded)
    assert isinstance(ended, AttackEnded)
    assert (ended.why, ended.spent) == ("out_of_money", 0)


def test_what_came_to_nothing_is_given_back() -> None:
    contained = played(
        FORGING[0],
        FORGING[1].replace("{BUDGET}", "{accounts: 3}"),
        "{after: theft, withdraw_key: hub}",
        cloud="key_cache: {life: 1 s}",
    )
    (ended,) = facts(contained, AttackEnded)
    assert isinstance(ended, AttackEnded)
    assert (ended.why, ended.requests, ended.accounts) == ("contained", 1, 0)


# --- channels ---------------------------------------------------------------------------------------------------------

LISTEN = "{id: tap, at: 0 s, who: mallory, intercept: hub->cloud, does: DEED, kind: account_request, for: 1 d}"
REPLAY = "{at: 0 s, who: mallory, attack: assertion_replay, against: cloud}"
OWN = "{at: 1 h, who: alice, add: cloud/free}"


@pytest.mark.parametrize(("deed", "channel"), [("read", "secure"), ("replay", "authentic"), ("inject", "authentic")])
def test_what_a_channel_does_not_allow_is_an_error_in_the_file(deed: str, channel: str) -> None:
    with pytest.raises(ScenarioError, match=f"is {channel}, so nobody in it can {deed}"):
        load_text(text(LISTEN.replace("DEED", deed), channel=channel))


def test_what_is_read_reaches_an_attack_that_can_use_it() -> None:
    steps = (LISTEN.replace("DEED", "read"), REPLAY, OWN)
    (ended,) = facts(played(*steps, channel="authentic"), AttackEnded)
    assert isinstance(ended, AttackEnded)
    assert (ended.why, ended.requests) == ("won", 1)


def test_without_an_ear_there_is_nothing_to_replay() -> None:
    assert facts(played(REPLAY, OWN, channel="authentic"), AttackEnded) == []


def test_an_interception_ends_when_it_should_whoever_listens() -> None:
    late = "{at: 2 d, who: alice, add: cloud/free}"
    assert facts(played(LISTEN.replace("DEED", "read"), REPLAY, late, channel="authentic"), AttackEnded) == []


def test_what_is_injected_comes_in_the_senders_name_and_once() -> None:
    twice = LISTEN.replace("DEED", "inject").replace("account_request", "resource")
    outcome = played(twice, OWN, hub="idempotency: none", cloud="idempotency: none", channel="open")
    assert outcome.trace is not None
    asked = [step for step in outcome.trace.steps if isinstance(step.message, ResourceRequest)]
    assert [(step.sender, step.to, step.behind) for step in asked] == [
        ("hub", "cloud", "alice"),
        ("hub", "cloud", "mallory"),
    ]


def test_metadata_can_only_name_a_provider_of_the_world() -> None:
    with pytest.raises(ScenarioError, match=r"providers\.cloud\.authorization_server: there is no 'clowd'"):
        load_text(text(OWN, cloud="authorization_server: clowd"))


# --- packs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", sorted((SCENARIOS / "packs").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_pack_is_used_by_some_story(pack: Path) -> None:
    stories = [path.read_text("utf-8") for path in SCENARIOS.rglob("*.yaml") if path.parent != pack.parent]
    assert any(f"packs/{pack.name}" in story for story in stories)


def test_a_pack_brings_people_and_steps_and_is_changed_by_name() -> None:
    story = load_text(
        "use: packs/stolen_session.yaml\ntitle: t\nuntil: 9 d\norchestrators: {hub: {}}\nproviders: {cloud: {}}\n"
        "people: {alice: {notices: 0}}\nstory: [{id: theft, at: 4 d}]",
        file=str(SCENARIOS / "t.yaml"),
    )
    assert story.people["mallory"].adversary
    assert [(step.id, step.verb) for step in story.story] == [("theft", "steal")]
    assert story.people["alice"].notices == 0


# --- what threats needed ----------------------------------------------------------------------------------------------


def test_a_secret_leaks_on_either_side_and_opens_one_provider() -> None:
    path = SCENARIOS / "threats" / "t21_stolen_shared_secret.yaml"
    outcome = run_once(load(path))
    assert outcome.trace is not None
    thefts = [step for step in outcome.trace.steps if step.behind == "thief"]
    assert {fact.provider for step in thefts for fact in step.facts if isinstance(fact, TokenIssued)} == {"cloud"}


def test_a_support_desk_says_what_it_did() -> None:
    steps = (
        "{at: 1 d, who: alice, sign_up: cloud}",
        "{at: 2 d, who: mallory, steal: support_desk, of: cloud}",
        "{at: 3 d, who: mallory, as: alice, reset_password: cloud}",
    )
    (acted,) = facts(played(*steps, cloud="support: {recorded: no}"), SupportActed)
    assert isinstance(acted, SupportActed)
    assert (acted.action, acted.recorded) == ("send_link", False)
    assert facts(played(*steps, cloud="support: {approval: dual}"), SupportActed) == []


@pytest.mark.parametrize("of", ["hub", "cloud"])
def test_a_token_store_is_as_good_on_either_side(of: str) -> None:
    steps = (
        OWN,
        f"{{at: 1 d, who: mallory, steal: tokens, of: {of}}}",
        "{at: 2 d, who: mallory, as: alice, use: cloud}",
    )
    assert [fact.account for fact in facts(played(*steps), ApiAccepted)][-1] == "cloud/step1.alice"


def test_a_key_made_by_hand_can_be_stolen_from_its_maker() -> None:
    steps = (OWN, "{at: 3 d, who: mallory, steal: tokens, of: alice}", "{at: 4 d, who: mallory, as: alice, use: cloud}")
    outcome = played(*steps, cloud="agent_provisioning: no")
    assert outcome.trace is not None
    served = [step.behind for step in outcome.trace.steps if any(isinstance(fact, ApiAccepted) for fact in step.facts)]
    assert "mallory" in served
