"""Adding a service, as the orchestrator sees it: the answers of the provider are made by hand."""

from __future__ import annotations

import pytest

from sim import messages as say
from sim.clock import SECOND
from sim.facts import Answered, Attested, CredentialStored, Requested, TermsAccepted
from tests.parties.orchestrator_kit import AGENT, SESSION, Desk


def outcomes(desk: Desk) -> list[tuple[str, str]]:
    return [(fact.outcome, fact.code) for fact in desk.facts(Answered)]


# --- the three paths --------------------------------------------------------------------------------------------------


def test_a_code_leads_to_tokens_a_resource_and_one_complete_answer() -> None:
    desk = Desk()
    (request,) = desk.add()
    assert isinstance(request, say.AccountRequest)
    assert (request.id, request.key, request.orchestrator) == ("i1", "i1", "hub")
    assert desk.turn.pending["timeout i1"].us == 30 * SECOND
    (token,) = desk.code()
    assert token == say.TokenRequest("i1+token", "authorization_code", "c:cloud:i1", "hub", "")
    (resource,) = desk.tokens("i1+token")
    assert resource == say.ResourceRequest("i1+resource", "i1", "at:g:cloud:i1:1", "", "hub", "free")
    (added,) = desk.resource()
    assert added == say.Added("i1", "complete", resource="cloud/r:i1+resource", secret="sk:cloud:i1+resource")
    assert desk.said(say.Added, AGENT) == [added]
    assert desk.facts(Requested) == [Requested("i1", "hub", "cloud", "free", "alice")]
    assert outcomes(desk) == [("complete", "")]
    assert desk.facts(CredentialStored) == [CredentialStored("hub", "cloud", "alice", "g:cloud:i1")]
    assert desk.link_moves() == [("none", "requested"), ("requested", "active")]
    assert not desk.hub.work
    assert "timeout i1" not in desk.turn.pending


def test_every_message_goes_to_the_provider_that_was_asked() -> None:
    desk = Desk()
    desk.add()
    desk.code()
    desk.tokens("i1+token")
    assert [to for to, message in desk.turn.sent if not message.ANSWER] == ["cloud"] * 3


def test_a_second_service_uses_the_grant_in_the_vault() -> None:
    desk = Desk()
    desk.connect()
    (request,) = desk.add(service="paid")
    assert request == say.ResourceRequest("i1+resource", "i1", "at:g:cloud:i0:1", "", "hub", "paid")
    desk.resource()
    assert outcomes(desk) == [("complete", "")]
    assert not desk.facts(Attested)
    assert desk.link_moves() == []


def test_consent_is_pending_with_the_page_and_then_complete() -> None:
    desk = Desk()
    desk.hub.metadata["cloud"] = True
    desk.add()
    (pending,) = desk.hears("cloud", say.RequiresAuth("i1", "u:cloud:i1"))
    assert pending == say.Added("i1", "pending_auth", "PROVIDER_NOT_LINKED", "u:cloud:i1")
    assert "timeout i1" not in desk.turn.pending
    done, token = desk.hears("cloud", say.ConfirmLink("i1", "c:cloud:i1"), "alice")
    assert done == say.Done("i1")
    assert token == say.TokenRequest("i1+token", "authorization_code", "c:cloud:i1", "hub", "")
    desk.tokens("i1+token")
    desk.resource()
    assert [added.status for added in desk.added()] == ["pending_auth", "complete"]
    assert outcomes(desk) == [("pending_auth", "PROVIDER_NOT_LINKED")]
    assert desk.link_moves() == [("none", "requested"), ("requested", "pending_auth"), ("pending_auth", "active")]


def test_a_mail_on_its_way_is_pending_without_a_page() -> None:
    desk = Desk()
    desk.add()
    (pending,) = desk.hears("cloud", say.RequiresAuth("i1"))
    assert pending == say.Added("i1", "pending")
    desk.hears("cloud", say.ConfirmLink("i1", "c:cloud:i1"))
    desk.tokens("i1+token")
    desk.resource()
    assert [added.status for added in desk.added()] == ["pending", "complete"]
    assert outcomes(desk) == [("pending", "")]


def test_what_fails_after_pending_is_a_second_answer_and_no_second_fact() -> None:
    desk = Desk()
    desk.add()
    desk.hears("cloud", say.RequiresAuth("i1"))
    desk.hears("cloud", say.ConfirmLink("i1", "c:cloud:i1"))
    desk.hears("cloud", say.Error("i1+token", "invalid_grant"))
    assert [(added.status, added.code) for added in desk.added()] == [("pending", ""), ("error", "invalid_grant")]
    assert outcomes(desk) == [("pending", "")]
    assert desk.link_moves()[-1] == ("pending_auth", "error")


def test_a_confirmation_that_overtakes_the_answer_is_taken() -> None:
    desk = Desk()
    desk.add()
    desk.hears("cloud", say.ConfirmLink("i1", "c:cloud:i1"))
    assert desk.hears("cloud", say.RequiresAuth("i1")) == []
    desk.tokens("i1+token")
    desk.resource()
    assert outcomes(desk) == [("complete", "")]


@pytest.mark.parametrize(("sender", "id_"), [("cloud", "other"), ("cloud", "i1+token"), ("rogue", "i1")])
def test_a_confirmation_that_nobody_waits_for_is_refused(sender: str, id_: str) -> None:
    desk = Desk()
    desk.add()
    desk.hears("cloud", say.RequiresAuth("i1"))
    assert desk.hears(sender, say.ConfirmLink(id_, "c:rogue:x")) == [say.Error(id_, "invalid_state")]
    assert desk.hub.work["i1"].stage == "owner"


def test_a_second_confirmation_is_refused() -> None:
    desk = Desk()
    desk.add()
    desk.hears("cloud", say.RequiresAuth("i1"))
    desk.hears("cloud", say.ConfirmLink("i1", "c:cloud:i1"))
    assert desk.hears("cloud", say.ConfirmLink("i1", "c:cloud:i1")) == [say.Error("i1", "invalid_state")]


@pytest.mark.parametrize("stage", ["account", "token", "resource"])
def test_a_refusal_at_any_stage_is_the_answer(stage: str) -> None:
    desk = Desk()
    desk.add()
    if stage != "account":
        desk.code()
    if stage == "resource":
        desk.tokens("i1+token")
    (added,) = desk.hears("cloud", say.Error("i1" if stage == "account" else f"i1+{stage}", "forbidden"))
    assert added == say.Added("i1", "error", "forbidden")
    assert outcomes(desk) == [("error", "forbidden")]
    assert desk.link_moves()[-1][1] == ("active" if stage == "resource" else "error")
    assert not desk.hub.work


def test_answers_of_somebody_else_are_nobody_s_answers() -> None:
    desk = Desk()
    desk.add()
    assert desk.hears("rogue", say.OauthCode("i1", "c:rogue:i1")) == []
    assert desk.hears("rogue", say.Error("i1", "forbidden")) == []
    assert desk.hub.work["i1"].stage == "account"


def test_a_vault_grant_that_died_is_replaced_within_the_request() -> None:
    desk = Desk()
    desk.connect()
    desk.add(service="paid")
    (request,) = desk.hears("cloud", say.Error("i1+resource", "unauthorized"))
    assert isinstance(request, say.AccountRequest)
    assert desk.link_moves() == [("active", "expired"), ("expired", "requested")]
    desk.code()
    desk.tokens("i1+token")
    (added,) = desk.hears("cloud", say.Error("i1+resource", "unauthorized"))
    assert added == say.Added("i1", "error", "unauthorized"), "a grant that is new is not replaced again"
    assert outcomes(desk) == [("error", "unauthorized")]


def test_a_vault_grant_that_was_replaced_meanwhile_is_used() -> None:
    desk = Desk()
    desk.connect()
    desk.add("i1")
    desk.add("i2")
    desk.hears("cloud", say.Error("i1+resource", "unauthorized"))
    desk.code("i1")
    desk.tokens("i1+token")
    (request,) = desk.hears("cloud", say.Error("i2+resource", "unauthorized"))
    assert isinstance(request, say.ResourceRequest)
    assert request.access_token == "at:g:cloud:i1:1"
    assert desk.link_moves()[-1] == ("requested", "active")


def test_a_request_refused_before_it_was_sent_says_nothing_of_the_link() -> None:
    desk = Desk()
    desk.add("i1")
    desk.add("i2", service="gold")
    assert desk.link_moves() == [("none", "requested")]


def test_a_refusal_says_nothing_against_a_link_that_is_there() -> None:
    desk = Desk()
    desk.add("i1")
    desk.add("i2")
    desk.code("i1")
    desk.tokens("i1+token")
    desk.hears("cloud", say.Error("i2", "forbidden"))
    assert desk.link_moves()[-1] == ("requested", "active")


def test_requests_of_one_login_may_overtake_each_other() -> None:
    desk = Desk()
    for id_ in ("i1", "i2", "i3"):
        desk.add(id_)
    desk.code("i1")
    desk.hears("cloud", say.Error("i2", "forbidden"))
    desk.tokens("i1+token")
    desk.hears("cloud", say.RequiresAuth("i3"))
    desk.resource("i1+resource")
    assert [added.status for id_ in ("i1", "i2", "i3") for added in desk.added(id_)] == ["complete", "error", "pending"]
    assert desk.hub.connection("alice", "cloud").state == "active"
    assert desk.link_moves()[-1][1] == "active"


# --- refused before anything is sent ----------------------------------------------------------------------------------


def test_without_a_session_the_browser_is_needed() -> None:
    desk = Desk()
    (added,) = desk.add(session="s:hub:made:up")
    assert added == say.Added("i1", "error", "BROWSER_AUTH_REQUIRED")
    assert desk.facts(Requested) == [Requested("i1", "hub", "cloud", "free", "")]
    assert outcomes(desk) == [("error", "BROWSER_AUTH_REQUIRED")]


@pytest.mark.parametrize(
    ("service", "provisions", "code"),
    [("gold", True, "unknown_service"), ("free", False, "agent_provisioning_unavailable")],
)
def test_what_is_not_on_offer_is_refused(service: str, provisions: bool, code: str) -> None:
    desk = Desk(offers=False)
    desk.learn_catalogue(provisions=provisions)
    (added,) = desk.add(service=service)
    assert added == say.Added("i1", "error", code)


# --- catalogue --------------------------------------------------------------------------------------------------------


def test_a_catalogue_is_fetched_once_and_listed_with_provider_names() -> None:
    desk = Desk(offers=False)
    (ask,) = desk.hears(AGENT, say.CatalogQuery("q1", SESSION, "cloud"))
    assert ask == say.CatalogRequest("q1")
    (listing,) = desk.hears("cloud", say.Catalog("q1", ("free", "paid"), True))
    assert listing == say.CatalogListing("q1", ("cloud/free", "cloud/paid"))
    assert not desk.hub.work
    (again,) = desk.hears(AGENT, say.CatalogQuery("q2", SESSION, "cloud"))
    assert again == say.CatalogListing("q2", ("cloud/free", "cloud/paid"))


def test_everything_known_is_listed_in_order() -> None:
    desk = Desk()
    desk.learn_catalogue("azure")
    (listing,) = desk.hears(AGENT, say.CatalogQuery("q1", SESSION))
    assert listing.services == ("azure/free", "azure/paid", "cloud/free", "cloud/paid")


def test_an_addition_fetches_an_unknown_catalogue_itself() -> None:
    desk = Desk(offers=False)
    (ask,) = desk.add()
    assert ask == say.CatalogRequest("i1+catalog")
    (request,) = desk.hears("cloud", say.Catalog("i1+catalog", ("free",), True))
    assert isinstance(request, say.AccountRequest)


def test_a_catalogue_query_needs_a_session() -> None:
    desk = Desk()
    assert desk.hears(AGENT, say.CatalogQuery("q1", "s:none")) == [say.Error("q1", "BROWSER_AUTH_REQUIRED")]


def test_a_silent_provider_fails_the_query_and_the_addition() -> None:
    desk = Desk(offers=False, retries=0)
    desk.hears(AGENT, say.CatalogQuery("q1", SESSION, "cloud"))
    assert desk.turn.ring(desk.hub, "timeout q1") == [say.Error("q1", "timeout")]
    desk.add()
    assert desk.turn.ring(desk.hub, "timeout i1") == [say.Added("i1", "error", "timeout")]


# --- terms ------------------------------------------------------------------------------------------------------------


def test_terms_are_shown_to_the_person_and_the_request_waits() -> None:
    desk = Desk(terms=False)
    (asked,) = desk.add()
    assert desk.said(say.TermsAsked, "alice") == [asked] == [say.TermsAsked("i1", "cloud")]
    assert outcomes(desk) == [("pending", "TOS_ACCEPTANCE_REQUIRED")]
    done, request = desk.hears("alice", say.AcceptTerms("i1", SESSION, "cloud"))
    assert done == say.Done("i1")
    assert isinstance(request, say.AccountRequest)
    assert desk.facts(TermsAccepted) == [TermsAccepted("hub", "cloud", "alice", False, "i1")]
    desk.code()
    desk.tokens("i1+token")
    desk.resource()
    assert outcomes(desk) == [("pending", "TOS_ACCEPTANCE_REQUIRED"), ("complete", "")]


def test_terms_are_asked_once_for_a_provider() -> None:
    desk = Desk(terms=False)
    desk.add()
    desk.hears("alice", say.AcceptTerms("i1", SESSION, "cloud"))
    assert [type(message) for message in desk.add("i2")] == [say.AccountRequest]


def test_whoever_waits_for_a_person_waits_for_no_provider() -> None:
    desk = Desk(offers=False, terms=False)
    desk.add()
    desk.hears("cloud", say.Catalog("i1+catalog", ("free",), True))
    assert desk.said(say.TermsAsked)
    assert "timeout i1" not in desk.turn.pending


def test_terms_accepted_early_are_not_asked_for() -> None:
    desk = Desk(terms=False)
    assert desk.hears("alice", say.AcceptTerms("t1", SESSION, "cloud")) == [say.Done("t1")]
    assert desk.facts(TermsAccepted) == [TermsAccepted("hub", "cloud", "alice", False, "")]
    assert [type(message) for message in desk.add()] == [say.AccountRequest]


def test_terms_accepted_by_script_are_recorded_as_such() -> None:
    desk = Desk(terms=False)
    (request,) = desk.add(accept_tos=True)
    assert isinstance(request, say.AccountRequest)
    assert desk.facts(TermsAccepted) == [TermsAccepted("hub", "cloud", "alice", True, "i1")]


def test_one_acceptance_releases_all_that_wait_each_for_its_own_person() -> None:
    desk = Desk(terms=False)
    desk.hears("mallory/agent1", say.Add("m1", SESSION, "cloud", "free"), "mallory")
    desk.add("i1")
    assert [asked.id for asked in desk.said(say.TermsAsked, "alice")] == ["m1", "i1"]
    sent = desk.hears("alice", say.AcceptTerms("i1", SESSION, "cloud"))
    assert [(type(message), message.id) for message in sent] == [
        (say.Done, "i1"), (say.AccountRequest, "m1"), (say.AccountRequest, "i1"),
    ]  # fmt: skip
    assert desk.turn.behind_of(TermsAccepted) == ["alice"]
    assert desk.turn.behind_of(Attested) == ["mallory", "alice"]
    assert desk.hears("alice", say.AcceptTerms("m1", SESSION, "cloud")) == [say.Done("m1")]
    assert len(desk.facts(TermsAccepted)) == 1


def test_terms_of_another_provider_do_not_count() -> None:
    desk = Desk(terms=False)
    desk.learn_catalogue("azure")
    desk.hears("alice", say.AcceptTerms("t1", SESSION, "azure"))
    assert [type(message) for message in desk.add()] == [say.TermsAsked]


def test_terms_cannot_be_accepted_without_a_session() -> None:
    desk = Desk(terms=False)
    desk.add()
    assert desk.hears("alice", say.AcceptTerms("i1", "s:none", "cloud")) == [say.Error("i1", "BROWSER_AUTH_REQUIRED")]
    assert not desk.facts(TermsAccepted)


# --- whose page is it? ------------------------------------------------------------------------------------------------


def challenge(url: str = "https://cloud/.well-known/oauth-protected-resource") -> say.Unauthorized:
    return say.Unauthorized("i1+challenge", "unauthorized", url)


def to_the_challenge() -> Desk:
    desk = Desk()
    desk.add()
    assert desk.hears("cloud", say.RequiresAuth("i1", "u:cloud:i1")) == [say.ApiCall("i1+challenge")]
    return desk


def test_the_metadata_is_looked_at_before_a_first_page_is_shown() -> None:
    desk = to_the_challenge()
    assert desk.hears("cloud", challenge()) == [say.MetadataRequest("i1+metadata")]
    (pending,) = desk.hears("cloud", say.Metadata("i1+metadata", "cloud", ("cloud",), ("resources",)))
    assert pending == say.Added("i1", "pending_auth", "PROVIDER_NOT_LINKED", "u:cloud:i1")
    desk.add("i2")
    (pending,) = desk.hears("cloud", say.RequiresAuth("i2", "u:cloud:i2"))
    assert pending.url == "u:cloud:i2", "the second page of the same provider is shown at once"


def test_metadata_that_names_somebody_else_ends_the_request() -> None:
    desk = to_the_challenge()
    desk.hears("cloud", challenge())
    (added,) = desk.hears("cloud", say.Metadata("i1+metadata", "azure", ("azure",), ()))
    assert added == say.Added("i1", "error", "metadata_mismatch")
    assert outcomes(desk) == [("error", "metadata_mismatch")]
    assert "cloud" not in desk.hub.metadata


def test_a_challenge_that_points_elsewhere_ends_the_request() -> None:
    desk = to_the_challenge()
    (added,) = desk.hears("cloud", challenge("https://azure/.well-known/oauth-protected-resource"))
    assert added == say.Added("i1", "error", "metadata_mismatch")


def test_a_call_served_without_a_credential_ends_the_request() -> None:
    desk = to_the_challenge()
    assert desk.hears("cloud", say.ApiOk("i1+challenge", "cloud/x")) == [say.Added("i1", "error", "metadata_mismatch")]


def test_a_confirmation_meanwhile_makes_the_metadata_idle() -> None:
    desk = to_the_challenge()
    desk.hears("cloud", say.ConfirmLink("i1", "c:cloud:i1"))
    assert desk.hears("cloud", challenge()) == []
    desk.tokens("i1+token")
    desk.resource()
    assert [added.status for added in desk.added()] == ["complete"]


@pytest.mark.parametrize(("browser", "taken"), [("alice", True), ("", True), ("mallory", False)])
def test_a_confirmation_may_be_bound_to_the_browser_it_was_asked_for_in(browser: str, taken: bool) -> None:
    desk = Desk(binds_state=True)
    desk.hub.metadata["cloud"] = True
    desk.add()
    desk.hears("cloud", say.RequiresAuth("i1", "u:cloud:i1"))
    answer = desk.hears("cloud", say.ConfirmLink("i1", "c:cloud:i1", browser), browser or "alice")[0]
    assert answer == (say.Done("i1") if taken else say.Error("i1", "invalid_state"))


@pytest.mark.parametrize("checks", [True, False])
def test_metadata_that_name_another_server_are_refused_unless_nobody_looks(checks: bool) -> None:
    desk = Desk(checks_issuer=checks)
    desk.add()
    desk.hears("cloud", say.RequiresAuth("i1", "u:cloud:i1"))
    desk.hears("cloud", say.Unauthorized("i1+challenge", "unauthorized", "https://cloud/x"))
    (answer,) = desk.hears("cloud", say.Metadata("i1+metadata", "cloud", ("other",), ()))
    if checks:
        assert answer == say.Added("i1", "error", "metadata_mismatch")
        return
    assert isinstance(answer, say.AccountRequest)
    assert answer.attestation.audience == "other"
    (brought,) = desk.hears("other", say.OauthCode("i1", "c:other:i1"))
    assert brought == say.TokenRequest("i1+token", "authorization_code", "c:other:i1", "hub", "", "", "pkce:hub:i1")
    assert desk.turn.sent[-1][0] == "cloud"
