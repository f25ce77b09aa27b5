"""The JSON Schema of scenario files, for editors; made from the models and the table of verbs.

An editor's check is looser than ``load``: it knows the shape of the file and the words, not which parties exist.
``python -m sim.scenario.schema FILE`` writes it.
"""

from __future__ import annotations

import json
from typing import Any

from sim.scenario import kinds
from sim.scenario.kinds import Kind, Schema, one_or_list
from sim.scenario.models import SECTIONS, Link, Part
from sim.scenario.paths import fields_of, item_of, kind_of
from sim.scenario.questions import ANSWER_SCHEMA, MEASURE_SCHEMA, Head
from sim.scenario.resolved import show_part
from sim.scenario.values import NAME
from sim.scenario.verbs import DEEDS, LOOT, NOBODY, TIME_WORDS, VERBS
from sim.scenario.worldkinds import BUDGET

_NAME: Schema = {"type": "string", "pattern": f"^{NAME.pattern}$"}
_TEXT: Schema = {"type": "string"}
_DELETED: Schema = {"type": "null"}


#: The three forms of ``vary``.
_VARIED: Schema = {
    "anyOf": [
        {"type": "array", "minItems": 1},
        {
            "type": "object",
            "propertyNames": {"pattern": f"^{NAME.pattern}$"},
            "additionalProperties": {"type": ["object", "null"]},
            "minProperties": 1,
        },
        {"type": "string", "pattern": "^\\s*(uniform|loguniform|whole)\\s.+\\sto\\s"},
        {"type": "null"},
    ]
}


def schema() -> dict[str, Any]:
    """The schema, draft 2020-12."""
    answers: Schema = {"type": "object", "additionalProperties": _ref("answer")}
    properties = _properties(Head) | {name: _map_of(_ref(name), f"{name} by name") for name in SECTIONS}
    properties |= {
        "network": _network(),
        "story": {"type": "array", "description": "what happens, in order", "items": _ref("step")},
        "expect": answers | {"description": "answer by property or measure"},
        "measures": _map_of(_ref("measure"), "measures of the file's own"),
        "variants": _map_of(_variant(), "named overrides"),
        "vary": {
            "type": "object",
            "description": "values by path, named levels of a factor, or distributions over a parameter; crossed",
            "additionalProperties": _VARIED,
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of trust-triangle",
        **_object(properties),
        "$defs": {section: _or_deleted(_object(_properties(model))) for section, model in SECTIONS.items()}
        | {"step": _step(), "answer": ANSWER_SCHEMA, "measure": MEASURE_SCHEMA},
    }


def text() -> str:
    """The schema as the text of its file."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _object(properties: dict[str, Schema]) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _map_of(one: Schema, doc: str) -> Schema:
    return {
        "type": "object",
        "description": doc,
        "propertyNames": {"pattern": f"^{NAME.pattern}$"},
        "additionalProperties": one,
    }


def _or_deleted(one: Schema) -> Schema:
    return {"anyOf": [one, _DELETED]}


def _properties(model: type[Part]) -> dict[str, Schema]:
    """One schema a field, with its meaning and its default."""
    defaults = show_part(model.model_construct())
    found = {}
    for name in fields_of(model):
        kind, item = kind_of(model, name), item_of(model, name)
        if item is not None:
            one: Schema = {"type": "array", "items": _object(_properties(item))}
        else:
            one = kind.schema if isinstance(kind, Kind) else _object(_properties(kind))
        described = {"description": model.model_fields[name].description or ""}
        if defaults[name] not in (None, "", {}) and isinstance(kind, Kind):
            described["default"] = defaults[name]
        found[name] = {**described, **_or_deleted(one)}
    return found


def _network() -> Schema:
    link = _properties(Link)
    arrows = {r"^\w+->\w+$": _or_deleted(_object(link))}
    return _or_deleted(
        _object(link) | {"patternProperties": arrows, "description": "all links, and by a->b one of them"}
    )


def _variant() -> Schema:
    return _object(
        {
            "why": _TEXT,
            "set": {"type": "object", "description": "value by path"},
            "expect": {"type": "object", "additionalProperties": _ref("answer")},
        }
    )


_OPTIONS: dict[str, Schema] = {
    "at": kinds.DURATION_SCHEMA,
    "every": kinds.DURATION_SCHEMA,
    "after": _NAME,
    "may": {"type": "integer", "minimum": 1},
    "from": kinds.TIME_SCHEMA,
    "until": kinds.TIME_SCHEMA,
    "times": {"type": "integer", "minimum": 1},
    "wait": kinds.DURATION_SCHEMA,
    "who": one_or_list(_TEXT),
    "via": _TEXT,
    "as": _TEXT,
    "amount": kinds.MONEY_SCHEMA,
    "name": _TEXT,
    "text": _TEXT,
    "environment": {"enum": ["prod", "dev"]},
    "to": _TEXT,
    "of": _TEXT,
    "against": one_or_list(_TEXT),
    "does": {"enum": list(DEEDS)},
    "kind": one_or_list(_TEXT),
    "rate": kinds.DURATION_SCHEMA,
    "for": kinds.DURATION_SCHEMA,
    "budget": BUDGET.schema,
}
_OBJECTS: dict[str, Schema] = {
    "service": {"type": "string", "pattern": r"^(any )?\w+/[^ ]+$"},
    "money": kinds.MONEY_SCHEMA,
    "loot": {"enum": list(LOOT)},
    "channel": {"type": "string", "pattern": "->"},
    "values": {"type": "object"},
}


def _step() -> Schema:
    """A step: exactly one time word, exactly one verb, and the options that belong to them."""
    properties = {"id": _NAME} | {word: _OPTIONS[word] | {"description": doc} for word, (_, doc) in TIME_WORDS.items()}
    properties |= {name: _OBJECTS.get(verb.object, _TEXT) | {"description": verb.doc} for name, verb in VERBS.items()}
    properties |= {name: one for name, one in _OPTIONS.items() if name not in TIME_WORDS}
    return _object(properties) | {
        "allOf": [
            {"oneOf": [{"required": [word]} for word in TIME_WORDS]},
            {"oneOf": [_verb(name) for name in VERBS]},
        ]
    }


def _verb(name: str) -> Schema:
    verb = VERBS[name]
    needed = [name, *verb.needs, *([] if verb.who == NOBODY else ["who"])]
    return {"required": needed} if len(needed) > 1 else {"required": [name]}


if __name__ == "__main__":
    import sys
    from pathlib import Path

    Path(sys.argv[1]).write_text(text(), encoding="utf-8")
