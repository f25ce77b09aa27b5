"""Small worlds for the tests, and what loading them complains about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.scenario import Scenario, ScenarioError, load_text

HERE = Path(__file__).parent
EXAMPLES = sorted((HERE / "examples").glob("*.yaml"))

PARTIES = {
    "people": "{ann: {}, bobs: {count: 5}, mal: {adversary: true}}",
    "orchestrators": "{hub: {}, other: {}}",
    "providers": "{p: {like: M7}, q: {}}",
}


def text(**blocks: str | None) -> str:
    """A file with a title, an end and some parties; ``blocks`` replace, add or (None) remove top-level keys."""
    keys = {"title": "t", "until": "30 d", **PARTIES} | blocks
    return "".join(f"{key}: {value}\n" for key, value in keys.items() if value is not None)


def world(
    *, later: bool = False, variant: str | None = None, sets: tuple[str, ...] = (), **blocks: str | None
) -> Scenario:
    """The scenario of ``text``."""
    return load_text(text(**blocks), file="x.yaml", allow_later=later, variant=variant, sets=sets)


def step(line: str, *, later: bool = False, **blocks: str | None) -> Any:
    """The only step of a story."""
    (found,) = world(story=f"[{{{line}}}]", later=later, **blocks).story
    return found


def attempt(read: Callable[..., Scenario], what: object, **options: Any) -> Scenario | ScenarioError:
    """What ``read`` gives or refuses; anything but a ``ScenarioError`` is a bug."""
    try:
        return read(what, **options)
    except ScenarioError as error:
        return error


def complaints(*, sets: tuple[str, ...] = (), variant: str | None = None, **blocks: str | None) -> str:
    """What is wrong with the file of ``text``; empty if nothing is."""
    try:
        world(sets=sets, variant=variant, **blocks)
    except ScenarioError as error:
        return str(error)
    return ""
