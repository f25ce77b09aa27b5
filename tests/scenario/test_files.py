from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load
from sim.scenario.files import MOST_BYTES
from tests.scenario.worlds import text


def refusal(path: str | Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return str(caught.value)


def test_a_file_that_is_not_there_a_folder_and_an_impossible_name_are_said_to_be_so(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no.yaml") == f"{tmp_path / 'no.yaml'}: there is no such file"
    assert "this is a folder" in refusal(tmp_path)
    assert "cannot be read" in refusal("a\0b")
    assert refusal("") != ""


def test_a_file_that_may_not_be_read_is_said_to_be_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert "permission denied" in refusal(tmp_path / "x.yaml")


def test_a_large_file_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"[" * (MOST_BYTES + 1))
    assert "larger than 4 MB" in refusal(path)


def test_an_endless_file_is_refused_too() -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("no endless file here")
    assert "larger than 4 MB" in refusal("/dev/zero")


def test_text_that_is_no_utf_8_is_refused_with_the_place_of_the_first_wrong_byte(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"title: t\nwhy: caf\xe9\n")
    assert refusal(path).endswith("x.yaml:2:9: the byte 0xe9 is no UTF-8; save the file as UTF-8")
    path.write_bytes("title: t".encode("utf-16"))
    assert "no UTF-8" in refusal(path)


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text(), encoding="utf-8-sig")
    assert load(path).title == "t"


@pytest.mark.parametrize("content", ["- a\n", "just text\n", "3\n"])
def test_a_file_that_is_no_map_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(content)
    assert "a scenario is a map with keys such as title" in refusal(path)


# --- use ------------------------------------------------------------------------------------------------------------


def write(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content)
    return folder / "main.yaml"


def test_a_file_lies_over_the_files_it_uses_in_order(tmp_path: Path) -> None:
    main = write(
        tmp_path,
        world=text(why="w", seed="7"),
        more="{seed: 8, providers: {p: {skew: 10 s}}, story: [{id: a, at: 1 d, who: ann, use: p, times: 2},"
        " {at: 2 d, who: ann, use: p}]}",
        main="{use: [world.yaml, more.yaml], title: mine, story: [{id: a, at: 3 d, who: bobs1, as: ann, times: null},"
        " {id: b, at: 1 d, who: ann, use: q}]}",
    )
    scenario = load(main)
    assert (scenario.title, scenario.why, scenario.seed) == ("mine", "w", 8)
    assert (scenario.providers["p"].matching, scenario.providers["p"].skew.most) == ("subject_or_email", 10_000_000)
    assert [step.id for step in scenario.story] == ["a", "step2", "b"]
    first = scenario.story[0]
    assert (str(first.when.at), first.who[0].name, first.as_.name, first.verb) == ("3 d", "bobs1", "ann", "use")
    assert first.times == 1
    assert scenario.origin["providers.p.skew"] == f"{tmp_path / 'more.yaml'}:1"


def test_null_deletes_what_a_used_file_has(tmp_path: Path) -> None:
    main = write(
        tmp_path,
        world=text(providers="{p: {like: M7, skew: 10 s}, q: {}}", expect="{no_squat: holds}"),
        main="{use: world.yaml, providers: {q: null, p: {skew: null}}, expect: null}",
    )
    scenario = load(main)
    assert list(scenario.providers) == ["p"]
    assert scenario.providers["p"].skew.most == 300_000_000
    assert scenario.expect == {}


def test_files_are_looked_for_beside_the_file_that_uses_them(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    write(tmp_path / "deep", world="{use: ../base.yaml, why: deep}")
    main = write(tmp_path, base=text(), main="{use: deep/world.yaml}")
    assert load(main).why == "deep"


def test_a_problem_in_a_used_file_is_shown_where_it_stands(tmp_path: Path) -> None:
    main = write(tmp_path, world=text(providers="{p: {matching: emial}, q: {}}"), main="use: world.yaml\n")
    assert f"{tmp_path / 'world.yaml'}:5:" in refusal(main)
    main = write(tmp_path, world="a: [", main="use: world.yaml\n")
    assert f"{tmp_path / 'world.yaml'}:" in refusal(main)


def test_files_that_use_one_another_in_a_circle_are_refused(tmp_path: Path) -> None:
    main = write(tmp_path, a="use: main.yaml\n", main=text(use="a.yaml"))
    assert "circle: main.yaml -> a.yaml -> main.yaml" in refusal(main)
    main.write_text(text(use="main.yaml"))
    assert "circle: main.yaml -> main.yaml" in refusal(main)


def test_a_used_file_that_is_not_there_is_shown_where_it_is_used(tmp_path: Path) -> None:
    main = write(tmp_path, main=text(use="no.yaml"))
    assert "main.yaml:6:6: use: 'no.yaml': there is no such file" in refusal(main)


def test_a_file_used_by_two_others_comes_once(tmp_path: Path) -> None:
    main = write(
        tmp_path,
        world=text(story="[{at: 1 d, who: ann, use: p}]"),
        a="use: world.yaml\n",
        b="use: world.yaml\n",
        main="use: [a.yaml, b.yaml]\n",
    )
    assert len(load(main).story) == 1


def test_doubling_chains_of_files_are_read_once_each(tmp_path: Path) -> None:
    for n in range(40):
        (tmp_path / f"f{n}.yaml").write_text(f"use: [f{n + 1}.yaml, f{n + 1}.yaml]\n")
    (tmp_path / "f40.yaml").write_text(text())
    assert load(tmp_path / "f0.yaml").title == "t"


def test_endless_chains_of_files_are_refused(tmp_path: Path) -> None:
    for n in range(150):
        (tmp_path / f"f{n}.yaml").write_text(f"use: f{n + 1}.yaml\n")
    assert "more than 100 files" in refusal(tmp_path / "f0.yaml")
