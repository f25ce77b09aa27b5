from __future__ import annotations

from typing import Any

import pytest

from sim.clock import DAY, HOUR, MINUTE
from sim.scenario import Answer, MeasureSpec, Runs
from sim.scenario.values import HalfWidth
from tests.scenario.worlds import complaints, world


def answer(text: str, name: str = "no_squat") -> Answer:
    return world(expect=f"{{{name}: {text}}}").expect[name]


def test_a_word_or_a_number_is_an_answer() -> None:
    assert answer("holds") == Answer(is_="holds")
    assert answer("3", "squats") == Answer(equals=3.0)


def test_a_map_says_more() -> None:
    late = "revoked_grant_is_dead"
    assert answer("{is: possible, within: 15 min}", late) == Answer(is_="possible", within=15 * MINUTE)
    assert answer("{within: 2 d}", late) == Answer(within=2 * DAY)
    assert answer("{violated_in: 0.5}") == Answer(violated_in=0.5)
    assert answer("{violated_in: {at_least: 50 %}}") == Answer(violated_in=Answer(at_least=0.5))
    assert answer("{about: 1040}", "squats") == Answer(about=1040.0)
    assert answer("{between: [1, 2.5]}", "squats") == Answer(between=(1.0, 2.5))


def test_money_is_in_cents_time_in_microseconds_and_the_answer_says_which() -> None:
    assert answer("{at_least: -100000 usd}", "net_user") == Answer(at_least=-10_000_000.0, unit="money")
    assert answer("{at_most: 2 d, at_least: 1 h}", "lockout_time") == Answer(
        at_most=2.0 * DAY, at_least=1.0 * HOUR, unit="time"
    )
    assert answer("20 usd", "net_user") == Answer(equals=2_000.0, unit="money")


def test_everything_else_is_apart() -> None:
    scenario = world(expect="{no_squat: violated, everything_else: holds}")
    assert (list(scenario.expect), scenario.everything_else) == (["no_squat"], Answer(is_="holds"))
    assert world().everything_else is None


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        (
            "{no_sqat: holds}",
            "6:10: expect.no_sqat: there is no property or measure 'no_sqat'; did you mean 'no_squat'?",
        ),
        ("{no_squat: hold}", "expect.no_squat: 'hold' is no answer; did you mean 'holds'?"),
        ("{no_squat: true}", "true is not a number"),
        ("{no_squat: 3}", "no_squat is a property and needs a word or 'violated_in', not 3"),
        ("{squats: holds}", "squats is a measure and needs a number"),
        ("{squats: {within: 1 d}}", "squats is a measure and needs a number"),
        ("{squats: {at_mst: 3}}", "expect.squats.at_mst: 'at_mst' is not known here; did you mean 'at_most'?"),
        ("{squats: {}}", "the answer is empty"),
        ("{squats: {at_most: 1, at_least: 2}}", "nothing is at least 2 and at most 1"),
        ("{squats: {between: [2, 1]}}", "nothing is at least 2 and at most 1"),
        ("{squats: {between: [1]}}", "is not a pair such as [1, 5]"),
        ("{squats: {between: [1, x]}}", "expect.squats.between.1: 'x' is neither a number, nor money"),
        ("{squats: {about: 1, at_most: 2}}", "different answers; give one"),
        ("{no_squat: {is: holds, at_most: 2}}", "either a word"),
        ("{no_squat: {is: holds, violated_in: 0.5}}", "two answers; give one"),
        ("{no_squat: {violated_in: 2}}", "must be from 0 to 1"),
        ("{no_squat: {violated_in: {at_most: 2}}}", "a share of runs is from 0 to 1"),
        ("{no_squat: {violated_in: {is: holds}}}", "expect.no_squat.violated_in.is: 'is' is not known here"),
        ("{net_user: {at_least: 1 usd, at_most: 3}}", "must be of one kind"),
        ("{no_squat: {is: possible, within: 0 s}}", "expect.no_squat.within: '0 s' is no time at all"),
        ("{no_squat: [holds]}", "a list is not a number"),
        ("{everything_else: 3}", "3 is no answer for every property; use a word"),
        ("[holds]", "expect: a list is not a map"),
    ],
)
def test_an_expectation_that_makes_no_sense_is_refused(expect: str, message: str) -> None:
    assert message in complaints(expect=expect)


def test_measures_of_the_files_own() -> None:
    scenario = world(
        measures="{forged: {count: account_created, where: {behind: adversary}, per: 30 d},"
        " delay: {span: [key_stolen, attestation_accepted], take: max}, accounts: {distinct: account_created.provider},"
        " share: {ratio: [forged, takeovers]}}",
        expect="{forged: {about: 10}, share: {at_most: 0.1}}",
        runs="{until: {forged: 20 %}, at_least: 50, at_most: 2000}",
    )
    assert scenario.measures == {
        "forged": MeasureSpec(count="account_created", where={"behind": "adversary"}, per=30 * DAY),
        "delay": MeasureSpec(span=("key_stolen", "attestation_accepted"), take="max"),
        "accounts": MeasureSpec(distinct="account_created.provider"),
        "share": MeasureSpec(ratio=("forged", "takeovers")),
    }
    assert scenario.runs == Runs(until={"forged": HalfWidth(relative=0.2)}, at_least=50, at_most=2_000)


@pytest.mark.parametrize(
    ("written", "width", "again"),
    [
        ("5 %", HalfWidth(relative=0.05), 0.05),
        ("{relative: 5 %, absolute: 0.01}", HalfWidth(relative=0.05, absolute=0.01), None),
        ("{absolute: 1}", HalfWidth(absolute=1.0), {"absolute": 1}),
    ],
)
def test_a_half_width_is_a_share_of_the_mean_or_absolute_or_either(written: str, width: HalfWidth, again: Any) -> None:
    scenario = world(runs=f"{{until: {{takeovers: {written}}}}}")
    assert scenario.runs == Runs(until={"takeovers": width})
    assert scenario.resolved()["runs"]["until"] == {"takeovers": again or {"relative": 0.05, "absolute": 0.01}}


def test_absolute_half_widths_are_written_as_money_and_times_are() -> None:
    widths = "net_user: {absolute: 2 usd}, exposure_time: {relative: 10 %, absolute: 30 min}, own: {absolute: 5 s}"
    scenario = world(measures="{own: {span: [requested, secret_stored]}}", runs=f"{{until: {{{widths}}}}}")
    assert scenario.runs == Runs(
        until={
            "net_user": HalfWidth(absolute=200, unit="money"),
            "exposure_time": HalfWidth(relative=0.1, absolute=30 * MINUTE, unit="time"),
            "own": HalfWidth(absolute=5_000_000, unit="time"),
        }
    )
    shown = scenario.resolved()["runs"]["until"]
    assert (shown["net_user"], shown["exposure_time"]["absolute"]) == ({"absolute": "2 usd"}, "30 min")


@pytest.mark.parametrize(
    ("measures", "message"),
    [
        (
            "{m: {count: acount_created}}",
            "measures.m.count: the fact 'acount_created' is not known; did you mean 'account_created'?",
        ),
        ("{m: {count: AccountCreated}}", "is not a name in snake case"),
        ("{m: {sum: account_created}}", "is not a field of a fact, such as"),
        ("{m: {distinct: account_created.emial}}", "account_created has no field 'emial'; did you mean 'email'?"),
        (
            "{m: {count: account_created, where: {emial: x}}}",
            "measures.m.where.emial: account_created has no field 'emial'",
        ),
        ("{m: {count: account_created, where: {email: {a: 1}}}}", "is nothing to compare with"),
        ("{m: {sum: account_created.email}}", "account_created has no number 'email'"),
        ("{m: {ratio: [squats, takeovers], per: 1 d}}", "a ratio takes 'per' from the two measures it is made of"),
        ("{a: {count: adopted, per: 1 d}, b: {count: adopted}, m: {ratio: [a, b]}}", "must have the same 'per'"),
        ("{m: {span: [key_stolen]}}", "is not a pair of names"),
        ("{m: {span: [key_stolen, kee_stolen]}}", "the fact 'kee_stolen' is not known; did you mean 'key_stolen'?"),
        (
            "{m: {count: adopted, span: [adopted, adopted]}}",
            "exactly one of count, sum, distinct, span, ratio; here are count, span",
        ),
        ("{m: {take: max}}", "here are none"),
        ("{m: {ratio: [takeovers, nothing]}}", "there is no measure 'nothing'"),
        ("{a: {ratio: [b, takeovers]}, b: {ratio: [squats, a]}}", "measures.a: the ratio is made of itself"),
        ("{takeovers: {count: adopted}}", "'takeovers' is already a measure or property"),
        ("{no_squat: {count: adopted}}", "already"),
        ("{m: {count: adopted, take: all}}", "possible: mean, max, min"),
        ("{m: {count: adopted, per: 0 s}}", "no time at all"),
        ("{m: 3}", "3 is not a measure such as {count: account_created}"),
        ("{a-b: {count: adopted}}", "'a-b' is not a name for a measure"),
        ("[m]", "measures: a list is not a map"),
    ],
)
def test_a_measure_that_makes_no_sense_is_refused(measures: str, message: str) -> None:
    assert message in complaints(measures=measures)


def test_the_head_of_a_file() -> None:
    scenario = world(
        format="1", why="w", refs="[T01, I1]", seed="42", stop_after="adopted", warm_up="2 h", runs="200", level="0.99",
        explore="{states: 5e5, depth: 20, adversary_sends: 2, losses: 1, waits_at_most: 12 h, time: exact, grid: 2 s}",
        order="[a:b:c, d]",
    )  # fmt: skip
    assert (scenario.title, scenario.why, scenario.refs, scenario.seed) == ("t", "w", ("T01", "I1"), 42)
    assert (scenario.until, scenario.stop_after, scenario.warm_up) == (30 * DAY, "adopted", 2 * HOUR)
    assert (scenario.runs, scenario.level, scenario.order) == (200, 0.99, ("a:b:c", "d"))
    bounds = scenario.explore
    assert (bounds.states, bounds.depth, bounds.adversary_sends, bounds.losses, bounds.duplicates) == (
        500_000,
        20,
        2,
        1,
        0,
    )
    assert (bounds.waits_at_most, bounds.time, bounds.grid) == (12 * HOUR, "exact", 2_000_000)
    assert (world().explore.states, world().explore.depth, world().explore.waits_at_most) == (1_000_000, None, None)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("title", None, "x.yaml:1:1: title: 'title' is required"),
        ("until", None, "x.yaml:1:1: until: 'until' is required"),
        ("title", "2026", "2026 is not text; put it in quotes"),
        ("until", "60", "60 has no unit"),
        ("until", "0 s", "no time at all"),
        ("until", "exponential 2 d", "a plain time is needed"),
        ("until", "never", "a plain time is needed"),
        ("format", "2", "this program reads format 1"),
        ("seed", "-1", "out of range"),
        ("seed", "abc", "not a whole number"),
        ("warm_up", "30 d", "the warm-up is not over before the end (30 d)"),
        ("stop_after", "adoptd", "the fact 'adoptd' is not known; did you mean 'adopted'?"),
        ("runs", "0", "out of range"),
        ("runs", "{until: {takeover: 5 %}}", "runs.until.takeover: there is no measure 'takeover'; did you mean"),
        ("runs", "{until: {takeovers: 0}}", "runs.until.takeovers: 0 is no half-width"),
        ("runs", "{until: {takeovers: 5 %}, at_least: 9, at_most: 8}", "at_least (9) is above at_most (8)"),
        ("runs", "{at_least: 9}", "runs needs a number, or until"),
        ("runs", "{until: {takeovers: {}}}", "runs.until.takeovers: says no half-width; give relative, absolute,"),
        ("runs", "{until: {takeovers: {about: 1}}}", "runs.until.takeovers.about: 'about' is not known here"),
        ("runs", "{until: {net_user: 2 usd}}", "an amount is absolute: {absolute: 2 usd}"),
        ("runs", "{until: {takeovers: {relative: 120 %}}}", "runs.until.takeovers.relative: '120 %' is not a share"),
        ("runs", "{until: {takeovers: {absolute: 5 %}}}", "x.yaml:6:38: runs.until.takeovers.absolute: '5 %' is"),
        ("runs", "{until: {takeovers: {absolute: 0}}}", "0 is no half-width; it must be above 0"),
        ("runs", "{until: {takeovers: {absolute: 2 usd}}}", "takeovers is counted; write a number, such as 0.01"),
        ("runs", "{until: {net_user: {absolute: 2}}}", "x.yaml:6:37: runs.until.net_user.absolute: net_user is money"),
        ("runs", "{until: {exposure_time: {absolute: 2}}}", "exposure_time is a time; write it as one, such as 30 s"),
        ("level", "95", "must be from 0 to 1"),
        ("level", "1", "no level of confidence"),
        ("explore", "{stats: 3}", "explore.stats: there is no field 'stats' here; did you mean 'states'?"),
        ("explore", "3", "explore: 3 is not a map"),
        ("peple", "{}", "x.yaml:6:1: peple: there is no field 'peple' here; did you mean 'people'?"),
        ("people", "3", "people: 3 is not a map"),
        ("order", "{a: b}", "neither a text nor a list of texts"),
    ],
)  # fmt: skip
def test_a_wrong_head_is_refused(key: str, value: str | None, message: str) -> None:
    assert message in complaints(**{key: value})
