"""What it is time for is said in words."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import sim.director  # it has wakes of its own
import sim.parties
from sim.party import Party
from sim.views import wake_words


def _kinds(of: type[Party]) -> Iterator[str]:
    for kind in of.__subclasses__():
        if kind.__module__.startswith("sim."):
            yield from kind.WAKES
            yield from _kinds(kind)


def test_every_wake_of_a_party_has_words_and_no_others_do() -> None:
    for module in pkgutil.walk_packages(sim.parties.__path__, "sim.parties."):
        importlib.import_module(module.name)
    assert set(_kinds(Party)) - {"start"} == set(wake_words.WORDS)


def test_a_wake_is_a_sentence() -> None:
    assert wake_words.wake("cloud", "rested careless") == "it is time: cloud may ask careless for its keys once more"
    assert wake_words.wake("alice", "stop") == "it is time: alice stops"
