"""What people do at a provider's own pages: sign up, sign in, recover, look round, manage, and the human detour.

Where no account is made for agents, a human signs up, confirms the mail, picks a plan, makes a key and hands it to the
agent: the way it was before the protocol. Every deed by hand is noted (``HumanStepped``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import msgspec
from msgspec.structs import replace

from sim.messages import (
    Dashboard,
    DashboardRequest,
    Done,
    Error,
    HandOver,
    KeyCreated,
    Manage,
    Prove,
    Recover,
    Report,
    SignedIn,
    SignIn,
    SignUp,
    SupportLink,
    SupportRequest,
)
from sim.parties.people.defending import Defending
from sim.parties.people.records import MAIL_PATIENCE, Task, digits, named, whose
from sim.party import Command, Message, Turn


class Door(Defending):
    """The provider's own door and what is behind it."""

    STEPS: ClassVar[Mapping[str, str]] = {
        "get_in": "get_in",
        "recover": "recover",
        "look": "look",
        "review": "review",
        "manage": "manage",
        "detour": "detour",
        "knock": "knock",
        "settle_in": "settle_in",
        "choose_plan": "choose_plan",
        "create_key": "create_key",
        "finish": "finish",
    }
    ANSWERS: ClassVar[Mapping[tuple[type[Message], str], str]] = {
        (SignedIn, "sign_up"): "signed_in",
        (SignedIn, "sign_in"): "signed_in",
        (SignedIn, "prove"): "signed_in",
        (SignedIn, "mail"): "signed_in",
        (SignedIn, "click"): "signed_in",
        (Done, "sign_up"): "sign_up_pending",
        (Error, "sign_up"): "sign_up_failed",
        (Error, "sign_in"): "sign_in_failed",
        (Done, "recover"): "recovering",
        (SupportLink, "support"): "link_handed",
        (Error, "prove"): "prove_failed",
        (Dashboard, "look"): "looked",
        (Done, "manage"): "managed",
        (Done, "log_out"): "logged_out",
        (Error, "log_out"): "logged_out",
        (Done, "end_things"): "managed",
        (Done, "plan"): "plan_chosen",
        (KeyCreated, "key"): "key_created",
        (Report, "hand_over"): "handed_over",
        (Done, "click"): "clicked",
        (Error, "click"): "click_failed",
        (Error, "manage"): "turned_out",
        (Error, "look"): "turned_out",
        (Error, "end_things"): "turned_out",
        (Error, "plan"): "turned_out",
        (Error, "key"): "turned_out",
    }

    # --- verbs ----------------------------------------------------------------------------------------------------

    def sign_up(self, turn: Turn, command: Command) -> None:
        """Open an account at the ordinary door."""
        turn.act()
        self.knock(turn, command.id, replace(self.task(turn, command, command.object), then="finish"))

    def log_in(self, turn: Turn, command: Command) -> None:
        """Sign in at a provider's door and look at the account, or open a session at an orchestrator."""
        turn.act()
        if self.is_orchestrator(command.object):
            task = self.task(turn, command, command.object, command.object)
            self.sign_in_there(turn, command.id, replace(task, then="finish"))
        else:
            self.get_in(turn, command.id, replace(self.task(turn, command, command.object), then="look"))

    def visit(self, turn: Turn, command: Command) -> None:
        """Look at one's account, in the session one has."""
        turn.act()
        self.get_in(turn, command.id, replace(self.task(turn, command, command.object), then="look"))

    def log_out(self, turn: Turn, command: Command) -> None:
        """End one's session at a provider's door; where there is none, there is nothing to end."""
        turn.act()
        task = self.task(turn, command, command.object)
        session = self.ring(task).session
        if session:
            self.hold(task, session="")
            self.ask(turn, command.id, task, task.party, Manage(command.id, session, "end", (session,)), "log_out")
        else:
            self.end(turn, command.id, task, "nothing")

    def logged_out(self, turn: Turn, intent: str, task: Task, message: Done | Error) -> None:
        """The session is over, or was before."""
        self.end(turn, intent, task)

    def adopt(self, turn: Turn, command: Command) -> None:
        """Take possession of an account by proof of the mailbox, or (``reset_password``) recover one's own."""
        turn.act()
        self.recover(turn, command.id, replace(self.task(turn, command, command.object), then="review"))

    def add_identifier(self, turn: Turn, command: Command) -> None:
        """Add an address or a login elsewhere by which one can sign in."""
        turn.act()
        task = self.task(turn, command, command.object)
        identifier = f"id:{command.to or self.config.address(turn.me)}"
        self.get_in(turn, command.id, replace(task, then="manage", things=(identifier,)))

    def change_email(self, turn: Turn, command: Command) -> None:
        """Change the address of an account, or of a login at an orchestrator; ``new``: a further one of one's own."""
        turn.act()
        further = f"{turn.me}.new{digits(command.id) or 1}" if command.object == "new" else command.object
        address = command.object if "@" in command.object else self.config.address(further)
        if self.is_orchestrator(command.via):
            self.change_login(turn, command, address)
        else:
            task = self.task(turn, command, command.via)
            self.get_in(turn, command.id, replace(task, then="manage", things=(address,)))

    # --- getting in -----------------------------------------------------------------------------------------------

    def get_in(self, turn: Turn, intent: str, task: Task) -> None:
        """Be signed in, then go on with ``task.then``: by the session one has, a password, or a reset."""
        task = self.up_to_date(task)
        ring = self.ring(task)
        passwords = ring.passwords
        if not passwords and task.verb == "log_in" and not self._may_recover(turn, task):
            passwords = (self.password(task, task.party),)
        if ring.session and task.verb != "log_in":
            self.go(turn, intent, task, task.then)
        elif task.tried < len(passwords):
            what = f"sign_in{task.tried + 1}" if task.tried else "" if task.verb == "log_in" else "sign_in"
            self.step(turn, task.party, "sign_in")
            factor = self.factor(turn, task.party, "provider")
            message = SignIn(named(intent, task, what), task.email, passwords[task.tried], factor)
            self.ask(turn, intent, replace(task, tried=task.tried + 1), task.party, message, "sign_in")
        elif not task.recovers and self._may_recover(turn, task):
            self.recover(turn, intent, task)
        else:
            self.refuse(turn, intent, task, task.code or "no_password")

    def _may_recover(self, turn: Turn, task: Task) -> bool:
        """Whether the person would use a mailed link to get in; an adversary does where it gets the mail."""
        if self.config.adversary(task.person):
            return self.readable(task)
        return bool(turn.trait("resets_password"))

    def signed_in(self, turn: Turn, intent: str, task: Task, message: SignedIn) -> None:
        """A session at the provider, and a password that works where one was set."""
        held = self.ring(task).passwords
        if task.stage in ("sign_up", "prove"):
            own = self.password(task, task.party)
            held = (own, *(other for other in held if other != own))
        self.hold(task, session=message.session, passwords=held)
        self.introduced(task, task.email)
        turn.cancel(f"patience {intent}")
        task = replace(task, fresh=True, asked="")
        self.tasks[intent] = task
        self.go(turn, intent, task, task.then)

    def sign_in_failed(self, turn: Turn, intent: str, task: Task, message: Error) -> None:
        """Another password, or another way; a second factor cannot be done without."""
        if message.code == "invalid_credentials":
            self.get_in(turn, intent, replace(task, code=message.code))
        else:
            self.refuse(turn, intent, task, message.code)

    def recover(self, turn: Turn, intent: str, task: Task) -> None:
        """Ask for a mailed link; who has the provider's support desk asks there for somebody else's."""
        if task.alias != task.person and f"{task.person} support_desk {task.party}" in self.loots:
            desk = SupportRequest(named(intent, task), f"desk:{task.party}", task.email, "send_link")
            self.ask(turn, intent, replace(task, recovers=True), task.party, desk, "support")
            return
        task = self.up_to_date(task)
        principal = task.verb in ("adopt", "reset_password")
        purpose = "adopt" if task.verb == "adopt" else "reset"
        self.step(turn, task.party, "recover", task.email if task.alias != task.person else "")
        message = Recover(named(intent, task, "" if principal else "recover"), task.email, purpose)
        self.ask(turn, intent, replace(task, recovers=True, confirmed=False), task.party, message, "recover")

    def recovering(self, turn: Turn, intent: str, task: Task, message: Done) -> None:
        """If there is such an account, a mail is on its way; one may have come already."""
        self.tasks[intent] = replace(task, stage="mail")
        turn.wake(f"patience {intent}", MAIL_PATIENCE)

    def link_handed(self, turn: Turn, intent: str, task: Task, message: SupportLink) -> None:
        """The desk shows a link: it opens the account like a mailed one."""
        self.prove(turn, intent, task, message.link)

    def prove(self, turn: Turn, intent: str, task: Task, link: str) -> None:
        """Open the mailed link and set a password."""
        self.step(turn, task.party, "prove")
        password, factor = self.password(task, task.party), self.factor(turn, task.party, "provider")
        request = Prove(named(intent, task, "prove"), link, password, factor)
        self.ask(turn, intent, task, task.party, request, "prove")

    def prove_failed(self, turn: Turn, intent: str, task: Task, message: Error) -> None:
        """The link is dead: ask for another; a second factor cannot be done without."""
        if message.code == "expired":
            self.again(turn, intent, task, message.code)
        else:
            self.refuse(turn, intent, task, message.code)

    # --- signing up -----------------------------------------------------------------------------------------------

    def knock(self, turn: Turn, intent: str, task: Task) -> None:
        """Sign up with a password one makes up."""
        password = self.password(task, task.party)
        self.step(turn, task.party, "sign_up")
        factor = self.factor(turn, task.party, "provider")
        what = "" if task.verb == "sign_up" else "sign_up"
        message = SignUp(named(intent, task, what), task.email, password, factor)
        self.ask(turn, intent, task, task.party, message, "sign_up")

    def sign_up_pending(self, turn: Turn, intent: str, task: Task, message: Done) -> None:
        """The provider wants its mail answered first."""
        self.hold(task, passwords=(self.password(task, task.party),))
        self.await_mail(turn, intent, task)

    def sign_up_failed(self, turn: Turn, intent: str, task: Task, message: Error) -> None:
        """The address has an account already: on the detour that is one's own, and one can get in."""
        if message.code == "email_taken" and task.verb == "add":
            self.get_in(turn, intent, replace(task, then="settle_in", confirmed=True))
        else:
            self.refuse(turn, intent, task, message.code)

    # --- inside ---------------------------------------------------------------------------------------------------

    def look(self, turn: Turn, intent: str, task: Task) -> None:
        """Look at the account."""
        request = DashboardRequest(named(intent, task, "look"), self.ring(task).session)
        self.ask(turn, intent, task, task.party, request, "look")

    def review(self, turn: Turn, intent: str, task: Task) -> None:
        """Where the provider leaves it to the owner, go through what is on the account."""
        honest = not self.config.adversary(task.person)
        if honest and self.config.config(task.party).on_adopt == "review":
            self.look(turn, intent, task)
        else:
            self.end(turn, intent, task)

    def looked(self, turn: Turn, intent: str, task: Task, message: Dashboard) -> None:
        """What is there: after adopting, whatever is not one's own is ended."""
        strange = self.strange(turn, message)
        if task.campaign:
            self.saw(task, strange)
        if not strange or task.verb in ("log_in", "look"):
            self.end(turn, intent, task)
            return
        self.step(turn, task.party, "end_things")
        request = Manage(named(intent, task, "end_things"), self.ring(task).session, "end", strange)
        self.ask(turn, intent, task, task.party, request, "end_things")

    def saw(self, task: Task, strange: tuple[str, ...]) -> None:
        """An attack has looked at an account."""

    def strange(self, turn: Turn, board: Dashboard) -> tuple[str, ...]:
        """What on the account is not of the person's own doing, as far as a human can tell.

        Most things are told by the request they came of; of a login elsewhere one knows only whether one is a customer
        there.
        """
        made = (*board.grants, *board.sessions, *board.pending_changes, *board.resources)
        mine = {"password", *(name for name, _ in self.config.orchestrators_of(turn.me))}
        mine |= {f"id:{address}" for address in self.config.holds(turn.me)}
        return (
            *(thing for thing in made if whose(thing.rpartition(":")[2]) != turn.me),
            *(name for name in board.identifiers if name.partition(" ")[0] not in mine),
        )

    def turned_out(self, turn: Turn, intent: str, task: Task, message: Error) -> None:
        """Inside, something is refused; where an old session was no good any more, get in anew and do it again."""
        if message.code == "unauthorized" and not task.fresh:
            self.hold(task, session="")
            step = {"plan": "choose_plan", "key": "create_key", "end_things": "look"}.get(task.stage, task.stage)
            self.get_in(turn, intent, replace(task, then=step, tries=task.tries + 1, tried=0))
        else:
            self.refuse(turn, intent, task, message.code)

    def manage(self, turn: Turn, intent: str, task: Task) -> None:
        """Add an identifier or ask for another address."""
        self.step(turn, task.party, task.verb)
        if task.verb == "change_email":
            self.moves(task, task.party, named(intent, task))
        request = Manage(named(intent, task), self.ring(task).session, task.verb, task.things)
        self.ask(turn, intent, task, task.party, request, "manage")

    def managed(self, turn: Turn, intent: str, task: Task, message: Done) -> None:
        """It is done, or waits for a click at the new address."""
        if task.verb == "add_identifier":
            passwords = self.ring(task).passwords
            if task.things[0] not in passwords:
                self.hold(task, passwords=(*passwords, task.things[0]))
        elif task.verb == "change_email" and message.status != "pending":
            self._moved_to(task, task.things[0])
        self.end(turn, intent, task)

    def _moved_to(self, task: Task, address: str) -> None:
        """The account bears ``address`` at once: what opens it is kept under whose address that is."""
        alias = self.config.controller(address) or address
        self.hold(replace(task, alias=alias), **msgspec.structs.asdict(self.ring(task)))

    # --- the detour -----------------------------------------------------------------------------------------------

    def detour(self, turn: Turn, intent: str, task: Task) -> None:
        """No account for agents here: do it by hand, with the account one has or a new one."""
        if self.ring(task).passwords:
            self.get_in(turn, intent, replace(task, then="settle_in", confirmed=True, tried=0))
        else:
            task = replace(task, then="settle_in")
            self.after(turn, intent, task, "knock", self.settings(turn).answers_after)

    def settle_in(self, turn: Turn, intent: str, task: Task) -> None:
        """Signed in: once the mail is confirmed, pick a plan."""
        if task.confirmed:
            plan = replace(task, stage="settled")
            self.after(turn, intent, plan, "choose_plan", self.settings(turn).answers_after)
        else:
            self.await_mail(turn, intent, task)

    def clicked(self, turn: Turn, intent: str, task: Task, message: Done) -> None:
        """The mail is confirmed; without a session yet, that is on its way."""
        if task.then == "confirmed":
            self.end(turn, intent, task)  # a new address of a login
        elif task.then == "settle_in" and self.ring(task).session:
            self.settle_in(turn, intent, task)

    def choose_plan(self, turn: Turn, intent: str, task: Task) -> None:
        """Pick a plan."""
        self.step(turn, task.party, "choose_plan")
        request = Manage(named(intent, task, "choose_plan"), self.ring(task).session, "choose_plan", (task.service,))
        self.ask(turn, intent, task, task.party, request, "plan")

    def plan_chosen(self, turn: Turn, intent: str, task: Task, message: Done) -> None:
        """Then make a key."""
        self.after(turn, intent, task, "create_key", self.settings(turn).answers_after)

    def create_key(self, turn: Turn, intent: str, task: Task) -> None:
        """Make an API key by hand."""
        self.step(turn, task.party, "create_key")
        request = Manage(named(intent, task, "create_key"), self.ring(task).session, "create_key", (task.service,))
        self.ask(turn, intent, task, task.party, request, "key")

    def key_created(self, turn: Turn, intent: str, task: Task, message: KeyCreated) -> None:
        """Hand it to the agent."""
        self.hold(task, credentials=(*self.ring(task).credentials, message.secret))
        request = HandOver(named(intent, task, "hand_over"), task.party, message.secret)
        self.ask(turn, intent, task, self.agent(intent, task), request, "hand_over")

    def handed_over(self, turn: Turn, intent: str, task: Task, message: Report) -> None:
        """The agent can go on."""
        self.end(turn, intent, task)
