"""A hand that writes down what an attack has it do."""

from __future__ import annotations

from typing import NamedTuple

from sim.attacks import Attack
from sim.clock import Duration


class Plan(NamedTuple):
    """What a scenario asks of an attack."""

    person: str = "mallory"
    targets: tuple[str, ...] = ("p", "q")
    of: str = "hub"
    alias: str = ""
    via: str = ""
    rate: Duration | None = None


class RecordingHand:
    """Implements ``Hand`` with lists. ``has`` is the attacker's power, ``whose`` the person of a stolen session."""

    def __init__(self, attack: Attack, plan: Plan, has: str = "", whose: str = "") -> None:
        self.attack, self.plan, self.has, self.whose = attack, plan, has, whose
        self.did: list[tuple[str, ...]] = []
        self.waits: list[tuple[str, int | Duration]] = []
        self.over: list[str] = []
        self.stages: dict[str, str] = {}
        self.made_up = 0
        self.has_cards = 0

    def do(self, verb: str, target: str, *, as_: str = "", via: str = "", service: str = "", to: str = "") -> None:
        self.did.append(tuple(word for word in (verb, target, as_, via, service, to) if word))

    def wait(self, target: str, after: int | Duration) -> None:
        self.waits.append((target, after))

    def stage(self, target: str) -> str:
        return self.stages.get(target, "")

    def keep(self, target: str, stage: str) -> None:
        self.stages[target] = stage

    def fresh(self, target: str) -> str:
        self.made_up += 1
        return f"mallory.new{self.made_up}"

    def power(self) -> str:
        return self.has

    def victim(self) -> str:
        return self.whose

    def cards(self) -> int:
        return self.has_cards

    def done_with(self, target: str) -> None:
        self.over.append(target)

    # --- driving --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self.attack.start(self, self.plan)

    def tick(self, target: str = "p") -> list[tuple[str, ...]]:
        self.did.clear()
        self.waits.clear()
        self.attack.tick(self, self.plan, target)
        return self.did

    def answer(self, verb: str, outcome: str, target: str = "p") -> list[tuple[str, ...]]:
        self.did.clear()
        self.waits.clear()
        self.attack.answered(self, self.plan, verb, target, outcome)
        return self.did
