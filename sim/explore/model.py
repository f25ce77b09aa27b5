"""What is explored, and within which bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from sim.clock import NEVER
from sim.party import Command, Message
from sim.world import MakeTable, World


class Channel(msgspec.Struct, frozen=True):
    """How a message travels: between ``least`` and ``at_most`` microseconds.

    A channel that ``keeps`` its messages holds a set of them: delivered ones stay and may be delivered again, at any
    time. The adversary ``reads`` what is said on it, and may send on it in anybody's name where it ``injects``.
    """

    least: int = 0
    at_most: int = NEVER
    keeps: bool = False
    reads: bool = False
    injects: bool = False


class Bounds(msgspec.Struct, frozen=True):
    """What an exploration is limited by; printed beside every verdict.

    ``states``, ``depth`` and ``seconds`` are limits: reaching one leaves what was not found open. ``losses``,
    ``duplicates`` and ``adversary_sends`` are at most so many on one path. ``adversary_acts`` says when: at
    ``any_time``, or ``at_rest``, while no message is on its way. ``waits_at_most`` cuts reactions that have
    no upper end, microseconds. ``time`` is ``box`` or ``exact``, ``grid`` what windows are rounded to under ``box``
    (microseconds; None: what the model says).
    """

    states: int = 1_000_000
    depth: int | None = None
    losses: int = 0
    duplicates: int = 0
    adversary_sends: int = 3
    adversary_acts: str = "any_time"
    waits_at_most: int | None = None
    time: str = "box"
    grid: int | None = None

    def __post_init__(self) -> None:
        for name in ("states", "depth", "waits_at_most", "grid"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"explore.{name} is {value}; it must be at least 1")
        for name in ("losses", "duplicates", "adversary_sends"):
            if getattr(self, name) < 0:
                raise ValueError(f"explore.{name} is {getattr(self, name)}; it must not be negative")
        if self.adversary_acts not in ("any_time", "at_rest"):
            raise ValueError(f"explore.adversary_acts is {self.adversary_acts!r}; possible is any_time or at_rest")
        if self.time not in ("box", "exact"):
            raise ValueError(f"explore.time is {self.time!r}; possible is box or exact")


class Proposal(msgspec.Struct, frozen=True):
    """Something an adversary could do on its own: a command, a captured message used again, or a message of its own.

    ``owner`` works for the attacker, ``sender`` is in whose name the message goes out (empty: the owner's).
    """

    owner: str
    to: str = ""
    message: Message | None = None
    sender: str = ""
    again: bool = False
    heard: str | None = None
    """The person behind a message that is said once more as it was heard on a channel: that takes no knowledge."""
    command: Command | None = None


Sight = tuple[str, str, Message, str, str]
"""A message that the adversary has seen: who of them saw it, whom it was for, the message, its sender, the person
behind it."""


class Setting:
    """A world made anew, and what an engine must know about it; overridden where something is different."""

    def __init__(self, world: World) -> None:
        self.world = world

    def config(self, name: str) -> Any:
        """Configuration of ``name``: where traits and clocks are read; None where there is none."""
        return None

    def block(self, name: str) -> str:
        """The group that ``name`` belongs to."""
        return name

    def channel(self, sender: str, to: str) -> Channel | None:
        """How messages travel since settings were changed; None: as the model says."""
        return None

    def alike(self) -> Sequence[Sequence[str]]:
        """Groups of names that differ in nothing but their names, as far as can be told from outside."""
        return ()

    def begin(self, trait: Callable[[str, str], Any]) -> None:
        """What is done before the parties start; ``trait(name, field)`` tells a per-member field."""

    def releases(self, call: Callable[[str], None]) -> None:
        """``call(name)`` is to be called when a party that was down is back."""

    def refresh(self) -> None:
        """Bring settings that are not in tables in line with the tables; called before each reaction."""

    def proposals(self, seen: tuple[Sight, ...], holds: Callable[[str], bool]) -> list[Proposal]:
        """What the adversary could do of its own accord, given the messages it saw and which atoms it holds."""
        return []


class Model(msgspec.Struct, frozen=True):
    """Everything an exploration needs to know.

    ``setting(make)`` makes the world anew, with tables from ``make``; ``channel(sender, to)`` tells how messages
    travel. ``stage`` is the story (``staging.Stage``), ``stop_after`` a fact after which nothing more happens. Only
    where ``adversary`` is set is the adversary asked for proposals.
    """

    setting: Callable[[MakeTable], Setting]
    channel: Callable[[str, str], Channel] = lambda sender, to: Channel()
    until: int = NEVER
    grid: int = 1
    stage: Any = None
    adversary: bool = False
    stop_after: type | None = None
