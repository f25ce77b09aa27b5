"""What an exploration says, and how *violated* is earned.

A state space that contains every run also contains paths that no run can take. So a property is called violated only
after times were found for the path (``times``) and a run along it, on SimPy's clock, has violated the same property
(``replay``). Up to ``CANDIDATES`` paths are tried for each property; if none can happen, the verdict stays open.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from sim.explore.labels import labels
from sim.explore.memo import Effect
from sim.explore.model import Bounds, Model
from sim.explore.replay import Replay
from sim.explore.search import Found, Search
from sim.explore.times import endless, solve
from sim.knowledge import Underivable
from sim.property import Property
from sim.trace import Trace

#: paths tried for each property before the verdict is left open
CANDIDATES = 300

Word = Literal["holds", "violated", "reached", "not_reached", "undetermined"]


class Event(msgspec.Struct, frozen=True):
    """One step of a counterexample: its number, when (seconds), what happens."""

    step: int
    at_s: float
    what: str


class Witness(msgspec.Struct, frozen=True):
    """A path on which a property is violated (or a ``sometimes`` reached), with times, and the run that showed it.

    ``waits`` are things still waiting at its end that have no upper end: a deadline that only they can break names
    them. ``order`` are the labels of its events (``labels``).
    """

    why: str
    depth: int
    events: tuple[Event, ...]
    times: tuple[int, ...]
    trace: Trace
    waits: tuple[str, ...]
    order: tuple[str, ...] = ()


class Verdict(msgspec.Struct, frozen=True):
    """What became of one property. ``vacuous``: none of the facts it reads occurred in any explored state."""

    property: str
    kind: str
    verdict: Word
    witness: Witness | None
    vacuous: bool
    candidates: int
    """Paths tried that turned out to be impossible."""


class Exploration(msgspec.Struct, frozen=True):
    """What was explored, and what came of it. ``complete``: everything within ``bounds`` was seen.

    ``rule`` is the rule of time whose states are counted (``exploring``); ``collision_probability`` how likely any
    two of them had the same fingerprint; ``stopped`` which limit was reached (empty: none).
    """

    states: int
    transitions: int
    depth: int
    complete: bool
    per_depth: tuple[int, ...]
    verdicts: tuple[Verdict, ...]
    bounds: Bounds
    rule: str
    collision_probability: float
    stopped: str
    seconds: float


class Judge:
    """Collects what properties say, look after look, and tries to earn it."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._search: Search
        self.witnesses: dict[str, Witness] = {}
        self.holding: set[str] = set()
        self.tried: dict[str, int] = {}
        self.kinds: set[type] = set()
        self.properties: list[Property] = []
        self.open: list[str] = []
        self._edges: set[tuple[str, int, int]] = set()

    def open_for(self, search: Search) -> None:
        """A look begins."""
        self._search, self.tried = search, {}
        self._edges.clear()
        self.properties = list(search.system.properties.values())
        settled = {*self.witnesses, *self.holding}
        self.open = [prop.name for prop in self.properties if prop.name not in settled]

    def hear(self, found: Found) -> bool:
        """A property spoke; True if nothing is left open."""
        name = found.property
        tried = self.tried.get(name, 0)
        edge = (name, found.parent, id(found.effect))
        if name not in self.open or tried >= CANDIDATES or edge in self._edges:
            return not self.open
        self._edges.add(edge)
        witness = earn(self._model, [*self._search.path(found.parent), found.effect], name, found.why)
        if witness is None:
            self.tried[name] = tried + 1
        else:
            self.witnesses[name] = witness
            self.open.remove(name)
        return not self.open

    def close(self, search: Search) -> None:
        """A look ends; what was never violated in a complete one holds."""
        self.kinds |= search.system.kinds
        if search.complete:
            self.holding |= {name for name in self.open if name not in self.tried}
            self.open = [name for name in self.open if name in self.tried]


def earn(model: Model, path: list[Effect], name: str, why: str) -> Witness | None:
    """The witness that ``path`` is, or None where it cannot happen, or a run along it does not show the same."""
    times = solve(path, model.until)
    if times is None:
        return None
    try:
        replayed = Replay(model, path, times).run()
    except Underivable:  # what the adversary shows again on the path is not what this run has: not the same run
        return None
    if name not in replayed.violations:
        return None
    events = tuple([Event(at, times[at] / 1e6, _words(effect)) for at, effect in enumerate(path) if at])
    waits = tuple(endless(path)) if path[-1].thing.KIND == "deadline" else ()
    return Witness(why, len(path) - 1, events, tuple(times), replayed.trace, waits, labels(path))


def _words(effect: Effect) -> str:
    """An event in words, with what was left to chance in it."""
    words = effect.thing.words()
    if effect.proposal is not None:
        said = effect.proposal.command or effect.proposal.message
        words = f"{effect.proposal.owner} of its own accord: {said}"
    chosen = [f"{kind} {key}: {which}" for (kind, key), which in effect.taken if kind != "adversary"]
    return f"{words} [{'; '.join(map(str, chosen))}]" if chosen else words


def verdicts(judge: Judge) -> tuple[Verdict, ...]:
    """One verdict for each property of the world."""
    made = []
    for prop in judge.properties:
        witness, sometimes = judge.witnesses.get(prop.name), prop.KIND == "sometimes"
        word: Word
        if witness is not None:
            word = "reached" if sometimes else "violated"
        elif prop.name in judge.holding:
            word = "not_reached" if sometimes else "holds"
        else:
            word = "undetermined"
        vacuous = witness is None and not any(kind in judge.kinds for kind in prop.reads)
        made.append(Verdict(prop.name, prop.KIND, word, witness, vacuous, judge.tried.get(prop.name, 0)))
    return tuple(made)


def collision_probability(states: int, transitions: int, bits: int) -> float:
    """How likely it is that two different states had the same fingerprint: one chance in 2^bits for each pair compared.

    Each state generated is compared with the distinct ones known, as TLC reckons it (``states`` x ``transitions`` is an
    upper bound).
    """
    return min(1.0, states * max(transitions - states, states) / 2.0**bits)


def as_json(exploration: Exploration) -> dict[str, Any]:
    """What ``sim explore --json`` adds to its head."""
    return {
        "states": exploration.states,
        "transitions": exploration.transitions,
        "depth": exploration.depth,
        "complete": exploration.complete,
        "within": msgspec.to_builtins(exploration.bounds),
        "collision_probability": exploration.collision_probability,
        "verdicts": [
            {
                "property": verdict.property,
                "verdict": verdict.verdict,
                "vacuous": verdict.vacuous,
                "counterexample": None if verdict.witness is None else msgspec.to_builtins(verdict.witness.events),
            }
            for verdict in exploration.verdicts
        ],
    }
