"""The card networks' programmes for merchants with too many disputes, with their boundaries.

* Visa (VAMP, [CKO]_): (fraud reports TC40 + disputes TC15, fraud and other) / settled charges of the month. A merchant
  is *excessive* from 2.20 % as of June 2025 and from 1.50 % as of April 2026, if there are more than 1,500 items; some
  pages say 1,500 or more, so that is a switch. A fraud that is reported and disputed counts twice.
* Mastercard (rules as commonly reported, not read in their original): *excessive* (ECM) from 100 chargebacks and
  1.50 %, *high excessive* (HECM) from 300 and 3.00 %.

All arithmetic is in integers: a ratio is compared in hundredths of a per cent, without rounding.

.. [CKO] https://support.checkout.com/hc/en-us/articles/26990138066450-Update-to-the-Visa-Acquirer-Monitoring-Program-VAMP
"""

from __future__ import annotations

from sim.clock import month_start

#: (first calendar month, counted from January 2026; least ratio in hundredths of a per cent)
VAMP_RATIO = ((-7, 220), (3, 150))
#: More items than this.
VAMP_COUNT = 1_500
#: (word, least number of chargebacks, least ratio in hundredths of a per cent), strictest first
MASTERCARD = (("hecm", 300, 300), ("ecm", 100, 150))


def reaches(items: int, settled: int, ratio: int) -> bool:
    """Whether ``items`` of ``settled`` are at least ``ratio`` hundredths of a per cent.

    >>> reaches(1_500, 100_000, 150), reaches(1_499, 100_000, 150), reaches(1, 0, 150)
    (True, False, True)
    """
    return items > 0 and items * 10_000 >= ratio * settled


def vamp(
    fraud_reports: int, fraud_disputes: int, other_disputes: int, settled: int, month: int, *, or_more: bool
) -> bool:
    """Whether a merchant is excessive in the Visa programme in a calendar month (0: January 2026).

    ``or_more``: 1,500 items are enough, instead of more than that.

    >>> vamp(0, 0, 1_500, 100_000, 3, or_more=False), vamp(0, 0, 1_501, 100_000, 3, or_more=False)
    (False, True)
    """
    items = fraud_reports + fraud_disputes + other_disputes
    least = next((ratio for first, ratio in reversed(VAMP_RATIO) if month >= first), None)
    if least is None or items < VAMP_COUNT or (items == VAMP_COUNT and not or_more):
        return False
    return reaches(items, settled, least)


def mastercard(chargebacks: int, charges: int) -> str:
    """In which Mastercard programme a merchant is for a month: ``hecm``, ``ecm``, or empty.

    >>> mastercard(99, 1_000), mastercard(100, 6_666), mastercard(100, 6_667), mastercard(300, 10_000)
    ('', 'ecm', '', 'hecm')
    """
    for word, count, ratio in MASTERCARD:
        if chargebacks >= count and reaches(chargebacks, charges, ratio):
            return word
    return ""


def month_at(time: int) -> int:
    """The calendar month, in UTC, that ``time`` (microseconds from the beginning of 2026) lies in."""
    month = 0
    while month_start(month + 1) <= time:
        month += 1
    return month
