"""On the wire: attestations in both modes, timeouts, retries, idempotency keys, late and doubled answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sim import messages as say
from sim.claims import Attestation
from sim.clock import SECOND, Constant, Exponential
from sim.facts import Answered, Attested
from sim.parties.orchestrator.records import attempt, grant_of, split
from tests.parties.orchestrator_kit import ADDRESS, SESSION, Desk


def timeout(desk: Desk, id_: str = "i1") -> list[Any]:
    return list(desk.turn.ring(desk.hub, f"timeout {id_}"))


# --- attestations -----------------------------------------------------------------------------------------------------


def test_a_token_is_for_one_provider_under_the_current_key() -> None:
    desk = Desk()
    (request,) = desk.add()
    assert request.attestation == Attestation(  # type: ignore[attr-defined]
        "jwt", "hub", "sub:hub:alice", "cloud", "jti:hub:i1", ADDRESS, True, desk.turn.now, 300 * SECOND, "hub#1",
        "key:hub:1",
    )  # fmt: skip
    assert desk.facts(Attested) == [Attested("hub", "sub:hub:alice", "jti:hub:i1", ADDRESS, True, "cloud", "i1")]


def test_a_signed_request_names_neither_audience_nor_token() -> None:
    desk = Desk(attests_by="hmac_email")
    (request,) = desk.add()
    assert request.attestation == Attestation(  # type: ignore[attr-defined]
        "hmac_email", "hub", "sub:hub:alice", "", "", ADDRESS, True, desk.turn.now, 300 * SECOND, "",
        "secret:hub:cloud", "i1",
    )  # fmt: skip


def test_signed_requests_carry_the_secret_all_the_way() -> None:
    desk = Desk(attests_by="hmac_email")
    desk.add()
    (token,) = desk.code()
    (resource,) = desk.tokens("i1+token")
    assert [said.client_key for said in (token, resource)] == ["secret:hub:cloud"] * 2  # type: ignore[attr-defined]


def test_the_time_on_an_attestation_is_the_local_clock_s() -> None:
    desk = Desk()
    desk.turn.now += 90 * SECOND
    (request,) = desk.add()
    assert request.attestation.issued_at == desk.turn.now  # type: ignore[attr-defined]


# --- timeouts and retries ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("idempotency", "keys"),
    [("per_intent", ["i1", "i1", "i1"]), ("per_request", ["i1", "i1~2", "i1~3"]), ("none", ["", "", ""])],
)
def test_an_account_request_is_repeated_with_its_key(idempotency: str, keys: list[str]) -> None:
    desk = Desk(idempotency=idempotency)
    desk.add()
    timeout(desk)
    timeout(desk)
    said = desk.said(say.AccountRequest)
    assert [request.id for request in said] == ["i1", "i1~2", "i1~3"]
    assert [request.key for request in said] == keys
    assert [request.attestation.token_id for request in said] == ["jti:hub:i1", "jti:hub:i1~2", "jti:hub:i1~3"]
    assert timeout(desk) == [say.Added("i1", "error", "timeout")]
    assert [(fact.outcome, fact.code) for fact in desk.facts(Answered)] == [("error", "timeout")]
    assert not desk.hub.work


@pytest.mark.parametrize(
    ("idempotency", "keys"),
    [("per_intent", ["i1", "i1"]), ("per_request", ["i1+resource", "i1+resource~2"]), ("none", ["", ""])],
)
def test_a_resource_request_is_repeated_with_its_key(idempotency: str, keys: list[str]) -> None:
    desk = Desk(idempotency=idempotency)
    desk.add()
    desk.code()
    desk.tokens("i1+token")
    timeout(desk)
    said = desk.said(say.ResourceRequest)
    assert [request.id for request in said] == ["i1+resource", "i1+resource~2"]
    assert [request.key for request in said] == keys


def test_a_token_request_is_repeated_with_the_same_code() -> None:
    desk = Desk()
    desk.add()
    desk.code()
    timeout(desk)
    assert [(request.id, request.grant) for request in desk.said(say.TokenRequest)] == [
        ("i1+token", "c:cloud:i1"), ("i1+token~2", "c:cloud:i1"),
    ]  # fmt: skip


def test_every_stage_has_all_its_retries() -> None:
    desk = Desk(retries=1)
    desk.add()
    timeout(desk)
    desk.code("i1~2")
    timeout(desk)
    desk.tokens("i1+token~2")
    timeout(desk)
    assert timeout(desk) == [say.Added("i1", "error", "timeout")]


@pytest.mark.parametrize("retries", [0, 4])
def test_there_are_as_many_retries_as_configured(retries: int) -> None:
    desk = Desk(retries=retries)
    desk.add()
    for _ in range(retries):
        assert isinstance(timeout(desk)[0], say.AccountRequest)
    assert timeout(desk) == [say.Added("i1", "error", "timeout")]


def test_an_uncertain_timeout_is_handed_on() -> None:
    desk = Desk(timeout=Exponential(SECOND))
    desk.add()
    assert desk.turn.pending["timeout i1"] == Exponential(SECOND)


def test_metadata_is_asked_for_again_too() -> None:
    desk = Desk(retries=1)
    desk.add()
    desk.hears("cloud", say.RequiresAuth("i1", "u:cloud:i1"))
    assert timeout(desk) == [say.ApiCall("i1+challenge~2")]
    desk.hears("cloud", say.Unauthorized("i1+challenge~2", "unauthorized", "https://cloud/.well-known/x"))
    assert timeout(desk) == [say.MetadataRequest("i1+metadata~2")]
    assert timeout(desk) == [say.Added("i1", "error", "timeout")]


# --- late and doubled answers -----------------------------------------------------------------------------------------


def test_a_late_answer_to_an_abandoned_attempt_is_as_good() -> None:
    desk = Desk()
    desk.add()
    timeout(desk)
    assert [type(said) for said in desk.code("i1")] == [say.TokenRequest]
    assert desk.code("i1~2") == [], "the answer to the second attempt finds nobody waiting"


def test_a_late_error_of_a_stage_that_is_over_harms_nobody() -> None:
    desk = Desk()
    desk.add()
    desk.code()
    timeout(desk)
    desk.tokens("i1+token")
    assert desk.hears("cloud", say.Error("i1+token~2", "invalid_grant")) == []
    assert desk.hears("cloud", say.Error("i1", "invalid_signature")) == []
    assert [added.status for added in desk.resource() if isinstance(added, say.Added)] == ["complete"]


def test_answers_after_the_end_are_ignored() -> None:
    desk = Desk(retries=0)
    desk.add()
    timeout(desk)
    assert desk.code() == []
    assert desk.tokens("i1+token") == []
    assert desk.resource() == []
    assert not desk.hub.work


def test_a_doubled_request_has_one_answer() -> None:
    desk = Desk()
    desk.add()
    assert desk.add() == []
    desk.code()
    desk.tokens("i1+token")
    assert desk.add() == []
    desk.resource()
    assert desk.add() == [], "a copy that comes when all is done"
    assert len(desk.added()) == len(desk.facts(Answered)) == 1


def test_a_doubled_use_is_made_once() -> None:
    desk = Desk()
    desk.connect()
    for _ in range(2):
        desk.hears("alice", say.UseCommand("use1", SESSION, "cloud"))
    assert desk.said(say.ApiCall) == [say.ApiCall("use1", "at:g:cloud:i0:1")]


def test_a_doubled_catalogue_query_is_made_once() -> None:
    desk = Desk(offers=False)
    for _ in range(2):
        desk.hears("alice/agent1", say.CatalogQuery("q1", SESSION, "cloud"))
    assert desk.said(say.CatalogRequest) == [say.CatalogRequest("q1")]


def orders() -> Iterator[tuple[int, ...]]:
    """Which answer comes when: indices into the provider's answers, doubled and shuffled."""
    yield from [(0, 1, 2), (0, 0, 1, 1, 2, 2), (1, 0, 2, 1, 0, 2), (2, 1, 0, 1, 0, 2), (0, 1, 0, 2, 1)]


@pytest.mark.parametrize("order", orders())
@pytest.mark.parametrize("times_out", [False, True])
def test_whatever_comes_twice_or_early_there_is_one_answer(order: tuple[int, ...], times_out: bool) -> None:
    desk = Desk(retries=1)
    desk.add()
    answers = [
        say.OauthCode("i1", "c:cloud:i1"),
        say.TokenResponse("i1+token", "at:g:cloud:i1:1", "rt:g:cloud:i1:1", "cloud/i1"),
        say.Resource("i1+resource", "cloud/r:i1", "sk:cloud:i1"),
    ]
    for index in order:
        if times_out and "timeout i1" in desk.turn.pending:
            timeout(desk)
        desk.hears("cloud", answers[index])
    while "timeout i1" in desk.turn.pending:
        timeout(desk)
    assert len(desk.added()) == len(desk.facts(Answered)) == 1
    assert not desk.hub.work
    desk.link_moves()


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id_", "expected"),
    [
        ("i1", ("i1", "")),
        ("i1~3", ("i1", "")),
        ("i1+token~12", ("i1", "token")),
        ("step.bob+2", ("step.bob+2", "")),
        ("step.bob+2+resource", ("step.bob+2", "resource")),
        ("own.alice.1~2.notice.bob", ("own.alice.1~2.notice.bob", "")),
    ],
)
def test_an_id_on_the_wire_tells_its_intent_and_stage(id_: str, expected: tuple[str, str]) -> None:
    assert split(id_) == expected


def test_attempts_are_numbered_from_the_second() -> None:
    assert [attempt("i1", tries) for tries in (1, 2, 3)] == ["i1", "i1~2", "i1~3"]


def test_the_grant_is_read_from_the_token() -> None:
    assert grant_of("at:g:cloud:i1~2:7") == "g:cloud:i1~2"
    assert grant_of("opaque") == "opaque"


def test_constants_stand_for_themselves() -> None:
    desk = Desk()
    desk.add()
    assert desk.turn.pending["timeout i1"] == Constant(30 * SECOND)
