"""Contested charges: how a dispute goes, what it does to the account, and money that is held back for the case.

A dispute is named ``dp:<charge>``. Amounts are integer cents.
"""

from __future__ import annotations

from sim.party import Fact


class Disputed(Fact, frozen=True, tag="disputed"):
    """A card's issuer took up its holder's complaint about a charge: ``friendly``, ``fraud`` or ``agent_error``.

    The reason is what really moves the holder, which neither bank nor merchant is told; ``network`` is the card's.
    """

    dispute: str
    charge: str
    person: str
    provider: str
    amount: int
    reason: str
    network: str


class FraudReported(Fact, frozen=True, tag="fraud_reported"):
    """An issuer told the network of a charge that its card's holder did not make (TC40); counted beside the dispute."""

    charge: str
    provider: str
    amount: int


class DisputeMoved(Fact, frozen=True, tag="dispute_moved"):
    """A dispute went from one stage to the next (``lifecycles``)."""

    dispute: str
    before: str
    after: str


class DisputeAnswered(Fact, frozen=True, tag="dispute_answered"):
    """A provider answered at a ``stage``: ``accept`` or ``represent``, with the names of the evidence that it holds."""

    dispute: str
    provider: str
    stage: str
    answer: str
    evidence: tuple[str, ...]


class DisputeDecided(Fact, frozen=True, tag="dispute_decided"):
    """A dispute is closed, ``won`` or ``lost`` as the provider sees it."""

    dispute: str
    charge: str
    person: str
    provider: str
    amount: int
    outcome: str


class AccountSuspended(Fact, frozen=True, tag="account_suspended"):
    """An account rests: nothing that hangs on it works until it is reinstated."""

    provider: str
    account: str
    reason: str


class AccountReinstated(Fact, frozen=True, tag="account_reinstated"):
    """A suspended account works again."""

    provider: str
    account: str


class Tombstoned(Fact, frozen=True, tag="tombstoned"):
    """A provider remembers who disputed ``by`` its ``subject``, ``email`` or ``card``, and takes them on no more."""

    provider: str
    account: str
    by: str
    dispute: str


class TombstoneLifted(Fact, frozen=True, tag="tombstone_lifted"):
    """The provider has won the dispute, and has nothing against its customer any more."""

    provider: str
    by: str
    dispute: str


class Reserved(Fact, frozen=True, tag="reserved"):
    """Settled money of a charge is held back by the processor, for the case that the charge is contested."""

    charge: str
    provider: str
    amount: int


class Released(Fact, frozen=True, tag="released"):
    """Money that was held back has gone to the provider."""

    charge: str
    provider: str
    amount: int
