"""Which part of what is pending need be tried first, the rest being left for later (partial order).

A *portion* is a set of pending things such that nothing outside it, nor anything that may follow from what is outside,
touches what the things inside touch. Whatever happens outside can then happen after one of the portion just as well,
with the same reactions, so that trying the portion alone misses no reaction, and no property sees a difference: what
they remember is in tables and part of what is touched. These are the persistent sets of P. Godefroid (Partial-order
methods for the verification of concurrent systems, LNCS 1032, 1996), with footprints that are learnt and not declared:
a portion that was chosen before something was learnt is looked at again at the end (``reduced``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.explore.footprints import EVERYTHING, Footprints

if TYPE_CHECKING:
    from sim.explore.things import Thing


class Portions:
    """Portions of sets of pending things, remembered as long as nothing is learnt.

    Something ``quiet`` cannot happen while anything is on its way. With a message in the portion it cannot come before
    one of the portion, and so need not be apart from it; in a portion it has no place as long as something moves.
    Without a message in it, what sends one is not to be put before something quiet, which would have to wait for it.

    What may end the story is in no portion: after it nothing is learnt of the rest, which might have come before.
    """

    def __init__(self, footprints: Footprints, listed: Sequence[Thing]) -> None:
        self._footprints, self._listed = footprints, listed
        self._known: dict[tuple[int, ...], list[frozenset[int]]] = {}
        self._version = footprints.version

    def of(self, pending: tuple[int, ...]) -> list[frozenset[int]]:
        """All least portions of ``pending`` (indices, each once) that are not the whole, small ones first."""
        if self._version != self._footprints.version:
            self._version = self._footprints.version
            self._known.clear()
        found = self._known.get(pending)
        if found is None:
            quiet = self._quiet(pending)
            grown = dict.fromkeys(self._grow(index, pending, quiet) for index in pending if index not in quiet)
            found = sorted([one for one in grown if one], key=lambda one: (len(one), sorted(one)))
            self._known[pending] = found
        return found

    def _quiet(self, pending: tuple[int, ...]) -> frozenset[int]:
        """What cannot happen because something is on its way."""
        if not any(self._moving(index) for index in pending):
            return frozenset()
        return frozenset([index for index in pending if self._listed[index].quiet])

    def _moving(self, index: int) -> bool:
        thing = self._listed[index]
        return thing.MOVING and not thing.kept

    def _grow(self, index: int, pending: tuple[int, ...], quiet: frozenset[int]) -> frozenset[int]:
        """The least portion with ``index`` in it; empty where it is everything, or would hold what cannot happen."""
        prints, moving = self._footprints, self._moving(index)
        out = {index} | quiet if moving else {index}
        portion, rest = [index], [other for other in pending if other not in out]
        for one in portion:
            reads, writes = prints.reads[one], prints.writes[one]
            if writes == EVERYTHING:
                return frozenset()
            if not moving and one in prints.senders:
                portion += [other for other in rest if self._listed[other].quiet]
                rest = [other for other in rest if not self._listed[other].quiet]
            apart = []
            for other in rest:
                if prints.all_writes[other] & reads or prints.all_reads[other] & writes:
                    portion.append(other)
                else:
                    apart.append(other)
            rest = apart
            if not rest and not quiet:
                return frozenset()
        return frozenset() if not quiet.isdisjoint(portion) else frozenset(portion)

    def valid(self, portion: frozenset[int], pending: tuple[int, ...]) -> bool:
        """Whether ``portion`` is one, by all that is known now."""
        prints = self._footprints
        reads = writes = 0
        for one in portion:
            reads |= prints.reads[one]
            writes |= prints.writes[one]
        if writes == EVERYTHING:
            return False
        out = portion
        if any(map(self._moving, portion)):
            out = portion | self._quiet(pending)
        elif not prints.senders.isdisjoint(portion) and any(
            self._listed[other].quiet for other in pending if other not in portion
        ):
            return False
        return not any(
            prints.all_writes[other] & reads or prints.all_reads[other] & writes
            for other in pending
            if other not in out
        )
