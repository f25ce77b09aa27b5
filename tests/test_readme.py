"""What the README shows is what happens: its file is loaded and judged, its commands print what stands below them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sim.cli import cli

TOP = Path(__file__).parent.parent
TEXT = (TOP / "README.md").read_text("utf-8")
FILES = dict(re.findall(r"<!-- file: (\S+) -->\n```yaml\n(.*?)```", TEXT, re.DOTALL))
CONSOLES = re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the README's files and the shipped scenarios, on a plain terminal of 100 columns."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "scenarios").symlink_to(TOP / "scenarios")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def _commands(console: str) -> list[tuple[str, list[str]]]:
    """Each command of a console block, with the lines shown below it."""
    found: list[tuple[str, list[str]]] = []
    for line in console.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


@pytest.mark.parametrize("number", range(len(CONSOLES)))
def test_a_command_prints_what_is_shown(number: int, folder: Path) -> None:
    """Every line shown is in the output, in the order shown; an ellipsis stands for lines left out."""
    for command, shown in _commands(CONSOLES[number]):
        words = shlex.split(command.partition(" > ")[0])
        assert words[0] == "sim"
        ended = CliRunner().invoke(cli, words[1:], standalone_mode=False)
        assert ended.exception is None, command
        assert ended.return_value == 0, command
        printed = iter(ended.output.splitlines())
        for line in shown:
            assert line == "…" or line in printed, f"{command} does not print {line!r} there"


def test_there_is_something_to_check() -> None:
    assert "mine.yaml" in FILES
    assert len(CONSOLES) >= 4


def test_the_first_command_runs_a_shipped_scenario() -> None:
    found = re.findall(
        r"^    python3 -m venv \.venv && \.venv/bin/pip install -q \. && \.venv/bin/sim run (\S+)$", TEXT, re.MULTILINE
    )
    assert len(found) == 1
    assert (TOP / found[0]).is_file()


def test_the_lines_of_python_do_what_their_comments_say(folder: Path) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names: dict[str, Any] = {}
    exec(block.replace("runs=100", "runs=2"), names)
    assert names["outcome"].panel["harm"]["takeovers"] == 0
    assert len(names["swept"].rows) == len(names["again"].rows) == 2
    assert names["found"].verdicts[0].property == "token_only_for_owner"
