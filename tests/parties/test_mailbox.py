from __future__ import annotations

from sim.messages import Mail
from sim.parties.mailbox import Mailbox
from tests.parties.people_town import Town
from tests.parties.recording import RecordingTurn, with_tables

ADDRESS = "alice@example.org"
MAIL = Mail("s.alice.1", ADDRESS, "reset", "cloud", "s.alice.1", "l:x")


def mailbox() -> tuple[Mailbox, RecordingTurn]:
    party = Mailbox("mailbox", Town().roster)
    with_tables(party)
    return party, RecordingTurn(ADDRESS)


def readers(party: Mailbox, turn: RecordingTurn, mail: Mail = MAIL) -> list[str]:
    turn.clear()
    turn.hear(party, "cloud", mail)
    assert all(message == mail for _, message in turn.sent)
    return [to for to, _ in turn.sent]


def test_mail_goes_to_whoever_holds_the_address() -> None:
    assert readers(*mailbox()) == ["alice"]


def test_mail_to_an_address_that_nobody_holds_stays_unread() -> None:
    mail = Mail("s.alice.1", "nobody@elsewhere.example", "reset", "cloud", "s.alice.1")
    assert readers(*mailbox(), mail) == []


def test_a_mailbox_that_moved_is_read_by_its_new_holder_only() -> None:
    party, turn = mailbox()
    party.move(ADDRESS, "bob")
    assert readers(party, turn) == ["bob"]
    assert party.holder(ADDRESS) == "bob"
    party.move(ADDRESS, "")
    assert readers(party, turn) == []


def test_a_thief_reads_along_and_reads_first() -> None:
    party, turn = mailbox()
    party.tap(ADDRESS, "mallory")
    party.tap(ADDRESS, "mallory")
    assert readers(party, turn) == ["mallory", "alice"]


def test_moving_a_mailbox_locks_the_thief_out() -> None:
    party, turn = mailbox()
    party.tap(ADDRESS, "mallory")
    party.move(ADDRESS, "bob")
    assert readers(party, turn) == ["bob"]


def test_who_reads_along_and_then_owns_the_mailbox_gets_one_copy() -> None:
    party, turn = mailbox()
    party.move(ADDRESS, "mallory")
    party.tap(ADDRESS, "mallory")
    assert readers(party, turn) == ["mallory"]


def test_the_mailbox_does_nothing_of_its_own_accord() -> None:
    party, turn = mailbox()
    turn.hear(party, "cloud", MAIL, behind="alice")
    assert turn.behind == "alice"
