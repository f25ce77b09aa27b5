"""What people have an orchestrator do: signing in there, and the commands given inside the session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec.structs import replace

from sim.messages import (
    AcceptTerms,
    ApiCall,
    ApiOk,
    ChangeLoginEmail,
    Done,
    Error,
    LoggedIn,
    Login,
    RefreshCommand,
    RevokeCommand,
    TokenRequest,
    TokenResponse,
    Unauthorized,
    UnlinkCommand,
    UseCommand,
)
from sim.parties.people.records import MAIL_PATIENCE, REPEATS, Books, Task, Waiting, named, root, whose
from sim.party import Command, Message, Turn

#: What is answered where a session is unknown or over.
NO_SESSION = "BROWSER_AUTH_REQUIRED"
#: Answers to a use or refresh that say the credential works no more.
BROKEN = ("unauthorized", "invalid_grant")


class Orders(Books):
    """Sessions at orchestrators and what is ordered there; calls with credentials of one's own."""

    STEPS: ClassVar[Mapping[str, str]] = {"order": "order", "call": "call", "session": "session"}
    ANSWERS: ClassVar[Mapping[tuple[type[Message], str], str]] = {
        (Done, "login"): "login_done",
        (Error, "login"): "login_failed",
        (Done, "order"): "order_done",
        (Error, "order"): "order_failed",
        (ApiOk, "call"): "call_done",
        (Unauthorized, "call"): "call_failed",
        (Error, "call"): "call_failed",
        (TokenResponse, "refresh"): "refreshed",
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
        self.ask(
            turn, intent, task, task.via, Login(request, task.email, self.password(task, task.via), factor), "login"
        )

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
        if task.stage == "mail" and task.verb in ("adopt", "reset_password"):
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

    def use(self, turn: Turn, command: Command) -> None:
        """One API call: with the vault's token (``via``), or a credential of one's own, else the vault's."""
        turn.act()
        task = self.task(turn, command, command.object, command.via)
        things = self.credentials(task)
        if things and (not task.via or not self._session_at_hand(task)):
            self.call(turn, command.id, replace(task, things=things))
        else:
            self._order(turn, command.id, task)

    def refresh(self, turn: Turn, command: Command) -> None:
        """The refresh grant: by the orchestrator, or with a refresh token of one's own."""
        turn.act()
        task = self.task(turn, command, command.object, command.via)
        tokens = self.refresh_tokens(task)
        if tokens and not (task.via and self._session_at_hand(task)):
            self.refresh_own(turn, command.id, task, tokens[-1])
        else:
            self._order(turn, command.id, task)

    def revoke(self, turn: Turn, command: Command) -> None:
        """The orchestrator's single action, for one provider or, with the orchestrator as object, for all."""
        turn.act()
        if self.is_orchestrator(command.object):
            self._order(turn, command.id, self.task(turn, command, command.object, command.object))
        else:
            self._order(turn, command.id, self.task(turn, command, command.object, command.via))

    def unlink(self, turn: Turn, command: Command) -> None:
        """End the connection at the orchestrator."""
        turn.act()
        self._order(turn, command.id, self.task(turn, command, command.object, command.via))

    def accept_terms(self, turn: Turn, command: Command) -> None:
        """Accept a provider's terms before being asked."""
        turn.act()
        self._order(turn, command.id, self.task(turn, command, command.object, command.via))

    def change_login(self, turn: Turn, command: Command, address: str) -> None:
        """Change the address of the login at ``command.via``."""
        task = self.task(turn, command, command.via, command.via)
        self._order(turn, command.id, replace(task, things=(address,)))

    def _session_at_hand(self, task: Task) -> bool:
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

    def _order(self, turn: Turn, intent: str, task: Task) -> None:
        """Give the order inside a session: a stolen one, or one's own."""
        task = replace(task, via=task.via or self.orchestrator(turn), then="order")
        stolen = self.stolen_session(task)
        if stolen:
            self.order(turn, intent, replace(task, session=stolen, stolen=True))
        elif self.foreign(task) and not self._session_at_hand(task):
            self.refuse(turn, intent, task, "no_credential")  # to order something is no reason to register as somebody
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
            case "revoke":
                message = RevokeCommand(request, session, "" if task.party == task.via else task.party)
            case _:
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
        """A dead session is opened anew, once; a broken credential is replaced later."""
        if message.code == NO_SESSION:
            self.drop_session(task)
            if not task.stolen and not task.tries:
                self.session(turn, intent, replace(task, tries=1))
                return
        self.broken(turn, intent, task, message.code)

    def broken(self, turn: Turn, intent: str, task: Task, code: str) -> None:
        """A use or refresh was refused: whoever did not withdraw from there gets the credential replaced, in time."""
        key = f"{task.person} {task.party}"
        via = task.via or self.orchestrator(turn)
        wanted = not (key in self.left or f"{task.person} {via}" in self.left or key in self.repairs)
        broke = task.verb in ("use", "refresh") and code in BROKEN and wanted
        if broke and not self.config.adversary(task.person):
            again = Task(task.person, "add", task.party, task.email, task.alias, via)
            self.repairs[key] = replace(again, service=task.service or "free", reported=True)
            turn.wake(f"repair {task.party} {intent}.repair", self.settings(turn).repairs_after)
        self.refuse(turn, intent, task, code)

    def mend(self, turn: Turn, what: str) -> None:
        """Replace a credential that broke."""
        turn.act()
        provider, _, intent = what.partition(" ")
        self.go(turn, intent, self.repairs.pop(f"{turn.me} {provider}"), "begin")

    # --- credentials of one's own ---------------------------------------------------------------------------------

    def credentials(self, task: Task) -> tuple[str, ...]:
        """What the person could show at the provider's API as ``task.alias``, best first."""
        ring = self.ring(task)
        own = (*ring.credentials[::-1], *((ring.session,) if ring.session else ()))
        return (*own, *self._stolen_tokens(task, "at"))

    def refresh_tokens(self, task: Task) -> tuple[str, ...]:
        """Refresh tokens that the person holds itself."""
        return (*self.ring(task).refresh, *self._stolen_tokens(task, "rt"))

    def _stolen_tokens(self, task: Task, kind: str) -> tuple[str, ...]:
        """Tokens of that kind out of stolen vaults, at the provider and, where it acts as somebody, of that person."""
        if not self.config.adversary(task.person):
            return ()
        found: list[str] = []
        for block in self.config.orchestrators:
            for name in self.config.members(block):
                loot: tuple[str, ...] = self.loots.get(f"{task.person} tokens {name}", ())
                found += [atom for atom in loot if atom.startswith(f"{kind}:g:{task.party}:")]
        if task.alias == task.person:
            return tuple(found)
        return tuple(atom for atom in found if whose(atom.split(":", 3)[3].rpartition(":")[0]) == task.alias)

    def call(self, turn: Turn, intent: str, task: Task) -> None:
        """Try the next credential."""
        request = named(intent, task, f"call{task.tried + 1}" if task.tried else "")
        self.ask(turn, intent, task, task.party, ApiCall(request, task.things[task.tried]), "call")

    def call_done(self, turn: Turn, intent: str, task: Task, message: ApiOk) -> None:
        """It works."""
        self.end(turn, intent, task)

    def call_failed(self, turn: Turn, intent: str, task: Task, message: Any) -> None:
        """It does not: try another, or give up."""
        task = replace(task, tried=task.tried + 1)
        if task.tried < len(task.things):
            self.call(turn, intent, task)
        else:
            self.broken(turn, intent, task, message.code)

    def refresh_own(self, turn: Turn, intent: str, task: Task, token: str) -> None:
        """Ask the provider for new tokens; where requests are signed, with the key that was stolen."""
        issuer = task.via or self.orchestrator(turn)
        key = self.stolen_key(replace(task, via=issuer))
        key = key if key.startswith("secret:") else ""
        self.ask(turn, intent, task, task.party, TokenRequest(intent, "refresh_token", token, issuer, key), "refresh")

    def refreshed(self, turn: Turn, intent: str, task: Task, message: TokenResponse) -> None:
        """New tokens."""
        self.keep_tokens(task, message)
        self.end(turn, intent, task)

    def keep_tokens(self, task: Task, message: TokenResponse) -> None:
        """Keep tokens that a provider gave out to the person itself."""
        ring = self.ring(task)
        self.hold(
            task,
            credentials=(*ring.credentials, message.access_token),
            refresh=(message.refresh_token,) if message.refresh_token else ring.refresh,
        )
