"""Requests to providers: built by stage, sent again after a timeout, and their answers told apart."""

from __future__ import annotations

from msgspec.structs import replace

from sim.facts import Attested
from sim.messages import (
    AccountRequest,
    ApiCall,
    CatalogRequest,
    MetadataRequest,
    ResourceRequest,
    TokenRequest,
)
from sim.parties.orchestrator.base import Desk
from sim.parties.orchestrator.records import SCOPES, SUFFIX, Login, Work, attempt, split
from sim.party import Message, Turn


class Outgoing(Desk):
    """The part that talks to providers on behalf of a request."""

    def ask(self, turn: Turn, intent: str, work: Work) -> None:
        """Send what the stage of ``work`` sends, and wait for the answer."""
        self.work[intent] = work
        turn.send(work.provider, self._message(turn, intent, work))
        turn.wake(f"timeout {intent}", self.config.timeout)

    def timed_out(self, turn: Turn, what: str) -> None:
        """No answer came: another attempt, or the end."""
        work: Work | None = self.work.get(what)
        if work is None:
            return
        if work.tries <= self.config.retries:
            self.ask(turn, what, replace(work, tries=work.tries + 1))
        else:
            self.failed(turn, what, work, "timeout")

    def failed(self, turn: Turn, intent: str, work: Work, code: str) -> None:
        """A stage came to nothing: what that means for the request is the business of the part that made it."""
        raise NotImplementedError

    def awaited(self, sender: str, id_: str, *stages: str) -> tuple[str, Work] | None:
        """The request that waits, in one of ``stages``, for the answer ``id_`` from ``sender``; None if none does.

        Which attempt is answered does not matter, so that a late answer is as good as one in time.
        """
        intent, suffix = split(id_)
        work: Work | None = self.work.get(intent)
        if work is None or work.provider != sender or work.stage not in stages or SUFFIX[work.stage] != suffix:
            return None
        return intent, work

    def _message(self, turn: Turn, intent: str, work: Work) -> Message:
        """What the stage of ``work`` sends, as its ``tries``-th attempt."""
        stage = work.stage
        suffix = SUFFIX[stage]
        id_ = attempt(f"{intent}+{suffix}" if suffix else intent, work.tries)
        if stage == "account":
            return self._account_request(turn, intent, id_, work)
        if stage == "resource":
            key, provider = self._idempotency_key(intent, id_), work.provider
            return ResourceRequest(id_, key, work.held, self.client_key(provider), self.name, work.service)
        if stage in ("token", "refresh"):
            grant_type = "refresh_token" if stage == "refresh" else "authorization_code"
            return TokenRequest(id_, grant_type, work.held, self.name, self.client_key(work.provider))
        if stage in ("api", "challenge"):
            return ApiCall(id_, work.held if stage == "api" else "")
        return MetadataRequest(id_) if stage == "metadata" else CatalogRequest(id_)

    def _account_request(self, turn: Turn, intent: str, id_: str, work: Work) -> AccountRequest:
        """A fresh attestation with every attempt: the signature's time, and a token id that has not been seen."""
        login: Login = self.logins[work.login]
        says = self.config.says_verified
        verified = login.how == "link" if says == "truth" else says == "always"
        claim = self.attesting.attest(
            issuer=self.name, subject=login.subject, email=login.email, email_verified=verified,
            audience=work.provider, number=self.key_number(), request=id_, issued_at=turn.stamp(),
        )  # fmt: skip
        turn.note(Attested(self.name, claim.subject, claim.token_id, claim.email, verified, claim.audience, id_))
        return AccountRequest(id_, self._idempotency_key(intent, id_), self.name, claim, SCOPES)

    def _idempotency_key(self, intent: str, id_: str) -> str:
        """What a provider may recognise a repeated request by ([K20]: https://docs.stripe.com/api/idempotent_requests)."""
        answer = self.config.idempotency
        if answer == "per_intent":
            return intent
        return id_ if answer == "per_request" else ""
