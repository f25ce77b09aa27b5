"""Mailboxes: mail goes to whoever controls the address when it arrives.

One object is all mailboxes. Who controls an address at the start is the roster's to say; a mailbox may change hands,
and a thief may read along: the thief gets a copy, and gets it first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sim.messages import Mail
from sim.party import Message, Party, Turn
from sim.tables import Table


class Mailbox(Party):
    """All mailboxes of a story. ``config`` is its roster."""

    TABLES: ClassVar[tuple[str, ...]] = ("boxes", "taps")
    HEARS: ClassVar[Mapping[type[Message], str]] = {Mail: "deliver"}

    boxes: Table
    """Address, or domain behind an ``@`` → who controls it, where that has changed (empty: nobody)."""
    taps: Table
    """Address → thieves who read along."""

    def deliver(self, turn: Turn, sender: str, message: Mail) -> None:
        """Hand a mail to its readers; where there are none it stays unread."""
        readers: tuple[str, ...] = self.taps.get(message.address, ())
        holder = self.holder(message.address)
        for reader in (*readers, *((holder,) if holder and holder not in readers else ())):
            turn.send(reader, message)

    def holder(self, address: str) -> str:
        """Who controls ``address`` now; empty if nobody does."""
        moved: str | None = self.boxes.get(address)
        if moved is None and "@" in self.boxes:
            moved = self.boxes.get(f"@{address.rpartition('@')[2]}")
        return str(self.config.controller(address)) if moved is None else moved

    def move(self, address: str, to: str) -> None:
        """``address`` belongs to ``to`` from now on, and whoever read along is locked out."""
        self.boxes[address] = to
        self.taps.pop(address, None)

    def move_domain(self, domain: str, to: str) -> None:
        """Every address of ``domain`` belongs to ``to`` from now on, and whoever read along is locked out."""
        end = f"@{domain}"
        for table in (self.boxes, self.taps):
            for address, _ in table.ordered():
                if address.endswith(end):
                    del table[address]
        self.boxes["@"] = domain
        self.boxes[end] = to

    def tap(self, address: str, thief: str) -> None:
        """``thief`` reads the mail to ``address`` from now on."""
        readers: tuple[str, ...] = self.taps.get(address, ())
        if thief not in readers:
            self.taps[address] = (*readers, thief)
