"""What exploration says of the cells of a sweep, where they are small enough: verdicts over every order beside numbers.

Kept in the results folder as ``explored.json``, cell by cell, so that what was explored once is not explored again
within the same bounds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from sim import properties
from sim.clock import format_duration
from sim.experiments import folder as folders
from sim.experiments.plan import Cell, Plan, replan
from sim.scenario import ScenarioError, load_text

EXPLORED = "explored.json"
#: So many states of a cell are looked at, unless more are asked for.
STATES = 20_000

Tell = Callable[[int, int], None]


def explore_cells(
    folder: Path, *, states: int = STATES, variants: Sequence[str] | None = None, tell: Tell = lambda done, total: None
) -> dict[str, Any]:
    """Explore every cell of the results in ``folder``, or those of ``variants`` (the base is the empty text).

    Of each cell the properties are looked at of which the file expects something. ``{"plan", "properties", "within",
    "cells": {number: {"states", "complete", "stopped", "verdicts": {property: {"verdict", "depth", "why"}}} or
    {"refused": why}}}``. ``FolderError`` where the folder is none of a sweep's.
    """
    receipt = folders.read_receipt(folder)
    planned = replan(receipt["source"])
    asked = _asked(planned)
    head = {"plan": receipt["plan"], "properties": list(asked), "within": _within(planned, states)}
    stored = read_explored(folder, receipt) or {}
    same = all(stored.get(key) == value for key, value in head.items())
    cells: dict[str, Any] = dict(stored["cells"]) if same else {}
    wanted = [cell for cell in planned.cells if variants is None or cell.variant in variants]
    for done, cell in enumerate(wanted):
        tell(done, len(wanted))
        if str(cell.number) not in cells:
            cells[str(cell.number)] = _explore(cell, asked, states)
            _keep(folder, head | {"cells": cells})
    tell(len(wanted), len(wanted))
    return head | {"cells": cells}


def read_explored(folder: Path, receipt: Mapping[str, Any]) -> dict[str, Any] | None:
    """What was explored of the sweep that ``receipt`` is of; None if nothing was."""
    try:
        found = json.loads((folder / EXPLORED).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    usable = isinstance(found, dict) and found.get("plan") == receipt["plan"] and isinstance(found.get("cells"), dict)
    return found if usable else None


def _asked(planned: Plan) -> tuple[str, ...]:
    """The properties of which base or variants expect something; all of them where that is none."""
    worlds = [planned.scenario, *map(planned.scenario.with_variant, planned.scenario.variants)]
    names = dict.fromkeys(name for world in worlds for name in world.expect)
    known = properties.names()
    return tuple(name for name in names if name in known) or known


def _within(planned: Plan, states: int) -> dict[str, Any]:
    """The bounds by name, durations as files have them."""
    from sim.explore.scenario import bounds

    found = replace(bounds(planned.scenario), states=states)
    shown = {name: getattr(found, name) for name in found.__struct_fields__}
    for name in ("waits_at_most", "grid"):
        shown[name] = None if shown[name] is None else format_duration(shown[name])
    return shown


def _explore(cell: Cell, asked: tuple[str, ...], states: int) -> dict[str, Any]:
    from sim.explore.scenario import bounds, explore_scenario

    scenario = load_text(cell.text, file=cell.label)
    try:
        found = explore_scenario(scenario, within=replace(bounds(scenario), states=states), only=asked)
    except ScenarioError as error:
        return {"refused": "; ".join(problem.message for problem in error.problems)}
    verdicts = {
        one.property: {
            "verdict": one.verdict,
            "depth": None if one.witness is None else one.witness.depth,
            "why": None if one.witness is None else one.witness.why,
        }
        for one in found.verdicts
    }
    return {"states": found.states, "complete": found.complete, "stopped": found.stopped, "verdicts": verdicts}


def _keep(folder: Path, found: Mapping[str, Any]) -> None:
    """Write it whole, or not at all."""
    part = folder / f".{EXPLORED}.part"
    try:
        part.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
        part.replace(folder / EXPLORED)
    except OSError as error:
        raise folders.FolderError(f"{folder / EXPLORED}: cannot be written: {error.strerror or error}") from None
