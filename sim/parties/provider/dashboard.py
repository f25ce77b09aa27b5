"""The dashboard of an account: what is on it, and what its holder does with it by hand."""

from __future__ import annotations

from sim.facts import ChangeRequested, Linked, ResourceCompleted, TokenIssued
from sim.messages import Dashboard, DashboardRequest, Done, KeyCreated, Manage
from sim.parties.provider.pages import Pages
from sim.parties.provider.records import MailedLink, Session, Thing, change_id
from sim.party import Turn


class DashboardDesk(Pages):
    """The part for those who are signed in."""

    def dashboard(self, turn: Turn, sender: str, message: DashboardRequest) -> None:
        """What exists on the account, this session apart; keys made by hand are listed with the resources."""
        session: Session | None = self.sessions.get(message.session)
        if session is None:
            self.refuse(turn, sender, message.id, "unauthorized")
            return
        account = session.account
        row, door = self.accounts[account], self.door(account)
        secrets = tuple(secret for grant in row.grants for secret in self.grants[grant].secrets)
        turn.send(
            sender,
            Dashboard(
                message.id,
                account,
                grants=tuple(grant for grant in row.grants if self.grants[grant].live),
                sessions=tuple(other for other in door.sessions if other != message.session),
                identifiers=row.identifiers,
                pending_changes=(change_id(door.change),) if door.change else (),
                resources=tuple(
                    dict.fromkeys((*(self.resource_of(secret) for secret in secrets), *door.resources, *door.keys))
                ),
            ),
        )

    def manage(self, turn: Turn, sender: str, message: Manage) -> None:
        """Something done from the dashboard."""
        session: Session | None = self.sessions.get(message.session)
        if session is None or not self.active(session.account):
            self.refuse(turn, sender, message.id, "unauthorized")
            return
        account, what = session.account, message.values[0] if message.values else ""
        setting = {"add_identifier": "identifiers", "change_email": "email_change"}.get(message.action)
        if setting is not None and setting not in self.config.account_settings:
            self.refuse(turn, sender, message.id, "not_offered")
        elif message.action == "end":
            for thing in message.values:
                self._end(turn, account, thing)
            turn.send(sender, Done(message.id))
        elif message.action == "add_identifier":
            self._add_identifier(turn, sender, message, account, what)
        elif message.action == "change_email":
            self._change_email(turn, sender, message, account, what)
        elif message.action == "create_key":
            self._create_key(turn, sender, message, account)
        elif message.action == "choose_plan":
            self._choose_plan(turn, sender, message, account, what)
        else:
            self.refuse(turn, sender, message.id, "invalid_request")

    # --- ending -----------------------------------------------------------------------------------------------------

    def _end(self, turn: Turn, account: str, thing: str) -> None:
        """End one thing, as the dashboard names it; what is not this account's stays."""
        row, door = self.accounts[account], self.door(account)
        secrets = tuple(
            one for grant in row.grants for one in self.grants[grant].secrets if self.resource_of(one) == thing
        )
        if thing in row.grants:
            self.end_grant(turn, thing, "revoked", "revoked")
        elif thing in door.sessions:
            self.end_session(turn, account, thing, "revoked")
        elif thing in row.identifiers:
            self.forget_identifier(turn, account, thing)
        elif thing in door.keys:
            self.end_secret(turn, account, thing, "revoked")
            self.set_door(account, keys=tuple(key for key in door.keys if key != thing))
        elif door.change and thing == change_id(door.change):
            self.cancel_change(turn, account)
        for secret in secrets:
            self.end_secret(turn, account, secret, "revoked")

    # --- changing ---------------------------------------------------------------------------------------------------

    def _add_identifier(self, turn: Turn, sender: str, message: Manage, account: str, identifier: str) -> None:
        """An own login elsewhere leads to the account from now on."""
        if not identifier or self.identifiers.get(identifier, account) != account:
            self.refuse(turn, sender, message.id, "identifier_taken")
            return
        if identifier not in self.identifiers:
            self.identify(turn, account, identifier)
            turn.note(Linked(self.name, account, identifier, "", "added", True, message.id))
        turn.send(sender, Done(message.id))

    def _change_email(self, turn: Turn, sender: str, message: Manage, account: str, email: str) -> None:
        """The new address has to answer first; one change waits at a time.

        A provider that takes the word of whoever has confirmed an address before undoes the check at its door: one goes
        on under somebody else's ([PH22]_).

        .. [PH22] https://arxiv.org/abs/2205.10174 (the verification trick)
        """
        if self.bearing(email):
            self.refuse(turn, sender, message.id, "email_taken")
            return
        self.cancel_change(turn, account)
        if "unconfirmed_email_change" in self.config.faults and self.accounts[account].verified:
            self.bear(turn, account, f"ch:{self.name}:{message.id}", email)
            turn.send(sender, Done(message.id))
            return
        link = self.mail_link(turn, email, MailedLink("change_email", account, message.id, email=email))
        self.set_door(account, change=link)
        turn.note(ChangeRequested(self.name, account, change_id(link), email))
        turn.send(sender, Done(message.id, "pending"))

    # --- the human detour -------------------------------------------------------------------------------------------

    def _create_key(self, turn: Turn, sender: str, message: Manage, account: str) -> None:
        """An API key made by hand."""
        door = self.door(account)
        key = self.fresh(self.live, f"ak:{self.name}:{message.id}")
        self.live[key] = account
        self.set_door(account, keys=(*door.keys, key))
        turn.note(TokenIssued(self.name, account, key, "api_key", "", "", (), message.id))
        turn.send(sender, KeyCreated(message.id, key, door.resources[-1] if door.resources else ""))

    def _choose_plan(self, turn: Turn, sender: str, message: Manage, account: str, service: str) -> None:
        """A service chosen by hand; what opens it is a key made by hand."""
        if not self.offers(service):
            self.refuse(turn, sender, message.id, "unknown_service")
            return
        resource = f"{self.name}/r:{message.id}"
        door = self.door(account)
        if resource not in door.resources:
            self.set_door(account, resources=(*door.resources, resource))
            self.resources[resource] = Thing("", service)
            turn.note(ResourceCompleted(self.name, account, resource, service, "", message.id))
            self.move(turn, "resource", resource, "absent", "complete")
        turn.send(sender, Done(message.id))
