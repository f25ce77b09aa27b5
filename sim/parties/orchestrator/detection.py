"""Detection: noticing a theft some time after it, or a session that asks for more than is usual; and what follows."""

from __future__ import annotations

from sim.facts import Detected
from sim.parties.orchestrator.keys import Signing
from sim.parties.orchestrator.logins import Logins
from sim.parties.orchestrator.records import Push, policy
from sim.parties.orchestrator.vault import Vault
from sim.party import Turn


class Detection(Vault, Logins, Signing):
    """The part that notices abuse."""

    def stolen(self, turn: Turn, what: str) -> None:
        """Something of the orchestrator's was stolen: it will be noticed after a while, or never.

        ``what`` is ``signing_key``, ``shared_secret``, ``tokens``, or ``session`` with the person or session behind a
        space. Each theft is noticed by itself: a later one of the same does not put the earlier one off.
        """
        number = self.own[f"thefts {what}"] = self.own.get(f"thefts {what}", 0) + 1
        turn.wake(f"detect {what}" if number == 1 else f"detect {what} ({number})", self.config.detection.after)

    def detect(self, turn: Turn, what: str) -> None:
        """The theft is noticed: from here on the orchestrator acts for itself."""
        turn.act()
        kind, _, whose = what.partition(" (")[0].partition(" ")
        sessions = (whose,) if whose in self.sessions else self.sessions_of(whose) if whose else ()
        self._alarm(turn, kind, sessions)

    def counted(self, turn: Turn, session: str, intent: str) -> None:
        """One more request of a session; too many within the time looked back are noticed at once."""
        limit = self.config.detection.more_than
        count = self.rates[session] = self.rates.get(session, 0) + 1
        turn.wake(f"uncount {session} {intent}", limit.per)
        if count == limit.count + 1:
            turn.suspend(self.thread(intent))
            turn.act()
            self._alarm(turn, "too_many", (session,))
            turn.resume(self.thread(intent))

    def uncount(self, turn: Turn, what: str) -> None:
        """A request lies so far back that it does not count any more."""
        session = what.partition(" ")[0]
        left = self.rates.get(session, 0) - 1
        if left > 0:
            self.rates[session] = left
        else:
            self.rates.pop(session, None)

    def _alarm(self, turn: Turn, what: str, sessions: tuple[str, ...]) -> None:
        """Record it, tell the providers while the old keys still prove who speaks, and react."""
        then: tuple[str, ...] = tuple(self.config.detection.then)
        turn.note(Detected(self.name, what, then))
        number = self.own["alarms"] = self.own.get("alarms", 0) + 1
        cause = f"alarm.{self.name}.{number}"
        for provider in self.providers():
            request = f"{cause}+{provider}"
            self.pushes[request] = Push(provider, "", ())
            self.push(turn, request)
        hand = _Hand(self, turn, cause)
        for answer in then:
            policy("detection", answer).react(what, sessions, hand)


class _Hand:
    """What the orchestrator does about one alarm."""

    def __init__(self, desk: Detection, turn: Turn, cause: str) -> None:
        self._desk, self._turn, self._cause = desk, turn, cause

    def renew_keys(self) -> None:
        """See ``policies.detection.Hand``."""
        self._desk.renew_key(self._turn)

    def end_sessions(self, sessions: tuple[str, ...]) -> None:
        """See ``policies.detection.Hand``."""
        desk = self._desk
        for session in sessions:
            login: str = desk.sessions.pop(session, "")
            if login:
                desk.withdraw(self._turn, f"{self._cause}.{login}", login)

    def revoke_all(self) -> None:
        """See ``policies.detection.Hand``."""
        desk = self._desk
        for (login, provider), row in desk.connections.ordered():
            if row.access:
                desk.withdraw(self._turn, f"{self._cause}.{login}", login, provider)

    def pause(self) -> None:
        """See ``policies.detection.Hand``."""
        self._desk.own["paused"] = True
