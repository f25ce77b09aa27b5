"""The shelf of policies: a question is a folder, an answer a file, and nothing is imported before it is asked for."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from sim import policies

SHELF = Path(policies.__file__).parent
ALL = [(question, answer) for question in policies.questions() for answer in policies.answers(question)]

MATCHES = """email email_normalised email_verified first_issuer namespaced subject subject_or_email
    subject_or_verified_email subject_without_issuer"""
#: what each of a provider's questions is answered by, and the function that an answer defines with its parameters
PROVIDER = {
    "matching": (MATCHES, "match(look, claim, verified)"),
    "linking": ("ask_owner by_domain refuse second_factor silent", "link(claim, account, domains)"),
    "activation": ("after_mail at_once", "at_once(claim)"),
    "adoption": ("keep purge review", "ends()"),
    "consent": ("auto_if_single click", "page(url, accounts)"),
    "sign_up": ("none unverified verified", "opens()"),
    "refresh": ("none rotate rotate_detect", "use(presented, current)"),
    "dispute": ("accept fight fight_above", "fights(amount, above)"),
}


@pytest.mark.parametrize("question", PROVIDER)
def test_question_has_the_answers_that_scenarios_may_name(question: str) -> None:
    assert list(policies.answers(question)) == PROVIDER[question][0].split()


@pytest.mark.parametrize(("question", "answer"), [pair for pair in ALL if pair[0] in PROVIDER])
def test_answer_defines_the_function_of_its_question(question: str, answer: str) -> None:
    name, _, parameters = PROVIDER[question][1].partition("(")
    function = getattr(policies.load(question, answer), name)
    assert ", ".join(inspect.signature(function).parameters) == parameters.rstrip(")")


@pytest.mark.parametrize(("question", "answer"), ALL)
def test_answer_says_what_it_is(question: str, answer: str) -> None:
    assert policies.load(question, answer).__doc__
    assert importlib.import_module(f"sim.policies.{question}").__doc__


def test_name_of_an_answer_is_the_name_of_its_file() -> None:
    files = {(path.parent.name, path.stem) for path in SHELF.glob("*/*.py") if not path.stem.startswith("_")}
    assert files == set(ALL)


def test_unknown_names_are_refused_with_what_is_possible() -> None:
    with pytest.raises(ValueError, match="'maybe' is no answer to activation; possible are after_mail, at_once"):
        policies.load("activation", "maybe")
    with pytest.raises(ValueError, match=r"'color' is not a question; possible are .*activation.*sign_up"):
        policies.answers("color")


def test_module_of_ones_own_is_its_own_answer() -> None:
    mine = ModuleType("mine")
    assert policies.load("matching", mine) is mine


def test_answers_are_imported_when_they_are_asked_for_and_not_before() -> None:
    code = (
        "import sys; from sim import policies; policies.answers('matching'); policies.load('matching', 'email');"
        "print(*sorted(name for name in sys.modules if name.startswith('sim.policies.')))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=SHELF.parent.parent
    )
    assert said.stdout.split() == ["sim.policies.matching", "sim.policies.matching.email"]


@pytest.mark.parametrize("path", sorted(SHELF.glob("*/*.py")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_answer_remembers_nothing(path: Path) -> None:
    """An answer is a function of what it is told: no name of its module is ever bound again, or filled."""
    tree = ast.parse(path.read_text("utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, (ast.Global, ast.Nonlocal))]
    mutable = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    values = [node.value for node in tree.body if isinstance(node, (ast.Assign, ast.AnnAssign))]
    assert not [value for value in values if isinstance(value, mutable)]


def test_folder_of_ones_own_adds_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "coin.py").write_text("def at_once(claim):\n    return claim is None\n", "utf-8")
    question = importlib.import_module("sim.policies.activation")
    monkeypatch.setattr(question, "__path__", [*question.__path__, str(tmp_path)])
    policies.answers.cache_clear()
    try:
        assert policies.answers("activation") == ("after_mail", "at_once", "coin")
        assert policies.load("activation", "coin").at_once(None)
    finally:
        monkeypatch.undo()
        policies.answers.cache_clear()
        sys.modules.pop("sim.policies.activation.coin", None)
