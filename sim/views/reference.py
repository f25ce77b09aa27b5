"""What ``sim list`` can list, each as a table made from where the thing itself is defined."""

from __future__ import annotations

import ast
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from sim.views.lists import Listing

SIM = Path(__file__).parent.parent

#: what the fields of each block are asked for by, beside the names of the blocks themselves
ALSO = {"people": "person", "orchestrators": "orchestrator", "providers": "provider"}


def kinds() -> dict[str, tuple[str, Callable[[], Listing]]]:
    """By name: in a few words what is listed, and the function that makes the table."""
    from sim.scenario.describe import block_names

    found: dict[str, tuple[str, Callable[[], Listing]]] = {
        name: (_BLOCKS.get(name, f"fields of {name}"), _block(name)) for name in block_names()
    }
    return found | {
        "verbs": ("what a step may do", _verbs),
        "times": ("time words of a step", _times),
        "loot": ("what can be stolen", _loot),
        "presets": ("named sets of answers, for like:", _presets),
        "policies": ("questions the protocol leaves open, and their answers", _policies),
        "attacks": ("what an adversary can be told to do", _attacks),
        "properties": ("what must hold, or be reached", _properties),
        "measures": ("the fixed panel of every result", _measures),
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
    return Listing("sim list WHAT [NAME]", ("what", "lists"), rows)


# --- the language -----------------------------------------------------------------------------------------------------


def _block(name: str) -> Callable[[], Listing]:
    def listing() -> Listing:
        from sim.scenario.describe import block_rows

        columns = ("field", "type", "default", "meaning", "mark", "source")
        note = (
            "confirmed: read in the source named; assumed: our choice (a source is what it leans on); sim list sources"
        )
        return Listing(f"Fields of {name}", columns, [tuple(row) for row in block_rows(name)], note)

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

    columns = ("preset", "for", "field", "value", "mark", "source", "about")
    return Listing("Presets", columns, [tuple(row) for row in preset_rows()])


def _sources() -> Listing:
    from sim.scenario.describe import source_rows

    return Listing("Sources", ("key", "address"), [(row.word, row.meaning) for row in source_rows()])


# --- shelves ----------------------------------------------------------------------------------------------------------


def _docstring(module: Path) -> str:
    """The first paragraph of a module's docstring, without importing it."""
    path = module / "__init__.py" if module.is_dir() else module
    found = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return " ".join(found.partition("\n\n")[0].split())


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
    shelf = import_module("sim.measures")
    rows = []
    for group, name in shelf.PANEL:
        if name not in shelf.names():
            rows.append((name, group, "", "not simulated yet"))
            continue
        found = shelf.load(name)
        rows.append((name, group, found.UNIT, _words(found)))
    return Listing("Measures of the panel", ("measure", "group", "unit", "says"), rows)


def _facts() -> Listing:
    from sim.facts import names

    rows = []
    for name, kind in sorted(names().items()):
        says = " ".join((kind.__doc__ or "").partition("\n\n")[0].split())
        rows.append((name, ", ".join(kind.__struct_fields__), says))
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


def _words(kind: type) -> str:
    """What a class says of itself: the first paragraph of its description, on one line."""
    return " ".join((kind.__doc__ or "").strip().partition("\n\n")[0].split())
