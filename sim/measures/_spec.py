"""A scenario's own measures, built from its words.

* ``count: fact``, ``sum: fact.field``, ``distinct: fact.field``: how many facts, the field added up, how many values.
* ``span: [fact, fact]``: seconds from a fact to each later one of the other kind that agrees with it in every field
  both have (``id`` is the ``request`` of others), counted from the latest such. A span that belongs to one request,
  code or page is measured once, to the first such fact.
* ``ratio: [measure, measure]``: the first divided by the second; nothing where the second is nothing.
* ``where``: only facts with these values in these fields. A name stands for its group's members too, a list for any of
  its values. ``behind`` is the person behind the fact: a name, ``adversary`` or ``honest``. Of a span it is asked of
  the second fact, of the first only for fields that the second does not have.
* ``per``: one number for each such stretch of time, from the beginning to the end of the run (of spans, their mean).
* ``take``: which of the numbers: ``mean max min sum first last median p90 p95 p99``; without, their ``sum``, of spans
  the ``mean``, and of ratios the ratio of the two whole numbers.

Where a scenario has a ``warm_up``, all of them count from its end on: of spans, those that begin after it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import msgspec

from sim.clock import SECOND
from sim.measures._tally import intent
from sim.measures._where import conditions, fact_called, field_called, taken
from sim.party import Fact
from sim.property import Measure, See
from sim.tables import Table

#: Fields that name something that happens once.
ONCE = ("request", "token_id", "code", "url", "change")


def build(specs: Mapping[str, Any], known: Mapping[str, Measure] | None = None, warm_up: int = 0) -> dict[str, Measure]:
    """The measures of ``specs`` by name, new and empty; ``ValueError`` where one makes no sense, saying what would.

    A specification has the words above as attributes, None where they are not used; ``per`` in microseconds.
    A ratio may also be made of the measures in ``known``, which must be fed with the same facts. Facts before
    ``warm_up`` (microseconds) do not count.
    """
    built: dict[str, Measure] = {}
    parts = {**(known or {})}
    for name, spec in specs.items():
        built[name] = parts[name] = one = _one(name, spec, parts)
        if warm_up:
            one.begin_at(warm_up)
    for measure in built.values():
        if isinstance(measure, Ratio):
            measure.check()
    return built


def _one(name: str, spec: Any, parts: Mapping[str, Measure]) -> Own:
    try:
        if spec.count is not None:
            return Counting(name, spec, spec.count)
        if spec.sum is not None:
            return (SummingMoney if spec.sum.endswith(".amount") else Summing)(name, spec, spec.sum)
        if spec.distinct is not None:
            return Distinct(name, spec, spec.distinct)
        if spec.span is not None:
            return Span(name, spec)
        if spec.ratio is not None:
            return Ratio(name, spec, parts)
    except ValueError as wrong:
        raise ValueError(f"measure {name!r}: {wrong}") from None
    raise ValueError(f"measure {name!r}: it must be a count, sum, distinct, span or ratio")


# --- what is made of them ---------------------------------------------------------------------------------------------


class Own(Measure, ABC):
    """A measure of a scenario's own: a series of numbers, one for each stretch of ``per``, of which one is taken."""

    TAKE: ClassVar[str] = "sum"

    def __init__(self, name: str, spec: Any) -> None:
        super().__init__(name)
        self.per = spec.per
        self.take = spec.take or self.TAKE
        self.start = 0

    def begin_at(self, start: int) -> None:
        """Count from ``start`` on: facts before it are not heard, and stretches of time begin there."""
        self.start = start
        self.reads = {kind: _from(start, heard) for kind, heard in self.reads.items()}

    def bucket(self, at: int) -> int:
        """Which stretch of time ``at`` lies in."""
        return (at - self.start) // self.per if self.per else 0

    @abstractmethod
    def series(self, end: int, see: See) -> list[float | None]:
        """The numbers, in the order of time; None where there is none."""

    def result(self, end: int, see: See) -> float | int | None:
        """What ``take`` makes of the numbers."""
        return taken(self.take, [number for number in self.series(end, see) if number is not None])


def _from(start: int, heard: Callable[[Any, See], None]) -> Callable[[Any, See], None]:
    """``heard``, for facts from ``start`` on."""

    def hear(fact: Any, see: See) -> None:
        if see.now >= start:
            heard(fact, see)

    return hear


class Counting(Own):
    """How many facts."""

    MEMORY: ClassVar[tuple[str, ...]] = ("cells",)

    cells: Table
    """Stretch → its number."""

    def __init__(self, name: str, spec: Any, said: str) -> None:
        super().__init__(name, spec)
        self.kind, self.field = self._of(said)
        (self.fits,) = conditions(spec.where, self.kind)
        self.reads = {self.kind: self._seen}

    def _of(self, said: str) -> tuple[type[Fact], str]:
        return fact_called(said), ""

    def worth(self, fact: Any, bucket: int) -> float:
        """By how much a fact raises the number."""
        return 1

    def _seen(self, fact: Any, see: See) -> None:
        if self.fits(fact, see):
            bucket = self.bucket(see.now)
            self.cells[bucket] = self.cells.get(bucket, 0) + self.worth(fact, bucket)

    def series(self, end: int, see: See) -> list[float | None]:
        """The numbers; a stretch without a fact has 0."""
        last = max((bucket for bucket, _ in self.cells.ordered()), default=0)
        stretches = max(-(-(end - self.start) // self.per), last + 1) if self.per else 1
        return [self.cells.get(bucket, 0) for bucket in range(stretches)]


class Summing(Counting):
    """A field of the facts, added up."""

    def _of(self, said: str) -> tuple[type[Fact], str]:
        return field_called(said, numeric=True)

    def worth(self, fact: Any, bucket: int) -> float:
        """The field."""
        return getattr(fact, self.field)  # type: ignore[no-any-return]


class SummingMoney(Summing):
    """Amounts of money, added up."""

    UNIT = "cents"


class Distinct(Counting):
    """How many different values a field of the facts has."""

    MEMORY = ("cells", "met_values")

    met_values: Table
    """(Stretch, value) → True."""

    def _of(self, said: str) -> tuple[type[Fact], str]:
        return field_called(said, numeric=False)

    def worth(self, fact: Any, bucket: int) -> float:
        """1 for a value that was not met before."""
        key = (bucket, getattr(fact, self.field))
        if key in self.met_values:
            return 0
        self.met_values[key] = True
        return 1


class Spread(msgspec.Struct, frozen=True, gc=False):
    """What is kept of many numbers."""

    n: int
    sum: float
    max: float
    min: float
    first: float
    last: float

    def add(self, value: float) -> Spread:
        """One number more."""
        return Spread(self.n + 1, self.sum + value, max(self.max, value), min(self.min, value), self.first, value)


class Span(Own):
    """Seconds from a fact to a later one."""

    UNIT = "s"
    TAKE = "mean"
    MEMORY = ("starts", "spreads", "values")

    starts: Table
    """What the two facts share → when the latest first one was."""
    spreads: Table
    """Stretch → what is kept of its spans, microseconds."""
    values: Table
    """Number → span, where ``take`` needs them all."""

    def __init__(self, name: str, spec: Any) -> None:
        super().__init__(name, spec)
        assert spec.span is not None
        first, second = (fact_called(said) for said in spec.span)
        (self._second, self._first) = conditions(spec.where, second, first)
        sides = [{_alias(field): field for field in kind.__struct_fields__} for kind in (first, second)]
        shared = [name for name in sides[0] if name in sides[1]]
        self._keys = [[side[name] for name in shared] for side in sides]
        self._once = any(name in ONCE for name in shared)
        self._all = self.per is None and self.take not in ("mean", "max", "min", "sum", "first", "last")
        self.reads = {first: self._start, second: self._end}
        if first is second:
            self.reads = {first: self._both}

    def _start(self, fact: Any, see: See) -> None:
        if self._first(fact, see):
            self.starts[_values(fact, self._keys[0])] = see.now

    def _end(self, fact: Any, see: See) -> None:
        if not self._second(fact, see):
            return
        key = _values(fact, self._keys[1])
        start = self.starts.get(key)
        if start is None:
            return
        if self._once:
            del self.starts[key]
        value = see.now - start
        if self._all:
            self.values[len(self.values)] = value
            return
        bucket = self.bucket(see.now)
        before: Spread | None = self.spreads.get(bucket)
        self.spreads[bucket] = Spread(1, value, value, value, value, value) if before is None else before.add(value)

    def _both(self, fact: Any, see: See) -> None:
        self._end(fact, see)
        self._start(fact, see)

    def series(self, end: int, see: See) -> list[float | None]:
        """The means of the stretches, seconds; a stretch in which no span ended has none."""
        spreads: dict[int, Spread] = dict(self.spreads.ordered())
        last = max(spreads, default=-1)
        means = [spreads[bucket].sum / spreads[bucket].n if bucket in spreads else None for bucket in range(last + 1)]
        return [mean if mean is None else mean / SECOND for mean in means]

    def result(self, end: int, see: See) -> float | int | None:
        """Seconds."""
        if self.per is not None:
            return super().result(end, see)
        if self._all:
            return taken(self.take, [value / SECOND for _, value in self.values.ordered()])
        spread: Spread | None = self.spreads.get(0)
        if spread is None:
            return None
        whole = spread.sum / spread.n if self.take == "mean" else getattr(spread, self.take)
        return float(whole / SECOND)


def _alias(field: str) -> str:
    return "request" if field == "id" else field


def _values(fact: Any, fields: Sequence[str]) -> tuple[Any, ...]:
    return tuple(
        intent(getattr(fact, field)) if field in ("id", "request") else getattr(fact, field) for field in fields
    )


class Ratio(Own):
    """One measure divided by another."""

    def __init__(self, name: str, spec: Any, parts: Mapping[str, Measure]) -> None:
        super().__init__(name, spec)
        assert spec.ratio is not None
        self._names, self._parts, self._whole = spec.ratio, parts, spec.take is None
        if spec.where or spec.per is not None:
            raise ValueError("a ratio takes 'where' and 'per' from the two measures it is made of")
        self.reads = {}

    def check(self) -> None:
        """``ValueError`` unless both measures are there and count over the same stretches."""
        for name in self._names:
            if name not in self._parts:
                raise ValueError(
                    f"measure {self.name!r}: there is no measure {name!r}; possible: {', '.join(self._parts)}"
                )
        pers = {part.per for part in self._pair() if isinstance(part, Own) and not isinstance(part, Ratio)}
        if len(pers) > 1:
            raise ValueError(f"measure {self.name!r}: the two measures must have the same 'per'")

    def _pair(self) -> tuple[Measure, Measure]:
        above, below = self._names
        return self._parts[above], self._parts[below]

    def series(self, end: int, see: See) -> list[float | None]:
        """The ratios, stretch by stretch; none where the second measure is nothing."""
        above, below = (
            part.series(end, see) if isinstance(part, Own) else [part.result(end, see)] for part in self._pair()
        )
        return [_divided(one, other) for one, other in zip(above, below, strict=False)]

    def result(self, end: int, see: See) -> float | int | None:
        """The ratio of the whole, or what ``take`` makes of the stretches."""
        if not self._whole:
            return super().result(end, see)
        above, below = self._pair()
        return _divided(above.result(end, see), below.result(end, see))


def _divided(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None
