"""Which lanes a sequence diagram has, and on which of them a party is drawn.

A person and the person's agents share a lane; all mailboxes share one. Where more parties take part than lanes fit,
members of a group share the lane of their group, and then the quietest parties of a kind share one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sim.trace import Step, Trace

MAIL = "mail"
KINDS = ("people", "orchestrators", "providers")
#: order of the lanes from left to right
_PLACES = {"people": 0, "agents": 0, "mail": 1, "orchestrators": 2, "providers": 3, "others": 4}


class Cast:
    """Who takes part, as a trace's header tells it: kind, group and side of every party."""

    def __init__(self, header: Mapping[str, Any]) -> None:
        """A header without a scenario is fine: everybody is then of the kind ``others``."""
        scenario = header.get("scenario")
        world = scenario if isinstance(scenario, dict) else {}
        self.blocks: dict[str, tuple[str, dict[str, Any]]] = {
            name: (kind, config if isinstance(config, dict) else {})
            for kind in KINDS
            for name, config in (world.get(kind) or {}).items()
        }

    def block(self, name: str) -> str:
        """The block of a party: its own, or its group's; the name itself where it is of none."""
        if name in self.blocks:
            return name
        group = name.rstrip("0123456789")
        return group if group in self.blocks and "count" in self.blocks[group][1] else name

    def kind(self, name: str) -> str:
        """One of ``people orchestrators providers mail others``."""
        if "@" in name or name == MAIL:
            return MAIL
        return self.blocks.get(self.block(person(name)), ("others",))[0]

    def adversary(self, name: str) -> bool:
        """Whether a party works for the attacker."""
        return bool(self.blocks.get(self.block(person(name)), ("", {}))[1].get("adversary"))


def person(name: str) -> str:
    """The person of an agent (``alice/agent1``), of a made-up identity (``farmer.new3``), or of a name itself."""
    return name.partition("/")[0].partition(".")[0] if "@" not in name else name


def lane(name: str) -> str:
    """The lane of a party before anything is folded."""
    return MAIL if "@" in name else person(name)


class Lanes:
    """Lanes from left to right; ``of(party)`` is the number of a party's lane, None where it has none."""

    def __init__(self, names: list[str], folded: Mapping[str, str]) -> None:
        """``folded`` says which lane stands for another."""
        self.names = names
        self._place = {name: place for place, name in enumerate(names)}
        self._folded = folded

    def of(self, name: str) -> int | None:
        """The lane of a party."""
        own = lane(name)
        return self._place.get(self._folded.get(own, own))


def lanes(trace: Trace, steps: Iterable[Step], most: int) -> Lanes:
    """At most ``most`` lanes for everybody who takes part in ``steps``."""
    cast = Cast(trace.header)
    busy: Counter[str] = Counter()
    for step in steps:
        if step.message is not None:
            busy[lane(step.sender)] += 1
            busy[lane(step.to)] += 1
        elif step.command is not None or step.facts:
            busy[lane(step.to)] += 1
    for crowd in ("people", "agents", "director", "world", ""):
        busy.pop(crowd, None)
    folded = _fold(cast, busy, most)
    present = sorted({folded.get(name, name) for name in busy}, key=lambda name: _rank(cast, name))
    return Lanes(present, folded)


def _rank(cast: Cast, name: str) -> tuple[int, bool, int, str]:
    """People, the attackers last among them, then mail, orchestrators, providers; each in the order of the file."""
    kind = name.removeprefix("other ") if name.startswith("other ") else cast.kind(name)
    order = list(cast.blocks)
    block = cast.block(name)
    place = order.index(block) if block in order else len(order)
    return _PLACES.get(kind, 4), cast.adversary(name), place, name


def _fold(cast: Cast, busy: Counter[str], most: int) -> dict[str, str]:
    """Which lanes are folded into which others, so that at most ``most`` remain."""
    folded: dict[str, str] = {}
    if len(busy) > most:
        folded = {name: cast.block(name) for name in busy if cast.block(name) != name}
    while len(left := {folded.get(name, name) for name in busy}) > most:
        weight: Counter[str] = Counter()
        for name, count in busy.items():
            weight[folded.get(name, name)] += count
        quiet = sorted((name for name in left if not name.startswith("other ")), key=lambda name: (weight[name], name))
        if not quiet:
            break
        other = f"other {cast.kind(quiet[0])}"
        for name in busy:
            if folded.get(name, name) == quiet[0]:
                folded[name] = other
    shared = Counter(folded.values())
    return {name: into for name, into in folded.items() if shared[into] > 1 or not into.startswith("other ")}
