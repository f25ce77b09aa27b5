"""One letter made of what was observed.

**X** an account was taken over or something foreign survived in the scenario as given; **x** only under a condition of
the world; **d** neither, but somebody honest was refused, is locked out at the end, owns two accounts, or has somebody
else's active account under their address; **.** none of it. **?** it could not be observed. A consent alone is no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from sim.experiments.matrix.observing import Explored, Seen

TAKEN, UNDER_CONDITION, HARMED, CLEAN, UNKNOWN = "X", "x", "d", ".", "?"


class Finding(msgspec.Struct, frozen=True):
    """The letter, what showed it (``run``, ``exploration`` or nothing), under which condition, and why in words.

    ``given`` is what runs of the scenario as given came to, ``explored`` every order of it, None where that was not
    asked. ``proven``: every order within the bounds was tried, of the scenario as given and of each condition.
    """

    letter: str
    by: str
    condition: str
    why: str
    given: Seen
    explored: Explored | None = None
    proven: bool = False
    conditions: dict[str, str] = {}
    """What each condition that was looked at came to: ``broken``, or ``unbroken``."""


def find(
    conditions: Sequence[str],
    observe: Callable[[str | None], Seen],
    look: Callable[[str | None], Explored] | None,
) -> Finding:
    """The letter of one cell.

    ``observe`` runs the scenario as given (None) or under a condition, ``look`` explores it; neither is asked for more
    than is needed. Without ``look`` runs alone decide.
    """
    given = observe(None)
    if given.broken:
        return Finding(TAKEN, "run", "", _said(given), given)
    whole = look(None) if look is not None else None
    if whole is not None and whole.broken:
        return Finding(TAKEN, "exploration", "", whole.why, given, whole)
    proven = whole is not None and whole.complete
    looked: dict[str, str] = {}
    for name in conditions:
        seen = observe(name)
        if seen.broken:
            return Finding(
                UNDER_CONDITION, "run", name, _said(seen), given, whole, conditions=looked | {name: "broken"}
            )
        looked[name] = "unbroken"
    for name, explore in ((name, look) for name in conditions if look is not None):
        found = explore(name)
        if found.broken:
            looked[name] = "broken"
            return Finding(UNDER_CONDITION, "exploration", name, found.why, given, whole, conditions=looked)
        proven = proven and found.complete
    if given.price:
        return Finding(HARMED, "run", "", "; ".join(given.price), given, whole, proven, looked)
    return Finding(CLEAN, "", "", "", given, whole, proven, looked)


def _said(seen: Seen) -> str:
    counts = {"accounts taken over": seen.takeovers, "accounts with something foreign": seen.foreign_survivors}
    said = ", ".join(f"{words}: {count}" for words, count in counts.items() if count)
    return f"{said}; {seen.why}" if seen.why else said
