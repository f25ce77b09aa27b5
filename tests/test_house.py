"""The house keeps its rules, and the rules can be broken."""

from __future__ import annotations

import doctest
import importlib
import os
import re
import subprocess
import tomllib
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests import house as rules
from tests.house import House

TOP = Path(__file__).parent.parent
HOUSE = House.at(TOP)
TEST_COMMAND = "python3 -m venv .venv && .venv/bin/pip install -q '.[test]' && .venv/bin/python -m pytest"

TOP_LEVEL = ("LICENSE", "README.md", "notebooks", "pyproject.toml", "scenarios", "sim", "tests", "uv.lock")
INDEX_HOSTS = ("pypi.org", "files.pythonhosted.org")

Rule = Callable[[House], list[str]]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule: Rule) -> None:
    if complaints := rule(HOUSE):
        pytest.fail("\n".join(complaints), pytrace=False)


def test_functions_aim_at_forty_lines() -> None:
    """Longer ones are named, and allowed up to the hard end that a rule above enforces."""
    for complaint in rules.functions_are_short(HOUSE, rules.FUNCTION_LINES):
        warnings.warn(complaint, stacklevel=1)
    assert rules.functions_are_short(House({"sim/a.py": _function(41)}), rules.FUNCTION_LINES)


@pytest.mark.parametrize("name", [module.name for module in HOUSE if ">>>" in module.text])
def test_the_examples_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def _function(lines: int) -> str:
    return '"""M."""\n\ndef f():\n    """F."""\n' + "    f()\n" * (lines - 2)


MESSAGES = 'class Base(Struct): ...\nclass AccountRequest(Base, frozen=True, tag="account_request"): ...\n'

#: (rule, sources that break it, what the complaint says)
BROKEN: list[tuple[Rule, dict[str, str], str]] = [
    (rules.known_rooms, {"sim/utils.py": ""}, "'utils' is no room"),
    (rules.import_order, {"sim/clock.py": "from sim.money import pay"}, "clock.py:1: clock may not import money"),
    (rules.import_order, {"sim/clock.py": "import sim.cli"}, "clock may not import cli"),
    (rules.import_order, {"sim/world.py": "from sim import explore"}, "world may not import explore"),
    (rules.import_order, {"sim/views/a.py": "from ..cli import b"}, "views may not import cli"),
    (rules.import_order, {"sim/clock.py": "def f():\n    import sim.cli"}, "clock.py:2: clock may not import cli"),
    (rules.import_order, {"sim/cli.py": "from sim import run"}, "not sim.run"),
    (rules.front_door, {"sim/__init__.py": "from sim.simulate import run"}, "sim.simulate is imported before"),
    (
        rules.simpy_only_in_simulate,
        {"sim/world.py": "from simpy.core import Event"},
        "world may not import simpy",
    ),
    (rules.random_only_in_chance, {"sim/world.py": "import random as dice"}, "world may not import random"),
    (rules.random_only_in_chance, {"sim/cli.py": "def f():\n    from secrets import token_hex"}, "secrets"),
    (
        rules.no_wall_clock_above_scenario,
        {"sim/trace.py": "from datetime import date"},
        "trace may not import datetime",
    ),
    (rules.no_wall_clock_above_scenario, {"sim/clock.py": "import time"}, "clock may not import time"),
    (rules.no_wall_clock_above_scenario, {"sim/parties/a.py": "import os.path"}, "parties may not import os.path"),
    (rules.heavy_libraries_are_lazy, {"sim/views/a.py": "from matplotlib.figure import Figure"}, "at start-up"),
    (rules.heavy_libraries_are_lazy, {"sim/cli.py": "class A:\n    import networkx"}, "cli.py:2: networkx"),
    (rules.shelves_stand_apart, {"sim/parties/a.py": "import sim.policies.matching"}, "sim.policies.matching, which"),
    (
        rules.shelves_stand_apart,
        {"sim/policies/q/a.py": "from sim.policies.q import b", "sim/policies/q/b.py": ""},
        "a.py:1: sim.policies.q.a may not import sim.policies.q.b",
    ),
    (
        rules.shelves_stand_apart,
        {"sim/policies/q/a.py": "from sim.policies.r import _b", "sim/policies/r/_b.py": ""},
        "may not import sim.policies.r._b",
    ),
    (
        rules.shelves_stand_apart,
        {"sim/parties/a/x.py": "from sim.parties.b.y import z"},
        "import sim.parties.b.y",
    ),
    (rules.shelves_stand_apart, {"sim/attacks/__init__.py": "from sim.attacks.relay import a"}, "sim.attacks.relay"),
    (rules.truth_is_out_of_reach, {"sim/attacks/a.py": "from sim.truth import owner"}, "sim.attacks.a -> sim.truth"),
    (rules.truth_is_out_of_reach, {"sim/parties/a.py": "from sim import truth"}, "sim.parties.a -> sim.truth"),
    (
        rules.truth_is_out_of_reach,
        {
            "sim/policies/q/a.py": "from sim.property import P",
            "sim/property.py": "import sim.truth",
        },
        "sim.policies.q.a -> sim.property -> sim.truth",
    ),
    (
        rules.truth_is_out_of_reach,
        {"sim/parties/a.py": "from importlib import import_module\nimport_module('sim.truth')", "sim/truth.py": ""},
        "sim.parties.a -> sim.truth",
    ),
    (
        rules.engines_name_no_message,
        {"sim/messages.py": MESSAGES, "sim/world.py": "from sim.messages import AccountRequest"},
        "world.py:1: an engine names the message AccountRequest",
    ),
    (
        rules.engines_name_no_message,
        {"sim/messages.py": MESSAGES, "sim/explore.py": "import sim.messages as m\nisinstance(x, m.AccountRequest)"},
        "explore.py:1: an engine names the message sim.messages",
    ),
    (
        rules.engines_name_no_message,
        {"sim/messages.py": MESSAGES, "sim/simulate/loop.py": "x.kind == 'account_request'"},
        "names the message 'account_request'",
    ),
    (rules.modules_are_short, {"sim/clock.py": "a = 1\n" * 401}, "401 lines"),
    (rules.functions_are_short, {"sim/clock.py": _function(61)}, "clock.py:3: f has 61 lines"),
    (rules.functions_are_short, {"sim/clock.py": "class A:\n    def f(self):\n" + "        f()\n" * 60}, "f has 61"),
    (rules.public_things_are_explained, {"sim/clock.py": "a = 1"}, "clock.py:1: the module has no docstring"),
    (rules.public_things_are_explained, {"sim/clock.py": '"""M."""\ndef f(): ...'}, "clock.py:2: f has no docstring"),
    (
        rules.public_things_are_explained,
        {"sim/clock.py": '"""M."""\nclass A:\n    """A."""\n    def f(self): ...'},
        "clock.py:4: f has no docstring",
    ),
    (rules.no_dead_modules, {"sim/cli.py": "", "sim/views/a.py": ""}, "views/a.py:1: nothing imports"),
    (
        rules.no_dead_modules,
        {"sim/cli.py": "", "sim/views/a.py": "import sim.views.b", "sim/views/b.py": "import sim.views.a"},
        "views/b.py:1: nothing imports",
    ),
    (rules.no_dead_modules, {"sim/cli.py": "", "sim/policies/q/_a.py": ""}, "policies/q/_a.py:1: nothing imports"),
]


@pytest.mark.parametrize(("rule", "sources", "complaint"), BROKEN)
def test_a_broken_rule_is_noticed(rule: Rule, sources: dict[str, str], complaint: str) -> None:
    assert complaint in "\n".join(rule(House(sources)))


def test_every_rule_has_been_seen_broken() -> None:
    assert {rule for rule, _, _ in BROKEN} == set(rules.RULES)


@pytest.mark.parametrize(
    "sources",
    [
        {"sim/money.py": '"""M."""\nfrom sim.clock import DAY'},
        {"sim/chance.py": '"""M."""\nimport random'},
        {"sim/simulate/__init__.py": '"""M."""\nimport simpy\nimport time'},
        {"sim/__init__.py": '"""M."""\ndef f():\n    """F."""\n    from sim.simulate import run'},
        {"sim/__main__.py": '"""M."""\nfrom sim.cli import main', "sim/cli.py": '"""M."""'},
        {"sim/views/a.py": '"""M."""\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import networkx'},
        {"sim/properties/a.py": '"""M."""\nfrom sim.truth import owner'},
        {"sim/world.py": '"""M."""\nfrom sim.messages import Base', "sim/messages.py": f'"""M."""\n{MESSAGES}'},
        {"sim/policies/q/a.py": '"""M."""\nfrom sim.policies.q import Q', "sim/policies/q/__init__.py": '"""M."""'},
        {"sim/policies/q/a.py": '"""M."""\nfrom sim.policies.q._b import c', "sim/policies/q/_b.py": '"""M."""'},
        {"sim/policies/q/a.py": '"""M."""\nfrom sim.policies import _b', "sim/policies/_b.py": '"""M."""'},
        {"sim/parties/a/x.py": '"""M."""\nfrom sim.parties.a.y import z', "sim/parties/a/y.py": '"""M."""'},
        {"sim/cli.py": '"""M."""\nLATE = "sim.views.a"', "sim/views/a.py": '"""M."""'},
        {"sim/cli.py": '"""M."""\nf = lambda x: f"sim.views.{x}"', "sim/views/a.py": '"""M."""'},
        {"sim/cli.py": '"""M."""', "sim/attacks/a.py": '"""M."""', "sim/scenario/presets/a.py": '"""M."""'},
    ],
)
def test_what_is_allowed_is_left_in_peace(sources: dict[str, str]) -> None:
    explained = {path: _explained(text) for path, text in sources.items()}
    assert [complaint for rule in rules.RULES for complaint in rule(House(explained))] == []


def _explained(text: str) -> str:
    """The text without its message classes' lack of docstrings, which is not what it is shown for."""
    return text.replace(": ...", ':\n    """C."""')


# --- the files around the house -------------------------------------------------------------------------------------


def _strange_names(names: Iterable[str]) -> list[str]:
    """Names at the top level beside the agreed ones; hidden files may be there."""
    return sorted({name for name in names if name not in TOP_LEVEL and not name.startswith(".")})


def _strange_sources(text: str) -> list[str]:
    """Hosts and local folders in a build file from which a package would come, beside the public index."""
    hosts = re.findall(r"[a-z+]+://([^/\s\"']*)", text)
    folders = re.findall(r"(?:registry|url|path|editable|directory) = \"(/[^\"]*|file:[^\"]*|\.\.[^\"]*)\"", text)
    return sorted({host for host in hosts if host not in INDEX_HOSTS} | set(folders))


def _package_name(need: str) -> str:
    """The canonical name of the package in a requirement such as ``PyYAML>=6``."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~! ;]", need)[0]).lower()


def _machine_paths(text: str) -> list[str]:
    """Absolute paths in a script that exist on somebody's machine only."""
    return re.findall(r"(?<![\w.$}/])/(?!usr/bin/env\b|dev/null\b)\w[\w./-]*", text)


def test_the_top_level_has_only_the_agreed_names() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=False)
    names = [path.partition("/")[0] for path in listed.stdout.splitlines()] or os.listdir(TOP)
    assert _strange_names(names) == []
    assert _strange_names(["sim", "docs", ".ci", "setup.py"]) == ["docs", "setup.py"]


@pytest.mark.parametrize("name", ["uv.lock", "pyproject.toml"])
def test_packages_come_from_the_public_index(name: str) -> None:
    assert _strange_sources((TOP / name).read_text("utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        'source = { registry = "https://mirror.example/simple" }',
        'source = { registry = "/srv/packages/simple" }',
        'url = "http://127.0.0.1:8000/a.whl"',
        'url = "file:///srv/a.whl"',
        'index = "git+https://pypi.org@mirror.example/a"',
        'source = { editable = "../other" }',
    ],
)
def test_another_index_is_noticed(line: str) -> None:
    assert _strange_sources(line)


def test_the_lock_knows_every_dependency() -> None:
    """A dependency that was added without locking again is missing in the lock's own copy of the list."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    lock = tomllib.loads((TOP / "uv.lock").read_text("utf-8"))
    locked = next(package for package in lock["package"] if package["name"] == project["name"])["metadata"]
    wanted = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {_package_name(need) for needs in wanted for need in needs}
    assert {need["name"] for need in locked["requires-dist"]} == names


def test_the_readme_has_the_test_command_that_ci_runs() -> None:
    """``.ci/run`` takes the command from the README, by this pattern."""
    pattern = "^python3 -m venv .* -m pytest$"
    assert re.findall(pattern, (TOP / "README.md").read_text("utf-8"), re.MULTILINE) == [TEST_COMMAND]
    assert f"'{pattern}' README.md" in (TOP / ".ci/run").read_text("utf-8")


def test_ci_is_a_script_for_any_machine() -> None:
    script = TOP / ".ci/run"
    assert os.access(script, os.X_OK)
    assert _machine_paths(script.read_text("utf-8")) == []
    assert _strange_sources(script.read_text("utf-8")) == []
    assert _machine_paths("cd /srv/x && . ./a/b >/dev/null $HOME/c") == ["/srv/x"]
