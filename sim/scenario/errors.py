"""What is wrong with a scenario file, and where.

Everything found is collected and reported at once; ``ScenarioError`` is the only exception that reading a scenario
raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

#: So many problems are printed; the rest is counted.
SHOWN = 20


class Problem(NamedTuple):
    """One thing wrong; ``line`` is 0 where there is no text to point at (a flag, a file that is not there)."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        path = f"{self.path}: " if self.path and not self.file.endswith(self.path) else ""
        return f"{place}: {path}{self.message}"


class ScenarioError(Exception):
    """The scenario cannot be used; ``problems`` says why, ``str()`` is ready to print, one problem a line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """``problems`` in the order in which they were found; repetitions are dropped."""
        unique = list(dict.fromkeys(problems))
        self.problems = unique[:SHOWN]
        more = len(unique) - SHOWN
        lines = [str(problem) for problem in self.problems]
        super().__init__("\n".join([*lines, f"… and {more} more"] if more > 0 else lines))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[list[Problem]]]:
        """Sent to another process, it stays whole."""
        return ScenarioError, (self.problems,)


class Wrong(ValueError):
    """A value is not what its place needs; ``inside`` leads from that place to the part that is wrong."""

    def __init__(self, message: str, *inside: str | int) -> None:
        """``message`` says what was found and what is possible."""
        super().__init__(message)
        self.inside = inside


def quote(value: object) -> str:
    """What was found, for a message: as the file has it, and not too long."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, (list, tuple)):
        return "a list"
    text = str(value) if isinstance(value, (int, float)) else repr(value)
    return text if len(text) <= 60 else text[:50] + "…" + text[-5:]


def possible(found: object, words: Iterable[str], none: str = "nothing") -> str:
    """The end of a message: the nearest of ``words`` if one is near, and all of them (the first 40)."""
    from difflib import get_close_matches  # only a wrong file pays for this import

    known = list(words)
    near = get_close_matches(str(found)[:60], known, n=1, cutoff=0.6)
    shown = ", ".join(known[:40]) + (f" and {len(known) - 40} more" if len(known) > 40 else "")
    return (f"did you mean {near[0]!r}? " if near else "") + f"possible: {shown or none}"
