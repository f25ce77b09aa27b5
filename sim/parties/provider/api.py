"""The resource server: every call of the API, and what is on offer."""

from __future__ import annotations

from collections.abc import Mapping

from sim.facts import ApiAccepted, ApiRefused
from sim.messages import (
    ApiCall,
    ApiOk,
    Catalog,
    CatalogRequest,
    Metadata,
    MetadataRequest,
    Unauthorized,
)
from sim.parties.provider.grants import token_kind
from sim.parties.provider.limits import QUARANTINED, Limits
from sim.parties.provider.records import Session
from sim.party import Turn

#: What the metadata of the protected resource says may be asked for.
SCOPES = ("resources",)
#: Kinds of credential, as facts name them, by the beginning of its name; tokens of a grant are told by the grant.
KINDS: Mapping[str, str] = {"ps": "session", "sk": "resource", "ak": "api_key"}


class Api(Limits):
    """The part that is used once everything has been agreed."""

    # --- the API ----------------------------------------------------------------------------------------------------

    def api_call(self, turn: Turn, sender: str, message: ApiCall) -> None:
        """One call with a bearer credential; without one it tells where to get it."""
        credential = message.credential
        account, kind, grant = self._credential(credential, message.pop)
        code = "unauthorized"
        if account and self.rests(account):
            code = QUARANTINED
        elif account and self.active(account):
            turn.note(ApiAccepted(self.name, account, credential, kind, grant))
            turn.send(sender, ApiOk(message.id, account))
            return
        if credential:
            turn.note(ApiRefused(self.name, credential, code))
        where = f"https://{self.name}/.well-known/oauth-protected-resource"
        turn.send(sender, Unauthorized(message.id, code, where))

    def _credential(self, credential: str, pop: str) -> tuple[str, str, str]:
        """Account, kind and grant of a credential that works; empty texts if it does not."""
        kind = KINDS.get(credential[:2], "")
        if kind == "session":
            session: Session | None = self.sessions.get(credential)
            return ("", "", "") if session is None else (session.account, kind, session.grant)
        if kind:
            on: str = self.live.get(credential, "")
            if kind == "resource" and on:
                return self.grants[on].account, kind, on
            return on, kind, ""
        grant, row = self.bearer(credential, pop)
        return ("", "", "") if row is None else (row.account, token_kind(row), grant)

    def metadata(self, turn: Turn, sender: str, message: MetadataRequest) -> None:
        """``GET /.well-known/oauth-protected-resource`` (RFC 9728): a provider is its own authorization server.

        One that says another is, and takes the codes that come of it itself, mixes its clients up.
        """
        turn.send(sender, Metadata(message.id, self.name, (self.config.authorization_server or self.name,), SCOPES))

    def catalogue(self, turn: Turn, sender: str, message: CatalogRequest) -> None:
        """``GET /provisioning/services``."""
        services, bound, config = tuple(self.catalogue_rows), self.binds(turn), self.config
        says = tuple(config.catalogue_says.items())
        updates = tuple((name, into) for name in services for into in self.updates_of(name) if into in services)
        listed = (services, config.agent_provisioning, bound, self.price_list(), says, updates)
        turn.send(sender, Catalog(message.id, *listed))

    def updates_of(self, service: str) -> tuple[str, ...]:
        """What a service may become, by the catalogue."""
        found: tuple[str, ...] = getattr(self.catalogue_rows.get(service), "updates", ())
        return found
