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
        self.attack, self.plan, self.power_, self.whose = attack, plan, has, whose
        self.did: list[tuple[str, ...]] = []
        self.waits: list[tuple[str, int | Duration]] = []
        self.over: list[str] = []
        self.stages: dict[str, str] = {}
        self.made_up = 0
        self.has_cards = 0
        self.affords = True
        self.stolen: dict[str, tuple[str, ...]] = {}
        self.how: list[str] = []
        self.strange: tuple[str, ...] = ()
        self.has_link = True
        self.confirmed: list[str] = []

    def do(
        self, verb: str, target: str, *, as_: str = "", via: str = "", service: str = "", to: str = "", of: str = "",
        amount: int = 0, text: str = "",
    ) -> bool:  # fmt: skip
        self.did.append(tuple(str(word) for word in (verb, target, as_, via, service, to, of, amount, text) if word))
        return self.affords

    def show(self, request: str, target: str) -> bool:
        self.did.append(("show", request, target))
        return self.affords

    def found(self, target: str) -> tuple[str, ...]:
        return self.strange

    def confirm(self, target: str) -> bool:
        self.confirmed.append(target)
        return self.has_link

    def has(self, what: str) -> tuple[str, ...]:
        return self.stolen.get(what, ())

    def owners(self, target: str) -> tuple[str, ...]:
        return self.stolen.get(f"tokens of {target}", ())

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
        return self.power_

    def victim(self) -> str:
        return self.whose

    def cards(self) -> int:
        return self.has_cards

    def done_with(self, target: str, how: str = "") -> None:
        self.over.append(target)
        self.how.append(how)

    # --- driving --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self.attack.start(self, self.plan)

    def tick(self, target: str = "p") -> list[tuple[str, ...]]:
        self.did.clear()
        self.waits.clear()
        self.attack.tick(self, self.plan, target)
        return self.did

    def overhear(self, request: str, to: str = "p") -> list[tuple[str, ...]]:
        self.did.clear()
        self.attack.overheard(self, self.plan, request, to)  # type: ignore[attr-defined]
        return self.did

    def answer(self, verb: str, outcome: str, target: str = "p") -> list[tuple[str, ...]]:
        self.did.clear()
        self.waits.clear()
        self.attack.answered(self, self.plan, verb, target, outcome)
        return self.did
