"""What people have an orchestrator do: signing in there, and the commands given inside the session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec.structs import replace

from sim.messages import (
    AcceptTerms,
    ChangeLoginEmail,
    Done,
    Error,
    LoggedIn,
    Login,
    RaiseCap,
    RefreshCommand,
    RevokeCommand,
    UnlinkCommand,
    UseCommand,
)
from sim.parties.people.addresses import Addresses
from sim.parties.people.records import MAIL_PATIENCE, REPEATS, Task, Waiting, named, root
from sim.party import Command, Message, Turn

#: What is answered where a session is unknown or over.
NO_SESSION = "BROWSER_AUTH_REQUIRED"


class Orders(Addresses):
    """Sessions at orchestrators, and what is ordered there."""

    STEPS: ClassVar[Mapping[str, str]] = {"order": "order", "session": "session"}
    ANSWERS: ClassVar[Mapping[tuple[type[Message], str], str]] = {
        (Done, "login"): "login_done",
        (Error, "login"): "login_failed",
        (Done, "order"): "order_done",
        (Error, "order"): "order_failed",
    }

    # --- a session ------------------------------------------------------------------------------------------------

    def session(self, turn: Turn, intent: str, task: Task) -> None:
        """Go on with ``task.then`` inside the person's session at ``task.via``; where there is none, sign in first."""
        row: str | Waiting | None = self.sessions.get(self.session_key(task))
        if isinstance(row, str):
            self.go(turn, intent, replace(task, session=row, stolen=False), task.then)
        elif row is None:
            self.sign_in_there(turn, intent, task)
        else:
            if intent not in row.intents:
                self.sessions[self.session_key(task)] = replace(row, intents=(*row.intents, intent))
            self.tasks[intent] = replace(task, stage="login")

    def sign_in_there(self, turn: Turn, intent: str, task: Task) -> None:
        """Sign in at the orchestrator, or register: which of the two, the orchestrator knows by the password."""
        request, key = named(intent, task, "login"), self.session_key(task)
        before: str | Waiting | None = self.sessions.get(key)
        others = before.intents if isinstance(before, Waiting) else ()
        self.logins[request] = key
        self.sessions[key] = Waiting(request, (intent, *(other for other in others if other != intent)))
        self.step(turn, task.via, "log_in")
        factor = self.factor(turn, task.via, "orchestrator")
        message = Login(request, self.login_address(task), self.password(task, task.via), factor)
        self.ask(turn, intent, task, task.via, message, "login")

    def login_done(self, turn: Turn, intent: str, task: Task, message: Done) -> None:
        """The orchestrator checks the address first."""
        self.await_mail(turn, intent, task)

    def await_mail(self, turn: Turn, intent: str, task: Task) -> None:
        """A mail must be answered first; where it goes to somebody else, the rest is up to them."""
        if self.foreign(task):
            self._forget_login(turn, intent, task, keep=True)
            self.settle(turn, intent, replace(task, stage="mail"), "pending")
        else:
            self.tasks[intent] = replace(task, stage="mail")
            turn.wake(f"patience {intent}", MAIL_PATIENCE)

    def logged_in(self, turn: Turn, sender: str, message: LoggedIn) -> None:
        """A session is open: everything that waited for it goes on."""
        turn.act()
        key = self.logins.pop(message.id, None)
        if key is None:
            return
        row = self.sessions.get(key)
        mine = isinstance(row, Waiting) and row.request == message.id
        intents = row.intents if mine and isinstance(row, Waiting) else (root(message.id),)
        self.sessions[key] = message.session
        for intent in intents:
            task: Task | None = self.tasks.get(intent)
            if task is not None and task.stage in ("login", "mail", "click"):
                turn.cancel(f"patience {intent}")
                going = replace(task, session=message.session, stolen=False, asked="", mailed=False)
                self.go(turn, intent, going, task.then)

    def login_failed(self, turn: Turn, intent: str, task: Task, message: Error) -> None:
        """The orchestrator refuses the login: so for everything that waited for it."""
        self.logins.pop(message.id, None)
        row = self.sessions.pop(self.session_key(task), None)
        for waiting in row.intents if isinstance(row, Waiting) else (intent,):
            found: Task | None = self.tasks.get(waiting)
            if found is not None:
                self.refuse(turn, waiting, found, message.code)

    def _forget_login(self, turn: Turn, intent: str, task: Task, *, keep: bool = False) -> bool:
        """A login that ``task`` began comes to nothing (``keep``: so far); others who wait for it try anew.

        Whether there was one.
        """
        key = self.session_key(task)
        row = self.sessions.get(key)
        if not isinstance(row, Waiting) or root(row.request) != intent:
            return False
        del self.sessions[key]
        if not keep:
            self.logins.pop(row.request, None)
        for other in row.intents:
            found: Task | None = self.tasks.get(other)
            if other != intent and found is not None:
                self.session(turn, other, found)
        return True

    def gave_up(self, turn: Turn, what: str) -> None:
        """Nothing came back for too long."""
        turn.act()
        task: Task | None = self.tasks.get(what)
        if task is None or task.due or task.mailed:
            return
        self._forget_login(turn, what, task)
        if task.stage == "mail" and task.recovers and not task.tries and self.other_address(task):
            self.again(turn, what, task, "no_mail")
        elif task.stage == "mail" and task.verb in ("adopt", "reset_password"):
            self.end(turn, what, task, "nothing")
        else:
            self.refuse(turn, what, task, "no_mail" if task.stage == "mail" else "timeout")

    def click_failed(self, turn: Turn, intent: str, task: Task, message: Error) -> None:
        """A mailed link is dead: once more, if the request can be made again."""
        if task.then == "confirmed":
            self.again(turn, intent, replace(task, then="order"), message.code, "session")
        else:
            there = self._forget_login(turn, intent, task)
            self.again(turn, intent, task, message.code, "session" if there else "")

    def again(self, turn: Turn, intent: str, task: Task, code: str, step: str = "") -> None:
        """Make an expired request once more, from ``step`` or else from the beginning, but not for ever."""
        step = step or self.REPEATED.get(task.verb, "")
        if task.tries >= REPEATS or not step:
            self.refuse(turn, intent, task, code)
        else:
            task = replace(task, tries=task.tries + 1, tried=0, asked="", confirmed=False, mailed=False, recovers=False)
            self.go(turn, intent, task, step)

    #: By verb: the step with which an expired request at a provider begins anew.
    REPEATED: ClassVar[Mapping[str, str]] = {
        "add": "begin",
        "adopt": "recover",
        "reset_password": "recover",
        "log_in": "get_in",
        "add_identifier": "get_in",
        "change_email": "get_in",
    }

    # --- orders ---------------------------------------------------------------------------------------------------

    def revoke(self, turn: Turn, command: Command) -> None:
        """The orchestrator's single action, for one provider or, with the orchestrator as object, for all."""
        turn.act()
        if self.is_orchestrator(command.object):
            self.order_inside(turn, command.id, self.task(turn, command, command.object, command.object))
        else:
            self.order_inside(turn, command.id, self.task(turn, command, command.object, command.via))

    def unlink(self, turn: Turn, command: Command) -> None:
        """End the connection at the orchestrator."""
        turn.act()
        self.order_inside(turn, command.id, self.task(turn, command, command.object, command.via))

    def accept_terms(self, turn: Turn, command: Command) -> None:
        """Accept a provider's terms before being asked."""
        turn.act()
        self.order_inside(turn, command.id, self.task(turn, command, command.object, command.via))

    def change_login(self, turn: Turn, command: Command, address: str) -> None:
        """Change the address of the login at ``command.via``."""
        task = self.task(turn, command, command.via, command.via)
        self.order_inside(turn, command.id, replace(task, things=(address,)))

    def session_at_hand(self, task: Task) -> bool:
        """Whether there is a session at the orchestrator, one's own or a stolen one, without signing in."""
        return bool(self.stolen_session(task)) or isinstance(self.sessions.get(self.session_key(task)), str)

    def stolen_session(self, task: Task) -> str:
        """A stolen session of ``task.alias`` at ``task.via``; empty if there is none."""
        if task.alias == task.person:
            return ""
        loot: tuple[str, ...] = self.loots.get(f"{task.person} session {task.alias}", ())
        return next((atom for atom in loot if atom.startswith(f"s:{task.via}:")), "")

    def stolen_key(self, task: Task) -> str:
        """The key or secret of ``task.via`` that would convince the task's provider; empty if there is none."""
        keys = (
            *self.loots.get(f"{task.person} signing_key {task.via}", ()),
            *self.loots.get(f"{task.person} shared_secret {task.via}", ()),
            *self.loots.get(f"{task.person} shared_secret {task.party}", ()),
        )
        paired = f"secret:{task.via}:{task.party}"
        return next((atom for atom in keys if atom.startswith("key:") or atom.partition("#")[0] == paired), "")

    def drop_session(self, task: Task) -> None:
        """The session in use is dead."""
        if task.stolen:
            key = f"{task.person} session {task.alias}"
            self.loots[key] = tuple(atom for atom in self.loots[key] if atom != task.session)
        elif self.sessions.get(self.session_key(task)) == task.session:
            del self.sessions[self.session_key(task)]

    def order_inside(self, turn: Turn, intent: str, task: Task) -> None:
        """Give the order inside a session: a stolen one, or one's own."""
        task = replace(task, via=task.via or self.orchestrator(turn), then="order")
        stolen = self.stolen_session(task)
        if stolen:
            self.order(turn, intent, replace(task, session=stolen, stolen=True))
        elif self.foreign(task) and not self.session_at_hand(task):
            # to order something is no reason to register as somebody
            self.refuse(turn, intent, task, task.code or "no_credential")
        else:
            self.session(turn, intent, task)

    def order(self, turn: Turn, intent: str, task: Task) -> None:
        """Say it to the orchestrator."""
        request, session = named(intent, task), task.session
        message: Message
        match task.verb:
            case "use":
                message = UseCommand(request, session, task.party)
            case "refresh":
                message = RefreshCommand(request, session, task.party)
            case "unlink":
                message = UnlinkCommand(request, session, task.party)
            case "accept_terms":
                self.step(turn, task.via, "accept_terms")
                message = AcceptTerms(request, session, task.party)
            case "raise_cap":
                everywhere = task.party == task.via
                message = RaiseCap(request, session, "" if everywhere else task.party, task.amount)
            case "revoke":
                message = RevokeCommand(request, session, "" if task.party == task.via else task.party)
            case _:
                self.moves(task, task.via, request)
                message = ChangeLoginEmail(request, session, task.things[0])
        self.ask(turn, intent, task, task.via, message, "order")

    def order_done(self, turn: Turn, intent: str, task: Task, message: Done) -> None:
        """The orchestrator has done it, or waits for a click."""
        if message.status == "pending":
            self.await_mail(turn, intent, replace(task, then="confirmed"))
            return
        if task.verb in ("revoke", "unlink"):
            self.left[f"{task.person} {task.party}"] = True
        self.end(turn, intent, task)

    def order_failed(self, turn: Turn, intent: str, task: Task, message: Error) -> None:
        """A dead session is opened anew, once."""
        if message.code == NO_SESSION:
            self.drop_session(task)
            if not task.stolen and not task.tries:
                self.session(turn, intent, replace(task, tries=1))
                return
        self.refused_order(turn, intent, task, message.code)

    def refused_order(self, turn: Turn, intent: str, task: Task, code: str) -> None:
        """The orchestrator does not do it."""
        self.refuse(turn, intent, task, code)
