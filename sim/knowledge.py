"""What a sender could have known or built.

Symbolic secrets are *atoms*. A message field that *proves* needs a sender who holds the atom; a field that *reveals*
gives it to the receiver. An atom that nobody has seen is made by its first sender; a party controlled by the
attacker may only make atoms of its own (its passwords, and what a party it controls would issue). All controlled
parties share what they know.

In a story every sender is checked, which finds our own mistakes too. In a large population only controlled ones are.
What honest parties know is not part of a state's identity; what the adversary knows is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from sim.claims import Attestation
from sim.party import Message
from sim.tables import Table

ADVERSARY = "*adversary*"


class Underivable(Exception):
    """A party sent what it could neither have learnt nor built: a mistake in a party or an attack."""


class Knowledge:
    """Who holds which atom: ``holders[atom]`` is a tuple of names, all controlled parties under one name."""

    TABLES: ClassVar[tuple[str, ...]] = ("holders",)
    holders: Table

    def __init__(self, controlled: frozenset[str], person: Callable[[str], str], *, everyone: bool) -> None:
        self.controlled = controlled
        self.everyone = everyone
        self._person = person
        self.watching = everyone or bool(controlled)

    def who(self, name: str) -> str:
        """The name under which ``name`` holds atoms."""
        return ADVERSARY if name in self.controlled or self._person(name) in self.controlled else name

    def check(self, sender: str, message: Message) -> None:
        """Refuse a message whose sender cannot have it (``Underivable``)."""
        controlled = sender in self.controlled or ("/" in sender and self._person(sender) in self.controlled)
        if not controlled and not self.everyone:
            return
        who = ADVERSARY if controlled else sender
        kind = type(message)
        for field in kind.PROVES:
            self._must_hold(who, sender, getattr(message, field), message)
        for field in kind.REVEALS:
            self._must_hold(who, sender, getattr(message, field), message)

    def _must_hold(self, who: str, sender: str, value: object, message: Message) -> None:
        if not value:
            return
        if type(value) is Attestation:
            atom = value.atom
            if who in self.holders.get(atom, ()):
                return
            self._must_hold(who, sender, value.signer, message)
            self._add(atom, who)
            return
        assert isinstance(value, str)
        holders = self.holders.get(value)
        if holders is None:
            if who == ADVERSARY and not self._own(value):
                raise Underivable(f"{sender} cannot make {value!r} up ({message})")
            self.holders[value] = (who,)
        elif who not in holders:
            raise Underivable(f"{sender} does not hold {value!r} ({message})")

    def _own(self, atom: str) -> bool:
        """Whether the attacker may make ``atom`` itself: passwords of its own, and what its parties would issue."""
        # a token is named after its grant: at:g:<provider>:<request>:<number>
        kind, party, person = (*atom.removeprefix("at:").removeprefix("rt:").split(":", 3), "", "")[:3]
        if kind in ("pw", "2fa", "card"):
            return self.who(person) == ADVERSARY
        return kind == "id" or party in self.controlled

    def learn(self, receiver: str, message: Message) -> None:
        """What ``receiver`` learns by a message."""
        controlled = receiver in self.controlled or ("/" in receiver and self._person(receiver) in self.controlled)
        if not controlled and not self.everyone:
            return
        who = ADVERSARY if controlled else receiver
        for field in type(message).REVEALS:
            value = getattr(message, field)
            if value:
                self._add(value.atom if type(value) is Attestation else value, who)

    def observe(self, message: Message) -> None:
        """What the attacker learns by reading a message on its way."""
        kind = type(message)
        for field in dict.fromkeys((*kind.REVEALS, *kind.PROVES)):
            value = getattr(message, field)
            if value and (field in kind.REVEALS or field not in kind.SIGNED):
                self._add(value.atom if type(value) is Attestation else value, ADVERSARY)

    def give(self, name: str, atoms: tuple[str, ...]) -> None:
        """``name`` holds ``atoms`` from now on (at the start, or by theft)."""
        who = self.who(name)
        for atom in atoms:
            self._add(atom, who)

    def holds(self, name: str, atom: str) -> bool:
        """Whether ``name`` holds ``atom``."""
        return self.who(name) in self.holders.get(atom, ())

    def _add(self, atom: str, who: str) -> None:
        holders = self.holders.get(atom)
        if holders is None:
            self.holders[atom] = (who,)
        elif who not in holders:
            self.holders[atom] = tuple(sorted((*holders, who)))
