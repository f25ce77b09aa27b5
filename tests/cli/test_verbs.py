"""The verbs, called in this process: what they print, what they return, what they refuse."""

from __future__ import annotations

import json
import os
import re
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sim.cli import _shared, cli, new
from sim.cli._terminal import InputError
from sim.scenario.paths import TOP_KEYS
from sim.scenario.verbs import STEP_KEYS
from sim.trace import read

STORY = """\
title: Someone tries to enter
why: Only to see.
until: 5 d
people: {alice: {answers_after: 1 min, reads_mail_after: 1 h}, mallory: {adversary: true}}
orchestrators: {hub: {}, careless: {email_check: none, says_verified: always}}
providers: {cloud: {like: M6}}
story:
  - {at: 1 h, who: alice, sign_up: cloud}
  - {at: 2 d, who: mallory, via: careless, as: alice, add: cloud/free}
expect: {token_only_for_owner: holds, takeovers: 0}
measures: {unseen: {span: [key_stolen, attestation_accepted]}}
variants:
  silent: {set: {providers.cloud.like: M1}, expect: {token_only_for_owner: violated, takeovers: 1}}
  wrong: {set: {providers.cloud.like: M1}, expect: {token_only_for_owner: holds}}
  open: {expect: {unseen: 0}}
"""


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A small story in the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.yaml").write_text(STORY)
    return "s.yaml"


def sim(*args: str) -> Result:
    """The command; ``InputError`` and the like are turned into exit codes as ``main`` does."""
    found = CliRunner().invoke(cli, args, standalone_mode=False)
    if found.exception is not None and not isinstance(found.exception, InputError):
        raise found.exception
    return found


def code(found: Result) -> int:
    return 2 if found.exception is not None else found.return_value


def refused(found: Result) -> str:
    assert isinstance(found.exception, InputError)
    return found.exception.format_message()


# --- run -------------------------------------------------------------------------------------------------------------


def test_a_run_tells_everything_in_order(story: str):
    found = sim("run", story)
    assert code(found) == 0
    heads = [
        "Someone tries to enter", "sign up at cloud", "Verdicts", "Harm", "Price for the honest", "Money", "Seed 1 ",
        "Digest sha256:", "All 2 expectations met", "Look further: ",
    ]  # fmt: skip
    places = [found.output.index(head) for head in heads]
    assert places == sorted(places)
    assert max(map(len, found.output.splitlines())) <= 100


@pytest.mark.parametrize(("variant", "exit_"), [("silent", 0), ("wrong", 1), ("open", 3)])
def test_the_exit_code_says_how_it_went(story: str, variant: str, exit_: int):
    assert code(sim("run", story, "--variant", variant, "--quiet")) == exit_
    assert code(sim("run", story, "--variant", variant, "--json")) == exit_


def test_the_object_for_programs_is_all_that_is_printed_and_the_same_each_time(story: str):
    first, second = sim("run", story, "--json", "--seed", "7"), sim("run", story, "--json", "--seed", "7")
    assert first.output == second.output
    data = json.loads(first.output)
    assert data["seed"] == 7
    assert data["digest"].startswith("sha256:")
    assert data["receipt"]["command"] == "sim run s.yaml --seed 7"
    assert {verdict["property"] for verdict in data["verdicts"]} >= {"token_only_for_owner", "no_squat", "takeovers"}
    assert json.loads(sim("run", story, "--json", "--seed", "8").output)["digest"] != data["digest"]


def test_how_it_is_printed_does_not_change_what_happens(story: str):
    digests = {
        json.loads(sim("run", story, "--json").output)["digest"],
        re.search(r"sha256:\w+", sim("run", story).output)[0],
        json.loads(sim("run", story, "--json", "--trace", "t.jsonl").output)["digest"],
        read(Path("t.jsonl")).digest,
    }
    assert len(digests) == 1


def test_quiet_tells_what_was_not_met_and_one_line(story: str):
    lines = sim("run", story, "--variant", "wrong", "-q").output.splitlines()
    assert len(lines) == 2
    assert lines[0] == "token_only_for_owner: violated 2 times, expected holds"
    assert lines[1].startswith("1 expectation of 1 NOT MET · s.yaml (wrong) · exit 1")


def test_a_value_can_be_set(story: str):
    found = sim("run", story, "--set", "providers.cloud.linking=silent", "--json")
    assert json.loads(found.output)["panel"]["harm"]["takeovers"] == 1
    assert code(found) == 1


def test_a_crowd_is_run_without_a_diagram_unless_a_part_is_asked_for(story: str):
    Path(story).write_text(STORY.replace("people: {", "people: {crowd: {count: 1001}, "))
    found = sim("run", story)
    assert "no diagram: too many people" in found.output
    assert "●" not in found.output
    (step,) = re.findall(r"Look further: --around (\d+) ", found.output)
    assert f"\n{step:>5} " in sim("run", story, "--around", step).output


EMPTY = "title: Nothing\nuntil: 1 d\npeople: {ann: {}}\norchestrators: {hub: {}}\nproviders: {p: {}}\n"


def test_where_nothing_happens_nothing_is_drawn_and_no_step_is_pointed_at(story: str):
    Path(story).write_text(EMPTY)
    found = sim("run", story).output
    assert "(nothing to draw: " in found
    assert "Look further" not in found


def test_the_step_that_is_pointed_at_is_drawn(story: str):
    Path(story).write_text(EMPTY + "story: [{at: 1 h, who: ann, log_in: hub}]\n")
    (step,) = re.findall(r"Look further: --around (\d+) ", sim("run", story).output)
    assert f"\n{step:>5} " in sim("run", story, "--around", step).output


def test_what_is_drawn_is_not_chosen_where_nothing_is_drawn(story: str):
    for option in ("--quiet", "--json"):
        assert "choose what is drawn" in refused(sim("run", story, "--around", "3", option))
    assert re.search(r"no such step; this run has steps 1 to \d+$", refused(sim("run", story, "--around", "99999")))


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["run", "none.yaml"], "none.yaml: there is no such file"),
        (["run", "s.yaml", "--variant", "silnt"], "did you mean 'silent'"),
        (["run", "s.yaml", "--set", "providers.clod.linking=refuse"], "cloud"),
        (["run", "s.yaml", "--set", "nonsense"], "is not path=value"),
        (["compare", "none.yaml"], "there is no such file"),
        (["check", "none.yaml"], "there is no such file"),
        (["explain", "none.jsonl", "1"], "No such file"),
        (["diff", "s.yaml", "s.yaml"], "s.yaml: not a trace; to write one: sim run s.yaml --trace t.jsonl"),
        (["list", "propertes"], "did you mean 'properties'"),
        (["list", "properties", "no_sqat"], "did you mean 'no_squat'"),
        (["list", "vari"], "did you mean 'vary'"),
        (["list", "presets", "M77"], "did you mean 'M7'"),
    ],
)
def test_wrong_input_is_said_in_one_line_with_the_nearest_right_one(story: str, args: list[str], message: str):
    found = sim(*args)
    assert code(found) == 2
    assert message in refused(found)
    assert found.output == ""


def test_problems_of_a_file_carry_line_and_column(story: str):
    Path(story).write_text(STORY.replace("like: M6", "like: M66"))
    message = refused(sim("run", story))
    assert re.match(r"s\.yaml:6:\d+: providers\.cloud\.like: ", message)


# --- diagrams --------------------------------------------------------------------------------------------------------


def test_a_diagram_is_written_as_svg_or_as_mermaid(story: str):
    assert code(sim("run", story, "--diagram", "d.svg", "-q")) == 0
    assert Path("d.svg").read_text().startswith("<svg ")
    assert code(sim("run", story, "--diagram", "d.mmd", "--only", "careless", "--json")) == 0
    assert Path("d.mmd").read_text().startswith("sequenceDiagram")
    assert "sign_up" not in Path("d.mmd").read_text()
    assert "ending in .svg or .mmd" in refused(sim("run", story, "--diagram", "d.png"))
    assert "cannot write the diagram" in refused(sim("run", story, "--diagram", "no/such/d.svg"))


def test_only_a_part_is_drawn_where_that_is_asked_for(story: str):
    everything = sim("run", story, "--all").output
    near = sim("run", story, "--around", "20").output
    only = sim("run", story, "--only", "lure").output
    assert "left out" in near
    assert "lure cloud" in only
    assert "account_request" not in only
    assert len(only.splitlines()) < len(near.splitlines()) < len(everything.splitlines())


# --- traces ----------------------------------------------------------------------------------------------------------


def test_a_trace_is_written_whole_and_nothing_else_is_left(story: str):
    assert code(sim("run", story, "--trace", "t.jsonl", "-q")) == 0
    assert len(read(Path("t.jsonl")).steps) > 20
    assert sorted(path.name for path in Path().iterdir()) == ["s.yaml", "t.jsonl"]


def test_a_trace_is_run_again_just_as_it_was(story: str):
    assert code(sim("run", story, "--trace", "t.jsonl", "-q")) == 0
    assert sim("run", "t.jsonl").output.startswith("The same again")
    message = refused(sim("run", "t.jsonl", "--around", "3", "--seed", "2"))
    assert "leave --seed, --around away" in message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_has_no_end_is_not_read_to_the_end(story: str, monkeypatch: pytest.MonkeyPatch):
    assert code(sim("run", story, "--trace", "t.jsonl", "-q")) == 0
    whole = Path("t.jsonl").read_bytes()
    assert "not a trace" in refused(sim("explain", "/dev/zero", "1"))
    with monkeypatch.context() as changed:
        changed.setattr(_shared, "_PIECE", 100)
        changed.setattr(_shared, "_HEADER", 1000)
        assert "its first line has no end" in refused(_through_a_pipe(b"x" * 5000, "explain", "pipe", "1"))
    assert code(_through_a_pipe(whole, "diff", "pipe", "t.jsonl")) == 0
    assert code(_through_a_pipe(STORY.encode(), "run", "pipe", "-q")) == 0
    monkeypatch.setattr(_shared, "_PIPE", len(whole) - 1)
    assert "put a long trace into a file" in refused(_through_a_pipe(whole, "explain", "pipe", "1"))


def _through_a_pipe(text: bytes, *args: str) -> Result:
    os.mkfifo("pipe")
    writer = threading.Thread(target=_written, args=(Path("pipe").absolute(), text))
    writer.start()
    try:
        return sim(*args)
    finally:
        writer.join()
        Path("pipe").unlink()


def _written(pipe: Path, text: bytes) -> None:
    with suppress(BrokenPipeError), pipe.open("wb") as file:
        file.write(text)


def test_a_trace_that_does_not_fit_into_memory_is_refused(story: str, monkeypatch: pytest.MonkeyPatch):
    assert code(sim("run", story, "--trace", "t.jsonl", "-q")) == 0
    monkeypatch.setattr(_shared, "_memory", lambda: 5000)
    for args in (["explain", "t.jsonl", "1"], ["diff", "t.jsonl", "t.jsonl"], ["run", "t.jsonl"]):
        assert "GB of memory, and there are" in refused(sim(*args))


@pytest.mark.parametrize("target", ["no/such/folder/t.jsonl", "."])
def test_a_place_that_cannot_be_written_is_refused_before_the_run(
    story: str, target: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("sim.experiments.once.run_once", lambda *args, **rest: pytest.fail("it ran"))
    message = refused(sim("run", story, "--trace", target))
    assert message.startswith(f"{target}: cannot write the trace: ")


def test_a_run_that_fails_leaves_no_half_a_trace_and_spoils_no_whole_one(story: str, monkeypatch: pytest.MonkeyPatch):
    Path("t.jsonl").write_text("an older one")

    def fails(scenario: Any, *, record: bool, file: Any) -> None:
        file.write(b"half a line")
        raise RuntimeError("a bug")

    monkeypatch.setattr("sim.experiments.once.run_once", fails)
    with pytest.raises(RuntimeError, match="a bug"):
        sim("run", story, "--trace", "t.jsonl")
    assert Path("t.jsonl").read_text() == "an older one"
    assert sorted(path.name for path in Path().iterdir()) == ["s.yaml", "t.jsonl"]


def test_a_device_is_written_to_and_not_replaced(story: str):
    assert code(sim("run", story, "--trace", "/dev/null", "-q")) == 0
    assert not Path("/dev/null").is_file()


def test_a_trace_is_run_again(story: str):
    sim("run", story, "--trace", "t.jsonl", "--variant", "silent", "-q")
    steps = len(read(Path("t.jsonl")).steps)
    found = sim("run", "t.jsonl")
    assert code(found) == 0
    assert found.output.startswith(f"The same again: {steps} steps, sha256:")
    assert json.loads(sim("run", "t.jsonl", "--json").output)["same"] is True


def test_a_trace_that_does_not_come_out_the_same_is_refused_at_the_first_step_that_differs(story: str):
    sim("run", story, "--trace", "t.jsonl", "-q")
    lines = Path("t.jsonl").read_text().splitlines(keepends=True)
    header = json.loads(lines[0])
    header["scenario"]["providers"]["cloud"]["linking"] = "refuse"
    Path("t.jsonl").write_text(json.dumps(header, separators=(",", ":")) + "\n" + "".join(lines[1:]))
    found = sim("run", "t.jsonl")
    assert code(found) == 1
    step = int(re.search(r"step (\d+) is not the same again", found.output)[1])
    assert "cloud asks the owner" in found.output
    data = json.loads(sim("run", "t.jsonl", "--json").output)
    assert (data["same"], data["exit"], data["first"]["step"]) == (False, 1, step)


def test_an_edited_or_cut_trace_is_refused(story: str):
    sim("run", story, "--trace", "t.jsonl", "-q")
    text = Path("t.jsonl").read_text()
    Path("edited.jsonl").write_text(text.replace("mallory", "walter", 3))
    Path("cut.jsonl").write_text(text[: len(text) // 2])
    Path("bare.jsonl").write_text('{"trace":1,"seed":1}\n{"end":0,"digest":"x"}\n')
    for name in ("edited.jsonl", "cut.jsonl", "bare.jsonl"):
        assert code(sim("run", name)) == 2
        assert name in refused(sim("run", name))


def test_explain_walks_up_the_chain(story: str):
    sim("run", story, "--trace", "t.jsonl", "--variant", "silent", "-q")
    found = sim("explain", "t.jsonl", "token_only_for_owner")
    assert code(found) == 0
    assert "1. the story has mallory add cloud/free via careless as alice." in found.output
    assert "How careless checks an address: not at all; what it says of that: always verified." in found.output
    data = json.loads(sim("explain", "t.jsonl", "token_only_for_owner", "--json").output)
    assert data["chain"][-1]["step"] == data["step"]
    assert data["chain"][0]["kind"] == "command"


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("0", "there is no step 0"),
        ("99999", "there is no step 99999"),
        ("no_squit", "no step finds or notes"),
        ("charge_settles", "t.jsonl: charge_settles is unbroken in this trace"),
    ],
)
def test_explain_of_a_step_that_is_not_there(story: str, step: str, message: str):
    sim("run", story, "--trace", "t.jsonl", "-q")
    assert message in refused(sim("explain", "t.jsonl", step))


def test_diff_of_two_traces(story: str):
    sim("run", story, "--trace", "a.jsonl", "-q")
    sim("run", story, "--trace", "b.jsonl", "--variant", "silent", "-q")
    found = sim("diff", "a.jsonl", "b.jsonl")
    assert code(found) == 1
    for part in (
        "The first step that differs is step",
        "Decisions only in a.jsonl",
        "Findings only in b.jsonl",
        "Panel",
    ):
        assert part in found.output
    data = json.loads(sim("diff", "a.jsonl", "b.jsonl", "--json").output)
    assert data["panel"]["takeovers"] == [0, 1]
    assert data["header"]["scenario.providers.cloud.linking"] == ["ask_owner", "silent"]
    assert code(sim("diff", "a.jsonl", "a.jsonl")) == 0


# --- compare ---------------------------------------------------------------------------------------------------------


def test_compare_shows_base_and_variants_and_ends_with_the_worst(story: str):
    found = sim("compare", story)
    assert code(found) == 1
    assert found.output.splitlines()[2].split() == ["base", "silent", "wrong", "open"]
    data = json.loads(sim("compare", story, "--json").output)
    assert [one["variant"] for one in data] == [None, "silent", "wrong", "open"]
    assert [one["exit"] for one in data] == [0, 0, 1, 3]
    assert data[1] == json.loads(sim("run", story, "--variant", "silent", "--json").output)


# --- check, list, new ------------------------------------------------------------------------------------------------


def test_check_says_what_the_file_holds(story: str):
    found = sim("check", story)
    assert code(found) == 0
    assert found.output == (
        "s.yaml: fine: 2 people, 2 orchestrators, 1 provider, 2 steps, 2 expectations, 3 variants\n"
    )
    data = json.loads(sim("check", story, "--json").output)
    assert (data["ok"], data["problems"], data["variants"]) == (True, [], ["silent", "wrong", "open"])


def test_check_resolved_gives_every_value_with_its_origin(story: str):
    lines = sim("check", story, "--resolved", "--set", "providers.cloud.linking=refuse").output.splitlines()
    values = {line.partition(":")[0]: [part.strip() for part in line.rpartition("  # ")[::2]] for line in lines}
    assert values["providers.cloud.linking"] == ["providers.cloud.linking: refuse", "--set"]
    assert values["providers.cloud.matching"][1].startswith("preset M6 (confirmed")
    assert values["people.alice.answers_after"] == ["people.alice.answers_after: 1 min", "s.yaml:4"]
    assert values["orchestrators.hub.timeout"][1].startswith("default (confirmed")
    assert values["story.step2.add"] == ["story.step2.add: cloud/free", "s.yaml:9"]
    data = json.loads(sim("check", story, "--resolved", "--json").output)
    assert set(data["origin"]) >= set(values) - {"providers.cloud.linking"}
    assert data["resolved"]["providers"]["cloud"]["linking"] == "ask_owner"


def test_check_gives_problems_to_programs_as_well(story: str):
    Path(story).write_text(STORY.replace("until: 5 d", "until: soon"))
    found = CliRunner().invoke(cli, ["check", story, "--json"], standalone_mode=False)
    data = json.loads(found.stdout)
    assert data["ok"] is False
    assert data["problems"][0]["line"] == 3
    assert data["problems"][0]["path"] == "until"
    assert "s.yaml:3:" in refused(found)


def test_list_without_anything_tells_what_there_is():
    found = sim("list")
    assert code(found) == 0
    assert "properties" in found.output
    assert "lifecycles" in found.output


def test_every_field_and_every_word_of_a_step_is_listed_under_its_name():
    for name in (*TOP_KEYS, *STEP_KEYS):
        found = sim("list", name)
        assert code(found) == 0, name
        assert name in found.output, name
    assert "[value, value, …]" in sim("list", "vary").output
    assert "wait" in sim("list", "story").output
    shown = json.loads(sim("list", "intercept", "--json").output)
    assert "intercept: " in shown["example"]
    assert {row["part"] for row in shown["sections"][0]["rows"]} == {"who", "does", "kind", "to", "for"}
    assert "signing_key" in sim("list", "steal").output
    assert "violated_in" in sim("list", "violated_in").output
    both = sim("list", "use").output
    assert "The field use" in both
    assert "The verb use" in both


def test_presets_and_scenarios_are_one_line_each_unless_asked_for_whole():
    short, whole = sim("list", "presets").output, sim("list", "presets", "--long").output
    assert len(short.splitlines()) < len(whole.splitlines()) / 3
    assert "after_mail" in whole
    assert "after_mail" not in short
    assert "after_mail" in sim("list", "presets", "M7").output
    for text, name in ((short, "M7"), (sim("list", "scenarios").output, "pre_hijack")):
        assert sum(line.split()[:1] == [name] for line in text.splitlines()) == 1
        assert "One of them in full: " in text


def test_list_as_markdown_and_as_data():
    assert "| account_created | provider, account, " in sim("list", "facts", "--markdown").output
    assert json.loads(sim("list", "providers", "key_cache", "--json").output)["rows"][0]["field"] == "key_cache.life"
    assert sim("list", "lifecycles", "--markdown").output.count("```mermaid") > 3


def test_new_writes_a_scenario_that_is_right_and_meets_its_expectations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    found = sim("new", "first.yaml")
    assert code(found) == 0
    assert "sim run first.yaml" in found.output
    assert "sim check first.yaml" in Path("first.yaml").read_text()
    assert code(sim("compare", "first.yaml")) == 0


def test_new_leaves_alone_what_is_there(story: str):
    assert "is there already" in refused(sim("new", story))
    assert Path(story).read_text() == STORY
    assert "cannot be written" in refused(sim("new", "no/such/folder.yaml"))


def test_the_starter_names_no_field_that_is_not_explained():
    assert new.STARTER.count("FILE") == 2


# --- code of one's own -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("missing.py", None, "No such file"),
        ("my-policy.py", "x = 1", "not a Python file with a name"),
        ("policy.txt", "x = 1", "not a Python file with a name"),
        ("nothing.py", "x = 1", "holds no Property and no Measure"),
        ("broken.py", "def (", "not Python"),
        ("lost.py", "SHELF = 'policies/weather'", "there is no shelf 'policies/weather'"),
        ("no_squat.py", "class Mine(Property): ...", "has a 'no_squat' already"),
    ],
)
def test_a_file_that_cannot_be_brought_in(story: str, name: str, text: str | None, message: str):
    if text is not None:
        Path(name).write_text(text)
    assert message in refused(sim("run", story, "--with", name))
