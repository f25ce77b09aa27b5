"""What each threat was expected to come to, from the one data file that says so (``expected.yaml``)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

_FILE = Path(__file__).with_name("expected.yaml")
#: In a row of expected letters: comes out like every other cell of the row that is marked so.
ALIKE = "="
Letter = Literal["X", "x", "d", ".", "="]


class Amount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A measure that is compared as a number: ``is_`` one for each policy, ``=`` where all should be alike.

    Empty: it is shown, and nothing was expected of it.
    """

    measure: str
    is_: str | tuple[float, ...] = msgspec.field(name="is", default=ALIKE)
    why: str = ""


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is expected of one threat, and which of its file's variants are conditions of the world."""

    letters: str = ""
    why: str = ""
    cites: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    amount: Amount | None = None
    providers: tuple[str, ...] = ()
    """The blocks whose answers are asked; none: those whose name begins with ``cloud``, else all."""


class Correction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What comes out in place of what was expected, a letter or a number, and why that is right."""

    threats: tuple[str, ...]
    policies: tuple[str, ...]
    why: str
    letter: Letter | None = None
    amount: float | None = None


class Expectations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The data file; at most one correction for a threat and a policy."""

    policies: tuple[str, ...]
    rows: dict[str, Row]
    corrections: tuple[Correction, ...]
    sources: dict[str, str]

    def row(self, key: str) -> Row:
        """What is said of a threat, or of its number where nothing is said of its file; empty if neither."""
        return self.rows.get(key) or self.rows.get(key.partition("_")[0]) or Row()

    def letter(self, key: str, policy: str) -> str | None:
        """The letter expected, None where nothing is."""
        letters = self.row(key).letters.split()
        return letters[self.policies.index(policy)] if letters and policy in self.policies else None

    def correction(self, key: str, policy: str) -> Correction | None:
        """What replaces it, if anything does."""
        names = {key, key.partition("_")[0]}
        mine = [one for one in self.corrections if policy in one.policies and names & set(one.threats)]
        return mine[0] if mine else None

    def amount(self, key: str, policy: str) -> float | str | None:
        """The number expected, ``=`` where it should be that of every other policy, None where nothing is."""
        amount = self.row(key).amount
        if amount is None or policy not in self.policies:
            return None
        if isinstance(amount.is_, str):
            return amount.is_ or None
        return amount.is_[self.policies.index(policy)]


@cache
def expectations() -> Expectations:
    """The data file that comes with the code."""
    return read(_FILE.read_text("utf-8"))


def read(text: str) -> Expectations:
    """Expectations from a text; ``msgspec.ValidationError`` where it is none, ``ValueError`` where it is no table."""
    import yaml

    data: Any = yaml.safe_load(text)
    found = msgspec.convert(data, Expectations)
    _check_corrections(found)
    for key, row in found.rows.items():
        letters = row.letters.split()
        if letters and (len(letters) != len(found.policies) or set(letters) - set("Xxd.=")):
            raise ValueError(
                f"{key}: {row.letters!r} is not one of X x d . = for each of {len(found.policies)} policies"
            )
        if row.amount and not isinstance(row.amount.is_, str) and len(row.amount.is_) != len(found.policies):
            raise ValueError(f"{key}: {len(row.amount.is_)} amounts for {len(found.policies)} policies")
        unknown = [cite for cite in row.cites if cite not in found.sources]
        if unknown:
            raise ValueError(f"{key}: cites {', '.join(unknown)}, of which no address is given")
    return found


def _check_corrections(found: Expectations) -> None:
    pairs = [(threat, policy) for one in found.corrections for threat in one.threats for policy in one.policies]
    for threat, policy in pairs:
        if threat not in found.rows or policy not in found.policies:
            raise ValueError(f"{threat}:{policy} is corrected, and no cell of the table")
        if pairs.count((threat, policy)) > 1:
            raise ValueError(f"{threat}:{policy} is corrected twice")
