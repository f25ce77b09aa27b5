from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.scenario import load
from sim.scenario.describe import (
    BLOCKS,
    block_names,
    block_rows,
    loot_rows,
    preset_rows,
    source_rows,
    time_word_rows,
    verb_rows,
)
from sim.scenario.errors import Wrong
from sim.scenario.nodes import parse, plain
from sim.scenario.paths import fields_of
from sim.scenario.schema import schema, text
from sim.scenario.shelves import DOCUMENTED, bring, check, known
from sim.scenario.sources import SOURCES
from tests.scenario.worlds import EXAMPLES, HERE, complaints, world

COMMITTED = HERE.parent.parent / "scenarios" / "scenario.schema.json"


def test_the_committed_schema_is_current() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == text(), "write it anew: python -m sim.scenario.schema " + str(
        COMMITTED
    )


def test_the_schema_names_every_field_with_its_meaning() -> None:
    provider = schema()["$defs"]["providers"]["anyOf"][0]["properties"]
    assert set(provider) == set(fields_of(BLOCKS["provider"][1]))
    assert provider["token_life"]["description"] == "life of an access token"
    assert provider["token_life"]["default"] == "365 d"


def test_the_schema_accepts_the_examples_and_refuses_what_is_no_scenario() -> None:
    jsonschema: Any = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(schema())
    jsonschema.Draft202012Validator.check_schema(schema())
    for path in EXAMPLES:
        value = plain(parse(path.read_text(), path.name, []))
        assert [error.message for error in validator.iter_errors(value)] == []
        flat = load(path, allow_later=True).resolved()
        assert [error.message for error in validator.iter_errors(flat)] == []
    for wrong in (
        {"peple": {}},
        {"people": {"ann": {"mfaa": "none"}}},
        {"story": [{"at": "1 d", "every": "2 d", "who": "ann", "use": "p"}]},
        {"story": [{"at": "1 d", "who": "ann"}]},
        {"story": [{"at": "1 d", "who": "ann", "use": "p", "adopt": "p"}]},
        {"providers": {"p": {"token_life": 3}}},
        {"network": {"hub->p": {"los": 1}}},
        {"measures": {"m": {"count": "a", "sum": "a.b"}}},
    ):
        assert not validator.is_valid(wrong), wrong


def test_every_default_has_a_meaning_a_mark_and_known_sources() -> None:
    for name in block_names():
        for row in block_rows(name):
            assert row.meaning
            assert row.mark in ("confirmed", "assumed")
            sources = [key for key in row.source.split(", ") if key]
            assert sources or row.mark == "assumed", row
            assert [key for key in sources if key not in SOURCES] == []


def test_fields_are_listed_as_they_are_written() -> None:
    rows = {row.field: row for row in block_rows("provider")}
    assert rows["token_life"][1:3] == ("duration", "365 d")
    assert rows["key_cache.life"].default == "10 min"
    assert rows["agent_provisioning"].default == "yes"
    assert rows["limits"].type == "list of {per, burst, per_hour, counts, when_down}"
    assert "not simulated" not in rows["quarantine"].meaning
    assert block_rows("providers") == block_rows("provider")
    with pytest.raises(LookupError, match="possible is person, orchestrator, provider"):
        block_rows("bank")


def test_a_default_as_listed_is_what_a_file_may_say() -> None:
    for name, section in (("person", "people"), ("orchestrator", "orchestrators"), ("provider", "providers")):
        for row in block_rows(name):
            if row.default in ("-", "[]", "first orchestrator") or row.field in ("email", "prices", "catalogue_says"):
                continue
            head, _, rest = row.field.partition(".")
            value = f"{{{rest}: {row.default}}}" if rest else row.default
            found = getattr(world(later=True, **{section: f"{{x: {{{head}: {value}}}}}"}), section)["x"]
            default = getattr(world(later=True, **{section: "{x: {}}"}), section)["x"]
            assert getattr(found, head) == getattr(default, head), row


def test_presets_verbs_time_words_loot_and_sources_are_listed() -> None:
    assert ("M7", "providers", "on_adopt", "purge") in {row[:4] for row in preset_rows()}
    assert ("cloudflare", "providers", "prices.workers:paid", "5 usd") in {row[:4] for row in preset_rows()}
    assert {row.verb: row.options for row in verb_rows()}["steal"] == "of (needed)"
    assert [row.word for row in time_word_rows()] == ["at", "every", "after", "may"]
    assert "mailbox" in {row.word for row in loot_rows()}
    assert all(row.meaning for row in source_rows())


# --- shelves --------------------------------------------------------------------------------------------------------


def test_a_shelf_is_what_lies_in_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.scenario import shelves

    (tmp_path / "attacks" / "grown").mkdir(parents=True)
    (tmp_path / "attacks" / "grown" / "__init__.py").touch()
    (tmp_path / "attacks" / "notes").mkdir()
    for name in ("pre_hijack.py", "_shared.py", "__init__.py", "readme.md"):
        (tmp_path / "attacks" / name).touch()
    monkeypatch.setattr(shelves, "_SIM", tmp_path)
    shelves._files.cache_clear()
    try:
        assert known("attacks") == ("grown", "pre_hijack")
        assert known("properties") == DOCUMENTED["properties"]
        assert known("policies/matching") == ()
        with pytest.raises(Wrong, match="the attack 'mass_provisioning' is not simulated yet"):
            check("attacks", "mass_provisioning", "the attack")
        check("attacks", "mass_provisioning", "the attack", later=True)
        with pytest.raises(Wrong, match="did you mean 'pre_hijack'"):
            check("attacks", "prehijack", "the attack")
    finally:
        shelves._files.cache_clear()


def test_a_name_brought_in_by_the_user_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.scenario import shelves

    monkeypatch.setattr(shelves, "_brought", {})
    assert complaints(expect="{my_rule: holds}", providers="{p: {matching: my_own}}") != ""
    bring("properties", "my_rule")
    bring("policies/matching", "my_own")
    assert complaints(expect="{my_rule: holds}", providers="{p: {matching: my_own}}") == ""


def test_the_panel_is_always_there_to_be_asked_about() -> None:
    assert set(DOCUMENTED["measures"]) <= set(known("measures"))
    assert len(DOCUMENTED["measures"]) == 19
