"""Resources, credentials, security events and the way out: properties of facts, and of runs that have been broken."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from sim import facts as f
from sim import properties
from sim.clock import Constant
from sim.experiments.once import run_once
from sim.parties.orchestrator.signals import Signals
from sim.parties.provider import adoption, events, making, pages, resources
from sim.scenario import load_text
from tests.judge import MIN, D, H, Judge, Row, S, closed, created, token, world
from tests.judge import provider as config

A = "cloud/a"
R = "cloud/r:1"
SK = "sk:cloud:cloud/r:1"


def made(at: int = D, resource: str = R, grant: str = "g") -> Row:
    return ("alice", at, f.ResourceCompleted("cloud", A, resource, "free", grant, "r"))


def stored(at: int, secret: str = SK, orchestrator: str = "hub", resource: str = R) -> Row:
    return ("alice", at, f.ResourceRecorded(orchestrator, "cloud", "alice", resource, secret))


def removed(at: int, how: str = "destroyed") -> Row:
    return ("alice", at, f.ResourceRemoved("cloud", A, R, how, "hub", "r"))


def forgotten(at: int) -> Row:
    return ("alice", at, f.ResourceForgotten("hub", "cloud", "alice", R))


def rotated(at: int, before: str = SK, after: str = f"{SK}#2", generation: int = 2) -> Row:
    return ("alice", at, f.SecretRotated("cloud", A, R, "hub", before, after, generation, "r"))


def dead(at: int, secret: str = SK) -> Row:
    return ("alice", at, f.TokenEnded("cloud", A, secret, "resource", "rotated"))


def tried(at: int, verb: str = "reset_password", outcome: str = "nothing", person: str = "alice") -> Row:
    return (person, at, f.StepCompleted("s", "s", person, verb, "cloud", outcome))


def knocked(at: int, person: str = "alice", address: str = "") -> Row:
    return (person, at, f.HumanStepped(person, "cloud", "recover", address))


def sent(at: int, id_: str = "e") -> Row:
    return ("alice", at, f.SecurityEventSent("hub", "cloud", "session-revoked", "sub", id_))


def heard(at: int, id_: str = "e~2") -> Row:
    return ("alice", at, f.SecurityEventReceived("cloud", "hub", "session-revoked", "sub", id_))


def let_in(bearer: bool = True, signature: bool = True) -> Row:
    return ("alice", D, f.ManagementAccepted("cloud", "hub", "rotate", "g", bearer, signature, "r"))


MINE: Row = ("alice", D, created(A, "alice@x.org"))
THEIRS: Row = ("mallory", D, created(A, "mallory@x.org"))
MOVED: Row = ("alice", 2 * D, f.MailboxMoved("alice@x.org", "carol"))
CHANGED: list[Row] = [
    ("mallory", 2 * D, f.ChangeRequested("cloud", A, "ch", "mallory@x.org")),
    ("mallory", 2 * D, f.ChangeConfirmed("cloud", A, "ch", "mallory@x.org")),
]

CASES: dict[str, dict[str, tuple[int, list[Row]]]] = {
    "no_orphan_resource": {
        "stored in time": (0, [made(), stored(D + MIN)]),
        "stored too late": (1, [made(), stored(D + 6 * MIN)]),
        "never stored": (1, [made()]),
        "made by hand": (0, [made(grant="")]),
        "removed before it was stored": (0, [made(), removed(D + MIN)]),
        "removed and forgotten": (0, [made(), stored(D + S), removed(2 * D), forgotten(2 * D + S)]),
        "detached and forgotten": (0, [made(), stored(D + S), removed(2 * D, "detached"), forgotten(2 * D + S)]),
        "forgotten, but there": (1, [made(), stored(D + S), forgotten(2 * D)]),
        "two made, one known": (1, [made(), made(resource="cloud/r:2"), stored(D + S)]),
    },
    "one_live_credential": {
        "never rotated": (0, [made(), stored(D + S)]),
        "replaced and stored": (0, [rotated(D), dead(D), stored(D + S, f"{SK}#2")]),
        "the old one lives": (1, [rotated(D), stored(D + S, f"{SK}#2")]),
        "the old one was dead before": (0, [rotated(D, ""), stored(D + S, f"{SK}#2")]),
        "never stored": (1, [rotated(D), dead(D)]),
        "stored elsewhere": (1, [rotated(D), dead(D), stored(D + S, f"{SK}#2", "second")]),
        "an older one comes back": (
            1,
            [rotated(D), dead(D), stored(D + S, f"{SK}#2"), stored(D + MIN, SK)],
        ),
        "an older one comes first": (0, [rotated(D), dead(D), stored(D + S, SK), stored(D + MIN, f"{SK}#2")]),
        "two rotations, the first of them stored last": (
            1,
            [
                rotated(D), dead(D), rotated(D + S, f"{SK}#2", f"{SK}#3", 3), dead(D + S, f"{SK}#2"),
                stored(D + 2 * S, f"{SK}#3"), stored(D + 3 * S, f"{SK}#2"),
            ],
        ),
        "removed before it was stored": (0, [rotated(D), dead(D), removed(D + S)]),
        "within the overlap": (
            0, [rotated(D), stored(D + S, f"{SK}#2"), dead(D + 2 * H)],
        ),
        "beyond the overlap": (1, [rotated(D), stored(D + S, f"{SK}#2"), dead(D + 4 * H)]),
    },
    "owner_can_exit": {
        "let in": (0, [MINE, knocked(2 * D), tried(3 * D, outcome="complete")]),
        "not let in": (1, [MINE, knocked(2 * D), tried(3 * D)]),
        "a second factor of a stranger's": (
            1, [MINE, knocked(2 * D), tried(3 * D, outcome="second_factor_required")],
        ),
        "adopting": (1, [MINE, knocked(2 * D), tried(3 * D, "adopt")]),
        "nothing there": (0, [knocked(D), tried(2 * D)]),
        "not there when the mail was asked for": (0, [knocked(D), MINE, tried(3 * D)]),
        "closed meanwhile": (0, [MINE, knocked(2 * D), ("cloud", 2 * D, closed(A)), tried(3 * D)]),
        "the mailbox is somebody else's": (0, [MINE, MOVED, knocked(3 * D), tried(4 * D)]),
        "the address was changed by a thief": (1, [MINE, *CHANGED, knocked(3 * D), tried(4 * D)]),
        "under an address that it does not bear": (0, [MINE, knocked(2 * D, address="new1@x.org"), tried(3 * D)]),
        "under another address, which it bears": (1, [MINE, knocked(2 * D, address="alice@x.org"), tried(3 * D)]),
        "another way in": (0, [MINE, knocked(2 * D), tried(3 * D, "log_in")]),
        "an attacker": (0, [THEIRS, knocked(2 * D, "mallory"), tried(3 * D, person="mallory")]),
    },
    "management_needs_two_factors": {
        "both": (0, [let_in()]),
        "no signature": (1, [let_in(signature=False)]),
        "no bearer": (1, [let_in(bearer=False)]),
        "neither": (1, [let_in(False, False)]),
    },
    "security_event_is_delivered": {
        "heard at the second attempt": (0, [sent(D), heard(D + MIN)]),
        "heard too late": (1, [sent(D), heard(D + 16 * MIN)]),
        "never heard": (1, [sent(D)]),
        "another was heard": (1, [sent(D), heard(D + S, "x")]),
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases])
def test_verdicts(name: str, case: str) -> None:
    count, rows = CASES[name][case]
    cloud = config()
    if "overlap" in case:
        cloud = SimpleNamespace(**vars(cloud), rotation="overlap", rotation_overlap=Constant(3 * H))
    judge = Judge(properties.load(name)(name), blocks=world(cloud=cloud)).run(rows, 400 * D)
    assert len(judge.violations) == count, judge.violations


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_kept_of_what_is_over(name: str) -> None:
    case = next(iter(CASES[name]))
    judge = Judge(properties.load(name)(name)).run(CASES[name][case][1])
    assert judge.left() == {}


def test_an_account_of_somebody_elses_is_nobodys_way_out() -> None:
    rows: list[Row] = [
        ("bob", D, created("cloud/b", "bob@x.org")), ("bob", D, token("cloud/b", "at:b")), knocked(2 * D), tried(3 * D),
    ]  # fmt: skip
    assert Judge(properties.load("owner_can_exit")("owner_can_exit")).run(rows).violations == []


# --- broken parties ---------------------------------------------------------------------------------------------------

STORY = """
title: t
until: 20 d
people: {alice: {}}
orchestrators: {hub: {attests_by: hmac_email, security_events: {sends: yes}}}
providers: {cloud: {like: M6}}
story:
  - {at: 1 d, who: alice, add: cloud/free}
  - {at: 3 d, who: alice, rotate: cloud/free}
  - {at: 5 d, who: alice, reset_password: cloud}
  - {at: 9 d, who: alice, remove: cloud/free}
  - {at: 10 d, who: alice, revoke: hub}
"""
STOLEN = STORY.replace("people: {alice: {}}", "people: {alice: {}, mallory: {adversary: true}}") + (
    "  - {at: 2 d, who: mallory, steal: tokens, of: hub}\n  - {at: 50 h, who: mallory, as: alice, rotate: cloud/free}\n"
)


def violations(name: str, text: str = STORY) -> int:
    return len(run_once(load_text(text), record=False).violations.get(name, ()))


def nothing(*_: Any, **__: Any) -> None:
    """A party that forgets to do something."""


def keeps_removed(self: Any, turn: Any, message: Any, grant: str, thing: Any) -> None:
    """Says that it removed something, and does nothing."""


def known_password_only(original: Callable[..., None]) -> Callable[..., None]:
    def recover(self: Any, turn: Any, sender: str, message: Any) -> None:
        """Mails a link to those alone who have set a password before."""
        accounts = self.bearing(message.email)
        if accounts and self.door(accounts[0]).password:
            original(self, turn, sender, message)
        else:
            turn.send(sender, pages.Done(message.id))

    return recover


@pytest.mark.parametrize("name", CASES)
def test_sound_parties_keep_it(name: str) -> None:
    assert violations(name) == 0
    assert violations(name, STOLEN) == 0


def test_an_orchestrator_that_records_nothing_leaves_orphans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Signals, "record", nothing)
    assert violations("no_orphan_resource") == 1


def test_a_provider_that_only_says_it_removed_something_keeps_an_orphan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources.Resources, "_remove", keeps_removed)
    assert violations("no_orphan_resource") == 1


def test_a_rotation_that_forgets_the_old_credential_leaves_two(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = adoption.Adoption.end_secret

    def end(self: Any, turn: Any, account: str, secret: str, reason: str) -> None:
        if reason != "rotated":
            whole(self, turn, account, secret, reason)

    monkeypatch.setattr(adoption.Adoption, "end_secret", end)
    assert violations("one_live_credential") == 1


def test_an_orchestrator_that_keeps_the_old_credential_has_a_dead_one(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Signals.record

    def record(self: Any, turn: Any, work: Any, message: Any, last: str = "") -> None:
        if message.generation == 1:
            whole(self, turn, work, message, last)

    monkeypatch.setattr(Signals, "record", record)
    assert violations("one_live_credential") == 1


def test_a_provider_that_mails_only_those_with_a_password_locks_owners_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages.Pages, "recover", known_password_only(pages.Pages.recover))
    assert violations("owner_can_exit") == 1


def test_a_provider_that_does_not_look_at_signatures_lets_a_thief_manage(monkeypatch: pytest.MonkeyPatch) -> None:
    source = making.Making.authorised

    def authorised(self: Any, turn: Any, sender: str, message: Any, call: str) -> str:
        grant, row = self.bearer(message.access_token, message.pop)
        if message.client_key or row is None:
            return source(self, turn, sender, message, call)
        turn.note(f.ManagementAccepted(self.name, row.issuer, call, grant, row.works, False, message.id))
        return str(grant)

    monkeypatch.setattr(making.Making, "authorised", authorised)
    assert violations("management_needs_two_factors", STOLEN) == 1


def test_a_provider_that_hears_no_events_misses_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events.Events, "security_event", nothing)
    assert violations("security_event_is_delivered") == 1
