from __future__ import annotations

import pytest

import sim
from sim.clock import Exponential
from sim.experiments.once import run_once
from sim.facts import AccountCreated
from sim.messages import (
    AcceptTerms,
    ApiCall,
    ApiOk,
    Done,
    Error,
    Instruct,
    LoggedIn,
    Login,
    RefreshCommand,
    Report,
    RevokeCommand,
    TokenRequest,
    TokenResponse,
    Unauthorized,
    UnlinkCommand,
    UseCommand,
)
from sim.parties.people.records import Ring
from sim.party import Message
from sim.scenario import load_text
from tests.parties.people_town import Town

OPEN = "s:hub:start:alice"


def no(n: int, who: str = "alice") -> Unauthorized:
    """The ``n``-th call is refused."""
    return Unauthorized(f"s.{who}.1+call{n}", "unauthorized", "https://cloud/")


ORDERS: list[tuple[str, str, Message]] = [
    ("use", "cloud", UseCommand("s.alice.1", OPEN, "cloud")),
    ("refresh", "cloud", RefreshCommand("s.alice.1", OPEN, "cloud")),
    ("unlink", "cloud", UnlinkCommand("s.alice.1", OPEN, "cloud")),
    ("accept_terms", "cloud", AcceptTerms("s.alice.1", OPEN, "cloud")),
    ("revoke", "cloud", RevokeCommand("s.alice.1", OPEN, "cloud")),
    ("revoke", "hub", RevokeCommand("s.alice.1", OPEN, "")),
]


@pytest.mark.parametrize(("verb", "object_", "message"), ORDERS)
def test_an_order_is_given_in_the_persons_session(verb: str, object_: str, message: Message) -> None:
    town = Town()
    via = "hub" if verb == "use" else ""
    assert town.do("alice", verb, object_, via=via) == [("hub", message)]
    town.hear("alice", "hub", Done("s.alice.1"))
    assert town.outcomes == ["complete"]
    assert town.idle()
    assert town.deeds == (["hub: accept_terms"] if verb == "accept_terms" else [])


@pytest.mark.parametrize(("verb", "object_", "message"), ORDERS)
def test_a_refused_order_is_noted(verb: str, object_: str, message: Message) -> None:
    town = Town()
    town.do("alice", verb, object_, via="hub" if verb == "use" else "")
    town.hear("alice", "hub", Error("s.alice.1", "not_linked"))
    assert (town.outcomes, town.refusals) == (["not_linked"], ["not_linked"])
    assert town.idle()


def test_without_a_session_one_signs_in_first() -> None:
    town = Town(enrolled=())
    ((_, login),) = town.do("alice", "use", "cloud", via="hub")
    assert isinstance(login, Login)
    ((_, use),) = town.hear("alice", "hub", LoggedIn(login.id, "s:hub:x"))
    assert use == UseCommand("s.alice.1", "s:hub:x", "cloud")


def test_a_click_that_opens_a_session_is_not_the_order_itself() -> None:
    town = Town(enrolled=())
    ((_, login),) = town.do("alice", "use", "cloud", via="hub")
    town.hear("alice", "hub", Done(login.id, "pending"))
    town.mail("alice", "login_check", login.id, party="hub")
    ((_, click),) = town.ring("alice", f"read login_check {login.id}")
    town.hear("alice", "hub", Done(click.id))
    assert town.outcomes == []
    town.ring("alice", "patience s.alice.1")
    assert town.outcomes == ["timeout"]
    ((_, login),) = town.do("alice", "use", "cloud", 2, via="hub")
    assert isinstance(login, Login), "a login that was lost blocks nobody"


def test_a_dead_session_is_opened_anew_once() -> None:
    town = Town()
    town.do("alice", "revoke", "cloud")
    ((_, login),) = town.hear("alice", "hub", Error("s.alice.1", "BROWSER_AUTH_REQUIRED"))
    ((_, again),) = town.hear("alice", "hub", LoggedIn(login.id, "s:hub:x"))
    assert again == RevokeCommand("s.alice.1+again2", "s:hub:x", "cloud")
    town.hear("alice", "hub", Error(again.id, "BROWSER_AUTH_REQUIRED"))
    assert town.outcomes == ["BROWSER_AUTH_REQUIRED"]


def test_customers_of_a_group_of_orchestrators_share_them_out() -> None:
    people = {"users": {"count": 5, "uses": "hubs"}}
    town = Town(people, {"hubs": {"count": 2}})
    to = [town.do(f"users{n}", "unlink", "cloud")[0][0] for n in (1, 2, 3)]
    assert to == ["hubs1", "hubs2", "hubs1"]


def test_whose_customer_one_is_may_be_drawn() -> None:
    town = Town({"alice": {"uses": {"hub": 0.5, "second": 0.5}}}, customer_of="second")
    ((to, _),) = town.do("alice", "unlink", "cloud")
    assert to == "second"


# --- what one holds oneself -----------------------------------------------------------------------------------------


def test_credentials_are_tried_until_one_works() -> None:
    town = Town()
    town.people.rings["alice cloud alice"] = Ring((), "ps:cloud:x", ("ak:old", "ak:new"))
    assert town.do("alice", "use", "cloud") == [("cloud", ApiCall("s.alice.1+call1", "ak:new"))]
    assert town.hear("alice", "cloud", no(1)) == [("cloud", ApiCall("s.alice.1+call2", "ak:old"))]
    assert town.hear("alice", "cloud", no(1)) == [], "the first refusal, once more"
    assert town.hear("alice", "cloud", no(2)) == [("cloud", ApiCall("s.alice.1+call3", "ps:cloud:x"))]
    town.hear("alice", "cloud", ApiOk("s.alice.1+call3", "cloud/x"))
    assert (town.outcomes, town.refusals) == (["complete"], [])


def test_what_lies_in_the_env_file_is_used_by_the_agent() -> None:
    town = Town({"alice": {"agents": 2}})
    assert town.do("alice", "use", "cloud") == [("alice/agent1", UseCommand("s.alice.1+call1", "", "cloud"))]
    nothing = Report("s.alice.1+call1", "error", "no_credential")
    assert town.hear("alice", "alice/agent1", nothing) == [("alice/agent2", UseCommand("s.alice.1+call2", "", "cloud"))]
    assert town.hear("alice", "alice/agent1", nothing) == []
    town.hear("alice", "alice/agent2", Report("s.alice.1+call2", "complete"))
    assert town.outcomes == ["complete"]
    assert town.idle()


def test_where_nothing_of_ones_own_works_the_vault_is_tried_last() -> None:
    town = Town()
    env_is_empty(town)
    assert town.turn.sent[-1] == ("hub", UseCommand("s.alice.1", OPEN, "cloud"))
    town.hear("alice", "hub", Done("s.alice.1"))
    assert town.outcomes == ["complete"]


def env_is_empty(town: Town, n: int = 1, code: str = "no_credential") -> None:
    """Alice uses cloud, and her agent has nothing that works there."""
    town.do("alice", "use", "cloud", n, service="paid")
    town.hear("alice", "alice/agent1", Report(f"s.alice.{n}+call1", "error", code))


def test_with_an_orchestrator_named_its_vault_is_used() -> None:
    town = Town()
    town.people.rings["alice cloud alice"] = Ring((), "ps:cloud:x", ("ak:x",))
    assert town.do("alice", "use", "cloud", via="hub") == [("hub", UseCommand("s.alice.1", OPEN, "cloud"))]


def test_an_adversary_does_not_register_only_to_order_something() -> None:
    town = Town()
    assert town.do("mallory", "refresh", "cloud", as_="alice", via="hub") == []
    assert town.outcomes == ["no_credential"]
    assert town.do("mallory", "use", "cloud", 2, as_="alice", via="hub") == [
        ("mallory/alice", UseCommand("s.mallory.2+call1", "", "cloud"))
    ]
    nothing = Report("s.mallory.2+call1", "error", "no_credential")
    assert town.hear("mallory", "mallory/alice", nothing) == []
    assert town.outcomes == ["no_credential"] * 2


def test_an_adversary_orders_in_the_session_it_made_or_stole() -> None:
    town = Town()
    town.log_in_second("mallory", "alice")
    assert town.do("mallory", "use", "cloud", as_="alice", via="second") == [
        ("second", UseCommand("s.mallory.1", "s:second:old.mallory:mallory", "cloud"))
    ]
    town.people.loot(town.turn, "mallory", "session", "alice", (OPEN,))
    assert town.do("mallory", "refresh", "cloud", 2, as_="alice", via="hub") == [
        ("hub", RefreshCommand("s.mallory.2", OPEN, "cloud"))
    ]
    town.hear("mallory", "hub", Error("s.mallory.2", "BROWSER_AUTH_REQUIRED"))
    assert town.outcomes == ["BROWSER_AUTH_REQUIRED"]
    assert town.do("mallory", "refresh", "cloud", 3, as_="alice", via="hub") == []


STORE = (
    "at:g:cloud:s.alice.7:1", "rt:g:cloud:s.alice.7:1", "at:g:cloud:s.alice2.1:1", "at:g:other:s.alice.8:1",
)  # fmt: skip


def test_stolen_tokens_are_used_of_the_person_and_at_the_provider() -> None:
    town = Town({"alice2": {}})
    town.people.loot(town.turn, "mallory", "tokens", "hub", STORE)
    assert town.do("mallory", "use", "cloud", as_="alice") == [
        ("cloud", ApiCall("s.mallory.1+call1", "at:g:cloud:s.alice.7:1"))
    ]
    assert town.do("mallory", "use", "cloud", 2) == [("cloud", ApiCall("s.mallory.2+call1", "at:g:cloud:s.alice.7:1"))]
    assert not isinstance(town.do("mallory", "use", "cloud", 3, as_="bob")[0][1], ApiCall)


def test_a_stolen_refresh_token_is_refreshed_at_the_provider() -> None:
    town = Town()
    town.people.loot(town.turn, "mallory", "tokens", "hub", STORE)
    assert town.do("mallory", "refresh", "cloud", as_="alice") == [
        ("cloud", TokenRequest("s.mallory.1", "refresh_token", "rt:g:cloud:s.alice.7:1", "hub", ""))
    ]
    town.hear("mallory", "cloud", TokenResponse("s.mallory.1", "at:new", "rt:new", "cloud/x"))
    assert town.outcomes == ["complete"]
    assert town.do("mallory", "use", "cloud", 2, as_="alice")[0][1] == ApiCall("s.mallory.2+call1", "at:new")


def test_where_requests_are_signed_the_stolen_secret_signs_the_refresh() -> None:
    town = Town()
    town.people.loot(town.turn, "mallory", "tokens", "hub", STORE)
    town.people.loot(town.turn, "mallory", "shared_secret", "hub", ("secret:hub:other", "secret:hub:cloud"))
    ((_, request),) = town.do("mallory", "refresh", "cloud", as_="alice")
    assert request.client_key == "secret:hub:cloud"


# --- what breaks ----------------------------------------------------------------------------------------------------


def test_what_broke_is_added_again() -> None:
    town = Town()
    env_is_empty(town, code="unauthorized")
    town.hear("alice", "hub", Error("s.alice.1", "PROVIDER_NOT_LINKED"))
    assert town.refusals == ["unauthorized"]
    assert town.turn.pending == {"repair cloud s.alice.1.repair": Exponential(7_200_000_000)}
    assert town.ring("alice", "repair cloud s.alice.1.repair") == [
        ("alice/agent1", Instruct("s.alice.1.repair", "hub", OPEN, "cloud", "paid", False))
    ]
    town.report("alice", "complete", intent="s.alice.1.repair")
    assert town.outcomes == ["unauthorized"], "the repair is no step of the story"
    assert town.idle()


def test_what_one_withdrew_from_is_not_mended_until_it_is_added_again() -> None:
    town = Town()
    town.do("alice", "revoke", "cloud")
    town.hear("alice", "hub", Done("s.alice.1"))
    town.do("alice", "use", "cloud", 2, via="hub")
    town.hear("alice", "hub", Error("s.alice.2", "unauthorized"))
    assert not town.turn.pending
    town.do("alice", "add", "cloud", 3)
    town.report("alice", "complete", intent="s.alice.3")
    town.do("alice", "use", "cloud", 4, via="hub")
    town.hear("alice", "hub", Error("s.alice.4", "unauthorized"))
    assert "repair cloud s.alice.4.repair" in town.turn.pending


def test_withdrawing_everywhere_counts_for_every_provider() -> None:
    town = Town()
    town.do("alice", "revoke", "hub")
    town.hear("alice", "hub", Done("s.alice.1"))
    town.do("alice", "use", "cloud", 2, via="hub")
    town.hear("alice", "hub", Error("s.alice.2", "unauthorized"))
    assert not town.turn.pending


@pytest.mark.parametrize("code", ["PROVIDER_NOT_LINKED", "timeout"])
def test_not_every_refusal_is_a_broken_credential(code: str) -> None:
    town = Town()
    env_is_empty(town)
    town.hear("alice", "hub", Error("s.alice.1", code))
    assert town.refusals == [code]
    assert town.idle()


def test_an_adversary_mends_nothing() -> None:
    town = Town()
    town.signed_up("mallory", "cloud", "alice")
    town.do("mallory", "use", "cloud", as_="alice")
    town.hear("mallory", "cloud", no(1, "mallory"))
    town.hear("mallory", "mallory/alice", Report("s.mallory.1+call2", "error", "no_credential"))
    assert town.outcomes == ["unauthorized"]
    assert town.idle()


SHARES = """
title: Whose customer one is
until: 5 d
people: {bob: {uses: {hub: 0.5, second: 0.5}}, some: {count: 400, USES}, many: {count: 2000, USES}}
orchestrators: {hub: {}, second: {}}
providers: {cloud: {}}
story: [{at: 1 h, who: [bob, some, many], add: cloud/free}]
"""


def test_customers_are_shared_out_by_weights() -> None:
    """Those who are customers from the start and those who come by themselves; 5 standard errors are allowed."""
    outcome = run_once(load_text(SHARES.replace("USES", "uses: {hub: 0.25, second: 0.75}")))
    assert outcome.trace is not None
    made = [fact for step in outcome.trace.steps for fact in step.facts if isinstance(fact, AccountCreated)]
    for group, size in (("bob", 1), ("some", 400), ("many", 2000)):
        through = [fact.issuer for fact in made if fact.email.startswith(group)]
        assert len(through) == size
        if size > 1:
            assert through.count("hub") == pytest.approx(size / 4, abs=5 * (size * 0.25 * 0.75) ** 0.5)


def test_whose_customer_somebody_is_is_left_open_to_the_explorer() -> None:
    text = SHARES.replace(", some: {count: 400, USES}, many: {count: 2000, USES}", "").replace(
        "[bob, some, many]", "bob"
    )
    found = sim.explore(load_text(text), only=("request_is_answered",))
    assert found.complete
    assert [str(one.verdict) for one in found.verdicts] == ["holds"]
