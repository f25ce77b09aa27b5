"""What a reaction does, remembered by what it read.

A party's reaction to something is a function of the records it looks at and of the choices left open in it. Both are
written down in a trail, and the trails of one pending thing make a tree: at a ``Read`` the mark under a key tells where
to go on, at a ``Whole`` the sum of a table, at a ``Choice`` all ways are open, and at the end of each way stands an
``Effect``. So a handler runs once for each different thing it sees, and not once for each transition: in two-phase
commit with seven participants that is a few thousand times instead of 2.8 million.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.tables import WHOLE, JournalTable

if TYPE_CHECKING:
    from sim.explore.things import Thing

Cells = tuple[tuple[dict[Any, int], Any, int], ...]
"""(marks of a table, key, mark) of every record that changes."""


class Effect:
    """What follows from a reaction.

    ``redo`` and ``undo`` are the changed cells, ``delta`` what they add to the fingerprint. ``adds`` are new pending
    things with their windows; ``sets`` puts a thing into a slot, in the place of what is there (None: nothing;
    ``fresh``: only where nothing is). ``limits`` are absolute times before
    and after which this may not happen. ``taken`` are
    the choices made, (label, which); ``proposal`` is what the adversary chose to do. ``reads`` and ``writes`` are the
    cells that the reaction touched (``footprints``). ``ids`` and ``weight`` belong to the time rule.
    """

    __slots__ = (
        "adds", "alone", "delta", "facts", "found", "ids", "limits", "plain", "proposal", "reads", "redo", "sets",
        "stops", "taken", "thing", "undo", "weight", "writes",
    )  # fmt: skip

    def __init__(self, thing: Thing) -> None:
        self.thing = thing
        self.redo: Cells = ()
        self.undo: Cells = ()
        self.delta = 0
        self.adds: tuple[tuple[Thing, int, int], ...] = ()
        self.sets: tuple[tuple[Any, Thing | None, int, int, bool], ...] = ()
        self.found: tuple[tuple[str, str], ...] = ()
        self.facts: tuple[Any, ...] = ()
        self.taken: tuple[tuple[Any, int], ...] = ()
        self.limits: tuple[tuple[int, int], ...] = ()
        self.stops = False
        self.proposal: Any = None
        self.plain = True
        self.ids: Any = None
        self.weight = 0
        self.reads = self.writes = 0
        self.alone: tuple[Effect, ...] = (self,)

    def follow(self) -> list[int]:
        """The index of everything that it leaves pending."""
        made = [thing.index for thing, _, _ in self.adds]
        return made + [thing.index for _, thing, _, _, _ in self.sets if thing is not None]

    def apply(self) -> None:
        """Bring the tables from before to after."""
        for cells, key, mark in self.redo:
            cells[key] = mark

    def revert(self) -> None:
        """Bring the tables from after to before."""
        for cells, key, mark in self.undo:
            cells[key] = mark


class Read:
    """A reaction looks at one record."""

    __slots__ = ("after", "key", "peek")

    def __init__(self, table: JournalTable, key: Any) -> None:
        self.peek: Callable[[Any, int], int] = table.marks.get
        self.key = key
        self.after: dict[int, Node] = {}


class Whole:
    """A reaction looks at all of a table."""

    __slots__ = ("after", "table")

    def __init__(self, table: JournalTable) -> None:
        self.table = table
        self.after: dict[int, Node] = {}


class Choice:
    """Something is left open; every way is tried."""

    __slots__ = ("after",)

    def __init__(self, ways: int) -> None:
        self.after: list[Node | None] = [None] * ways


class Nothing:
    """The thing cannot happen here."""

    __slots__ = ()
    alone: tuple[Effect, ...] = ()


Node = Read | Whole | Choice | Effect | Nothing
NOTHING = Nothing()


def find(node: Node | None, found: list[Effect]) -> bool:
    """Append all effects that are at the end of ways open now; False where a way has not been walked yet."""
    while True:
        if type(node) is Read:
            node = node.after.get(node.peek(node.key, 0))
        elif type(node) is Effect:
            found.append(node)
            return True
        elif type(node) is Whole:
            node = node.after.get(node.table.sum())
        elif type(node) is Choice:
            return all([find(way, found) for way in node.after])  # noqa: C419 - each way must be walked
        else:
            return node is not None


def grow(root: Node | None, trail: list[tuple[Any, Any, Any]], leaf: Node) -> Node:
    """The tree at ``root`` with ``leaf`` at the end of ``trail``; steps of a trail without a table are choices."""
    if not trail:
        return leaf
    top = root if root is not None else _node(trail[0])
    here = top
    for step, ahead in zip(trail, [*trail[1:], None], strict=True):
        assert isinstance(here, Read | Whole | Choice)
        after: Any = here.after
        there = after[step[2]] if type(here) is Choice else after.get(step[2])
        if there is None or ahead is None:
            there = after[step[2]] = leaf if ahead is None else _node(ahead)
        here = there
    return top


def _node(step: tuple[Any, Any, Any]) -> Node:
    table, key, _ = step
    if table is None:
        return Choice(key)
    return Whole(table) if key is WHOLE else Read(table, key)
