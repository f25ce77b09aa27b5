"""The balance of the processor."""

from __future__ import annotations

from sim.measures._books import Net


class NetProcessor(Net):
    """The payment processor: fees (nothing per charge)."""

    PARTY = "processor"
