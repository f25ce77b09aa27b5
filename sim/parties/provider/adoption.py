"""The owner takes possession of an account: by proof of the mailbox, or by a consent given after such a proof."""

from __future__ import annotations

from sim.facts import AccountActivated, Adopted, ChangeCancelled, EmailVerified, TokenEnded, TokenIssued, Unlinked
from sim.messages import SignedIn
from sim.parties.provider.api import Api
from sim.parties.provider.records import Session, change_id, policy
from sim.party import Turn


class Adoption(Api):
    """The part that knows what hangs on an account, and ends it."""

    def activate(self, turn: Turn, account: str) -> None:
        """A pending account works from now on."""
        self.set_account(account, state="active")
        turn.note(AccountActivated(self.name, account))
        self.move(turn, "account", account, "pending", "active")

    def verify(self, turn: Turn, account: str) -> None:
        """Mail to the address of ``account`` has been answered."""
        if not self.accounts[account].verified:
            self.set_account(account, verified=True)
            turn.note(EmailVerified(self.name, account))

    def adopted(self, turn: Turn, account: str, how: str) -> None:
        """The owner has the account; what had to end has ended."""
        self.set_account(account, proven=True)
        turn.note(Adopted(self.name, account, how))

    def purge(self, turn: Turn, account: str) -> None:
        """End what *adoption* says; whatever the proof itself gives is given afterwards."""
        answer = self.config.on_adopt
        kinds = answer if isinstance(answer, tuple) else policy("adoption", answer).ends()
        if "sessions" in kinds:
            for session in self.door(account).sessions:
                self.end_session(turn, account, session, "purged")
        if "tokens" in kinds:
            self._purge_tokens(turn, account)
        if "identifiers" in kinds:
            for identifier in self.accounts[account].identifiers:
                self.forget_identifier(turn, account, identifier)
            self.drop_password(turn, account)
        if "pending_changes" in kinds:
            self.cancel_change(turn, account)

    def _purge_tokens(self, turn: Turn, account: str) -> None:
        """Grants, secrets of resources and keys end; codes that were minted before are void."""
        door = self.door(account)
        for grant in self.accounts[account].grants:
            self.end_grant(turn, grant, "purged", "purged")
            for secret in self.grants[grant].secrets:
                self.end_secret(turn, account, secret, "purged")
        for key in door.keys:
            self.end_secret(turn, account, key, "purged")
        self.set_door(account, keys=(), purges=door.purges + 1)

    def end_secret(self, turn: Turn, account: str, secret: str, reason: str) -> None:
        """The secret of a resource, or a key made by hand, works no more."""
        if self.live.pop(secret, None) is not None:
            self.gone[secret] = True
            kind = "resource" if secret.startswith("sk:") else "api_key"
            turn.note(TokenEnded(self.name, account, secret, kind, reason))

    def end_session(self, turn: Turn, account: str, session: str, reason: str) -> None:
        """A session works no more."""
        del self.sessions[session]
        self.gone[session] = True
        left = tuple(other for other in self.door(account).sessions if other != session)
        self.set_door(account, sessions=left)
        turn.note(TokenEnded(self.name, account, session, "session", reason))

    def drop_password(self, turn: Turn, account: str) -> None:
        """Whatever password the account has is worth nothing any more."""
        if self.door(account).password:
            self.set_door(account, password="")
            turn.note(Unlinked(self.name, account, "password"))

    def cancel_change(self, turn: Turn, account: str) -> None:
        """A change of address that waits for its click is off."""
        link = self.door(account).change
        if link:
            del self.links[link]
            turn.cancel(f"expire_link {link}")
            self.set_door(account, change="")
            turn.note(ChangeCancelled(self.name, account, change_id(link)))

    def open_session(
        self, turn: Turn, to: str, request: str, account: str, *, by_proof: bool = False, grant: str = ""
    ) -> str:
        """Sign ``to`` in to ``account``; the session."""
        session = f"ps:{self.name}:{request}"
        while session in self.gone:
            session += "'"
        if session not in self.sessions:
            self.sessions[session] = Session(account, by_proof, grant)
            self.set_door(account, sessions=(*self.door(account).sessions, session))
            issuer = self.grants[grant].issuer if grant else ""
            turn.note(TokenIssued(self.name, account, session, "session", grant, issuer, (), request))
        turn.send(to, SignedIn(request, session, account))
        return session
