"""The scenario file in tables: its fields, the parts of each, the grammar of a step, with examples out of the stories.

What a field means stands in the models and in ``scenario.meanings``; an example is cut out of the shortest shipped
story that has one, so that none can grow old.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from sim.views.lists import Listing

#: fields that ask something of the story; the rest of the head says what it is
_QUESTIONS = ("expect", "measures", "variants", "vary", "design", "runs", "level", "explore", "order")
_COLUMNS = ("field", "form", "default", "meaning", "more")
_PART = ("part", "form", "meaning")
#: an example has so many lines at most
_LINES = 12
#: and one line of it is no longer with the name of its file
_WIDE = 76


def language() -> Listing:
    """Every field that may stand at the top of a file: what it says, its world, its story, its questions."""
    rows = _fields()
    world = _world()
    head = [name for name in rows if name not in (*_QUESTIONS, *world, "story")]
    groups = (("World", world), ("Story", ("story",)), ("Questions", _QUESTIONS))
    sections = tuple(Listing(title, _COLUMNS, [rows[name] for name in names]) for title, names in groups)
    note = "A name is a letter, then letters, digits and _; a path is names joined by dots; null takes something away."
    return Listing("Fields of a scenario file", _COLUMNS, [rows[name] for name in head], note, sections)


def _world() -> tuple[str, ...]:
    from sim.scenario.models import SECTIONS

    return (*SECTIONS, "network")


@cache
def _fields() -> dict[str, tuple[str, ...]]:
    """One row for each field of a file, in the order of the language."""
    from sim.scenario.describe import block_rows
    from sim.scenario.paths import TOP_KEYS

    head = {row.field: row for row in block_rows("file")}
    described = _described()
    forms = {"network": "{field: value, a->b: {…}}", "story": "[step, step, …]", "expect": "{name: answer}"}
    forms |= {"variants": "{name: {why, set, expect}}", "vary": "{path or name: levels}", "explore": "{bound: value}"}
    forms |= {"measures": "{name: {…}}"}
    found: dict[str, tuple[str, ...]] = {}
    for name in TOP_KEYS:
        row = head.get(name)
        form = row.type if row is not None else forms.get(name, "{name: {field: value}}")
        default, meaning = (row.default, row.meaning) if row is not None else ("-", described[name])
        found[name] = (name, form, default, meaning, f"sim list {name}")
    return found


@cache
def _described() -> dict[str, str]:
    """What the schema says of each field; of the sections of the world, whose model says it."""
    from sim.scenario.models import SECTIONS
    from sim.scenario.schema import schema

    found: dict[str, Any] = schema()["properties"]
    told = {name: str(one.get("description") or one["anyOf"][0].get("description", "")) for name, one in found.items()}
    return told | {name: f"by name: {_first_words(model)}" for name, model in SECTIONS.items()}


def _first_words(model: type) -> str:
    words = " ".join((model.__doc__ or "").partition("\n\n")[0].split()).rstrip(".")
    return words[:1].lower() + words[1:]


# --- one field --------------------------------------------------------------------------------------------------------


def field(name: str) -> Listing | None:
    """A field of a file at length: its parts and an example; None where there is no such field."""
    from sim.scenario.grid import FORMS
    from sim.scenario.meanings import PARTS

    if name not in _fields():
        return None
    parts = [(part.strip(), *said) for part, said in PARTS.get(name, {}).items()]
    sections = (Listing(f"Parts of {name}", _PART, parts),) if parts else ()
    row = _fields()[name][:-1]
    note = f"Each entry is {FORMS}." if name == "vary" else ""
    return Listing(f"The field {name}", _COLUMNS[:-1], [row], note, sections, example(name))


def story() -> Listing:
    """The grammar of a step: its time words, verbs and options."""
    from sim.scenario.describe import time_word_rows, verb_rows
    from sim.scenario.meanings import STEP

    times = [(row.word, row.options, row.meaning) for row in time_word_rows()]
    verbs = [(row.verb, row.object, row.options, row.meaning) for row in verb_rows()]
    options = [(key, *said) for key, said in STEP.items()]
    sections = (
        Listing("Time words, exactly one", ("word", "options", "meaning"), times),
        Listing("Verbs, exactly one", ("verb", "object", "options", "meaning"), verbs),
        Listing("Options, in any order", ("option", "form", "meaning"), options),
    )
    rows = [("a step", "{id, TIME WORD: when, who, VERB: object, options}", _described()["story"])]
    note = "One of these words at length: sim list intercept, sim list every, sim list via."
    return Listing("The story is a list of steps", ("what", "form", "meaning"), rows, note, sections, example("story"))


def word(name: str) -> Listing | None:
    """A word of a step at length: a time word, a verb with its options, or an option; None where it is none."""
    from sim.scenario.describe import loot_rows, time_word_rows, verb_rows
    from sim.scenario.meanings import STEP
    from sim.scenario.verbs import TIME_WORDS, VERBS

    if name in TIME_WORDS:
        row = next(row for row in time_word_rows() if row.word == name)
        options = [(key, *STEP[key]) for key in TIME_WORDS[name][0]]
        own = (Listing(f"Options of {name}", _PART, options),) if options else ()
        cells = [(row.word, row.meaning)]
        return Listing(f"The time word {name}", ("word", "meaning"), cells, sections=own, example=step_with(name))
    if name in VERBS:
        verb = next(row for row in verb_rows() if row.verb == name)
        keys = [*(["who"] if verb.who != "-" else []), *VERBS[name].options]
        options = [(key, *STEP[key]) for key in keys]
        below: tuple[Listing, ...] = (Listing(f"Options of {name}", _PART, options),) if options else ()
        if VERBS[name].object == "loot":
            below += (Listing("What can be stolen", ("word", "of", "meaning"), [tuple(row) for row in loot_rows()]),)
        return Listing(
            f"The verb {name}", ("verb", "object", "who", "meaning"),
            [(verb.verb, verb.object, verb.who, verb.meaning)], sections=below, example=step_with(name),
        )  # fmt: skip
    if name in STEP:
        takers = [verb for verb, row in VERBS.items() if name in row.options]
        takers += [one for one, (options, _) in TIME_WORDS.items() if name in options]
        note = f"It goes with: {', '.join(takers)}." if takers else ""
        return Listing(f"The option {name} of a step", _PART, [(name, *STEP[name])], note, example=step_with(name))
    return None


def part(name: str) -> Listing | None:
    """A part of an answer, a measure, a variant and so on, with the fields that have it; None where none does."""
    from sim.scenario.meanings import PARTS

    rows = [
        (name, field, *said)
        for field, parts in PARTS.items()
        for one, said in parts.items()
        if one.strip() == name and field != "story"
    ]
    return Listing("Parts of fields", ("part", "of", "form", "meaning"), rows) if rows else None


# --- examples ---------------------------------------------------------------------------------------------------------


def example(name: str) -> str:
    """The field as shipped stories have it: the shortest of each form, with the file it is from."""
    by_form: dict[str, tuple[str, str]] = {}
    for file, text in _stories():
        match = re.search(rf"^{name}:.*(?:\n(?:[ #-].*)?(?=\n|$))*", text, re.MULTILINE)
        block = match.group().rstrip() if match else ""
        if not block or block.endswith(": null") or block.count("\n") >= _LINES:
            continue
        form = _form(block)
        if form not in by_form or len(block) < len(by_form[form][1]):
            by_form[form] = file, block
    return "\n".join(_cited(block, file) for file, block in by_form.values())


def _cited(text: str, file: str) -> str:
    """A piece of a file with the name of the file, beside it or above it."""
    beside = f"{text}  # {file}"
    return beside if len(beside) <= _WIDE and "\n" not in text else f"# {file}\n{text}"


def _form(block: str) -> str:
    """What kind of value the field has, or the first thing in it."""
    import yaml

    value = next(iter(yaml.safe_load(block).values()))
    inner = next(iter(value.values()), None) if isinstance(value, dict) else None
    return f"{type(value).__name__}/{type(inner).__name__}"


def step_with(key: str) -> str:
    """The shortest step of a shipped story that has that key."""
    found = [(len(line), line, file) for file, line, step in _steps() if key in step]
    if not found:
        return ""
    _, line, file = min(found)
    return _cited(line, file)


@cache
def _steps() -> tuple[tuple[str, str, dict[str, Any]], ...]:
    return tuple(_each_step())


def _each_step() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Steps that stand on one line of a story, with their files."""
    import yaml

    for file, text in _stories():
        for line in re.findall(r"^\s*- (\{.*\})\s*$", text, re.MULTILINE):
            try:
                step = yaml.safe_load(line)
            except yaml.YAMLError:
                continue
            if isinstance(step, dict):
                yield file, f"- {line}", step


@cache
def _stories() -> tuple[tuple[str, str], ...]:
    """The stories that come with the code: name and text."""
    from sim.scenario import shipped

    folder = shipped.folder()
    if not folder.is_dir():
        return ()
    files: list[Path] = [*shipped.stories(folder)]
    files += [one for below in shipped.sections(folder) for one in shipped.stories(below)]
    return tuple((path.relative_to(folder).as_posix(), path.read_text("utf-8")) for path in sorted(files))
