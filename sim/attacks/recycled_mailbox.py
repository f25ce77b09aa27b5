"""Register an address that its holder let lapse, and be taken for the holder.

The same as a domain that is bought, for one address that a mail provider gives out anew.

Threat T08. Yahoo freed addresses that were idle for a year, after thirty days of bounces ([EVG]_); of 259 recycled
phone numbers 171 were still tied to accounts ([KREB]_). Ids of weaknesses and techniques are our mapping (assumed).

.. [EVG] https://evergreencomputing.com/blog/yahoo-email-recycling-the-good-the-bad-and-the-ugly/
.. [KREB] https://krebsonsecurity.com/2021/05/recycle-your-phone-sure-but-maybe-not-your-number/
"""

from __future__ import annotations

from sim.attacks import _reowned

NEEDS = ("mailbox",)
AIMS = ("token_only_for_owner",)
FIRST_DESCRIBED = "Yahoo's recycling of addresses, 2013"
WEAKNESSES = ("CWE-672",)
TECHNIQUES = ()

start, tick, answered = _reowned.start, _reowned.tick, _reowned.answered
