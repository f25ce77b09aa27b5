"""Every order of what may happen, within bounds.

``scenario.explore_scenario`` explores a scenario, ``exploring.explore`` any ``model.Model``. A reaction is executed
once for each different thing it reads and remembered (``memo``); states are fingerprints (``search``); what time
allows is the affair of a rule (``box``, ``classes``); *violated* is earned by times (``times``) and a run (``replay``).

The package can be called: ``sim.explore(scenario)`` is ``scenario.explore_scenario``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from sim.explore.model import Bounds
    from sim.explore.search import Progress
    from sim.explore.verdicts import Exploration
    from sim.scenario import Scenario


class _Callable(ModuleType):
    """``sim.explore`` is a public function, and the name of this package.

    Whichever is imported first, Python binds the package to that name; so the package itself answers the call.
    """

    def __call__(
        self,
        scenario: Scenario | str | Path,
        *,
        within: Bounds | None = None,
        only: Sequence[str] = (),
        order: str = "breadth",
        reduce: bool = True,
        several: bool = False,
        walks: int = 0,
        progress: Callable[[Progress], None] | None = None,
    ) -> Exploration:
        """Every order of what may happen in ``scenario`` (or the file of that name), within bounds.

        ``within`` are the bounds (``sim.explore.model.Bounds``; None: those of the file). With ``only``, these
        properties alone are looked at, and the search is over as soon as all of them are violated (or reached).
        ``order`` is ``breadth`` (short paths first) or ``depth``. ``reduce=False`` leaves nothing out that makes no
        difference. ``several`` asks for a witness of each different cause, ``walks`` for so many random ways in the
        place of all orders. ``progress`` is told about once a second how far it has come.

        ``.verdicts`` of what comes back has one verdict for each property; ``.complete`` says whether everything within
        the bounds was seen. ``ScenarioError`` where the file is wrong, or too large to be explored.
        """
        from sim.explore.scenario import explore_scenario

        return explore_scenario(
            scenario, within=within, only=only, order=order, reduce=reduce, several=several, walks=walks,
            progress=progress,
        )  # fmt: skip


sys.modules[__name__].__class__ = _Callable
