"""What an exploration says, and how *violated* is earned.

A state space that contains every run also contains paths that no run can take. So a property is called violated only
after times were found for the path (``times``) and a run along it, on SimPy's clock, has violated the same property
(``replay``). Up to ``CANDIDATES`` paths are tried for each property; if none can happen, the verdict stays open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, Literal

import msgspec

from sim.explore.causes import cause, is_new
from sim.explore.labels import labels
from sim.explore.memo import Effect
from sim.explore.model import Bounds, Model
from sim.explore.replay import Replay, Replayed
from sim.explore.search import Found, Search
from sim.explore.times import arrange, endless, solve
from sim.knowledge import Underivable
from sim.property import Property
from sim.trace import Trace

#: paths tried for each property before the verdict is left open
CANDIDATES = 300
#: uncertain clocks that may decide something on one path
CLOCKS = 3
#: different causes that are shown of each property, where all are asked for; paths looked at for them
CAUSES = 8
HEARD = 2_000

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
    cause: tuple[str, ...] = ()
    """What was believed on the way, and by which rule (``causes``)."""


class Verdict(msgspec.Struct, frozen=True):
    """What became of one property. ``vacuous``: none of the facts it reads occurred in any explored state."""

    property: str
    kind: str
    verdict: Word
    witness: Witness | None
    vacuous: bool
    candidates: int
    """Paths tried that turned out to be impossible."""
    others: tuple[Witness, ...] = ()
    """Where all were asked for: those of other causes."""


class Exploration(msgspec.Struct, frozen=True):
    """What was explored, and what came of it. ``complete``: everything within ``bounds`` was seen.

    ``rule`` is the rule of time whose states are counted (``exploring``); ``collision_probability`` how likely any
    two of them had the same fingerprint; ``stopped`` which limit was reached (empty: none). ``reductions`` says what
    was left out because it makes no difference, ``unlike`` why names were not. ``exactly`` are the properties that were
    looked for by the exact rule where the rule of time could not tell, with the states that this took (``guided``).
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
    reductions: tuple[str, ...] = ()
    unlike: str = ""
    exactly: Mapping[str, int] = {}


class Judge:
    """Collects what properties say, look after look, and tries to earn it; ``several``: one witness for each cause."""

    def __init__(self, model: Model, *, several: bool = False) -> None:
        self._model, self._several = model, several
        self.others: dict[str, list[Witness]] = {}
        self._search: Search
        self.witnesses: dict[str, Witness] = {}
        self.holding: set[str] = set()
        self.tried: dict[str, int] = {}
        self.kinds: set[type] = set()
        self.properties: list[Property] = []
        self.open: list[str] = []
        self._edges: set[tuple[str, int, int]] = set()
        self._heard: dict[str, int] = {}
        self._suspected: set[str] = set()
        """Properties with a path to a violation that could not be made to happen, in whichever look."""
        self._looked: set[str] = set()
        """Properties with witnesses of a look that has ended."""

    def open_for(self, search: Search, only: str = "") -> None:
        """A look begins, for everything that is not settled or for ``only`` one property."""
        self._search = search
        self._edges.clear()
        self.properties = list(search.system.properties.values())
        left = self._unsettled()
        self.open = [name for name in left if only in ("", name)]
        self.tried = {name: self.tried[name] for name in left if name in self.tried and name not in self.open}

    def _unsettled(self) -> list[str]:
        settled = self.holding | (self._looked if self._several else set(self.witnesses))
        return [prop.name for prop in self.properties if prop.name not in settled]

    def doubtful(self) -> list[str]:
        """What is not settled though there are paths to a violation: none of them could be made to happen."""
        return [name for name in self._unsettled() if name in self._suspected and name not in self.witnesses]

    def hear(self, found: Found) -> bool:
        """A property spoke; True if nothing is left open."""
        name = found.property
        tried = self.tried.get(name, 0)
        edge = (name, found.parent, id(found.effect))
        if name not in self.open or tried >= CANDIDATES or edge in self._edges:
            return not self.open
        self._edges.add(edge)
        if name in self.witnesses:
            self._another(found)
            return False
        path = [*self._search.path(found.parent), found.effect]
        ways = (True,) if self._several else self._search.ARRANGES
        witness = earned(self._model, path, name, found.why, ways)
        if witness is None:
            self.tried[name] = tried + 1
            self._suspected.add(name)
        else:
            self.witnesses[name] = witness
            if not self._several:
                self.open.remove(name)
        return not self.open

    def _another(self, found: Found) -> None:
        """A property spoke again: what came of it, if its cause is another."""
        name = found.property
        others = self.others.setdefault(name, [])
        if len(others) + 1 >= CAUSES or self._heard.get(name, 0) >= HEARD:
            return
        self._heard[name] = self._heard.get(name, 0) + 1
        arranged = arrange([*self._search.path(found.parent), found.effect], self._model.until)
        known = [frozenset(witness.cause) for witness in (self.witnesses[name], *others)]
        if arranged is None or not is_new(cause(arranged[0]), known):
            return
        witness = earn(self._model, *arranged, name, found.why)
        if witness is not None:
            others.append(witness)

    def close(self, search: Search) -> None:
        """A look ends; what was never violated in a complete one holds."""
        self.kinds |= search.system.kinds
        if search.complete:
            spoke = {*self.tried, *self.witnesses}
            self.holding |= {name for name in self.open if name not in spoke}
            self.open = [name for name in self.open if name in self.tried]
        self._looked |= set(self.witnesses)
        self.open = [name for name in self.open if name not in self.witnesses]


def earned(model: Model, path: list[Effect], name: str, why: str, ways: Iterable[bool]) -> Witness | None:
    """The witness that ``path`` is, with times found in one of ``ways`` (see ``timed``); None where it is none."""
    for rearrange in ways:
        happens = timed(model, path, rearrange=rearrange)
        witness = None if happens is None else earn(model, *happens, name, why)
        if witness is not None:
            return witness
    return None


def timed(model: Model, path: list[Effect], *, rearrange: bool) -> tuple[list[Effect], list[int]] | None:
    """``path`` with times, or None where it cannot happen.

    ``rearrange``: things on it that do not touch each other may change places, and what is not needed may go.
    """
    if rearrange:
        return arrange(path, model.until)
    times = solve(path, model.until)
    return None if times is None else (path, times)


def earn(model: Model, path: list[Effect], times: list[int], name: str, why: str) -> Witness | None:
    """The witness that ``path`` is at these times, or None where a run along it does not show the same."""
    replayed = next((run for clocks in _clocks(path) if (run := _run(model, path, times, clocks, name))), None)
    if replayed is None:
        return None
    events = tuple([Event(at, times[at] / 1e6, _words(effect)) for at, effect in enumerate(path) if at])
    waits = tuple(endless(path)) if path[-1].thing.KIND == "deadline" else ()
    return Witness(
        why, len(path) - 1, events, tuple(times), replayed.trace, waits, labels(path), tuple(sorted(cause(path)))
    )


def _run(model: Model, path: list[Effect], times: list[int], clocks: Mapping[str, float], name: str) -> Replayed | None:
    """The run along ``path``, if it shows the same."""
    try:
        replayed = Replay(model, path, times, clocks).run()
    except Underivable:  # what the adversary shows again on the path is not what this run has: not the same run
        return None
    return replayed if name in replayed.violations else None


def _clocks(path: list[Effect]) -> Iterator[dict[str, float]]:
    """Where the clocks may be whose uncertain offsets decided something on ``path``: in the middle, at either end."""
    names = sorted(
        {name for effect in path for (kind, key), _ in effect.taken if kind == "clock" for name in key.split()}
    )
    if len(names) <= CLOCKS:
        for ends in product((0.5, 1e-9, 1.0 - 1e-9), repeat=len(names)):
            yield dict(zip(names, ends, strict=True))


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
        others = tuple(judge.others.get(prop.name, ()))
        made.append(Verdict(prop.name, prop.KIND, word, witness, vacuous, judge.tried.get(prop.name, 0), others))
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
