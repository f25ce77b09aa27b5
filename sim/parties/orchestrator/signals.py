"""Security events: telling providers what happened to a customer, with attempts that may be lost."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from msgspec.structs import replace

from sim.facts import SecurityEventDropped, SecurityEventSent
from sim.messages import Done, SecurityEvent
from sim.parties.orchestrator.owning import Owning
from sim.parties.orchestrator.records import attempt, request_of
from sim.party import Turn
from sim.tables import Table


class Signal(msgspec.Struct, frozen=True, gc=False):
    """A security event on its way to a provider, after ``tries`` attempts."""

    provider: str
    event: str
    subject: str
    tries: int = 0


class Signals(Owning):
    """The part that tells providers of security events."""

    TABLES: ClassVar[tuple[str, ...]] = (*Owning.TABLES, "signals")

    signals: Table
    """Wire request → ``Signal``."""

    def withdraw(self, turn: Turn, cause: str, login: str, provider: str = "") -> None:
        """Withdraw grants, and tell each provider concerned that the customer's session is over."""
        names = (provider,) if provider else self.providers()
        concerned = [name for name in names if self.connection(login, name).access]
        super().withdraw(turn, cause, login, provider)
        for name in concerned:
            self._tell(turn, f"{cause}+{name}+event", name, "session-revoked", self.subject_of(login))

    def identity_changed(self, turn: Turn, cause: str, login: str, subject: str) -> None:
        """A login has another address: whoever knows it by its subject is told."""
        for name in self.providers():
            if self.connection(login, name).access:
                self._tell(turn, f"{cause}+{name}+event", name, "identifier-changed", subject)

    def _tell(self, turn: Turn, request: str, provider: str, event: str, subject: str) -> None:
        if not self.config.security_events.sends:
            return
        self.signals[request] = Signal(provider, event, subject)
        turn.note(SecurityEventSent(self.name, provider, event, subject, request))
        turn.wake(f"signal {request}", self.config.security_events.delay)

    def signal(self, turn: Turn, what: str) -> None:
        """Another attempt, unless it was acknowledged; after the last one it is a dead letter."""
        row: Signal | None = self.signals.get(what)
        if row is None:
            return
        settings = self.config.security_events
        if row.tries > settings.retries:
            del self.signals[what]
            turn.note(SecurityEventDropped(self.name, row.provider, row.event, row.subject, what))
            return
        tries = row.tries + 1
        id_ = attempt(what, tries)
        if not (settings.loss and turn.decide(f"event_loss {id_}", settings.loss)):
            key = self.signer(row.provider)
            turn.send(row.provider, SecurityEvent(id_, self.name, key, row.event, row.subject))
        self.signals[what] = replace(row, tries=tries)
        turn.wake(f"signal {what}", self.config.timeout)

    def done(self, turn: Turn, sender: str, message: Done) -> None:
        """An acknowledgement."""
        request = request_of(message.id)
        row: Signal | None = self.signals.get(request)
        if row is not None and row.provider == sender:
            del self.signals[request]
            turn.cancel(f"signal {request}")
        else:
            super().done(turn, sender, message)
