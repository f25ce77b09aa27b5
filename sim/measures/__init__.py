"""What is counted: one number a file, named like it.

Rules of this shelf: a file holds one subclass of ``Measure``, reads facts, truth and the clock, and imports none of its
neighbours (what several share stands in a module with a leading underscore). The files here are rows of the fixed
panel, which every result carries; a scenario's own measures are built from its words by ``_spec``.

>>> load("takeovers").UNIT
'accounts'
"""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module
from types import ModuleType

from sim.property import Measure

#: The fixed panel: (group, name), in the order of every result. A name that has no file is not simulated yet.
PANEL: tuple[tuple[str, str], ...] = (
    ("harm", "takeovers"),
    ("harm", "foreign_survivors"),
    ("harm", "squats"),
    ("harm", "exposure_time"),
    ("harm", "accounts_by_adversary"),
    ("harm", "attacker_gain"),
    ("honest", "lockouts"),
    ("honest", "lockout_time"),
    ("honest", "outages"),
    ("honest", "outage_time"),
    ("honest", "honest_refusals"),
    ("honest", "duplicates"),
    ("honest", "extra_steps"),
    ("money", "net_user"),
    ("money", "net_provider"),
    ("money", "net_orchestrator"),
    ("money", "net_processor"),
    ("money", "net_issuer"),
    ("money", "net_adversary"),
)


def names() -> tuple[str, ...]:
    """The names of all measures that are simulated, sorted; the folder is listed, nothing is imported."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")))


def all_names() -> tuple[str, ...]:
    """Every name of the panel, simulated or not yet, and further ones of the folder."""
    return tuple(dict.fromkeys([*(name for _, name in PANEL), *names()]))


def load(name: str) -> type[Measure]:
    """The class of the measure ``name``, importing its file alone; ``LookupError`` if there is none."""
    loaded = sys.modules.get(f"{__name__}.{name}")  # the folder is not listed again for every one of every run
    if loaded is not None and not name.startswith("_"):
        return class_in(loaded)
    if name not in names():
        raise LookupError(f"there is no measure {name!r}; possible: {', '.join(names())}")
    return class_in(import_module(f"{__name__}.{name}"))


def class_in(module: ModuleType) -> type[Measure]:
    """The one measure that ``module`` defines (also of a user's own file); ``LookupError`` if it is not exactly one."""
    found = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Measure) and thing.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise LookupError(f"{module.__name__} must define one measure, and defines {len(found)}")
    return found[0]
