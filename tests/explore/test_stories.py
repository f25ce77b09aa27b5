"""Scenarios explored: verdicts, refusals, and runs of the protocol that are paths of the exploration."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sim.clock import HOUR
from sim.explore.ages import Learnt, alike
from sim.explore.box import Box
from sim.explore.classes import Zones
from sim.explore.exploring import explore
from sim.explore.model import Bounds, Proposal
from sim.explore.ordered import model_with
from sim.explore.scenario import bounds, explore_scenario, model
from sim.explore.system import System
from sim.facts import AttestationRefused, names
from sim.knowledge import ADVERSARY
from sim.messages import CatalogRequest
from sim.property import Property
from sim.roster import Roster
from sim.scenario import ScenarioError, load, load_text
from sim.simulate import Simulation, stage
from sim.tables import Table
from sim.trace import Recorder
from tests.explore.follow import Follower
from tests.explore.runs import Noting

SCENARIOS = Path(__file__).parents[2] / "scenarios"

RACE = """
title: Two people and a squatter at the same time
until: 10 min
people:
  alice: {answers_after: uniform 0 s to 3 s, reads_mail_after: uniform 0 s to 3 s, notices: 0.5, repairs_after: 2 s}
  mallory: {adversary: true, answers_after: 1 s}
orchestrators: {hub: {timeout: 3 s}, second: {email_check: none, says_verified: always, timeout: 2 s}}
providers: {cloud: {like: M6}}
network: {latency: uniform 0 s to 1 s, at_most: 1 s}
story:
  - {id: squat, at: 1 s, who: mallory, via: second, as: alice, add: cloud/free}
  - {id: owner, at: 1 s, who: alice, via: hub, add: cloud/free}
  - {id: again, after: owner, wait: uniform 0 s to 2 s, who: alice, use: cloud}
  - {id: maybe, may: 1, who: mallory, as: alice, log_in: cloud}
"""


class Told:
    """A run of a scenario, recorded with what it drew."""

    def __init__(self, scenario: Any, seed: int) -> None:
        self.tables: dict[str, Table] = {}
        made, self.draws = model(scenario), Noting(seed)
        setting = made.setting(self._make)
        recorder = Recorder({})
        run = Simulation(
            setting.world, self.draws, scenario.until, scenario.network.link,
            config=setting.config, block=setting.block, recorder=recorder,
        )  # fmt: skip
        setting.releases(run.release)
        setting.begin(run.trait)
        roster = Roster(scenario.people, scenario.orchestrators, scenario.providers)
        stage(run, scenario.story, roster, names().__getitem__)
        self.end, self.steps = run.run(), recorder.steps

    def _make(self, name: str) -> Table:
        self.tables[name] = Table()
        return self.tables[name]


def _timeless(tables: dict[str, dict[Any, Any]]) -> dict[str, dict[Any, Any]]:
    """The tables, with the times left out that are a part of the names of attestations."""
    held = {
        re.sub(r"(?<=:)-?\d{4,}(?=:(key|secret):)", "", atom): who for atom, who in tables["knowledge.holders"].items()
    }
    return tables | {"knowledge.holders": held}


def _lost(scenario: Any, rule: Any, seeds: range) -> list[int]:
    """Seeds whose runs do not end in a place with the same tables."""
    asked: set[int] = set()
    made = model(scenario)

    def fresh() -> Follower:
        system = System(made, Bounds(adversary_sends=0), asked)
        return Follower(system, rule(system))

    follower, lost = fresh(), []
    for seed in seeds:
        told = Told(scenario, seed)
        plain = {name: dict(table) for name, table in told.tables.items()}
        while True:
            try:
                places = follower.follow(told.steps, told.draws.draws, told.end)
                break
            except Learnt:
                follower = fresh()
        if not any(alike(_timeless(follower.tables(place)), _timeless(plain)) for place in places):
            lost.append(seed)
    return lost


@pytest.mark.parametrize("rule", ["box", "zones"])
def test_runs_of_a_race_are_paths(rule: str) -> None:
    made = {"box": lambda system: Box(system, system.model.grid), "zones": Zones}
    assert _lost(load_text(RACE), made[rule], range(12)) == []


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["M1", "M4", "M5", "M6", "M7", "M10"])
def test_many_runs_of_a_race_are_paths(answer: str) -> None:
    scenario = load_text(RACE, sets=(f"providers.cloud.like={answer}",))
    assert _lost(scenario, lambda system: Box(system, system.model.grid), range(300)) == []


@pytest.mark.parametrize("name", ["pre_hijack", "existing_account_with_consent", "single_action_revocation"])
def test_runs_of_stories_are_paths(name: str) -> None:
    scenario = load(SCENARIOS / f"{name}.yaml")
    assert _lost(scenario, lambda system: Box(system, system.model.grid), range(4)) == []


# --- verdicts -----------------------------------------------------------------------------------------------------


def _verdicts(found: Any) -> dict[str, str]:
    return {verdict.property: verdict.verdict for verdict in found.verdicts}


@pytest.mark.parametrize(
    ("variant", "takeover", "unclean", "second_person"),
    [
        (None, "violated", "violated", "violated"),
        ("refuses", "holds", "holds", "holds"),
        ("namespaced", "holds", "holds", "holds"),
        ("checks_mail_at_the_door", "holds", "holds", "holds"),
    ],
)
def test_the_pre_hijack_is_explored_completely(
    variant: str | None, takeover: str, unclean: str, second_person: str
) -> None:
    found = explore_scenario(load(SCENARIOS / "pre_hijack.yaml", variant=variant))
    words = _verdicts(found)
    assert found.complete
    assert words["token_only_for_owner"] == takeover
    assert words["adopted_account_is_clean"] == unclean
    assert words["one_person_per_account"] == second_person
    assert words["no_squat"] == ("holds" if variant == "checks_mail_at_the_door" else "violated")


@pytest.mark.slow
@pytest.mark.parametrize(("variant", "unclean"), [("asks", "violated"), ("asks_and_purges", "holds")])
def test_consent_lets_the_squatter_stay_and_a_purge_does_not(variant: str, unclean: str) -> None:
    found = explore_scenario(load(SCENARIOS / "pre_hijack.yaml", variant=variant))
    assert found.complete
    assert _verdicts(found)["adopted_account_is_clean"] == unclean
    assert _verdicts(found)["token_only_for_owner"] == "holds"


def test_the_rules_of_time_agree_on_a_small_story() -> None:
    scenario = load(SCENARIOS / "pre_hijack.yaml")
    words = []
    for how in ("box", "exact"):
        within = Bounds(adversary_sends=0, waits_at_most=12 * HOUR, time=how)
        words.append(_verdicts(explore_scenario(scenario, within=within)))
    assert words[0] == words[1]


def test_a_counterexample_is_told_in_steps_and_shown_by_a_run() -> None:
    found = explore_scenario(load(SCENARIOS / "pre_hijack.yaml"))
    witness = next(verdict.witness for verdict in found.verdicts if verdict.property == "no_squat")
    assert witness is not None
    assert [event.step for event in witness.events] == [1, 2]
    assert witness.events[0].what.startswith("step squat: mallory sign_up cloud")
    assert witness.events[0].at_s == 86_400
    assert witness.trace.steps[-1].found[0].property == "no_squat"


def test_an_account_nobody_could_have_had_is_vacuous() -> None:
    found = explore_scenario(load(SCENARIOS / "pre_hijack.yaml"))
    assert {verdict.property for verdict in found.verdicts if verdict.vacuous} >= {"revoked_grant_is_dead"}


# --- refusals -----------------------------------------------------------------------------------------------------

SMALL = """
title: t
until: 2 d
people: {ann: {}, crowd: {count: %s}}
orchestrators: {hub: {}}
providers: {p: {%s}}
story: [{id: go, %s, who: ann, add: p/free}]
"""


@pytest.mark.parametrize(
    ("count", "provider", "when", "setting"),
    [
        ("50", "", "at: 1 h", "people.crowd.count=2"),
        ("2", "", "every: exponential 1 h", "story.go.times=2"),
        ("2", "", "every: 1 min", "story.go.times=2"),
        ("2", "workers: 2", "at: 1 h", "providers.p.workers=unlimited"),
        ("2", "service_time: 1 s", "at: 1 h", "providers.p.service_time=0 s"),
    ],
)
def test_what_cannot_be_enumerated_is_refused_with_what_makes_it_small(
    count: str, provider: str, when: str, setting: str
) -> None:
    text = SMALL % (count, provider, when)
    with pytest.raises(ScenarioError, match=f"--set '{setting}'"):
        explore_scenario(load_text(text))
    smaller = model(load_text(text, sets=(setting,)))
    assert smaller.until == 48 * HOUR


def test_the_bounds_are_those_of_the_file() -> None:
    text = SMALL % ("2", "", "at: 1 h") + "explore: {states: 7, losses: 1, waits_at_most: 1 d, time: exact}\n"
    within = bounds(load_text(text))
    assert (within.states, within.losses, within.waits_at_most, within.time) == (7, 1, 24 * HOUR, "exact")
    found = explore_scenario(load_text(text))
    assert (found.states, found.stopped, found.bounds) == (7, "states", within)


# --- channels and clocks ------------------------------------------------------------------------------------------

OPEN = """
title: A network that says again what it heard
until: 1 d
people: {alice: {}, mallory: {adversary: true}}
orchestrators: {hub: {attests_by: jwt, clock: 0 s}}
providers: {cloud: {like: M4}}
network: {"hub->cloud": {channel: %s}}
story:
  - {id: owner, at: 1 h, who: alice, add: cloud/free}
  - {id: later, at: 5 h, who: mallory, log_in: cloud}
explore: {waits_at_most: 1 h, adversary_sends: 1}
"""


@pytest.mark.parametrize(("channel", "reads", "injects"), [("secure", 0, 0), ("authentic", 1, 0), ("open", 1, 1)])
def test_what_an_adversary_may_do_on_a_channel(channel: str, reads: bool, injects: bool) -> None:
    """``authentic``: read; ``open``: say again what it heard, in the name of whoever said it."""
    made = model(load_text(OPEN % channel))
    found = made.channel("hub", "cloud")
    assert (found.reads, found.injects) == (reads, injects)
    assert not made.channel("cloud", "hub").reads
    again = made.setting(lambda name: Table()).proposals
    message = CatalogRequest("owner.alice")
    said = [one for one in again(((ADVERSARY, "cloud", message, "hub", "alice"),), lambda atom: True) if one.heard]
    expected = Proposal(owner="mallory", to="cloud", message=message, sender="hub", heard="alice")
    assert said == ([expected] if injects else [])


def test_an_uncertain_clock_is_where_the_path_needs_it() -> None:
    """An assertion refused as too old for a clock that is an hour off: a run shows it, with the clock at that end."""
    text = (OPEN % "secure").replace("clock: 0 s", "clock: uniform -1 h to 1 h")
    scenario = load_text(text + "expect: {request_is_answered: holds}\n")

    class NeverRefused(Property):
        READS = {AttestationRefused: "refused"}  # noqa: RUF012

        def refused(self, fact: AttestationRefused, see: Any) -> None:
            see.violated(self, fact.reason)

    made = model_with(scenario, lambda: [NeverRefused("never_refused")])
    (verdict,) = explore(made, bounds(scenario)).verdicts
    assert verdict.verdict == "violated"
