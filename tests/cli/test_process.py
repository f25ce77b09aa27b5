"""The command as a process of its own: pipes, signals, colours, encodings, what it imports, code of one's own."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]
OURS = os.environ | {"PYTHONPATH": str(HERE)}

STORY = """\
title: One adds
until: 5 d
people: {alice: {}}
orchestrators: {hub: {}}
providers: {cloud: {like: M6}}
story:
  - {at: 1 h, who: alice, add: cloud/free}
expect: {no_squat: holds}
variants:
  wrong: {expect: {no_squat: violated}}
"""
ENDLESS = STORY.replace("people: {alice: {}}", "people: {alice: {count: 500}}").replace(
    "{at: 1 h, who: alice, add: cloud/free}", "{every: 10 s, who: alice, use: cloud}"
)

PROPERTY = '''\
"""No account at all."""

from typing import ClassVar

from sim.facts import AccountCreated
from sim.property import Property


class NoAccountAtAll(Property):
    """Nothing is ever created."""

    TEXT = "Nothing is ever created."
    READS: ClassVar = {AccountCreated: "_created"}

    def _created(self, fact, see):
        see.violated(self, f"{fact.account} exists")
'''


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """A small story in a folder of its own."""
    path = tmp_path / "s.yaml"
    path.write_text(STORY)
    return path


def command(*args: str | Path) -> list[str]:
    return [sys.executable, "-m", "sim", *map(str, args)]


def sim(*args: str | Path, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """The command run to its end."""
    environment = {key: value for key, value in OURS.items() if key != "NO_COLOR"} | env
    return subprocess.run(
        command(*args),
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


# --- exit codes ------------------------------------------------------------------------------------------------------


def test_exit_codes_of_the_process(story: Path):
    assert sim("run", story).returncode == 0
    assert sim("run", story, "--variant", "wrong", "-q").returncode == 1
    missing = sim("run", story.with_name("none.yaml"))
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr.strip().endswith("none.yaml: there is no such file")
    assert sim("--version").stdout.startswith("trust-triangle ")


def test_a_mistyped_verb_or_option_is_met_with_the_nearest_one():
    verb = sim("rnu", "x.yaml")
    assert verb.returncode == 2
    assert "there is no verb 'rnu'; did you mean 'run'? possible: check, compare," in verb.stderr
    option = sim("run", "x.yaml", "--sede", "3")
    assert option.returncode == 2
    assert "--seed" in option.stderr
    for found in (verb, option):
        assert "Traceback" not in found.stderr


def test_the_list_of_verbs_is_the_help(tmp_path: Path):
    text = sim("--help", cwd=tmp_path).stdout
    for verb in ("run", "compare", "check", "explain", "diff", "list", "new"):
        assert f"\n  {verb} " in text
    assert "Exit codes: 0" in text


# --- pipes and signals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("args", [["run"], ["run", "--json"], ["check", "--resolved"], ["compare"]])
def test_a_closed_pipe_is_met_with_silence_and_the_verdict_stands(story: Path, args: list[str]):
    verb, *rest = args
    reader, writer = os.pipe()
    os.close(reader)
    found = subprocess.run(
        command(verb, story, *rest),
        stdout=writer,
        stderr=subprocess.PIPE,
        env=OURS,
        timeout=120,
        check=False,
    )
    os.close(writer)
    assert found.stderr == b""
    assert found.returncode == (1 if verb == "compare" else 0)


def test_head_gets_its_line(story: Path):
    line = subprocess.run(
        f"{sys.executable} -m sim run {story} --json | head -1",
        shell=True, capture_output=True, env=OURS, timeout=120, check=False,
    )  # fmt: skip
    assert (line.stdout, line.stderr) == (b"{\n", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_an_error_without_a_traceback(story: Path):
    with Path("/dev/full").open("w") as full:
        found = subprocess.run(
            command("run", story),
            stdout=full,
            stderr=subprocess.PIPE,
            env=OURS,
            timeout=120,
            check=False,
        )
    assert found.returncode == 2
    assert found.stderr.strip() == b"cannot write the output: No space left on device"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_leaves_no_half_a_trace(tmp_path: Path, number: signal.Signals, code: int):
    (tmp_path / "s.yaml").write_text(ENDLESS)
    process = subprocess.Popen(
        command("run", "s.yaml", "--trace", "t.jsonl", "-q"),
        cwd=tmp_path, env=OURS, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not any(path.suffix == ".part" and path.stat().st_size > 0 for path in tmp_path.iterdir()):
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in errors
    assert [path.name for path in tmp_path.iterdir()] == ["s.yaml"]


# --- terminals -------------------------------------------------------------------------------------------------------


def on_a_terminal(story: Path, **env: str) -> str:
    """What a terminal of 90 columns is sent."""
    master, slave = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS")}
    environment |= {"PYTHONPATH": str(HERE), "TERM": "xterm", "COLUMNS": "90"} | env
    process = subprocess.Popen(command("run", story), stdout=slave, stderr=slave, env=environment)
    os.close(slave)
    sent = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        sent += part
    process.wait(60)
    os.close(master)
    return sent.decode()


def test_colour_on_a_terminal_and_only_there(story: Path):
    assert "\x1b[32m" in on_a_terminal(story)
    assert "\x1b" not in on_a_terminal(story, NO_COLOR="1")
    assert "\x1b" not in on_a_terminal(story, TERM="dumb")
    assert "\x1b" not in sim("run", story).stdout


def test_the_width_of_the_terminal_is_kept(story: Path):
    lines = on_a_terminal(story, NO_COLOR="1").replace("\r", "").splitlines()
    digests = [line for line in lines if line.startswith(("Digest", "Look", "Seed", "The expectation"))]
    assert max(len(line) for line in lines if line not in digests) <= 90


def test_a_terminal_without_the_letters_gets_plain_ones(story: Path):
    found = sim("run", story, PYTHONIOENCODING="ascii", COLUMNS="100")
    assert found.returncode == 0
    assert found.stdout.isascii()
    assert "+--" in found.stdout
    assert "?" not in found.stdout


# --- start-up --------------------------------------------------------------------------------------------------------

HEAVY = ("pydantic", "yaml", "msgspec", "simpy", "networkx", "matplotlib", "faker", "numpy", "asyncio")


@pytest.mark.parametrize("args", [["--help"], ["run", "--help"], ["check", "--help"], ["list", "--help"]])
def test_help_imports_nothing_heavy(args: list[str]):
    found = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "sim", *args], capture_output=True, text=True, timeout=60,
        env=OURS, check=False,
    )  # fmt: skip
    imported = {
        line.rpartition("|")[2].strip() for line in found.stderr.splitlines() if line.startswith("import time:")
    }
    assert "click" in imported
    assert not [name for name in imported if name.partition(".")[0] in HEAVY]
    assert "sim.scenario" not in imported


def test_checking_imports_no_engine_and_running_no_plots(story: Path):
    drawing = ("networkx", "matplotlib", "faker")
    for verb, unwanted in (("check", ("simpy", *drawing)), ("run", drawing)):
        found = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "sim", verb, str(story)],
            capture_output=True, text=True, timeout=60,
            env=OURS, check=False,
        )  # fmt: skip
        imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in found.stderr.splitlines()}
        assert not imported & set(unwanted)


# --- code of one's own -----------------------------------------------------------------------------------------------


def test_a_property_of_ones_own_is_watched_and_can_be_expected(story: Path):
    (story.parent / "no_account_at_all.py").write_text(PROPERTY)
    story.write_text(STORY.replace("no_squat: holds", "no_account_at_all: violated"))
    unknown = sim("run", "s.yaml", cwd=story.parent)
    assert unknown.returncode == 2
    assert "no_account_at_all" in unknown.stderr
    found = sim("run", "s.yaml", "--with", "no_account_at_all.py", "--json", cwd=story.parent)
    assert found.returncode == 0, found.stderr
    verdicts = {verdict["property"]: verdict for verdict in json.loads(found.stdout)["verdicts"]}
    assert verdicts["no_account_at_all"]["verdict"] == "violated"
    assert verdicts["no_account_at_all"]["first"]["why"].endswith("exists")


POLICY = """\
SHELF = "policies/matching"

from sim.policies.matching.namespaced import *
"""


def test_a_policy_of_ones_own_can_be_named(story: Path):
    (story.parent / "my_matching.py").write_text(POLICY)
    story.write_text(STORY.replace("like: M6", "like: M6, matching: my_matching"))
    assert sim("check", story).returncode == 2
    found = sim("run", story, "--with", story.parent / "my_matching.py", "-q")
    assert found.returncode == 0, found.stderr


def test_a_bug_in_ones_own_code_is_shown_and_not_hidden(story: Path):
    (story.parent / "broken_rule.py").write_text(PROPERTY.replace("see.violated(self,", "see.vioalted(self,"))
    found = sim("run", story, "--with", story.parent / "broken_rule.py")
    assert "Traceback" in found.stderr
    assert "vioalted" in found.stderr
    assert found.returncode == 1
