"""Attacks on agents and money (T30 to T36, T38 to T40), one deed at a time; card testing has a file of its own."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sim.attacks import load
from sim.clock import HOUR, Constant
from tests.attacks.hand import Plan, RecordingHand


def hand(name: str, has: str = "", whose: str = "", **plan: object) -> RecordingHand:
    return RecordingHand(load(name), Plan()._replace(**{"targets": ("p",), **plan}), has, whose)


# --- T30 ------------------------------------------------------------------------------------------------------


def planted(attack: RecordingHand) -> list[str]:
    """How many orders each text planted by the last deed has."""
    return [deed[-1].split()[1] for deed in attack.did if deed[0] == "plant"]


def test_a_text_asks_for_more_as_long_as_it_is_obeyed_and_served() -> None:
    attack = hand("injected_spending", of="alice")
    attack.start()
    assert attack.did[0][:3] == ("plant", "p", "paid")
    assert attack.did[0][3] == "alice"
    assert planted(attack) == ["1"]
    for orders in ("2", "4", "8", "8"):
        attack.answer("plant", "complete")
        assert planted(attack) == [orders]


def test_a_refused_text_asks_for_less_and_then_for_nothing() -> None:
    attack = hand("injected_spending", of="alice")
    attack.start()
    attack.answer("plant", "complete")
    attack.answer("plant", "cap_exceeded")
    assert planted(attack) == ["1"]
    attack.answer("plant", "cap_exceeded")
    assert (attack.did, attack.over, attack.how) == ([], ["p"], ["contained"])


def test_a_text_that_nobody_obeyed_is_planted_again() -> None:
    attack = hand("injected_spending", of="alice", rate=Constant(HOUR))
    attack.start()
    assert attack.waits == [("p", Constant(HOUR))]
    attack.tick()
    assert planted(attack) == ["1"]
    attack.affords = False
    attack.tick()
    assert attack.waits == []


# --- T31, T32 ------------------------------------------------------------------------------------------------------


def test_spending_is_split_until_each_ceiling_says_no() -> None:
    attack = hand("cap_splitting", "session", "alice", targets=("p", "q"))
    attack.start()
    assert [target for target, _ in attack.waits] == ["p", "q"]
    assert attack.tick() == [("add", "p", "alice", "hub", "paid")]
    attack.answer("add", "complete")
    assert [target for target, _ in attack.waits] == ["p"]
    attack.answer("add", "timeout")
    assert [target for target, _ in attack.waits] == ["p"]
    attack.answer("add", "cap_exceeded")
    attack.answer("add", "BROWSER_AUTH_REQUIRED", "q")
    assert (attack.over, attack.how) == (["p", "q"], ["won", "contained"])


def test_a_spender_without_a_session_spends_in_its_own_name() -> None:
    assert hand("cap_splitting").tick() == [("add", "p", "hub", "paid")]
    assert hand("cap_splitting", alias="alice").tick() == [("add", "p", "alice", "hub", "paid")]


def test_a_race_is_run_in_bursts_until_one_of_them_is_refused_something() -> None:
    attack = hand("cap_race", "session", "alice")
    attack.start()
    assert attack.did == [("add", "p", "alice", "hub", "paid")] * 5
    for _ in range(5):
        attack.answer("add", "complete")
    assert [target for target, _ in attack.waits] == ["p"]
    assert len(attack.tick()) == 5
    for outcome in ("complete", "timeout", "cap_exceeded", "cap_exceeded", "cap_exceeded"):
        attack.answer("add", outcome)
    assert (attack.over, attack.how) == (["p"], ["won"])


def test_a_race_of_which_all_is_refused_is_contained() -> None:
    attack = hand("cap_race")
    attack.start()
    for _ in range(5):
        attack.answer("add", "STEP_UP_REQUIRED")
    assert attack.how == ["contained"]


def test_a_race_ends_with_its_budget() -> None:
    attack = hand("cap_race")
    attack.affords = False
    attack.start()
    assert len(attack.did) == 1


# --- T33 ------------------------------------------------------------------------------------------------------


def token_thief() -> RecordingHand:
    attack = hand("payment_token_misuse")
    attack.stolen["payment_tokens"] = ("cloud",)
    attack.start()
    return attack


def test_without_a_payment_token_there_is_nothing_to_capture_with() -> None:
    attack = hand("payment_token_misuse")
    attack.start()
    assert (attack.did, attack.over) == ([], ["p"])


def test_several_amounts_are_captured_at_once_and_again_while_there_is_money() -> None:
    attack = token_thief()
    assert attack.did == [("redeem", "p", amount) for amount in ("1000", "2000", "4000", "8000")]
    for outcome in ("complete", "over_limit", "over_limit", "over_limit"):
        attack.answer("redeem", outcome)
    assert [target for target, _ in attack.waits] == ["p"]
    attack.tick()
    for _ in range(4):
        attack.answer("redeem", "token_deactivated")
    assert (attack.over, attack.how) == (["p"], ["won"])


def test_a_token_for_somebody_else_contains_it() -> None:
    attack = token_thief()
    for _ in range(4):
        attack.answer("redeem", "wrong_seller")
    assert attack.how == ["contained"]


# --- T34 ------------------------------------------------------------------------------------------------------


def test_a_file_is_waited_for_and_used_until_it_is_refused_three_times_in_a_row() -> None:
    attack = hand("leaked_env")
    attack.start()
    assert attack.tick() == []
    assert [target for target, _ in attack.waits] == ["p"]
    attack.stolen["env_file"] = ("alice",)
    assert attack.tick() == [("use", "p", "alice")]
    for outcome in ("unauthorized", "unauthorized", "complete", "unauthorized", "unauthorized"):
        attack.answer("use", outcome)
        assert attack.over == []
    attack.answer("use", "unauthorized")
    assert attack.how == ["contained"]


# --- T35 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plan", [{"alias": ""}, {"has": ""}])
def test_phishing_needs_somebody_and_an_orchestrator(plan: dict[str, str]) -> None:
    attack = hand("consent_phishing", **{"has": "orchestrator", "alias": "alice", **plan})
    attack.start()
    assert (attack.did, attack.over) == ([], ["p"])


def test_a_page_that_was_approved_is_a_token() -> None:
    attack = hand("consent_phishing", "orchestrator", alias="alice", of="rogue")
    attack.start()
    assert attack.did == [("add", "p", "alice", "rogue", "free")]
    attack.answer("add", "pending_auth")
    assert [target for target, _ in attack.waits] == ["p"]
    assert attack.tick() == [("use", "p", "alice", "rogue")]
    attack.answer("use", "complete")
    assert attack.how == ["won"]


def test_three_pages_are_sent_and_no_more() -> None:
    attack = hand("consent_phishing", "orchestrator", alias="alice")
    attack.start()
    for _ in range(2):
        attack.answer("add", "pending_auth")
        assert attack.answer("use", "no_credential") == [("add", "p", "alice", "hub", "free")]
    attack.answer("add", "pending_auth")
    attack.answer("use", "no_credential")
    assert attack.how == ["contained"]


def test_an_orchestrator_that_is_not_trusted_sends_no_page() -> None:
    attack = hand("consent_phishing", "orchestrator", alias="alice")
    attack.start()
    attack.answer("add", "forbidden")
    assert attack.how == ["contained"]


# --- T36 ------------------------------------------------------------------------------------------------------


def test_each_account_of_a_farm_computes_at_once() -> None:
    attack = hand("free_tier_farm", of="rogue")
    attack.start()
    assert attack.tick() == [("add", "p", "mallory.new1", "rogue", "free")]
    assert attack.answer("add", "complete") == [("use", "p", "mallory.new1", "rogue")]
    attack.answer("use", "complete")
    assert [target for target, _ in attack.waits] == ["p"]
    assert attack.tick() == [("add", "p", "mallory.new2", "rogue", "free")]


def test_a_farm_waits_twice_as_long_each_time_it_is_told_so_and_gives_up_at_last() -> None:
    attack = hand("free_tier_farm")
    attack.start()
    waits = []
    for _ in range(8):
        attack.tick()
        attack.answer("add", "rate_limited")
        waits += [after for _, after in attack.waits]
    assert [later / sooner for sooner, later in pairwise(waits)] == [2] * 6
    assert attack.how == ["contained"]


def test_a_farm_leaves_where_its_accounts_may_do_nothing_or_it_is_not_let_in() -> None:
    attack = hand("free_tier_farm")
    for _ in range(8):
        attack.tick()
        attack.answer("add", "complete")
        attack.answer("use", "quarantined")
    assert attack.how == ["contained"]
    closed = hand("free_tier_farm")
    closed.tick()
    closed.answer("add", "forbidden")
    assert closed.how == ["contained"]


# --- T38, T39 ------------------------------------------------------------------------------------------------------


def test_a_purchase_is_contested_and_made_again() -> None:
    attack = hand("friendly_dispute")
    attack.start()
    assert attack.did == [("add", "p", "hub", "paid")]
    attack.answer("add", "complete")
    assert attack.tick() == [("dispute", "p")]
    attack.answer("dispute", "complete")
    assert attack.tick() == [("add", "p", "hub", "paid")]


def test_who_is_remembered_comes_as_somebody_new_and_who_is_new_and_unwelcome_leaves() -> None:
    attack = hand("friendly_dispute")
    attack.start()
    attack.answer("add", "complete")
    attack.tick()
    attack.answer("dispute", "complete")
    attack.tick()
    assert attack.answer("add", "blocked") == [("add", "p", "mallory.new1", "hub", "paid")]
    attack.answer("add", "complete")
    attack.tick()
    attack.answer("dispute", "complete")
    assert attack.tick() == [("add", "p", "mallory.new1", "hub", "paid")]
    assert attack.answer("add", "blocked") == [("add", "p", "mallory.new2", "hub", "paid")]
    attack.answer("add", "blocked")
    assert attack.how == ["contained"]


def test_a_spree_goes_through_everybody_who_was_robbed() -> None:
    attack = hand("stolen_spree", "session")
    attack.stolen["session"] = ("alice", "bob", "carl")
    attack.start()
    assert attack.tick() == [("add", "p", "alice", "hub", "paid")]
    attack.answer("add", "complete")
    assert attack.tick() == [("add", "p", "bob", "hub", "paid")]
    attack.answer("add", "cap_exceeded")
    assert attack.tick() == [("add", "p", "carl", "hub", "paid")]
    assert attack.tick() == []
    assert (attack.over, attack.how) == (["p"], ["won"])


def test_a_spree_ends_where_nobody_is_let_in_or_nobody_was_robbed() -> None:
    attack = hand("stolen_spree")
    attack.start()
    assert attack.over == ["p"]
    attack = hand("stolen_spree")
    attack.stolen["session"] = ("alice", "bob")
    attack.tick()
    attack.answer("add", "paused")
    assert attack.how == ["contained"]
    attack = hand("stolen_spree")
    attack.stolen["session"] = ("alice",)
    attack.tick()
    attack.answer("add", "STEP_UP_REQUIRED")
    attack.tick()
    assert attack.how == ["contained"]


# --- T40 ------------------------------------------------------------------------------------------------------


def test_whoever_made_an_account_looks_after_its_token() -> None:
    attack = hand("claim_capture", alias="alice", via="second", of="")
    attack.start()
    assert attack.did == [("add", "p", "alice", "second", "free")]
    attack.answer("add", "complete")
    assert attack.tick() == [("use", "p", "alice", "second")]
    assert attack.answer("use", "unauthorized") == [("refresh", "p", "alice", "second")]
    attack.answer("refresh", "complete")
    assert attack.over == []
    attack.answer("use", "unauthorized")
    attack.answer("refresh", "invalid_grant")
    assert attack.how == ["contained"]


def test_without_a_later_owner_there_is_nothing_to_wait_for() -> None:
    attack = hand("claim_capture")
    attack.start()
    assert (attack.did, attack.over) == ([], ["p"])
