"""``sim explore``: its options, and what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.cli import main

STORY = """\
title: Somebody was there before
until: 60 d
people: {alice: {}, mallory: {adversary: true}}
orchestrators: {hub: {}}
providers: {cloud: {like: M1}}
story:
  - {id: squat, at: 1 d, who: mallory, as: alice, sign_up: cloud}
  - {id: owner, at: 20 d, who: alice, add: cloud/free}
  - {id: back, at: 30 d, who: mallory, as: alice, log_in: cloud}
explore: {waits_at_most: 1 h, adversary_sends: 0}
"""


def _sim(arguments: list[str]) -> int:
    """The exit code of the program."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


@pytest.fixture
def story(tmp_path: Path) -> str:
    path = tmp_path / "story.yaml"
    path.write_text(STORY, encoding="utf-8")
    return str(path)


def test_what_was_left_out_stands_beside_the_bounds(story: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _sim(["explore", story]) == 0
    reduced = capsys.readouterr().out
    assert "Left out, because it makes no difference: partial order (" in reduced
    assert _sim(["explore", story, "--no-reduction"]) == 0
    assert "Left out, because it makes no difference: nothing" in capsys.readouterr().out


def test_verdicts_are_the_same_with_and_without_reductions(story: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for options in ([], ["--no-reduction"]):
        assert _sim(["explore", story, "--json", *options]) == 0
        result = json.loads(capsys.readouterr().out)
        said.append([(one["property"], one["verdict"], one["vacuous"]) for one in result["verdicts"]])
        assert result["complete"]
        assert bool(result["reductions"]) is (not options)
    assert said[0] == said[1]


def test_all_counterexamples_by_cause(story: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--all", "--property", "adopted_account_is_clean"]
    assert _sim(["explore", story, "--json", *options]) == 0
    (one,) = json.loads(capsys.readouterr().out)["verdicts"]
    assert one["verdict"] == "violated"
    assert one["others"]
    causes = [one["cause"], *[other["cause"] for other in one["others"]]]
    assert len({tuple(cause) for cause in causes}) == len(causes)
    assert _sim(["explore", story, *options]) == 0
    said = capsys.readouterr().out
    assert f"in {len(causes)} different ways, each shown by a run" in said
    assert "because: " in said


def test_random_walks(story: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Violated, earned; or undetermined, exit code 3: never holds."""
    assert _sim(["explore", story, "--mode", "walk", "--walks", "20"]) == 3
    said = capsys.readouterr().out
    assert "20 random walks" in said
    assert "walks never show that something holds" in said
    assert _sim(["explore", story, "--mode", "walk", "--walks", "20", "--json"]) == 3
    words = {one["verdict"] for one in json.loads(capsys.readouterr().out)["verdicts"]}
    assert words == {"violated", "reached", "undetermined"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--walks", "3"], "--walks goes with --mode walk"),
        (["--mode", "walk", "--all"], "--all looks in every order"),
        (["--grid", "soon"], "--grid soon: 'soon' is not a time"),
        (["--waits-at-most", "x"], "--waits-at-most x: 'x' is not a time"),
        (["--property", "squats"], "--property squats: this is a measure, a number that only runs have"),
        (["--property", "no_sqat"], "did you mean no_squat?"),
        (["--states", "0"], "--states is 0; it must be at least 1"),
    ],
)
def test_options_that_make_no_sense(
    story: str, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _sim(["explore", story, *options]) == 2
    assert said in capsys.readouterr().err


def test_a_trace_is_not_explored(story: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trace = str(tmp_path / "run.jsonl")
    _sim(["run", story, "--trace", trace])
    capsys.readouterr()
    assert _sim(["explore", trace]) == 2
    assert "is a trace, one run that happened" in capsys.readouterr().err
