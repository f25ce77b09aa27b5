"""Who trusts whom, what a compromise reaches, and what cuts it, in worlds whose answer is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sim.cli import cli
from sim.experiments.trust import cuts, reach
from sim.experiments.trust.graph import Edge, edges
from sim.experiments.trust.worlds import World
from sim.scenario import load_text
from sim.views.graph import together

WORLD = """
title: t
until: 40 d
people: {{alice: {{uses: hub{alice}}}, sam: {{uses: second}}, rita: {{}}, mallory: {{adversary: true}}}}
orchestrators: {{hub: {{{hub}}}, second: {{}}}}
providers: {{cloud: {{{cloud}}}, store: {{{store}}}}}
story:
  - {{at: 1 d, who: [alice, sam], add: cloud/free}}
  - {{at: 1 d, who: rita, sign_up: cloud}}
  - {{at: 2 d, who: mallory, as: rita, sign_up: store}}
"""


def world(cloud: str = "like: M1", store: str = "", hub: str = "", alice: str = "") -> World:
    return World(load_text(WORLD.format(cloud=cloud, store=store, hub=hub, alice=alice)))


def reached(of: World, *names: str) -> reach.Reached:
    found = edges(of)
    return reach.follow(found, reach.compromised(of, found, names))


def accounts(of: World, *names: str) -> set[str]:
    return {name.partition("/")[2] for name in reached(of, *names).of("account")}


def test_accounts_are_those_that_the_honest_come_to_have() -> None:
    held = {one.name: (one.via, one.door) for one in world().holdings}
    assert held == {
        "cloud/alice": (("hub",), False),
        "cloud/sam": (("second",), False),
        "cloud/rita": ((), True),
    }


ALL, LINKED = {"alice", "sam", "rita"}, {"alice"}


@pytest.mark.parametrize(
    ("like", "who"),
    [
        *((name, ALL) for name in ("M1", "M2", "M3", "M5")),
        *((name, LINKED) for name in ("M4", "M6", "M7", "M8", "M10")),
        ("M9", {"alice", "rita"}),
    ],
)
def test_a_stolen_key_reaches_what_the_runs_of_the_threat_reach(like: str, who: set[str]) -> None:
    """The same as what the story T19 comes to in runs: all, those linked, or those no other issuer was first for."""
    assert accounts(world(cloud=f"like: {like}"), "key:hub") == who


def test_trust_bounds_what_a_word_is_worth() -> None:
    assert accounts(world(cloud="like: M1, trusts: [second]"), "key:hub") == set()
    own = "like: M8, trusts: {hub: {domains: [example.org]}}"
    assert accounts(world(cloud=own), "key:hub") == ALL - {"sam"} | {"sam"}
    assert accounts(world(cloud=own.replace("example.org", "else.where")), "key:hub") == LINKED


def test_a_mailbox_opens_accounts_by_a_reset_unless_there_is_a_second_factor() -> None:
    assert accounts(world(cloud="like: M6"), "mailbox:alice") == {"alice"}
    assert accounts(world(cloud="like: M6", alice=", mfa: provider"), "mailbox:alice") == set()
    assert accounts(world(), "domain:example.org") == ALL


def test_an_address_that_nobody_checks_is_anybody_s() -> None:
    assert accounts(world(), "anyone") == set()
    assert accounts(world(hub="email_check: none, says_verified: always"), "anyone") == ALL
    assert accounts(world(cloud="like: M3", hub="email_check: none"), "anyone") == set()
    assert accounts(world(cloud="like: M6", hub="email_check: none"), "anyone") == set()


def test_a_shared_secret_is_good_for_one_provider() -> None:
    of = world(hub="attests_by: hmac_email")
    assert accounts(of, "secret:hub@cloud") == ALL
    assert accounts(of, "secret:hub@store") == set()
    assert "word:hub@cloud" in reached(of, "provider:cloud").nodes
    assert "word:hub@store" not in reached(of, "provider:cloud").nodes


def test_assertions_are_passed_on_where_nobody_looks_whom_they_are_for() -> None:
    assert reached(world(), "provider:cloud").of("new") == []
    found = reached(world(store="check_audience: no"), "provider:cloud").of("new")
    assert found == ["store/alice", "store/sam"]


def test_what_waits_for_the_mailbox_needs_it_too() -> None:
    of = world(store="like: M7")
    assert "store/alice" not in reached(of, "session:alice").of("new")
    assert "store/alice" in reached(of, "session:alice", "mailbox:alice").of("new")


def test_bearer_tokens_that_are_bound_are_worth_nothing() -> None:
    assert reached(world(), "vault:hub").of("tokens") == ["cloud/alice@hub"]
    assert reached(world(cloud="sender_bound: 1"), "vault:hub").of("tokens") == []


def test_money_is_what_the_ceilings_let_pass() -> None:
    def money(hub: str) -> float | None:
        of = world(hub=hub)
        return reach.blast(of, reached(of, "session:alice")).money_usd_per_month

    assert money("") == 200
    assert money("cap: {per_provider: 100 usd, total: 37 usd}") == 37
    assert money("cap: {per_provider: none, total: none}") is None
    assert money("step_up: paid") == 0


def test_numbers_count_all_of_a_group() -> None:
    text = WORLD.format(cloud="like: M1", store="", hub="", alice="").replace("rita: {}", "rita: {count: 1000}")
    of = World(load_text(text.replace("as: rita", "as: rita7")))
    blast = reach.blast(of, reached(of, "key:hub"))
    assert (blast.accounts, blast.of_accounts, blast.new_accounts) == (1002, 1002, 1002)


@pytest.mark.parametrize(
    ("cloud", "anybody"),
    [
        ("like: M1", ("cloud",)),
        ("like: M7", ("cloud",)),
        ("agent_provisioning: no", ()),
        ("trusts: {second: {}}", ()),
        ("trusts: {hub: {domains: [example.org]}}", ("cloud",)),
    ],
)
def test_whose_word_is_compromised_makes_accounts_for_nobody_in_particular(
    cloud: str, anybody: tuple[str, ...]
) -> None:
    of = world(cloud=cloud, store="agent_provisioning: no")
    assert reach.blast(of, reached(of, "key:hub")).anybody_at == anybody
    assert reach.blast(of, reached(of, "mailbox:alice")).anybody_at == ()


def test_what_is_compromised_must_be_there() -> None:
    with pytest.raises(LookupError, match="key:hub"):
        reached(world(), "key:nowhere")


# --- cuts -------------------------------------------------------------------------------------------------------------


def cut(of: World, *names: str) -> cuts.Cuts:
    return cuts.cuts(of, reach.compromised(of, edges(of), names))


def settings(found: cuts.Cuts) -> set[frozenset[str]]:
    return {frozenset(map(str, one)) for one in found.sets}


def test_a_set_that_is_told_does_cut_and_no_smaller_one_does() -> None:
    of = world(cloud="like: M1", hub="email_check: none, says_verified: always")
    found = cut(of, "anyone")
    assert found.complete
    assert found.kept == ()
    assert frozenset({"orchestrators.hub.email_check=link"}) in settings(found)
    for one in found.sets:
        changed = of.changed({change.path: change.value for change in one})
        assert not set(reach.follow(edges(changed), ["anyone"]).nodes) & set(found.goals)


def test_two_ways_take_two_answers() -> None:
    text = WORLD.format(cloud="like: M1", store="agent_provisioning: no", hub="email_check: none", alice="")
    of = World(load_text(text.replace("rita: {}", "rita: {uses: second}")))
    start = reach.compromised(of, edges(of), ["mailbox:rita", "anyone"])
    found = cuts.cuts(of, start, ["account:cloud/rita"])
    assert {len(one) for one in found.sets} == {2}
    assert frozenset({"people.rita.mfa=both", "providers.cloud.linking=ask_owner"}) in settings(found)
    assert all(any(change.path == "people.rita.mfa" for change in one) for one in found.sets)


def test_what_no_answer_cuts_is_told() -> None:
    of = world(cloud="like: M6")
    found = cut(of, "provider:cloud")
    assert set(found.kept) == set(found.goals)
    assert found.sets == ()


def test_the_narrowest_place() -> None:
    parts = [Edge("a", "b", "", ("p",)), Edge("b", "c", "", ("q",)), Edge("b", "d", "", ("r",)), Edge("c", "e", "")]
    assert cuts.narrow(parts, ["a"], ["e", "d"]) == (parts[0],)
    assert cuts.narrow([Edge("a", "b", ""), *parts[1:]], ["a"], ["e", "d"]) == tuple(parts[1:3])
    assert cuts.narrow([Edge("a", "b", "")], ["a"], ["b"]) == ()


def test_alike_sets_are_told_in_one_line() -> None:
    sets = [(cuts.Change("a", 1), cuts.Change("b", value)) for value in ("x", "y")]
    assert together(sets) == ["a = 1 and b = x | y"]
    mixed = [*sets, (cuts.Change("a", 2), cuts.Change("b", "x"))]
    assert together(mixed) == ["a = 1 and b = x", "a = 1 and b = y", "a = 2 and b = x"]


# --- the verb ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "w.yaml"
    path.write_text(WORLD.format(cloud="like: M1", store="", hub="", alice=""))
    return path


def sim(*args: object) -> Any:
    return CliRunner().invoke(cli, ["graph", *map(str, args)], standalone_mode=False)


def test_json_has_nodes_edges_numbers_and_cuts(file: Path) -> None:
    found = json.loads(sim(file, "--compromise", "key:hub", "--json").output)
    assert found["compromised"] == ["key:hub"]
    assert found["blast"]["accounts"] == 3
    assert [{"path": "providers.cloud.linking", "value": "refuse"}] not in found["cuts"]["sets"]
    (account,) = (one for one in found["nodes"] if one["node"] == "account:cloud/rita")
    along = [found["edges"][place] for place in account["along"]]
    assert [edge["from"] for edge in along] == ["key:hub", "word:hub@cloud"]
    assert all(edge["followed"] for edge in along)
    assert json.loads(sim(file, "--json").output)["cuts"] is None


def test_words_and_other_programs_words(file: Path) -> None:
    text = sim(file, "--compromise", "session:alice").output
    assert "accounts                     1 of 3 that steps of the story make" in text
    assert "in the names of people of the file who have none there" in text
    assert "made-up" not in text
    assert "any number in made-up names: cloud, store" in sim(file, "--compromise", "key:hub").output
    assert "What cuts it" in text
    assert '"key:hub" -> "word:hub@cloud"' in sim(file, "--dot").output
    mermaid = sim(file, "--compromise", "key:hub", "--mermaid").output
    assert mermaid.startswith("flowchart LR")
    assert "==>" in mermaid


def test_a_picture_is_the_same_twice(file: Path, tmp_path: Path) -> None:
    pictures = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for picture in pictures:
        sim(file, "--compromise", "key:hub", "--svg", picture, "--png", tmp_path / "a.png")
    assert pictures[0].read_bytes() == pictures[1].read_bytes()
    assert "account cloud/rita" in pictures[0].read_text("utf-8")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_wrong_input(file: Path) -> None:
    bare = str(sim(file, "--compromise", "hub").exception)
    assert bare == "'hub' alone does not say what of it is compromised; possible: key:hub, orchestrator:hub, vault:hub"
    assert "goes with --compromise" in str(sim(file, "--protect", "account:cloud/alice").exception)
    assert "give one" in str(sim(file, "--dot", "--json").exception)
    assert sim(file, "--compromise", "key:nobody").exception.exit_code == 2
    assert sim(file, "--compromise", "key:hub", "--protect", "nothing").exception.exit_code == 2
