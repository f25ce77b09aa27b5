"""What the language has and the engines do not simulate yet.

One table, so that taking a line out of it is all that is needed once an engine can do it. A file that mentions any of
this is refused; a preset's value for such a field is not applied.
"""

from __future__ import annotations

NOT_YET = "is not simulated yet"

#: by section, fields of a block
FIELDS: dict[str, frozenset[str]] = {}
#: fields of the table above that may be mentioned with this value, which changes nothing
HARMLESS: dict[tuple[str, str], object] = {}

VERBS: frozenset[str] = frozenset()
LOOT: frozenset[str] = frozenset()


def field_is_later(section: str, name: str) -> bool:
    """Whether no engine simulates that field of a block yet."""
    return name in FIELDS.get(section, ())
