"""What ``sim list`` can list, each as a table made from where the thing itself is defined."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from sim.views.lists import Listing

SIM = Path(__file__).parent.parent

#: what the fields of each block are asked for by, beside the names of the blocks themselves
ALSO = {"people": "person", "orchestrators": "orchestrator", "providers": "provider", "step": "story", "steps": "story"}


def kinds() -> dict[str, tuple[str, Callable[[], Listing]]]:
    """By name: in a few words what is listed, and the function that makes the table."""
    from sim.scenario.describe import block_names

    blocks: dict[str, tuple[str, Callable[[], Listing]]] = {
        name: (_BLOCKS.get(name, f"fields of {name}"), _block(name)) for name in block_names()
    }
    return {
        "language": ("every field of a scenario file", _fields),
        "story": ("the grammar of a step: time words, verbs, options", _story),
        **blocks,
        "verbs": ("what a step may do", _verbs),
        "times": ("time words of a step", _times),
        "loot": ("what can be stolen", _loot),
        "presets": ("named sets of answers, for like:", _presets),
        "policies": ("questions the protocol leaves open, and their answers", _policies),
        "attacks": ("what an adversary can be told to do", _attacks),
        "properties": ("what must hold, or be reached", _properties),
        "measures": ("what is counted: in every result, where asked for, by a file's own words", _measures),
        "facts": ("what measures count and steps wait for", _facts),
        "lifecycles": ("which state may follow which", _lifecycles),
        "sources": ("where the numbers come from", _sources),
        "scenarios": ("the stories that come with the code", _shipped),
    }


_BLOCKS = {
    "person": "fields of people, with defaults, marks, sources",
    "orchestrator": "fields of orchestrators",
    "provider": "fields of providers",
    "network": "fields of the network",
    "file": "fields of a file beside world and story",
    "explore": "bounds of an exploration",
}


def overview() -> Listing:
    """What there is to list."""
    rows = [(name, about) for name, (about, _) in kinds().items()]
    note = (
        "WHAT may also be any word of a file: a field (vary, runs, expect), a word of a step (intercept, every, via), "
        "a property, a fact, a preset, an attack, an answer. Presets and scenarios are one line each; --long has them "
        "whole."
    )
    return Listing("sim list WHAT [NAME]", ("what", "lists"), rows, note)


def brief(what: str) -> Listing | None:
    """What is one line each unless it is asked for whole; None where there is no such table."""
    short = {"presets": _presets_in_short, "scenarios": _stories_in_short}.get(what)
    return short() if short is not None else None


def anywhere(name: str) -> Listing | None:
    """Everything of that name: fields of a file, words of a step, then what is on the shelves; None if nothing is."""
    from sim.views import language

    found = [one for one in (language.field(name), language.word(name), language.part(name)) if one is not None]
    for table in _searched():
        rows = table.exactly(name)
        if rows is not None and not rows.title.startswith("Parts of "):  # these are found already
            found.append(sourced(rows))
    if len(found) < 2:
        return found[0] if found else None
    return Listing(f"Several things are called {name}", (), [], sections=tuple(found))


@cache
def _searched() -> tuple[Listing, ...]:
    return tuple(make() for kind, (_, make) in kinds().items() if kind not in _NOT_SEARCHED)


def words() -> list[str]:
    """Every word that ``anywhere`` finds something under."""
    from sim.scenario.meanings import PARTS

    listed = [table.names() for table in (*_searched(), _fields(), _story())]
    listed += [[part.strip() for part in parts] for parts in PARTS.values()]
    return list(dict.fromkeys(name for names in listed for name in names))


#: what is searched otherwise, or has names of files
_NOT_SEARCHED = ("language", "story", "file", "verbs", "times", "scenarios")


def sourced(listing: Listing) -> Listing:
    """The listing with the addresses of the sources that its rows name, unless it has a note of its own."""
    from sim.scenario.sources import SOURCES

    said = " ".join(cell for row in listing.rows for cell in row[1:])
    keys = dict.fromkeys(one for one in re.findall(r"\b[A-Z][A-Z0-9]+\b", said) if one in SOURCES)
    if listing.note or not keys or len(listing.rows) > _FEW:
        return listing
    return listing._replace(note="Sources: " + "; ".join(f"{key}: {SOURCES[key]}" for key in keys))


#: so many rows have their sources spelt out
_FEW = 15


# --- the language -----------------------------------------------------------------------------------------------------


def _fields() -> Listing:
    from sim.views import language

    return language.language()


def _story() -> Listing:
    from sim.views import language

    return language.story()


def _block(name: str) -> Callable[[], Listing]:
    def listing() -> Listing:
        from sim.scenario.describe import BLOCKS, block_rows
        from sim.views import language

        columns = ("field", "type", "default", "meaning", "mark", "source")
        note = (
            "confirmed: read in the source named; assumed: our choice (a source is what it leans on); sim list sources"
        )
        rows = [tuple(row) for row in block_rows(name)]
        return Listing(f"Fields of {BLOCKS[name][0] or name}", columns, rows, note, example=language.example(name))

    return listing


def _verbs() -> Listing:
    from sim.scenario.describe import verb_rows

    return Listing("Verbs", ("verb", "object", "options", "who", "meaning"), [tuple(row) for row in verb_rows()])


def _times() -> Listing:
    from sim.scenario.describe import time_word_rows

    return Listing("Time words", ("word", "options", "meaning"), [tuple(row) for row in time_word_rows()])


def _loot() -> Listing:
    from sim.scenario.describe import loot_rows

    return Listing("What can be stolen", ("word", "of", "meaning"), [tuple(row) for row in loot_rows()])


def _presets() -> Listing:
    from sim.scenario.describe import preset_rows

    columns = ("preset", "for", "field", "value", "mark", "source")
    rows = [tuple(row) for row in preset_rows()]
    about = dict.fromkeys((row[0], row[-1]) for row in rows)
    below = (Listing("What they are", ("preset", "about"), list(about)),)
    return Listing("Presets", columns, [row[:-1] for row in rows], sections=below)


def _presets_in_short() -> Listing:
    """A line for every preset, those for providers first."""
    from sim.scenario.describe import preset_rows

    by_section: dict[str, dict[str, str]] = {}
    for row in preset_rows():
        by_section.setdefault(row.section, {})[row.preset] = row.about
    note = "One of them in full: sim list presets M7; all: --long. Taken over with like: M7, or like: [cloudflare, M1]."
    first, *rest = sorted(by_section.items(), key=lambda one: one[0] != "providers")
    columns = ("preset", "about")
    sections = tuple(Listing(f"For {name}", columns, list(mine.items()), short=True) for name, mine in rest)
    return Listing(f"Presets for {first[0]}", columns, list(first[1].items()), note, sections, short=True)


def _sources() -> Listing:
    from sim.scenario.describe import source_rows

    return Listing("Sources", ("key", "address"), [(row.word, row.meaning) for row in source_rows()])


# --- shelves ----------------------------------------------------------------------------------------------------------


def _docstring(module: Path) -> str:
    """The first paragraph of a module's docstring, without importing it."""
    path = module / "__init__.py" if module.is_dir() else module
    return _said(ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "")


def _said(docstring: str) -> str:
    """The first paragraph of a docstring on one line, without the signs of its markup; sources are named by address."""
    from sim.scenario.sources import SOURCES

    own = dict(re.findall(r"^\s*\.\. \[(\w+)\] (\S+)", docstring, re.MULTILINE))
    text = " ".join(docstring.strip().partition("\n\n")[0].split()).replace("``", "")
    return re.sub(r"\[(\w+)\]_", lambda key: _address(SOURCES.get(key[1]) or own.get(key[1]) or key[1]), text)


def _address(source: str) -> str:
    """An address as a text has it: without its scheme, and of a long one the beginning that says whose it is."""
    host, *path = source.partition("://")[2].rstrip("/").split("/") if "://" in source else [source]
    return "/".join([host, *path[:2]])


def _modules(shelf: Path) -> list[Path]:
    """The files and folders of a shelf that have names, in alphabetical order."""
    if not shelf.is_dir():
        return []
    found = [one for one in shelf.iterdir() if one.suffix == ".py" or (one / "__init__.py").is_file()]
    return sorted(one for one in found if not one.name.startswith("_"))


def _policies() -> Listing:
    rows: list[tuple[str, ...]] = []
    for question in _modules(SIM / "policies"):
        rows.append((question.stem, "", _docstring(question)))
        rows += [(f"{question.stem}/{answer.stem}", answer.stem, _docstring(answer)) for answer in _modules(question)]
    return Listing("Policies: questions and answers", ("question/answer", "name", "says"), rows)


def _attacks() -> Listing:
    rows = [(attack.stem, _docstring(attack)) for attack in _modules(SIM / "attacks")]
    return Listing("Attacks", ("attack", "says"), rows)


def _properties() -> Listing:
    shelf = import_module("sim.properties")
    rows = []
    for name in shelf.names():
        found = shelf.load(name)
        within = "" if found.WITHIN is None else _duration(found.WITHIN)
        rows.append((name, found.KIND, ", ".join(found.CITES), within, found.TEXT))
    return Listing("Properties", ("property", "kind", "cites", "within", "says"), rows)


def _duration(us: int) -> str:
    from sim.clock import format_duration

    return format_duration(us)


def _measures() -> Listing:
    from sim.views import language

    shelf = import_module("sim.measures")
    rows = []
    for group, name in shelf.PANEL:
        if name not in shelf.names():
            rows.append((name, group, "", "not simulated yet"))
            continue
        found = shelf.load(name)
        rows.append((name, group, found.UNIT, _said(found.__doc__ or "")))
    panel = {name for _, name in shelf.PANEL}
    others = [(name, shelf.load(name)) for name in shelf.names() if name not in panel]
    asked = [(name, "asked for", found.UNIT, _said(found.__doc__ or "")) for name, found in others]
    columns = ("measure", "group", "unit", "says")
    further = Listing("Measures that are counted where expect or runs names them", columns, asked)
    own = language.field("measures")
    return Listing(
        "Measures of the panel, in every result", columns, rows, sections=(further, *([own] if own is not None else []))
    )


def _facts() -> Listing:
    from sim.facts import names

    rows = []
    for name, kind in sorted(names().items()):
        rows.append((name, ", ".join(kind.__struct_fields__), _said(kind.__doc__ or "")))
    return Listing("Facts", ("fact", "fields", "says"), rows)


def _lifecycles() -> Listing:
    from sim.lifecycles import MACHINES

    rows = [
        (name, state, ", ".join(following) or "(an end)")
        for name, machine in MACHINES.items()
        for state, following in machine.items()
    ]
    return Listing("Life cycles", ("machine", "state", "may become"), rows)


def drawn_lifecycles(name: str | None = None) -> str:
    """Life cycles as Mermaid state diagrams in Markdown, all of them or one."""
    from sim.lifecycles import MACHINES
    from sim.views import mermaid

    chosen = {key: machine for key, machine in MACHINES.items() if name in (None, key)}
    return "\n".join(f"### {key}\n\n```mermaid\n{mermaid.lifecycle(machine)}```\n" for key, machine in chosen.items())


# --- scenarios --------------------------------------------------------------------------------------------------------


def _shipped() -> Listing:
    """The stories that come with the code, with where they are if that is not a checkout."""
    from sim.scenario import shipped

    folder = shipped.folder()
    if not folder.is_dir():
        return Listing("Scenarios", _STORY, [], f"There are none in {folder}.")
    note = f"They are in {folder}." if folder.parent == SIM else ""
    return scenarios(folder)._replace(note=note)


_STORY = ("file", "title", "why", "variants", "expects")


def scenarios(folder: Path) -> Listing:
    """The scenarios in a folder, each with what it expects, and in the folders below it; ``ScenarioError``."""
    from sim.scenario import shipped

    below = tuple(
        Listing(one.name.capitalize(), _STORY, _stories(one, f"{one.name}/")) for one in shipped.sections(folder)
    )
    return Listing("Scenarios", _STORY, _stories(folder, ""), sections=below)


def _stories_in_short() -> Listing:
    """A line for every story that comes with the code."""
    from sim.scenario import shipped

    whole = _shipped()
    note = "One of them in full: sim list scenarios pre_hijack; all: --long."
    where = f"They are in {shipped.shown(shipped.folder())}, with the ending .yaml."
    sections = tuple(_titles(section) for section in whole.sections)
    return _titles(whole)._replace(note=f"{note} {where}" if whole.rows else whole.note, sections=sections)


def _titles(listing: Listing) -> Listing:
    return Listing(listing.title, ("file", "title"), [row[:2] for row in listing.rows], listing.note, short=True)


def _stories(folder: Path, before: str) -> list[tuple[str, ...]]:
    from sim.scenario import load, shipped

    rows: list[tuple[str, ...]] = []
    for path in shipped.stories(folder):
        scenario = load(path)
        expectations = ", ".join(f"{name}: {_expected(answer)}" for name, answer in scenario.expect.items())
        rows.append((before + path.stem, scenario.title, scenario.why, ", ".join(scenario.variants), expectations))
    return rows


def _expected(answer: Any) -> str:
    from sim.results import shown
    from sim.views.verdicts import expected

    return expected(shown(answer))
