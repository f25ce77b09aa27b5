"""The story's steps, as commands for the parties: who does what to whom, when, how often.

A bare group name means every member, ``any`` means one of them, drawn each time. A step with several groups means
every combination; each combination has its own draw of an uncertain time. Combinations are numbered and made when
they are needed, never listed up front: a million people are a number here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sim.party import Command
from sim.roster import Roster

#: verbs that the world carries out, not a person
WORLD_VERBS = frozenset({"steal", "intercept", "set", "outage", "move_mailbox", "move_domain"})
#: verbs whose object, an orchestrator, carries them out
OWN_VERBS = frozenset({"rotate_key", "withdraw_key"})

Draw = Callable[[str, int], int]
"""``draw(key, n)``: a whole number below ``n``."""


class Axis:
    """One place in a step that a name, a group or several of them may stand in."""

    def __init__(self, role: str, refs: tuple[Any, ...], roster: Roster) -> None:
        self.role, self._refs, self._roster = role, refs, roster
        self._sizes = [1 if ref.any or ref.name not in roster.blocks else roster.count(ref.name) for ref in refs]
        self.size = max(sum(self._sizes), 1)

    def value(self, index: int, key: str, draw: Draw) -> tuple[str, str]:
        """(name, service) at ``index``; ``any`` is drawn under ``key``."""
        for ref, size in zip(self._refs, self._sizes, strict=True):
            if index < size:
                return self._name(ref, index, key, draw), ref.service or ""
            index -= size
        return "", ""

    def _name(self, ref: Any, index: int, key: str, draw: Draw) -> str:
        if ref.name not in self._roster.blocks:
            return str(ref.name)
        count = self._roster.count(ref.name)
        return self._roster.member(ref.name, draw(f"{key} {self.role}", count) if ref.any else index)


class Plan:
    """One step of the story: all its combinations, by number."""

    def __init__(self, step: Any, roster: Roster) -> None:
        self.step, self.roster = step, roster
        self.who = Axis("who", step.who, roster)
        refs = tuple(thing for thing in step.objects if not isinstance(thing, str))
        self._word = next((thing for thing in step.objects if isinstance(thing, str)), "")
        one = {"as": step.as_, "via": step.via, "of": step.of}
        self._rest = [Axis("object", refs, roster)]
        self._rest += [Axis(role, (ref,), roster) for role, ref in one.items() if ref is not None]
        self.per_who = step.times
        for axis in self._rest:
            self.per_who *= axis.size
        self.size = self.who.size * self.per_who
        self._against = tuple(name for ref in step.against for name in _expand(ref, roster))

    def commands(self, who: int, key: str, draw: Draw) -> Iterator[Command]:
        """Every command of one occasion (named ``key``) for the ``who``-th of those who do the step."""
        for index in range(self.per_who):
            yield self.command(who * self.per_who + index, f"{key}+{index}" if index else key, draw)

    def person(self, who: int, key: str, draw: Draw) -> str:
        """Name of the ``who``-th of those who do the step."""
        return self.who.value(who, key, draw)[0]

    def key(self, index: int, draw: Draw) -> str:
        """A stable name for combination ``index``, by which its draws are keyed: step, who, number within who."""
        who, rest = divmod(index, self.per_who)
        name = self.person(who, f"{self.step.id}+{rest}", draw)
        return f"{self.step.id}.{name or 'world'}" + (f"+{rest}" if rest else "")

    def command(self, index: int, key: str, draw: Draw) -> Command:
        """Combination ``index`` as a command whose id is ``key``."""
        who, rest = divmod(index, self.per_who)
        step = self.step
        chosen = {"who": self.who.value(who, key, draw)}
        rest //= step.times
        for axis in self._rest:
            rest, at = divmod(rest, axis.size)
            chosen[axis.role] = axis.value(at, key, draw)
        name, service = chosen["object"]
        person = chosen["who"][0]
        as_ = chosen.get("as", ("", ""))[0]
        return Command(
            id=key,
            verb=step.verb,
            who=person,
            object=name or self._word,
            service=service,
            via=chosen.get("via", ("", ""))[0],
            as_=f"{person}.new{_number(key)}" if as_ == "new" else as_,
            to=step.to if isinstance(step.to, str) else (step.to.name if step.to else ""),
            of=chosen.get("of", ("", ""))[0],
            against=self._against,
            does=step.does or "",
            kinds=tuple(step.kind),
            rate=step.rate,
            lasts=step.for_.most if step.for_ is not None else 0,
            until=step.until or 0,
            amount=step.amount or 0,
        )


def _expand(ref: Any, roster: Roster) -> Iterator[str]:
    if ref.name in roster.blocks:
        yield from roster.members(ref.name)
    else:
        yield ref.name


def _number(key: str) -> str:
    """The digits of a command's id, as the number of a made-up identity: ``farm.farmer.12`` → ``12``."""
    return "".join(part for part in key.replace("+", ".").split(".") if part.isdigit()) or "1"


def doer(command: Command) -> str:
    """Name of the party that carries a command out: ``director`` for the world's verbs, else who or what it names."""
    if command.verb in WORLD_VERBS:
        return "director"
    if command.verb in OWN_VERBS:
        return command.object
    return command.who
