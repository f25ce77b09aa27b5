"""Where the stories are that come with the code.

In a checkout they are the folder ``scenarios`` beside the package; an installed copy has them inside it. Nothing is
read here but names of files.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
#: Where threats are told, one file each, below the folder of stories.
THREATS = "threats"
#: What other files bring in with ``use`` and is no story by itself.
PACKS = "packs"


def folder(package: Path = _PACKAGE) -> Path:
    """The folder of the stories that go with ``package``; it may be missing where the code was copied without them."""
    top = package.parent
    if (top / "pyproject.toml").is_file() and (top / "scenarios").is_dir():
        return top / "scenarios"
    return package / "_scenarios"


def shown(path: Path) -> str:
    """``path`` as a command would name it: from the current folder where it lies below it, else in full."""
    whole = path.resolve()
    here = Path.cwd()
    return whole.relative_to(here).as_posix() if whole.is_relative_to(here) else str(whole)


def stories(where: Path) -> list[Path]:
    """The scenario files directly in ``where``, by name."""
    return sorted(where.glob("*.yaml"))


def sections(where: Path) -> list[Path]:
    """The folders below ``where`` that hold stories, by name; packs are none."""
    return sorted(one for one in where.iterdir() if one.is_dir() and one.name != PACKS and stories(one))
