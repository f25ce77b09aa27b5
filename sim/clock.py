"""Time as integer microseconds, and durations as data.

Rules of this room: a time or a duration is an ``int`` of microseconds; nothing here reads a real clock
or draws a random number. A duration that is uncertain is a distribution: it says what values it may take
(``least`` … ``most``) and which value belongs to a quantile ``u`` in (0, 1); who picks ``u`` is not its concern.

>>> parse_duration("10 min").quantile(0.5)
600000000
>>> str(parse_duration("lognormal 5 s p99 900 s"))
'lognormal 5 s p99 15 min'
"""

from __future__ import annotations

import calendar
import math
import re
import statistics
from collections.abc import Callable
from statistics import NormalDist

import msgspec

US, MS, SECOND = 1, 1_000, 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3_600 * SECOND, 86_400 * SECOND
UNITS = {"us": US, "ms": MS, "s": SECOND, "min": MINUTE, "h": HOUR, "d": DAY}

#: A story begins with this calendar month, in UTC (assumed).
FIRST_YEAR = 2026

#: Later than anything that happens; the largest time there is.
NEVER = 1 << 62

_normal = NormalDist().inv_cdf
_normal_cdf = NormalDist().cdf
#: the function behind ``NormalDist.inv_cdf``, without the method call around it
_fast_normal: Callable[[float, float, float], float] = statistics._normal_dist_inv_cdf  # type: ignore[attr-defined]
#: the 99 % quantile of the standard normal distribution
Z99 = _normal(0.99)


class Constant(msgspec.Struct, frozen=True, gc=False, tag="constant"):
    """Exactly ``us`` microseconds. ``NEVER`` is written ``never``; negative only where a clock offset is meant."""

    us: int

    @property
    def least(self) -> int:
        """Shortest possible value, microseconds."""
        return self.us

    @property
    def most(self) -> int:
        """Longest possible value, microseconds."""
        return self.us

    def quantile(self, u: float) -> int:
        """Value at quantile ``u`` in (0, 1), microseconds."""
        return self.us

    def __str__(self) -> str:
        return format_duration(self.us)


class Exponential(msgspec.Struct, frozen=True, gc=False, tag="exponential"):
    """Memoryless, with the given mean in microseconds; no upper end."""

    mean: int

    @property
    def least(self) -> int:
        """Shortest possible value, microseconds."""
        return 0

    @property
    def most(self) -> int:
        """Longest possible value: none."""
        return NEVER

    def quantile(self, u: float) -> int:
        """Value at quantile ``u`` in (0, 1), microseconds."""
        return min(int(-self.mean * math.log1p(-u)), NEVER)

    def __str__(self) -> str:
        return f"exponential {format_duration(self.mean)}"


class Uniform(msgspec.Struct, frozen=True, gc=False, tag="uniform"):
    """Anything from ``low`` to ``high`` microseconds, equally likely."""

    low: int
    high: int

    @property
    def least(self) -> int:
        """Shortest possible value, microseconds."""
        return self.low

    @property
    def most(self) -> int:
        """Longest possible value, microseconds."""
        return self.high

    def quantile(self, u: float) -> int:
        """Value at quantile ``u`` in (0, 1), microseconds."""
        return self.low + int(u * (self.high - self.low))

    def __str__(self) -> str:
        return f"uniform {format_duration(self.low)} to {format_duration(self.high)}"


class Normal(msgspec.Struct, frozen=True, gc=False, tag="normal"):
    """Normal with mean and standard deviation in microseconds; meant for clock offsets, which may be negative."""

    mean: int
    sd: int

    @property
    def least(self) -> int:
        """Shortest possible value: unbounded below (only a clock offset may use it)."""
        return -NEVER

    @property
    def most(self) -> int:
        """Longest possible value: none."""
        return NEVER

    def quantile(self, u: float) -> int:
        """Value at quantile ``u`` in (0, 1), microseconds."""
        return round(self.mean + self.sd * _normal(u))

    def __str__(self) -> str:
        return f"normal {format_duration(self.mean)} sd {format_duration(self.sd)}"


class Lognormal(msgspec.Struct, frozen=True, gc=False, tag="lognormal"):
    """Lognormal given by its median and its 99 % quantile, both in microseconds."""

    median: int
    p99: int

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm."""
        return math.log(self.p99 / self.median) / Z99

    @property
    def least(self) -> int:
        """Shortest possible value, microseconds."""
        return 0

    @property
    def most(self) -> int:
        """Longest possible value: none."""
        return NEVER

    def quantile(self, u: float) -> int:
        """Value at quantile ``u`` in (0, 1), microseconds."""
        return min(int(self.median * math.exp(self.sigma * _normal(u))), NEVER)

    def __str__(self) -> str:
        return f"lognormal {format_duration(self.median)} p99 {format_duration(self.p99)}"


def month_length(month: int) -> int:
    """Length of the calendar month number ``month``, microseconds; month 0 is January 2026, UTC.

    >>> [month_length(month) // DAY for month in (0, 1, 11, 25)]
    [31, 28, 31, 29]
    """
    year, number = divmod(month, 12)
    return calendar.monthrange(FIRST_YEAR + year, number + 1)[1] * DAY


def month_start(month: int) -> int:
    """When the calendar month number ``month`` begins, microseconds from the beginning of the story.

    >>> month_start(2) // DAY
    59
    """
    return sum(month_length(before) for before in range(month))


Duration = Constant | Exponential | Uniform | Normal | Lognormal


def share_below(duration: Duration, bound: int) -> float:
    """Probability that ``duration`` is at most ``bound`` microseconds."""
    match duration:
        case Constant(us):
            return 1.0 if us <= bound else 0.0
        case Exponential(mean):
            return -math.expm1(-bound / mean) if bound > 0 else 0.0
        case Uniform(low, high):
            return min(1.0, max(0.0, (bound - low) / (high - low))) if high > low else float(low <= bound)
        case Normal(mean, sd):
            return _normal_cdf((bound - mean) / sd) if sd else float(mean <= bound)
        case Lognormal(median, p99) if p99 > median:
            return _normal_cdf(math.log(bound / median) / duration.sigma) if bound > 0 else 0.0
        case Lognormal(median):
            return float(median <= bound)


def sampler(duration: Duration, share: float = 1.0) -> Callable[[float], int]:
    """``duration.quantile`` with everything that does not depend on ``u`` worked out beforehand: for hot paths.

    With ``share``, of the duration cut off above its quantile ``share``. Values beyond ``NEVER`` are not cut to it; a
    message has a bound of its own.
    """
    if isinstance(duration, Lognormal):
        median, sigma, exp, normal = float(duration.median), duration.sigma, math.exp, _fast_normal
        return lambda u: int(median * exp(sigma * normal(u * share, 0.0, 1.0)))
    quantile = duration.quantile
    return quantile if share == 1.0 else lambda u: quantile(u * share)


_PLAIN = re.compile(r"([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([a-z]+)", re.ASCII)
_AMOUNT = r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?\s*(?:us|ms|s|min|h|d)"
_FORMS: tuple[tuple[re.Pattern[str], Callable[..., Duration]], ...] = tuple(
    (re.compile(form, re.ASCII), make)
    for form, make in (
        (rf"({_AMOUNT})", Constant),
        (rf"exponential\s+({_AMOUNT})", Exponential),
        (rf"uniform\s+({_AMOUNT})\s+to\s+({_AMOUNT})", Uniform),
        (rf"normal\s+({_AMOUNT})\s+sd\s+({_AMOUNT})", Normal),
        (rf"lognormal\s+({_AMOUNT})\s+p99\s+({_AMOUNT})", Lognormal),
    )
)
FORMS = "a time such as '10 min' (us ms s min h d), 'exponential 2 h', 'uniform 1 h to 2 h', 'normal 0 s sd 60 s', \
'lognormal 5 s p99 900 s' or 'never'"


def parse_time(text: str) -> int:
    """Microseconds of a plain amount such as ``"1.5 h"`` or ``"+90 s"``; ``ValueError`` says what is possible."""
    found = _PLAIN.fullmatch(text.strip())
    if not found or found[2] not in UNITS:
        raise ValueError(f"{text!r} is not a time; write a number and one of us ms s min h d, such as '10 min'")
    us: float | int = float(found[1]) * UNITS[found[2]]
    if abs(us) <= NEVER and found[1].lstrip("+-").isdecimal():
        us = int(found[1]) * UNITS[found[2]]  # exact where floating point has no microseconds left
    if not abs(us) < NEVER:
        raise ValueError(f"{text!r} is longer than any time there is; write 'never' where that is meant")
    return round(us)


def parse_duration(text: str, *, may_be_negative: bool = False) -> Duration:
    """The distribution written in ``text``; ``ValueError`` says what was found and what is possible.

    ``may_be_negative`` is for clock offsets, the only place where a time before now makes sense.
    """
    text = " ".join(text.split())
    if text == "never":
        return Constant(NEVER)
    for pattern, make in _FORMS:
        if found := pattern.fullmatch(text):
            duration = make(*map(parse_time, found.groups()))
            _check(duration, text, may_be_negative)
            return duration
    raise ValueError(f"{text!r} is not a duration; possible is {FORMS}")


def _check(duration: Duration, text: str, may_be_negative: bool) -> None:
    """Refuse parameters that no distribution has."""
    match duration:
        case Uniform(low, high) if high < low:
            raise ValueError(f"{text!r} is reversed: the first time must not be above the second")
        case Lognormal(median, p99) if median <= 0 or p99 < median:
            raise ValueError(f"{text!r}: the median must be above 0 and the 99 % value not below it")
        case Normal(_, sd) if sd < 0:
            raise ValueError(f"{text!r}: a standard deviation is not negative")
        case Exponential(mean) if mean <= 0:
            raise ValueError(f"{text!r}: the mean must be above 0")
    if may_be_negative:
        return
    if isinstance(duration, Normal):
        raise ValueError(f"{text!r}: a normal duration may come out negative; use lognormal (normal is for clocks)")
    if duration.least < 0:
        raise ValueError(f"{text!r} is negative; a duration is 0 or more")


def format_duration(us: int) -> str:
    """The shortest exact way to write ``us`` in one unit, such as ``10 min``; ``never`` for ``NEVER``."""
    if us >= NEVER:
        return "never"
    for unit, size in reversed(UNITS.items()):
        if us and us % size == 0:
            return f"{us // size} {unit}"
    return "0 s"


def format_time(us: int) -> str:
    """A point in time for people, such as ``2 d 03:00:01.250``."""
    days, rest = divmod(us, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, rest = divmod(rest, SECOND)
    text = f"{hours:02}:{minutes:02}:{seconds:02}.{rest // MS:03}"
    return f"{days} d {text}" if days else text
