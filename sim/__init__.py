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
    from sim.experiments.folder import FolderError
    from sim.experiments.once import run_once as run
    from sim.experiments.running import RunningError
    from sim.experiments.sensitivity import sensitivity
    from sim.experiments.sweep import Sweep, read_results, sweep
    from sim.experiments.warm_up import batch_means, mser5, welch
    from sim.explore.scenario import explore_scenario as explore
    from sim.results import result as judge
    from sim.scenario import Scenario, ScenarioError, load
    from sim.trace import Trace, TraceError
    from sim.trace import read as read_trace

__all__ = [
    "FolderError", "RunningError", "Scenario", "ScenarioError", "Sweep", "Trace", "TraceError", "batch_means",
    "explore", "judge", "load", "mser5", "read_results", "read_trace", "run", "sensitivity", "sweep", "welch",
]  # fmt: skip

_WHERE = {
    "FolderError": ("sim.experiments.folder", "FolderError"),
    "RunningError": ("sim.experiments.running", "RunningError"),
    "Scenario": ("sim.scenario", "Scenario"),
    "ScenarioError": ("sim.scenario", "ScenarioError"),
    "Sweep": ("sim.experiments.sweep", "Sweep"),
    "Trace": ("sim.trace", "Trace"),
    "TraceError": ("sim.trace", "TraceError"),
    "batch_means": ("sim.experiments.warm_up", "batch_means"),
    "explore": ("sim.explore", ""),  # the package, which can be called
    "judge": ("sim.results", "result"),
    "load": ("sim.scenario", "load"),
    "mser5": ("sim.experiments.warm_up", "mser5"),
    "read_results": ("sim.experiments.sweep", "read_results"),
    "read_trace": ("sim.trace", "read"),
    "run": ("sim.experiments.once", "run_once"),
    "sensitivity": ("sim.experiments.sensitivity", "sensitivity"),
    "sweep": ("sim.experiments.sweep", "sweep"),
    "welch": ("sim.experiments.warm_up", "welch"),
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is asked for."""
    if name not in _WHERE:
        raise AttributeError(f"module 'sim' has no attribute {name!r}; possible: {', '.join(__all__)}")
    from importlib import import_module

    module, attribute = _WHERE[name]
    found = import_module(module)
    return getattr(found, attribute) if attribute else found


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
