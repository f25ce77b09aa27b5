"""Answers and conditions that do not fit what they are about, and say what would."""

from __future__ import annotations

import pytest

from sim.clock import HOUR
from sim.scenario import Answer
from tests.scenario.worlds import complaints, world

OWN = (
    "{bought: {count: charged}, paid: {sum: charged.amount}, wait: {span: [requested, token_issued]},"
    " each: {ratio: [paid, bought]}, share: {ratio: [bought, all]}, all: {count: requested},"
    " loops: {ratio: [share, wait]}}"
)


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        ("{takeovers: {at_most: 3 d}}", "x.yaml:7:31: expect.takeovers.at_most: takeovers is counted in accounts"),
        ("{squats: {at_most: 1 usd}}", "write a number, such as 3, not '1 usd'"),
        ("{squats: 100 %}", "x.yaml:7:18: expect.squats: squats is counted in accounts; write a number"),
        ("{bought: {at_most: 5 usd}}", "bought is counted; write a number, such as 3, not '5 usd'"),
        ("{bought: {between: [1, 200 %]}}", "expect.bought.between.1: bought is counted; write a number"),
        ("{net_provider: {at_least: 1900}}", "net_provider is money; write it as money, such as 20 usd, not 1900"),
        ("{paid: 3 h}", "expect.paid: paid is money; write it as money, such as 20 usd, not '3 h'"),
        ("{exposure_time: {about: 2 usd}}", "exposure_time is a time; write it as one, such as 30 min"),
        ("{exposure_time: 5 %}", "or as a number, which is in h, not '5 %'"),
        ("{wait: 2 usd}", "such as 30 min, or as a number, which is in s, not '2 usd'"),
        ("{share: 2 usd}", "share is a ratio; write a number or a share, such as 0.05 or 5 %, not '2 usd'"),
        ("{each: 2 s}", "such as 0.05 or 5 %, or money such as 20 usd, not '2 s'"),
        ("{loops: 2 s}", "loops is a ratio; write a number or a share"),
        ("{no_squat: reached}", "x.yaml:7:20: expect.no_squat: 'reached' says nothing of no_squat, which must always"),
        ("{no_squat: {is: reached}}", "expect.no_squat.is: 'reached' says nothing of no_squat"),
        ("{owner_logs_in_later: holds}", "which is to be reached sometime; possible: reached, possible"),
        ("{owner_logs_in_later: violated}", "'violated' says nothing of owner_logs_in_later"),
        ("{no_squat: {is: holds, within: 1 h}}", "x.yaml:7:40: expect.no_squat.within: no_squat has no deadline"),
        ("{everything_else: reached}", "'reached' says nothing of properties that must always hold; possible:"),
    ],
)  # fmt: skip
def test_an_answer_of_the_wrong_kind_is_refused(expect: str, message: str) -> None:
    assert message in complaints(measures=OWN, expect=expect)


@pytest.mark.parametrize(
    "expect",
    [
        "{takeovers: {at_most: 3}, net_provider: {at_least: 19 usd}, net_user: 0, paid: {between: [1 usd, 2 usd]}}",
        "{exposure_time: {at_most: 2}, lockout_time: {at_most: 2 h}, wait: {between: [1 s, 2 min]}}",
        "{share: {at_most: 5 %}, each: {about: 20 usd}, loops: 0.5}",
        "{no_squat: holds, owner_logs_in_later: reached, everything_else: possible}",
        "{owner_logs_in_later: possible, revoked_grant_is_dead: {is: holds, within: 1 h}}",
    ],
)
def test_an_answer_of_the_right_kind_is_taken(expect: str) -> None:
    assert complaints(measures=OWN, expect=expect) == ""


def test_a_property_without_a_deadline_may_go_by_one() -> None:
    found = world(expect="{withdrawn_key_is_refused: {is: violated, within: 1 h}}").expect
    assert found == {"withdrawn_key_is_refused": Answer(is_="violated", within=HOUR)}


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("{count: charged, where: {provider: pp}}", "measures.m.where.provider: there is no 'pp' in this"),
        ("{count: charged, where: {person: [ann, bobs6]}}", "x.yaml:6:54: measures.m.where.person: there is no 'bob"),
        ("{count: charged, where: {behind: adversry}}", "measures.m.where.behind: there is no 'adversry' in this"),
        ("{count: charged, where: {provider: hub}}", "but 'provider' must be one of providers; possible: p, q"),
        ("{count: linked, where: {issuer: hbu}}", "there is no 'hbu' in this world; did you mean 'hub'?"),
        ("{count: deployed, where: {agent: anne/agent1}}", "there is no 'anne' in this world; did you mean 'ann'?"),
        ("{count: charged, where: {person: 3}}", "measures.m.where.person: 3 is no name of a party"),
    ],
)  # fmt: skip
def test_whom_a_measure_is_about_must_be_somebody(where: str, message: str) -> None:
    assert message in complaints(measures=f"{{m: {where}}}")


@pytest.mark.parametrize(
    "where",
    [
        "{count: charged, where: {person: [ann, bobs3, mal.new1], provider: p, behind: honest}}",
        "{count: account_created, where: {issuer: '', behind: [adversary, bobs]}}",
        "{count: deployed, where: {agent: ann/agent1}}",
        "{count: step_completed, where: {party: session}}",
    ],
)
def test_who_is_somebody_is_taken(where: str) -> None:
    assert complaints(measures=f"{{m: {where}}}") == ""
