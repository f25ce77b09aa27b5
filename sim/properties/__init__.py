"""What must hold: one property a file, named like it.

Rules of this shelf: a file holds one subclass of ``Property``, reads facts and truth, and imports none of its
neighbours (what several share stands in a module with a leading underscore). It is found by its name; nothing is
registered. What a property says is in its ``TEXT``, what it takes its words to mean in its docstring.

>>> load("no_squat").TEXT
'No account is active while it is contested.'
"""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module
from types import ModuleType

from sim.property import Measure, Property


def names() -> tuple[str, ...]:
    """The names of all properties, sorted; the folder is listed, nothing is imported."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")))


def all_names() -> tuple[str, ...]:
    """The same as ``names``."""
    return names()


def load(name: str) -> type[Property]:
    """The class of the property ``name``, importing its file alone; ``LookupError`` if there is none."""
    loaded = sys.modules.get(f"{__name__}.{name}")  # the folder is not listed again for every one of every run
    if loaded is not None and not name.startswith("_"):
        return class_in(loaded)
    if name not in names():
        raise LookupError(f"there is no property {name!r}; possible: {', '.join(names())}")
    return class_in(import_module(f"{__name__}.{name}"))


def class_in(module: ModuleType) -> type[Property]:
    """The one property that ``module`` defines (a user's own file too); ``LookupError`` if it is not exactly one."""
    found = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Property) and not issubclass(thing, Measure)
        and thing.__module__ == module.__name__
    ]  # fmt: skip
    if len(found) != 1:
        raise LookupError(f"{module.__name__} must define one property, and defines {len(found)}")
    return found[0]
