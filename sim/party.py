"""What a party is, and what it may do in a turn.

A party is a state machine without input or output. It reacts to one thing at a time (its start, a message received, a
wake it asked for, a command of the story) by changing its tables and calling its turn. It never sleeps, compares
clocks, draws a random number or imports an engine. Whoever would write "wait for the answer, then" must remember in a
table what it waits for.

Rules every party keeps:

* every request is answered (``pending`` is an answer); no message is dropped silently;
* ids derive from their cause (``alice.1`` → code, token, account), never from a shared counter, so that they do not
  depend on interleaving and draws can be keyed by them;
* what is uncertain is handed over: a duration as a distribution, a yes/no as a share;
* what expires is a table row with a wake; whether an assertion is fresh is asked of the turn.

Names: a party that is one of a crowd (people, agents) is one object whose rows are keyed by ``turn.me``. People have
plain names (``alice``), agents ``alice/agent1``, mailboxes their address (``alice@example.org``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol

import msgspec

from sim.clock import Duration


class Message(msgspec.Struct, frozen=True, gc=False, tag_field="type"):
    """Something said by one party to another. ``id`` is the request it belongs to; answers carry the request's id.

    A field *proves* what the sender must hold (a session, a code, a key it signs with) and *reveals* what the receiver
    learns by it. A signature proves a key and does not reveal it. ``ANSWERS`` marks replies.

    Whoever reads a message on its way learns what it reveals, and what is proved by showing it: a session, a code, a
    bearer token. ``SIGNED`` are fields that are not shown: a signature, or a code that is good for one moment.
    """

    PROVES: ClassVar[tuple[str, ...]] = ()
    REVEALS: ClassVar[tuple[str, ...]] = ()
    SIGNED: ClassVar[tuple[str, ...]] = ("client_key", "pop", "factor")
    ANSWER: ClassVar[bool] = False

    id: str


class Fact(msgspec.Struct, frozen=True, gc=False, tag_field="fact"):
    """Something observed to have happened; a past participle. Properties, measures and truth are folds over facts."""


class Budget(msgspec.Struct, frozen=True, gc=False):
    """What an attack may use up; None: as much as it likes.

    ``requests`` counts the verbs it begins, ``accounts`` those of them that made an account or may still, ``money`` is
    what they bought (cents), ``time`` how long it goes on (microseconds).
    """

    requests: int | None = None
    money: int | None = None
    accounts: int | None = None
    time: int | None = None


class Command(msgspec.Struct, frozen=True, gc=False):
    """One step of the story, as it is given to the party that shall do it.

    ``id`` is unique and derives from the step and the person (``step.alice.1``); ``verb`` and the rest are the words of
    the scenario language. ``as_`` is the name whose address is used (empty: one's own), ``new`` a made-up one.
    """

    id: str
    verb: str
    who: str
    object: str = ""
    service: str = ""
    via: str = ""
    as_: str = ""
    to: str = ""
    of: str = ""
    against: tuple[str, ...] = ()
    does: str = ""
    kinds: tuple[str, ...] = ()
    rate: Duration | None = None
    lasts: int = 0
    until: int = 0
    amount: int = 0
    name: str = ""
    text: str = ""
    environment: str = "prod"
    budget: Budget | None = None


class Turn(Protocol):
    """What a party may do while it reacts. Engines implement it; a recording one serves the tests."""

    me: str
    """Who reacts: the name the message, wake or command was for."""

    def send(self, to: str, message: Message) -> None:
        """Say ``message`` to ``to``."""

    def wake(self, key: str, after: int | Duration) -> None:
        """Be woken with ``key`` after a duration (microseconds, or a distribution whose value the engine decides).

        A key is ``"<kind> <what>"``; setting a key again replaces the earlier wake of ``me`` with that key.
        """

    def cancel(self, key: str) -> None:
        """Forget the wake ``key`` of ``me``, if there is one."""

    def note(self, fact: Fact) -> None:
        """Record that something happened."""

    def decide(self, what: str, share: float) -> bool:
        """A yes/no of probability ``share``; ``what`` names the question and what it is about, and keys the draw."""

    def stamp(self) -> int:
        """Local time of ``me``, for putting on an assertion. To be handed on, never compared."""

    def age_within(self, stamp: int, least: int, most: int) -> bool:
        """Whether, by the local clock of ``me``, ``stamp`` lies between ``least`` and ``most`` microseconds back."""

    def act(self) -> None:
        """From here on in this turn ``me`` acts of its own accord: it is the person behind what follows."""

    def suspend(self, key: str) -> None:
        """Remember under ``key`` on whose behalf this turn is, for a request that is continued later."""

    def resume(self, key: str) -> None:
        """Continue the request remembered under ``key``: what follows is again on behalf of whoever was behind it."""

    def trait(self, field: str) -> Any:
        """The value of a per-member field of ``me`` (a share or a pick of its group, drawn once per member)."""


class Party:
    """Base of all parties: a name, a configuration, tables, and functions for what it reacts to.

    ``TABLES`` names the tables an engine makes and sets as attributes. ``HEARS`` maps a message class to the method
    that reacts to it (``method(turn, sender, message)``), ``WAKES`` the kind of a wake to its method
    (``method(turn, what)``), ``DOES`` a verb to its method (``method(turn, command)``); all by name.
    """

    TABLES: ClassVar[tuple[str, ...]] = ()
    HEARS: ClassVar[Mapping[type[Message], str]] = {}
    WAKES: ClassVar[Mapping[str, str]] = {}
    DOES: ClassVar[Mapping[str, str]] = {}

    name: str
    config: Any

    def __init__(self, name: str, config: Any) -> None:
        self.name = name
        self.config = config
        self.hears: dict[type[Message], Callable[[Turn, str, Any], None]] = {
            kind: getattr(self, method) for kind, method in self.HEARS.items()
        }
        self.wakes: dict[str, Callable[[Turn, str], None]] = {
            kind: getattr(self, method) for kind, method in self.WAKES.items()
        }
        self.does: dict[str, Callable[[Turn, Command], None]] = {
            verb: getattr(self, method) for verb, method in self.DOES.items()
        }

    def start(self, turn: Turn) -> None:
        """React to the beginning of the story."""

    def overloaded(self, turn: Turn, sender: str, message: Any) -> None:
        """Refuse a request because the queue is full (parties of limited capacity)."""

    def queued(self, turn: Turn, message: Any) -> None:
        """A request has been put into the queue (parties of limited capacity)."""

    def taken_up(self, turn: Turn, message: Any) -> None:
        """A worker has taken a request up (parties of limited capacity)."""

    def holdings(self, what: str, of: str) -> tuple[str, ...]:
        """Atoms of kind ``what`` (session, tokens, signing_key, shared_secret …) that ``of`` holds now: for theft."""
        return ()
