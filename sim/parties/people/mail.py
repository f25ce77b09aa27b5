"""What people do about mail, and about consent pages that strangers send them.

A mail about a request of one's own is read and answered. One that comes of somebody else's request is a warning, which
some notice: then the owner takes possession of what was made under the address. An adversary opens every link it gets
at once and heeds no warning; only a change of address it keeps back, to confirm it when the owner feels safe again
([PH22]_, unexpired email change).

.. [PH22] Sudhodanan and Paverd, *Pre-hijacked accounts*, USENIX Security 2022, https://arxiv.org/abs/2205.10174
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec.structs import replace

from sim.facts import MailRead
from sim.messages import Click, Lure, Mail
from sim.parties.people.adding import AUTO
from sim.parties.people.forging import Forging
from sim.parties.people.records import EMPTY, PATIENCE, Task, named, root, whose
from sim.party import Message, Turn

#: Mails whose link is opened to confirm something.
CLICKED = ("verify", "activate", "login_check", "change_email")
#: Mails whose link proves the mailbox, for a request to get in.
PROVED = ("reset", "adopt")
#: Mails of which the owner of the address learns that somebody made an account.
WARNINGS = ("welcome", "verify")


def kept(person: str, intent: str, target: str) -> str:
    """Key of a mail that an attack keeps back."""
    return f"{person} kept {intent} {target}"


class Letters(Forging):
    """Mail and lures."""

    STEPS: ClassVar[Mapping[str, str]] = {}
    ANSWERS: ClassVar[Mapping[tuple[type[Message], str], str]] = {}

    # --- mail arrives ---------------------------------------------------------------------------------------------

    def mailed(self, turn: Turn, sender: str, message: Mail) -> None:
        """A mail lies in the mailbox."""
        turn.act()
        own = whose(message.request) == turn.me
        if self.config.adversary(turn.me):
            self._pounce(turn, message, own)
        elif own:
            self._expected(turn, message)
        else:
            self._unexpected(turn, message)

    def _put_by(self, turn: Turn, message: Mail, kind: str, delay: str) -> None:
        """Leave a mail until the person gets round to it."""
        what = f"{message.purpose} {message.request}"
        self.mails[f"{turn.me} {what}"] = message
        turn.wake(f"{kind} {what}", getattr(self.settings(turn), delay))

    def _expected(self, turn: Turn, message: Mail) -> None:
        """A mail about a request of one's own; a welcome needs nothing done."""
        if message.purpose not in (*CLICKED, *PROVED):
            return
        found = self.find(turn.me, message.request)
        if found is not None:
            self.tasks[found[0]] = replace(found[1], mailed=True)
        self._put_by(turn, message, "read", "reads_mail_after")

    def _unexpected(self, turn: Turn, message: Mail) -> None:
        """A mail that comes of somebody else's request."""
        if message.purpose in CLICKED and message.purpose not in WARNINGS:
            self._put_by(turn, message, "read", "reads_mail_after")
        elif self.says_yes(turn, "notices", f"{message.purpose} {message.request}", self.settings(turn).notices):
            warned = message.purpose in WARNINGS
            self._put_by(turn, message, *(("notice", "repairs_after") if warned else ("read", "reads_mail_after")))

    # --- mail is read ---------------------------------------------------------------------------------------------

    def read(self, turn: Turn, what: str) -> None:
        """Read a mail and do what it asks for."""
        turn.act()
        message: Mail = self.mails.pop(f"{turn.me} {what}")
        own = whose(message.request) == turn.me
        turn.note(MailRead(turn.me, message.purpose, message.party, own))
        if own:
            self._answer(turn, message)
        elif message.purpose in CLICKED:
            share = self.settings(turn).approves_unknown
            if self.says_yes(turn, "approves_unknown", message.request, share):
                self.open_link(turn, message)

    def _answer(self, turn: Turn, message: Mail) -> None:
        """Open the link of a mail about a request of one's own."""
        found = self.find(turn.me, message.request)
        if message.purpose in PROVED:
            if found is not None and found[1].stage in ("recover", "mail"):
                self.prove(turn, found[0], replace(found[1], mailed=False), message.link)
        elif found is None:
            self.open_link(turn, message)
        else:
            intent, task = found
            task = replace(task, mailed=False, confirmed=True)
            if task.stage == "mail":
                self.step(turn, message.party, "confirm_mail")
                click = Click(named(intent, task, "click"), message.link)
                self.confirms(turn, message.party, message.request, click.id)
                self.ask(turn, intent, task, message.party, click, "click")
            else:
                self.tasks[intent] = task
                turn.wake(f"patience {intent}", PATIENCE)
                self.open_link(turn, message)

    def open_link(self, turn: Turn, message: Mail) -> None:
        """Open a link, without waiting for anything to come of it."""
        self.step(turn, message.party, "confirm_mail")
        click = Click(f"{message.request}+click", message.link)
        self.confirms(turn, message.party, message.request, click.id)
        turn.send(message.party, click)

    def _pounce(self, turn: Turn, message: Mail, own: bool) -> None:
        """An adversary opens whatever link it gets."""
        if message.purpose == "change_email" and own:
            if not self.keeps_back(turn, message):
                self._put_by(turn, message, "read", "reads_mail_after")
            return
        if message.purpose not in (*CLICKED, *PROVED):
            return
        turn.note(MailRead(turn.me, message.purpose, message.party, own))
        if own:
            self._answer(turn, message)
        elif message.purpose in CLICKED:
            self.open_link(turn, message)
        else:
            self._rob(turn, message)

    def keeps_back(self, turn: Turn, message: Mail) -> bool:
        """Whether an attack asked for a change of address: then it is confirmed when the attack says so."""
        intent, _, deed = root(message.request).rpartition(f".{message.party}.")
        if not deed or intent not in self.campaigns:
            return False
        self.mails[kept(turn.me, intent, message.party)] = message
        return True

    def open_kept(self, turn: Turn, intent: str, target: str) -> bool:
        """Open the link that the attack ``intent`` kept back at ``target``; whether there was one."""
        message: Mail | None = self.mails.pop(kept(turn.me, intent, target), None)
        if message is None:
            return False
        turn.note(MailRead(turn.me, message.purpose, message.party, own=True))
        self.open_link(turn, message)
        return True

    def _rob(self, turn: Turn, message: Mail) -> None:
        """Somebody else asked for a link to get in: get in oneself."""
        intent = f"{root(message.request)}.robbed.{turn.me}"
        alias = self.config.controller(message.address) or message.address
        task = Task(turn.me, "reset_password", message.party, message.address, alias, then="finish", reported=True)
        self.prove(turn, intent, task, message.link)

    # --- warnings -------------------------------------------------------------------------------------------------

    def noticed(self, turn: Turn, what: str) -> None:
        """The owner of an address has noticed an account made under it, and takes possession of it."""
        turn.act()
        message: Mail = self.mails.pop(f"{turn.me} {what}")
        turn.note(MailRead(turn.me, message.purpose, message.party, own=False))
        intent = f"{root(message.request)}.notice.{turn.me}"
        if intent in self.tasks:
            return
        alias = turn.me if message.address == self.config.address(turn.me) else message.address
        task = Task(turn.me, "adopt", message.party, message.address, alias, then="review", reported=True)
        self.recover(turn, intent, task)

    # --- lures ----------------------------------------------------------------------------------------------------

    def lured(self, turn: Turn, sender: str, message: Lure) -> None:
        """A stranger sends a consent page: some approve; and some pages need no more than being opened."""
        turn.act()
        if self.config.adversary(turn.me):
            return
        intent = f"{root(message.id)}.lured.{turn.me}"
        email = self.config.address(turn.me)
        task = Task(turn.me, "approve", message.provider, email, turn.me, url=message.url, reported=True)
        task = self.up_to_date(task)
        ring = self.rings.get(f"{turn.me} {message.provider} {turn.me}", EMPTY)
        if message.url.endswith(AUTO) and ring.session:
            self.approve(turn, intent, task)
        elif self.says_yes(turn, "approves_unknown", message.id, self.settings(turn).approves_unknown):
            self.after(turn, intent, task, "open_page", self.settings(turn).answers_after)
