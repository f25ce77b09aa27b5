"""What a provider does with resources that are there: plans, information, updates, rotation, links, removal, events."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sim.clock import HOUR, MINUTE, SECOND, Constant
from sim.facts import (
    DeepLinkOpened,
    DomainRegistered,
    Expired,
    ManagementAccepted,
    ResourceCompleted,
    ResourceRemoved,
    ResourceUpdated,
    SecretRotated,
    SecurityEventReceived,
    TokenEnded,
    Transition,
)
from sim.lifecycles import legal
from sim.messages import (
    ApiCall,
    ApiOk,
    Click,
    DashboardRequest,
    DeepLink,
    DeepLinkRequest,
    Done,
    LinkRequest,
    Manage,
    RemoveRequest,
    Resource,
    ResourceRead,
    ResourceRequest,
    RotateRequest,
    SecurityEvent,
    ServiceUpdate,
    SignedIn,
)
from sim.parties.provider.records import DEEP_LINK_LIFE, HOLD
from tests.parties.provider_kit import ALICE, Kit, code_of

R1 = "p/r:s1"


def offer(**given: Any) -> SimpleNamespace:
    return SimpleNamespace(**{"pricing": "free", "price": 0, "parents": (), "updates": (), "asks": "", **given})


SERVICES = {
    "free": offer(updates=("plus",)),
    "plus": offer(updates=("free",)),
    "plan": offer(),
    "worker": offer(parents=("plan", "plus")),
    "domain": offer(asks="domain"),
}


class Shop(Kit):
    """A kit with a catalogue of several services, and an account that hub has made."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"services": SERVICES, **given})
        self.hub = self.tokens("r1")

    def create(self, id_: str = "s1", service: str = "free", token: str = "", **given: Any) -> Any:
        key = given.pop("key", id_)
        request = ResourceRequest(id_, key, token or self.hub.access_token, "", "hub", service, **given)
        return self.reply("hub", request)

    def rotate(self, id_: str, generation: int = 1, resource: str = R1, token: str = "", sender: str = "hub") -> Any:
        request = RotateRequest(id_, id_, token or self.hub.access_token, "", sender, resource, generation)
        return self.reply(sender, request)

    def remove(self, id_: str = "x1", resource: str = R1, token: str = "", sender: str = "hub") -> Any:
        return self.reply(sender, RemoveRequest(id_, id_, token or self.hub.access_token, "", sender, resource))

    def read(self, id_: str, resource: str = R1, token: str = "", sender: str = "hub") -> Any:
        return self.reply(sender, ResourceRead(id_, token or self.hub.access_token, "", sender, resource))

    def become(self, service: str, id_: str = "u1", resource: str = R1) -> Any:
        return self.reply("hub", ServiceUpdate(id_, id_, self.hub.access_token, "", "hub", resource, service))

    def opens(self, credential: str) -> bool:
        return isinstance(self.reply("agent", ApiCall(f"call {credential}", credential)), ApiOk)

    def moves(self, machine: str = "resource") -> list[tuple[str, str]]:
        found = [(one.before, one.after) for one in self.turn.noted(Transition) if one.machine == machine]
        assert all(legal(machine, *move) for move in found), found
        return found


# --- plans, and what must be known ------------------------------------------------------------------------------------


def test_deployable_needs_a_plan_first() -> None:
    shop = Shop()
    assert code_of(shop.create("s1", "worker")) == "PLAN_REQUIRED"
    shop.create("s2", "plan")
    assert shop.create("s3", "worker").status == "complete"
    shop.remove("x1", "p/r:s2")
    assert code_of(shop.create("s4", "worker")) == "PLAN_REQUIRED"


def test_plan_picked_by_hand_counts() -> None:
    shop = Shop()
    shop.take("alice")
    session = shop.session("alice")
    shop.reply("alice", Manage("m1", session, "choose_plan", ("plan",)))
    assert shop.create("s1", "worker").status == "complete"


def test_account_on_probation_is_changed_to_nothing_that_costs() -> None:
    services = {**SERVICES, "free": offer(updates=("plus", "dear"), kind="plan"), "plus": offer(kind="plan")}
    services["dear"] = offer(price=2_000, kind="plan")
    shop = Shop(services=services, quarantine=Constant(HOUR))
    shop.create("s1")
    assert code_of(shop.become("dear")) == "account_quarantined"
    assert shop.become("plus", "u2").service == "plus"


def test_name_is_searched_chosen_and_registered_for_good() -> None:
    shop = Shop()
    asked = shop.create("s1", "domain")
    assert (asked.status, asked.schema, asked.candidates, asked.secret) == ("needs_information", ("search",), (), "")
    listed = shop.create("s2", "domain", information=("search:shop",))
    assert (listed.schema, listed.candidates) == (("domain",), ("shop.com", "shop.dev", "shop.app"))
    assert not shop.turn.noted(ResourceCompleted)
    bought = shop.create("s3", "domain", information=("search:shop", "domain:shop.com"))
    assert bought.status == "complete"
    assert shop.turn.noted(DomainRegistered) == [DomainRegistered("p", "p/r1", bought.resource, "shop.com")]
    assert code_of(shop.remove("x1", bought.resource)) == "remove_failed"
    assert shop.opens(bought.secret)
    assert not [key for key in shop.turn.pending if key.startswith("let_go")]


def test_of_two_who_chose_one_name_the_second_is_shown_what_is_left() -> None:
    shop = Shop(provisioning_time=Constant(MINUTE))
    bob = shop.tokens("r2", email="bob@example.org")
    assert shop.create("s1", "domain", information=("search:shop", "domain:shop.com")).status == "pending"
    late = shop.create("s2", "domain", bob.access_token, information=("search:shop", "domain:shop.com"))
    assert (late.status, late.candidates) == ("needs_information", ("shop.dev", "shop.app"))
    shop.turn.ring(shop.party, "provisioned p/r:s1")
    taken = shop.create("s3", "domain", bob.access_token, information=("search:shop", "domain:shop.com"))
    assert taken.candidates == ("shop.dev", "shop.app")
    assert len(shop.turn.noted(DomainRegistered)) == 1


def test_name_that_is_not_bought_is_let_go() -> None:
    shop = Shop(provisioning_time=Constant(MINUTE))
    shop.create("s1", "domain", information=("domain:shop.com",))
    assert shop.turn.pending["let_go shop.com"] == HOLD
    shop.turn.ring(shop.party, "let_go shop.com")
    bob = shop.tokens("r2", email="bob@example.org")
    assert shop.create("s2", "domain", bob.access_token, information=("domain:shop.com",)).status == "pending"


def test_when_nothing_is_left_the_request_is_refused() -> None:
    shop = Shop()
    for number, ending in enumerate(("com", "dev", "app")):
        shop.create(f"s{number}", "domain", information=(f"domain:shop.{ending}",))
    assert code_of(shop.create("s9", "domain", information=("search:shop",))) == "domain_unavailable"


# --- pending ----------------------------------------------------------------------------------------------------------


def test_resource_is_pending_until_it_is_ready() -> None:
    shop = Shop(provisioning_time=Constant(2 * MINUTE))
    made = shop.create("s1")
    assert (made.status, made.secret, made.resource) == ("pending", "", R1)
    assert shop.read("p1").status == "pending"
    assert code_of(shop.rotate("k1")) == code_of(shop.remove()) == code_of(shop.become("plus")) == "invalid_state"
    assert shop.create("s1").resource == R1
    shop.turn.ring(shop.party, f"provisioned {R1}")
    ready = shop.read("p2")
    assert (ready.status, ready.secret) == ("complete", f"sk:p:{R1}")
    assert shop.opens(ready.secret)
    assert shop.moves() == [("absent", "pending"), ("pending", "complete")]
    assert len(shop.turn.noted(ResourceCompleted)) == 1


def test_two_environments_of_a_project_are_two_resources() -> None:
    shop = Shop(idempotency="project")
    prod, dev = shop.create("s1"), shop.create("s2", environment="dev")
    assert prod.resource != dev.resource
    assert shop.create("s3").resource == prod.resource
    assert shop.create("s4", environment="dev").resource == dev.resource


# --- updates ----------------------------------------------------------------------------------------------------------


def test_update_goes_along_what_the_catalogue_allows() -> None:
    shop = Shop()
    shop.create("s1")
    shop.turn.clear()
    made = shop.become("plus")
    assert (made.status, made.service, made.secret) == ("complete", "plus", f"sk:p:{R1}")
    assert shop.turn.noted(ResourceUpdated) == [ResourceUpdated("p", "p/r1", R1, "free", "plus", "u1")]
    assert shop.moves() == [("complete", "updating"), ("updating", "complete")]
    assert code_of(shop.become("domain", "u2")) == "destructive_update"
    assert code_of(shop.become("gold", "u3")) == "unknown_service"
    assert shop.become("plus", "u4").service == "plus"
    assert len(shop.turn.noted(ResourceUpdated)) == 1


# --- rotation ---------------------------------------------------------------------------------------------------------


def test_rotated_credential_dies_at_once() -> None:
    shop = Shop()
    old = shop.create("s1").secret
    new = shop.rotate("k1")
    assert (new.generation, new.secret) == (2, f"{old}#2")
    assert (shop.opens(old), shop.opens(new.secret)) == (False, True)
    assert shop.turn.noted(SecretRotated) == [SecretRotated("p", "p/r1", R1, "hub", old, new.secret, 2, "k1")]
    assert shop.moves("credential") == [("absent", "active"), ("active", "ended")]


def test_rotated_credential_overlaps_for_a_while() -> None:
    shop = Shop(rotation="overlap", rotation_overlap=Constant(HOUR))
    old = shop.create("s1").secret
    new = shop.rotate("k1").secret
    assert shop.opens(old)
    assert shop.opens(new)
    assert shop.turn.pending[f"grace {old}"] == Constant(HOUR)
    shop.turn.ring(shop.party, f"grace {old}")
    assert not shop.opens(old)
    assert shop.moves("credential") == [("absent", "active"), ("active", "grace"), ("grace", "ended")]


@pytest.mark.parametrize("given", [{"rotation": "accumulate"}, {"faults": ("keeps_old_keys",)}])
def test_credentials_accumulate(given: Any) -> None:
    shop = Shop(**given)
    old = shop.create("s1").secret
    new = shop.rotate("k1").secret
    assert shop.opens(old)
    assert shop.opens(new)
    assert ("active", "orphaned") in shop.moves("credential")
    assert not [key for key in shop.turn.pending if key.startswith("grace")]


def test_of_two_rotations_that_race_one_is_told_so() -> None:
    shop = Shop()
    shop.create("s1")
    assert shop.rotate("k1").generation == 2
    assert code_of(shop.rotate("k2")) == "modified_concurrently"
    assert len(shop.turn.noted(SecretRotated)) == 1


def test_repeated_rotation_is_answered_alike() -> None:
    shop = Shop()
    shop.create("s1")
    first, again = shop.rotate("k1"), shop.rotate("k1")
    assert again.secret == first.secret
    assert len(shop.turn.noted(SecretRotated)) == 1
    assert shop.create("s1").secret == first.secret


def test_without_idempotency_a_repeated_rotation_comes_too_late() -> None:
    shop = Shop(idempotency="none")
    shop.create("s1")
    shop.rotate("k1")
    assert code_of(shop.rotate("k1")) == "modified_concurrently"


# --- whose it is ------------------------------------------------------------------------------------------------------


def two_issuers(**given: Any) -> tuple[Shop, str]:
    """An account that hub and second have both come to by its address; hub has made a resource on it."""
    shop = Shop(like="M1", **given)
    second = shop.tokens("r2", "second")
    assert second.account == shop.hub.account
    shop.create("s1")
    return shop, second.access_token


def test_what_another_issuer_made_is_not_there() -> None:
    shop, token = two_issuers()
    answers = [
        shop.read("a", token=token, sender="second"),
        shop.rotate("b", token=token, sender="second"),
        shop.remove("c", token=token, sender="second"),
    ]
    assert {code_of(answer) for answer in answers} == {"not_found"}
    assert shop.opens(f"sk:p:{R1}")


def test_fault_of_ownership_reads_and_rotates_but_does_not_remove() -> None:
    shop, token = two_issuers(faults=("no_ownership_check",))
    assert shop.read("a", token=token, sender="second").secret == f"sk:p:{R1}"
    assert shop.rotate("b", token=token, sender="second").generation == 2
    assert code_of(shop.remove("c", token=token, sender="second")) == "not_found"
    assert shop.turn.noted(SecretRotated)[0].issuer == "hub"


def test_another_persons_resource_is_never_there() -> None:
    shop = Shop(faults=("no_ownership_check",))
    shop.create("s1")
    bob = shop.tokens("r2", email="bob@example.org")
    assert code_of(shop.rotate("a", token=bob.access_token)) == "not_found"


def test_linked_resource_belongs_to_both() -> None:
    shop, token = two_issuers()
    linked = shop.reply("second", LinkRequest("l1", token, "", "second", R1))
    assert linked.secret == f"sk:p:{R1}"
    assert shop.rotate("b", token=token, sender="second").generation == 2
    assert shop.rotate("c", 2).generation == 3
    assert code_of(shop.reply("second", LinkRequest("l2", token, "", "second", "p/r:none"))) == "not_found"


def test_resource_made_by_hand_gets_a_credential_when_it_is_linked() -> None:
    shop = Shop()
    shop.take("alice")
    shop.reply("alice", Manage("m1", shop.session("alice"), "choose_plan", ("plan",)))
    linked = shop.reply("hub", LinkRequest("l1", shop.hub.access_token, "", "hub", "p/r:m1"))
    assert shop.opens(linked.secret)
    assert shop.rotate("k1", resource="p/r:m1").generation == 2


# --- removal ----------------------------------------------------------------------------------------------------------


def test_removed_resource_is_destroyed() -> None:
    shop = Shop()
    shop.create("s1")
    shop.rotate("k1")
    shop.turn.clear()
    assert shop.remove().status == "removed"
    assert not shop.opens(f"sk:p:{R1}#2")
    assert shop.turn.noted(ResourceRemoved) == [ResourceRemoved("p", "p/r1", R1, "destroyed", "hub", "x1")]
    assert shop.moves() == [("complete", "removed")]
    assert shop.remove("x2").status == "removed"
    assert code_of(shop.read("p1")) == code_of(shop.rotate("k2", 2)) == "not_found"
    assert len(shop.turn.noted(ResourceRemoved)) == 1


def test_removing_a_resource_leaves_the_others_of_its_grant_alone() -> None:
    shop = Shop()
    gone, stays = shop.create("s1").secret, shop.create("s2", "plus").secret
    shop.remove()
    assert (shop.opens(gone), shop.opens(stays)) == (False, True)


def test_detached_resource_stays_with_its_owner() -> None:
    shop = Shop(removal="detach")
    secret = shop.create("s1").secret
    assert shop.remove().status == "removed"
    assert shop.opens(secret)
    assert code_of(shop.rotate("k1")) == "not_found"
    assert ("complete", "detached") in shop.moves()


def test_fault_of_removal_says_so_and_does_nothing() -> None:
    shop = Shop(faults=("claims_removed",))
    secret = shop.create("s1").secret
    assert shop.remove().status == "removed"
    assert shop.opens(secret)
    assert not shop.turn.noted(ResourceRemoved)


def test_fault_of_create_overwrites_the_service() -> None:
    shop = Shop(idempotency="project", faults=("overwrites_service",))
    first = shop.create("s1", "free")
    second = shop.create("s2", "plus")
    assert (second.resource, second.service) == (first.resource, "plus")
    found = [(one.before, one.after) for one in shop.turn.noted(Transition) if one.machine == "resource"]
    assert [move for move in found if not legal("resource", *move)] == [("complete", "complete")]


# --- two factors ------------------------------------------------------------------------------------------------------


def test_management_needs_bearer_and_signature_where_everything_is_signed() -> None:
    shop = Kit(services=SERVICES)
    shop.published["hub"] = ("hub#1",)
    secret = "secret:hub:p"
    code: Any = shop.reply("hub", shop.request("r1", shop.hmac("r1")))
    token = shop.exchange(code.code, "t1", "hub", secret).access_token  # type: ignore[attr-defined]
    made: Any = shop.make(token, "s1", key=secret)
    assert code_of(shop.reply("thief", RotateRequest("k1", "", token, "", "hub", R1, 1))) == "unauthorized"
    assert code_of(shop.reply("hub", RotateRequest("k2", "", "at:none:1", secret, "hub", R1, 1))) == "unauthorized"
    assert isinstance(shop.reply("hub", RotateRequest("k3", "", token, secret, "hub", made.resource, 1)), Resource)
    assert shop.turn.noted(ManagementAccepted) == [
        ManagementAccepted("p", "hub", call, "g:p:r1", True, True, id_)
        for call, id_ in (("create", "s1"), ("rotate", "k3"))
    ]


# --- deep links -------------------------------------------------------------------------------------------------------


def deep(shop: Shop, id_: str = "d1", purpose: str = "dashboard") -> Any:
    return shop.reply("hub", DeepLinkRequest(id_, shop.hub.access_token, "", "hub", purpose))


def test_deep_link_opens_a_session_once() -> None:
    shop = Shop()
    shop.take("alice")
    link = deep(shop)
    assert isinstance(link, DeepLink)
    assert shop.turn.pending[f"expire_deep_link {link.url}"] == DEEP_LINK_LIFE == 600 * SECOND
    opened = shop.reply("alice", Click("c1", link.url))
    assert isinstance(opened, SignedIn)
    assert shop.turn.noted(DeepLinkOpened) == [DeepLinkOpened("p", "p/r1", link.url, opened.session, "hub")]
    assert code_of(shop.reply("alice", Click("c2", link.url))) == "expired"
    assert f"expire_deep_link {link.url}" not in shop.turn.pending
    assert shop.opens(opened.session)


def test_deep_link_runs_out() -> None:
    shop = Shop()
    shop.take("alice")
    url = deep(shop).url
    shop.turn.ring(shop.party, f"expire_deep_link {url}")
    assert shop.turn.noted(Expired)[-1] == Expired("p", "deep_link", url)
    assert code_of(shop.reply("alice", Click("c1", url))) == "expired"


def test_deep_link_needs_an_address_that_has_answered() -> None:
    shop = Shop()
    assert code_of(deep(shop)) == "email_not_verified"
    assert code_of(deep(shop, "d2", "billing")) == "unsupported_purpose"
    assert isinstance(deep(Shop(faults=("link_without_verified_email",))), DeepLink)


def test_deep_link_of_a_withdrawn_grant_opens_nothing() -> None:
    shop = Shop()
    shop.take("alice")
    url = deep(shop).url
    shop.party.end_grant(shop.turn, "g:p:r1", "revoked", "revoked")
    assert code_of(shop.reply("alice", Click("c1", url))) == "expired"


# --- security events --------------------------------------------------------------------------------------------------


def told(shop: Shop, event: str = "session-revoked", key: str = "key:hub:1", id_: str = "e1") -> Any:
    return shop.reply("hub", SecurityEvent(id_, "hub", key, event, f"sub:hub:{ALICE}"))


@pytest.mark.parametrize("kinds", [(), ("sessions",), ("tokens",), ("secrets",), ("sessions", "tokens", "secrets")])
def test_event_ends_what_the_provider_heeds(kinds: tuple[str, ...]) -> None:
    shop = Shop(on_security_event=kinds)
    own = shop.take("alice")
    session = shop.reply("alice", Click("c1", deep(shop).url))
    secret = shop.create("s1").secret
    assert isinstance(told(shop), Done)
    works = {
        "sessions": shop.opens(session.session), "tokens": shop.opens(shop.hub.access_token),
        "secrets": shop.opens(secret),
    }  # fmt: skip
    assert works == {kind: kind not in kinds for kind in works}
    assert shop.opens(own.session)  # type: ignore[attr-defined]
    assert shop.turn.noted(SecurityEventReceived)[0].event == "session-revoked"


def test_event_that_ends_nothing_is_taken_note_of() -> None:
    shop = Shop()
    assert isinstance(told(shop, "identifier-changed"), Done)
    assert shop.opens(shop.hub.access_token)
    assert not shop.turn.noted(TokenEnded)


def test_event_must_be_signed_by_who_tells_it() -> None:
    shop = Shop()
    assert code_of(told(shop, key="key:second:1")) == "unauthorized"
    assert not shop.turn.noted(SecurityEventReceived)


def test_repeated_event_ends_nothing_more() -> None:
    shop = Shop()
    told(shop)
    ended = len(shop.turn.noted(TokenEnded))
    told(shop, id_="e1~2")
    assert len(shop.turn.noted(TokenEnded)) == ended == 1


def test_dashboard_shows_a_rotated_resource_once_and_ends_all_of_it() -> None:
    shop = Shop(rotation="accumulate")
    old, new = shop.create("s1").secret, shop.rotate("k1").secret
    session = shop.take("alice").session  # type: ignore[attr-defined]
    board: Any = shop.reply("alice", DashboardRequest("b1", session))
    assert board.resources == (R1,)
    shop.reply("alice", Manage("m1", session, "end", (R1,)))
    assert not shop.opens(old)
    assert not shop.opens(new)
