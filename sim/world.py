"""The world both engines share: parties, names, what is on its way, and what follows from what happens.

Nothing here knows time as an engine does, and nothing here knows the protocol: it routes by name, folds facts into
truth, properties and measures, keeps the channels' taps and the parties that are down. ``cast`` fills it with the
parties of a scenario; tests fill it with other protocols.

**What may happen next.** One kind of thing is pending: a message on its way, a wake, an uncertain duration, a story
step, a deadline. Each has a window [earliest, latest] counted from its creation: a message [0, at_most of its channel],
a constant [d, d], a random duration its support. X may happen if its earliest is not after the earliest latest of all
pending things (``may_be_next``). ``simulate`` picks sampled times inside the windows; ``explore`` tries every X that
may be next. That relation is the whole semantics: "deliver any message, or advance the clock to the next scheduled
instant" would freeze the clock while messages arrive, and lose orders that real runs produce.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Protocol

import msgspec

from sim.knowledge import Knowledge
from sim.party import Fact, Message, Party
from sim.property import Property, See
from sim.tables import Table
from sim.truth import Truth

MakeTable = Callable[[str], Table]
#: names of a crowd whose party is kept at hand
RECENT = 1 << 15


def may_be_next(windows: Iterable[tuple[int, int]]) -> list[bool]:
    """For each window (earliest, latest) counted from now, whether its thing may happen next."""
    listed = list(windows)
    bound = min((latest for _, latest in listed), default=0)
    return [earliest <= bound for earliest, _ in listed]


class Tap(msgspec.Struct, frozen=True, gc=False):
    """An interception on a channel: what it does to messages of the named kinds, and how many it may still take."""

    owner: str
    sender: str
    to: str
    does: str
    kinds: tuple[str, ...] = ()
    target: str = ""
    left: int = 1
    """Messages it may still take; below 0: any number, until it is taken off."""
    holds: int = 0
    """For ``delay``: by how much, microseconds."""


#: what is done with a tap that sends something of its own
COPIES = ("replay", "inject")


class Clockwork(Protocol):
    """What an engine does for properties."""

    def deadline(self, prop: Property, key: str, after: int) -> None:
        """Call ``prop.due(key)`` after ``after`` microseconds."""

    def met(self, prop: Property, key: str) -> None:
        """Take that back."""


class Watch:
    """What properties and measures see (``property.See``)."""

    __slots__ = ("_clockwork", "_world", "behind", "now", "step", "truth", "world")

    def __init__(self, world: World, truth: Truth, static: Mapping[str, Any]) -> None:
        self._world = world
        self._clockwork: Clockwork | None = None
        self.truth, self.world = truth, static
        self.behind, self.now, self.step = "", 0, 0

    def violated(self, prop: Property, why: str) -> None:
        """See ``property.See``."""
        self._world.found.append((prop, why))

    def deadline(self, prop: Property, key: str, after: int) -> None:
        """See ``property.See``."""
        assert self._clockwork is not None
        self._clockwork.deadline(prop, key, after)

    def met(self, prop: Property, key: str) -> None:
        """See ``property.See``."""
        assert self._clockwork is not None
        self._clockwork.met(prop, key)

    def at_end(self, prop: Property, key: str) -> None:
        """See ``property.See``."""
        self._world.endings.append((prop, key, self.behind))

    def adversary(self, name: str) -> bool:
        """Whether ``name`` works for the attacker."""
        return self.truth.adversary(name)


class Readers(dict[type[Fact], tuple[Callable[[Any, See], None], ...]]):
    """Who reads which facts, worked out when a kind of fact is noted for the first time."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def __missing__(self, kind: type[Fact]) -> tuple[Callable[[Any, See], None], ...]:
        readers = self[kind] = self._world.reading(kind)
        return readers


class World:
    """Everything that is the same whichever engine drives it.

    ``routes`` maps names to parties; ``elsewhere`` finds the party of a name that is not listed (members of a crowd,
    addresses) and may return None; ``unheard`` says who reacts to a message that its receiver does not list (whoever
    controls it), ``replay`` how an attacker sends again what it saw, ``overhear`` (where some attack may) how it makes
    something of what it read. ``make`` makes the tables: plain for
    ``simulate``, journaled for ``explore``.
    """

    TABLES: ClassVar[tuple[str, ...]] = ("down", "taps", "settings")

    down: Table
    """Party → how many outages keep it down."""
    taps: Table
    settings: Table

    def __init__(
        self,
        routes: Mapping[str, Party],
        truth: Truth,
        knowledge: Knowledge,
        folds: Sequence[Property],
        make: MakeTable,
        *,
        elsewhere: Callable[[str], Party | None] = lambda name: None,
        unheard: Callable[[Party, type[Message]], Callable[..., None] | None] = lambda party, kind: None,
        replay: Callable[[Any, Message, str], None] = lambda turn, message, to: turn.send(to, message),
        overhear: Callable[[Any, Message, str], None] | None = None,
        person: Callable[[str], str] = lambda name: name,
        static: Mapping[str, Any] | None = None,
    ) -> None:
        self.routes = dict(routes)
        self._elsewhere, self._unheard, self.replay, self.overhear = elsewhere, unheard, replay, overhear
        self._recent: dict[str, Party] = {}
        self.person = person
        self.truth, self.knowledge, self.folds = truth, knowledge, tuple(folds)
        self._injects = False
        self.found: list[tuple[Property, str]] = []
        self.endings: list[tuple[Property, str, str]] = []
        self.see = Watch(self, truth, static or {})
        self._furnish(make)
        self.readers = Readers(self)
        self._triggers: dict[type[Fact], list[Callable[[Any, See], None]]] = {}

    def _furnish(self, make: MakeTable) -> None:
        """Give everybody the tables they ask for."""
        owners: list[tuple[str, Any, tuple[str, ...]]] = [("world", self, self.TABLES)]
        owners += [("truth", self.truth, self.truth.TABLES), ("knowledge", self.knowledge, self.knowledge.TABLES)]
        owners += [(party.name, party, party.TABLES) for party in dict.fromkeys(self.routes.values())]
        owners += [(f"property {fold.name}", fold, fold.MEMORY) for fold in self.folds]
        for name, owner, tables in owners:
            for table in tables:
                setattr(owner, table, make(f"{name}.{table}"))

    def drive(self, clockwork: Clockwork) -> None:
        """Say which engine keeps the deadlines."""
        self.see._clockwork = clockwork

    # --- names ----------------------------------------------------------------------------------------------------

    def route(self, name: str) -> Party:
        """The party that answers to ``name``."""
        party = self.routes.get(name) or self._recent.get(name)
        if party is None:
            party = self._elsewhere(name)
            if party is None:
                raise LookupError(f"nobody answers to {name!r}")
            if len(self._recent) >= RECENT:
                self._recent.clear()
            self._recent[name] = party
        return party

    def hears(self, party: Party, kind: type[Message]) -> Callable[..., None]:
        """How ``party`` reacts to a kind of message it does not list; ``LookupError`` if it cannot."""
        found = self._unheard(party, kind)
        if found is None:
            raise LookupError(f"{party.name} does not understand {kind.__name__}")
        return found

    # --- facts ----------------------------------------------------------------------------------------------------

    def on(self, kind: type[Fact], call: Callable[[Any, See], None]) -> None:
        """Call ``call(fact, see)`` whenever a fact of that kind is noted (story steps that wait for it)."""
        self._triggers.setdefault(kind, []).append(call)
        self.readers.pop(kind, None)

    def note(self, fact: Fact, behind: str) -> None:
        """Fold a fact into truth, properties and measures."""
        see = self.see
        see.behind = behind
        for read in self.readers[type(fact)]:
            read(fact, see)

    def reading(self, kind: type[Fact]) -> tuple[Callable[[Any, See], None], ...]:
        """Who reads facts of that kind: truth, then properties, measures, and steps that wait for it."""
        readers: list[Callable[[Any, See], None]] = []
        if kind in self.truth.reads:
            fold = self.truth.reads[kind]
            readers.append(lambda fact, see: fold(fact, see.behind))
        readers += [fold.reads[kind] for fold in self.folds if kind in fold.reads]
        return (*readers, *self._triggers.get(kind, ()))

    def finish(self) -> None:
        """The party that acted has finished: judge what had to wait for it."""
        while self.endings:
            endings, self.endings = self.endings, []
            for prop, key, behind in endings:
                self.see.behind = behind
                prop.finish(key, self.see)

    # --- interception ---------------------------------------------------------------------------------------------

    def copied(self, turn: Any, does: str, message: Message, to: str, sender: str) -> None:
        """What the owner of a tap does with what it took.

        ``replay`` makes a request of its own of it, ``inject`` puts it on the channel once more in its sender's name;
        what was read is looked at.
        """
        if does == "replay":
            self.replay(turn, message, to)
        elif does == "inject":
            me, turn.me, self._injects = turn.me, sender, True
            turn.send(to, message)
            turn.me, self._injects = me, False
        elif self.overhear is not None:
            self.overhear(turn, message, to)

    def tapped(self, sender: str, to: str, message: Message, block: Callable[[str], str]) -> list[Tap]:
        """The taps that take ``message``, each having one less to take from now on; none takes what was injected."""
        taken: list[Tap] = []
        if self._injects:
            return taken
        for key, tap in self.taps.ordered():
            fits = tap.sender in (sender, block(sender)) and tap.to in (to, block(to))
            kind = type(message).__struct_config__.tag
            if not fits or (tap.kinds and kind not in tap.kinds):
                continue
            taken.append(tap)
            if tap.left == 1:
                del self.taps[key]
            elif tap.left > 1:
                self.taps[key] = msgspec.structs.replace(tap, left=tap.left - 1)
        return taken
