"""A laboratory for trust protocols with three parties.

The public interface for scripts and notebooks; everything is imported when it is first used.

>>> import sim
>>> scenario = sim.load("scenarios/pre_hijack.yaml")  # doctest: +SKIP
>>> outcome = sim.run(scenario)                       # doctest: +SKIP
>>> outcome.panel["harm"]["takeovers"]                # doctest: +SKIP
1
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.experiments.once import run_once as run
    from sim.explore.scenario import explore_scenario as explore
    from sim.results import result as judge
    from sim.scenario import Scenario, ScenarioError, load
    from sim.trace import Trace, TraceError
    from sim.trace import read as read_trace

__all__ = ["Scenario", "ScenarioError", "Trace", "TraceError", "explore", "judge", "load", "read_trace", "run"]

_WHERE = {
    "Scenario": ("sim.scenario", "Scenario"),
    "ScenarioError": ("sim.scenario", "ScenarioError"),
    "Trace": ("sim.trace", "Trace"),
    "TraceError": ("sim.trace", "TraceError"),
    "explore": ("sim.explore.scenario", "explore_scenario"),
    "judge": ("sim.results", "result"),
    "load": ("sim.scenario", "load"),
    "read_trace": ("sim.trace", "read"),
    "run": ("sim.experiments.once", "run_once"),
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is asked for."""
    if name not in _WHERE:
        raise AttributeError(f"module 'sim' has no attribute {name!r}; possible: {', '.join(__all__)}")
    from importlib import import_module

    module, attribute = _WHERE[name]
    return getattr(import_module(module), attribute)
