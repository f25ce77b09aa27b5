"""Code of the user's own, brought in with ``--with FILE.py``: executed only because it was named.

A file holds one subclass of ``Property`` or of ``Measure``, or it says where it belongs, ``SHELF = "attacks"`` or
``SHELF = "policies/matching"`` (or another question), and has what the files of that shelf have. Its name is the name
that scenarios use.
"""

from __future__ import annotations

import ast
import shutil
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from sim.cli._terminal import InputError

#: folders that stand beside the shelves for as long as the process lives
_folders: list[tempfile.TemporaryDirectory[str]] = []

#: what was brought in, by name and text
_texts: set[tuple[str, str]] = set()

_SHELVES = {"Property": "properties", "Measure": "measures"}


def bring(files: Sequence[str]) -> None:
    """Put the files on their shelves; ``InputError`` says what is wrong with one."""
    for file in files:
        _bring(Path(file))


def texts(files: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The files by name, for processes that may not find them."""
    return tuple((Path(file).name, Path(file).read_text(encoding="utf-8")) for file in files)


def bring_texts(files: Sequence[tuple[str, str]]) -> None:
    """Put the files on their shelves, but those that this process has already."""
    for name, text in files:
        if (name, text) not in _texts:
            with tempfile.TemporaryDirectory(prefix="sim-with-") as folder:
                path = Path(folder) / name
                path.write_text(text, encoding="utf-8")
                _bring(path)


def _bring(path: Path) -> None:
    from sim.scenario import shelves

    name = path.stem
    if path.suffix != ".py" or not name.isidentifier() or name.startswith("_"):
        raise InputError(f"--with {path}: not a Python file with a name such as my_policy.py")
    shelf = _shelf(path)
    if shelf is None:
        raise InputError(
            f"--with {path}: holds no Property and no Measure, and no SHELF = 'attacks' or 'policies/<question>'"
        )
    try:
        package = import_module("sim." + shelf.replace("/", "."))
    except ImportError:
        raise InputError(f"--with {path}: there is no shelf {shelf!r}") from None
    if name in shelves.known(shelf):
        raise InputError(f"--with {path}: {shelf} has a {name!r} already; give the file another name")
    # A folder that holds this file alone becomes part of the shelf: it is then found and imported like any other.
    folder = tempfile.TemporaryDirectory(prefix="sim-with-")
    _folders.append(folder)
    shutil.copy(path, folder.name)
    package.__path__.append(folder.name)
    shelves.bring(shelf, name)
    _texts.add((path.name, path.read_text(encoding="utf-8")))


def _shelf(path: Path) -> str | None:
    """Where the file belongs, read from its text: what it says in ``SHELF``, or by the class it holds."""
    try:
        tree = ast.parse(path.read_bytes(), str(path))
    except OSError as error:
        raise InputError(f"--with {path}: {error.strerror or error}") from None
    except (SyntaxError, ValueError) as error:
        raise InputError(f"--with {path}: not Python: {error}") from None
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name("SHELF")], value=ast.Constant(str(shelf))):
                return shelf
            case ast.ClassDef(bases=bases):
                for base in bases:
                    if (found := _SHELVES.get(ast.unparse(base).rpartition(".")[2])) is not None:
                        return found
    return None
