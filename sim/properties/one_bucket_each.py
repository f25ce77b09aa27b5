"""Nobody gets more through a limit by coming under many names."""

from __future__ import annotations

from sim.facts import Admitted
from sim.properties._buckets import Buckets
from sim.property import See


class OneBucketEach(Buckets):
    """An attacker gets no more through a limit, under all its names together, than one bucket of it allows.

    A limit whose key can be had for nothing, such as an issuer that registers itself, is multiplied by as many keys as
    somebody cares to make (T29). One public implementation added limits by caller, by domain and by what is left of an
    address without its tag, because a limit by partner starts anew with each registration ([PHCONST]). Customers of an
    honest orchestrator share its bucket and are not judged.
    """

    TEXT = "An attacker gets no more through a limit under many names than one bucket allows."
    CITES = ("I21", "T29")

    def whose(self, fact: Admitted, see: See) -> str:
        """The attacker's who is behind it."""
        return see.behind if see.adversary(see.behind) else ""
