"""One run of a scenario that has an ``order``: what happens next is forced, and shown on SimPy's clock."""

from __future__ import annotations

import time
from typing import Any, BinaryIO

from msgspec import structs

from sim.experiments.once import Outcome, _panel, folds, header
from sim.explore.ordered import follow
from sim.explore.replay import Replay
from sim.explore.scenario import CastSetting, model
from sim.trace import Recorder


def run_forced(scenario: Any, *, record: bool = True, file: BinaryIO | None = None) -> Outcome:
    """As ``once.run_once``, with the order of the file; the run ends with the last event that it names.

    ``ScenarioError`` at the first label that cannot be next.
    """
    began = time.perf_counter()
    path, times = follow(scenario)
    props, panel, own = folds(scenario)
    recorder = Recorder(header(scenario), keep=record, file=file)
    settings: list[CastSetting] = []

    def setting(make: Any) -> CastSetting:
        settings.append(CastSetting(scenario, make, [*props, *panel.values(), *own.values()]))
        return settings[-1]

    replayed = Replay(structs.replace(model(scenario), setting=setting), path, times).run(recorder)
    see = settings[-1].world.see
    return Outcome(
        scenario=scenario,
        seed=scenario.seed,
        digest=replayed.trace.digest,
        ended_at=replayed.ended_at,
        messages=replayed.messages,
        violations=replayed.violations,
        counts=replayed.counts,
        kinds={prop.name: prop.KIND for prop in props},
        panel=_panel(panel, replayed.ended_at, see),
        measures={name: measure.result(replayed.ended_at, see) for name, measure in own.items()},
        trace=replayed.trace if record else None,
        seconds=time.perf_counter() - began,
    )
