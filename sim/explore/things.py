"""What may be pending in an exploration: one kind of thing, each knowing how the world reacts when it happens.

Two things are the same when they are made of the same parts; the time left belongs to a state and not to the thing. A
thing with a ``slot`` replaces whatever is pending in that slot. A ``kept`` thing stays pending when it has happened.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import structs

from sim.knowledge import Underivable
from sim.party import Message

if TYPE_CHECKING:
    from sim.explore.memo import Node
    from sim.explore.system import System


class Thing(ABC):
    """Base of all pending things; ``root`` is what is remembered of its reactions."""

    __slots__ = ("at", "index", "kept", "quiet", "root", "slot")
    KIND: ClassVar[str] = ""
    MOVING: ClassVar[bool] = False
    """Whether something is on its way for as long as this is pending."""

    def __init__(self) -> None:
        self.index = 0
        self.at = -1
        """The time at which it happens, where that is fixed (microseconds); -1 where it is not."""
        self.kept = False
        self.quiet = False
        """Whether it happens only while nothing is on its way."""
        self.slot: Any = None
        self.root: Node | None = None

    @abstractmethod
    def react(self, system: System) -> bool:
        """Let it happen; False where it cannot."""

    @abstractmethod
    def words(self) -> str:
        """What happens, for people."""

    def renamed(self, system: System, value: Callable[[Any], Any]) -> Thing:
        """The same with other names in it; ``value`` renames a part."""
        kind, *parts = system.keys[self.index]
        return system.thing(kind, *map(value, parts))


class Delivery(Thing):
    """A message on its way."""

    __slots__ = ("behind", "message", "sender", "to")
    KIND = "message"
    MOVING = True

    def __init__(self, sender: str, to: str, message: Message, behind: str, kept: bool) -> None:
        super().__init__()
        self.sender, self.to, self.message, self.behind, self.kept = sender, to, message, behind, kept

    def react(self, system: System) -> bool:
        """The receiver reacts; a party that is down hears nothing."""
        return system.deliver(self)

    def words(self) -> str:
        """See ``Thing``."""
        return f"{self.sender} -> {self.to}: {describe(self.message)}"


class Wake(Thing):
    """A party asked to be woken."""

    __slots__ = ("behind", "key", "me")
    KIND = "wake"

    def __init__(self, me: str, key: str, behind: str) -> None:
        super().__init__()
        self.me, self.key, self.behind = me, key, behind
        self.slot = (Wake, me, key)

    def react(self, system: System) -> bool:
        """The party does what it waited for; a party that is down does it when it is back."""
        if self.me in system.world.down:
            system.held[self.me, self.key] = self.behind
            return True
        party = system.world.route(self.me)
        system.begin(self.me, self.behind)
        kind, _, what = self.key.partition(" ")
        party.wakes[kind](system.turn, what)
        system.end()
        return True

    def words(self) -> str:
        """See ``Thing``."""
        return f"{self.me}: {self.key}"


class Deadline(Thing):
    """A property asked to be told when time is up."""

    __slots__ = ("behind", "key", "name")
    KIND = "deadline"

    def __init__(self, name: str, key: str, behind: str) -> None:
        super().__init__()
        self.name, self.key, self.behind = name, key, behind
        self.slot = (Deadline, name, key)

    def react(self, system: System) -> bool:
        """The property judges."""
        system.begin("", self.behind)
        system.world.see.behind = self.behind
        system.properties[self.name].due(self.key, system.world.see)
        system.end()
        return True

    def words(self) -> str:
        """See ``Thing``."""
        return f"time is up for {self.name}: {self.key}"


class Start(Thing):
    """The world begins: what is so from the start, the parties' own beginnings, the story."""

    __slots__ = ()
    KIND = "start"

    def react(self, system: System) -> bool:
        """Everything that happens before time runs."""
        system.open()
        return True

    def words(self) -> str:
        """See ``Thing``."""
        return "start"


class End(Thing):
    """The story ends: nothing happens any more."""

    __slots__ = ()
    KIND = "end"

    def react(self, system: System) -> bool:
        """It cannot be gone past."""
        return False

    def words(self) -> str:
        """See ``Thing``."""
        return "the story ends"


class Aged(Thing):
    """A stamp has reached an age that somebody asks for."""

    __slots__ = ("age", "stamp")
    KIND = "aged"

    def __init__(self, stamp: int, age: int) -> None:
        super().__init__()
        self.stamp, self.age = stamp, age
        self.slot = (Aged, stamp, age)

    def react(self, system: System) -> bool:
        """From now on it is older than that."""
        system.aged[self.stamp, self.age] = True
        return True

    def words(self) -> str:
        """See ``Thing``."""
        return f"an assertion grows older than {self.age / 1e6:g} s"


class Copy(Thing):
    """An attacker on a channel sends what it took once more, or looks at what it read."""

    __slots__ = ("does", "message", "owner", "sender", "to")
    KIND = "command"

    def __init__(self, owner: str, does: str, to: str, message: Message, sender: str) -> None:
        super().__init__()
        self.owner, self.does, self.to, self.message, self.sender = owner, does, to, message, sender

    def react(self, system: System) -> bool:
        """The message is used again."""
        system.begin(self.owner, system.world.person(self.owner))
        system.world.copied(system.turn, self.does, self.message, self.to, self.sender)
        system.end()
        return True

    def words(self) -> str:
        """See ``Thing``."""
        return f"{self.owner} {self.does}s to {self.to}: {describe(self.message)}"


class Adversary(Thing):
    """The attacker may do something of its own, as often as it may; ``quiet``: while nothing is on its way."""

    __slots__ = ()
    KIND = "adversary"

    def __init__(self, quiet: bool = False) -> None:
        super().__init__()
        self.kept, self.quiet = True, quiet

    def react(self, system: System) -> bool:
        """One of the things it could send, each a way of its own."""
        left = system.budget.get("adversary_sends", 0)
        proposals = system.proposals() if left else []
        if not proposals:
            return False
        proposal = proposals[system.choose(len(proposals), ("adversary", ""))]
        if proposal.command is not None:  # the same deed done twice is two deeds
            command = structs.replace(proposal.command, id=f"{proposal.command.id}.{left}")
            proposal = structs.replace(proposal, command=command)
        system.budget["adversary_sends"] = left - 1
        system.proposal = proposal
        try:
            system.attempt(proposal)
        except Underivable:  # it does not hold what that takes
            return False
        return True

    def words(self) -> str:
        """See ``Thing``."""
        return "the adversary sends"


def describe(message: Message) -> str:
    """A message in one line: its kind and the fields that say something."""
    parts = []
    for field in message.__struct_fields__:
        value = getattr(message, field)
        if value not in ("", (), False, None, 0):
            parts.append(f"{field}={value}" if isinstance(value, str | int) else field)
    return f"{type(message).__struct_config__.tag}({', '.join(parts)})"
