"""Mermaid and SVG."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from sim import messages as m
from sim.lifecycles import MACHINES
from sim.views import mermaid, svg
from tests.views.traces import Making, squat

SOMETIMES = {"owner_logs_in_later": "sometimes"}


def test_mermaid_has_a_participant_per_lane_and_an_arrow_per_message():
    text = mermaid.sequence(squat(), kinds=SOMETIMES)
    lines = [line.strip() for line in text.splitlines()]
    assert lines[0] == "sequenceDiagram"
    assert lines[1:7] == [
        f"participant p{n} as {name}" for n, name in enumerate(["alice", "mallory", "mail", "first", "second", "cloud"])
    ]
    assert "p1->>p1: instruct cloud/free" in lines
    assert "p4->>p5: account_request alice@example.org" in lines
    assert "p5--xp2: mail welcome alice@example.org" in lines
    assert "Note over p0,p5: 20 d 00:08:00.600 – 19 d later" in lines
    assert any(line.startswith("Note over p5: ✗ no_squat violated: mallory made") for line in lines)
    assert "Note over p5: ✓ owner_logs_in_later reached: alice came back" in lines


def test_mermaid_text_holds_nothing_that_mermaid_would_read_as_its_own():
    make = Making()
    make("message", "cloud", sender="first", message=m.Keys("k", ("first#1", "a;b")))
    line = mermaid.sequence(make.trace()).splitlines()[-1]
    assert "#" not in line
    assert ";" not in line


@pytest.mark.parametrize("name", MACHINES)
def test_life_cycles_draw_every_transition_once(name: str):
    text = mermaid.lifecycle(MACHINES[name])
    arrows = [line.strip() for line in text.splitlines() if "-->" in line]
    wanted = [f"{state} --> {after}" for state, following in MACHINES[name].items() for after in following]
    assert [arrow for arrow in arrows if "[*]" not in arrow] == wanted
    assert arrows[0] == f"[*] --> {next(iter(MACHINES[name]))}"
    ends = {state for state, following in MACHINES[name].items() if not following}
    assert {arrow.partition(" ")[0] for arrow in arrows if arrow.endswith("--> [*]")} == ends


def test_svg_is_well_formed_and_fetches_nothing():
    text = svg.sequence(squat(), kinds=SOMETIMES)
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{space}svg"
    words = ["".join(node.itertext()) for node in root.iter(f"{space}text")]
    assert "account_request alice@example.org" in words
    assert "mail welcome alice@example.org (lost)" in words
    assert "✓ owner_logs_in_later reached: alice came back" in words
    assert root.find(f"{space}title").text == "A squatter comes first"
    assert text.count("http") == 1  # the name of the format itself
    assert "<script" not in text


def test_svg_escapes_what_others_wrote():
    make = Making()
    make("message", "cloud", sender="first", message=m.SignUp("a", "<script>&@example.org", "pw"))
    text = svg.sequence(make.trace({"scenario": {"title": "<b>", "providers": {"cloud": {}}}}))
    ElementTree.fromstring(text)
    assert "<script>" not in text
    assert "&lt;script&gt;&amp;@example.org" in text


def test_a_crossing_arrow_points_at_its_receiver():
    root = ElementTree.fromstring(svg.sequence(squat()))
    arrows = [node for node in root.iter("{http://www.w3.org/2000/svg}line") if node.get("class") == "a"]
    assert all(node.get("marker-end") == "url(#to)" for node in arrows)
    assert len(arrows) == 7
