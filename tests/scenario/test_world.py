from __future__ import annotations

import pytest

from sim.clock import DAY, HOUR, MINUTE, NEVER, SECOND, Constant, Exponential, Uniform
from sim.scenario import Members, Pick, Rate, expand
from sim.scenario import later as not_yet
from tests.scenario.worlds import complaints, world


def test_a_party_has_every_field_with_its_default() -> None:
    scenario = world()
    ann, hub, q = scenario.people["ann"], scenario.orchestrators["hub"], scenario.providers["q"]
    assert (ann.name, ann.email, ann.mfa, ann.notices, ann.agents) == ("ann", "{name}@example.org", "none", 0.3, 1)
    assert ann.answers_after == Exponential(10 * MINUTE)
    assert (hub.attests_by, hub.email_check, hub.says_verified) == ("jwt", "link", "truth")
    assert (hub.cap.per_provider, hub.cap.total, hub.cap.binds_at) == (10_000, None, "mint")
    assert hub.keys.rotate_every == Constant(30 * DAY)
    assert (hub.detection.after, hub.detection.more_than, hub.detection.then) == (Constant(NEVER), None, ("revoke",))
    assert (q.matching, q.linking, q.activation, q.on_adopt) == ("subject_or_email", "ask_owner", "at_once", "keep")
    assert (q.workers, q.queue, q.key_cache.life) == (None, None, Constant(10 * MINUTE))
    assert q.trusts.all
    assert q.check_audience is True


def test_blocks_keep_the_order_of_the_file() -> None:
    assert list(world(people="{zoe: {}, ann: {}, mia: {}}").people) == ["zoe", "ann", "mia"]


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("agent_provisioning", "no", False), ("agent_provisioning", "false", False), ("check_audience", "yes", True),
        ("check_audience", "'no'", False),
        ("skew", "uniform 1 s to 2 s", Uniform(SECOND, 2 * SECOND)), ("token_life", "never", Constant(NEVER)),
        ("workers", "1e1", 10), ("workers", "unlimited", None), ("queue", "0", 0),
        ("on_adopt", "[tokens, sessions]", ("tokens", "sessions")), ("on_adopt", "review", "review"),
        ("clock", "+90 s", Constant(90 * SECOND)), ("clock", "-1 h", Constant(-HOUR)),
        ("sender_bound", "0", 0.0), ("rotation", "overlap", "overlap"), ("removal", "detach", "detach"),
        ("faults", "[keeps_old_keys, claims_removed]", ("keeps_old_keys", "claims_removed")),
        ("faults", "keeps_old_keys", ("keeps_old_keys",)), ("faults", "[]", ()),
        ("on_security_event", "[]", ()), ("provisioning_time", "90 s", Constant(90 * SECOND)),
    ],
)  # fmt: skip
def test_values_are_read_as_their_field_needs_them(field: str, text: str, value: object) -> None:
    found = getattr(world(providers=f"{{p: {{{field}: {text}}}, q: {{}}}}").providers["p"], field)
    assert found == value
    assert type(found) is type(value)


def test_shares_are_numbers_percentages_yes_or_no_and_may_be_picked() -> None:
    people = world(
        people="{a: {notices: 0.25}, b: {notices: 25 %}, c: {notices: yes}, d: {notices: no}, e: {notices: true},"
        " f: {notices: {pick: {0.1: 1, 90 %: 3}}, mfa: {pick: {none: 80, provider: 20}}}}"
    ).people
    assert [people[name].notices for name in "abcde"] == [0.25, 0.25, 1.0, 0.0, 1.0]
    assert people["f"].notices == Pick(((0.1, 0.25), (0.9, 0.75)))
    assert people["f"].mfa == Pick((("none", 0.8), ("provider", 0.2)))


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("matching: emial", "5:27: providers.p.matching: 'emial' is not known here; did you mean 'email'? poss"),
        ("skew: 300", "300 has no unit; write one of us ms s min h d after it"),
        ("skew: 5 mins", "'5 mins' is not a duration"),
        ("skew: -5 s", "negative"),
        ("skew: 1e99 d", "longer than any time"),
        ("skew: normal 0 s sd 1 s", "may come out negative"),
        ("clock: never", "no clock offset"),
        ("workers: 2.5", "2.5 is not a whole number or 'unlimited'"),
        ("workers: true", "true is not a whole number"),
        ("check_audience: 1", "1 is not yes or no"),
        ("key_cache: {lief: 3 s}", "providers.p.key_cache.lief: there is no field 'lief' here; did you mean 'life'?"),
        ("key_cache: [3 s]", "providers.p.key_cache: a list is not a map"),
        ("linkin: 3", "there is no field 'linkin' here; did you mean 'linking'?"),
        ("name: x", "there is no field 'name' here"),
        ("on_adopt: [token]", "providers.p.on_adopt.0: 'token' is not known here; did you mean 'tokens'?"),
        ("trusts: {hubb: {}}", "there is no 'hubb' in this world; did you mean 'hub'?"),
        ("trusts: {ann: {}}", "'ann' is one of people, but 'trusts' must be one of orchestrators"),
        ("trusts: {hub: {linking: quiet}}", "providers.p.trusts.hub.linking: 'quiet' is not known here"),
        ("trusts: {hub: {link: silent}}", "providers.p.trusts.hub.link: 'link' is not known here; did you mean"),
        ("trusts: [hub, 3]", "providers.p.trusts.1: 3 is not a name"),
        ("<<: {skew: 3 s}", "merge keys are not part of the language, use 'like'"),
        ("like: M11", "there is no preset 'M11'; did you mean 'M1'?"),
        ("like: stripe", "the preset 'stripe' is for orchestrators and sets no field of providers"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_shown_with_place_path_and_what_is_possible(field: str, message: str) -> None:
    found = complaints(providers=f"{{p: {{{field}}}, q: {{}}}}")
    assert found.startswith("x.yaml:5:")
    assert message in found


@pytest.mark.parametrize(
    ("people", "message"),
    [
        ("{a-b: {}}", "'a-b' is not a name"),
        ("{ann: }", "people.ann: nothing is no block; write {} where all defaults are meant"),
        ("{ann: {email: ann}}", "'ann' is not an address"),
        ("{ann: {email: '{nam}@x.org'}}", "{nam} stands for nothing; did you mean '{name}'?"),
        ("{ann: {holds: [email, x]}}", "people.ann.holds.1: 'x' is not an address"),
        ("{ann: {uses: hubb}}", "there is no 'hubb' in this world; did you mean 'hub'?"),
        ("{ann: {uses: {hub: 0.5, other: 0.4}}}", "the shares sum to 0.9, not to 1"),
        ("{ann: {mfa: {pick: {non: 1}}}}", "people.ann.mfa.pick.non: 'non' is not known here"),
        ("{ann: {mfa: {pick: {none: -1}}}}", "negative"),
        ("{ann: {mfa: {pick: {none: 0}}}}", "all 0"),
        ("{ann: {mfa: {pik: {none: 1}}}}", "{pick: {answer: weight, …}} and nothing else"),
        ("{ann: {notices: 1.5}}", "must be from 0 to 1"),
        ("{ann: {notices: .nan}}", "is not a share"),
        ("{ann: {count: 0}}", "0 is out of range"),
        ("{ann: {clock: [1]}}", "a list is not a duration"),
        ("{hub: {}}", "orchestrators.hub: 'hub' is already one of people"),
        ("{a: {count: 12}, a3: {}}", "people.a3: 'a3' is also a member of the group 'a'"),
        ("{a: {count: 20}, a1: {count: 5}}", "people.a1: 'a1' is also a member of the group 'a'"),
    ],
)  # fmt: skip
def test_a_wrong_person_is_shown(people: str, message: str) -> None:
    assert message in complaints(people=people)


def test_names_that_only_look_like_members_are_no_collision() -> None:
    assert complaints(people="{a: {count: 12}, a13: {}, a03: {}, a1x: {}, b: {count: 3}, ba: {count: 3}}") == ""


def test_everything_wrong_is_reported_at_once_but_not_more_than_twenty_lines() -> None:
    found = complaints(people="{" + ", ".join(f"a{n}x: {{mfaa: none}}" for n in range(30)) + "}", until="60")
    assert len(found.splitlines()) == 21
    assert found.endswith("… and 11 more")


# --- groups ---------------------------------------------------------------------------------------------------------


def test_a_block_without_a_count_is_its_own_only_member_and_a_count_of_one_makes_a_group() -> None:
    people = world(people="{ann: {}, one: {count: 1}, five: {count: 5}}").people
    assert list(people["ann"].members) == ["ann"]
    assert list(people["one"].members) == ["one1"]
    assert list(people["five"].members) == ["five1", "five2", "five3", "five4", "five5"]


def test_members_of_a_huge_group_are_never_listed() -> None:
    members = world(people="{crowd: {count: 1e9}}").people["crowd"].members
    assert len(members) == 10**9
    assert (members[0], members[-1], members[10:12]) == ("crowd1", "crowd1000000000", ["crowd11", "crowd12"])
    assert members.number("crowd77") == 77
    outsiders = (
        "crowd",
        "crowd0",
        "crowd007",
        "crowd1000000001",
        "crow7",
        "crowd1x",
        "crowd²",
        "crowd" + "9" * 5_000,
        7,
    )
    assert [name for name in outsiders if name in members] == []


def test_members_without_a_count_know_their_number() -> None:
    assert (Members("ann", 1, grouped=False).number("ann"), Members("ann", 1, grouped=False).number("ann1")) == (
        1,
        None,
    )


def test_texts_with_braces_are_expanded_for_each_member() -> None:
    person = world(
        people="{f: {count: 3, email: 'farm+{n}@{name}.example', holds: [email, 'old{n}@example.org']}}"
    ).people["f"]
    assert [expand(text, "f2", 2) for text in person.holds] == ["farm+2@f2.example", "old2@example.org"]


def test_people_use_the_first_orchestrator_unless_they_say_otherwise() -> None:
    people = world(
        people="{a: {}, b: {uses: other}, c: {uses: [other, hub]}, d: {uses: {hub: 0.25, other: 75 %}}}"
    ).people
    assert people["a"].uses == (("hub", 1.0),)
    assert people["b"].uses == (("other", 1.0),)
    assert people["c"].uses == (("other", 1.0), ("hub", 1.0))
    assert people["d"].uses == (("hub", 0.25), ("other", 0.75))
    assert world(orchestrators="{}").people["ann"].uses == ()


# --- parts ----------------------------------------------------------------------------------------------------------


def test_detection_names_a_rate_and_one_or_several_reactions() -> None:
    hubs = world(
        orchestrators="{hub: {detection: {after: exponential 60 min, more_than: 5 per min, then: alert}},"
        " other: {detection: {more_than: 20 per 10 min, then: [revoke, pause]}}}"
    ).orchestrators
    assert hubs["hub"].detection.more_than == Rate(5, MINUTE)
    assert hubs["hub"].detection.then == ("alert",)
    assert hubs["other"].detection.more_than == Rate(20, 10 * MINUTE)
    assert hubs["other"].detection.then == ("revoke", "pause")


def test_trust_is_for_all_or_for_those_named() -> None:
    providers = world(
        providers="{a: {trusts: all}, b: {trusts: hub}, c: {trusts: [hub, other]},"
        " d: {trusts: {hub: {domains: [x.org], linking: silent, containment: yes}, other: {}}}}"
    ).providers
    assert providers["a"].trusts.all
    assert [(providers[name].trusts.all, list(providers[name].trusts.issuers)) for name in "bcd"] == [
        (False, ["hub"]), (False, ["hub", "other"]), (False, ["hub", "other"]),
    ]  # fmt: skip
    override = providers["d"].trusts.issuers["hub"]
    assert (override.domains, override.linking, override.matching, override.containment) == (
        ("x.org",),
        "silent",
        None,
        True,
    )


def test_the_network_is_one_link_and_entries_lie_over_it_field_by_field() -> None:
    network = world(network="{at_most: 5 s, loss: 0.1, 'p->hub': {loss: 0.5}, 'hub->p': {channel: open}}").network
    assert (network.link("p", "hub").loss, network.link("p", "hub").at_most) == (0.5, 5 * SECOND)
    assert (network.link("hub", "p").loss, network.link("hub", "p").channel) == (0.1, "open")
    assert (network.link("q", "hub").loss, network.link("q", "hub").channel) == (0.1, "secure")
    assert world().network.link("p", "hub").at_most == 2 * SECOND


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ("{latency: 5 s}", "hardly any latency (5 s) is within at_most (2 s)"),
        ("{'hub->p': {at_most: 1 us}}", "network.hub->p: hardly any latency"),
        ("{'hub->nobody': {}}", "there is no 'nobody' in this world"),
        ("{'hub->bobs3': {}}", "a link is between blocks: 'bobs'"),
        ("{'hub->': {}}", "is not a link"),
        ("{'hub -> p': {}}", "'hub -> p' is written 'hub->p'"),
        ("{'a->b->c': {}}", "is not a link"),
        ("{'hub->p': 3}", "network.hub->p: 3 is not a map"),
        ("{'hub->p': {los: 1}}", "network.hub->p.los: there is no field 'los' here; did you mean 'loss'?"),
        ("{at_most: never}", "'never' is not certain"),
        ("{channel: shut}", "possible: secure, authentic, open"),
        ("[]", "network: a list is not a map"),
    ],
)
def test_a_network_that_cannot_be_is_refused(network: str, message: str) -> None:
    assert message in complaints(network=network)


# --- what is not simulated yet ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "field"),
    [("people", "agent_obeys: 0.1"), ("orchestrators", "limits: []"), ("providers", "quarantine: 1 d")],
)
def test_a_field_that_no_engine_simulates_yet_is_refused_wherever_it_is_written(
    section: str, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = field.partition(":")[0]
    monkeypatch.setitem(not_yet.FIELDS, section, frozenset({name}))
    here = {section: f"{{x: {{{field}}}}}"}
    assert f"{section}.x.{name}: {section}.{name} is not simulated yet" in complaints(**here)
    assert getattr(getattr(world(later=True, **here), section)["x"], name) is not None
    inside = {section: "{x: {}}", "variants": f"{{v: {{set: {{{section}.x.{field}}}}}}}"}
    assert "is not simulated yet" in complaints(**inside)


def test_prices_fees_limits_and_caps_are_read_in_cents_and_counts() -> None:
    scenario = world(
        later=True,
        orchestrators="{hub: {cap: {per_provider: none, total: 19.99 usd, binds_at: capture}}, other: {}}",
        providers="{p: {prices: {paid: 60 usd}, disputes: {answer: fight_above 20 usd, remembers: [email]},"
        " limits: [{per: caller, burst: 3, per_hour: 7, when_down: closed}]}, q: {}}",
    )
    cap, p = scenario.orchestrators["hub"].cap, scenario.providers["p"]
    assert (cap.per_provider, cap.total, cap.binds_at) == (None, 1_999, "capture")
    assert p.prices == {"free": 0, "paid": 6_000}
    assert p.services["paid"].price == 6_000
    assert (p.disputes.answer, p.disputes.wins, p.disputes.remembers) == (2_000, 0.45, ("email",))
    assert [(limit.per, limit.burst, limit.per_hour, limit.when_down) for limit in p.limits] == [
        ("caller", 3, 7, "closed")
    ]
