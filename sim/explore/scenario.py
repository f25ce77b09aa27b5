"""A scenario as a model: its cast, its channels, its story, and what its adversaries may do of their own accord."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sim import properties
from sim.cast import Cast
from sim.clock import format_duration
from sim.explore import free
from sim.explore.exploring import explore
from sim.explore.model import Bounds, Channel, Model, Proposal, Setting, Sight
from sim.explore.search import Progress
from sim.explore.staging import Endless, Stage
from sim.explore.verdicts import Exploration
from sim.explore.walks import walk
from sim.facts import names as fact_names
from sim.knowledge import ADVERSARY
from sim.property import Property
from sim.roster import Roster
from sim.scenario import load
from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.models import CHANNEL_ALLOWS
from sim.scenario.values import Ref, Step
from sim.world import MakeTable

#: more people than this at a time make more orders than can be tried
PEOPLE = 6


class CastSetting(Setting):
    """The parties of a scenario, with the properties that are asked of it, or with ``watching`` in their place."""

    def __init__(self, scenario: Any, make: MakeTable, watching: Sequence[Any] | None = None) -> None:
        self.cast = Cast(scenario, folds(scenario) if watching is None else list(watching), make)
        super().__init__(self.cast.world)
        self.config = self.cast.roster.config_or_none  # type: ignore[method-assign]
        self.block = self.cast.roster.block  # type: ignore[method-assign]
        self._changes = any(step.verb == "set" for step in scenario.story)
        self._free = tuple(free.proposals(scenario, self.cast.roster))
        self._channel = _channels(scenario, self.cast.roster)
        self._rewires = any(path.startswith("network") for step in scenario.story for path in step.values or ())
        self._channels: dict[tuple[str, ...], Callable[[str, str], Channel]] = {}
        blocks = (*scenario.people, *scenario.orchestrators, *scenario.providers)
        self._network = next((name for name in blocks if self.cast.roster.adversary(name)), None)
        """Who reads and writes where the network lets an adversary."""
        self._alike = tuple(_alike(scenario, self.cast.roster))

    def alike(self) -> Sequence[Sequence[str]]:
        """The members of groups none of whom the story names alone or draws."""
        return self._alike

    def begin(self, trait: Callable[[str, str], Any]) -> None:
        """Sign people in at their orchestrators."""
        self.cast.enrol(trait)

    def channel(self, sender: str, to: str) -> Channel | None:
        """See ``Setting``."""
        applied = self.world.settings.get("applied", ()) if self._rewires else ()
        if not applied:
            return None
        found = self._channels.get(applied)
        if found is None:
            found = self._channels[applied] = _channels(self.cast.version(applied), self.cast.roster)
        return found(sender, to)

    def releases(self, call: Callable[[str], None]) -> None:
        """See ``Setting``."""
        self.cast.director.released = call

    def refresh(self) -> None:
        """Put the settings in force that the story's ``set`` steps have made."""
        if self._changes:
            self.cast.apply(self.world.settings.get("applied", ()))

    def proposals(self, seen: tuple[Sight, ...], holds: Callable[[str], bool]) -> list[Proposal]:
        """Requests that were seen, shown to others; verbs that adversaries without a part in the story may start."""
        return [*self._again(seen), *self._free]

    def _again(self, seen: tuple[Sight, ...]) -> Iterator[Proposal]:
        routes = {name: party for name, party in self.world.routes.items() if self.cast.roster.block(name)}
        for who, to, message, sender, behind in seen:
            owner = self._network if who == ADVERSARY else who  # what is read on the network is somebody's too
            if type(message).ANSWER or owner is None:
                continue
            if who == ADVERSARY and (self.channel(sender, to) or self._channel(sender, to)).injects:
                yield Proposal(owner=owner, to=to, message=message, sender=sender, heard=behind)
            for name, party in routes.items():
                if name == owner or type(message) not in party.hears:
                    continue
                # Who was shown it may pass it on; who saw it on its way may say it again as well.
                if (name == to and owner != to) or party is not routes.get(to):
                    yield Proposal(owner=owner, to=name, message=message, again=True)


def folds(scenario: Any, only: Sequence[str] = ()) -> list[Property]:
    """All properties on the shelf or those named, new and empty, with the deadlines that the scenario expects."""
    made = []
    for name in only or properties.names():
        answer = scenario.expect.get(name)
        made.append(properties.load(name)(name, None if answer is None else answer.within))
    return made


def model(scenario: Any, only: Sequence[str] = ()) -> Model:
    """``scenario`` as a model, with all properties or those in ``only``.

    ``ScenarioError`` with the setting that makes it small, if it cannot be enumerated.
    """
    roster = Roster(scenario.people, scenario.orchestrators, scenario.providers)
    _refuse_crowds(scenario, roster)
    try:
        stage = Stage(scenario.story, roster, fact_names().__getitem__, scenario.until)
    except Endless as endless:
        raise _refusal(scenario, endless.path, str(endless), endless.value) from None
    return Model(
        setting=lambda make: CastSetting(scenario, make, folds(scenario, only)),
        channel=_channels(scenario, roster),
        until=scenario.until,
        grid=max(found.at_most for found in scenario.network.links.values()),
        stage=stage,
        adversary=any(config.adversary for config in roster.blocks.values()),
        stop_after=fact_names()[scenario.stop_after] if scenario.stop_after else None,
    )


def _channels(scenario: Any, roster: Roster) -> Callable[[str, str], Channel]:
    """How messages travel; an ``authentic`` channel is read by the adversary, an ``open`` one is written to as well."""
    link = scenario.network.link

    def channel(sender: str, to: str) -> Channel:
        found = link(roster.block(sender), roster.block(to))
        least, most = max(0, found.latency.least), min(found.latency.most, found.at_most)
        allowed = CHANNEL_ALLOWS[found.channel]
        return Channel(least, most, reads="read" in allowed, injects="replay" in allowed)

    return channel


def bounds(scenario: Any) -> Bounds:
    """The bounds that the file states."""
    asked = scenario.explore
    return Bounds(**{name: getattr(asked, name) for name in Bounds.__struct_fields__})


def explore_scenario(
    scenario: Any,
    *,
    within: Bounds | None = None,
    only: Sequence[str] = (),
    order: str = "breadth",
    reduce: bool = True,
    several: bool = False,
    walks: int = 0,
    progress: Callable[[Progress], None] | None = None,
) -> Exploration:
    """Every order of what may happen in ``scenario``, within its bounds or those given.

    With ``only``, these properties alone are looked at: states that differ in others' memories are one, and the search
    is over as soon as all of them are violated (or reached). ``several`` asks for a witness of each different cause,
    ``walks`` for so many random ways in the place of all orders. ``scenario`` may be the path of a file.
    """
    if isinstance(scenario, str | Path):
        scenario = load(scenario)
    within = within or bounds(scenario)
    try:
        made = model(scenario, only)
        if walks:
            return walk(made, within, walks, seed=scenario.seed, progress=progress)
        return explore(made, within, order=order, reduce=reduce, several=several, progress=progress)
    except Endless as endless:
        raise _refusal(scenario, endless.path, str(endless), endless.value) from None


def _alike(scenario: Any, roster: Roster) -> Iterator[tuple[str, ...]]:
    """Groups none of whose members the story names alone, or draws."""
    refs = [ref for step in scenario.story for ref in _refs(step)]
    named = {ref.name for ref in refs}
    for block in (*scenario.people, *scenario.orchestrators, *scenario.providers):
        members = tuple(roster.members(block)) if 1 < roster.count(block) <= PEOPLE else ()
        drawn = any(ref.any and ref.name == block for ref in refs)
        if members and not drawn and named.isdisjoint(members):
            yield members


def _refs(value: Any) -> Iterator[Ref]:
    """All names in a step."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _refs(one)
    elif isinstance(value, Step):
        for field in value.__struct_fields__:
            yield from _refs(getattr(value, field))


# --- what cannot be enumerated ----------------------------------------------------------------------------------------


def _refuse_crowds(scenario: Any, roster: Roster) -> None:
    """Refuse groups that are too large, and queues."""
    for section in ("people", "orchestrators", "providers"):
        for name, config in getattr(scenario, section).items():
            if roster.count(name) > PEOPLE:
                why = f"a group of {roster.count(name)}; at most {PEOPLE} can be explored"
                raise _refusal(scenario, f"{section}.{name}.count", why, "2")
            if getattr(config, "workers", None) is not None:
                raise _refusal(scenario, f"{section}.{name}.workers", "queues are not explored", "unlimited")
            service = getattr(config, "service_time", None)
            if service is not None and service.most > 0:
                why = f"a service time ({format_duration(service.most)} at most) is not explored"
                raise _refusal(scenario, f"{section}.{name}.service_time", why, "0 s")


def _refusal(scenario: Any, path: str, why: str, value: str) -> ScenarioError:
    """The error that says what is too large, where it is written, and what to set."""
    origin = scenario.origin.get(path) or scenario.origin.get(path.rpartition(".")[0]) or ""
    file, _, line = origin.rpartition(":")
    at = int(line) if file and line.isdigit() else 0
    message = f"{why}; explore it smaller with --set '{path}={value}'"
    return ScenarioError([Problem(file if at else str(scenario.file), at, 1 if at else 0, path, message)])
