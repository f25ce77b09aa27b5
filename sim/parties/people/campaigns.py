"""How an attack of the shelf ``attacks`` is carried out: with the attacker's own verbs, and nothing else.

An attack decides; the ``Hand`` does. What it may do is what any person may: issue ordinary verbs, and wait. A campaign
has one target after another to deal with; it is over when every target is done with, or when its time is up.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from sim.clock import Duration
from sim.facts import StepCompleted
from sim.messages import Leaked
from sim.parties.people.mail import Letters
from sim.parties.people.records import Task, digits
from sim.party import Command, Message, Turn


class Campaign(msgspec.Struct, frozen=True, gc=False):
    """An attack that is under way. ``alias`` is as whom it acts (empty: made-up people), ``open`` the targets left."""

    id: str
    person: str
    attack: str
    targets: tuple[str, ...]
    open: tuple[str, ...]
    of: str = ""
    alias: str = ""
    via: str = ""
    rate: Duration | None = None
    done: int = 0


class Mark(msgspec.Struct, frozen=True, gc=False):
    """How far a campaign is with a target: a word of the attack's own, how many deeds were begun, which wait it is."""

    stage: str = ""
    count: int = 0
    waits: int = 0


START = Mark()


def _attack(name: str) -> Any:
    """The attack ``name``."""
    return import_module("sim.attacks").load(name)


class Hand:
    """What an attack may do, in one turn of the attacker's."""

    def __init__(self, people: Campaigns, turn: Turn, campaign: Campaign) -> None:
        self._people, self._turn, self._campaign = people, turn, campaign

    def do(self, verb: str, target: str, *, as_: str = "", via: str = "", service: str = "", to: str = "") -> None:
        """Begin an ordinary verb at ``target``; ``answered`` tells how it went."""
        person = self._campaign.person
        command = Command("", verb, person, target, service=service, via=via, as_=as_, to=to)
        self._people.deed(self._turn, self._campaign, target, command)

    def wait(self, target: str, after: int | Duration) -> None:
        """Have ``tick`` called for ``target`` after a while; the wait before is off."""
        self._people.wait(self._turn, self._campaign, target, after)

    def stage(self, target: str) -> str:
        """The word kept for ``target``; empty at first."""
        return self._people.mark(self._campaign, target).stage

    def keep(self, target: str, stage: str) -> None:
        """Keep a word for ``target``."""
        mark = replace(self._people.mark(self._campaign, target), stage=stage)
        self._people.marks[f"{self._campaign.id} {target}"] = mark

    def fresh(self, target: str) -> str:
        """A made-up identity that was not used before; its mail comes to the attacker."""
        campaign = self._campaign
        place, count = campaign.targets.index(target) + 1, self._people.mark(campaign, target).count + 1
        return f"{campaign.person}.new{digits(campaign.id)}{place:03}{count:06}"

    def power(self) -> str:
        """By which power over ``of`` the attacker acts; empty: none.

        ``session``, ``signing_key``, ``shared_secret`` (stolen), or ``orchestrator``: it works for the attacker.
        """
        return self._people.power(self._campaign)

    def victim(self) -> str:
        """Whose stolen session at ``of`` the attacker has; empty if none."""
        return self._people.victim(self._campaign)

    def cards(self) -> int:
        """How many stolen cards the attacker has."""
        return len(self._people.stolen_cards(self._campaign.person))

    def done_with(self, target: str) -> None:
        """Nothing more is to be done at ``target``."""
        self._people.done_with(self._turn, self._campaign.id, target)


class Campaigns(Letters):
    """The verb ``attack``, and what is stolen."""

    STEPS: ClassVar[Mapping[str, str]] = {}
    ANSWERS: ClassVar[Mapping[tuple[type[Message], str], str]] = {}

    def loot(self, turn: Turn, thief: str, what: str, of: str, atoms: tuple[str, ...]) -> None:
        """``thief`` has stolen ``what`` of ``of``."""
        held: tuple[str, ...] = self.loots.get(f"{thief} {what} {of}", ())
        self.loots[f"{thief} {what} {of}"] = (*held, *(atom for atom in atoms if atom not in held))

    def leaked(self, turn: Turn, sender: str, message: Leaked) -> None:
        """Somebody's ``.env`` was found: kept, for when it is of use."""
        turn.act()
        self.loot(turn, turn.me, "env_file", sender.partition("/")[0], (message.secret,))

    def attack(self, turn: Turn, command: Command) -> None:
        """Start an attack; ``until`` is how long from now it goes on (microseconds; 0: until it is done)."""
        turn.act()
        made_up = command.as_.startswith(f"{turn.me}.new")
        campaign = Campaign(
            command.id, turn.me, command.object, command.against, command.against, command.of,
            "" if made_up else command.as_, command.via, command.rate,
        )  # fmt: skip
        self.campaigns[command.id] = campaign
        if command.until:
            turn.wake(f"stop {command.id}", command.until)
        _attack(campaign.attack).start(Hand(self, turn, campaign), campaign)
        if not campaign.targets:
            self._over(turn, campaign)

    def tick(self, turn: Turn, what: str) -> None:
        """An attack goes on with a target."""
        turn.act()
        intent, target, _ = what.split(" ")
        campaign: Campaign | None = self.campaigns.get(intent)
        if campaign is not None and target in campaign.open:
            _attack(campaign.attack).tick(Hand(self, turn, campaign), campaign, target)

    def tell(self, turn: Turn, intent: str, task: Task, outcome: str) -> None:
        """A deed of an attack is through."""
        campaign: Campaign | None = self.campaigns.get(task.campaign)
        if campaign is None or task.party not in campaign.open:
            return
        if outcome == "complete":
            campaign = self.campaigns[campaign.id] = replace(campaign, done=campaign.done + 1)
        _attack(campaign.attack).answered(Hand(self, turn, campaign), campaign, task.verb, task.party, outcome)

    def stop(self, turn: Turn, what: str) -> None:
        """Its time is up."""
        turn.act()
        campaign: Campaign | None = self.campaigns.get(what)
        if campaign is not None:
            self._over(turn, campaign)

    def done_with(self, turn: Turn, intent: str, target: str) -> None:
        """A target is done with; after the last one the campaign is over."""
        campaign: Campaign | None = self.campaigns.get(intent)
        if campaign is None or target not in campaign.open:
            return
        self._wait_no_more(turn, campaign, target)
        left = tuple(name for name in campaign.open if name != target)
        campaign = self.campaigns[intent] = replace(campaign, open=left)
        if not left:
            self._over(turn, campaign)

    def _over(self, turn: Turn, campaign: Campaign) -> None:
        """The attack has ended: complete where anything came of it."""
        intent = campaign.id
        del self.campaigns[intent]
        turn.cancel(f"stop {intent}")
        for target in campaign.targets:
            self._wait_no_more(turn, campaign, target)
            self.marks.pop(f"{intent} {target}", None)
        outcome = "complete" if campaign.done else "nothing"
        step = intent.partition(".")[0]
        turn.note(StepCompleted(intent, step, campaign.person, "attack", campaign.of or campaign.attack, outcome))

    # --- what a hand does -----------------------------------------------------------------------------------------

    def wait(self, turn: Turn, campaign: Campaign, target: str, after: int | Duration) -> None:
        """Wait for a while; every wait has a name, and so a length, of its own."""
        self._wait_no_more(turn, campaign, target)
        mark = self.mark(campaign, target)
        self.marks[f"{campaign.id} {target}"] = replace(mark, waits=mark.waits + 1)
        turn.wake(f"tick {campaign.id} {target} {mark.waits + 1}", after)

    def _wait_no_more(self, turn: Turn, campaign: Campaign, target: str) -> None:
        """Take the latest wait for ``target`` back."""
        waits = self.mark(campaign, target).waits
        if waits:
            turn.cancel(f"tick {campaign.id} {target} {waits}")

    def mark(self, campaign: Campaign, target: str) -> Mark:
        """How far the campaign is with ``target``."""
        found: Mark = self.marks.get(f"{campaign.id} {target}", START)
        return found

    def deed(self, turn: Turn, campaign: Campaign, target: str, command: Command) -> None:
        """An ordinary verb, as part of a campaign; its intent is made here."""
        mark = self.mark(campaign, target)
        mark = self.marks[f"{campaign.id} {target}"] = replace(mark, count=mark.count + 1)
        intent = f"{campaign.id}.{target}.{mark.count}"
        self.does[command.verb](turn, replace(command, id=intent))

    def power(self, campaign: Campaign) -> str:
        """By which power over ``campaign.of`` the attacker acts."""
        if self.victim(campaign):
            return "session"
        for what in ("signing_key", "shared_secret"):
            if f"{campaign.person} {what} {campaign.of}" in self.loots:
                return what
        return "orchestrator" if self.config.adversary(campaign.of) else ""

    def victim(self, campaign: Campaign) -> str:
        """Whose stolen session at ``campaign.of`` the attacker has."""
        for key, atoms in self.loots.ordered():
            thief, what, victim = key.split(" ", 2)
            fits = any(atom.startswith(f"s:{campaign.of}:") for atom in atoms)
            if thief == campaign.person and what == "session" and fits:
                return str(victim)
        return ""
