"""The resource server: resources, and every call of the API."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from sim.facts import ApiAccepted, ApiRefused, ResourceCompleted, TokenIssued
from sim.messages import (
    ApiCall,
    ApiOk,
    Catalog,
    CatalogRequest,
    Metadata,
    MetadataRequest,
    Resource,
    ResourceRequest,
    Unauthorized,
)
from sim.parties.provider.grants import Grants, token_kind
from sim.parties.provider.records import ANSWER_LIFE, Grant, Session
from sim.party import Turn

#: What the metadata of the protected resource says may be asked for.
SCOPES = ("resources",)
#: Kinds of credential, as facts name them, by the beginning of its name; tokens of a grant are told by the grant.
KINDS: Mapping[str, str] = {"ps": "session", "sk": "resource", "ak": "api_key"}


class Api(Grants):
    """The part that is used once everything has been agreed."""

    # --- resources --------------------------------------------------------------------------------------------------

    def resource_request(self, turn: Turn, sender: str, message: ResourceRequest) -> None:
        """``POST /provisioning/resources``."""
        grant, row = self.bearer(turn, sender, message.access_token)
        if row is None or (row.signed and row.issuer in self.contained):
            self.refuse(turn, sender, message.id, "unauthorized")
            return
        if row.signed:
            verdict = self.client(turn, sender, message, row.issuer, message.client_key)
            if verdict:
                if verdict != "later":
                    self.refuse(turn, sender, message.id, verdict)
                return
        if not self.offers(message.service):
            self.refuse(turn, sender, message.id, "unknown_service")
            return
        key = self._resource_key(message, row)
        secret = self._made(key, row)
        if not secret:
            secret = self._make(turn, message, grant, row)
            if key:
                self._remember_made(turn, key, secret)
        turn.send(sender, Resource(message.id, self.resource_of(secret), secret))

    def _make(self, turn: Turn, message: ResourceRequest, grant: str, row: Grant) -> str:
        """A new resource; its secret."""
        secret = self.fresh(self.live, f"sk:{self.name}:{self.name}/r:{message.id}")
        resource, account = self.resource_of(secret), row.account
        self.live[secret] = grant
        self.grants[grant] = replace(row, secrets=(*row.secrets, secret))
        turn.note(ResourceCompleted(self.name, account, resource, message.service, grant, message.id))
        self.move(turn, "resource", resource, "absent", "complete")
        turn.note(TokenIssued(self.name, account, secret, "resource", grant, row.issuer, row.scopes, message.id))
        return secret

    def resource_of(self, secret: str) -> str:
        """The resource that a secret opens."""
        return secret[len(self.name) + 4 :]

    def _resource_key(self, message: ResourceRequest, row: Grant) -> str:
        """By what a repeated request for a resource is recognised; empty where it is not."""
        answer = self.config.idempotency
        if answer == "header":
            return message.key
        return f"{row.account} {row.issuer} {message.service}" if answer == "project" else ""

    def _made(self, key: str, row: Grant) -> str:
        """The secret of the resource that was made for ``key``; empty if there is none that this grant may have."""
        secret: str = self.made.get(key, "") if key else ""
        if self.config.idempotency == "header":
            return secret if secret in row.secrets else ""
        return secret if secret in self.live else ""

    def _remember_made(self, turn: Turn, key: str, secret: str) -> None:
        self.made[key] = secret
        if self.config.idempotency == "header":
            turn.wake(f"forget_made {key}", ANSWER_LIFE)

    def forget_made(self, turn: Turn, what: str) -> None:
        """A repeated key counts as a new one from now on."""
        self.made.pop(what, None)

    # --- the API ----------------------------------------------------------------------------------------------------

    def api_call(self, turn: Turn, sender: str, message: ApiCall) -> None:
        """One call with a bearer credential; without one it tells where to get it."""
        credential = message.credential
        account, kind, grant = self._credential(turn, sender, credential)
        if account and self.active(account):
            turn.note(ApiAccepted(self.name, account, credential, kind, grant))
            turn.send(sender, ApiOk(message.id, account))
            return
        if credential:
            turn.note(ApiRefused(self.name, credential, "unauthorized"))
        where = f"https://{self.name}/.well-known/oauth-protected-resource"
        turn.send(sender, Unauthorized(message.id, "unauthorized", where))

    def _credential(self, turn: Turn, sender: str, credential: str) -> tuple[str, str, str]:
        """Account, kind and grant of a credential that works; empty texts if it does not."""
        kind = KINDS.get(credential[:2], "")
        if kind == "session":
            session: Session | None = self.sessions.get(credential)
            return ("", "", "") if session is None else (session.account, kind, "")
        if kind:
            on: str = self.live.get(credential, "")
            if kind == "resource" and on:
                return self.grants[on].account, kind, on
            return on, kind, ""
        grant, row = self.bearer(turn, sender, credential)
        return ("", "", "") if row is None else (row.account, token_kind(row), grant)

    def metadata(self, turn: Turn, sender: str, message: MetadataRequest) -> None:
        """``GET /.well-known/oauth-protected-resource`` (RFC 9728): the provider is its own authorization server."""
        turn.send(sender, Metadata(message.id, self.name, (self.name,), SCOPES))

    def catalogue(self, turn: Turn, sender: str, message: CatalogRequest) -> None:
        """``GET /provisioning/services``."""
        turn.send(sender, Catalog(message.id, tuple(self.config.services), self.config.agent_provisioning))
