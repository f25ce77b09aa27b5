from __future__ import annotations

import pytest

from sim.clock import DAY, HOUR, SECOND
from sim.scenario import later as not_yet
from sim.scenario.build import part
from sim.scenario.like import preset, presets
from sim.scenario.models import SECTIONS
from sim.scenario.nodes import Problems
from sim.scenario.sources import SOURCES
from tests.scenario.worlds import complaints, world

POLICIES = {
    "M1": ("email", "silent", "at_once", "keep"),
    "M2": ("email_normalised", "silent", "at_once", "keep"),
    "M3": ("email_verified", "silent", "at_once", "keep"),
    "M4": ("subject", "refuse", "at_once", "keep"),
    "M5": ("subject_or_verified_email", "silent", "at_once", "keep"),
    "M6": ("subject_or_email", "ask_owner", "at_once", "keep"),
    "M7": ("subject_or_email", "ask_owner", "after_mail", "purge"),
    "M8": ("email_verified", "by_domain", "after_mail", "purge"),
    "M9": ("first_issuer", "silent", "at_once", "keep"),
    "M10": ("namespaced", "ask_owner", "at_once", "keep"),
}


@pytest.mark.parametrize(("name", "fields"), POLICIES.items())
def test_the_ten_policies_set_four_fields(name: str, fields: tuple[str, ...]) -> None:
    p = world(providers=f"{{p: {{like: {name}}}}}").providers["p"]
    assert (p.matching, p.linking, p.activation, p.on_adopt) == fields
    assert set(preset(name).cites) <= {"matching", "linking", "activation", "on_adopt"}


def test_presets_are_listed_with_the_policies_in_their_order() -> None:
    assert presets() == (
        *POLICIES, "authmd", "cloudflare", "ignores_issuer", "posthog_partner", "posthog_stripe", "stripe",
        "stripe_sample",
        "supabase",
    )  # fmt: skip


@pytest.mark.parametrize("name", presets())
def test_every_value_of_a_preset_is_valid_marked_and_cited(name: str) -> None:
    given, problems = preset(name), Problems()
    part(SECTIONS[given.section], given.values, name, problems)
    assert problems == []
    for mark, sources in given.cites.values():
        assert mark in ("confirmed", "assumed")
        keys = [key for key in sources.split(", ") if key]
        assert keys or mark == "assumed"
        assert [key for key in keys if key not in SOURCES] == []
    assert given.about.endswith(".")


def test_later_names_win_and_the_own_fields_win_over_all() -> None:
    p = world(providers="{p: {like: [M7, posthog_partner], linking: refuse}}").providers["p"]
    assert (p.matching, p.linking, p.activation, p.on_adopt) == ("email", "refuse", "at_once", "keep")
    assert p.token_life.most == HOUR


def test_null_takes_a_presets_value_back() -> None:
    assert world(providers="{p: {like: M7, matching: null, on_adopt: null}}").providers["p"].on_adopt == "keep"


def test_a_block_may_be_like_another_but_for_how_many_there_are() -> None:
    providers = world(
        providers="{q: {like: p, skew: 5 s}, p: {count: 3, like: M7, skew: 9 s, token_life: 1 d}}"
    ).providers
    q = providers["q"]
    assert (q.matching, q.activation, q.skew.most, q.token_life.most) == (
        "subject_or_email",
        "after_mail",
        5 * SECOND,
        DAY,
    )
    assert (q.count, q.grouped, q.like) == (1, False, ("M7",))


def test_a_block_named_as_a_preset_may_be_like_it() -> None:
    assert world(providers="{cloudflare: {like: cloudflare}, b: {like: cloudflare}}").providers["b"].like == (
        "cloudflare",
    )


def test_blocks_that_are_like_one_another_in_a_circle_are_refused() -> None:
    assert "'p' is like itself: p -> q -> p" in complaints(providers="{p: {like: q}, q: {like: p}}")
    assert "'p' is like itself" in complaints(providers="{p: {like: p}}")


def test_a_long_chain_of_likes_is_refused_before_it_hurts() -> None:
    chain = ", ".join(f"p{n}x: {{like: p{n + 1}x}}" for n in range(60))
    assert "more than 20 deep" in complaints(providers=f"{{{chain}, p60x: {{}}}}")


def test_parts_of_presets_merge_with_the_blocks_own() -> None:
    cache = world(providers="{p: {like: stripe_sample, key_cache: {fetch: 1 s}}}").providers["p"].key_cache
    assert (cache.life.most, cache.cooldown.most, cache.fetch.most) == (300 * SECOND, 30 * SECOND, SECOND)


def test_what_no_engine_simulates_yet_is_left_out_of_a_preset_and_that_is_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(not_yet.FIELDS, "providers", frozenset({"limits"}))
    scenario = world(providers="{p: {like: posthog_stripe}}")
    assert scenario.providers["p"].sender_bound == 1.0
    assert scenario.providers["p"].removal == "detach"
    assert scenario.providers["p"].limits == ()
    assert (
        scenario.origin["providers.p.limits"] == "preset posthog_stripe (confirmed, K5), not applied: not simulated yet"
    )
    assert "limits" not in scenario.resolved()["providers"]["p"]
    assert len(world(later=True, providers="{p: {like: posthog_stripe}}").providers["p"].limits) == 1


def test_a_preset_of_a_catalogue_provider_brings_its_services() -> None:
    scenario = world(
        providers="{cloud: {like: [cloudflare, M1]}, copy: {like: cloud}, ph: {like: posthog_stripe}, plain: {}}",
        story="[{at: 1 d, who: ann, add: cloud/workers:free}, {at: 1 d, who: ann, add: copy/workers:free}]",
    )
    assert [str(step.objects[0]) for step in scenario.story] == ["cloud/workers:free", "copy/workers:free"]
    assert scenario.providers["cloud"].services["workers:free"].price == 0
    assert scenario.providers["cloud"].services["workers:paid"].pricing == "paid"
    assert set(scenario.providers["plain"].services) == {"free", "paid"}
    assert len(scenario.providers["ph"].services) > 2


def test_the_orchestrator_stripe_says_what_the_wire_shows() -> None:
    hub = world(orchestrators="{hub: {like: stripe}}").orchestrators["hub"]
    assert (hub.attests_by, hub.revocation.names, hub.timeout.most) == ("hmac_email", "nothing", 30 * SECOND)
