"""Every order of what may happen, within bounds.

``scenario.explore_scenario`` explores a scenario, ``exploring.explore`` any ``model.Model``. A reaction is executed
once for each different thing it reads and remembered (``memo``); states are fingerprints (``search``); what time
allows is the affair of a rule (``box``, ``classes``); *violated* is earned by times (``times``) and a run (``replay``).

The package can be called: ``sim.explore(scenario)`` is ``scenario.explore_scenario``.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """``sim.explore`` is a public function, and the name of this package.

    Whichever is imported first, Python binds the package to that name; so the package itself answers the call.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """See ``scenario.explore_scenario``."""
        from sim.explore.scenario import explore_scenario

        return explore_scenario(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
