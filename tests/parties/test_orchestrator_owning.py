"""What an orchestrator does with resources that are there, and what it tells providers of its customers' security."""

from __future__ import annotations

from typing import Any

import pytest

from sim import messages as say
from sim.clock import SECOND, Constant
from sim.facts import (
    Answered,
    ResourceForgotten,
    ResourceRecorded,
    SecurityEventDropped,
    SecurityEventSent,
)
from sim.parties.orchestrator.owning import POLL
from sim.parties.orchestrator.records import NO_SESSION, NOT_LINKED
from tests.parties.orchestrator_kit import AGENT, SESSION, Desk

R0 = "cloud/r:i0+resource"
S0 = "sk:cloud:i0+resource"


TELLS = {"sends": True}


def desk(**changes: Any) -> Desk:
    found = Desk(**changes)
    found.connect()
    return found


def manage(hub: Desk, verb: str, id_: str = "m1", service: str = "free", **more: Any) -> list[Any]:
    session = more.pop("session", SESSION)
    return hub.hears(AGENT, say.ManageResource(id_, session, "cloud", verb, service, **more), "alice")


def shown(hub: Desk, id_: str, status: str = "complete", resource: str = R0, **more: Any) -> list[Any]:
    secret = more.pop("secret", S0)
    return hub.hears("cloud", say.Resource(id_, resource, secret, status, **more))


# --- storing ----------------------------------------------------------------------------------------------------------


def test_what_was_made_is_recorded_and_can_be_pulled() -> None:
    hub = desk()
    assert hub.hears(AGENT, say.EnvPull("p1", SESSION, "cloud", R0)) == [say.Env("p1", "cloud", R0, S0)]
    assert hub.hears(AGENT, say.EnvPull("p2", SESSION, "cloud", "cloud/r:none")) == [say.Error("p2", "not_found")]
    assert hub.hears(AGENT, say.EnvPull("p3", "s:dead", "cloud", R0)) == [say.Error("p3", NO_SESSION)]


def test_a_late_answer_does_not_bring_an_older_credential_back() -> None:
    hub = desk()
    for id_, generation in (("m1", 3), ("m2", 2)):
        manage(hub, "rotate", id_)
        shown(hub, f"{id_}+rotate", secret=f"{S0}#{generation}", generation=generation)
    assert [fact.secret for fact in hub.facts(ResourceRecorded)] == [f"{S0}#3", f"{S0}#3"]


# --- pending, and what must be known ----------------------------------------------------------------------------------


def test_a_pending_resource_is_polled_until_it_is_there() -> None:
    hub = desk()
    hub.add("i1")
    pending = shown(hub, "i1+resource", "pending", "cloud/r:1", secret="")
    assert pending == [say.Added("i1", "pending", "PROVISIONING")]
    assert hub.facts(Answered) == [Answered("i1", "hub", "cloud", "pending", "PROVISIONING")]
    assert hub.turn.pending["poll i1"] == POLL
    assert "timeout i1" not in hub.turn.pending
    ids = []
    for _ in range(3):
        (read,) = hub.turn.ring(hub.hub, "poll i1")
        assert (type(read), read.resource) == (say.ResourceRead, "cloud/r:1")  # type: ignore[attr-defined]
        ids.append(read.id)
        assert shown(hub, read.id, "pending", "cloud/r:1", secret="") == []
    assert len(set(ids)) == 3
    (read,) = hub.turn.ring(hub.hub, "poll i1")
    (added,) = shown(hub, read.id, resource="cloud/r:1", secret="sk:1")
    assert (added.status, added.secret) == ("complete", "sk:1")
    assert len(hub.facts(Answered)) == 1
    assert not [key for key in hub.turn.pending if "i1" in key]


def test_the_agent_is_asked_what_must_be_known() -> None:
    hub = desk()
    hub.add("i1")
    (asked,) = shown(hub, "i1+resource", "needs_information", "", secret="", schema=("search",))
    assert (asked.status, asked.schema) == ("needs_information", ("search",))
    (request,) = hub.hears(AGENT, say.SubmitInformation("i1", SESSION, "cloud", ("search:shop",)))
    assert request.information == ("search:shop",)  # type: ignore[attr-defined]
    offered = ("shop.com", "shop.dev")
    (asked,) = shown(hub, "i1+resource", "needs_information", "", secret="", schema=("domain",), candidates=offered)
    (request,) = hub.hears(AGENT, say.SubmitInformation("i1", SESSION, "cloud", ("domain:shop.com",)))
    assert request.information == ("search:shop", "domain:shop.com")  # type: ignore[attr-defined]
    assert shown(hub, "i1+resource", "needs_information", "", secret="", schema=("domain",), candidates=offered) == []
    left = shown(hub, "i1+resource", "needs_information", "", secret="", schema=("domain",), candidates=offered[1:])
    assert left[0].candidates == ("shop.dev",)
    assert hub.hears(AGENT, say.SubmitInformation("none", SESSION, "cloud", ())) == [say.Error("none", "invalid_state")]


# --- managing ---------------------------------------------------------------------------------------------------------


def test_rotation_is_asked_for_and_stored() -> None:
    hub = desk()
    (request,) = manage(hub, "rotate")
    assert request == say.RotateRequest("m1+rotate", "m1", "at:g:cloud:i0:1", "", "hub", R0, 1)
    (added,) = shown(hub, "m1+rotate", secret=f"{S0}#2", generation=2)
    assert added == say.Added("m1", "complete", resource=R0, secret=f"{S0}#2")
    assert hub.facts(ResourceRecorded) == [ResourceRecorded("hub", "cloud", "alice", R0, f"{S0}#2")]
    (request,) = manage(hub, "rotate", "m2")
    assert request.generation == 2
    assert manage(hub, "rotate", "m2") == []


def test_a_rotation_that_was_overtaken_looks_up_what_is_there() -> None:
    hub = desk()
    manage(hub, "rotate")
    (read,) = hub.hears("cloud", say.Error("m1+rotate", "modified_concurrently"))
    assert read.id == "m1+reread"
    (added,) = shown(hub, "m1+reread", secret=f"{S0}#2", generation=2)
    assert (added.status, added.code) == ("error", "modified_concurrently")
    assert hub.facts(ResourceRecorded)[-1].secret == f"{S0}#2"


def test_a_rotation_whose_answer_was_lost_has_happened_all_the_same() -> None:
    hub = desk()
    manage(hub, "rotate")
    hub.turn.ring(hub.hub, "timeout m1")
    hub.hears("cloud", say.Error("m1+rotate~2", "modified_concurrently"))
    (added,) = shown(hub, "m1+reread", secret=f"{S0}#2", generation=2)
    assert (added.status, added.secret) == ("complete", f"{S0}#2")


def test_what_is_not_known_here_is_read_before_it_is_rotated() -> None:
    hub = desk()
    (read,) = manage(hub, "rotate", resource="cloud/r:elsewhere")
    assert (type(read), read.resource) == (say.ResourceRead, "cloud/r:elsewhere")
    (request,) = shown(hub, "m1+reread", resource="cloud/r:elsewhere", generation=4)
    assert (type(request), request.generation) == (say.RotateRequest, 4)


def test_what_was_removed_is_forgotten() -> None:
    hub = desk()
    (request,) = manage(hub, "remove")
    assert request == say.RemoveRequest("m1+remove", "m1", "at:g:cloud:i0:1", "", "hub", R0)
    (added,) = shown(hub, "m1+remove", "removed", secret="")
    assert added == say.Added("m1", "removed", resource=R0)
    assert hub.facts(ResourceForgotten) == [ResourceForgotten("hub", "cloud", "alice", R0)]
    assert manage(hub, "remove", "m2") == [say.Added("m2", "error", "not_found")]


def test_an_update_changes_what_may_become_it() -> None:
    hub = desk()
    (request,) = manage(hub, "update", service="paid")
    assert (type(request), request.resource, request.service) == (say.ServiceUpdate, R0, "paid")
    (added,) = shown(hub, "m1+update", service="paid")
    assert added.status == "complete"
    assert manage(hub, "update", "m2", service="paid") == [say.Added("m2", "error", "not_found")]


def test_a_resource_made_elsewhere_is_linked() -> None:
    hub = desk()
    (request,) = manage(hub, "link", resource="cloud/r:hand")
    assert (type(request), request.resource) == (say.LinkRequest, "cloud/r:hand")
    shown(hub, "m1+link", resource="cloud/r:hand", secret="sk:hand", service="paid")
    assert hub.hears(AGENT, say.EnvPull("p1", SESSION, "cloud", "cloud/r:hand"))[0].secret == "sk:hand"  # type: ignore[attr-defined]


def test_environments_are_kept_apart() -> None:
    hub = desk()
    hub.add("i1", environment="dev")
    shown(hub, "i1+resource", resource="cloud/r:dev", secret="sk:dev")
    (request,) = manage(hub, "remove", environment="dev")
    assert request.resource == "cloud/r:dev"


@pytest.mark.parametrize("verb", ["rotate", "remove", "update", "link"])
def test_refusals_are_passed_on(verb: str) -> None:
    hub = desk()
    manage(hub, verb, service="paid" if verb == "update" else "free", resource=R0)
    (added,) = hub.hears("cloud", say.Error(f"m1+{verb}", "remove_failed"))
    assert added == say.Added("m1", "error", "remove_failed")
    assert "timeout m1" not in hub.turn.pending


def test_without_session_or_connection_nothing_is_managed() -> None:
    hub = desk()
    assert manage(hub, "rotate", session="s:dead") == [say.Added("m1", "error", NO_SESSION)]
    hub.hears("alice", say.UnlinkCommand("u1", SESSION, "cloud"))
    assert manage(hub, "rotate", "m2") == [say.Added("m2", "error", NOT_LINKED)]


def test_what_is_never_answered_ends_in_a_timeout() -> None:
    hub = desk()
    manage(hub, "remove")
    for _ in range(3):
        answers = hub.turn.ring(hub.hub, "timeout m1")
    assert answers == [say.Added("m1", "error", "timeout")]


# --- the dashboard ----------------------------------------------------------------------------------------------------


def test_a_deep_link_is_fetched_for_the_person() -> None:
    hub = desk()
    (request,) = hub.hears("alice", say.OpenCommand("o1", SESSION, "cloud"))
    assert request == say.DeepLinkRequest("o1+open", "at:g:cloud:i0:1", "", "hub")
    assert hub.hears("cloud", say.DeepLink("o1+open", "dl:1")) == [say.Opened("o1", "dl:1")]
    hub.hears("alice", say.OpenCommand("o2", SESSION, "cloud"))
    assert hub.hears("cloud", say.Error("o2+open", "email_not_verified")) == [say.Error("o2", "email_not_verified")]
    assert hub.hears("alice", say.OpenCommand("o3", "s:dead", "cloud")) == [say.Error("o3", NO_SESSION)]


# --- sender-bound tokens ----------------------------------------------------------------------------------------------


def test_possession_is_proven_where_tokens_are_bound() -> None:
    hub = Desk(offers=False)
    hub.hears(AGENT, say.CatalogQuery("look", SESSION, "cloud"))
    hub.hears("cloud", say.Catalog("look+catalog", ("free",), True, True))
    hub.hears("cloud", say.Catalog("look", ("free",), True, True))
    hub.add("i1")
    hub.hears("alice", say.AcceptTerms("i1", SESSION, "cloud"))
    (exchange,) = hub.code("i1")
    (request,) = hub.tokens("i1+token")
    assert exchange.pop == request.pop == "pop:hub"  # type: ignore[attr-defined]


# --- security events --------------------------------------------------------------------------------------------------


def revoked(hub: Desk) -> list[Any]:
    return hub.hears("alice", say.RevokeCommand("r1", SESSION, ""))


def test_the_single_action_is_told_as_an_ended_session() -> None:
    hub = desk(security_events=TELLS)
    revoked(hub)
    assert hub.facts(SecurityEventSent) == [
        SecurityEventSent("hub", "cloud", "session-revoked", "sub:hub:alice", "r1+cloud+event")
    ]
    assert hub.turn.pending["signal r1+cloud+event"] == Constant(5 * SECOND)
    (told,) = hub.turn.ring(hub.hub, "signal r1+cloud+event")
    assert (type(told), told.event, told.subject) == (say.SecurityEvent, "session-revoked", "sub:hub:alice")  # type: ignore[attr-defined]
    hub.hears("cloud", say.Done("r1+cloud+event"))
    assert "signal r1+cloud+event" not in hub.turn.pending


def test_an_event_is_told_again_and_becomes_a_dead_letter() -> None:
    hub = desk(security_events=TELLS)
    revoked(hub)
    ids = [hub.turn.ring(hub.hub, "signal r1+cloud+event")[0].id for _ in range(3)]
    assert ids == ["r1+cloud+event", "r1+cloud+event~2", "r1+cloud+event~3"]
    assert hub.turn.ring(hub.hub, "signal r1+cloud+event") == []
    assert [fact.id for fact in hub.facts(SecurityEventDropped)] == ["r1+cloud+event"]
    assert hub.hears("cloud", say.Done("r1+cloud+event")) == []


def test_attempts_may_be_lost() -> None:
    hub = desk(security_events={"sends": True, "loss": 1.0})
    revoked(hub)
    assert hub.turn.ring(hub.hub, "signal r1+cloud+event") == []


def test_a_changed_address_is_told_with_the_subject_that_is_known() -> None:
    hub = desk(security_events=TELLS, email_check="none", subject_is="email")
    before = hub.hub.subject_of("alice")
    hub.hears("alice", say.ChangeLoginEmail("c1", SESSION, "new@example.org"))
    (fact,) = hub.facts(SecurityEventSent)
    assert (fact.event, fact.subject) == ("identifier-changed", before)


def test_who_sends_no_events_tells_nothing() -> None:
    hub = desk()
    revoked(hub)
    assert not hub.facts(SecurityEventSent)
