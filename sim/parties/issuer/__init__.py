"""The issuer of everybody's cards: says whether a card is good for an amount, and takes its holder's complaints.

One object stands for all banks and for the networks between them. Which cards are good is fixed by the scenario
(``card``: yes, no, declined; ``card_limit``: how often one is good for something).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sim.messages import AuthorizationRequest, Cleared, DisputeRequest, DisputeResponse, Done
from sim.parties.issuer.disputes import Disputes
from sim.party import Message

__all__ = ["Issuer"]


class Issuer(Disputes):
    """All card issuers. ``config`` is the roster."""

    HEARS: ClassVar[Mapping[type[Message], str]] = {
        AuthorizationRequest: "authorize",
        Cleared: "cleared",
        DisputeRequest: "contest",
        DisputeResponse: "answered",
        Done: "acknowledged",
    }
    WAKES: ClassVar[Mapping[str, str]] = {
        "say": "say_again",
        "stage": "next_stage",
        "use": "forget_use",
        "window": "window_closes",
    }
