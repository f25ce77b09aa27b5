"""Money as integer cents, one currency.

>>> parse_money("20 usd"), parse_money("-0.05 usd")
(2000, -5)
>>> format_money(1999)
'19.99 usd'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, MutableMapping
from fractions import Fraction

#: No amount is larger than this; keeps sums far away from where floating point loses cents.
MOST = 10**15

_AMOUNT = re.compile(r"([+-]?)(\d{1,16})(?:\.(\d{1,2}))? ?usd", re.ASCII)


def parse_money(text: str) -> int:
    """Cents of an amount such as ``"20 usd"`` or ``"-0.05 usd"``; ``ValueError`` says what is possible."""
    found = _AMOUNT.fullmatch(" ".join(text.split()))
    if not found:
        raise ValueError(
            f"{text!r} is not an amount of money; write dollars and at most two decimals, such as '20 usd'"
        )
    sign, dollars, cents = found.groups()
    amount = int(dollars) * 100 + int((cents or "0").ljust(2, "0"))
    if amount > MOST:
        raise ValueError(f"{text!r} is more money than there is; the largest amount is {format_money(MOST)}")
    return -amount if sign == "-" else amount


def format_money(cents: int) -> str:
    """The shortest exact way to write ``cents``, such as ``20 usd`` or ``19.99 usd``."""
    dollars, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    return f"{sign}{dollars}.{rest:02} usd" if rest else f"{sign}{dollars} usd"


def imbalance(lines: Iterable[tuple[str, int]]) -> int:
    """By how many cents an entry of the books, (account, cents) by line, is out of balance; 0 for a good one."""
    return sum(cents for _, cents in lines)


def break_even(fee: int, wins: float) -> int:
    """The amount, cents, above which fighting a dispute pays: fee (1 - w) / w for a share w of wins.

    Accepting costs amount + fee; fighting costs fee + (1 - w) (amount + fee), as a second fee is paid for it that comes
    back on a win. Cut off to whole cents: of whole amounts, those above it are exactly those for which fighting pays.

    >>> [format_money(break_even(1_500, wins)) for wins in (0.45, 0.25, 0.20)]
    ['18.33 usd', '45 usd', '60 usd']
    """
    share = Fraction(str(wins))
    return int(fee * (1 - share) / share)


def cost_of_disputes(amount: int, fee: int, wins: float) -> tuple[Fraction, Fraction]:
    """What a dispute costs a merchant in the mean, cents: (accepted, fought for).

    >>> [[float(cost) / 100 for cost in cost_of_disputes(amount, 1_500, 0.45)] for amount in (10_000, 1_000)]
    [[115.0, 78.25], [25.0, 28.75]]
    """
    loses = 1 - Fraction(str(wins))
    return Fraction(amount + fee), fee + loses * (amount + fee)


class Ledger:
    """Books of double entry, kept in a table from account to cents.

    >>> books = Ledger({})
    >>> books.post((("person:ann", -500), ("provider:p", 500)))
    >>> books.balance("provider:p"), books.total()
    (500, 0)
    """

    __slots__ = ("_table",)

    def __init__(self, table: MutableMapping[str, int]) -> None:
        self._table = table

    def post(self, lines: Iterable[tuple[str, int]]) -> None:
        """Add an entry."""
        for account, cents in lines:
            self._table[account] = self._table.get(account, 0) + cents

    def balance(self, account: str) -> int:
        """What stands on an account, cents."""
        return self._table.get(account, 0)

    def total(self) -> int:
        """The sum of all accounts: nothing, if every entry was balanced."""
        return sum(self._table.values())
