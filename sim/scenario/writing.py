"""Plain values as the text of a scenario file: ``load`` reads back what ``write`` wrote.

>>> print(write({"title": "a: b", "people": {"ann": {}}, "story": [{"at": "1 d", "who": "ann"}]}), end="")
title: "a: b"
people:
  ann: {}
story:
  - {at: 1 d, who: ann}
"""

from __future__ import annotations

import json
import re
from typing import Any

from sim.scenario.nodes import scalar

_PLAIN = re.compile(r"[A-Za-z0-9_+][\w ./@+>()%-]*", re.ASCII)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]")
#: a map that fits in a line of this length is written in one
_WIDTH = 110


def write(values: dict[str, Any]) -> str:
    """A YAML text; ``values`` as ``Scenario.resolved`` gives them."""
    return "".join(f"{line}\n" for line in _block(values, ""))


def _block(values: dict[str, Any], indent: str) -> list[str]:
    lines = []
    for key, value in values.items():
        start = f"{indent}{_text(key)}:"
        inline = f"{start} {_inline(value)}"
        # Top-level maps and stories are read line by line; what is inside them stays in one line where it fits.
        long = len(inline) > _WIDTH
        spread = bool(value) and (not indent or long)
        if isinstance(value, dict) and spread:
            lines += [start, *_block(value, indent + "  ")]
        elif isinstance(value, list) and spread and (long or any(isinstance(one, (dict, list)) for one in value)):
            lines += [start, *(f"{indent}  - {_inline(one)}" for one in value)]
        else:
            lines.append(inline)
    return lines


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {_inline(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_inline(inner) for inner in value) + "]"
    if isinstance(value, str):
        return _text(value)
    return json.dumps(value)


def _text(text: str) -> str:
    """``text`` as it is where YAML would read it so, in quotes otherwise."""
    if _PLAIN.fullmatch(text) and not text.endswith(" ") and scalar(text) == text:
        return text
    escaped = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: _escape(found[0]), escaped)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
