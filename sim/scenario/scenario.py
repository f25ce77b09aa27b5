"""A loaded scenario: the world, the story and the questions, with every default filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from sim.scenario.models import Link, Orchestrator, People, Provider
from sim.scenario.nodes import Node
from sim.scenario.questions import Bounds
from sim.scenario.ranges import Range
from sim.scenario.values import Answer, Design, Factor, MeasureSpec, Runs, Step


@dataclass(frozen=True)
class Network:
    """The links between parties."""

    links: dict[str, Link]

    @property
    def uniform(self) -> bool:
        """Whether all links are alike."""
        return len(self.links) == 1

    def link(self, a: str, b: str) -> Link:
        """The link from block ``a`` to block ``b``: the file's entry for them over its default one."""
        return self.links.get(f"{a}->{b}") or self.links[""]


@dataclass(frozen=True)
class Source:
    """What a scenario was made of, kept for further overrides and for saying where values come from.

    ``base`` is the file before variant and flags; ``flags`` are plain values by path, which win over both.
    """

    tree: Node
    nodes: dict[str, dict[str, Node]]
    later: bool
    base: Node
    flags: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Everything in effect; times in microseconds, money in cents. Never changed: ``with_values`` makes another."""

    title: str
    why: str
    refs: tuple[str, ...]
    seed: int
    until: int
    stop_after: str | None
    warm_up: int
    format: int
    file: str
    variant: str | None
    people: dict[str, People]
    orchestrators: dict[str, Orchestrator]
    providers: dict[str, Provider]
    network: Network
    story: tuple[Step, ...]
    expect: dict[str, Answer]
    everything_else: Answer | None
    measures: dict[str, MeasureSpec]
    variants: tuple[str, ...]
    vary: dict[str, tuple[Any, ...] | Factor | Range]
    design: Design | None
    runs: int | Runs
    level: float
    explore: Bounds
    order: tuple[str, ...]
    source: Source = field(repr=False, compare=False)

    def with_values(self, values: Mapping[str, Any]) -> Scenario:
        """The same scenario with further overrides by path, as the verb ``set`` makes them; ``ScenarioError``."""
        from sim.scenario.loading import with_values

        return with_values(self, values)

    def with_variant(self, name: str) -> Scenario:
        """The variant ``name`` of the same file, with the same flags; ``ScenarioError``."""
        from sim.scenario.loading import with_variant

        return with_variant(self, name)

    def resolved(self) -> dict[str, Any]:
        """Everything in effect as plain values in a stable order, in the form of a scenario file.

        Presets are spelt out, overrides applied; variants and grids are not part of it. Loading it gives the same.
        """
        from sim.scenario.resolved import resolved

        return resolved(self)

    @property
    def asked(self) -> frozenset[str]:
        """Names of the properties and measures of which something is expected, or by which a measure is divided."""
        parts = (name for spec in self.measures.values() for name in spec.ratio or ())
        return frozenset({*self.expect, *parts})

    @property
    def origin(self) -> dict[str, str]:
        """Where each value of ``resolved`` is from, by path: a default, a preset, a line of a file, a flag."""
        from sim.scenario.resolved import origins

        return origins(self)

    @cached_property
    def hash(self) -> str:
        """A digest of ``resolved`` without the texts that tell what it is about."""
        plain = {key: value for key, value in self.resolved().items() if key not in ("title", "why", "refs")}
        return sha256(json.dumps(plain, separators=(",", ":"), sort_keys=True).encode()).hexdigest()
