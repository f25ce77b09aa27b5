"""``sim explore --save`` and ``sim run`` on what it saved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from sim.cli import cli
from sim.cli._terminal import InputError
from sim.scenario import load

STORY = """\
title: Somebody was there before
until: 60 d
people: {alice: {}, mallory: {adversary: true}, bob: {}}
orchestrators: {hub: {}}
providers: {cloud: {like: M1}}
story:
  - {id: squat, at: 1 d, who: mallory, as: alice, sign_up: cloud}
  - {id: owner, at: 20 d, who: alice, add: cloud/free}
  - {id: bob, at: 25 d, who: bob, sign_up: cloud}
explore: {waits_at_most: 1 h, adversary_sends: 0}
"""


class Said(NamedTuple):
    """What a command printed, and its exit code."""

    exit_code: int
    stdout: str
    stderr: str


def sim(*words: object) -> Said:
    """A command line, in this process; anything but wrong input goes on upwards."""
    found = CliRunner().invoke(cli, [str(word) for word in words], standalone_mode=False)
    if isinstance(found.exception, InputError):
        return Said(2, found.stdout, found.stderr + found.exception.format_message())
    if found.exception is not None:
        raise found.exception
    return Said(found.return_value, found.stdout, found.stderr)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the story and what was found in it."""
    folder = tmp_path_factory.mktemp("findings")
    (folder / "s.yaml").write_text(STORY)
    found = sim(
        "explore", folder / "s.yaml", "-q", "--property", "existing_account_needs_consent", "--save", folder / "f.yaml"
    )
    assert found.exit_code == 0
    said = f"{folder / 'f.yaml'}: existing_account_needs_consent is violated in "
    assert said in found.stderr
    assert "left out: people.bob, story.bob" in found.stderr
    return folder


def test_a_saved_finding_is_shown_again(folder: Path) -> None:
    """The diagram, the verdict, the expectation met."""
    shown = sim("run", folder / "f.yaml")
    assert shown.exit_code == 0
    assert "existing_account_needs_consent violated:" in " ".join(shown.stdout.split())
    assert "The expectation is met" in shown.stdout
    told = json.loads(sim("run", folder / "f.yaml", "--json").stdout)
    assert told["digest"] in shown.stdout
    assert [one["property"] for one in told["verdicts"] if one["expected"] == "violated"] == [
        "existing_account_needs_consent"
    ]
    assert [step.id for step in load(folder / "f.yaml").story] == ["squat", "owner"]


def test_a_trace_of_it_can_be_run_again(folder: Path) -> None:
    """Its header has the order too."""
    assert sim("run", folder / "f.yaml", "-q", "--trace", folder / "t.jsonl").exit_code == 0
    again = sim("run", folder / "t.jsonl")
    assert again.exit_code == 0
    assert "The same again" in again.stdout


def test_another_expectation_is_not_met(folder: Path) -> None:
    """A finding is judged as any run is."""
    other = sim("run", folder / "f.yaml", "-q", "--set", "expect.takeovers=3")
    assert other.exit_code == 1
    refusing = sim("run", folder / "f.yaml", "-q", "--set", "providers.cloud.like=M4")
    assert refusing.exit_code == 1
    assert "existing_account_needs_consent: unbroken, expected violated" in refusing.stdout


def _edited(folder: Path, old: str, new: str) -> Said:
    text = (folder / "f.yaml").read_text()
    assert old in text
    (folder / "e.yaml").write_text(text.replace(old, new))
    return sim("run", folder / "e.yaml", "--trace", folder / "e.jsonl")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("message:sign_up:squat.mallory", "message:sign_up:squat.alice", "event 2 of "),
        ("message:sign_up:squat.mallory", "message:nonsense:squat.mallory", "possible: message:sign_up:squat.mallory"),
        (
            "command:owner:owner.alice",
            "command:nobody:owner.alice",
            "there is no step 'nobody'; possible: squat, owner",
        ),
        ("command:owner:owner.alice", "command", "is no label kind:message:cause"),
        ("who: alice, add: cloud/free", "who: mallory, add: cloud/free", "event "),
    ],
)
def test_what_cannot_be_followed_is_refused(folder: Path, old: str, new: str, why: str) -> None:
    """Exit 2, the place and what is possible; no traceback, and no part of a trace is left."""
    refused = _edited(folder, old, new)
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert refused.stderr.startswith(f"{folder / 'e.yaml'}:")
    assert why in refused.stderr
    assert not (folder / "e.jsonl").exists()


def test_nothing_to_save(folder: Path) -> None:
    """A property that holds leaves no file, and the exit code as it was."""
    said = sim("explore", folder / "s.yaml", "-q", "--property", "money_is_conserved", "--save", folder / "none.yaml")
    assert said.exit_code == 0
    assert "none.yaml: not written: money_is_conserved was not violated" in said.stderr
    assert not (folder / "none.yaml").exists()


def test_a_place_that_cannot_be_written(folder: Path) -> None:
    """Said, with exit code 2."""
    said = sim("explore", folder / "s.yaml", "-q", "--save", folder / "nowhere" / "f.yaml")
    assert said.exit_code == 2
    assert "cannot write the finding" in said.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("explore", "s.yaml", "-q", "--property", "existing_account_needs_consent", "--save", "s.yaml"),
        ("run", "s.yaml", "-q", "--trace", "s.yaml"),
        ("graph", "s.yaml", "--svg", "s.yaml"),
    ],
)
def test_a_story_is_never_written_over(words: tuple[str, ...], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    before = Path("s.yaml").read_bytes()
    said = sim(*words)
    assert said.exit_code == 2
    assert "s.yaml: there is such a file" in said.stderr
    assert Path("s.yaml").read_bytes() == before
