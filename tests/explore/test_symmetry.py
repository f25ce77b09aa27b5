"""Renamings of people who are alike: there and back again."""

from __future__ import annotations

from itertools import product

from sim.explore.classes import Class, Zones
from sim.explore.model import Bounds
from sim.explore.reduced import Reduced
from sim.explore.scenario import model
from sim.explore.system import System
from sim.scenario import load_text
from tests.explore.test_reductions import CROWD


def test_what_is_pending_under_other_names_is_the_same_when_they_are_taken_back() -> None:
    class Seen(Zones):
        def weigh(self, pending: Class) -> int:
            seen.append(pending)
            return super().weigh(pending)

    seen: list[Class] = []
    system = System(model(load_text(CROWD)), Bounds(states=60, adversary_sends=0), set())
    Reduced(system, Seen(system), groups=system.setting.alike()).breadth()
    symmetry = system.symmetry
    assert symmetry is not None
    ways = range(len(symmetry.renamings))
    assert len(ways) == 6, "three people have six orders"
    changed = 0
    for pending in dict.fromkeys(one.in_order() for one in seen[:40]):
        if -1 in pending.timed:
            continue
        for here, there in product(ways, ways):
            other = symmetry.between(there, here, pending)
            assert symmetry.between(here, there, other) == pending
            changed += other != pending
    assert changed > 100
