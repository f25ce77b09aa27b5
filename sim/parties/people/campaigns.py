"""How an attack of the shelf ``attacks`` is carried out: with the attacker's own verbs, and nothing else.

An attack decides; the ``Hand`` does. What it may do is what any person may: issue ordinary verbs, and wait; and show
requests again that were captured on a channel. A campaign has one target after another to deal with; it is over when
every target is done with, when its time is up, or with the first deed that its budget does not allow.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from sim.clock import Duration
from sim.facts import AttackEnded, StepCompleted
from sim.messages import AccountRequest, Leaked, TokenRequest
from sim.parties.people.mail import Letters, kept
from sim.parties.people.records import Task, bearers, digits, whose
from sim.party import Budget, Command, Message, Turn

#: Verbs that make an account where there was none, or may.
MAKES = ("add", "sign_up", "show")
#: Kinds of requests that an attack makes something of, where it does not say.
HEARS = ("account_request",)
#: Outcomes of a deed after which there is something, or may be as soon as somebody agrees.
COUNTS = ("complete", "pending", "pending_auth")


class Campaign(msgspec.Struct, frozen=True, gc=False):
    """An attack that is under way. ``alias`` is as whom it acts (empty: made-up people), ``open`` the targets left.

    ``requests``, ``accounts`` and ``spent`` (cents) are used up of its ``budget``; ``ended`` is how it went at the
    targets that are done with.
    """

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
    budget: Budget = Budget()
    requests: int = 0
    accounts: int = 0
    spent: int = 0
    ended: tuple[str, ...] = ()


class Mark(msgspec.Struct, frozen=True, gc=False):
    """How far a campaign is with a target.

    ``stage`` is a word of the attack's own, ``count`` how many deeds were begun, ``waits`` which wait it is, ``found``
    what was on the account when it looked last, and was made by somebody else.
    """

    stage: str = ""
    count: int = 0
    waits: int = 0
    found: tuple[str, ...] = ()


START = Mark()


def _attack(name: str) -> Any:
    """The attack ``name``."""
    return import_module("sim.attacks").load(name)


class Hand:
    """What an attack may do, in one turn of the attacker's."""

    def __init__(self, people: Campaigns, turn: Turn, campaign: Campaign) -> None:
        self._people, self._turn, self._campaign = people, turn, campaign

    def do(
        self, verb: str, target: str, *, as_: str = "", via: str = "", service: str = "", to: str = "", of: str = "",
        amount: int = 0, text: str = "",
    ) -> bool:  # fmt: skip
        """Begin an ordinary verb at ``target``, if the budget allows it; ``answered`` tells how it went."""
        person = self._campaign.person
        about, via, to = (to, target, "") if verb == "change_email" else (target, via, to)
        command = Command(
            "", verb, person, about, service=service, via=via, as_=as_, to=to, of=of, amount=amount, text=text
        )
        return self._people.deed(self._turn, self._campaign, target, command)

    def show(self, request: str, target: str) -> bool:
        """Present a captured request (``overheard``) to ``target``; ``answered`` tells how ``show`` went."""
        return self._people.show(self._turn, self._campaign, target, request)

    def found(self, target: str) -> tuple[str, ...]:
        """What the attacker saw on the account, looking last, that was not of its own making."""
        return self._people.mark(self._campaign, target).found

    def confirm(self, target: str) -> bool:
        """Open the link of a change of address that was kept back; whether there was one."""
        return self._people.open_kept(self._turn, self._campaign.id, target)

    def has(self, what: str) -> tuple[str, ...]:
        """Whose ``what`` the attacker has stolen."""
        return self._people.robbed(self._campaign.person, what)

    def owners(self, target: str) -> tuple[str, ...]:
        """For whom the attacker has stolen tokens of ``target``'s."""
        return self._people.owners(self._campaign.person, target)

    def wait(self, target: str, after: int | Duration) -> None:
        """Have ``tick`` called for ``target`` after a while; the wait before is off."""
        self._people.wait(self._turn, self._campaign, target, after)

    def stage(self, target: str) -> str:
        """The word kept for ``target``; empty at first."""
        return self._people.mark(self._campaign, target).stage

    def keep(self, target: str, stage: str) -> None:
        """Keep a word for ``target``."""
        if self._campaign.id not in self._people.campaigns:
            return
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

    def done_with(self, target: str, how: str = "") -> None:
        """Nothing more is to be done at ``target``: ``won``, ``contained``, or neither."""
        self._people.done_with(self._turn, self._campaign.id, target, how)


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
            "" if made_up else command.as_, command.via, command.rate, budget=command.budget or Budget(),
        )  # fmt: skip
        self.campaigns[command.id] = campaign
        ends = [time for time in (command.until, campaign.budget.time) if time]
        if ends:
            turn.wake(f"stop {command.id}", min(ends))
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
        if campaign is None:
            return
        if outcome == "complete":
            campaign = self.campaigns[campaign.id] = replace(campaign, done=campaign.done + 1)
        elif outcome not in COUNTS:
            campaign = self.campaigns[campaign.id] = self._gave_back(campaign, task)
        if task.party not in campaign.open:
            return
        _attack(campaign.attack).answered(Hand(self, turn, campaign), campaign, task.verb, task.party, outcome)

    def stop(self, turn: Turn, what: str) -> None:
        """Its time is up."""
        turn.act()
        campaign: Campaign | None = self.campaigns.get(what)
        if campaign is not None:
            self._over(turn, campaign, "time")

    def done_with(self, turn: Turn, intent: str, target: str, how: str = "") -> None:
        """A target is done with; after the last one the campaign is over."""
        campaign: Campaign | None = self.campaigns.get(intent)
        if campaign is None or target not in campaign.open:
            return
        self._wait_no_more(turn, campaign, target)
        left = tuple(name for name in campaign.open if name != target)
        campaign = self.campaigns[intent] = replace(campaign, open=left, ended=(*campaign.ended, how))
        if not left:
            self._over(turn, campaign)

    def _over(self, turn: Turn, campaign: Campaign, short: str = "") -> None:
        """The attack has ended: complete where anything came of it; ``short`` is what it ran out of, if it did."""
        intent = campaign.id
        del self.campaigns[intent]
        turn.cancel(f"stop {intent}")
        for target in campaign.targets:
            self._wait_no_more(turn, campaign, target)
            self.marks.pop(f"{intent} {target}", None)
            self.mails.pop(kept(turn.me, intent, target), None)
        outcome = "complete" if campaign.done else "nothing"
        step = intent.partition(".")[0]
        why = f"out_of_{short}" if short else _ending(campaign)
        used = (campaign.requests, campaign.accounts, campaign.spent)
        turn.note(AttackEnded(campaign.person, campaign.attack, campaign.of, why, *used))
        turn.note(StepCompleted(intent, step, campaign.person, "attack", campaign.of or campaign.attack, outcome))

    # --- what a hand does -----------------------------------------------------------------------------------------

    def wait(self, turn: Turn, campaign: Campaign, target: str, after: int | Duration) -> None:
        """Wait for a while; every wait has a name, and so a length, of its own."""
        if campaign.id not in self.campaigns:
            return
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

    def deed(self, turn: Turn, campaign: Campaign, target: str, command: Command) -> bool:
        """An ordinary verb, as part of a campaign; its intent is made here. Whether the budget allows it."""
        cost = self._price(target, command.verb, command.service, command.amount)
        if not self._afford(turn, campaign.id, command.verb, cost):
            return False
        mark = self.mark(campaign, target)
        mark = self.marks[f"{campaign.id} {target}"] = replace(mark, count=mark.count + 1)
        intent = f"{campaign.id}.{target}.{mark.count}"
        self.does[command.verb](turn, replace(command, id=intent))
        return True

    def power(self, campaign: Campaign) -> str:
        """By which power over ``campaign.of`` the attacker acts."""
        if self.victim(campaign):
            return "session"
        for what in ("signing_key", "shared_secret"):
            if f"{campaign.person} {what} {campaign.of}" in self.loots:
                return what
        begins = f"secret:{campaign.of}:"  # a shared secret leaks on either side
        for provider in self.robbed(campaign.person, "shared_secret"):
            if any(atom.startswith(begins) for atom in self.loots[f"{campaign.person} shared_secret {provider}"]):
                return "shared_secret"
        return "orchestrator" if self.config.adversary(campaign.of) else ""

    def victim(self, campaign: Campaign) -> str:
        """Whose stolen session at ``campaign.of`` the attacker has."""
        for key, atoms in self.loots.ordered():
            thief, what, victim = key.split(" ", 2)
            fits = any(atom.startswith(f"s:{campaign.of}:") for atom in atoms)
            if thief == campaign.person and what == "session" and fits:
                return str(victim)
        return ""

    def saw(self, task: Task, strange: tuple[str, ...]) -> None:
        """What is on an account that an attack has looked at, and is not the attacker's."""
        campaign: Campaign | None = self.campaigns.get(task.campaign)
        if campaign is not None:
            self.marks[f"{campaign.id} {task.party}"] = replace(self.mark(campaign, task.party), found=strange)

    def owners(self, thief: str, provider: str) -> tuple[str, ...]:
        """For whom the thief has stolen access tokens of ``provider``'s out of a vault."""
        begins = f"at:g:{provider}:"
        found = [
            whose(atom.removeprefix(begins).rpartition(":")[0])
            for of in self.robbed(thief, "tokens")
            for atom in self.loots[f"{thief} tokens {of}"]
            if atom.startswith(begins)
        ]
        return tuple(dict.fromkeys(found))

    # --- what was captured ----------------------------------------------------------------------------------------

    def overhear(self, turn: Turn, message: Message, to: str) -> None:
        """Somebody who works for the attacker has read a message on its way ``to`` somebody.

        Sessions and tokens in it are kept for later, as stolen ones are. Every attack that makes something of a request
        to a provider is told, and goes on as the person who carries it out.
        """
        for what, of, atom in bearers(message, to):
            self.loot(turn, turn.me, what, of, (atom,))
        kind = message.__struct_config__.tag
        if not isinstance(message, AccountRequest | TokenRequest) or message.id in self.captured:
            return
        self.captured[message.id] = message
        me = turn.me
        for intent, campaign in self.campaigns.ordered():
            attack = _attack(campaign.attack)
            heard = getattr(attack, "overheard", None)
            if heard is not None and kind in getattr(attack, "HEARS", HEARS) and intent in self.campaigns:
                turn.me = campaign.person
                turn.act()
                heard(Hand(self, turn, campaign), campaign, message.id, to)
        turn.me = me

    def show(self, turn: Turn, campaign: Campaign, target: str, request: str) -> bool:
        """Present a captured request again, as part of a campaign. Whether the budget allows it."""
        if not self._afford(turn, campaign.id, "show", 0):
            return False
        mark = self.mark(campaign, target)
        self.marks[f"{campaign.id} {target}"] = replace(mark, count=mark.count + 1)
        message = self.captured[request]
        if isinstance(message, TokenRequest):
            self.bring(turn, message, target, campaign.id)
        else:
            self.represent(turn, message, target, campaign.id)
        return True

    # --- what it costs --------------------------------------------------------------------------------------------

    def _price(self, target: str, verb: str, service: str, amount: int) -> int:
        """What a deed costs, cents."""
        if amount or verb not in ("add", "update") or not service:
            return amount
        offer = self.config.config(target).services.get(service)
        return (offer.price or 0) if offer is not None else 0

    def _afford(self, turn: Turn, intent: str, verb: str, cost: int) -> bool:
        """Count one more deed, unless the budget is too small for it: then the attack is over."""
        campaign: Campaign | None = self.campaigns.get(intent)
        if campaign is None:
            return False
        makes = verb in MAKES
        after = replace(
            campaign, requests=campaign.requests + 1, accounts=campaign.accounts + makes, spent=campaign.spent + cost
        )
        short = _short(after, makes)
        if short:
            self._over(turn, campaign, short)
            return False
        self.campaigns[intent] = after
        return True

    def _gave_back(self, campaign: Campaign, task: Task) -> Campaign:
        """Nothing came of a deed: no account was made, and nothing was bought."""
        verb = "show" if task.verb == "replay" else task.verb
        cost = self._price(task.party, verb, task.service, task.amount)
        return replace(campaign, accounts=campaign.accounts - (verb in MAKES), spent=campaign.spent - cost)


def _short(campaign: Campaign, makes: bool) -> str:
    """What a campaign has used more of than it may; empty: nothing."""
    budget = campaign.budget
    if budget.requests is not None and campaign.requests > budget.requests:
        return "requests"
    if makes and budget.accounts is not None and campaign.accounts > budget.accounts:
        return "accounts"
    return "money" if budget.money is not None and campaign.spent > budget.money else ""


def _ending(campaign: Campaign) -> str:
    """How an attack went that was not cut short: it has won somewhere, is contained everywhere, or is done."""
    if "won" in campaign.ended:
        return "won"
    if campaign.ended and all(how == "contained" for how in campaign.ended):
        return "contained"
    return "done" if campaign.done else "nothing"
