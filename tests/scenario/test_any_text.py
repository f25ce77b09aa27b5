"""Whatever is written in a file, ``load`` gives a scenario or says what is wrong."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario import Scenario, ScenarioError, load, load_text
from sim.scenario.writing import write
from tests.scenario.worlds import EXAMPLES, attempt

TOP = Path(__file__).parents[2]
TEXTS = [path.read_text() for path in EXAMPLES]
WORDS = sorted({word for text in TEXTS for word in text.replace(",", " ").replace("}", " ").replace("{", " ").split()})
ODD = [
    "null", "~", "[]", "{}", "''", "1e999", "-1", "9" * 500, ".inf", ".nan", "never", "&a", "*a", "!!int 3", "? x",
    ": ", "- ", "\t", "|", ">", "any", "any any", "->", "a->", "%", '"\\ud800"', "0x1f", "1:2", "{pick: {}}", "true",
    "on",
    "\u0661 min", "1. s", ". s", "1e400 d", "-0 s", "uniform 0 s to 0 s", "\x00", "\u2028", "\ufeff", "#",
    "<<: {}", "---",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A valid text with a few lines lost, repeated or swapped, words replaced, characters thrown in."""
    lines = draw(st.sampled_from(TEXTS)).split("\n")
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["delete", "repeat", "swap", "word", "odd", "bytes", "deep"])):
            case "delete":
                lines[place] = ""
            case "repeat":
                lines.insert(place, lines[draw(st.integers(0, len(lines) - 1))])
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[place], lines[other] = lines[other], lines[place]
            case "word" | "odd" as what:
                words = lines[place].split(" ")
                words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(WORDS if what == "word" else ODD))
                lines[place] = " ".join(words)
            case "bytes":
                at = draw(st.integers(0, len(lines[place])))
                lines[place] = lines[place][:at] + draw(st.binary(max_size=3)).decode("latin-1") + lines[place][at:]
            case _:
                lines[place] += draw(st.sampled_from("[{-?")) * draw(st.integers(1, 2_000))
    return "\n".join(lines)


@settings(max_examples=400)
@given(mutated(), st.booleans())
def test_a_damaged_file_gives_a_scenario_or_says_what_is_wrong(text: str, later: bool) -> None:
    scenario = attempt(load_text, text, allow_later=later)
    if isinstance(scenario, ScenarioError):
        assert scenario.problems
        assert all(problem.message for problem in scenario.problems)
        return
    assert load_text(write(scenario.resolved()), allow_later=later).resolved() == scenario.resolved()
    assert scenario.origin


@given(st.binary(max_size=200))
def test_any_bytes_give_a_scenario_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.yaml"
    path.write_bytes(data)
    with pytest.raises(ScenarioError):
        load(path)


@given(st.text(max_size=60), st.sampled_from(TEXTS))
def test_any_flag_gives_a_scenario_or_says_what_is_wrong(flag: str, text: str) -> None:
    for sets in ([flag], [f"{flag}=1"], [f"until={flag}"], [f"providers.{flag}={flag}"], [f"story.{flag}={flag}"]):
        found = attempt(load_text, text, sets=sets, allow_later=True)
        assert isinstance(found, Scenario) or found.problems


def large() -> str:
    """A file of a thousand lines."""
    people = [f"  p{n}x: {{mfa: provider, notices: 0.2, answers_after: exponential {n + 1} min}}" for n in range(300)]
    providers = [
        f"  c{n}x: {{like: M{n % 10 + 1}, token_life: {n + 1} d, key_cache: {{life: 9 min}}}}" for n in range(100)
    ]
    story = [f"  - {{id: s{n}, at: {n % 50} d, who: p{n % 300}x, via: hub, add: c{n % 100}x/free}}" for n in range(600)]
    head = ["title: t", "until: 60 d", "orchestrators: {hub: {}}"]
    return "\n".join([*head, "people:", *people, "providers:", *providers, "story:", *story])


@pytest.mark.bench
def test_a_thousand_lines_load_in_a_tenth_of_a_second(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text(large())
    spent = []
    for _ in range(6):
        start = time.process_time()
        load(path)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.1


def test_reading_scenarios_needs_no_heavy_library() -> None:
    heavy = ("simpy", "networkx", "matplotlib", "faker", "numpy", "click", "rich")
    code = f"import sys, sim.scenario; print([name for name in {heavy} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=TOP).stdout
    assert said.strip() == "[]"


def test_a_thousand_lines_load() -> None:
    assert len(load_text(large()).story) == 600
