"""Small stand-ins for what the scenario room hands to the rest: blocks of the world, links, steps of a story."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sim.clock import NEVER, Constant, Duration
from sim.roster import Roster
from sim.scenario.values import After, At, Every, May, Ref, Step


def block(count: int | None = None, **fields: Any) -> Any:
    """A block: one member, or a group of ``count``."""
    given = {"email": "{name}@example.org", "holds": ("email",), "uses": (), "agents": 1, "adversary": False}
    return SimpleNamespace(**{**given, "count": count or 1, "grouped": count is not None, **fields})


def roster(people: dict[str, Any], orchestrators: tuple[str, ...] = ("hub",), **providers: Any) -> Roster:
    """Names of a world."""
    return Roster(people, {name: block() for name in orchestrators}, providers or {"clouds": block(20)})


def link(latency: Duration | int = 1_000, at_most: int = NEVER, loss: float = 0.0, duplicates: float = 0.0) -> Any:
    """A channel; a bare number is a constant latency."""
    drawn = Constant(latency) if isinstance(latency, int) else latency
    return SimpleNamespace(latency=drawn, at_most=at_most, loss=loss, duplicates=duplicates)


def ref(text: str) -> Ref:
    """``any clouds/free`` and the like, as a reference."""
    name, _, service = text.removeprefix("any ").partition("/")
    return Ref(name, text.startswith("any "), service or None)


def step(name: str, when: At | Every | After | May, who: str = "", what: str = "", **options: Any) -> Step:
    """A step with the verb ``add``; several names are separated by commas."""
    for role in ("via", "as_", "of"):
        if role in options:
            options[role] = ref(options[role])
    if "against" in options:
        options["against"] = tuple(map(ref, options["against"].split(", ")))
    refs = [tuple(map(ref, text.split(", "))) if text else () for text in (who, what)]
    return Step(id=name, when=when, verb=options.pop("verb", "add"), who=refs[0], objects=refs[1], **options)
