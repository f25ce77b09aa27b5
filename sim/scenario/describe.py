"""The language as tables, for ``sim list``: fields, presets, verbs, time words, sources. Generated from the models."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from sim.scenario.kinds import Kind
from sim.scenario.later import NOT_YET, field_is_later
from sim.scenario.later import VERBS as LATER_VERBS
from sim.scenario.like import preset, presets
from sim.scenario.models import Link, Orchestrator, Part, People, Provider
from sim.scenario.paths import fields_of, item_of, kind_of
from sim.scenario.questions import Bounds, Head
from sim.scenario.resolved import show_part
from sim.scenario.sources import SOURCES
from sim.scenario.verbs import LOOT, NOBODY, TIME_WORDS, VERBS

#: What ``sim list`` may be asked about, and where its fields are.
BLOCKS: dict[str, tuple[str, type[Part]]] = {
    "person": ("people", People),
    "orchestrator": ("orchestrators", Orchestrator),
    "provider": ("providers", Provider),
    "network": ("network", Link),
    "file": ("", Head),
    "explore": ("explore", Bounds),
}


#: fields whose default is no value
_NO_DEFAULT: dict[tuple[type[Part], str], str] = {
    (Head, "title"): "required",
    (Head, "until"): "required",
    (People, "uses"): "first orchestrator",
}


class FieldRow(NamedTuple):
    """One field of the language."""

    field: str
    type: str
    default: str
    meaning: str
    mark: str
    source: str


class PresetRow(NamedTuple):
    """One value that a preset sets; ``about`` says what the preset is."""

    preset: str
    section: str
    field: str
    value: str
    mark: str
    source: str
    about: str


class VerbRow(NamedTuple):
    """One verb."""

    verb: str
    object: str
    options: str
    who: str
    meaning: str


class WordRow(NamedTuple):
    """A word with what belongs to it and what it means."""

    word: str
    options: str
    meaning: str


def block_names() -> tuple[str, ...]:
    """What ``block_rows`` can tell about."""
    return tuple(BLOCKS)


def block_rows(name: str) -> list[FieldRow]:
    """Every field of a block, parts of parts included; ``LookupError`` says which blocks there are.

    ``name`` may be singular or plural.
    """
    for singular, (section, model) in BLOCKS.items():
        if name in (singular, section) and name:
            return _rows(model, section, "")
    raise LookupError(f"there is no block {name!r}; possible is {', '.join(BLOCKS)}")


def _rows(model: type[Part], section: str, before: str) -> list[FieldRow]:
    rows = []
    defaults = show_part(model.model_construct())
    for name in fields_of(model):
        info, kind = model.model_fields[name], kind_of(model, name)
        if not isinstance(kind, Kind):
            rows += _rows(kind, section, f"{before}{name}.")
            continue
        extra: Any = info.json_schema_extra
        item = item_of(model, name)
        says = f"list of {{{', '.join(fields_of(item))}}}" if item else kind.says
        later = f" ({NOT_YET})" if field_is_later(section, f"{before}{name}".partition(".")[0]) else ""
        default = _NO_DEFAULT.get((model, name)) or _text(defaults[name])
        rows.append(
            FieldRow(f"{before}{name}", says, default, f"{info.description}{later}", extra["mark"], extra["source"])
        )
    return rows


def _text(value: Any) -> str:
    """A default as it would be written in a file."""
    if value is None or value == "":
        return "-"
    if value is True or value is False:
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False).replace('"', "")


def preset_rows() -> list[PresetRow]:
    """Every value of every preset."""
    rows = []
    for name in presets():
        given = preset(name)
        for field, (mark, source) in given.cites.items():
            node = given.values.at(*_parts(field))
            rows.append(PresetRow(name, given.section, field, _text(_value(node)), mark, source, given.about))
    return rows


def _parts(field: str) -> list[str]:
    head, _, rest = field.partition(".")
    return [head, rest] if rest else [head]


def _value(node: Any) -> Any:
    from sim.scenario.nodes import plain

    return plain(node)


def verb_rows() -> list[VerbRow]:
    """Every verb."""
    rows = []
    for name, verb in VERBS.items():
        later = f" ({NOT_YET})" if name in LATER_VERBS else ""
        what = "session, tokens, …" if verb.object == "loot" else verb.object
        options = ", ".join(f"{option} (needed)" if option in verb.needs else option for option in verb.options)
        rows.append(VerbRow(name, what, options, "-" if verb.who == NOBODY else verb.who, f"{verb.doc}{later}"))
    return rows


def time_word_rows() -> list[WordRow]:
    """The time words."""
    return [WordRow(word, ", ".join(options), meaning) for word, (options, meaning) in TIME_WORDS.items()]


def loot_rows() -> list[WordRow]:
    """What can be stolen, and of whom."""
    return [WordRow(word, ", ".join(sections), meaning) for word, (sections, meaning) in LOOT.items()]


def editor_schema() -> str:
    """The text of the JSON Schema by which an editor checks scenario files."""
    from sim.scenario.schema import text

    return text()


def source_rows() -> list[WordRow]:
    """Source keys with their addresses."""
    return [WordRow(key, "", address) for key, address in SOURCES.items()]
