"""A scenario as the graph reads it: who there is, who has an account where, and every setting, some of them changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from sim.roster import Roster
from sim.scenario import Scenario

#: groups of up to so many are drawn one by one, of larger ones those whom the story names; the rest is one node
ONE_BY_ONE = 6
#: steps by which an honest person comes to have an account
_COMING = ("add", "sign_up")


class Unit(msgspec.Struct, frozen=True):
    """A party, or a group that is drawn as one; ``count`` is how many it stands for."""

    name: str
    block: str
    count: int = 1


class Holding(msgspec.Struct, frozen=True):
    """An honest person's account at a provider: through which orchestrators, or by the door (none)."""

    person: Unit
    provider: Unit
    via: tuple[str, ...] = ()
    door: bool = False
    services: int = 0

    @property
    def name(self) -> str:
        """The account, such as ``cloud/alice``."""
        return f"{self.provider.name}/{self.person.name}"

    @property
    def count(self) -> int:
        """How many accounts it stands for."""
        return self.person.count * self.provider.count


class World:
    """The settings of a scenario; ``changes`` are values by path, such as ``providers.cloud.matching``."""

    def __init__(self, scenario: Scenario, changes: Mapping[str, Any] | None = None) -> None:
        self.scenario = scenario
        self._changes = dict(changes or {})
        self._roster = Roster(scenario.people, scenario.orchestrators, scenario.providers)
        self._named = list(dict.fromkeys(_names(scenario)))
        self.people = [unit for unit in self._units("people") if not self._adversary("people", unit)]
        self.orchestrators = list(self._units("orchestrators"))
        self.providers = list(self._units("providers"))
        self.holdings = self._holdings()

    def changed(self, changes: Mapping[str, Any]) -> World:
        """The same world with further changes."""
        world: World = object.__new__(World)
        world.__dict__.update(self.__dict__)
        world._changes = self._changes | dict(changes)
        return world

    def get(self, section: str, block: str, field: str) -> Any:
        """A setting, changed or as the file has it."""
        path = f"{section}.{block}.{field}"
        if path in self._changes:
            return self._changes[path]
        return getattr(getattr(self.scenario, section)[block], field)

    def email(self, person: Unit) -> str:
        """The address that a person uses."""
        return str(self.get("people", person.block, "email")).replace("{name}", person.name)

    def _units(self, section: str) -> Iterator[Unit]:
        for block in getattr(self.scenario, section):
            count = self._roster.count(block)
            if count <= ONE_BY_ONE:
                yield from (Unit(name, block) for name in self._roster.members(block))
                continue
            alone = [name for name in self._named if name != block and self._roster.block(name) == block]
            yield from (Unit(name, block) for name in alone)
            if count > len(alone):
                yield Unit(block, block, count - len(alone))

    def _adversary(self, section: str, unit: Unit) -> bool:
        return bool(getattr(self.scenario, section)[unit.block].adversary)

    # --- who has an account where -------------------------------------------------------------------------------------

    def _holdings(self) -> list[Holding]:
        """The accounts that the honest come to have, read from the steps of the story."""
        found: dict[str, Holding] = {}
        for step in self.scenario.story:
            if step.verb not in _COMING or step.as_ is not None:
                continue
            for person in self._meant("people", step.who):
                for provider in self._meant("providers", step.objects):
                    self._come(found, step, person, provider)
        return list(found.values())

    def _come(self, found: dict[str, Holding], step: Any, person: Unit, provider: Unit) -> None:
        before = found.get(f"{provider.name}/{person.name}") or Holding(person, provider)
        if step.verb == "sign_up":
            after = msgspec.structs.replace(before, door=True)
        else:
            via = self._via(step, person)
            services = before.services + 1
            after = msgspec.structs.replace(before, via=tuple(dict.fromkeys((*before.via, *via))), services=services)
        found[after.name] = after

    def _via(self, step: Any, person: Unit) -> tuple[str, ...]:
        """The orchestrators through which a step goes: those it names, else those whose customer the person is."""
        names = [step.via.name] if step.via is not None else self.customer_of(person)
        return tuple(unit.name for unit in self.orchestrators if {unit.name, unit.block} & set(names))

    def customer_of(self, person: Unit) -> list[str]:
        """The orchestrators whose customer somebody is from the start."""
        return [name for name, _ in self.get("people", person.block, "uses")]

    def _meant(self, section: str, refs: Any) -> list[Unit]:
        """The honest people, or the providers, that a step's references mean."""
        names = {ref.name for ref in refs if hasattr(ref, "name")}
        units = self.people if section == "people" else self.providers
        return [unit for unit in units if unit.name in names or unit.block in names]

    def customers(self, orchestrator: Unit) -> list[Unit]:
        """Whose logins an orchestrator has: its customers from the start and whoever came through it."""
        names = {orchestrator.name, orchestrator.block}
        came = {one.person.name for one in self.holdings if orchestrator.name in one.via}
        return [one for one in self.people if one.name in came or names & set(self.customer_of(one))]


def _names(scenario: Scenario) -> Iterator[str]:
    """Every name of a party in the steps of the story."""
    for step in scenario.story:
        named = (*step.who, *step.objects, *([step.via] if step.via is not None else []))
        yield from (ref.name for ref in named if hasattr(ref, "name"))
