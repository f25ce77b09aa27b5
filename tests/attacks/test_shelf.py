from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim import attacks
from sim.attacks import load, says
from sim.scenario.shelves import known

NAMES = sorted(path.stem for path in Path(attacks.__file__).parent.glob("*.py") if not path.stem.startswith("_"))
POWERS = {
    "card", "channel", "env_file", "mailbox", "orchestrator", "payment_tokens", "provider",
    "session", "shared_secret", "signing_key", "support_desk", "tokens",
}  # fmt: skip


def test_the_shelf_is_not_empty() -> None:
    assert {"card_testing", "mass_provisioning", "cap_race", "leaked_env"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_says_what_it_is(name: str) -> None:
    attack = load(name)
    assert attack.__doc__
    assert set(attack.NEEDS) <= POWERS
    assert set(says(name).items()) <= {("of", "orchestrators"), ("of", "people"), ("as", "people")}
    assert attack.AIMS
    assert all(re.fullmatch(r"[a-z_]+", aim) for aim in attack.AIMS)
    assert re.search(r"\b(19|20)\d\d\b", attack.FIRST_DESCRIBED), "with the year"
    assert all(re.fullmatch(r"CWE-\d+", weakness) for weakness in attack.WEAKNESSES)
    assert all(re.fullmatch(r"T\d{4}(\.\d{3})?|CAPEC-\d+", technique) for technique in attack.TECHNIQUES)


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_can_be_carried_out(name: str) -> None:
    attack = load(name)
    assert all(callable(getattr(attack, part)) for part in ("start", "tick", "answered"))


def test_an_attack_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"sim\.attacks\.world_peace"):
        load("world_peace")


@pytest.mark.parametrize("name", NAMES)
def test_what_an_attack_aims_at_are_properties(name: str) -> None:
    """A property somewhere on the shelf: what the attack's scenario expects to be broken, or to hold all the same."""
    assert set(load(name).AIMS) <= set(known("properties"))


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_has_a_story_that_drives_it(name: str) -> None:
    stories = (Path(attacks.__file__).parents[2] / "scenarios").rglob("*.yaml")
    assert any(re.search(rf"attack: {name}\b", story.read_text("utf-8")) for story in stories)
