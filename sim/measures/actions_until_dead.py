"""How much more than the single action it takes."""

from __future__ import annotations

from sim.measures._residual import Residual
from sim.property import See


class ActionsUntilDead(Residual):
    """Further actions until nothing works: one for each thing that the single action did not end by itself.

    Things that somebody ended later are counted, and those that work still; what runs out by itself needs nobody. What
    ends within fifteen minutes was the single action's own doing.
    """

    UNIT = "actions"
    KINDS = ("access", "refreshed", "resource", "session", "api_key", "payment_token")

    def result(self, end: int, see: See) -> float | int | None:
        """How many."""
        return int(self.spent.get("actions", 0)) + len(self.surviving())
