"""What happened in a world: in runs, and in every order of what may happen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from sim.clock import DAY
from sim.experiments.once import Outcome, run_once
from sim.explore.exploring import explore
from sim.explore.model import Bounds
from sim.explore.scenario import CastSetting, bounds, folds, model
from sim.explore.verdicts import Exploration, Witness
from sim.facts import AccountActivated, AccountClosed, AccountCreated
from sim.property import See
from sim.scenario import Scenario, ScenarioError
from sim.simulate import Simulation

#: what an exploration looks for: a takeover, or something foreign that survives
HARM = ("token_only_for_owner", "adopted_account_is_clean")
#: the panel's measures that say the same of a run
_COUNTS = ("takeovers", "foreign_survivors")
#: after so many messages in all no further run of the same world is begun
ENOUGH = 20_000
#: how long people and agents may take in an exploration, where the file says nothing
WAIT = DAY


class Seen(msgspec.Struct, frozen=True):
    """What several runs of one world came to; a number is the most of any run, ``honest`` and ``amounts`` are means.

    ``locked_out`` counts honest people who are so at the end, by provider; ``strays`` accounts that are active at the
    end under the address of an honest person who neither made them nor has come to own them.
    """

    runs: int = 1
    takeovers: int = 0
    foreign_survivors: int = 0
    refused: int = 0
    locked_out: int = 0
    duplicates: int = 0
    strays: int = 0
    honest: dict[str, float] = {}
    amounts: dict[str, float] = {}
    why: str = ""
    """The first violation of what an exploration would look for, in words."""

    @property
    def broken(self) -> bool:
        """Whether an account was taken over, or something foreign survived on one."""
        return bool(self.takeovers or self.foreign_survivors)

    @property
    def price(self) -> tuple[str, ...]:
        """What honest people suffered, in words; a consent alone is no harm."""
        said = {
            "refused": self.refused,
            "locked out at the end": self.locked_out,
            "second account": self.duplicates,
            "someone else's account under their address": self.strays,
        }
        return tuple(f"{words}: {count}" for words, count in said.items() if count)


class Explored(msgspec.Struct, frozen=True):
    """What an exploration came to: ``broken`` names the property that some order violates, ``why`` says how.

    ``complete``: every order within the bounds was tried. ``refused``: why it cannot be tried at all.
    """

    states: int = 0
    complete: bool = False
    broken: str = ""
    why: str = ""
    refused: str = ""
    steps: tuple[str, ...] = ()


# --- runs -------------------------------------------------------------------------------------------------------------


class Addresses:
    """Which accounts are active, listened to beside the properties; and who is locked out."""

    def __init__(self) -> None:
        self.active: dict[str, bool] = {}
        self.see: See

    def listen(self, run: Simulation) -> None:
        """Hear what becomes of accounts in ``run``."""
        self.see, self.run = run.world.see, run
        run.world.on(AccountCreated, self._created)
        run.world.on(AccountActivated, self._activated)
        run.world.on(AccountClosed, self._closed)

    def _created(self, fact: AccountCreated, see: See) -> None:
        self.active[fact.account] = fact.state == "active"

    def _activated(self, fact: AccountActivated, see: See) -> None:
        self.active[fact.account] = True

    def _closed(self, fact: AccountClosed, see: See) -> None:
        self.active.pop(fact.account, None)

    def strays(self) -> int:
        """Active accounts under an honest person's address that they neither made nor have come to own."""
        truth, count = self.see.truth, 0
        for name, active in self.active.items():
            account = truth.account(name)
            holder = truth.mailbox(account.email) if account is not None and active else ""
            if account is None or not holder or truth.adversary(holder):
                continue
            count += holder not in (account.maker, account.owner)
        return count

    def locked_out(self) -> int:
        """Honest people who cannot get in, each counted once for a provider."""
        found = next(fold for fold in self.run.world.folds if fold.name == "lockouts")
        return len(found.open)  # type: ignore[attr-defined]


def observe(scenario: Scenario, runs: int) -> Seen:
    """``scenario`` run ``runs`` times, fewer where its runs are long."""
    return together(run(scenario, runs))


def run(scenario: Scenario, runs: int) -> list[tuple[Outcome, Addresses]]:
    """Each run's outcome, and what was listened to beside."""
    outcomes: list[tuple[Outcome, Addresses]] = []
    messages = 0
    for replication in range(runs):
        listener = Addresses()
        outcome = run_once(scenario, replication=replication, record=False, prepare=listener.listen)
        outcomes.append((outcome, listener))
        messages += outcome.messages
        if messages >= ENOUGH:
            break
    return outcomes


def together(outcomes: list[tuple[Outcome, Addresses]]) -> Seen:
    """Several runs of one world as one observation."""
    flat = [
        {name: value for group in one.panel.values() for name, value in group.items()} | one.measures
        for one, _ in outcomes
    ]
    most = {name: int(max(one[name] or 0 for one in flat)) for name in (*_COUNTS, "honest_refusals", "duplicates")}
    honest = outcomes[0][0].panel["honest"]
    return Seen(
        runs=len(outcomes),
        takeovers=most["takeovers"],
        foreign_survivors=most["foreign_survivors"],
        refused=most["honest_refusals"],
        locked_out=max(listener.locked_out() for _, listener in outcomes),
        duplicates=most["duplicates"],
        strays=max(listener.strays() for _, listener in outcomes),
        honest={name: _mean(one[name] for one in flat) for name in honest},
        amounts={name: _mean(one[name] for one in flat) for name in flat[0] if name not in honest},
        why=next((why for one, _ in outcomes if (why := _first(one))), ""),
    )


def _mean(values: Iterator[Any]) -> float:
    """The mean of what was observed; 0 where nothing was."""
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 6) if known else 0.0


def _first(outcome: Outcome) -> str:
    found = [violation for name in HARM for violation in outcome.violations.get(name, ())[:1]]
    return min(found, key=lambda one: one.step).why if found else ""


# --- every order ------------------------------------------------------------------------------------------------------


def look(scenario: Scenario, states: int) -> Explored:
    """``scenario`` in every order within ``states`` states, the adversary doing what the story says and no more."""
    try:
        found = exploration(scenario, states)
    except ScenarioError as error:
        return Explored(refused=error.problems[0].message)
    broken: list[tuple[str, Witness]] = [
        (one.property, one.witness) for one in found.verdicts if one.verdict == "violated" and one.witness is not None
    ]
    if not broken:
        return Explored(states=found.states, complete=found.complete)
    name, witness = min(broken, key=lambda one: one[1].depth)
    steps = tuple(f"{event.at_s:.3f} s  {event.what}" for event in witness.events)
    return Explored(found.states, found.complete, name, witness.why, steps=steps)


def exploration(scenario: Scenario, states: int, names: Sequence[str] = HARM) -> Exploration:
    """An exploration that watches the named properties, with its witnesses; ``ScenarioError`` if it is too large."""

    def setting(make: Any) -> CastSetting:
        return CastSetting(scenario, make, [fold for fold in folds(scenario) if fold.name in names])

    # Every order one by one: what a reduction looks ahead at grows with what is pending, and a story may have much.
    return explore(msgspec.structs.replace(model(scenario), setting=setting), within(scenario, states), reduce=False)


def within(scenario: Scenario, states: int) -> Bounds:
    """The file's own bounds, with no more than ``states`` states and without an adversary's own ideas."""
    own = bounds(scenario)
    wait = own.waits_at_most or WAIT
    return msgspec.structs.replace(own, states=min(own.states, states), adversary_sends=0, waits_at_most=wait)
