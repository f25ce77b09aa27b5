"""People, and providers, who differ in nothing but their names: states that are the same but for names are one.

A *renaming* puts the members of a group in each other's place, in every record, message and pending thing. The
fingerprint of a state is a sum of weights, so its fingerprint under another name is a sum as well, and the least of all
of them names the state and everything it is a renaming of.

That is right where the world does not tell the members apart: whatever happens must happen alike under every other
name. This is not taken for granted. Whenever a reaction runs for the first time, the renamed thing is let happen in the
renamed state, and must read, write, set off and find the same, renamed; where it does not, ``Unlike`` is raised, and
the exploration begins again without. Since a reaction is a function of what it reads (``memo``), what was compared once
is so in every state. (C. N. Ip and D. L. Dill, Better verification through symmetry, FMSD 9, 1996.)

A deadline is a pending thing with a name in it, like any other, and judged when it is due: what is kept is safety.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations, product
from typing import TYPE_CHECKING, Any

import msgspec

from sim.explore.ages import FIRST, MOST
from sim.explore.classes import Class, places
from sim.explore.memo import Effect
from sim.explore.things import Thing
from sim.tables import WHOLE, JournalTable

if TYPE_CHECKING:
    from sim.explore.system import System

#: more renamings than this cost more than they save
WAYS = 24


class Unlike(Exception):
    """Members of a group that can be told apart after all; the message says by what."""


class Renaming:
    """One renaming, of everything there is in an exploration."""

    def __init__(self, system: System, names: Mapping[str, str]) -> None:
        self._system, self.names = system, dict(names)
        found = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
        self._words = re.compile(rf"(?<![A-Za-z0-9])(?:{found})(?![A-Za-z0-9])|-11529215046\d{{8}}")
        self._texts: dict[str, str] = {}
        self._marks: dict[int, int] = {0: 0}
        self._indices: dict[int, int] = {}
        named = {table.name: table for table in system.journal.tables}
        self.tables = [named[self.value(table.name)] for table in system.journal.tables]
        """For each table, the one that has its records under the other names."""

    def value(self, value: Any) -> Any:
        """A record, a message, a key or a part of one."""
        if isinstance(value, str):
            found = self._texts.get(value)
            if found is None:
                found = self._texts[value] = self._words.sub(lambda match: self._word(match[0]), value)
            return found
        if isinstance(value, bool) or value is None or isinstance(value, float | type):
            return value
        if isinstance(value, int):
            return self._system.ages.renamed(value, self) if FIRST <= value < FIRST + MOST else value
        if isinstance(value, msgspec.Struct):
            fields = ((field, getattr(value, field)) for field in value.__struct_fields__)
            changed = {field: new for field, old in fields if (new := self.value(old)) is not old and new != old}
            return msgspec.structs.replace(value, **changed) if changed else value
        if isinstance(value, tuple):
            return tuple([self.value(one) for one in value])
        if isinstance(value, frozenset):
            return frozenset([self.value(one) for one in value])
        raise Unlike(f"a {type(value).__name__} has names that cannot be seen")

    def _word(self, word: str) -> str:
        return self.names.get(word) or str(self.value(int(word)))

    def key(self, table: JournalTable, key: Any) -> Any:
        """The key of a record."""
        if table.name == "explore.stamps":
            return self.value(key[0]), self.index(key[1])
        if table.name == "explore.steps":
            return key[0], self._system.model.stage.renamed(key[0], key[1], self.value)
        return self.value(key)

    def mark(self, table: JournalTable, key: Any, mark: int) -> int:
        """The mark of a record under its key."""
        found = self._marks.get(mark)
        if found is None:
            record = self.value(self._system.journal.records[mark])
            if table.identity is not None and isinstance(record, tuple):
                record = tuple(sorted(record))  # who knows something is listed by name
            found = self._system.journal.mark(self.tables[table.index], self.key(table, key), record)
            self._marks[mark] = found
        return found

    def index(self, index: int) -> int:
        """A pending thing, by index."""
        found = self._indices.get(index)
        if found is None:
            thing = self._system.listed[index]
            found = self._indices[index] = thing.renamed(self._system, self.value).index
        return found


class Symmetry:
    """All renamings of the groups of a system. The first is the one that leaves everything as it is."""

    def __init__(self, system: System, groups: Sequence[Sequence[str]]) -> None:
        self._system = system
        self._tables = {id(table.marks): table for table in system.journal.tables}
        self.groups: list[Sequence[str]] = []
        names: list[dict[str, str]] = [{}]
        for group in groups:
            ways = [dict(zip(group, order, strict=True)) for order in permutations(group)]
            if len(names) * len(ways) <= WAYS:
                self.groups.append(group)
                names = [{**one, **other} for one, other in product(names, ways)]
        self.renamings = [Renaming(system, one) for one in names]
        self._back = [self._find({to: name for name, to in one.items()}) for one in names]
        self._weights: list[dict[tuple[bool, int], int]] = [{} for _ in names]
        self._deltas: dict[int, tuple[Effect, tuple[int, ...]]] = {}
        self._busy = False

    def _find(self, names: Mapping[str, str]) -> int:
        return next(at for at, one in enumerate(self.renamings) if one.names == names)

    # --- states ---------------------------------------------------------------------------------------------------

    def deltas(self, effect: Effect) -> tuple[int, ...]:
        """What ``effect`` adds to the fingerprint of the tables, under each renaming."""
        known = self._deltas.get(id(effect))
        if known is not None:
            return known[1]
        weights = self._system.journal.weights
        found = []
        for renaming in self.renamings:
            total = 0
            for cells, sign in ((effect.redo, 1), (effect.undo, -1)):
                for marks, key, mark in cells:
                    if mark:
                        total += sign * weights[renaming.mark(self._tables[id(marks)], key, mark)]
            found.append(total)
        self._deltas[id(effect)] = (effect, tuple(found))
        return self._deltas[id(effect)][1]

    def weigh(self, pending: Class, weight: dict[Any, int]) -> Iterator[int]:
        """What pending things add, under each renaming; ``weight`` gives out the weight of one that is pending."""
        there = places(pending)
        for renaming, known in zip(self.renamings, self._weights, strict=True):
            total = 0
            for place in there:
                found = known.get(place)
                if found is None:
                    timed, index = place
                    other = timed, renaming.index(index)
                    if other not in weight:
                        weight[other] = self._system.journal.weight()
                    found = known[place] = weight[other]
                total += found
            yield total

    def between(self, there: int, here: int, pending: Class) -> Class:
        """``pending`` of a state named by the renaming ``here``, as it is in the one named alike by ``there``."""
        if there == here:
            return pending
        to, back = self.renamings[here], self.renamings[self._back[there]]
        free = tuple(sorted([back.index(to.index(index)) for index in pending.free]))
        timed = tuple([back.index(to.index(index)) for index in pending.timed])
        return Class(free, timed, pending.soon, pending.late, pending.rows).in_order()

    # --- whether the members are alike ----------------------------------------------------------------------------

    def compare(self, thing: Thing, found: Sequence[Effect]) -> None:
        """Let ``thing``, whose effects here are ``found``, happen under every other name; ``Unlike`` if it differs."""
        if self._busy:
            return
        self._busy = True
        tables = self._system.journal.tables
        kept = [dict(table.marks) for table in tables]
        try:
            for renaming in self.renamings[1:]:
                for table in tables:
                    table.marks.clear()
                for table, marks in zip(tables, kept, strict=True):
                    for key, mark in marks.items():
                        if mark:
                            into = renaming.tables[table.index].marks
                            into[renaming.key(table, key)] = renaming.mark(table, key, mark)
                other = self._system.listed[renaming.index(thing.index)]
                there = sorted(self._print(effect, None) for effect in self._system.effects(other))
                if there != sorted(self._print(effect, renaming) for effect in found):
                    raise Unlike(f"{thing.words()} is not as {other.words()}")
        finally:
            for table, marks in zip(tables, kept, strict=True):
                table.marks.clear()
                table.marks.update(marks)
            self._busy = False

    def _print(self, effect: Effect, by: Renaming | None) -> tuple[Any, ...]:
        """All that matters of an effect, under another name or its own."""
        tables = self._tables
        if by is None:
            cells = [(tables[id(marks)].index, mark) for marks, _, mark in (*effect.redo, *effect.undo)]
        else:
            cells = [
                (by.tables[tables[id(marks)].index].index, by.mark(tables[id(marks)], key, mark))
                for marks, key, mark in (*effect.redo, *effect.undo)
            ]
        index = (lambda at: at) if by is None else by.index
        adds = sorted((index(thing.index), low, high) for thing, low, high in effect.adds)
        sets = []
        for slot, thing, low, high, fresh in effect.sets:
            where = slot if by is None else by.value(slot)
            sets.append((repr(where), -1 if thing is None else index(thing.index), low, high, fresh))
        spoken = sorted(name for name, _ in effect.found)
        kinds = sorted(type(fact).__name__ for fact in effect.facts)
        return sorted(cells), adds, sorted(sets), spoken, kinds, effect.stops, effect.limits, self._reads(effect, by)

    def _reads(self, effect: Effect, by: Renaming | None) -> int:
        """The cells that it reads."""
        prints = self._system.footprints
        if by is None or effect.reads < 0:
            return effect.reads
        total = 0
        for kind, key in prints.named(effect.reads):
            if kind == "slot":
                total |= prints.slot(by.value(key))
            elif key is WHOLE:
                total |= prints.whole(by.tables[kind].index)
            else:
                total |= prints.cell(by.tables[kind].index, by.key(self._system.journal.tables[kind], key[0]))
        return total
