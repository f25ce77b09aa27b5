"""What every property on the shelf keeps to."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim import properties
from tests.properties.test_leftovers import CASES

TESTS = Path(__file__).parent.parent


@pytest.mark.parametrize("name", sorted(CASES))
def test_it_is_seen_to_fire_and_to_hold(name: str) -> None:
    counts = [count for count, _ in CASES[name].values()]
    assert any(counts)
    assert not all(counts)


def test_every_property_is_named_by_some_test() -> None:
    texts = "".join(path.read_text("utf-8") for path in sorted(TESTS.rglob("test_*.py")))
    assert [name for name in properties.names() if name not in texts] == []


@pytest.mark.parametrize("name", properties.names())
def test_it_says_what_it_is(name: str) -> None:
    kind = properties.load(name)
    assert kind.TEXT.endswith(".")
    assert ". " not in kind.TEXT
    assert kind.KIND in ("always", "sometimes")
    assert kind.KIND == "sometimes" or kind.CITES
    assert kind.__doc__
    assert properties.class_in(import_module(f"sim.properties.{name}")) is kind
    assert sorted(kind(name).reads, key=repr) == sorted(kind.READS, key=repr)


def test_names_are_listed_without_importing_anything() -> None:
    code = "import sys, sim.properties as p; p.all_names(); print([m for m in sys.modules if m.startswith('sim.prop')])"
    listed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert listed.strip() == "['sim.property', 'sim.properties']"


def test_an_unknown_property_is_refused_with_the_possible_ones() -> None:
    with pytest.raises(LookupError, match="no_squat"):
        properties.load("no_squatt")
    with pytest.raises(LookupError, match="no property"):
        properties.load("_words")


def test_a_module_without_exactly_one_property_is_refused() -> None:
    empty = SimpleNamespace(__name__="mine")
    with pytest.raises(LookupError, match="mine must define one property, and defines 0"):
        properties.class_in(empty)  # type: ignore[arg-type]
