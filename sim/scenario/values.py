"""The small things a scenario is made of, as frozen records; the parties themselves are in ``models``.

Times and periods are integer microseconds, money is integer cents, what may be uncertain is a ``Duration``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, overload

import msgspec

from sim.clock import Constant, Duration
from sim.party import Budget

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class Pick(msgspec.Struct, frozen=True, gc=False):
    """One answer for each member of a group, drawn with these weights, which sum to 1."""

    weights: tuple[tuple[str | float, float], ...]


class Rate(msgspec.Struct, frozen=True, gc=False):
    """So many within ``per`` microseconds."""

    count: int
    per: int


class Offer(msgspec.Struct, frozen=True, gc=False):
    """A service of a provider: ``free``, ``paid``, or ``component`` (its price depends on another); cents, if known.

    ``parents`` are plans of which it needs one first, ``updates`` what it may become; ``asks`` says what must be known
    before it can be made: ``domain``, a name that is free. ``kind`` is ``plan`` or ``deployable``, as in the catalogue.
    """

    pricing: str
    price: int | None
    parents: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    asks: str = ""
    kind: str = "plan"


class Ref(msgspec.Struct, frozen=True, gc=False):
    """A block or a member of one, as a step names it; ``any``: one member, drawn each time."""

    name: str
    any: bool = False
    service: str | None = None

    def __str__(self) -> str:
        return ("any " if self.any else "") + self.name + (f"/{self.service}" if self.service is not None else "")


#: ``as: new``: a fresh made-up person.
NEW = Ref("new")


class Override(msgspec.Struct, frozen=True):
    """What a provider does differently for one issuer; None: as for everybody."""

    domains: tuple[str, ...] | None = None
    matching: str | None = None
    linking: str | None = None
    activation: str | None = None
    containment: bool = False


class Trusts(msgspec.Struct, frozen=True):
    """Whose attestations a provider accepts: everybody's, or those of the ``issuers`` named."""

    all: bool = True
    issuers: dict[str, Override] = {}


class At(msgspec.Struct, frozen=True):
    """Once, then."""

    at: Duration


class Every(msgspec.Struct, frozen=True):
    """Repeatedly: a constant interval ticks first at ``start``, a random one a draw after it."""

    every: Duration
    start: int = 0
    until: int | None = None
    times: int | None = None


class After(msgspec.Struct, frozen=True):
    """Each time the step of that id completes or, if ``fact``, that fact is noted for the same person."""

    after: str
    fact: bool = False
    wait: Duration = Constant(0)
    until: int | None = None
    times: int | None = None


class May(msgspec.Struct, frozen=True):
    """At most so many times, whenever it likes."""

    times: int


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the story: when, who, one verb with its objects, and options.

    ``objects`` holds one object, but for ``intercept`` two: the sending and the receiving party; verbs whose object
    is a word, an address or a file of ``attacks`` hold text; ``set`` and ``raise_cap`` hold none.
    """

    id: str
    when: At | Every | After | May
    verb: str
    who: tuple[Ref, ...] = ()
    objects: tuple[Ref | str, ...] = ()
    via: Ref | None = None
    as_: Ref | None = None
    to: str | Ref | None = None
    of: Ref | None = None
    against: tuple[Ref, ...] = ()
    does: str | None = None
    kind: tuple[str, ...] = ()
    rate: Duration | None = None
    for_: Duration | None = None
    until: int | None = None
    times: int = 1
    amount: int | None = None
    name: str | None = None
    text: str | None = None
    environment: str = "prod"
    budget: Budget | None = None
    values: dict[str, Any] = {}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What is expected of a property or a measure; None: nothing is said about that.

    Amounts of money are cents and times microseconds; ``unit`` says which was written (``money``, ``time``, or None
    for a bare number).
    """

    is_: str | None = None
    equals: float | None = None
    about: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    between: tuple[float, float] | None = None
    within: int | None = None
    violated_in: Answer | float | None = None
    unit: str | None = None


class MeasureSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A measure of the file's own: exactly one of the first five; ``sum`` and ``distinct`` name ``fact.field``."""

    count: str | None = None
    sum: str | None = None
    distinct: str | None = None
    span: tuple[str, str] | None = None
    ratio: tuple[str, str] | None = None
    where: dict[str, Any] = {}
    per: int | None = None
    take: str | None = None


class HalfWidth(msgspec.Struct, frozen=True, kw_only=True):
    """How wide half an interval may be: a share of the mean (``relative``), or so much (``absolute``); one is enough.

    ``unit`` says what ``absolute`` is: cents (``money``), microseconds (``time``), or None, in the measure's own unit.
    """

    relative: float | None = None
    absolute: float | None = None
    unit: str | None = None


class Runs(msgspec.Struct, frozen=True, kw_only=True):
    """Run until each measure named is known to that half-width at the scenario's ``level``."""

    until: dict[str, HalfWidth]
    at_least: int = 30
    at_most: int = 10_000


class Factor(msgspec.Struct, frozen=True):
    """Named levels of ``vary``; each is a set of overrides by path, as a file has them; an empty one is no change."""

    levels: dict[str, dict[str, Any]]


class Design(msgspec.Struct, frozen=True):
    """So many ``points`` over the distributions of ``vary``, laid out by ``method``: latin_hypercube or sobol."""

    method: str
    points: int


class Members(Sequence[str]):
    """The names of a group's members: ``name`` alone, or ``name1 … nameN``; never listed before they are asked for."""

    __slots__ = ("grouped", "name", "size")

    def __init__(self, name: str, size: int, *, grouped: bool) -> None:
        """``grouped``: a count was given, even if it is 1."""
        self.name = name
        self.size = size
        self.grouped = grouped

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self.size))]
        place = range(self.size)[index]
        return f"{self.name}{place + 1}" if self.grouped else self.name

    def __iter__(self) -> Iterator[str]:
        if not self.grouped:
            return iter((self.name,))
        return (f"{self.name}{number}" for number in range(1, self.size + 1))

    def __contains__(self, member: object) -> bool:
        return isinstance(member, str) and self.number(member) is not None

    def number(self, member: str) -> int | None:
        """The member's number, counted from 1; None if it is no member."""
        if not self.grouped:
            return 1 if member == self.name else None
        if not member.startswith(self.name):
            return None
        digits = member[len(self.name) :]
        if not digits.isascii() or not digits.isdigit() or digits[0] == "0" or len(digits) > 18:
            return None
        return int(digits) if int(digits) <= self.size else None


def expand(text: str, member_name: str, number: int) -> str:
    """``text`` with ``{name}`` and ``{n}`` replaced."""
    if "{" not in text:
        return text
    return text.replace("{name}", member_name).replace("{n}", str(number))
