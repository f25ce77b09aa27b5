"""Limits and defences: token buckets, a second look at who asks, accounts on probation, agents that err."""

from __future__ import annotations

from sim.party import Fact


class Admitted(Fact, frozen=True, tag="admitted"):
    """A request took a token out of a bucket; noted for each limit that a request is under.

    ``limit`` is the number of the limit in the party's list, from 0, ``per`` what has a bucket of its own, ``key`` the
    bucket's name. ``tenant`` is the customer on whose behalf it is: a subject of an issuer, or a login.
    """

    party: str
    limit: int
    per: str
    key: str
    tenant: str
    request: str


class Limited(Fact, frozen=True, tag="limited"):
    """A request was refused because a bucket was empty, or, failing closed, because the limiter's store is ``down``."""

    party: str
    limit: int
    per: str
    key: str
    tenant: str
    request: str
    down: bool = False


class LimiterFailed(Fact, frozen=True, tag="limiter_failed"):
    """The store of a party's limiter is down: it counts nothing until it is back."""

    party: str


class LimiterRestored(Fact, frozen=True, tag="limiter_restored"):
    """The store of a party's limiter is back."""

    party: str


class StepUpAsked(Fact, frozen=True, tag="step_up_asked"):
    """An orchestrator wants to see the login's credentials again before it goes on with a request."""

    orchestrator: str
    login: str
    provider: str
    request: str


class StepUpPassed(Fact, frozen=True, tag="step_up_passed"):
    """The credentials were shown again."""

    orchestrator: str
    login: str
    request: str


class StepUpFailed(Fact, frozen=True, tag="step_up_failed"):
    """What was shown is not the login's."""

    orchestrator: str
    login: str
    request: str


class Quarantined(Fact, frozen=True, tag="quarantined"):
    """A new account may do nothing that costs or computes, for a while."""

    provider: str
    account: str


class QuarantineLifted(Fact, frozen=True, tag="quarantine_lifted"):
    """An account may do everything from now on."""

    provider: str
    account: str


class Obeyed(Fact, frozen=True, tag="obeyed"):
    """An agent takes what a catalogue says for an order of its person's, and orders ``times`` of it."""

    agent: str
    provider: str
    service: str
    text: str
    times: int


class SecretLeaked(Fact, frozen=True, tag="secret_leaked"):
    """An agent's ``.env`` can be read by whoever looks for such files."""

    agent: str
    secret: str
    party: str


class EnvFileStolen(Fact, frozen=True, tag="env_file_stolen"):
    """A thief has the ``.env`` files of somebody's agents."""

    of: str
    thief: str


class PaymentTokensStolen(Fact, frozen=True, tag="payment_tokens_stolen"):
    """A thief has the payment tokens that an orchestrator or a provider keeps and that are not used up."""

    of: str
    thief: str


class CardStolen(Fact, frozen=True, tag="card_stolen"):
    """A thief has the card that somebody has on file."""

    of: str
    thief: str
