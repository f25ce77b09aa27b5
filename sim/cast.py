"""The cast of a scenario: its parties, wired into a world.

The one place that knows which parties the protocol has. Engines take what it returns and ask no further.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import structs

from sim.director import Director
from sim.knowledge import Knowledge
from sim.messages import AccountRequest
from sim.messages.payments import ISSUER, PROCESSOR, card_of
from sim.parties.agents import Agents
from sim.parties.issuer import Issuer
from sim.parties.mailbox import Mailbox
from sim.parties.orchestrator import Orchestrator
from sim.parties.people import People
from sim.parties.processor import Processor
from sim.parties.provider import Provider
from sim.party import Message, Party
from sim.property import Property
from sim.roster import Roster
from sim.truth import Truth
from sim.world import MakeTable, World

#: people of groups up to this size are signed in at their orchestrators when the story begins, and all senders are
#: checked
STORY = 1_000


class Cast:
    """World, names and director of a scenario."""

    def __init__(self, scenario: Any, folds: Sequence[Property], make: MakeTable) -> None:
        self.scenario = scenario
        self.roster = Roster(scenario.people, scenario.orchestrators, scenario.providers)
        controlled = self.roster.controlled()
        crowd = sum(self.roster.count(block) for block in scenario.people)
        self.knowledge = Knowledge(controlled, self.roster.person, everyone=crowd <= STORY)
        self.people = People("people", self.roster)
        self.people.remembers = any(step.verb == "change_email" for step in scenario.story)
        self.agents = Agents("agents", self.roster)
        self.mailbox = Mailbox("mailbox", self.roster)
        self.director = Director(self.roster, self.knowledge, self.apply)
        routes: dict[str, Party] = {
            "people": self.people, "agents": self.agents, "mailbox": self.mailbox, "director": self.director,
            PROCESSOR: Processor(PROCESSOR, self.roster), ISSUER: Issuer(ISSUER, self.roster),
        }  # fmt: skip
        for kind, blocks in ((Orchestrator, scenario.orchestrators), (Provider, scenario.providers)):
            for block, config in blocks.items():
                routes |= {name: kind(name, config) for name in self.roster.members(block)}
        self.world = World(
            routes,
            Truth(self.roster.controller, self.roster.adversary),
            self.knowledge,
            folds,
            make,
            elsewhere=self._crowd,
            unheard=self._controlled,
            replay=self._replay,
            overhear=self.people.overhear if any(_makes_use(step) for step in scenario.story) else None,
            person=self.roster.person,
            static=self.roster.blocks,
        )
        self.director.world = self.world
        self._acquaint(routes)
        self._versions: dict[tuple[str, ...], Any] = {(): scenario}
        self.rewired: Callable[[Any], None] = lambda network: None
        """Told of the network whenever settings are put in force; for an engine that keeps its links."""

    def _acquaint(self, routes: dict[str, Party]) -> None:
        """Tell parties what they know of each other before the story."""
        for party in routes.values():
            if party.name in self.knowledge.controlled:  # what a person would wait for, whoever controls it waits for
                party.wakes = {**self.people.wakes, **party.wakes}
            if isinstance(party, Provider):
                party.block_of = lambda name: self.roster.block(name) or name
            if isinstance(party, Orchestrator):
                party.partners = tuple(name for name, other in routes.items() if isinstance(other, Provider))
        if money_matters(self.scenario):
            for party in routes.values():
                if isinstance(party, Orchestrator | Processor):
                    party.calendar = True
                if isinstance(party, Processor | Provider) and charges_are_contested(self.scenario):
                    party.contested = True

    # --- names ----------------------------------------------------------------------------------------------------

    def _crowd(self, name: str) -> Party | None:
        """The party of a name that is one of a crowd."""
        if "@" in name:
            return self.mailbox
        if "/" in name:
            return self.agents
        return self.people if self.roster.block(name) in self.roster.people else None

    def _controlled(self, party: Party, kind: type[Message]) -> Callable[..., None] | None:
        """Whoever controls an orchestrator or a provider reads what its own protocol does not understand."""
        if party.name in self.knowledge.controlled:
            heard: Callable[..., None] = self.people.hears.get(kind, _read_only)
            return heard
        return self._answered if party is self.people and kind.ANSWER else None

    def _answered(self, turn: Any, sender: str, message: Message) -> None:
        """An attacker who sent what only an orchestrator says is answered as one."""
        if not self.roster.adversary(turn.me):
            raise LookupError(f"{turn.me} does not understand {type(message).__name__}")

    def _replay(self, turn: Any, message: Message, to: str) -> None:
        """An attacker uses a request it captured; other messages are sent again as they are.

        Where nobody understands it, showing it would be in vain.
        """
        party = self.world.route(to)
        if type(message) not in party.hears and self._controlled(party, type(message)) is None:
            return
        if isinstance(message, AccountRequest):
            self.people.represent(turn, message, to)
        else:
            # Under its own id the answer would be taken for that to the original.
            turn.send(to, structs.replace(message, id=f"{turn.me}.replay.{message.id}"))

    # --- settings -------------------------------------------------------------------------------------------------

    def version(self, steps: tuple[str, ...]) -> Any:
        """The scenario as it is after the ``set`` steps ``steps``, in that order."""
        if steps not in self._versions:
            values = next(step.values for step in self.scenario.story if step.id == steps[-1])
            self._versions[steps] = self.version(steps[:-1]).with_values(values)
        return self._versions[steps]

    def apply(self, steps: tuple[str, ...]) -> None:
        """Put the settings in force that hold after the ``set`` steps ``steps``."""
        version = self.version(steps)
        self.roster.update(version.people, version.orchestrators, version.providers)
        for name, party in self.world.routes.items():
            block = self.roster.block(name)
            if block:
                party.config = self.roster.blocks[block]
        self.rewired(version.network)

    # --- the beginning --------------------------------------------------------------------------------------------

    def enrol(self, trait: Callable[[str, str], Any]) -> None:
        """People of stories are customers of their orchestrators, signed in, when the story begins.

        ``trait(name, field)`` tells a per-member field. Crowds sign in by message when they first act.
        """
        for block in self.scenario.people:
            if self.roster.count(block) > STORY:
                continue
            for person in self.roster.members(block):
                self._enrol(person, trait)

    def _enrol(self, person: str, trait: Callable[[str, str], Any]) -> None:
        pairs = self.roster.orchestrators_of(person)
        chosen = [name for name, share in pairs if share >= 1.0] or [trait(person, "customer_of")]
        factor = trait(person, "mfa") in ("orchestrator", "both")
        for block in chosen:
            if block not in self.roster.blocks or self.roster.count(block) > 1:
                continue
            for name in self.roster.members(block):
                party = self.world.routes[name]
                assert isinstance(party, Orchestrator)
                session = f"s:{name}:start:{person}"
                card = "" if self.roster.config(person).card == "no" else card_of(name, person)
                config = party.config
                party.enroll(
                    person,
                    self.roster.address(person),
                    session,
                    config.email_check,
                    factor=f"2fa:{name}:{person}" if factor else "",
                    card=card,
                )
                self.people.enrolled(person, name, session)
                held = (session, card) if card else (session,)
                self.knowledge.give(name, held)
                self.knowledge.give(person, held)


def _makes_use(step: Any) -> bool:
    """Whether what is read on its way may be of use: to an attack, or to who listens."""
    reads = step.verb == "intercept" and step.does == "read" and tuple(step.kind) != ("account_request",)
    return bool(step.verb == "attack" or reads)


def money_matters(scenario: Any) -> bool:
    """Whether money can flow in a story, so that its parties need to know of calendar months.

    It can where something paid is added or changed into, where settings change, where agents obey what they read, and
    in attacks.
    """
    if any(block.agent_obeys != 0 for block in scenario.people.values()):
        return True
    return any(_costs(step, scenario) for step in scenario.story)


def charges_are_contested(scenario: Any) -> bool:
    """Whether somebody may contest a charge, so that statements are read and sellers remember what they sold.

    For that somebody must be one who disputes, or be wronged: by an attacker, or by an agent that obeys what it reads.
    """
    blocks = (*scenario.people.values(), *scenario.orchestrators.values(), *scenario.providers.values())
    if any(block.adversary for block in blocks):
        return True
    if any(block.disputes != 0 or block.agent_obeys != 0 for block in scenario.people.values()):
        return True
    return any(step.verb in ("dispute", "set") for step in scenario.story)


def _costs(step: Any, scenario: Any) -> bool:
    if step.verb in ("set", "attack", "raise_cap") or step.amount:
        return True
    if step.verb not in ("add", "update"):
        return False
    for ref in step.objects:
        here = [
            config for config in scenario.providers.values() if ref.name == config.name or ref.name in config.members
        ]
        offer = here[0].services.get(ref.service or "free") if here else None
        if offer is None or offer.pricing != "free":
            return True
    return False


def _read_only(turn: Any, sender: str, message: Message) -> None:
    """The attacker has read it; there is nothing to answer."""
