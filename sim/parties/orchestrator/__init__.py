"""An orchestrator: knows its customers, attests who they are to providers, and keeps what providers give it.

Its parts are one party with one set of tables: ``logins`` (who is a customer, sessions), ``adding`` (a request for a
service from catalogue to resource), ``outgoing`` (requests to providers, timeouts, retries), ``vault`` (tokens),
``keys``, ``detection``, ``defences`` (limits, a second look at who asks), ``listing`` (the catalogue).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sim import messages
from sim.parties.orchestrator.signals import Signals
from sim.party import Message, Turn

__all__ = ["Orchestrator"]


class Orchestrator(Signals):
    """One orchestrator; ``config`` is its block of the scenario, which may be replaced between turns."""

    HEARS: ClassVar[Mapping[type[Message], str]] = {
        messages.Login: "login",
        messages.Click: "click",
        messages.ChangeLoginEmail: "change_login_email",
        messages.CatalogQuery: "catalog_query",
        messages.Catalog: "catalog",
        messages.Add: "add",
        messages.AcceptTerms: "accept_terms",
        messages.OauthCode: "code",
        messages.RequiresAuth: "requires_auth",
        messages.ConfirmLink: "confirm_link",
        messages.TokenResponse: "tokens",
        messages.Resource: "resource",
        messages.ManageResource: "manage",
        messages.SubmitInformation: "submit",
        messages.EnvPull: "env_pull",
        messages.OpenCommand: "open_dashboard",
        messages.DeepLink: "deep_link",
        messages.UseCommand: "use",
        messages.RefreshCommand: "refresh",
        messages.RevokeCommand: "revoke",
        messages.UnlinkCommand: "unlink",
        messages.ApiOk: "api_ok",
        messages.Unauthorized: "unauthorized",
        messages.Metadata: "metadata_received",
        messages.KeysRequest: "keys_request",
        messages.PaymentToken: "payment_token",
        messages.PaymentTokenEvent: "payment_event",
        messages.CardGiven: "card_given",
        messages.RaiseCap: "raise_cap",
        messages.StepUp: "step_up",
        messages.Done: "done",
        messages.Error: "error",
    }
    WAKES: ClassVar[Mapping[str, str]] = {
        "timeout": "timed_out",
        "push": "push",
        "give_back": "give_back",
        "poll": "poll",
        "signal": "signal",
        "end_session": "end_session",
        "expire_link": "expire_link",
        "publish": "publish",
        "sign": "sign",
        "retire": "retire",
        "detect": "detect",
        "uncount": "uncount",
        "month": "new_month",
        "refill": "refill",
        "cooled": "cooled",
    }
    DOES: ClassVar[Mapping[str, str]] = {"rotate_key": "rotate_key", "withdraw_key": "withdraw_key"}

    def start(self, turn: Turn) -> None:
        """Make the first key; sessions of those enrolled begin to run out."""
        self.first_key(turn)
        self.first_month(turn)
        self.limit_sessions(turn)

    def holdings(self, what: str, of: str) -> tuple[str, ...]:
        """Atoms that a thief gets: ``session`` of a person, all ``tokens``, ``signing_key``, every ``shared_secret``.

        What the way of attesting does not have cannot be stolen.
        """
        secrets = self.attesting.SIGNS_EVERYTHING
        if what == "session":
            return self.sessions_of(of)
        if what == "card":
            return self.cards_of(of)
        if what == "payment_tokens":
            return tuple(token for token, row in self.payments.ordered() if row.live)
        if what == "tokens":
            rows = [row for _, row in self.connections.ordered()]
            return tuple(atom for row in rows for atom in (row.access, row.refresh) if atom)
        if what == "signing_key" and not secrets:
            return (self.signer(""),)
        if what == "shared_secret" and secrets:
            return tuple(self.signer(provider) for provider in self.providers())
        return ()
