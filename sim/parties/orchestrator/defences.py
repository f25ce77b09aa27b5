"""Defences of a session: how often it may add, not at once when it is new, and credentials again for what matters.

A request that needs a second look is put aside, and whoever gave it is told (``STEP_UP_REQUIRED``). The question goes
where the request came from, as on a terminal: who holds a session that is not theirs is asked, and does not know the
answer. The right answer is the login's own password and, where one is enrolled, its second factor. Codes are assumed.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from msgspec.structs import replace

from sim.claims import domain, root
from sim.facts import Answered, StepUpAsked, StepUpFailed, StepUpPassed
from sim.messages import Added, Done, Error, StepUp
from sim.parties._limiter import RATE_LIMITED, Limiter
from sim.parties.orchestrator.paying import Paying
from sim.parties.orchestrator.records import Login, Work, login_key
from sim.party import Turn
from sim.tables import Table

#: Codes: a session is too new; credentials are wanted again.
COOLING_OFF, STEP_UP = "cooling_off", "STEP_UP_REQUIRED"
WRONG = "invalid_credentials"


class Defences(Paying, Limiter):
    """The part that does not take a session's word for everything."""

    TABLES: ClassVar[tuple[str, ...]] = (*Paying.TABLES, *Limiter.TABLES, "cooling")

    cooling: Table
    """Session → True, while it is too new to add anything."""

    # --- at the door ------------------------------------------------------------------------------------------------

    def hindrance(self, turn: Turn, intent: str, session: str, work: Work) -> str:
        """Why a session may not add anything now; empty if it may."""
        if self.config.cooling_off.most and session in self.cooling:
            return COOLING_OFF
        if self.config.limits:
            login: Login = self.logins[work.login]
            keys: Mapping[str, str] = {
                "issuer": self.name,
                "caller": work.asker,
                "person": work.login,
                "domain": domain(login.email),
                "address_root": root(login.email),
            }
            if not self.admits(turn, "", keys, work.login, intent):
                return RATE_LIMITED
        return ""

    def opened(self, turn: Turn, session: str) -> None:
        """A session was opened: it cools off first."""
        if self.config.cooling_off.most:
            self.cooling[session] = True
            turn.wake(f"cooled {session}", self.config.cooling_off)

    def cooled(self, turn: Turn, what: str) -> None:
        """A session is new no more."""
        self.cooling.pop(what, None)

    # --- a second look ----------------------------------------------------------------------------------------------

    def steps_up(self, turn: Turn, intent: str, work: Work) -> bool:
        """Whether credentials are wanted again before a request goes on, and have been asked for."""
        when = self.config.step_up
        if work.stepped or when == "never":
            return False
        first = self.connection(work.login, work.provider).state == "none"
        if not (first if when == "first_provider" else work.price or work.amount):
            return False
        turn.cancel(f"timeout {intent}")
        self.work[intent] = replace(work, stage="step_up")
        turn.note(StepUpAsked(self.name, work.login, work.provider, intent))
        turn.note(Answered(intent, self.name, work.provider, "pending", STEP_UP))
        turn.send(work.asker, Added(intent, "pending", STEP_UP))
        turn.suspend(self.thread(intent))
        return True

    def step_up(self, turn: Turn, sender: str, message: StepUp) -> None:
        """Credentials, for a request that waits for them; wrong ones end it."""
        work: Work | None = self.work.get(message.request)
        if work is None or work.stage != "step_up":
            turn.send(sender, Error(message.id, "invalid_state"))
            return
        intent, row = message.request, self.logins[work.login]
        right = self.proves(message, work.login, row)
        turn.send(sender, Done(message.id) if right else Error(message.id, WRONG))
        turn.resume(self.thread(intent))
        if right:
            turn.note(StepUpPassed(self.name, work.login, intent))
            self.go_on(turn, intent, replace(work, stepped=True))
        else:
            turn.note(StepUpFailed(self.name, work.login, intent))
            self.failed(turn, intent, work, STEP_UP)

    def proves(self, message: StepUp, login: str, row: Login) -> bool:
        """Whether what was shown is the login's password, and its second factor where there is one."""
        return login_key(self.name, message.password) == login and message.factor == row.factor

    @abstractmethod
    def go_on(self, turn: Turn, intent: str, work: Work) -> None:
        """Go on with a request that was put aside: the business of the part that adds."""
