"""``sim check``: whether a file is a scenario, and what exactly it says; whether results come out the same again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from sim.cli import _shared
from sim.cli._brought import bring
from sim.cli._terminal import InputError, emit, wrong_input


@click.command(name="check", short_help="Check a scenario file, or a folder of results.")
@click.argument("file")
@_shared.overrides()
@click.option("--resolved", is_flag=True, help="Print every value in effect, and where it is from.")
@_shared.as_json
def command(
    file: str, sets: tuple[str, ...], variant: str | None, seed: int | None, brought: tuple[str, ...],
    resolved: bool, as_json: bool,
) -> int:  # fmt: skip
    """Check the scenario in FILE, its variants and its grid, without running anything.

    With --json: {"file", "ok", "problems": [{"file", "line", "column", "path", "message"}]}, and where it is right
    {"title", "hash", "variants", "cells"}; with --resolved as well {"resolved", "origin": {path: where from}}.

    FILE may also be a folder written by `sim sweep --out`: some of its rows, spread over all of them, are run again,
    and the first difference is told (exit code 1). With --json: {"folder", "same", "rows", "first", "exit"}.
    """
    bring(brought)
    if Path(file).is_dir():
        if sets or variant or seed is not None or resolved:
            raise InputError(f"{file}: is a folder of results, which is checked as it is; leave the other options away")
        return _folder(file, as_json)
    from sim.experiments.plan import check_design
    from sim.scenario import ScenarioError, load

    try:
        scenario = load(file, sets=sets, variant=variant, seed=seed)
        check_design(scenario)
    except ScenarioError as error:
        if as_json:
            problems = [problem._asdict() for problem in error.problems]
            emit(json.dumps({"file": file, "ok": False, "problems": problems}, indent=2, ensure_ascii=False))
        raise InputError(str(error)) from None
    if as_json:
        emit(json.dumps(_data(file, scenario, resolved), indent=2, ensure_ascii=False))
    elif resolved:
        emit("\n".join(_resolved(scenario)))
    else:
        emit(f"{file}: {_size(scenario)}")
    return 0


def _data(file: str, scenario: Any, resolved: bool) -> dict[str, Any]:
    found = {
        "file": file,
        "ok": True,
        "problems": [],
        "title": scenario.title,
        "hash": scenario.hash,
        "variants": list(scenario.variants),
        "cells": _cells(scenario),
    }
    return found | ({"resolved": scenario.resolved(), "origin": scenario.origin} if resolved else {})


def _cells(scenario: Any) -> int:
    from sim.scenario.grid import count_cells

    worlds = 1 + len(scenario.variants) if scenario.variant is None else 1
    return count_cells(scenario.vary, scenario.design, worlds)


def _folder(folder: str, as_json: bool) -> int:
    """Run a sample of a folder's rows again."""
    from sim.experiments.folder import FolderError
    from sim.experiments.sweep import check

    try:
        with wrong_input():
            found = check(folder)
    except FolderError as error:
        raise InputError(str(error)) from None
    same = found.cell is None
    if as_json:
        first = {"cell": found.cell, "run": found.run, "column": found.column, "stored": found.stored, "now": found.now}
        told = {"folder": folder, "same": same, "rows": found.sample, "first": None if same else first}
        emit(json.dumps(told | {"exit": int(not same)}, indent=2, ensure_ascii=False))
    elif same:
        rows = ", ".join(f"{cell}/{run}" for cell, run in found.sample)
        emit(f"The same again: {len(found.sample)} rows (cell/run {rows})")
    else:
        emit(
            f"{folder}: run {found.run} of the cell {found.cell} is not the same again\n"
            f"  {found.column}: {found.stored} in the folder, {found.now} now"
        )
    return int(not same)


def _size(scenario: Any) -> str:
    from sim.views.words import plural

    def parties(blocks: dict[str, Any]) -> int:
        return sum(config.count for config in blocks.values())

    people = parties(scenario.people)
    parts = [
        f"{people:,} people" if people != 1 else "1 person",
        plural(parties(scenario.orchestrators), "orchestrator"),
        plural(parties(scenario.providers), "provider"),
        plural(len(scenario.story), "step"),
        plural(len(scenario.expect), "expectation"),
        plural(len(scenario.variants), "variant"),
    ]
    if scenario.vary:
        parts.append(plural(_cells(scenario), "cell") + " in a sweep")
    return "fine: " + ", ".join(parts)


def _resolved(scenario: Any) -> list[str]:
    """One line per value: path, value, origin; the values are as a file may have them."""
    pairs = list(_leaves(scenario.resolved(), scenario.origin))
    texts = [f"{path}: {_text(value)}" for path, value in pairs]
    wide = min(60, max((len(text) for text in texts), default=0))
    return [f"{text:<{wide}}  # {scenario.origin[path]}" for (path, _), text in zip(pairs, texts, strict=True)]


def _leaves(value: Any, origin: dict[str, str], path: str = "") -> Any:
    """Every path that has an origin, with its value; steps are known by their ids."""
    if path in origin:
        yield path, value
        return
    inner = {step["id"]: step for step in value} if path == "story" else value
    if isinstance(inner, dict):
        for key, one in inner.items():
            yield from _leaves(one, origin, f"{path}.{key}" if path else key)


def _text(value: Any) -> str:
    from sim.scenario.writing import write

    text = write({"in": {"v": value}}).partition("\n")[2].strip()
    return text.removeprefix("v: ") if "\n" not in text else json.dumps(value, ensure_ascii=False)
