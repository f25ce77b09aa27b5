"""The rules of the house, checked on syntax trees.

A rule is a function from a ``House`` (the modules of ``sim``, parsed) to complaints, each ``path:line: what is wrong``.
Nothing is imported or executed, so that a rule can be shown a bad text and be seen to complain.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

#: Bottom up: a room may import only rooms that stand before it here.
ROOMS = (
    "clock", "money", "claims", "chance", "tables", "party", "messages", "facts", "lifecycles", "buckets", "truth",
    "property", "roster", "policies", "attacks", "parties", "properties", "measures",
    "knowledge", "world", "director", "cast", "trace", "scenario", "results", "story",
    "simulate", "explore", "experiments", "views", "cli",
)  # fmt: skip
SHELVES = ("parties", "policies", "attacks", "properties", "measures")
ENGINES = ("world", "simulate", "explore")
BLIND_TO_TRUTH = ("parties", "policies", "attacks")
DOORS = ("sim", "sim.__main__", "sim.cli")

MODULE_LINES, FUNCTION_LINES, LONGEST_FUNCTION = 400, 40, 60

Functions = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module; ``lazy`` inside a function, ``typing`` under ``if TYPE_CHECKING``."""

    line: int
    target: str
    lazy: bool
    typing: bool

    @property
    def room(self) -> str:
        """The room of ``sim`` it leads to: empty for anything else, ``sim`` for the front door."""
        top, _, rest = self.target.partition(".")
        if top != "sim":
            return ""
        room = rest.partition(".")[0]
        return room if room in ROOMS else "sim"


@dataclass(frozen=True)
class Module:
    """One file of ``sim``; ``path`` counts from the folder that holds ``sim``."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text, self.path)

    @property
    def is_package(self) -> bool:
        """Whether it is the ``__init__`` of a folder."""
        return self.path.endswith("/__init__.py")

    @property
    def name(self) -> str:
        """Its dotted name, such as ``sim.parties.person``."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def room(self) -> str:
        """The first name below ``sim``; empty for ``sim/__init__`` itself."""
        return (*self.name.split("."), "")[1]

    @property
    def folders(self) -> tuple[str, ...]:
        """The packages around it, its own name included where it is one, without ``sim``."""
        parts = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
        return tuple(".".join(parts[:n]) for n in range(2, len(parts) + 1))

    def says(self, line: int, complaint: str) -> str:
        """A complaint with its place."""
        return f"{self.path}:{line}: {complaint}"


class House:
    """The modules of ``sim`` by dotted name."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """``texts`` are sources by path, such as ``sim/clock.py``."""
        modules = [Module(path, text) for path, text in sorted(texts.items())]
        self.modules = {module.name: module for module in modules}
        self._imports = {module.name: tuple(self._read(module)) for module in modules}

    @classmethod
    def at(cls, top: Path) -> House:
        """The house in the checkout ``top``."""
        return cls({path.relative_to(top).as_posix(): path.read_text("utf-8") for path in (top / "sim").rglob("*.py")})

    def __iter__(self) -> Iterator[Module]:
        return iter(self.modules.values())

    def imports(self, module: Module) -> tuple[Import, ...]:
        """Everything that ``module`` imports, wherever in its text."""
        return self._imports[module.name]

    def mentions(self, module: Module) -> set[str]:
        """The modules of the house that ``module`` imports, or names in a text from which it may import them."""
        texts = {node.value for node in ast.walk(module.tree) if isinstance(node, ast.Constant)}
        named = {name for name in self.modules if name in texts or name.rpartition(".")[0] + "." in texts}
        reached = named | {found.target for found in self.imports(module)}
        return {name for target in reached for name in _with_folders(target) if name in self.modules}

    def _read(self, module: Module) -> Iterator[Import]:
        for node, lazy, typing in _statements(module.tree):
            if isinstance(node, ast.Import):
                yield from (Import(node.lineno, alias.name, lazy, typing) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = _absolute(module, node)
                for alias in node.names:
                    whole = f"{base}.{alias.name}"
                    deeper = base == "sim" or whole in self.modules
                    yield Import(node.lineno, whole if deeper else base, lazy, typing)


def _with_folders(name: str) -> Iterator[str]:
    """The module and the packages around it, all of which an import executes; ``sim`` itself imports nothing."""
    parts = name.split(".")
    yield from (".".join(parts[:n]) for n in range(2, len(parts) + 1))


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    """The module that a ``from … import`` names, relative ones included."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".") if module.is_package else module.name.split(".")[:-1]
    return ".".join([*parts[: len(parts) - node.level + 1], *([node.module] if node.module else [])])


def _statements(tree: ast.AST, lazy: bool = False, typing: bool = False) -> Iterator[tuple[ast.AST, bool, bool]]:
    """Every node with whether it stands inside a function, and whether only a type checker reads it."""
    for node in ast.iter_child_nodes(tree):
        yield node, lazy, typing
        for_types = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        yield from _statements(node, lazy or isinstance(node, Functions), typing or for_types)


def _within(target: str, libraries: Iterable[str]) -> bool:
    return any(target == library or target.startswith(library + ".") for library in libraries)


# --- where things may be imported -----------------------------------------------------------------------------------


def known_rooms(house: House) -> list[str]:
    """Every file of ``sim`` is in a room that the list knows."""
    known = {*ROOMS, "", "__main__"}
    return [module.says(1, f"{module.room!r} is no room of the house") for module in house if module.room not in known]


def import_order(house: House) -> list[str]:
    """A room imports only rooms above it; only ``python -m sim`` goes through the front door."""
    complaints = []
    for module in house:
        if module.room not in ROOMS:
            continue
        place = ROOMS.index(module.room)
        for found in house.imports(module):
            if found.room == "sim":
                complaints.append(module.says(found.line, f"a room imports the room it needs, not {found.target}"))
            elif found.room and ROOMS.index(found.room) > place:
                complaints.append(module.says(found.line, f"{module.room} may not import {found.room} below it"))
    return complaints


def front_door(house: House) -> list[str]:
    """``import sim`` imports no room by itself, or every use of it would pay for all of them."""
    return [
        door.says(found.line, f"{found.target} is imported before anybody asked for it")
        for name in ("sim",)
        if (door := house.modules.get(name))
        for found in house.imports(door)
        if found.room and not found.lazy and not found.typing
    ]


def simpy_only_in_simulate(house: House) -> list[str]:
    """One module decides when, with SimPy."""
    return _only_in(house, ("simpy",), {"simulate"})


def random_only_in_chance(house: House) -> list[str]:
    """There is one door for randomness."""
    return _only_in(house, ("random", "secrets", "uuid", "numpy.random"), {"chance"})


def no_wall_clock_above_scenario(house: House) -> list[str]:
    """What happens inside a world depends on neither the machine nor the day."""
    below = set(ROOMS[ROOMS.index("scenario") :]) | {"", "__main__"}
    return _only_in(house, ("time", "datetime", "os"), below)


def _only_in(house: House, libraries: tuple[str, ...], rooms: set[str]) -> list[str]:
    return [
        module.says(found.line, f"{module.room or 'sim'} may not import {found.target}")
        for module in house
        if module.room not in rooms
        for found in house.imports(module)
        if _within(found.target, libraries)
    ]


def heavy_libraries_are_lazy(house: House) -> list[str]:
    """Graphs, names and plots are imported where they are used, never at start-up."""
    return [
        module.says(found.line, f"{found.target} is imported at start-up; import it in the function that needs it")
        for module in house
        for found in house.imports(module)
        if _within(found.target, ("networkx", "faker", "matplotlib")) and not found.lazy and not found.typing
    ]


def shelves_stand_apart(house: House) -> list[str]:
    """A file of a shelf can be taken out or put in without touching another."""
    return [
        module.says(found.line, f"{module.name} may not import {found.target}, which stands beside it")
        for module in house
        if module.room in SHELVES
        for found in house.imports(module)
        if found.room in SHELVES and not _belongs(module, found.target)
    ]


def _belongs(module: Module, target: str) -> bool:
    """Whether ``target`` is around ``module`` or a private helper there; inside one party everything is."""
    if target in (*module.folders, module.name):
        return True
    party = module.folders[1:2] if module.room == "parties" else ()
    helpers = tuple(folder + "._" for folder in module.folders)
    return target.startswith((*helpers, *(folder + "." for folder in party)))


def truth_is_out_of_reach(house: House) -> list[str]:
    """No party, policy or attack can learn who somebody really is, not even through what it imports."""
    return [
        module.says(1, f"reaches the truth: {' -> '.join(chain)}")
        for module in house
        if module.room in BLIND_TO_TRUTH and (chain := _way(house, module, "truth"))
    ]


def _way(house: House, start: Module, room: str) -> list[str]:
    """The first way found from ``start`` to a module of ``room`` along what is imported; empty where there is none."""
    ways = [[start.name]]
    seen = {start.name}
    for way in ways:
        here = house.modules.get(way[-1])
        ahead = house.mentions(here) | {found.target for found in house.imports(here)} if here else ()
        for name in sorted(ahead):
            if name.split(".")[:2] == ["sim", room]:
                return [*way, name]
            if name.startswith("sim.") and name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


# --- what may be named ----------------------------------------------------------------------------------------------


def engines_name_no_message(house: House) -> list[str]:
    """An engine moves messages and knows none of them: neither their classes nor, where it decides, their kinds."""
    classes, kinds = _protocol(house)
    complaints = []
    for module in house:
        if module.room in ENGINES:
            named = [*_imported(module, classes), *_decisions(module.tree, classes | kinds)]
            complaints += [module.says(line, f"an engine names the message {name}") for line, name in named]
    return complaints


def _protocol(house: House) -> tuple[set[str], set[str]]:
    """The classes of the room ``messages``, without those that others there derive from, and the tags on the wire."""
    rooms = [module.tree.body for module in house if module.room == "messages"]
    defined = [node for body in rooms for node in body if isinstance(node, ast.ClassDef)]
    bases = {ast.unparse(base) for node in defined for base in node.bases}
    tags = {ast.unparse(word.value).strip("'") for node in defined for word in node.keywords if word.arg == "tag"}
    return {node.name for node in defined if not node.name.startswith("_")} - bases, tags


def _imported(module: Module, wanted: set[str]) -> Iterator[tuple[int, str]]:
    """The wanted classes, and the room as a whole, through which all of them could be named."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=aliases):
                yield from ((node.lineno, alias.name) for alias in aliases if _within(alias.name, ("sim.messages",)))
            case ast.ImportFrom(names=aliases):
                base = _absolute(module, node)
                if base == "sim":
                    yield from ((node.lineno, "sim.messages") for alias in aliases if alias.name == "messages")
                elif _within(base, ("sim.messages",)):
                    yield from ((node.lineno, alias.name) for alias in aliases if alias.name in {*wanted, "*"})


def _decisions(tree: ast.AST, wanted: set[str]) -> Iterator[tuple[int, str]]:
    """Texts that something is compared with or matched against."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare() | ast.MatchValue():
                for leaf in ast.walk(node):
                    if isinstance(leaf, ast.Constant) and leaf.value in wanted:
                        yield leaf.lineno, repr(leaf.value)


# --- size, words and life -------------------------------------------------------------------------------------------


def modules_are_short(house: House) -> list[str]:
    """A module fits a head."""
    return [
        module.says(lines, f"{lines} lines, more than {MODULE_LINES}")
        for module in house
        if (lines := len(module.text.splitlines())) > MODULE_LINES
    ]


def functions_are_short(house: House, most: int = LONGEST_FUNCTION) -> list[str]:
    """A function fits a screen: ``FUNCTION_LINES`` is the aim, ``LONGEST_FUNCTION`` the end."""
    return [
        module.says(node.lineno, f"{node.name} has {lines} lines, more than {most}")
        for module in house
        for node in ast.walk(module.tree)
        if isinstance(node, Functions) and (lines := (node.end_lineno or 0) - node.lineno + 1) > most
    ]


def public_things_are_explained(house: House) -> list[str]:
    """Modules, and the public classes, functions and methods in them, say what they are."""
    complaints = []
    for module in house:
        if not ast.get_docstring(module.tree):
            complaints.append(module.says(1, "the module has no docstring"))
        complaints += [
            module.says(node.lineno, f"{node.name} has no docstring")
            for node in _public(module.tree.body)
            if not ast.get_docstring(node)
        ]
    return complaints


def _public(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    for node in body:
        if not isinstance(node, (*Functions, ast.ClassDef)) or node.name.startswith("_"):
            continue
        marks = {ast.unparse(mark).rpartition(".")[2] for mark in node.decorator_list}
        if marks & {"overload", "setter", "override"}:
            continue  # explained where the thing itself is
        yield node
        if isinstance(node, ast.ClassDef):
            yield from _public(node.body)


def no_dead_modules(house: House) -> list[str]:
    """Every module is reached from a door of the house or stands on a shelf; judged once there is a command line."""
    if "sim.cli" not in house.modules:
        return []
    alive = [name for name, module in house.modules.items() if name in DOORS or _stands_on_a_shelf(module)]
    for name in alive:
        alive += [other for other in sorted(house.mentions(house.modules[name])) if other not in alive]
    return [module.says(1, "nothing imports this module") for module in house if module.name not in alive]


def _stands_on_a_shelf(module: Module) -> bool:
    """Found by its file name: a shelf's own files, and presets; private helpers must be imported by one of them."""
    below = module.name.split(".")[2:]
    on_shelf = module.room in SHELVES or (module.room == "scenario" and below[:1] == ["presets"])
    return on_shelf and not any(part.startswith("_") for part in below)


#: Every rule about the modules of ``sim``.
RULES: tuple[Callable[[House], list[str]], ...] = (
    known_rooms, import_order, front_door, simpy_only_in_simulate, random_only_in_chance, no_wall_clock_above_scenario,
    heavy_libraries_are_lazy, shelves_stand_apart, truth_is_out_of_reach, engines_name_no_message, modules_are_short,
    functions_are_short, public_things_are_explained, no_dead_modules,
)  # fmt: skip
