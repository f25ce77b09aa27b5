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
        self._one = refs[0] if len(refs) == 1 else None
        self.mixed = len(refs) > 1 and _overlap(refs, roster)
        """Whether one name may stand in several places."""

    def value(self, index: int, key: str, draw: Draw) -> tuple[str, str]:
        """(name, service) at ``index``; ``any`` is drawn under ``key``."""
        place, ref, at = self._find(index)
        if ref is None:
            return "", ""
        if ref.any:
            at = draw(f"{key} {self.role} {place}", self._roster.count(ref.name))
        return self._name(ref, at), ref.service or ""

    def label(self, index: int) -> str:
        """A word for the place ``index``, different from those of other places: a name where that is enough."""
        _, ref, at = self._find(index)
        if ref is None:
            return "world"
        return f"{ref.name} {index}" if ref.any or self.mixed else self._name(ref, at)

    def places(self, name: str) -> list[int]:
        """Where ``name`` stands, as itself or as a member of its group; ``any`` apart."""
        found, first, group = [], 0, self._roster.block(name)
        for ref, size in zip(self._refs, self._sizes, strict=True):
            if ref.any:
                pass
            elif ref.name == name:
                found.append(first)
            elif ref.name == group and self._roster.known(name):
                found.append(first + int(self._roster.number(name)) - 1)
            first += size
        return found

    def _find(self, index: int) -> tuple[int, Any, int]:
        """Which reference ``index`` falls on, and where in it; None where the step names nobody."""
        if self._one is not None:
            return 0, self._one, index
        for place, (ref, size) in enumerate(zip(self._refs, self._sizes, strict=True)):
            if index < size:
                return place, ref, index
            index -= size
        return 0, None, 0

    def _name(self, ref: Any, at: int) -> str:
        return self._roster.member(ref.name, at) if ref.name in self._roster.blocks else str(ref.name)


def makes_up(step: Any) -> bool:
    """Whether a step makes identities up (``as: new``)."""
    return step.as_ is not None and bool(step.as_.name == "new" and not step.as_.any)


def _overlap(refs: tuple[Any, ...], roster: Roster) -> bool:
    names = [ref.name for ref in refs]
    inside = any(name not in roster.blocks and roster.block(name) in names for name in names)
    return inside or len(set(names)) < len(names) or any(ref.any for ref in refs)


class Plan:
    """One step of the story: all its combinations, by number.

    ``place`` is the step's place in the file, by which steps at the same instant are ordered. ``fresh`` is (k, n): of
    the n steps of the story that make up identities, this one is the k-th; so no two of them make up the same.
    """

    def __init__(self, step: Any, roster: Roster, place: int = 0, fresh: tuple[int, int] = (0, 1)) -> None:
        self.step, self.roster, self.place, self._fresh = step, roster, place, fresh
        self.who = Axis("who", step.who, roster)
        refs, self._word = _objects(step)
        self._new = makes_up(step)
        one = {"as": None if self._new else step.as_, "via": step.via, "of": step.of}
        self._rest = [Axis("object", refs, roster)]
        self._rest += [Axis(role, (ref,), roster) for role, ref in one.items() if ref is not None]
        self.per_who: int = step.times
        for axis in self._rest:
            self.per_who *= axis.size
        self.size = self.who.size * self.per_who
        self._against: tuple[str, ...] | None = None

    def commands(self, who: int, occasion: int, draw: Draw) -> Iterator[Command]:
        """Every command of the ``who``-th of those who do the step, on one occasion (from 1; 0: the only one)."""
        for rest in range(self.per_who):
            yield self.command(who * self.per_who + rest, draw, occasion)

    def person(self, index: int, draw: Draw, occasion: int = 0) -> str:
        """Name of whoever does combination ``index``; ``any`` is drawn for each combination and occasion."""
        who, rest = divmod(index, self.per_who)
        return self.who.value(who, f"{self.step.id} {occasion} {rest}", draw)[0]

    def key(self, index: int, draw: Draw, occasion: int = 0) -> str:
        """Id of the command of combination ``index``, by which its draws are keyed: step, person, occasion, number.

        The number is left out where it is 0; the occasion of what happens once is.
        """
        return self._key(index, self.person(index, draw, occasion), occasion)

    def _key(self, index: int, person: str, occasion: int) -> str:
        key = f"{self.step.id}.{person or 'world'}"
        key = f"{key}.{occasion}" if occasion else key
        number = index if self.who.mixed else index % self.per_who
        return f"{key}+{number}" if number else key

    def command(self, index: int, draw: Draw, occasion: int = 0) -> Command:
        """Combination ``index`` as a command."""
        step, person = self.step, self.person(index, draw, occasion)
        key = self._key(index, person, occasion)
        chosen = {}
        rest = index % self.per_who // step.times
        for axis in self._rest:
            rest, at = divmod(rest, axis.size)
            chosen[axis.role] = axis.value(at, key, draw)
        name, service = chosen["object"]
        made_up = f"{person}.new{self._number(index, occasion)}" if self._new else ""
        return Command(
            id=key,
            verb=step.verb,
            who=person,
            object=name or self._word,
            service=service,
            via=chosen.get("via", ("", ""))[0],
            as_=made_up or chosen.get("as", ("", ""))[0],
            to=step.to if isinstance(step.to, str) else (step.to.name if step.to else ""),
            of=chosen.get("of", ("", ""))[0],
            against=self._targets(key, draw) if step.against else (),
            does=step.does or "",
            kinds=tuple(step.kind),
            rate=step.rate,
            lasts=step.for_.most if step.for_ is not None else 0,
            until=step.until or 0,
            amount=step.amount or 0,
            name=step.name or "",
            text=step.text or "",
            environment=step.environment,
            budget=step.budget,
        )

    def _targets(self, key: str, draw: Draw) -> tuple[str, ...]:
        """The names an attack is against; listed once, unless ``any`` is drawn."""
        refs = self.step.against
        if any(ref.any for ref in refs):
            axes = [Axis("against", (ref,), self.roster) for ref in refs]
            return tuple(
                axis.value(at, f"{key} {place}", draw)[0] for place, axis in enumerate(axes) for at in range(axis.size)
            )
        if self._against is None:
            axis = Axis("against", refs, self.roster)
            self._against = tuple(axis.value(at, "", draw)[0] for at in range(axis.size))
        return self._against

    def _number(self, index: int, occasion: int) -> int:
        """A number, from 1, that no other command of the same person makes an identity up by."""
        width = self.size if self.who.mixed else self.per_who
        place, of = self._fresh
        return (max(occasion - 1, 0) * width + index % width) * of + place + 1


def _objects(step: Any) -> tuple[tuple[Any, ...], str]:
    """What a step is about: names that may stand for several, and a word."""
    if step.verb == "intercept":
        return (), "->".join(ref.name for ref in step.objects)
    refs = tuple(thing for thing in step.objects if not isinstance(thing, str))
    return refs, next((thing for thing in step.objects if isinstance(thing, str)), "")


def doer(command: Command) -> str:
    """Name of the party that carries a command out: ``director`` for the world's verbs, else who or what it names."""
    if command.verb in WORLD_VERBS:
        return "director"
    if command.verb in OWN_VERBS:
        return command.object
    return command.who
