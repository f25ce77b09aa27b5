"""One run of a scenario, with everything that was asked of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from sim import measures, properties
from sim.cast import Cast
from sim.chance import Chance
from sim.facts import names as fact_names
from sim.measures._spec import build
from sim.party import Party
from sim.property import Measure, Property, Violation
from sim.scenario import load
from sim.simulate import Simulation, stage
from sim.tables import Table
from sim.trace import Recorder, Trace


class Outcome(msgspec.Struct):
    """What one run of a scenario came to.

    Times are microseconds; ``seconds`` is how long it took, by the wall clock.
    """

    scenario: Any
    seed: int
    digest: str
    ended_at: int
    messages: int
    violations: dict[str, list[Violation]]
    counts: dict[str, int]
    kinds: dict[str, str]
    panel: dict[str, dict[str, float | int | None]]
    measures: dict[str, float | int | None]
    trace: Trace | None
    seconds: float


def folds(scenario: Any, also: Sequence[str] = ()) -> tuple[list[Property], dict[str, Measure], dict[str, Measure]]:
    """All properties, the panel's measures and the scenario's own, new and empty.

    Measures of the shelf that are no rows of the panel are there if the scenario expects something of them or divides
    by them, or if they are among ``also``.
    """
    props = []
    for name in properties.names():
        answer = scenario.expect.get(name)
        props.append(properties.load(name)(name, None if answer is None else answer.within))
    rows = [name for _, name in measures.PANEL]
    shelf = measures.names()
    panel = {name: measures.load(name)(name) for name in rows if name in shelf}
    asked = {*scenario.asked, *also}
    further = {name: measures.load(name)(name) for name in shelf if name not in rows and name in asked}
    return props, panel, further | build(scenario.measures, panel | further, scenario.warm_up)


def run_once(
    scenario: Any,
    *,
    replication: int = 0,
    record: bool = True,
    file: BinaryIO | None = None,
    digest: bool = False,
    also: Sequence[str] = (),
    prepare: Callable[[Simulation], None] = lambda run: None,
) -> Outcome:
    """Run ``scenario`` once. ``record`` keeps the trace, ``file`` has it written, ``digest`` alone hashes its steps.

    ``also`` are further measures of the shelf. Without any of the first three there is no digest.

    Where the file has an ``order``, that is what happens, and ``ScenarioError`` if it cannot. ``scenario`` may be the
    path of a file.
    """
    if isinstance(scenario, str | Path):
        scenario = load(scenario)
    if scenario.order:
        from sim.experiments.forced import run_forced

        return run_forced(scenario, record=record, file=file)
    props, panel, own = folds(scenario, also)
    began = time.perf_counter()
    recorder = None
    if record or file is not None:
        recorder = Recorder(header(scenario, replication), keep=record, file=file)
    elif digest:
        recorder = Recorder({}, keep=False)
    cast = Cast(scenario, [*props, *panel.values(), *own.values()], lambda name: Table())
    run = simulation(cast, replication, recorder)
    prepare(run)
    ended = run.run()
    see = cast.world.see
    return Outcome(
        scenario=scenario,
        seed=scenario.seed,
        digest=recorder.close() if recorder is not None else "",
        ended_at=ended,
        messages=run.messages,
        violations=run.violations,
        counts=run.counts,
        kinds={prop.name: prop.KIND for prop in props},
        panel=_panel(panel, ended, see),
        measures={name: measure.result(ended, see) for name, measure in own.items()},
        trace=recorder.trace() if recorder is not None and record else None,
        seconds=time.perf_counter() - began,
    )


def _panel(panel: dict[str, Measure], ended: int, see: Any) -> dict[str, dict[str, float | int | None]]:
    """The fixed panel, in its order; None where the money is not simulated yet."""
    groups: dict[str, dict[str, float | int | None]] = {}
    for group, name in measures.PANEL:
        groups.setdefault(group, {})[name] = panel[name].result(ended, see) if name in panel else None
    return groups


def header(scenario: Any, replication: int = 0) -> dict[str, Any]:
    """What a trace says of where it comes from."""
    import platform
    from importlib.metadata import version

    return {
        "scenario": scenario.resolved(),
        "file": scenario.file,
        "variant": scenario.variant,
        "hash": scenario.hash,
        "seed": scenario.seed,
        "replication": replication,
        "versions": {"trust-triangle": version("trust-triangle"), "python": platform.python_version()},
    }


def simulation(cast: Cast, replication: int = 0, recorder: Recorder | None = None) -> Simulation:
    """The engine for a cast, with its story on the clock."""
    scenario, roster = cast.scenario, cast.roster
    run = Simulation(
        cast.world,
        Chance(scenario.seed, replication),
        scenario.until,
        scenario.network.link,
        config=roster.config_or_none,
        block=roster.block,
        uniform=scenario.network.uniform,
        recorder=recorder,
        capacity=_capacity if _limited(scenario) else None,
    )
    cast.director.released = run.release
    cast.rewired = lambda network: run.rewire(network.link, uniform=network.uniform)
    cast.enrol(run.trait)
    if scenario.stop_after:
        cast.world.on(fact_names()[scenario.stop_after], lambda fact, see: run.stop())
    stage(run, scenario.story, roster, fact_names().__getitem__)
    return run


def _limited(scenario: Any) -> bool:
    """Whether any provider has a queue or a service time."""
    return any(_limits(config) is not None for config in scenario.providers.values())


def _limits(config: Any) -> tuple[int | None, int | None, Any] | None:
    if config.workers is None and config.service_time.most == 0:
        return None
    return config.workers, config.queue, config.service_time


def _capacity(party: Party) -> tuple[int | None, int | None, Any] | None:
    """Workers, queue and service time of a party that has them."""
    return _limits(party.config) if hasattr(party.config, "workers") else None
