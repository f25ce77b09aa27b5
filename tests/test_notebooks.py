"""Every notebook runs from top to bottom as a script, and Jupyter (by jupytext) reads it as cells."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
NOTEBOOKS = sorted((TOP / "notebooks").glob("*.py"))


def test_they_are_numbered_without_a_gap() -> None:
    assert [path.name.partition("_")[0] for path in NOTEBOOKS] == [str(n) for n in range(1, len(NOTEBOOKS) + 1)]
    assert len(NOTEBOOKS) == 6


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, tmp_path: Path) -> None:
    """In a folder of its own, without a screen; whatever it asserts is true."""
    there = os.environ | {"MPLBACKEND": "Agg", "PYTHONPATH": str(TOP), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(path)], cwd=tmp_path, env=there, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_jupyter_reads_it_as_cells(path: Path) -> None:
    jupytext = pytest.importorskip("jupytext")
    cells = jupytext.read(path).cells
    kinds = [cell.cell_type for cell in cells]
    assert kinds[0] == "markdown"
    assert cells[0].source.startswith(f"# {path.name.partition('_')[0]} · ")
    assert kinds.count("code") >= 4
    assert all(cell.source.strip() for cell in cells)
    assert not any(cell.source.lstrip().startswith("%%") for cell in cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_says_what_it_shows(path: Path) -> None:
    """Prose before code, a claim that is checked, and a way on to files that exist."""
    text = path.read_text("utf-8")
    assert text.count("# %% [markdown]") >= 4
    assert "\nassert " in text
    for name in re.findall(r"`(\d_\w+\.py)`", text):
        assert (path.parent / name).exists(), name
