"""A turn that only writes down what a party does with it: parties are tested alone, without an engine.

>>> from sim.party import Party
>>> turn = RecordingTurn("alice")
>>> turn.decide("notices m1", 0.3), turn.asked
(False, {'notices m1': 0.3})
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from sim.clock import Duration
from sim.party import Command, Fact, Message, Party
from sim.tables import Table

M = TypeVar("M", bound=Message)
F = TypeVar("F", bound=Fact)


def with_tables(party: Party) -> Party:
    """``party`` with empty tables, as an engine would give it; one that has tables already loses them."""
    for name in party.TABLES:
        setattr(party, name, Table())
    return party


class RecordingTurn:
    """Implements ``Turn`` with plain lists and dictionaries, and drives a party (``hear``, ``ring``, ``do`` …).

    ``now`` is the local clock; nothing moves it but the test. ``decide`` says what ``decisions`` holds for the whole
    question or for its first word, and otherwise yes only to a share of 1. ``traits`` holds per-member values, by field
    or by (member, field). ``behind`` is the person behind whatever happens now: the sender of what is heard, until the
    party acts or resumes.
    """

    def __init__(self, me: str = "me", *, now: int = 10**12, traits: Mapping[Any, Any] | None = None) -> None:
        self.me = me
        self.now = now
        self.behind = ""
        self.sent: list[tuple[str, Message]] = []
        self.facts: list[Fact] = []
        self.backers: list[str] = []
        """The person behind each of ``facts``, in the same order."""
        self.pending: dict[str, int | Duration] = {}
        """Wakes that are set and not cancelled: after how long, by key (``me`` and key, see ``wake``)."""
        self.cancelled: list[str] = []
        self.suspended: dict[str, str] = {}
        self.asked: dict[str, float] = {}
        self.decisions: dict[str, bool] = {}
        self.traits: dict[Any, Any] = dict(traits or {})

    # --- Turn -----------------------------------------------------------------------------------------------------

    def send(self, to: str, message: Message) -> None:
        self.sent.append((to, message))

    def wake(self, key: str, after: int | Duration) -> None:
        self.pending[key] = after

    def cancel(self, key: str) -> None:
        self.cancelled.append(key)
        self.pending.pop(key, None)

    def note(self, fact: Fact) -> None:
        self.facts.append(fact)
        self.backers.append(self.behind)

    def decide(self, what: str, share: float) -> bool:
        self.asked[what] = share
        for key in (what, what.partition(" ")[0]):
            if key in self.decisions:
                return self.decisions[key]
        return share >= 1.0

    def stamp(self) -> int:
        return self.now

    def age_within(self, stamp: int, least: int, most: int) -> bool:
        return least <= self.now - stamp <= most

    def act(self) -> None:
        self.behind = self.me.partition("/")[0]

    def suspend(self, key: str) -> None:
        self.suspended[key] = self.behind

    def resume(self, key: str) -> None:
        self.behind = self.suspended[key]

    def trait(self, field: str) -> Any:
        return self.traits[self.me, field] if (self.me, field) in self.traits else self.traits[field]

    # --- driving a party ------------------------------------------------------------------------------------------

    def hear(self, party: Party, sender: str, message: Message, behind: str | None = None) -> list[Message]:
        """Let ``party`` hear ``message``; what it sent in this reaction, without the receivers."""
        return self._react(
            sender if behind is None else behind, lambda: party.hears[type(message)](self, sender, message)
        )

    def ring(self, party: Party, key: str, behind: str = "") -> list[Message]:
        """Let the wake ``key``, which must be set, come due; what the party sent."""
        del self.pending[key]
        kind, _, what = key.partition(" ")
        return self._react(behind, lambda: party.wakes[kind](self, what))

    def do(self, party: Party, command: Command) -> list[Message]:
        """Give ``party`` a command; what it sent."""
        return self._react("", lambda: party.does[command.verb](self, command))

    def begin(self, party: Party) -> list[Message]:
        """Start ``party``; what it sent."""
        return self._react("", lambda: party.start(self))

    def _react(self, behind: str, reaction: Any) -> list[Message]:
        self.behind = behind
        before = len(self.sent)
        reaction()
        return [message for _, message in self.sent[before:]]

    # --- reading the record ---------------------------------------------------------------------------------------

    def all_sent(self, kind: type[M], to: str | None = None) -> list[M]:
        """Messages of ``kind`` that were sent (to ``to``), in order."""
        return [said for receiver, said in self.sent if isinstance(said, kind) and to in (None, receiver)]

    def noted(self, kind: type[F]) -> list[F]:
        """Facts of ``kind`` that were noted, in order."""
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def behind_of(self, kind: type[Fact]) -> list[str]:
        """Who was behind each fact of ``kind``."""
        return [backer for fact, backer in zip(self.facts, self.backers, strict=True) if isinstance(fact, kind)]

    def clear(self) -> None:
        """Forget messages and facts seen so far; wakes and suspended requests stay."""
        self.sent.clear()
        self.facts.clear()
        self.backers.clear()
