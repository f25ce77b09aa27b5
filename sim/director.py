"""What happens to the world rather than in it: thefts, interceptions, outages, mailboxes that move, changed settings.

The director carries out the story's verbs that no party could do by itself. It is a party so that what it does is an
ordinary step, with tables that the explorer can undo; it may reach into other parties, which nobody else may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from sim.facts import (
    CardStolen,
    DomainMoved,
    EnvFileStolen,
    KeyStolen,
    MailboxMoved,
    MailboxStolen,
    OutageBegan,
    OutageEnded,
    PaymentTokensStolen,
    SessionStolen,
    SharedSecretStolen,
    StepCompleted,
    SupportDeskStolen,
    TokensStolen,
)
from sim.knowledge import Knowledge
from sim.party import Command, Party, Turn
from sim.roster import Roster
from sim.world import Tap, World

_THEFTS = {
    "session": SessionStolen,
    "tokens": TokensStolen,
    "signing_key": KeyStolen,
    "shared_secret": SharedSecretStolen,
    "mailbox": MailboxStolen,
    "env_file": EnvFileStolen,
    "card": CardStolen,
    "payment_tokens": PaymentTokensStolen,
    "support_desk": SupportDeskStolen,
}


class Director(Party):
    """Carries out the verbs of the world. ``change`` applies new settings and returns configuration by block."""

    TABLES: ClassVar[tuple[str, ...]] = ("ends",)
    DOES: ClassVar[Mapping[str, str]] = {
        "steal": "steal",
        "intercept": "intercept",
        "outage": "outage",
        "move_mailbox": "move_mailbox",
        "move_domain": "move_domain",
        "set": "set",
    }
    WAKES: ClassVar[Mapping[str, str]] = {"back": "back", "untap": "untap"}

    def __init__(self, roster: Roster, knowledge: Knowledge, apply: Callable[[tuple[str, ...]], None]) -> None:
        super().__init__("director", None)
        self.roster, self.knowledge, self._apply = roster, knowledge, apply
        self.world: World
        self.released: Callable[[str], None] = lambda name: None

    def _done(self, turn: Turn, command: Command, outcome: str = "complete") -> None:
        step = command.id.partition(".")[0]
        turn.note(StepCompleted(command.id, step, command.who, command.verb, command.of or command.object, outcome))

    # --- theft ----------------------------------------------------------------------------------------------------

    def steal(self, turn: Turn, command: Command) -> None:
        """The thief holds what the victim holds now; each theft is a fact."""
        what, of = command.object, command.of
        atoms = self._atoms(turn, what, of, command.who)
        self.knowledge.give(of, atoms)
        self.knowledge.give(command.who, atoms)
        turn.act()
        turn.note(_THEFTS[what](of, command.who))
        people: Any = self.world.routes["people"]
        people.loot(turn, command.who, what, of, atoms)
        if of in self.roster.orchestrators or self.roster.block(of) in self.roster.orchestrators:
            self._noticed(turn, of, what)
        elif what == "session":
            for orchestrator, _ in self.roster.orchestrators_of(of):
                self._noticed(turn, orchestrator, f"{what} {of}")
        self._done(turn, command)

    def _atoms(self, turn: Turn, what: str, of: str, thief: str) -> tuple[str, ...]:
        """What there is to steal."""
        if what == "mailbox":
            mailbox: Any = self.world.routes["mailbox"]
            for address in self.roster.holds(of):
                mailbox.tap(address, thief)
            return ()
        if what in ("session", "card"):
            names = [name for name, _ in self.roster.orchestrators_of(of) if name in self.world.routes]
            return tuple(atom for name in names for atom in self.world.routes[name].holdings(what, of))
        if what == "env_file":
            return self.world.routes["agents"].holdings(what, of)
        return self.world.route(of).holdings(what, of)

    def _noticed(self, turn: Turn, orchestrator: str, what: str) -> None:
        """Detection counts from the theft: the orchestrator's own detector is set off."""
        party: Any = self.world.routes.get(orchestrator)
        if party is not None:
            me, turn.me = turn.me, orchestrator
            party.stolen(turn, what)
            turn.me = me

    # --- channels, outages, mailboxes, settings -------------------------------------------------------------------

    def intercept(self, turn: Turn, command: Command) -> None:
        """Sit on a channel: for one message, or as long as ``for`` says."""
        sender, _, to = (part.strip() for part in command.object.partition("->"))
        lasts = command.lasts and command.does != "delay"
        self.world.taps[command.id] = Tap(
            owner=command.who,
            sender=sender,
            to=to,
            does=command.does,
            kinds=command.kinds or (("account_request",) if command.does in ("replay", "inject") else ()),
            target=command.to,
            left=-1 if lasts else 1,
            holds=command.lasts if command.does == "delay" else 0,
        )
        if lasts:
            me, turn.me = turn.me, self.name  # the end of it is the director's to see to, whoever listens
            turn.wake(f"untap {command.id}", command.lasts)
            turn.me = me
        self._done(turn, command)

    def untap(self, turn: Turn, what: str) -> None:
        """An interception ends."""
        self.world.taps.pop(what, None)

    def outage(self, turn: Turn, command: Command) -> None:
        """A party hears nothing for a while; or its limiter counts nothing. Of several, the last to end counts."""
        name = command.object
        if command.service:
            self._limiter(turn, name, works=False)
            name = f"{name}/{command.service}"
        else:
            before = self.world.down.get(name, 0)
            self.world.down[name] = before + 1
            if not before:
                turn.note(OutageBegan(name))
        if command.lasts:
            turn.wake(f"back {command.id} {name}", command.lasts)

    def back(self, turn: Turn, what: str) -> None:
        """An outage is over; after the last of them the party does what it meant to do meanwhile."""
        command, _, name = what.partition(" ")
        if "/" in name:
            name = name.partition("/")[0]
            self._limiter(turn, name, works=True)
        else:
            left = self.world.down.pop(name) - 1
            if left:
                self.world.down[name] = left
            else:
                turn.note(OutageEnded(name))
                self.released(name)
        turn.note(StepCompleted(command, command.partition(".")[0], "", "outage", name, "complete"))

    def _limiter(self, turn: Turn, name: str, *, works: bool) -> None:
        """The store of a party's limiter goes down, or is back."""
        party: Any = self.world.routes[name]
        if works:
            party.store_is_back(turn)
        else:
            party.store_fails(turn)

    def move_mailbox(self, turn: Turn, command: Command) -> None:
        """An address belongs to somebody else from now on."""
        name = command.object
        addresses = (name,) if "@" in name else self.roster.holds(name)
        mailbox: Any = self.world.routes["mailbox"]
        people: Any = self.world.routes["people"]
        people.loot(turn, command.to, "mailbox", self.roster.controller(addresses[0]), ())
        for address in addresses:
            mailbox.move(address, command.to)
            turn.note(MailboxMoved(address, command.to))
        self._done(turn, command)

    def move_domain(self, turn: Turn, command: Command) -> None:
        """Every address of a mail domain belongs to somebody else from now on, also those that nobody has had yet."""
        domain = command.object
        mailbox: Any = self.world.routes["mailbox"]
        people: Any = self.world.routes["people"]
        people.loot(turn, command.to, "domain", domain, ())
        mailbox.move_domain(domain, command.to)
        turn.note(DomainMoved(domain, command.to))
        self._done(turn, command)

    def set(self, turn: Turn, command: Command) -> None:
        """Settings change from now on."""
        step = command.id.partition(".")[0]
        done = self.world.settings.get("applied", ())
        self.world.settings["applied"] = (*done, step)
        self._apply(self.world.settings["applied"])
        self._done(turn, command)
