from __future__ import annotations

import pytest

from sim.clock import DAY, HOUR, MINUTE, Constant, Exponential, Uniform
from sim.scenario import After, At, Every, May, Ref
from sim.scenario.steps import show_step
from tests.scenario.worlds import complaints, step, world


def test_the_four_time_words() -> None:
    assert step("at: uniform 0 d to 10 d, who: ann, use: p").when == At(Uniform(0, 10 * DAY))
    assert step("every: exponential 2 h, from: 1 d, until: 9 d, times: 3, who: ann, use: p").when == Every(
        Exponential(2 * HOUR), DAY, 9 * DAY, 3
    )
    assert step("every: 1 d, who: ann, use: p").when == Every(Constant(DAY), 0, None, None)
    assert step("after: token_issued, wait: exponential 1 h, times: 2, who: ann, use: p").when == After(
        "token_issued", True, Exponential(HOUR), None, 2
    )
    assert step("may: 2, who: mal, use: p").when == May(2)


def test_after_a_step_is_not_after_a_fact() -> None:
    scenario = world(story="[{id: call, at: 1 d, who: ann, use: p}, {after: call, who: ann, use: p}]")
    assert scenario.story[1].when == After("call", False)


def test_what_follows_a_step_that_is_called_like_a_fact_could_mean_either() -> None:
    first = "{id: linked, at: 1 d, who: ann, use: p}"
    found = complaints(story=f"[{first}, {{after: linked, who: ann, use: p}}]")
    assert found == (
        "x.yaml:6:14: story.linked.id: 'linked' is a fact as well, so that 'after: linked' of step2 has two meanings; "
        "give the step another id"
    )
    assert complaints(story=f"[{first}, {{after: adopted, who: ann, use: p}}]") == ""


def test_steps_without_an_id_are_numbered_by_their_place_and_never_take_a_given_one() -> None:
    story = "[{at: 1 d, who: ann, use: p}, {id: step3, at: 1 d, who: ann, use: p}, {at: 1 d, who: ann, use: p}]"
    assert [one.id for one in world(story=story).story] == ["step1", "step3", "step3_"]


def test_parties_are_blocks_members_or_any_of_a_block() -> None:
    found = step("at: 1 d, who: [ann, bobs3, any bobs], via: any hub, as: bobs1, add: any p/free")
    assert found.who == (Ref("ann"), Ref("bobs3"), Ref("bobs", any=True))
    assert (found.via, found.as_, found.objects) == (
        Ref("hub", any=True),
        Ref("bobs1"),
        (Ref("p", any=True, service="free"),),
    )
    assert str(found.objects[0]) == "any p/free"


def test_a_made_up_person_is_new_even_where_a_block_is_called_so() -> None:
    found = step("at: 1 d, who: new, as: new, sign_up: p", people="{new: {count: 4}}")
    assert (found.who, found.as_) == ((Ref("new"),), Ref("new"))


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("add: p/free, times: 4", {"objects": (Ref("p", service="free"),), "times": 4}),
        ("log_in: hub", {"objects": (Ref("hub"),)}),
        ("revoke: p", {"objects": (Ref("p"),)}),
        ("add_identifier: p, to: x@example.org", {"to": "x@example.org"}),
        ("add_identifier: p, to: hub", {"to": Ref("hub")}),
        ("change_email: new, via: p", {"objects": ("new",), "via": Ref("p")}),
        ("change_email: y@example.org, via: p", {"objects": ("y@example.org",)}),
        ("steal: session, of: any bobs", {"objects": ("session",), "of": Ref("bobs", any=True)}),
        ("steal: signing_key, of: hub", {"objects": ("signing_key",)}),
        ("intercept: hub->p, does: drop, kind: [token, resource], for: 1 h",
         {"objects": (Ref("hub"), Ref("p")), "does": "drop", "kind": ("token", "resource"), "for_": Constant(HOUR)}),
        ("attack: mass_provisioning, of: hub, against: [p, q], as: new, rate: exponential 1 min, until: 12 d",
         {"objects": ("mass_provisioning",), "of": Ref("hub"), "against": (Ref("p"), Ref("q")),
          "rate": Exponential(MINUTE), "until": 12 * DAY, "as_": Ref("new")}),
    ],
)  # fmt: skip
def test_verbs_with_their_options(line: str, fields: dict[str, object]) -> None:
    found = step(f"at: 1 d, who: mal, {line}", later=True)
    assert {key: getattr(found, key) for key in fields} == fields


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("move_mailbox: bobs1, to: mal", {"objects": (Ref("bobs1"),), "to": Ref("mal")}),
        ("move_mailbox: old@example.org, to: mal", {"objects": ("old@example.org",)}),
        ("rotate_key: hub", {"objects": (Ref("hub"),), "who": ()}),
        ("withdraw_key: any hub", {"objects": (Ref("hub", any=True),)}),
        ("outage: p, for: 2 h", {"for_": Constant(2 * HOUR)}),
        ("outage: p", {"for_": None}),
        ("set: {providers.p.linking: refuse, network.loss: 0.5}",
         {"values": {"providers.p.linking": "refuse", "network.loss": 0.5}, "objects": ()}),
    ],
)  # fmt: skip
def test_what_happens_without_anybody_doing_it(line: str, fields: dict[str, object]) -> None:
    found = step(f"at: 1 d, {line}")
    assert {key: getattr(found, key) for key in fields} == fields


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("at: 1 d, every: 2 h, who: ann, use: p", "step1.every: the step has two time words, at and every"),
        ("who: ann, use: p", "story.step1: the step has no time word; exactly one of at, every, after, may"),
        ("at: 1 d, who: ann, use: p, adopt: q", "step1.adopt: the step has two verbs, use and adopt"),
        ("at: 1 d, who: ann", "the step has no verb"),
        ("at: 1 d, who: ann, uze: p", "step1.uze: 'uze' is no key of a step; did you mean 'use'?"),
        ("at: 1 d, who: ann, use: p, on: q", "a YAML 1.1 reader takes it for true"),
        ("at: 1, who: ann, use: p", "1 has no unit"),
        ("at: 1 day, who: ann, use: p", "'1 day' is not a duration"),
        ("at: -1 d, who: ann, use: p", "negative"),
        ("at: never, who: ann, use: p", "'never' is not a moment"),
        ("at: 31 d, who: ann, use: p", "31 d is after the end (until: 30 d), so it never happens"),
        ("at: uniform 31 d to 40 d, who: ann, use: p", "after the end"),
        ("every: 1 d, from: 31 d, who: ann, use: p", "step1.from: 31 d is after the end"),
        ("every: 1 d, from: 5 d, until: 4 d, who: ann, use: p", "until ('4 d') comes before from"),
        ("every: 0 s, who: ann, use: p", "'0 s' is not an interval; it must be above 0"),
        ("every: never, who: ann, use: p", "is not an interval"),
        ("after: adopted, wait: 31 d, who: ann, use: p", "step1.wait: 31 d is after the end"),
        ("after: adoptd, who: ann, use: p", "neither a step of the story nor a fact; did you mean 'adopted'?"),
        ("after: step1, who: ann, use: p", "the steps wait for one another in a circle: step1 -> step1"),
        ("may: 0, who: mal, use: p", "0 is out of range"),
        ("may: 1, times: 2, who: mal, use: p", "'times' does not belong to may … use"),
        ("at: 1 d, wait: 2 h, who: ann, use: p", "'wait' does not belong to at … use"),
        ("at: 1 d, use: p", "use needs 'who'"),
        ("at: 1 d, who: ann, outage: p", "'who' does not belong to at … outage"),
        ("at: 1 d, who: [], use: p", "the list is empty"),
        ("at: 1 d, who: anne, use: p", "there is no 'anne' in this world; did you mean 'ann'?"),
        ("at: 1 d, who: bobs6, use: p", "there is no 'bobs6'; bobs are bobs1 to bobs5"),
        ("at: 1 d, who: any bobs2, use: p", "'any' is for a group"),
        ("at: 1 d, who: all bobs, use: p", "is not a party, such as 'alice', 'shoppers17' or 'any shoppers'"),
        ("at: 1 d, who: hub, use: p", "'hub' is one of orchestrators, but 'who' must be one of people"),
        ("at: 1 d, who: ann, use: hub", "'hub' is one of orchestrators, but 'use' must be one of providers"),
        ("at: 1 d, who: ann, use: p/free", "names a service, but a party is needed here: 'p'"),
        ("at: 1 d, who: ann, add: p", "'p' is not a service, such as 'cloud/free'"),
        ("at: 1 d, who: ann, add: p/fre", "p offers no service 'fre'; did you mean 'free'? possible: free, paid"),
        ("at: 1 d, who: ann, add: p/free, via: q", "'via' must be one of orchestrators"),
        ("at: 1 d, who: ann, add: p/free, as: p", "'as' must be one of people"),
        ("at: 1 d, who: ann, use: p, amount: 3 usd", "does not belong to at … use; options here: times, via, as, who"),
        ("at: 1 d, who: ann, use: p, of: q", "'of' does not belong"),
        ("at: 1 d, who: ann, add: p/free, times: 0", "0 is out of range"),
        ("at: 1 d, who: ann, add_identifier: p", "add_identifier needs 'to'"),
        ("at: 1 d, who: ann, change_email: ann", "'ann' is not an address"),
        ("at: 1 d, who: ann, steal: session, of: bobs", "'ann' may not steal; that is for parties with adv"),
        ("at: 1 d, who: mal, steal: session", "steal needs 'of'"),
        ("at: 1 d, who: mal, steal: keys, of: hub", "'keys' is not known here"),
        ("at: 1 d, who: mal, steal: signing_key, of: p", "'of' must be one of orchestrators"),
        ("at: 1 d, who: mal, intercept: hub, does: drop", "'hub' is not a channel, such as 'hub->cloud'"),
        ("at: 1 d, who: mal, intercept: hub->p", "intercept needs 'does'"),
        ("at: 1 d, who: mal, intercept: hub->p, does: bend", "possible: read, drop, delay, replay"),
        ("at: 1 d, who: mal, intercept: hub->p, does: drop, to: q", "it belongs to does: replay alone"),
        ("at: 1 d, who: mal, attack: masss_provisioning, against: p", "'masss_provisioning' is not known; did you"),
        ("at: 1 d, who: [ann, ann], use: p", "x.yaml:6:30: story.step1.who.1: 'ann' is listed twice; name each party"),
        ("at: 1 d, who: mal, attack: cap_race, against: [p, p]", "story.step1.against.1: 'p' is listed twice"),
        ("at: 1 d, who: mal, attack: cap_race", "attack needs 'against'"),
        ("at: 1 d, who: mal, attack: cap_race, against: ann", "'against' must be one of providers; possible: p, q"),
        ("at: 1 d, who: mal, attack: cap_race, against: p, of: q", "'of' must be one of orchestrators; possible: hub,"),
        ("at: 1 d, who: mal, attack: withdrawn_key, against: p", "withdrawn_key does nothing without 'of', which must"),
        ("at: 1 d, who: mal, attack: injected_spending, against: p, of: hub", "'of' must be one of people"),
        ("at: 1 d, who: mal, attack: claim_capture, against: p", "does nothing without 'as'"),
        ("at: 1 d, who: mal, attack: claim_capture, against: p, as: new", "step1.as: claim_capture is"),
        ("at: 1 d, who: mal, intercept: hub->p, does: drop, kind: tokn", "step1.kind: the kind of message 'tokn'"),
        ("at: 1 d, who: mal, intercept: hub->p, does: drop, kind: tokn", "not known; did you mean 'token'? possible: "),
        ("at: 1 d, who: mal, intercept: hub->p, does: drop, kind: [token, keyz]", "x.yaml:6:74: story.step1.kind: "),
        ("at: 1 d, move_mailbox: ann", "move_mailbox needs 'to'"),
        ("at: 1 d, move_mailbox: ann, to: x@y.org", "is an address, but move_mailbox needs a party"),
        ("at: 1 d, rotate_key: p", "'rotate_key' must be one of orchestrators"),
        ("at: 1 d, set: 3", "3 is not a map such as {providers.cloud.linking: ask_owner}"),
        ("at: 1 d, set: {until: 2 d}", "'until' cannot change during a run"),
        ("at: 1 d, set: {people.bobs.count: 7}", "cannot change during a run"),
        ("at: 1 d, set: {providers.p.clock: 1 h}", "'providers.p.clock' cannot change during a run; possible is any"),
        ("at: 1 d, set: {people.ann.adversary: true}", "'people.ann.adversary' cannot change during a run"),
        ("at: 1 d, set: {people.ann.agents: 2}", "'people.ann.agents' cannot change during a run"),
        ("at: 1 d, set: {providers.p.linkin: silent}", "providers.p has no field 'linkin'; did you mean 'linking'?"),
        ("at: 1 d, set: {providers.r.linking: silent}", "there is no 'r' among providers"),
        ("at: 1 d, set: {providers.p.linking: loud}", "'loud' is not known here"),
        ("id: a b, at: 1 d, who: ann, use: p", "'a b' is not a name for a step"),
    ],
)  # fmt: skip
def test_a_step_that_makes_no_sense_is_refused_and_says_why(line: str, message: str) -> None:
    found = complaints(story=f"[{{{line}}}]")
    assert found.startswith("x.yaml:6:")
    assert message in found


def test_of_a_group_two_may_be_drawn() -> None:
    assert len(step("at: 1 d, who: [any bobs, any bobs], use: p").who) == 2


def test_what_becomes_of_a_resource_is_a_step() -> None:
    for line in ("remove: p/free", "rotate: p/free", "update: p/paid", "link: p/free"):
        assert step(f"at: 1 d, who: ann, {line}").verb == line.partition(":")[0]
    assert step("at: 1 d, who: ann, remove: p/free, environment: dev").environment == "dev"
    assert step("at: 1 d, who: ann, add: p/free, name: my-shop").name == "my-shop"
    assert show_step(step("at: 1 d, who: ann, add: p/free, name: my-shop, environment: dev")) == {
        "id": "step1", "at": "1 d", "who": "ann", "add": "p/free", "name": "my-shop", "environment": "dev"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("option", "message"), [("name: My Shop", "is not a name"), ("environment: test", "prod, dev")]
)
def test_a_name_is_a_label_and_there_are_two_environments(option: str, message: str) -> None:
    assert message in complaints(story=f"[{{at: 1 d, who: ann, add: p/free, {option}}}]")


def test_what_is_paid_is_a_step_like_any_other() -> None:
    assert complaints(story="[{at: 1 d, who: ann, add: p/paid}]") == ""
    cloud = "{cloud: {like: cloudflare}}"
    assert complaints(providers=cloud, story="[{at: 1 d, who: ann, add: cloud/workers:paid}]") == ""
    assert complaints(providers=cloud, story="[{at: 1 d, who: ann, add: cloud/workers:free}]") == ""
    assert step("at: 1 d, who: ann, raise_cap: 25 usd").amount == 2_500
    assert step("at: 1 d, who: ann, add: p/paid, amount: 5 usd").amount == 500


def test_domains_move_and_cards_and_env_files_are_stolen() -> None:
    assert step("at: 1 d, move_domain: x.org, to: mal").objects == ("x.org",)
    assert step("at: 1 d, who: mal, steal: card, of: ann").objects == ("card",)
    assert step("at: 1 d, who: mal, steal: env_file, of: ann").objects == ("env_file",)
    assert "steal" in complaints(story="[{at: 1 d, who: mal, steal: purse, of: ann}]")


def test_a_party_or_its_limiter_goes_down() -> None:
    assert str(step("at: 1 d, outage: p").objects[0]) == "p"
    assert str(step("at: 1 d, outage: p/limiter").objects[0]) == "p/limiter"
    assert "neither a party nor its limiter" in complaints(story="[{at: 1 d, outage: p/free}]")
    assert "ann" in complaints(story="[{at: 1 d, outage: ann/limiter}]")


@pytest.mark.parametrize(
    ("channel", "allowed"),
    [
        ("secure", {"drop", "delay"}),
        ("authentic", {"read", "drop", "delay"}),
        ("open", {"read", "drop", "delay", "replay"}),
    ],
)
def test_an_intercept_needs_a_channel_that_allows_it(channel: str, allowed: set[str]) -> None:
    for deed in ("read", "drop", "delay", "replay"):
        story = f"[{{at: 1 d, who: mal, intercept: hub->p, does: {deed}}}]"
        found = complaints(network=f"{{'hub->p': {{channel: {channel}}}}}", story=story)
        assert (found == "") == (deed in allowed), deed
        assert not found or f"hub->p is {channel}, so nobody in it can {deed}" in found


def test_a_party_may_always_intercept_what_comes_to_itself() -> None:
    providers = "{p: {adversary: yes}, ps: {count: 3, adversary: yes}, q: {}}"
    for line in ("who: p, intercept: hub->p", "who: ps2, intercept: hub->ps2", "who: ps, intercept: hub->ps"):
        assert complaints(providers=providers, story=f"[{{may: 1, {line}, does: replay, to: q}}]") == ""
    assert complaints(providers=providers, story="[{may: 1, who: p, intercept: hub->q, does: replay}]") != ""


def test_steps_that_wait_for_one_another_in_a_circle_are_refused() -> None:
    steps = (
        "{id: a, after: c, who: ann, use: p}, {id: b, after: a, who: ann, use: p}, {id: c, after: b, who: ann, use: p}"
    )
    assert "in a circle: a -> c -> b -> a" in complaints(story=f"[{steps}, {{after: a, who: ann, use: p}}]")


def test_two_steps_with_one_id_are_refused() -> None:
    assert "two steps have the id 'a'" in complaints(
        story="[{id: a, at: 1 d, who: ann, use: p}, {id: a, at: 2 d, who: ann, use: p}]"
    )


@pytest.mark.parametrize("story", ["3", "{a: 1}", "[3]", "[[]]", "[null]"])
def test_a_story_is_a_list_of_steps(story: str) -> None:
    assert "story" in complaints(story=story)
