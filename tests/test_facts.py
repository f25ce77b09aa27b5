"""Facts are named as scenario files name them, and are records that can be written down."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_type_hints

import msgspec
import pytest

from sim import facts
from sim.party import Fact

NAMES = {name: kind for name, kind in facts.names().items() if kind.__module__.startswith("sim.")}
SIM = Path(__file__).parent.parent / "sim"
#: One value of each type that a field of a fact may have.
SAMPLES = {str: "x", int: 3, bool: True, tuple[str, ...]: ("a", "b"), tuple[tuple[str, int], ...]: (("a", 1),)}
each = pytest.mark.parametrize(("name", "kind"), NAMES.items())


def sample(kind: type[Fact]) -> Fact:
    return kind(*[SAMPLES[get_type_hints(kind)[field]] for field in kind.__struct_fields__])


@pytest.mark.parametrize(
    ("class_name", "name"), [("AccountCreated", "account_created"), ("Linked", "linked"), ("ApiRefused", "api_refused")]
)
def test_the_name_of_a_fact(class_name: str, name: str) -> None:
    assert facts.snake(class_name) == name
    assert NAMES[name].__name__ == class_name


def test_no_two_facts_share_a_name() -> None:
    assert len(NAMES) == len({kind.__struct_config__.tag for kind in NAMES.values()}) > 40


@each
def test_a_fact_is_tagged_by_its_name_and_explained(name: str, kind: type[Fact]) -> None:
    assert kind.__struct_config__.tag == name
    assert kind.__doc__
    assert kind.__doc__ != Fact.__doc__


@each
def test_a_fact_is_frozen_and_survives_json(name: str, kind: type[Fact]) -> None:
    fact = sample(kind)
    assert msgspec.json.decode(msgspec.json.encode(fact), type=kind) == fact
    assert hash(fact) == hash(sample(kind))
    with pytest.raises(AttributeError):
        setattr(fact, kind.__struct_fields__[0], "y")


def test_facts_speak_of_what_is_over() -> None:
    """A past participle: something happened, nobody is told to do anything."""
    ends = re.compile(r"(ed|en|began|read|sent|spent|withdrawn|transition)$")
    assert [name for name in NAMES if not ends.search(name)] == []


def test_every_fact_is_noted_somewhere() -> None:
    """A fact that nobody notes is a property that cannot fire."""
    used: set[str] = set()
    for path in SIM.rglob("*.py"):
        if path.parent != SIM / "facts" and path.name not in ("facts.py", "truth.py"):
            tree = ast.parse(path.read_text("utf-8"))
            used |= {ast.unparse(node.func).rpartition(".")[2] for node in ast.walk(tree) if isinstance(node, ast.Call)}
            named = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
            used |= {ast.unparse(value) for node in named for value in node.values}
    assert [kind.__name__ for kind in NAMES.values() if kind.__name__ not in used] == []
