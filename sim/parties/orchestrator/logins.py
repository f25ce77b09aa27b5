"""Logins: registering with an e-mail check, signing in, sessions, and the subject that a login is attested as."""

from __future__ import annotations

from abc import abstractmethod

from msgspec.structs import replace

from sim.clock import DAY
from sim.facts import MailSent
from sim.messages import ChangeLoginEmail, Click, Done, Error, LoggedIn, Mail
from sim.messages import Login as LoginRequest
from sim.parties.orchestrator.base import Desk
from sim.parties.orchestrator.records import NO_SESSION, Link, Login, login_key, policy, subject
from sim.party import Turn

#: Life of a mailed link, microseconds (assumed).
LINK_LIFE = DAY


class Logins(Desk):
    """The part that knows its customers."""

    def enroll(self, person: str, email: str, session: str, how: str, factor: str = "", card: str = "") -> None:
        """``person`` is a customer from the start: registered, checked ``how``, signed in."""
        self.logins[person] = Login(person, email, how, self._subject(email, person), session, factor)
        self.sessions[session] = person
        if card:
            self.cards[person] = card

    def limit_sessions(self, turn: Turn) -> None:
        """Sessions that are open at the start end like all others."""
        for session, _ in self.sessions.ordered():
            turn.wake(f"end_session {session}", self.config.session_life)

    def _subject(self, email: str, key: str) -> str:
        return subject(self.config.subject_is, self.name, email, key)

    # --- signing in and registering -------------------------------------------------------------------------------

    def login(self, turn: Turn, sender: str, message: LoginRequest) -> None:
        """Sign in with a credential that is known, register with one that is not."""
        key = login_key(self.name, message.password)
        if key == sender:
            key = sender  # one text for both, in all tables
        row: Login | None = self.logins.get(key)
        if row is None:
            self._register(turn, sender, message, key)
        elif row.factor and message.factor != row.factor:
            turn.send(sender, Error(message.id, "second_factor_required"))
        else:
            self._open_session(turn, sender, message.id, key, self._signed_in_again(turn, key, row))

    def _register(self, turn: Turn, sender: str, message: LoginRequest, key: str) -> None:
        """Check the address in the orchestrator's way: at once, or by a mail."""
        how = self._check(message.email)
        if how:
            row = Login(sender, message.email, how, self._subject(message.email, key), factor=message.factor)
            self._open_session(turn, sender, message.id, key, row)
        else:
            self._mail_link(turn, Link("login_check", message.id, sender, key, message.email, message.factor))

    def _check(self, email: str) -> str:
        how: str = policy("email_check", self.config.email_check).check(email)
        return how

    def _signed_in_again(self, turn: Turn, key: str, row: Login) -> Login:
        """One more time; what the identity provider upstream says of the subject may have drifted (T10)."""
        times = row.times + 1
        drift = self.config.subject_drift
        share = drift if isinstance(drift, int | float) else float(turn.trait("subject_drift"))
        drifted = bool(share) and turn.decide(f"subject_drift {key} {times}", share)
        return replace(row, times=times, subject=f"{row.subject}'{times}" if drifted else row.subject)

    def _open_session(self, turn: Turn, to: str, request: str, key: str, row: Login) -> None:
        session = f"s:{self.name}:{request}:{to}"
        self.logins[key] = replace(row, session=session)
        self.sessions[session] = key
        self.opened(turn, session)
        turn.wake(f"end_session {session}", self.config.session_life)
        turn.send(to, LoggedIn(request, session))

    @abstractmethod
    def opened(self, turn: Turn, session: str) -> None:
        """A session was opened; what that means beside is the business of the part that defends."""

    def end_session(self, turn: Turn, what: str) -> None:
        """A session is over."""
        self.sessions.pop(what, None)

    # --- mailed links ---------------------------------------------------------------------------------------------

    def _mail_link(self, turn: Turn, link: Link) -> None:
        """Send a link to the address, and put the request aside until it is clicked."""
        atom = f"l:{self.name}:{link.purpose}:{link.request}"
        self.links[atom] = link
        turn.send(link.email, Mail(link.request, link.email, link.purpose, self.name, link.request, atom))
        turn.note(MailSent(self.name, link.email, link.purpose, link.request))
        turn.wake(f"expire_link {atom}", LINK_LIFE)
        turn.suspend(self.thread(link.request))
        turn.send(link.asker, Done(link.request, "pending"))

    def expire_link(self, turn: Turn, what: str) -> None:
        """A mailed link works no more; whoever asked for it may ask again."""
        self.links.pop(what, None)

    def click(self, turn: Turn, sender: str, message: Click) -> None:
        """Somebody opened a mailed link: the request it belongs to goes on for whoever made it."""
        link: Link | None = self.links.pop(message.link, None)
        if link is None:
            turn.send(sender, Error(message.id, "expired"))
            return
        turn.cancel(f"expire_link {message.link}")
        turn.send(sender, Done(message.id))
        turn.resume(self.thread(link.request))
        row: Login | None = self.logins.get(link.login)
        if link.purpose == "change_email":
            self._change_email(turn, link.request, link.login, link.email, "link")
            turn.send(link.asker, Done(link.request))
            return
        if row is None:
            row = Login(link.asker, link.email, "link", self._subject(link.email, link.login), factor=link.factor)
        self._open_session(turn, link.asker, link.request, link.login, row)

    # --- a new address --------------------------------------------------------------------------------------------

    def change_login_email(self, turn: Turn, sender: str, message: ChangeLoginEmail) -> None:
        """A person changes the address of a login: checked as at registration."""
        login: str = self.sessions.get(message.session, "")
        if not login:
            turn.send(sender, Error(message.id, NO_SESSION))
            return
        how = self._check(message.email)
        if how:
            self._change_email(turn, message.id, login, message.email, how)
            turn.send(sender, Done(message.id))
        else:
            self._mail_link(turn, Link("change_email", message.id, sender, login, message.email))

    def _change_email(self, turn: Turn, request: str, key: str, email: str, how: str) -> None:
        """A subject that is made of the address changes with it, and keeps its drift."""
        row: Login = self.logins[key]
        old = self._subject(row.email, key)
        new = self._subject(email, key) + row.subject.removeprefix(old) if row.subject.startswith(old) else row.subject
        self.logins[key] = replace(row, email=email, how=how, subject=new)
        self.identity_changed(turn, request, key, row.subject)

    @abstractmethod
    def identity_changed(self, turn: Turn, cause: str, login: str, subject: str) -> None:
        """A login has another address; whom that concerns is the business of the part that tells."""

    # --- for theft ------------------------------------------------------------------------------------------------

    def sessions_of(self, person: str) -> tuple[str, ...]:
        """Open sessions of ``person`` here: of the person's own login, or else of logins made under other addresses."""
        own: Login | None = self.logins.get(person)
        if own is not None and own.session in self.sessions:
            return (own.session,)
        rows = [row for _, row in self.logins.ordered() if row.person == person]
        return tuple(row.session for row in rows if row.session in self.sessions)
