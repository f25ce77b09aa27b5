"""Runs of a model on SimPy's clock, recorded with everything that was drawn."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from zlib import crc32

from sim.chance import Chance
from sim.clock import Duration
from sim.explore.ages import alike
from sim.explore.model import Model
from sim.party import Message
from sim.simulate import Simulation
from sim.tables import Table
from sim.trace import Recorder, Step
from tests.explore.follow import Follower, Place

KINDS = ("decide", "trait", "any", "loss", "duplicate")


class Noting(Chance):
    """Draws, and notes what was drawn."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.draws: dict[tuple[str, str], int] = {}
        self._names = {crc32(kind.encode()): kind for kind in KINDS}

    def _note(self, what: int, key: str, which: int) -> None:
        if what in self._names:
            self.draws[self._names[what], key] = which

    def happens(self, what: int, key: str, share: float) -> bool:
        answer = super().happens(what, key, share)
        self._note(what, key, int(answer))
        return answer

    def pick(self, what: int, key: str, weights: Any) -> str:
        answer = super().pick(what, key, weights)
        self._note(what, key, [name for name, weight in weights if weight > 0].index(answer))
        return answer

    def index(self, what: int, key: str, n: int) -> int:
        answer = super().index(what, key, n)
        self._note(what, key, answer)
        return answer


class Run:
    """One recorded run of a model."""

    def __init__(
        self, model: Model, seed: int, latency: Duration, loss: float = 0.0, duplicates: float = 0.0, until: int = 0
    ) -> None:
        self.tables: dict[str, Table] = {}
        setting = model.setting(self._make)
        chance, recorder = Noting(seed), Recorder({})
        link = SimpleNamespace(latency=latency, at_most=latency.most, loss=loss, duplicates=duplicates)
        run = Simulation(
            setting.world,
            chance,
            until or model.until,
            lambda a, b: link,
            config=setting.config,
            block=setting.block,
            recorder=recorder,
        )
        setting.releases(run.release)
        setting.begin(run.trait)
        self.end = run.run()
        self.steps: list[Step] = recorder.steps
        self.draws = chance.draws
        self.violations = run.violations

    def _make(self, name: str) -> Table:
        self.tables[name] = Table()
        return self.tables[name]

    def ends_at(self, follower: Follower) -> list[Place]:
        """The places in the state space to which this run leads, with equal tables; at least one if all is well."""
        places = follower.follow(self.steps, self.draws, self.end)
        return [place for place in places if alike(follower.tables(place), self._plain())]

    def _plain(self) -> dict[str, dict[Any, Any]]:
        return {name: dict(table) for name, table in self.tables.items()}


__all__ = ["Message", "Run"]
