"""Shipped stories, tried in every order: what they expect of runs is what the explorer proves or finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from sim.clock import DAY
from sim.explore.scenario import bounds, explore_scenario
from sim.explore.verdicts import Exploration
from sim.scenario import load
from sim.views.exploration import judged

FOLDER = Path(__file__).parent.parent / "scenarios"

#: stories that are small enough for every test run: base and variants
QUICK = {
    "pre_hijack": (None, "refuses", "namespaced"),
    "unchecked_email": (None, "tells_the_truth", "own_mail", "owner_first"),
    "mailbox_changed_hands": (None, "subject_only"),
    "collision_owner_twice": (None, "M4", "M10"),
    "collision_rogue_second": (None, "M6", "M10"),
    "existing_account_linked_silently": (None,),
    "human_detour": (None,),
    "stolen_vault": ("sender_bound",),
    "leaked_env": (None, "not_rotated"),
    "dispute_just_provisioned": (None, "closes", "remembers_card", "fights_and_wins"),
    "code_outlives_revocation": (None, "nothing_pushed"),
    "refresh_during_revocation": (None, "token_ids", "nothing_pushed"),
    "threats/t15_assertion_replay": (None, "remembers"),
    "threats/t16_audience_confusion": (None, "checked"),
    "threats/t22_silent_consent": (None, "click"),
    "threats/t23_creation_race": (None, "one_step"),
    "threats/t40_claim_capture": (None, "rotates", "own_mail"),
}
#: and those that take longer
SLOW = {
    "pre_hijack": ("asks", "asks_and_purges"),
    "collision_squatter_first": (None,),
    "collision_same_instant": (None, "M4", "M10"),
    "collision_password_first": (None, "M4", "M6", "M10"),
    "collision_address_moved": (None, "M4", "M6", "M10"),
    "one_normalised_address": (None, "exact"),
    "stolen_vault": (None, "signed_too"),
    "leaked_env": ("leaks", "quarantined"),
    "human_detour": ("with_the_protocol",),
    "dispute_just_provisioned": (
        "suspends", "remembers_subject", "remembers_email", "fights_and_loses", "fights_to_arbitration", "fights_above",
        "too_small_to_fight", "holds_back", "holds_back_still", "agent_error", "hijacked", "hijacked_and_kept",
        "hijacked_and_unnoticed",
    ),
    "provider_faults": (
        None, "unbilled_resource", "overwrites_service", "keeps_old_keys", "no_ownership_check", "claims_removed",
        "link_without_verified_email",
    ),
    "single_action_revocation": (None,),
    "threats/t38_friendly_dispute": (None,),
    "threats/t40_claim_capture": ("tokens_only", "tells_the_truth"),
}  # fmt: skip
#: stories about money that are explored with fewer people or steps: file, what is changed, and what every order says
SMALLER = (
    ("failed_charge", ("story.buys.who=carl", "story.overcharged=null", "story.unknown=null", "story.use=null"), {}),
    (
        "failed_charge",
        (
            "story.buys.who=carl", "story.overcharged=null", "story.unknown=null", "story.use=null",
            "providers.fair.faults=[unbilled_resource]",
        ),
        {"paid_resource_iff_charged": "violated"},
    ),
    ("failed_charge", ("story.buys=null", "story.unknown=null", "story.use=null"), {}),
    (
        "metering_lag",
        ("story.usage.times=3", "orchestrators.hub.cap={per_provider: 2 usd, binds_at: mint}", "until=3 h"),
        {"monthly_cap_holds": "violated"},
    ),
    (
        "metering_lag",
        ("story.usage.times=3", "orchestrators.hub.cap={per_provider: 2 usd, binds_at: capture}", "until=3 h"),
        {},
    ),
    ("threats/t39_stolen_spree", ("people.team.count=1",), {"token_only_for_owner": "violated"}),
)  # fmt: skip
SMALLER_SLOW = (
    ("card_testing", ("people.holders.count=1", "people.stopped.count=1", "story.own=null"), {}),
    ("threats/t36_free_tier_farm", ("story.farming.budget={accounts: 1}",), {}),
)  # fmt: skip


def _witnessed(explored: Exploration) -> None:
    """Everything that some order shows was replayed on the simulator, and shown there."""
    for verdict in explored.verdicts:
        if verdict.verdict in ("violated", "reached"):
            assert verdict.witness is not None
            steps = verdict.witness.trace.steps
            assert any(found.property == verdict.property for step in steps for found in step.found), verdict.property


def _explored(name: str, variant: str | None) -> None:
    scenario = load(FOLDER / f"{name}.yaml", variant=variant)
    within = replace(bounds(scenario), states=60_000, waits_at_most=DAY, adversary_sends=0)
    explored = explore_scenario(scenario, within=within)
    result = judged(scenario, explored, "")
    open_ = {one.property: one.verdict for one in result.verdicts if one.expected is not None and one.met is not True}
    assert not open_
    assert explored.complete
    assert explored.collision_probability < 1e-9
    _witnessed(explored)


@pytest.mark.parametrize(
    ("name", "changed", "violated"),
    [*SMALLER, *(pytest.param(*row, marks=pytest.mark.slow) for row in SMALLER_SLOW)],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_order_of_a_story_made_smaller(name: str, changed: tuple[str, ...], violated: dict[str, str]) -> None:
    """Whoever has so little to do is explored completely: the same holds, or is broken, as in the story as shipped."""
    scenario = load(FOLDER / f"{name}.yaml", sets=list(changed))
    within = replace(bounds(scenario), states=60_000, waits_at_most=DAY, adversary_sends=0)
    explored = explore_scenario(scenario, within=within)
    assert explored.complete
    assert {one.property: one.verdict for one in explored.verdicts if one.verdict == "violated"} == violated
    _witnessed(explored)


@pytest.mark.parametrize(("name", "variant"), [(name, one) for name, all_ in QUICK.items() for one in all_])
def test_every_order_of_a_small_story(name: str, variant: str | None) -> None:
    """Complete within its bounds, every expectation met, every violation replayed on the simulator."""
    _explored(name, variant)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "variant"), [(name, one) for name, all_ in SLOW.items() for one in all_])
def test_every_order_of_a_larger_story(name: str, variant: str | None) -> None:
    """The same where it takes longer."""
    _explored(name, variant)
