"""Adding a service: catalogue, terms, account request and its answers, tokens, resource.

Answered are ``complete``; ``pending_auth`` with the code PROVIDER_NOT_LINKED and the owner's page; ``pending`` while
the provider waits for a click in a mail; or ``error``. A request that was answered pending is answered a second time
when the provider confirms it.
"""

from __future__ import annotations

from abc import abstractmethod

from msgspec.structs import replace

from sim.facts import Answered, Requested, TermsAccepted
from sim.messages import (
    AcceptTerms,
    Add,
    Added,
    ApiOk,
    ConfirmLink,
    Done,
    Error,
    Metadata,
    OauthCode,
    RequiresAuth,
    Resource,
    TermsAsked,
    TokenResponse,
    Unauthorized,
)
from sim.parties.orchestrator.listing import Listing
from sim.parties.orchestrator.records import NO_SESSION, NOT_LINKED, TERMS_ASKED, Login, Offer, Work, split
from sim.party import Turn


class Adding(Listing):
    """The part that adds services."""

    # --- a request, until it is sent ------------------------------------------------------------------------------

    def add(self, turn: Turn, sender: str, message: Add) -> None:
        """An agent asks for a service, in a person's session."""
        login: str = self.sessions.get(message.session, "")
        if message.id in self.work or self.connection(login, message.provider).last == message.id:
            return  # a copy of a request that is being worked on or has just been answered: the one answer is for both
        turn.note(Requested(message.id, self.name, message.provider, message.service, login))
        if login and self.config.detection.more_than is not None:
            self.counted(turn, message.session, message.id)
            login = self.sessions.get(message.session, "")
        work = Work(
            sender,
            login,
            message.provider,
            message.service,
            "catalog",
            script=message.accept_tos,
            amount=message.amount,
            environment=message.environment,
        )
        if not login:
            self.failed(turn, message.id, work, NO_SESSION)
        elif "paused" in self.own:
            self.failed(turn, message.id, work, "paused")
        elif hindrance := self.hindrance(turn, message.id, message.session, work):
            self.failed(turn, message.id, work, hindrance)
        elif message.provider in self.catalogue:
            self.offered(turn, message.id, work)
        else:
            self.ask(turn, message.id, work)

    def offered(self, turn: Turn, intent: str, work: Work) -> None:
        """Look whether it is on offer, and whether the provider's terms are accepted."""
        offer: Offer = self.catalogue[work.provider]
        if not offer.provisions:
            self.failed(turn, intent, work, "agent_provisioning_unavailable")
            return
        if work.service not in offer.services:
            self.failed(turn, intent, work, "unknown_service")
            return
        work = self.price(offer, work)
        if self.config.step_up != "never" and self.steps_up(turn, intent, work):
            return
        if (work.price or work.amount) and work.login not in self.cards:
            self.ask_for_card(turn, intent, work)
        elif self.connection(work.login, work.provider).terms:
            self._connect(turn, intent, work)
        elif work.script:
            self._accepted(turn, work.login, work.provider, intent, by_script=True)
            self._connect(turn, intent, work)
        else:
            self._ask_for_terms(turn, intent, work)

    def go_on(self, turn: Turn, intent: str, work: Work) -> None:
        """Credentials have been shown again."""
        self.offered(turn, intent, work)

    def _ask_for_terms(self, turn: Turn, intent: str, work: Work) -> None:
        """Show the person of the login the terms; the request waits, and its state is known as pending."""
        turn.cancel(f"timeout {intent}")
        self.work[intent] = replace(work, stage="terms")
        pair = (work.login, work.provider)
        self.asked[pair] = (*self.asked.get(pair, ()), intent)
        login: Login = self.logins[work.login]
        turn.send(login.person, TermsAsked(intent, work.provider))
        turn.note(Answered(intent, self.name, work.provider, "pending", TERMS_ASKED))
        turn.suspend(self.thread(intent))

    def accept_terms(self, turn: Turn, sender: str, message: AcceptTerms) -> None:
        """A person accepts a provider's terms, asked or early; everything that waited for it goes on."""
        login: str = self.sessions.get(message.session, "")
        if not login:
            turn.send(sender, Error(message.id, NO_SESSION))
            return
        waiting: tuple[str, ...] = self.asked.pop((login, message.provider), ())
        if not self.connection(login, message.provider).terms:
            request = message.id if message.id in waiting else "".join(waiting[:1])
            self._accepted(turn, login, message.provider, request, by_script=False)
        turn.send(sender, Done(message.id))
        for intent in waiting:
            turn.resume(self.thread(intent))
            self._connect(turn, intent, self.work[intent])

    def _accepted(self, turn: Turn, login: str, provider: str, request: str, *, by_script: bool) -> None:
        self.connections[login, provider] = replace(self.connection(login, provider), terms=True)
        turn.note(TermsAccepted(self.name, provider, login, by_script, request))

    def _connect(self, turn: Turn, intent: str, work: Work) -> None:
        """Use the grant in the vault; without one, ask the provider for an account."""
        row = self.connection(work.login, work.provider)
        if row.access:
            self.order(turn, intent, work, row.access, reused=True)
        else:
            self._request_account(turn, intent, work)

    def _request_account(self, turn: Turn, intent: str, work: Work) -> None:
        self.move(turn, work.login, work.provider, "requested")
        self.ask(turn, intent, replace(work, stage="account", tries=1, held="", reused=False))

    # --- the provider's answers -----------------------------------------------------------------------------------

    def code(self, turn: Turn, sender: str, message: OauthCode) -> None:
        """``oauth``: a code, to be exchanged."""
        if found := self.awaited(sender, message.id, "account"):
            intent, work = found
            self.ask(turn, intent, replace(work, stage="token", tries=1, held=message.code))

    def tokens(self, turn: Turn, sender: str, message: TokenResponse) -> None:
        """Tokens: into the vault, and on to the resource; or refreshed ones."""
        found = self.awaited(sender, message.id, "token", "refresh")
        if found is None:
            return
        intent, work = found
        if work.stage == "refresh":
            self.refreshed(turn, intent, work, message)
            return
        self.store(turn, work.login, sender, message)
        self.order(turn, intent, work, message.access_token, reused=work.reused)

    def resource(self, turn: Turn, sender: str, message: Resource) -> None:
        """A resource, or how it stands: if it is there, the request is complete."""
        if found := self.awaited(sender, message.id, "resource", "poll"):
            intent, work = found
            if message.status != "complete":
                self.unfinished(turn, intent, work, message)
                return
            self.record(turn, work, message, last=intent)
            if work.tokens:
                self.paid(turn, work)
                self.keep_plan(turn, intent, work, message.resource)
            added = Added(intent, "complete", resource=message.resource, secret=message.secret)
            self._finish(turn, intent, work, added)

    @abstractmethod
    def record(self, turn: Turn, work: Work, message: Resource, last: str = "") -> None:
        """Store a resource with the credential that opens it."""

    @abstractmethod
    def unfinished(self, turn: Turn, intent: str, work: Work, message: Resource) -> None:
        """A resource is not there yet: something must be waited for, or known."""

    def requires_auth(self, turn: Turn, sender: str, message: RequiresAuth) -> None:
        """``requires_auth``: somebody must approve at a page, or click a link in a mail.

        Before a page of a provider is shown for the first time, its protected-resource metadata is looked at: whether
        what answers there calls itself what was asked for (RFC 9728 §3.3).
        """
        found = self.awaited(sender, message.id, "account")
        if found is None:
            return
        intent, work = found
        work = replace(work, tries=1, held=message.url)
        if message.url and sender not in self.metadata and not work.server:
            self.ask(turn, intent, replace(work, stage="challenge"))
        else:
            self._wait_for_owner(turn, intent, work)

    def unauthorized(self, turn: Turn, sender: str, message: Unauthorized) -> None:
        """A call was refused: none was shown, and this is where to find the metadata; or the vault's token is dead."""
        found = self.awaited(sender, message.id, "challenge", "api")
        if found is None:
            return
        intent, work = found
        if work.stage == "api":
            self.failed(turn, intent, work, message.code)
        elif message.resource_metadata.startswith(f"https://{work.provider}/"):
            self.ask(turn, intent, replace(work, stage="metadata", tries=1))
        else:
            self.failed(turn, intent, work, "metadata_mismatch")

    def api_ok(self, turn: Turn, sender: str, message: ApiOk) -> None:
        """A call was served; one without a credential should not have been, and tells nothing of whose page it is."""
        found = self.awaited(sender, message.id, "challenge", "api")
        if found is None:
            return
        intent, work = found
        if work.stage == "challenge":
            self.failed(turn, intent, work, "metadata_mismatch")
        else:
            self.close(turn, intent)
            turn.send(work.asker, Done(intent))

    def metadata_received(self, turn: Turn, sender: str, message: Metadata) -> None:
        """The metadata must name the provider that was asked, as its own authorization server (RFC 9207, RFC 9728).

        An orchestrator that does not look asks whomever they name for the account, and brings the code to the provider.
        """
        found = self.awaited(sender, message.id, "metadata")
        if found is None:
            return
        intent, work = found
        server = message.authorization_servers[0]
        if message.resource == sender and server != sender and not self.config.checks_issuer:
            self.ask(turn, intent, replace(work, stage="account", server=server, tries=1, held=""))
        elif message.resource == sender and server == sender:
            self.metadata[sender] = True
            self._wait_for_owner(turn, intent, work)
        else:
            self.failed(turn, intent, work, "metadata_mismatch")

    def _wait_for_owner(self, turn: Turn, intent: str, work: Work) -> None:
        """Answer that it is pending, with the page if there is one; the request stays open."""
        turn.cancel(f"timeout {intent}")
        self.move(turn, work.login, work.provider, "pending_auth")
        self.work[intent] = replace(work, stage="owner", told=True)
        status, code = ("pending_auth", NOT_LINKED) if work.held else ("pending", "")
        turn.send(work.asker, Added(intent, status, code, work.held))
        turn.note(Answered(intent, self.name, work.provider, status, code))

    def confirm_link(self, turn: Turn, sender: str, message: ConfirmLink) -> None:
        """The owner approved, or clicked: the code for a request that was put aside."""
        intent, suffix = split(message.id)
        work: Work | None = self.work.get(intent)
        open_ = ("owner", "account", "challenge", "metadata")
        if work is None or suffix or (work.server or work.provider) != sender or work.stage not in open_:
            turn.send(sender, Error(message.id, "invalid_state"))
            return
        if self.config.binds_state and message.browser not in ("", work.asker.partition("/")[0]):
            # it comes in another browser than it was asked for in
            turn.send(sender, Error(message.id, "invalid_state"))
            return
        turn.send(sender, Done(message.id))
        self.ask(turn, intent, replace(work, stage="token", tries=1, held=message.code))

    # --- the end of a request -------------------------------------------------------------------------------------

    def failed(self, turn: Turn, intent: str, work: Work, code: str) -> None:
        """End a request with an error, or find another way.

        A grant from the vault that the provider does not know any more is no reason to refuse the person: the link has
        expired, and a new account request follows.
        """
        if work.stage == "resource" and work.reused and code == "unauthorized":
            if self.connection(work.login, work.provider).access == work.held:
                self.move(turn, work.login, work.provider, "expired", access="", refresh="")
            self._connect(turn, intent, work)
        elif work.renews:
            self.renewal_failed(turn, intent, work)
        elif work.stage in ("listing", "api", "refresh"):
            self.refused(turn, intent, work, code)
        else:
            if work.stage in ("account", "challenge", "metadata", "token"):
                self.move(turn, work.login, work.provider, "error")
            self.unpaid(turn, work)
            self._finish(turn, intent, work, Added(intent, "error", code))

    def _finish(self, turn: Turn, intent: str, work: Work, added: Added) -> None:
        """The last answer to a request; noted unless an earlier one was."""
        self.close(turn, intent)
        turn.send(work.asker, added)
        if not work.told:
            turn.note(Answered(intent, self.name, work.provider, added.status, added.code))
