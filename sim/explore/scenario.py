"""A scenario as a model: its cast, its channels, its story, and what its adversaries may do of their own accord."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sim import properties
from sim.cast import Cast
from sim.clock import format_duration
from sim.explore.exploring import explore
from sim.explore.model import Bounds, Channel, Model, Proposal, Setting, Sight
from sim.explore.search import Progress
from sim.explore.staging import Endless, Stage
from sim.explore.verdicts import Exploration
from sim.facts import names as fact_names
from sim.party import Command
from sim.property import Property
from sim.roster import Roster
from sim.scenario.errors import Problem, ScenarioError
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
        self._free = tuple(_free(scenario, self.cast.roster))

    def begin(self, trait: Callable[[str, str], Any]) -> None:
        """Sign people in at their orchestrators."""
        self.cast.enrol(trait)

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
        for owner, to, message in seen:
            if type(message).ANSWER:
                continue
            for name, party in routes.items():
                if name not in (owner, to) and type(message) in party.hears and party is not routes.get(to):
                    yield Proposal(owner=owner, to=name, message=message, again=True)


def folds(scenario: Any) -> list[Property]:
    """All properties on the shelf, new and empty, with the deadlines that the scenario expects."""
    made = []
    for name in properties.names():
        answer = scenario.expect.get(name)
        made.append(properties.load(name)(name, None if answer is None else answer.within))
    return made


def model(scenario: Any) -> Model:
    """``scenario`` as a model; ``ScenarioError`` with the setting that makes it small, if it cannot be enumerated."""
    roster = Roster(scenario.people, scenario.orchestrators, scenario.providers)
    _refuse_crowds(scenario, roster)
    try:
        stage = Stage(scenario.story, roster, fact_names().__getitem__, scenario.until)
    except Endless as endless:
        raise _refusal(scenario, endless.path, str(endless), endless.value) from None
    link = scenario.network.link

    def channel(sender: str, to: str) -> Channel:
        found = link(roster.block(sender), roster.block(to))
        return Channel(max(0, found.latency.least), min(found.latency.most, found.at_most))

    return Model(
        setting=lambda make: CastSetting(scenario, make),
        channel=channel,
        until=scenario.until,
        grid=max(found.at_most for found in scenario.network.links.values()),
        stage=stage,
        adversary=any(config.adversary for config in roster.blocks.values()),
        stop_after=fact_names()[scenario.stop_after] if scenario.stop_after else None,
    )


def bounds(scenario: Any) -> Bounds:
    """The bounds that the file states."""
    asked = scenario.explore
    return Bounds(**{name: getattr(asked, name) for name in Bounds.__struct_fields__})


def explore_scenario(
    scenario: Any,
    *,
    within: Bounds | None = None,
    order: str = "breadth",
    progress: Callable[[Progress], None] | None = None,
) -> Exploration:
    """Every order of what may happen in ``scenario``, within its bounds or those given."""
    try:
        return explore(model(scenario), within or bounds(scenario), order=order, progress=progress)
    except Endless as endless:
        raise _refusal(scenario, endless.path, str(endless), endless.value) from None


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


# --- adversaries with a free hand -------------------------------------------------------------------------------------


def _free(scenario: Any, roster: Roster) -> Iterator[Proposal]:
    """Every verb that an adversary to whom the story gives no part may start, over the names in the file."""
    parts = {ref.name for step in scenario.story for ref in step.who}
    people = [member for block in scenario.people for member in roster.members(block)]
    providers = [member for block in scenario.providers for member in roster.members(block)]
    vias = [member for block in scenario.orchestrators for member in roster.members(block)]
    for person in people:
        if not roster.adversary(person) or person in parts or roster.block(person) in parts:
            continue
        names = ["", *(other for other in people if not roster.adversary(other))]
        for provider in providers:
            for as_ in names:
                for via in vias:
                    yield _deed(person, "add", provider, as_, via, service="free")
                for verb in ("sign_up", "log_in", "use", "reset_password"):
                    yield _deed(person, verb, provider, as_)


def _deed(person: str, verb: str, provider: str, as_: str, via: str = "", service: str = "") -> Proposal:
    words = [verb, provider, *([f"as_{as_}"] if as_ else []), *([f"via_{via}"] if via else [])]
    command = Command(f"free.{person}.{'_'.join(words)}", verb, person, provider, service, via, as_)
    return Proposal(owner=person, to=provider, command=command)
