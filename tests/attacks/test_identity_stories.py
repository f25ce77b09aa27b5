"""The attacks on identity in their scenarios: how each ends, where it wins, where it is held off, and on a budget."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.experiments.once import run_once
from sim.facts import AttackEnded
from sim.scenario import load

FOLDER = Path(__file__).parent.parent.parent / "scenarios" / "threats"
#: (file, variant, the attack's step, how it ends)
ENDINGS = [
    ("t01_classic_federated_merge", None, "squat", "won"),
    ("t01_classic_federated_merge", "asks", "squat", "contained"),
    ("t01_classic_federated_merge", "checks_mail_at_the_door", "squat", "contained"),
    ("t02_unexpired_session", None, "squat", "won"),
    ("t02_unexpired_session", "asks", "squat", "won"),
    ("t02_unexpired_session", "asks_and_purges", "squat", "contained"),
    ("t03_trojan_identifier", "asks", "squat", "won"),
    ("t03_trojan_identifier", "purges_that_alone", "squat", "contained"),
    ("t04_unexpired_email_change", "asks", "squat", "won"),
    ("t04_unexpired_email_change", "purges_that_alone", "squat", "contained"),
    ("t05_squatter_first", "asks", "squat", "won"),
    ("t05_squatter_first", "mails_before_activation", "squat", "contained"),
    ("t05_owner_first", "asks", "raid", "contained"),
    ("t06_mutable_email_claim", "by_subject", "raid", "contained"),
    ("t07_defunct_domain", "by_subject", "visit", "contained"),
    ("t07_defunct_domain", "by_the_door", "visit", "won"),
    ("t08_recycled_mailbox", "by_the_door_of_subjects", "visit", "won"),
    ("t12_existing_victim", "trusts_one_issuer", "raid", "contained"),
    ("t12_no_account_yet", "knows_whose_domains_are_whose", "squat", "contained"),
    ("t14_existence_probe", "limited", "probe", "won"),
]


def endings(name: str, variant: str | None, *sets: str) -> list[AttackEnded]:
    """How the attacks of a story ended, the first first."""
    trace = run_once(load(FOLDER / f"{name}.yaml", variant=variant, sets=sets)).trace
    assert trace is not None
    return [fact for step in trace.steps for fact in step.facts if isinstance(fact, AttackEnded)]


@pytest.mark.parametrize(("name", "variant", "step", "how"), ENDINGS)
def test_an_attack_stops_when_it_has_won_or_is_held_off(name: str, variant: str | None, step: str, how: str) -> None:
    assert how in [ended.why for ended in endings(name, variant)]


@pytest.mark.parametrize(("name", "variant", "step", "how"), [one for one in ENDINGS if one[3] == "won"])
def test_an_attack_stops_when_its_budget_is_used_up(name: str, variant: str | None, step: str, how: str) -> None:
    ended = endings(name, variant, f"story.{step}.budget={{requests: 0}}")
    assert ("out_of_requests", 0) in [(one.why, one.requests) for one in ended]
