"""What the shipped sweeps say about the four open questions, cell by cell, as far as it is the same in every run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sim.experiments.once import run_once
from sim.experiments.plan import plan
from sim.scenario import load, load_text
from sim.views.outcomes import letter

FOLDER = Path(__file__).parent.parent.parent / "scenarios"


@cache
def cells(name: str, *words: str, variant: str = "") -> dict[tuple[str, ...], dict[str, Any]]:
    """One run of each cell of a shipped sweep whose levels include ``words``: every number, by its levels."""
    return {key: _run(text) for key, text in _texts(name, words, variant)}


def _texts(name: str, words: tuple[str, ...], variant: str) -> Iterator[tuple[tuple[str, ...], str]]:
    for cell in plan(load(FOLDER / f"{name}.yaml")).cells:
        levels = tuple(map(str, cell.values.values()))
        if cell.variant == variant and set(words) <= set(levels):
            yield levels, cell.text


def _run(text: str) -> dict[str, Any]:
    outcome = run_once(load_text(text), record=False)
    return {key: value for group in outcome.panel.values() for key, value in group.items()} | outcome.measures


# --- two orchestrators ------------------------------------------------------------------------------------------------

#: Columns: owner then owner, same instant, password first, squatter first, rogue second, address moved.
LETTERS = {
    "M1": "···XXX", "M2": "···XXX", "M3": "···XXX", "M4": "dddX··", "M5": "···XXX",
    "M6": "···X·X", "M7": "·····X", "M8": "·····X", "M9": "dddX··", "M10": "dddXd·",
}  # fmt: skip


@pytest.mark.parametrize("policy", LETTERS)
def test_no_policy_is_best_in_every_order_of_arrival(policy: str) -> None:
    rows = {key[0]: row for key, row in cells("two_orchestrators", policy).items() if key[0] != "subject_drift"}
    assert (
        "".join(letter({name: {"mean": value} for name, value in row.items()}).text for row in rows.values())
        == (LETTERS[policy])
    )


def test_caps_are_kept_by_orchestrators_and_add_up() -> None:
    rows = {key[1]: row for key, row in cells("two_orchestrators", "owner_then_owner").items()}
    twice = {policy for policy, row in rows.items() if row["spent"] == 12_000}
    assert twice == {*LETTERS} - {"M4", "M9"}
    assert {policy for policy, row in rows.items() if row["second_works"] == 1} == twice


# --- how good the check of an address was -----------------------------------------------------------------------------


def harm(provider: str, issuer: str) -> tuple[int, int]:
    """(Accounts made in the name of others, accounts taken over)."""
    row = cells("verification_quality", provider)[provider, issuer]
    return row["squats"], row["takeovers"]


def test_the_flag_is_worth_what_the_issuer_s_check_was() -> None:
    assert harm("trust_flag", "link_today") == (0, 0)
    assert harm("trust_flag", "link_2_years_ago") == (10, 0)
    assert harm("trust_flag", "nothing_says_true") == harm("trust_flag", "upstream_idp") == (5, 5)
    refused = cells("verification_quality", "trust_flag")["trust_flag", "nothing_says_so"]
    assert (refused["squats"], refused["given_up"]) == (0, 100)


def test_the_provider_s_own_mail_protects_against_all_but_a_mailbox_lost_since() -> None:
    found = {issuer: harm("own_mail", issuer) for _, issuer in cells("verification_quality", "own_mail")}
    assert {issuer for issuer, both in found.items() if both != (0, 0)} == {"link_today_lost_since"}
    assert found["link_today_lost_since"] == (0, 10)
    assert harm("subject_only", "link_today_lost_since") == (0, 0)


# --- a dispute on an account that was made for the charge -------------------------------------------------------------


def test_what_the_friendly_buyer_and_the_provider_are_left_with() -> None:
    rows = {key[0]: row for key, row in cells("dispute_answers", "friendly").items()}
    usd = {name: (row["net_user"] // 100, row["net_provider"] // 100) for name, row in rows.items()}
    assert usd["keep"] == usd["close"] == usd["reserve"] == (200, -230)
    assert usd["remember_subject"] == usd["remember_card"] == usd["remember_email"] == (100, -115)
    assert rows["close"]["accounts"] == 2


def test_a_tombstone_shuts_out_whose_session_was_stolen() -> None:
    rows = {key[0]: row for key, row in cells("dispute_answers", "hijacked_session").items()}
    shut_out = {name for name, row in rows.items() if row["lockout_time"] > 239 * 24}  # to the end
    assert shut_out == {"remember_subject", "remember_card", "remember_email"}
    assert all(row["net_adversary"] == 10_000 for row in rows.values())


def test_every_dollar_is_somebody_s() -> None:
    for row in cells("dispute_answers").values():
        assert sum(value for name, value in row.items() if name.startswith("net_")) == 0


# --- a compromised orchestrator ---------------------------------------------------------------------------------------


def test_which_defence_moves_which_column() -> None:
    session = {key[0]: row for key, row in cells("orchestrator_compromised", "session").items()}
    store = {key[0]: row for key, row in cells("orchestrator_compromised", "token_store").items()}
    key = {key[0]: row for key, row in cells("orchestrator_compromised", "signing_key").items()}
    assert {name for name, row in session.items() if row["made"] < 7} == {"step_up", "velocity"}
    assert {name for name, row in store.items() if row["served"] == 0} == {"sender_bound"}
    assert store["revoke_and_push"]["served"] == store["none"]["served"] / 2
    assert {name for name, row in key.items() if row["last_accepted"] < 60} == {"revoke_and_push", "containment"}
    assert all(row["entered_unlinked"] == 10 for row in key.values())  # whoever is in is in before anybody notices
    assert all(row["credentials_left"] > 200 for row in key.values())  # and what was forged outlives the clean-up


def test_an_orchestrator_s_own_defences_do_not_bind_whoever_is_inside() -> None:
    rows = {key[0]: row for key, row in cells("orchestrator_compromised", "everything").items()}
    for name in ("step_up", "velocity", "cooling_off"):
        assert rows[name] == rows["none"]
    assert rows["none"]["charged"] == 15 * 8 * 10_000  # everybody, everywhere, up to the cap
