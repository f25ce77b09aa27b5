"""Small stand-ins for what the scenario room hands to the rest: blocks of the world, links, steps of a story.

So that the rooms below it are tested without it, also where what it imports is not installed. A test of the story
compares their fields with those of the real ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from sim.clock import NEVER, Constant, Duration
from sim.roster import Roster

ZERO = Constant(0)


@dataclass(frozen=True)
class Ref:
    name: str
    any: bool = False
    service: str | None = None


@dataclass(frozen=True)
class At:
    at: Duration


@dataclass(frozen=True)
class Every:
    every: Duration
    start: int = 0
    until: int | None = None
    times: int | None = None


@dataclass(frozen=True)
class After:
    after: str
    fact: bool = False
    wait: Duration = ZERO
    until: int | None = None
    times: int | None = None


@dataclass(frozen=True)
class May:
    times: int


@dataclass(frozen=True, kw_only=True)
class Step:
    id: str
    when: At | Every | After | May
    verb: str = "add"
    who: tuple[Ref, ...] = ()
    objects: tuple[Ref | str, ...] = ()
    via: Ref | None = None
    as_: Ref | None = None
    to: str | Ref | None = None
    of: Ref | None = None
    against: tuple[Ref, ...] = ()
    does: str | None = None
    kind: tuple[str, ...] = ()
    rate: Duration | None = None
    for_: Duration | None = None
    until: int | None = None
    times: int = 1
    amount: int | None = None
    name: str | None = None
    text: str | None = None
    environment: str = "prod"
    budget: Any = None
    values: dict[str, Any] = field(default_factory=dict)


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
    """A step with the verb ``add``; several names are separated by commas, ``word`` is an object that is a text."""
    for role in ("via", "as_", "of"):
        if role in options:
            options[role] = ref(options[role])
    if "against" in options:
        options["against"] = refs(options["against"])
    objects = (options.pop("word"),) if "word" in options else refs(what)
    return Step(id=name, when=when, who=refs(who), objects=objects, **options)


def refs(text: str) -> tuple[Ref, ...]:
    """References separated by commas."""
    return tuple(map(ref, text.split(", "))) if text else ()
