"""Where a ceiling binds: each answer alone."""

from __future__ import annotations

from sim.policies import answers, load


def test_at_the_mint_what_is_captured_and_what_is_asked_for_must_fit() -> None:
    mint = load("capping", "mint")
    assert [mint.may_mint(40, 60, limit) for limit in (99, 100, 101)] == [False, True, True]
    assert mint.handed(100) == -1


def test_at_the_capture_anything_is_minted_and_the_processor_is_told_the_ceiling() -> None:
    capture = load("capping", "capture")
    assert capture.may_mint(40, 600, 100)
    assert capture.handed(100) == 100


def test_there_is_no_third_place() -> None:
    assert answers("capping") == ("capture", "mint")
