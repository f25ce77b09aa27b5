"""Under which address one is known where: what a person remembers of changes of address.

Whoever has changed the address of an account, or of a login, goes by the new one there and nowhere else. An
orchestrator attests the address of its login, whatever the account at a provider bears by now: if an ``add`` makes
another account then, that is the protocol's doing and no forgetting.
"""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from sim.messages import Done, Error
from sim.parties.people.records import Books, Task
from sim.party import Command, Message, Turn
from sim.tables import Table


class Known(msgspec.Struct, frozen=True, gc=False):
    """The address by which a person is known at a party.

    ``to`` is another that was asked for and not seen confirmed (empty: none), ``request`` whose answer would tell.
    """

    address: str
    to: str = ""
    request: str = ""


class Addresses(Books):
    """The part that remembers addresses; ``remembers`` says whether people of the story change any."""

    TABLES: ClassVar[tuple[str, ...]] = (*Books.TABLES, "known")

    remembers = False

    known: Table
    """``person party`` → ``Known``, of people acting as themselves; no row: by the address one has always had."""

    # --- which one to use -----------------------------------------------------------------------------------------

    def task(self, turn: Turn, command: Command, party: str, via: str = "") -> Task:
        """The task that ``command`` gives, under the address that whoever acts as itself goes by at ``party``."""
        return self._readdressed(super().task(turn, command, party, via))

    def up_to_date(self, task: Task) -> Task:
        """The task under the address that is known by now.

        Who takes possession of an account keeps to the address that it was found under.
        """
        return task if task.verb == "adopt" else self._readdressed(task)

    def _readdressed(self, task: Task) -> Task:
        """At a provider where one is new, one is known by the address of the login at the orchestrator in between."""
        if not self.remembers or task.alias != task.person:
            return task
        return replace(task, email=self._address(task.person, task.party, task.via) or task.email)

    def login_address(self, task: Task) -> str:
        """The address under which the task's person signs in, or registers, at the orchestrator ``task.via``."""
        if not self.remembers or task.alias != task.person:
            return task.email
        return self._address(task.person, task.via) or str(self.config.address(task.person))

    def _address(self, person: str, *parties: str) -> str:
        """The address known at the first of ``parties`` that knows one; empty if none does."""
        rows = (self.known.get(f"{person} {party}") for party in parties if party)
        return next((str(row.address) for row in rows if row is not None), "")

    # --- what there is to remember ----------------------------------------------------------------------------------

    def introduced(self, task: Task, address: str) -> None:
        """The person has an account at the task's provider; the address it bore at first stays its own."""
        key = f"{task.person} {task.party}"
        if self.remembers and task.alias == task.person and key not in self.known:
            self.known[key] = Known(address)

    def moves(self, task: Task, party: str, request: str) -> None:
        """The person asks ``party``, by ``request``, for the address in ``task.things``."""
        if self.remembers and task.alias == task.person:
            address = self._address(task.person, party) or str(self.config.address(task.person))
            self.known[f"{task.person} {party}"] = Known(address, task.things[0], request)

    def confirms(self, turn: Turn, party: str, request: str, click: str) -> None:
        """The link mailed for ``request`` is opened by ``click``: from now on the answer to that tells."""
        key = f"{turn.me} {party}"
        row: Known | None = self.known.get(key) if self.remembers else None
        if row is not None and row.to and row.request == request:
            self.known[key] = replace(row, request=click)

    def answered(self, turn: Turn, sender: str, message: Message) -> None:
        """Somebody answers: a change of address may have come about, or to nothing."""
        if self.remembers and isinstance(message, Done | Error):
            self._heed(f"{turn.me} {sender}", message)
        super().answered(turn, sender, message)

    def _heed(self, key: str, message: Any) -> None:
        row: Known | None = self.known.get(key)
        if row is None or not row.to or row.request != message.id:
            return
        if isinstance(message, Error):
            self.known[key] = Known(row.address)
        elif message.status != "pending":
            self.known[key] = Known(row.to)

    def other_address(self, task: Task) -> bool:
        """Whether one may be known at the provider by another address than the task's after all: then, by that.

        A change whose confirmation was not answered may have come about; who gets no mail under the one address asks
        under the other.
        """
        key = f"{task.person} {task.party}"
        row: Known | None = self.known.get(key) if self.remembers and task.alias == task.person else None
        if row is None or not row.to or task.email != row.address or task.verb == "adopt":
            return False
        self.known[key] = Known(row.to, row.address)
        return True
