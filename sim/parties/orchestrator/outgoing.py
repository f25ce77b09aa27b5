"""Requests to providers: built by stage, sent again after a timeout, and their answers told apart."""

from __future__ import annotations

from abc import abstractmethod

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
from sim.messages.payments import PROCESSOR
from sim.parties.orchestrator.base import Desk
from sim.parties.orchestrator.records import SCOPES, SUFFIX, Login, Offer, Work, attempt, split
from sim.party import Message, Turn


class Outgoing(Desk):
    """The part that talks to providers on behalf of a request."""

    def ask(self, turn: Turn, intent: str, work: Work) -> None:
        """Send what the stage of ``work`` sends, and wait for the answer."""
        self.work[intent] = work
        turn.send(_receiver(work), self._message(turn, intent, work))
        turn.wake(f"timeout {intent}", self.config.timeout)

    def timed_out(self, turn: Turn, what: str) -> None:
        """No answer came: another attempt, or the end."""
        work: Work | None = self.work.get(what)
        if work is None:
            return
        if work.tries <= self.config.retries:
            if not (work.most and self.again_paid(turn, what, work)):
                self.ask(turn, what, replace(work, tries=work.tries + 1))
        else:
            self.failed(turn, what, work, "timeout")

    @abstractmethod
    def again_paid(self, turn: Turn, intent: str, work: Work) -> bool:
        """Whether the next attempt at something paid is made in another way: the business of the part that pays."""

    @abstractmethod
    def payment_message(self, intent: str, id_: str, work: Work) -> Message:
        """What asks for a payment token."""

    @abstractmethod
    def renewal_message(self, intent: str, id_: str, work: Work) -> Message:
        """What brings the payment token for another month."""

    @abstractmethod
    def failed(self, turn: Turn, intent: str, work: Work, code: str) -> None:
        """A stage came to nothing: what that means for the request is the business of the part that made it."""

    def awaited(self, sender: str, id_: str, *stages: str) -> tuple[str, Work] | None:
        """The request that waits, in one of ``stages``, for the answer ``id_`` from ``sender``; None if none does.

        Which attempt is answered does not matter, so that a late answer is as good as one in time.
        """
        intent, suffix = split(id_)
        work: Work | None = self.work.get(intent)
        if work is None or work.stage not in stages or SUFFIX[work.stage] != suffix:
            return None
        if sender != _receiver(work):
            return None
        return intent, work

    def _message(self, turn: Turn, intent: str, work: Work) -> Message:
        """What the stage of ``work`` sends, as its ``tries``-th attempt."""
        stage = work.stage
        suffix = SUFFIX[stage]
        tries = work.tries + work.again * (self.config.retries + 1) if stage == "payment" else work.tries
        id_ = attempt(f"{intent}+{suffix}" if suffix else intent, tries)
        if stage == "account":
            return self._account_request(turn, intent, id_, work)
        if stage == "resource":
            key, provider = self.idempotency_key(intent, id_), work.provider
            return ResourceRequest(
                id_, key, work.held, self.client_key(provider), self.name, work.service,
                work.tokens[-1] if work.tokens else "", work.amount, work.environment, information=work.information,
                pop=self.pop(provider),
            )  # fmt: skip
        if stage == "payment":
            return self.payment_message(intent, id_, work)
        if stage == "renewal":
            return self.renewal_message(intent, id_, work)
        if stage in ("token", "refresh"):
            grant_type = "refresh_token" if stage == "refresh" else "authorization_code"
            pop = self.pop(work.provider)
            verifier = f"pkce:{self.name}:{intent}" if work.server else ""
            return TokenRequest(id_, grant_type, work.held, self.name, self.client_key(work.provider), pop, verifier)
        if stage == "api":
            return ApiCall(id_, work.held, self.pop(work.provider))
        if stage == "challenge":
            return ApiCall(id_)
        return MetadataRequest(id_) if stage == "metadata" else CatalogRequest(id_)

    def _account_request(self, turn: Turn, intent: str, id_: str, work: Work) -> AccountRequest:
        """A fresh attestation with every attempt: the signature's time, and a token id that has not been seen."""
        login: Login = self.logins[work.login]
        says = self.config.says_verified
        verified = login.how == "link" if says == "truth" else says == "always"
        claim = self.attesting.attest(
            issuer=self.name, subject=login.subject, email=login.email, email_verified=verified,
            audience=work.server or work.provider, number=self.key_number(), request=id_, issued_at=turn.stamp(),
        )  # fmt: skip
        turn.note(Attested(self.name, claim.subject, claim.token_id, claim.email, verified, claim.audience, id_))
        return AccountRequest(id_, self.idempotency_key(intent, id_), self.name, claim, SCOPES)

    def pop(self, provider: str) -> str:
        """What proves possession of its own key to a provider whose tokens are bound to it; empty for others."""
        offer: Offer | None = self.catalogue.get(provider)
        return f"pop:{self.name}" if offer is not None and offer.bound else ""

    def idempotency_key(self, intent: str, id_: str) -> str:
        """What a provider may recognise a repeated request by ([K20]: https://docs.stripe.com/api/idempotent_requests)."""
        answer = self.config.idempotency
        if answer == "per_intent":
            return intent
        return id_ if answer == "per_request" else ""


def _receiver(work: Work) -> str:
    """Whom a request is sent to at its stage; an account is asked of whoever the provider's metadata named."""
    if work.stage == "payment":
        return PROCESSOR
    return work.server if work.server and work.stage in ("account", "owner") else work.provider
