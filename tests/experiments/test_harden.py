"""The cheapest answers after which properties hold; and that there are none, where there are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sim.cli import cli
from sim.experiments import harden as search
from sim.experiments.harden import Candidate, Change, Hardened, harden, questions, wanted
from sim.scenario import Scenario, ScenarioError, load
from sim.views.harden import data, exit_code, text
from sim.views.paint import Paint

PRE_HIJACK = Path(__file__).parent.parent.parent / "scenarios" / "pre_hijack.yaml"
SAFE = ("token_only_for_owner", "adopted_account_is_clean")


@pytest.fixture(scope="module")
def base() -> Scenario:
    return load(PRE_HIJACK)


def found(base: Scenario, wishes: tuple[str, ...], asked: tuple[str, ...], **limits: Any) -> Hardened:
    given = {"runs": 1, "states": 0, "most": 2, **limits}
    return harden(base, wanted(wishes), questions(base, asked, ("cloud",)), **given)


def answers(one: Candidate) -> dict[str, Any]:
    return {change.question: change.answer for change in one.changes}


def test_one_change_will_do_and_the_cheapest_for_honest_people_comes_first(base: Scenario) -> None:
    hardened = found(base, SAFE, ("matching", "linking", "activation", "on_adopt"), states=500)
    said = [answers(one) for one in hardened.found]
    assert said[0] == {"matching": "namespaced"}
    assert {"linking": "refuse"} in said
    assert {len(one) for one in said} == {1}
    costs = [one.cost for one in hardened.found]
    assert costs == sorted(costs)
    assert all(not one.open for one in hardened.found)
    assert exit_code(hardened) == 0


def test_nobody_may_be_refused_and_nothing_stray_may_stay(base: Scenario) -> None:
    """Then it takes what M7 does at a claim: the owner is asked, and what is foreign is purged."""
    wishes = (*SAFE, "honest_refusals=0", "existing_account_needs_consent")
    hardened = found(base, wishes, ("matching=email|subject_or_email", "linking", "on_adopt"))
    assert {"linking": "ask_owner", "on_adopt": "purge"} in [answers(one) for one in hardened.found]
    assert all(one.price["honest_refusals"] == 0 for one in hardened.found)
    assert all(set(one.open) == {*SAFE, "existing_account_needs_consent"} for one in hardened.found)
    assert exit_code(hardened) == 3


def test_what_holds_already_takes_no_change(base: Scenario) -> None:
    hardened = found(base.with_values({"providers.cloud.like": "M10"}), SAFE, ("linking",))
    assert [one.changes for one in hardened.found] == [()]
    assert hardened.tried == 1
    assert "as it is" in text(hardened, "f", SAFE, Paint())


def test_no_single_set_does(base: Scenario) -> None:
    hardened = found(base, ("adopted_account_is_clean", "honest_refusals=0", "takeovers=0"), ("linking",))
    assert hardened.found == ()
    assert hardened.conflicts == (("adopted_account_is_clean", "honest_refusals"),)
    alone = {name: one and answers(one) for name, one in hardened.alone.items()}
    assert alone["honest_refusals"] == {}
    assert alone["takeovers"] in ({"linking": "ask_owner"}, {"linking": "by_domain"})
    assert alone["adopted_account_is_clean"] in ({"linking": "refuse"}, {"linking": "second_factor"})
    printed = text(hardened, "f", ("a",), Paint())
    assert "No single set" in printed
    assert "adopted_account_is_clean, honest_refusals: cannot be had together" in printed
    assert exit_code(hardened) == 1


def test_what_an_order_of_events_breaks_is_no_answer(base: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ({"token_only_for_owner": "in some order"}, ())
    monkeypatch.setattr(search, "_explored", lambda scenario, watched, states: broken)
    hardened = found(base, SAFE, ("linking=refuse",), most=1, states=1)
    assert hardened.found == ()
    assert hardened.alone["adopted_account_is_clean"] is not None
    assert "in some order" in hardened.alone["adopted_account_is_clean"].broken.values()


def test_it_can_be_interrupted(base: Scenario) -> None:
    def stop(at: search.Progress) -> None:
        if at.tried == 3:
            raise KeyboardInterrupt

    hardened = harden(base, wanted(SAFE), questions(base, ("linking",), ("cloud",)), runs=1, states=0, progress=stop)
    assert (hardened.stopped, hardened.tried) == (True, 3)
    assert exit_code(hardened) == 130
    assert hardened.conflicts == ()


def test_any_number_of_processes_finds_the_same(base: Scenario) -> None:
    asked = ("linking", "on_adopt", "activation")
    one, two = (found(base, SAFE, asked, states=20, workers=workers) for workers in (1, 2))
    assert one.tried > 5
    assert one == two


def test_a_measure_is_asked_for_with_what_is_expected_of_it() -> None:
    with pytest.raises(ScenarioError, match=r"'takeovers' is a measure: .*takeovers=0"):
        wanted(("takeovers",))
    with pytest.raises(ScenarioError, match="'spent' is a measure"):
        wanted(("spent",), own=("spent",))
    with pytest.raises(ScenarioError, match="no property and no measure 'takeover'; did you mean 'takeovers'"):
        wanted(("takeover",))
    with pytest.raises(ScenarioError, match="--property: no_squat: 'perhaps' is no answer"):
        wanted(("no_squat=perhaps",))
    with pytest.raises(ScenarioError, match="no property and no measure 'bogus'"):
        wanted(("bogus=1",))
    assert [one.expected for one in wanted(("takeovers=0", "no_squat"))] == [0, "holds"]


def test_other_settings_can_be_asked_too(base: Scenario) -> None:
    (one,) = questions(base, ("providers.cloud.sign_up=verified|none",), ())
    assert one.answers == ("verified", "none")
    (two,) = questions(base, ("orchestrators.hub.step_up",), ())
    assert two.paths == ("orchestrators.hub.step_up",)
    hardened = harden(base, wanted(("no_squat",)), [one, two], runs=1, states=0, most=1)
    assert {"providers.cloud.sign_up": "verified"} in [answers(one) for one in hardened.found]


@pytest.mark.parametrize(
    ("wishes", "asked"),
    [(("nonsense",), ()), ((), ("nonsense",)), ((), ("providers.cloud.nonsense=a|b",)), ((), ("linking=maybe",))],
)
def test_wrong_input(base: Scenario, wishes: tuple[str, ...], asked: tuple[str, ...]) -> None:
    with pytest.raises(ScenarioError):
        (wanted(wishes), questions(base, asked, ("cloud",)))


def test_the_verb() -> None:
    args = ["harden", str(PRE_HIJACK), "--property", SAFE[0], "--questions", "linking", "--runs-only", "--runs", "1"]
    args += ["--workers", "1"]
    told = CliRunner().invoke(cli, args, standalone_mode=False)
    assert "linking: ask_owner" in told.stdout
    assert told.return_value == 3
    rows = json.loads(CliRunner().invoke(cli, [*args, "--json"], standalone_mode=False).stdout)
    assert rows["properties"] == [SAFE[0]]
    assert rows["found"][0]["changes"].keys() == {"providers.cloud.linking"}
    assert rows["base"]["broken"].keys() == {SAFE[0]}
    assert rows["found"][0]["command"].startswith("sim run")


def test_a_provider_that_is_none_is_refused() -> None:
    args = ["harden", str(PRE_HIJACK), "--property", SAFE[0], "--runs", "1", "--runs-only", "--providers", "cloud, zzz"]
    found = CliRunner().invoke(cli, args, standalone_mode=False)
    assert getattr(found.exception, "exit_code", None) == 2
    assert "there is no provider 'zzz'; possible: " in str(found.exception)
    assert "cloud" in str(found.exception)


def test_json_of_a_search_without_a_result() -> None:
    one = Candidate((Change("linking", "refuse", ("providers.p.linking",)),), {"a": "why"}, (), {})
    hardened = Hardened(one, (), 1, 1, 3, (("a",),), {"a": None}, False)
    assert data(hardened, "f", ["a"])["alone"] == {"a": None}
    assert data(hardened, "f", ["a"])["base"]["changes"] == {"providers.p.linking": "refuse"}
