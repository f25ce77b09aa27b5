"""Deep links into the dashboard, and what an issuer says about its customers' security."""

from __future__ import annotations

from sim.facts import DeepLinkOpened, Expired, SecurityEventReceived
from sim.messages import Click, DeepLink, DeepLinkRequest, Done, SecurityEvent
from sim.parties.provider.records import DEEP_LINK_LIFE, DeepLinkRow, Grant, Session
from sim.parties.provider.resources import Resources
from sim.party import Turn
from sim.tables import Table

#: Events upon which a provider ends something; of others it takes note.
ENDING = ("session-revoked", "account-disabled")


class Events(Resources):
    """The part that lets people in by way of their orchestrator, and out by its word."""

    TABLES = (*Resources.TABLES, "deep_links")

    deep_links: Table
    """Deep link → ``DeepLinkRow``, until it is opened or has run out."""

    # --- deep links -------------------------------------------------------------------------------------------------

    def deep_link(self, turn: Turn, sender: str, message: DeepLinkRequest) -> None:
        """``POST /provisioning/deep_links``: only where the provider itself has seen the address answer ([K4]_).

        .. [K4] https://github.com/PostHog/posthog/tree/master/ee/api/agentic_provisioning
        """
        grant = self.authorised(turn, sender, message, "deep_link")
        if not grant:
            return
        account = self.grants[grant].account
        if message.purpose != "dashboard":
            self.refuse(turn, sender, message.id, "unsupported_purpose")
        elif not self.accounts[account].verified and "link_without_verified_email" not in self.config.faults:
            self.refuse(turn, sender, message.id, "email_not_verified")
        else:
            url = self.fresh(self.deep_links, f"dl:{self.name}:{message.id}")
            self.deep_links[url] = DeepLinkRow(account, grant)
            turn.wake(f"expire_deep_link {url}", DEEP_LINK_LIFE)
            turn.send(sender, DeepLink(message.id, url))

    def expire_deep_link(self, turn: Turn, what: str) -> None:
        """Nobody opened it in time."""
        del self.deep_links[what]
        self.gone[what] = True
        turn.note(Expired(self.name, "deep_link", what))

    def click(self, turn: Turn, sender: str, message: Click) -> None:
        """A deep link opens a session at the dashboard, once; whatever else is opened was mailed."""
        row: DeepLinkRow | None = self.deep_links.pop(message.link, None)
        if row is None:
            super().click(turn, sender, message)
            return
        turn.cancel(f"expire_deep_link {message.link}")
        self.gone[message.link] = True
        if not self.active(row.account) or not self.grants[row.grant].live:
            self.refuse(turn, sender, message.id, "expired")
            return
        session = self.open_session(turn, sender, message.id, row.account, grant=row.grant)
        issuer = self.grants[row.grant].issuer
        turn.note(DeepLinkOpened(self.name, row.account, message.link, session, issuer))

    # --- security events --------------------------------------------------------------------------------------------

    def security_event(self, turn: Turn, sender: str, message: SecurityEvent) -> None:
        """An issuer says what happened to one of its customers; acknowledged in any case (RFC 8935)."""
        issuer = message.orchestrator
        verdict = self.client(turn, sender, message, issuer, message.client_key)
        if verdict == "later":
            return
        if verdict:
            self.refuse(turn, sender, message.id, verdict)
            return
        account: str = self.identifiers.get(f"{issuer} {message.subject}", "")
        if account and message.event in ENDING:
            self._end_what_came_of(turn, issuer, account)
        turn.note(SecurityEventReceived(self.name, issuer, message.event, message.subject, message.id))
        turn.send(sender, Done(message.id))

    def _end_what_came_of(self, turn: Turn, issuer: str, account: str) -> None:
        """End what an issuer's grants brought about on an account, as far as *on_security_event* says."""
        kinds = self.config.on_security_event
        theirs = [grant for grant in self.accounts[account].grants if self.grants[grant].issuer == issuer]
        if "sessions" in kinds:
            for name in self.door(account).sessions:
                session: Session = self.sessions[name]
                if session.grant in theirs:
                    self.end_session(turn, account, name, "revoked")
        for grant in theirs:
            row: Grant = self.grants[grant]
            if "tokens" in kinds:
                self.end_grant(turn, grant, "revoked", "revoked")
            if "secrets" in kinds:
                for secret in row.secrets:
                    self.end_secret(turn, account, secret, "revoked")
