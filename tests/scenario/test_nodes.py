from __future__ import annotations

from itertools import pairwise

import pytest
import yaml

from sim.scenario import nodes
from sim.scenario.errors import ScenarioError
from sim.scenario.nodes import Problems, parse, plain


def read(text: str) -> object:
    problems = Problems()
    tree = parse(text, "x.yaml", problems)
    problems.stop_if_any()
    return plain(tree)


def refusal(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        read(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"), ("y", "y"), ("true", True), ("False", False),
        ("null", None), ("~", None), ("", None), ("none", "none"),
        ("1", 1), ("-1", -1), ("+1", 1), ("010", 10), ("0o10", 8), ("0x1F", 31), ("1e3", 1000.0), ("1.5", 1.5),
        (".5", 0.5), ("1_000", "1_000"), ("12:30", "12:30"), ("2026-06-13", "2026-06-13"), ("0.1d", "0.1d"),
        ("'1'", "1"), ('"true"', "true"), ("1 usd", "1 usd"), ("=", "="), ("1e999", "1e999"),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    found = read(f"a: {text}")
    assert found == {"a": value}
    assert type(found["a"]) is type(value)


def test_a_number_too_long_for_any_use_stays_text() -> None:
    assert read("a: " + "9" * 5_000) == {"a": "9" * 5_000}


def test_keys_are_words_whatever_they_look_like() -> None:
    assert read("{1: a, true: b, null: c, 0.50: d}") == {"1": "a", "true": "b", "null": "c", "0.50": "d"}


def test_every_value_and_key_knows_its_place() -> None:
    tree = parse("a:\n  - b: 1\n    cc: [x,  y]\n", "x.yaml", [])
    y = tree.at("a", 0, "cc", 1)
    assert (y.value, y.line, y.column) == ("y", 3, 14)
    assert tree.at("a", 0, "cc").key == (3, 5)
    assert tree.at("a", 0, "dd", 7) is tree.at("a", 0)


def test_the_first_byte_order_mark_and_a_document_marker_are_no_obstacle() -> None:
    assert read("%YAML 1.2\n---\na: 1\n...\n") == {"a": 1}


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("a: 1\nb: {c: 1, c: 2}", "2:11", "b.c: the key 'c' is here twice (first in line 2)"),
        ("a: 1\na: 2", "2:1", "twice"),
        ("a:\n\tb: 1", "2:1", "a tab stands where only spaces may"),
        ("a: !!python/object:os.system x", "1:4", "the tag"),
        ("a: !!str 1", "1:4", "the tag"),
        ("a: !x [1]", "1:4", "the tag"),
        ("a: 1\n---\nb: 1", "2:1", "second document"),
        ("? [a]\n: 1", "1:3", "a key is a word"),
        ("? {a: 1}\n: 1", "1:3", "a key is a word"),
        ("a: &x 1\n*x : 1", "2:1", "a key is a word"),
        ("a: *x", "1:4", "no anchor &x before it"),
        ("a: &x [*x]", "1:8", "stands inside what it names"),
        ("a: b: c", "1:5", "not a YAML text"),
        ("a: [1", "2:1", "not a YAML text"),
        ("a: 'x", "1:", "not a YAML text"),
        ("", "1:1", "empty"),
        ("# only a comment", "1:1", "empty"),
        ("---\n...\n", "1:1", "empty"),
        ("a: \x07", "1:4", "not a YAML text"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_with_its_place(text: str, place: str, what: str) -> None:
    found = refusal(text)
    assert f"x.yaml:{place}" in found
    assert what in found


def test_anchors_and_aliases_are_allowed() -> None:
    assert read("a: &x {b: [1, &y 2]}\nc: *x\nd: *y") == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}, "d": 2}


def test_aliases_that_multiply_without_bound_are_refused() -> None:
    names = "abcdefghij"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{name}: &{name} [{', '.join(['*' + below] * 9)}]" for below, name in pairwise(names)]
    assert "aliases counted each time" in refusal("\n".join(lines))


def test_aliases_that_nest_without_bound_are_refused() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 60))]
    assert "levels deep" in refusal("\n".join(lines))


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_refused_and_not_a_crash(opening: str) -> None:
    assert "x.yaml:1:" in refusal(opening * 50_000)


def test_more_values_than_a_scenario_could_have_are_refused() -> None:
    assert "250,000 values" in refusal("[" + "a," * 260_000 + "]")


def test_the_parser_in_python_gives_the_same_as_the_one_in_c(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: &x [1, yes, {b: 1e3}]\nc: *x\nd: |\n  two\n  lines\n"
    fast = read(text)
    monkeypatch.setattr(nodes, "_LOADER", yaml.SafeLoader)
    assert read(text) == fast
    assert "levels deep" in refusal("[" * 3_000)
    assert "a tab" in refusal("a:\n\tb: 1")
