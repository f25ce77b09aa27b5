"""Adding a service: through an agent and an orchestrator, with terms and consent, or by hand as before the protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec.structs import replace

from sim.messages import AcceptTerms, Approve, Done, Error, Instruct, Lure, Report, TermsAsked
from sim.parties.people.commands import NO_SESSION
from sim.parties.people.records import MAIL_PATIENCE, Task, named, said, said_in
from sim.parties.people.using import Using
from sim.party import Command, Message, Turn

#: How a consent page ends that sends a signed-in owner on without a click ([PHACC] against [PHG]).
AUTO = "!auto"
NO_PROVISIONING = "agent_provisioning_unavailable"
#: What is told while a resource is being made: nobody but the provider can do anything about it.
PROVISIONING = "PROVISIONING"


class Adding(Using):
    """The verb ``add``, from the instruction to the report."""

    STEPS: ClassVar[Mapping[str, str]] = {
        "begin": "begin",
        "instruct": "instruct",
        "accept": "accept",
        "open_page": "open_page",
        "approve": "approve",
    }
    ANSWERS: ClassVar[Mapping[tuple[type[Message], str], str]] = {
        (Report, "adding"): "add_reported",
        (Report, "approve"): "add_reported",
        (Report, "mail"): "add_reported",
        (Report, "click"): "add_reported",
        (Error, "adding"): "add_failed",
        (Done, "approve"): "approved",
        (Error, "approve"): "approve_failed",
    }

    # --- asking for it --------------------------------------------------------------------------------------------

    def add(self, turn: Turn, command: Command) -> None:
        """Add a service."""
        turn.act()
        via = command.via or self.orchestrator(turn)
        task = self.task(turn, command, command.object, via)
        things = said_in(command)
        self.begin(turn, command.id, replace(task, things=things) if things else task)

    def begin(self, turn: Turn, intent: str, task: Task) -> None:
        """Find the way: by hand, with a stolen session, with a stolen key, or with a session of one's own."""
        task = replace(task, then="instruct", service=task.service or "free")
        if len(self.closed) and f"{task.person} {task.party}" in self.closed:
            self.go(turn, intent, task, "detour")
            return
        stolen = self.stolen_session(task)
        if stolen:
            self.instruct(turn, intent, replace(task, session=stolen, stolen=True))
        elif task.alias != task.person and self.stolen_key(task) and not self.session_at_hand(task):
            self.go(turn, intent, task, "forge")
        else:
            self.session(turn, intent, task)

    def agent(self, intent: str, task: Task) -> str:
        """The agent that does it: the person's agents take turns by the numbers in the intent."""
        agents = self.agents_of(task)
        if len(agents) == 1:
            return agents[0]
        numbers = [int(part) for part in intent.replace("+", ".").split(".")[2:] if part.isdigit()]
        return agents[sum(numbers) % len(agents)]

    def instruct(self, turn: Turn, intent: str, task: Task) -> None:
        """Tell the agent; with a stolen session the terms are passed by script, or their owner would be asked."""
        script = task.stolen or bool(turn.trait("agent_accepts_terms"))
        message = Instruct(
            named(intent, task), task.via, task.session, task.party, task.service, script, task.amount,
            environment=said(task, "environment") or "prod", name=said(task, "name"),
        )  # fmt: skip
        if len(self.left):
            for party in (task.party, task.via):
                self.left.pop(f"{task.person} {party}", None)
        self.ask(turn, intent, task, self.agent(intent, task), message, "adding")

    # --- terms ----------------------------------------------------------------------------------------------------

    def terms_asked(self, turn: Turn, sender: str, message: TermsAsked) -> None:
        """The orchestrator shows a provider's terms: accepted at leisure, for a request of one's own."""
        turn.act()
        found = self.find(turn.me, message.id)
        if found is not None:
            intent, task = found
            if task.stage == "adding":
                self.after(turn, intent, task, "accept", self.settings(turn).answers_after)
        elif not self.config.adversary(turn.me):
            session = self.sessions.get(f"{turn.me} {sender} {turn.me}")
            share = self.settings(turn).approves_unknown
            if isinstance(session, str) and self.says_yes(turn, "approves_unknown", message.id, share):
                self.step(turn, sender, "accept_terms")
                turn.send(sender, AcceptTerms(message.id, session, message.provider))

    def says_yes(self, turn: Turn, question: str, about: str, share: object) -> bool:
        """A share that is drawn each time; where a group's members differ in it, the member's own."""
        own = share if isinstance(share, int | float) else float(turn.trait(question))
        return turn.decide(f"{question} {about}", own)

    def accept(self, turn: Turn, intent: str, task: Task) -> None:
        """Accept the terms."""
        self.step(turn, task.via, "accept_terms")
        message = AcceptTerms(task.asked or named(intent, task), task.session, task.party)
        self.ask(turn, intent, task, task.via, message, "adding")

    # --- how it went ----------------------------------------------------------------------------------------------

    def add_reported(self, turn: Turn, intent: str, task: Task, message: Report) -> None:
        """The agent reports."""
        if message.status == "complete":
            self.introduced(task, self.login_address(task))
            self.end(turn, intent, task)
        elif message.status == "error":
            self._add_error(turn, intent, task, message.code)
        elif task.stage != "adding":
            return
        elif message.code == PROVISIONING:
            turn.wake(f"patience {intent}", MAIL_PATIENCE)
        elif message.status == "pending":
            self.await_mail(turn, intent, task)
        else:
            self._consent(turn, intent, replace(task, url=message.url))

    def _consent(self, turn: Turn, intent: str, task: Task) -> None:
        """The owner must approve: that is the person, or somebody who may be lured."""
        if self.foreign(task) and not self.ring(task).passwords:
            self.lure(turn, intent, task)
            self.settle(turn, intent, task, "pending_auth")
        else:
            self.after(turn, intent, task, "open_page", self.settings(turn).answers_after)

    def lure(self, turn: Turn, intent: str, task: Task) -> None:
        """Send the consent page to whoever holds the address."""
        victim = self.config.controller(task.email)
        if victim and victim != task.person:
            turn.send(victim, Lure(intent, task.party, task.url))

    def add_failed(self, turn: Turn, intent: str, task: Task, message: Error) -> None:
        """The orchestrator refuses a command inside the session."""
        self._add_error(turn, intent, task, message.code)

    def _add_error(self, turn: Turn, intent: str, task: Task, code: str) -> None:
        """A refusal: sign in again, go the long way, repeat what expired, or leave it."""
        if code == NO_SESSION:
            self.drop_session(task)
            if task.stolen:
                self.refuse(turn, intent, task, code)
            else:
                self.again(turn, intent, task, code)
        elif code == NO_PROVISIONING:
            self.closed[f"{task.person} {task.party}"] = True
            if task.stolen or task.campaign:
                self.refuse(turn, intent, task, code)
            else:
                self.go(turn, intent, replace(task, stage="detour", asked=""), "detour")
        elif code == "expired":
            self.again(turn, intent, task, code)
        else:
            self.refuse(turn, intent, task, code)

    # --- consent --------------------------------------------------------------------------------------------------

    def open_page(self, turn: Turn, intent: str, task: Task) -> None:
        """Open the consent page: it asks to sign in, unless one is."""
        self.go(turn, intent, replace(task, then="approve", tried=0), "get_in")

    def approve(self, turn: Turn, intent: str, task: Task) -> None:
        """Approve; where a signed-in owner is sent on without a click, opening the page is enough."""
        self.step(turn, task.party, "open_page" if task.url.endswith(AUTO) and not task.fresh else "approve")
        session, factor = self.ring(task).session, self.factor(turn, task.party, "provider")
        request = named(intent, task, "approve_signed_in" if task.fresh else "approve")
        message = Approve(request, session, task.url, factor)
        self.ask(turn, intent, task, task.party, message, "approve")

    def approved(self, turn: Turn, intent: str, task: Task, message: Done) -> None:
        """It is approved: for a request of one's own, the agent will report."""
        if task.verb == "add":
            self.tasks[intent] = replace(task, stage="adding", asked=named(intent, task))
        else:
            self.end(turn, intent, task)

    def approve_failed(self, turn: Turn, intent: str, task: Task, message: Error) -> None:
        """The page expired, or the session is not good enough: an old one may be dead."""
        if message.code == "expired":
            self.again(turn, intent, task, "consent_expired")
        elif not task.fresh:
            self.hold(task, session="")
            self.go(turn, intent, replace(task, tried=0), "get_in")
        else:
            self.refuse(turn, intent, task, message.code)
