"""The provider's own pages: sign up and in, mailed links, and the dashboard."""

from __future__ import annotations

from sim.facts import AccountCreated, ChangeCancelled, ChangeConfirmed, Expired, Linked
from sim.messages import Click, Done, Prove, Recover, SignIn, SignUp
from sim.parties.provider.records import Account, Door, MailedLink, change_id
from sim.parties.provider.requests import Requests
from sim.party import Turn


class Pages(Requests):
    """The part that people use in a browser."""

    # --- the ordinary door ------------------------------------------------------------------------------------------

    def sign_up(self, turn: Turn, sender: str, message: SignUp) -> None:
        """A new account with an address and a password; a second factor is enrolled when one is given."""
        state = self.answer("sign_up").opens()
        if not state:
            self.refuse(turn, sender, message.id, "sign_up_closed")
            return
        email = message.email
        if self.bearing(email):
            self.refuse(turn, sender, message.id, "email_taken")
            return
        barred = self.barred("", email)
        if barred:
            self.refuse(turn, sender, message.id, barred)
            return
        before: MailedLink | None = self.links.get(self.signing_up.get(email))
        if before is not None and before.request == message.id:
            turn.send(sender, Done(message.id, "pending"))
            return
        if before is not None:
            self.close_sign_up(turn, email, "superseded")
        account = self.fresh(self.accounts, f"{self.name}/{message.id}")
        turn.note(AccountCreated(self.name, account, email, state, "", message.id))
        self.move(turn, "account", account, "absent", state)
        self.accounts[account] = Account(email, state)
        if state == "active":
            self._signed_up(turn, sender, message, account)
        else:
            self._wait_for_click(turn, sender, message, account)

    def _signed_up(self, turn: Turn, sender: str, message: SignUp, account: str) -> None:
        """The account is there, whether or not the address is verified ever."""
        self.file(turn, account, message.email)
        self.doors[account] = Door(message.password, message.factor)
        self.open_session(turn, sender, message.id, account)
        self.mail_link(turn, message.email, MailedLink("verify", account, message.id))

    def _wait_for_click(self, turn: Turn, sender: str, message: SignUp, account: str) -> None:
        """The account is to be there once the mailbox has answered; until then it stands in nobody's way."""
        waits = MailedLink("activate", account, message.id, (), sender, message.password, message.factor)
        self.signing_up[message.email] = self.mail_link(turn, message.email, waits)
        turn.suspend(self.thread(message.id))
        turn.send(sender, Done(message.id, "pending"))

    def sign_in(self, turn: Turn, sender: str, message: SignIn) -> None:
        """The ordinary login: the password of an account that bears the address, or an own login linked to one."""
        account = self._opened_by(message)
        if not account:
            self.refuse(turn, sender, message.id, "invalid_credentials")
        elif not self._factor_fits(account, message.factor):
            self.refuse(turn, sender, message.id, "second_factor_required")
        else:
            self.open_session(turn, sender, message.id, account)

    def _opened_by(self, message: SignIn) -> str:
        """The account that a password or a linked login opens; empty if none."""
        linked: str = self.identifiers.get(message.password, "") if message.password.startswith("id:") else ""
        accounts = (linked,) if linked else self.bearing(message.email)
        for account in accounts:
            if self.active(account) and (linked or self.door(account).password == message.password != ""):
                return account
        return ""

    def _factor_fits(self, account: str, factor: str) -> bool:
        """Whether the second factor is the account's; without one enrolled, anything is."""
        enrolled = self.door(account).factor
        return not enrolled or enrolled == factor

    # --- proof of the mailbox ---------------------------------------------------------------------------------------

    def recover(self, turn: Turn, sender: str, message: Recover) -> None:
        """Mail a link to the owner; the answer is the same whether or not there is an account."""
        accounts = self.bearing(message.email)
        if accounts:
            account = accounts[0]
            if message.purpose == "adopt":
                account = next((one for one in accounts if not self.accounts[one].proven), account)
            self.mail_link(turn, message.email, MailedLink(message.purpose, account, message.id))
        turn.send(sender, Done(message.id))

    def prove(self, turn: Turn, sender: str, message: Prove) -> None:
        """The mailed link of a ``recover``: a password of one's own, and possession of the account."""
        mailed: MailedLink | None = self.links.get(message.link)
        if mailed is None or mailed.purpose not in ("reset", "adopt") or self._moved_since(mailed):
            self.refuse(turn, sender, message.id, "expired")
            return
        account = mailed.account
        if self.accounts[account].state in ("suspended", "closed"):
            self.refuse(turn, sender, message.id, "forbidden")
            return
        if not self._factor_fits(account, message.factor):
            self.refuse(turn, sender, message.id, "second_factor_required")
            return
        self._use_link(turn, message.link)
        if self.accounts[account].state == "pending":
            self.activate(turn, account)
        adopts = mailed.purpose == "adopt" or not self.accounts[account].proven
        if adopts:
            self.purge(turn, account)
        self.set_door(account, password=message.password, factor=self.door(account).factor or message.factor)
        turn.note(Linked(self.name, account, "password", "", "added", True, message.id))
        self.open_session(turn, sender, message.id, account, by_proof=True)
        self.verify(turn, account)
        if adopts:
            self.adopted(turn, account, mailed.purpose)

    def _moved_since(self, mailed: MailedLink) -> bool:
        """Whether the account bears no more the address that a link was mailed to, and the link proves nothing."""
        return bool(mailed.email) and mailed.account not in self.bearing(mailed.email)

    def click(self, turn: Turn, sender: str, message: Click) -> None:
        """A mailed link that confirms an address, a new account, or a change of address."""
        mailed: MailedLink | None = self.links.get(message.link)
        if mailed is None or mailed.purpose not in ("verify", "activate", "change_email"):
            self.refuse(turn, sender, message.id, "expired")
            return
        account = mailed.account
        if mailed.purpose == "verify" and self._moved_since(mailed):
            self.refuse(turn, sender, message.id, "expired")
            return
        if mailed.purpose == "activate" and self.accounts[account].state != "pending":
            self.refuse(turn, sender, message.id, "expired")
            return
        if mailed.purpose == "change_email" and not self._change_address(turn, account, mailed):
            self.refuse(turn, sender, message.id, "email_taken")
            return
        if mailed.asker:
            del self.signing_up[self.accounts[account].email]
        self._use_link(turn, message.link)
        turn.send(sender, Done(message.id))
        if mailed.purpose == "activate":
            self._activated(turn, account, mailed)
        else:
            self.verify(turn, account)

    def _activated(self, turn: Turn, account: str, mailed: MailedLink) -> None:
        """A pending account works, for whoever this mail was about; further mails about it have become worthless."""
        self.activate(turn, account)
        self.verify(turn, account)
        if mailed.requests:
            self.confirm_all(turn, mailed)
            return
        self.file(turn, account, self.accounts[account].email)
        self.doors[account] = Door(mailed.password, mailed.factor)
        turn.resume(self.thread(mailed.request))
        self.open_session(turn, mailed.asker, mailed.request, account)

    def _change_address(self, turn: Turn, account: str, mailed: MailedLink) -> bool:
        """The new address has answered: the account bears it, unless another has come to bear it meanwhile."""
        if self.bearing(mailed.email):
            return False
        change = change_id(self.door(account).change)
        self.set_door(account, change="")
        self.bear(turn, account, change, mailed.email)
        return True

    def bear(self, turn: Turn, account: str, change: str, email: str) -> None:
        """The account bears another address from now on."""
        self.unfile(account, self.accounts[account].email)
        self.set_account(account, email=email, verified=False)
        self.file(turn, account, email)
        turn.note(ChangeConfirmed(self.name, account, change, email))

    def _use_link(self, turn: Turn, link: str) -> None:
        """A mailed link is used up."""
        turn.cancel(f"expire_link {link}")
        self._drop_link(link)

    def _drop_link(self, link: str) -> None:
        """A mailed link does nothing any more."""
        mailed: MailedLink = self.links.pop(link, None)
        for wanted in mailed.requests:
            self.forget(wanted)
        if mailed.requests and self.awaiting.get(mailed.requests[0].identifier) == link:
            del self.awaiting[mailed.requests[0].identifier]

    def expire_link(self, turn: Turn, what: str) -> None:
        """A mailed link was not used in time."""
        mailed: MailedLink = self.links[what]
        turn.note(Expired(self.name, "link", what))
        if mailed.asker:
            self.close_sign_up(turn, self.accounts[mailed.account].email, "expired")
            return
        self._drop_link(what)
        if mailed.purpose == "change_email":
            self.set_door(mailed.account, change="")
            turn.note(ChangeCancelled(self.name, mailed.account, change_id(what)))
