"""Money as integer cents, one currency.

>>> parse_money("20 usd"), parse_money("-0.05 usd")
(2000, -5)
>>> format_money(1999)
'19.99 usd'
"""

from __future__ import annotations

import re

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
