"""The vault: tokens that providers gave, used and refreshed for a person, withdrawn, and forgotten."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from msgspec.structs import replace

from sim.facts import ConnectionRemoved, CredentialStored, Revoked
from sim.messages import (
    Done,
    Error,
    RefreshCommand,
    RevokeCommand,
    RevokeRequest,
    TokenResponse,
    UnlinkCommand,
    UseCommand,
)
from sim.parties.orchestrator.outgoing import Outgoing
from sim.parties.orchestrator.records import (
    NO_SESSION,
    NOT_LINKED,
    Connection,
    Push,
    Work,
    attempt,
    grant_of,
    policy,
    request_of,
)
from sim.party import Turn


class Vault(Outgoing):
    """The part that keeps tokens."""

    ANSWERABLE: ClassVar[tuple[str, ...]] = (
        "account", "resource", "token", "catalog", "listing", "api", "refresh", "challenge", "metadata", "payment",
        "renewal", "poll",
    )  # fmt: skip
    """Stages at which a request may be answered with an error."""

    # --- use and refresh ------------------------------------------------------------------------------------------

    def use(self, turn: Turn, sender: str, message: UseCommand) -> None:
        """One call of a provider's API with the token in the vault."""
        self._with_token(turn, sender, message, "api")

    def refresh(self, turn: Turn, sender: str, message: RefreshCommand) -> None:
        """New tokens for the refresh token in the vault."""
        self._with_token(turn, sender, message, "refresh")

    def _with_token(self, turn: Turn, sender: str, message: UseCommand | RefreshCommand, stage: str) -> None:
        if message.id in self.work:
            return  # a copy of a request that is being worked on
        login: str = self.sessions.get(message.session, "")
        row = self.connection(login, message.provider)
        held = row.access if stage == "api" else row.refresh
        if not login or not held:
            turn.send(sender, Error(message.id, NOT_LINKED if login else NO_SESSION))
            return
        self.ask(turn, message.id, Work(sender, login, message.provider, "", stage, held=held))

    def refreshed(self, turn: Turn, intent: str, work: Work, message: TokenResponse) -> None:
        """Refreshed tokens replace the old, unless the old were withdrawn meanwhile."""
        self.close(turn, intent)
        if self.connection(work.login, work.provider).refresh != work.held:
            turn.send(work.asker, Error(intent, NOT_LINKED))
            return
        self.store(turn, work.login, work.provider, message)
        turn.send(work.asker, Done(intent))

    def refused(self, turn: Turn, intent: str, work: Work, code: str) -> None:
        """A listing, a use or a refresh came to nothing; a refused refresh token is the end of the link."""
        self.close(turn, intent)
        row = self.connection(work.login, work.provider)
        if work.stage == "refresh" and code == "invalid_grant" and row.refresh == work.held:
            self.move(turn, work.login, work.provider, "expired", access="", refresh="")
        turn.send(work.asker, Error(intent, code))

    def store(self, turn: Turn, login: str, provider: str, message: TokenResponse) -> None:
        """Put tokens into the vault; an older grant is forgotten there, and lives on at the provider."""
        tokens = {"access": message.access_token, "refresh": message.refresh_token}
        self.move(turn, login, provider, "active", **tokens)
        turn.note(CredentialStored(self.name, provider, login, grant_of(message.access_token)))

    def close(self, turn: Turn, intent: str) -> None:
        """Nothing is awaited for a request any more."""
        self.work.pop(intent, None)
        turn.cancel(f"timeout {intent}")

    # --- withdrawing and forgetting -------------------------------------------------------------------------------

    def revoke(self, turn: Turn, sender: str, message: RevokeCommand) -> None:
        """The single action: withdraw everything held for a person at a provider, or everywhere."""
        login: str = self.sessions.get(message.session, "")
        if not login:
            turn.send(sender, Error(message.id, NO_SESSION))
            return
        self.withdraw(turn, message.id, login, message.provider)
        turn.send(sender, Done(message.id))

    def withdraw(self, turn: Turn, cause: str, login: str, provider: str = "") -> None:
        """Withdraw the grants of ``login`` at ``provider`` (empty: everywhere), because of the request ``cause``."""
        for name in (provider,) if provider else self.providers():
            row = self.connection(login, name)
            if row.access:
                self._withdraw_one(turn, f"{cause}+{name}", login, name, row)

    def _withdraw_one(self, turn: Turn, request: str, login: str, provider: str, row: Connection) -> None:
        """Drop a grant from the vault, and have the provider told after a while, if it is told at all."""
        grant = grant_of(row.access)
        named = policy("revocation", self.config.revocation.names).withdraw(grant, row.access)
        turn.note(Revoked(self.name, provider, login, grant, named is not None))
        self.move(turn, login, provider, "expired", access="", refresh="")
        self.take_tokens_back(turn, login, provider)
        if named is not None:
            self.pushes[request] = Push(provider, *named)
            turn.wake(f"push {request}", self.config.revocation.delay)

    def push(self, turn: Turn, what: str) -> None:
        """Tell the provider (once more), unless it has answered; the attempt may be lost on its way."""
        push: Push | None = self.pushes.get(what)
        if push is None:
            return
        tries, policy_ = push.tries + 1, self.config.revocation
        id_ = attempt(what, tries)
        if not (policy_.loss and turn.decide(f"revocation_loss {id_}", policy_.loss)):
            key = self.signer(push.provider)
            turn.send(push.provider, RevokeRequest(id_, self.name, key, push.grant, push.token_ids))
        if tries <= policy_.retries:
            self.pushes[what] = replace(push, tries=tries)
            turn.wake(f"push {what}", self.config.timeout)
        else:
            del self.pushes[what]

    def done(self, turn: Turn, sender: str, message: Done) -> None:
        """A provider has acted on a revocation."""
        if self.renewed(turn, sender, message):
            return
        request = request_of(message.id)
        push: Push | None = self.pushes.get(request)
        if push is not None and push.provider == sender:
            del self.pushes[request]
            turn.cancel(f"push {request}")

    @abstractmethod
    def renewed(self, turn: Turn, sender: str, message: Done) -> bool:
        """Whether it was a plan's renewal that is done: the business of the part that pays."""

    @abstractmethod
    def take_tokens_back(self, turn: Turn, login: str, provider: str) -> None:
        """Nothing more may be charged: the business of the part that pays."""

    def error(self, turn: Turn, sender: str, message: Error) -> None:
        """A provider refused something; a refused revocation is sent again in time, as new keys may be on their way."""
        if found := self.awaited(sender, message.id, *self.ANSWERABLE):
            self.failed(turn, *found, message.code)

    def unlink(self, turn: Turn, sender: str, message: UnlinkCommand) -> None:
        """Forget a connection; the provider is told nothing, and what exists there stays."""
        login: str = self.sessions.get(message.session, "")
        if not login or not self.connection(login, message.provider).access:
            turn.send(sender, Error(message.id, NOT_LINKED if login else NO_SESSION))
            return
        turn.note(ConnectionRemoved(self.name, message.provider, login))
        self.move(turn, login, message.provider, "unlinked", access="", refresh="")
        turn.send(sender, Done(message.id))
