"""Whatever order things come in: one answer to each request, legal links, nothing left behind, nothing undone."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sim import messages as say
from sim.facts import Answered, Requested
from tests.parties.orchestrator_kit import SESSION, Desk

INTENTS = ("i1", "i2")
ANSWERS: dict[str, Any] = {
    "catalog": lambda i: say.Catalog(f"{i}+catalog", ("free",), True),
    "code": lambda i: say.OauthCode(i, f"c:cloud:{i}"),
    "auth": lambda i: say.RequiresAuth(i, f"u:cloud:{i}"),
    "mail": say.RequiresAuth,
    "confirm": lambda i: say.ConfirmLink(i, f"c:cloud:{i}"),
    "tokens": lambda i: say.TokenResponse(f"{i}+token", f"at:g:cloud:{i}:1", f"rt:g:cloud:{i}:1", "cloud/x"),
    "resource": lambda i: say.Resource(f"{i}+resource", f"cloud/r:{i}", f"sk:cloud:{i}"),
    "challenge": lambda i: say.Unauthorized(f"{i}+challenge", "unauthorized", "https://cloud/.well-known/x"),
    "metadata": lambda i: say.Metadata(f"{i}+metadata", "cloud", ("cloud",), ()),
    "error": lambda i: say.Error(i, "forbidden"),
    "token_error": lambda i: say.Error(f"{i}+token", "invalid_grant"),
    "resource_error": lambda i: say.Error(f"{i}+resource", "unauthorized"),
}
COMMANDS: dict[str, Any] = {
    "terms": say.AcceptTerms("t", SESSION, "cloud"),
    "revoke": say.RevokeCommand("rev", SESSION),
    "unlink": say.UnlinkCommand("un", SESSION, "cloud"),
}

moves = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("add", "timeout", *ANSWERS)), st.sampled_from(INTENTS)),
        st.tuples(st.sampled_from(tuple(COMMANDS)), st.just("")),
    ),
    max_size=25,
)


def play(desk: Desk, move: str, intent: str) -> None:
    if move == "add":
        desk.add(intent)
    elif move == "timeout":
        if f"timeout {intent}" in desk.turn.pending:
            desk.turn.ring(desk.hub, f"timeout {intent}")
    elif move in COMMANDS:
        desk.hears("alice", COMMANDS[move])
    else:
        desk.hears("cloud", ANSWERS[move](intent))


def answered_once(desk: Desk) -> None:
    """Between one hearing of a request and the next there is one answer, or a pending one and one more."""
    for intent in INTENTS:
        rounds = len([fact for fact in desk.facts(Requested) if fact.id == intent])
        statuses = [added.status for added in desk.added(intent)]
        final = [status for status in statuses if not status.startswith("pending")]
        waiting = intent in desk.hub.work
        assert len(final) == rounds - waiting, (rounds, statuses, waiting)
        assert len(statuses) - len(final) <= rounds
        told = [fact for fact in desk.facts(Answered) if fact.id == intent and fact.code != "TOS_ACCEPTANCE_REQUIRED"]
        assert len(told) == rounds - (waiting and not desk.hub.work[intent].told), (rounds, told)


@settings(max_examples=400, deadline=None)
@given(moves, st.booleans(), st.booleans())
def test_every_request_is_answered_once_in_any_order(made: list[tuple[str, str]], terms: bool, known: bool) -> None:
    desk = Desk(terms=terms, offers=known, retries=1)
    for move, intent in made:
        play(desk, move, intent)
        desk.link_moves()
        answered_once(desk)
    for intent, work in desk.hub.work.ordered():
        waits_for_people = work.stage in ("terms", "owner")
        assert (f"timeout {intent}" in desk.turn.pending) is not waits_for_people


@settings(max_examples=200, deadline=None)
@given(moves)
def test_what_waits_for_the_network_ends_by_itself(made: list[tuple[str, str]]) -> None:
    desk = Desk(retries=1)
    for move, intent in made:
        play(desk, move, intent)
    for key in list(desk.turn.pending):
        while key in desk.turn.pending and key.startswith(("timeout", "push")):
            desk.turn.ring(desk.hub, key)
    assert all(work.stage == "owner" for _, work in desk.hub.work.ordered())
    assert not desk.hub.pushes
