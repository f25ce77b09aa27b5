"""A finding is a file: a story made as small as it can be while the same property speaks, with the order that shows it.

Whatever can be left out is left out, one thing at a time, and the rest is explored again: steps and parties that have
no part in the path first, then single steps, people, orchestrators, providers, then options, then what the adversary
and the network may do; then the steps are moved to round times. This is delta debugging (Zeller and Hildebrandt, IEEE
Trans. Software Engineering 28(2), 2002) one element at a time. What comes out is minimal only within ``TRIES``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from sim.clock import DAY, format_duration, parse_time
from sim.explore.exploring import explore
from sim.explore.model import Bounds
from sim.explore.ordered import follow, judge, model_with
from sim.explore.scenario import bounds
from sim.explore.staging import Endless
from sim.explore.system import TooOpen
from sim.explore.verdicts import Exploration, Witness
from sim.scenario import ScenarioError, load_text
from sim.scenario.errors import Problem
from sim.scenario.nodes import plain
from sim.scenario.writing import write

#: explorations that shrinking may take
TRIES = 40
#: states of one of them, at most, and in any case
MOST, LEAST = 20_000, 500

SECTIONS = ("people", "orchestrators", "providers")
_DROPPED = ("variants", "vary", "measures", "runs", "level", "warm_up", "order", "explore", "expect", "seed")
_HEAD = "# Found by sim explore: sim run shows it again, in the order below.\n"

Flat = dict[str, Any]
"""A scenario as plain values, its steps by id."""
Path = tuple[str, ...]


class Finding(msgspec.Struct, frozen=True):
    """The file that shows how a property comes to be violated (or a ``sometimes`` reached).

    ``tries`` explorations were made to shrink it; ``left_out`` are the paths of what went.
    """

    text: str
    property: str
    verdict: str
    events: int
    tries: int
    left_out: tuple[str, ...]


def worth_saving(explored: Exploration, name: str = "") -> str:
    """The property ``name`` if it was violated or reached, or else the first that was violated; empty if none."""
    for verdict in explored.verdicts:
        if verdict.witness is not None and (verdict.property == name if name else verdict.verdict == "violated"):
            return verdict.property
    return ""


def finding(
    scenario: Any,
    name: str,
    within: Bounds,
    *,
    order: str = "breadth",
    tell: Callable[[int], None] = lambda tries: None,
) -> Finding:
    """The smallest story found in which the property ``name`` still speaks.

    ``tell`` hears how many explorations were made; interrupted, it goes on with what it has.
    """
    shrinking = _Shrinking(scenario, name, within, order, tell)
    shrinking.shrink()
    text = _HEAD + _text(shrinking.flat, shrinking.witness.order)
    follow(load_text(text, file="the finding"))
    left_out = tuple(_gone(shrinking.whole, shrinking.flat))
    return Finding(text, name, shrinking.word, len(shrinking.witness.order), shrinking.tries, left_out)


class _Shrinking:
    """The story as it is now, and the path that was found in it."""

    def __init__(self, scenario: Any, name: str, within: Bounds, order: str, tell: Callable[[int], None]) -> None:
        self._scenario, self._name, self._order, self._tell = scenario, name, order, tell
        self.tries = 0
        self._seen: set[str] = set()
        self._over = False
        self.word = ""
        self._states = within.states
        self.whole = self.flat = _flat(scenario, within)
        found = self._look(self.flat)
        if found is None:
            why = f"{name} was not violated again when it was explored alone; nothing is saved"
            raise ScenarioError([Problem(str(scenario.file), 0, 0, "", why)])
        explored, self.witness = found
        self.word = next(one.verdict for one in explored.verdicts if one.property == name)
        self._states = min(MOST, max(LEAST, 2 * explored.states))
        answer = scenario.expect.get(name)
        expected: Any = self.word
        if answer is not None and answer.within is not None:
            expected = {"is": self.word, "within": format_duration(answer.within)}
        why = f"{name} is {self.word}: {self.witness.why}"
        self.flat = self.whole = self.flat | {"why": why, "expect": {name: expected}}

    def _look(self, flat: Flat) -> tuple[Exploration, Witness] | None:
        """Explore ``flat``; what was found, or None where the property says nothing in it."""
        try:
            scenario = load_text(_text(flat), file="the finding")
            made = model_with(scenario, lambda: [judge(scenario, self._name)])
            within = msgspec.structs.replace(bounds(scenario), states=self._states)
            self.tries += 1
            self._tell(self.tries)
            explored = explore(made, within, order=self._order)
        except (ScenarioError, Endless, TooOpen):
            return None
        except Exception:  # with something left out it may be a story that no party can play
            if not self.word:
                raise
            return None
        self._over = self._over or explored.stopped == "interrupted"
        (verdict,) = [one for one in explored.verdicts if one.property == self._name]
        return None if verdict.witness is None else (explored, verdict.witness)

    def _kept(self, smaller: Flat, *, longer: bool = True) -> bool:
        """Go on with ``smaller`` if the property still speaks in it, by a path that may be ``longer`` or not."""
        text = _text(smaller)
        if text in self._seen or self._over or self.tries >= TRIES:
            return False
        self._seen.add(text)
        found = self._look(smaller)
        if found is None or (not longer and found[1].depth > self.witness.depth):
            return False
        self.flat, self.witness = smaller, found[1]
        return True

    def shrink(self) -> None:
        """Leave out whatever can be left out, until nothing can; then move the steps to round times."""
        self._kept(_without_idle(self.flat, self.witness))
        self._kept(self.flat | {"explore": self.flat["explore"] | {"adversary_sends": 0}})
        while self._pass(_elements, longer=True) | self._pass(_options, longer=False):
            pass
        self._kept(_rounded(self.flat), longer=False)
        self._kept(self.flat | {"until": f"{self.witness.times[-1] // DAY + 1} d"}, longer=False)

    def _pass(self, paths: Callable[[Flat], Iterator[Path]], *, longer: bool) -> bool:
        """Try to leave out each of ``paths``; whether anything went."""
        went = False
        for path in list(paths(self.flat)):
            if _there(self.flat, path) and self._kept(_without(self.flat, path), longer=longer):
                went = True
        return went


# --- the story as plain values ----------------------------------------------------------------------------------------


def _flat(scenario: Any, within: Bounds) -> Flat:
    """What the file says of world and story, with everything it is laid over."""
    flat = {key: value for key, value in plain(scenario.source.tree).items() if key not in _DROPPED}
    flat["story"] = {step["id"]: step for step in flat.get("story", ())}
    usual, asked = Bounds(), {}
    for name in Bounds.__struct_fields__:
        value = getattr(within, name)
        if value != getattr(usual, name):
            asked[name] = format_duration(value) if name in ("waits_at_most", "grid") else value
    return flat | {"explore": asked}


def _text(flat: Flat, order: Sequence[str] = ()) -> str:
    """``flat`` as a file."""
    told = {key: value for key, value in flat.items() if value not in ({}, [])}
    if "story" in told:
        told["story"] = list(told["story"].values())
    return write(told | ({"order": list(order)} if order else {}))


def _without(flat: Flat, path: Path) -> Flat:
    """``flat`` without what stands at ``path``."""
    first, *rest = path
    if not rest:
        return {key: value for key, value in flat.items() if key != first}
    return flat | {first: _without(flat[first], tuple(rest))}


def _there(flat: Flat, path: Path) -> bool:
    inner: Any = flat
    for key in path:
        if not isinstance(inner, dict) or key not in inner:
            return False
        inner = inner[key]
    return True


def _without_idle(flat: Flat, witness: Witness) -> Flat:
    """``flat`` without the steps that the path does not have, and without the parties that neither say nor hear."""
    done = {label.split(":")[1] for label in witness.order if label.startswith("command:")}
    heard = {name for step in witness.trace.steps for name in (step.to, step.sender) if name}
    words = " ".join(label for label in witness.order)
    smaller = dict(flat)
    smaller["story"] = {name: step for name, step in flat["story"].items() if name in done}
    for section in SECTIONS:
        smaller[section] = {
            name: block
            for name, block in flat.get(section, {}).items()
            if name in words
            or (section == "orchestrators" and len(flat[section]) == 1)
            or any(one == name or one.startswith(f"{name}.") for one in heard)
        }
    return smaller


def _elements(flat: Flat) -> Iterator[Path]:
    """Steps, the last first; parties; what the network may do. One orchestrator stays: whoever adds has to have one."""
    yield from [("story", name) for name in reversed(flat["story"])]
    for section in SECTIONS:
        names = list(flat.get(section, {}))
        yield from [(section, name) for name in (names[1:] if section == "orchestrators" else names)]
    yield from [("explore", "losses"), ("explore", "duplicates")]


def _options(flat: Flat) -> Iterator[Path]:
    """What is said of parties, of the network and in steps beyond what must be; who is an adversary stays one."""
    for section in SECTIONS:
        for name, block in flat.get(section, {}).items():
            yield from [(section, name, key) for key in block or {} if key != "adversary"]
    yield from [("network", key) for key in flat.get("network") or {}]
    yield from [("story", name, key) for name, step in flat["story"].items() for key in step if key != "id"]
    yield from [("network",), ("stop_after",)]


def _rounded(flat: Flat) -> Flat:
    """``flat`` with its steps at fixed times a day apart, in the order they have."""
    story = flat["story"]
    at = {name: _time(step.get("at")) for name, step in story.items()}
    fixed = sorted((name for name in story if at[name] is not None), key=lambda name: at[name] or 0)
    days = {name: f"{day} d" for day, name in enumerate(fixed, 1)}
    told = {name: step | ({"at": days[name]} if name in days else {}) for name, step in story.items()}
    return flat | {"story": told, "until": f"{len(days) + 1} d"}


def _time(value: Any) -> int | None:
    try:
        return parse_time(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _gone(whole: Flat, flat: Flat, path: str = "") -> Iterator[str]:
    """Paths of what ``whole`` has and ``flat`` has not."""
    for key, value in whole.items():
        where = f"{path}.{key}".lstrip(".")
        if key not in flat:
            yield where
        elif isinstance(value, dict) and isinstance(flat[key], dict):
            yield from _gone(value, flat[key], where)
