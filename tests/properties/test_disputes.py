"""The way of a dispute, as a property of facts and of runs whose issuer has been broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sim import facts as f
from sim import properties
from sim.experiments.once import run_once
from sim.parties.issuer import disputes as issuer
from sim.properties.dispute_follows_stages import AT_MOST
from sim.scenario import load_text
from tests.judge import D, Judge, Row, S

NAME = "dispute_follows_stages"


def judged(rows: list[Row], until: int = 400 * D) -> list[str]:
    """What the property says of ``rows``."""
    judge = Judge(properties.load(NAME)(NAME)).run(rows, until)
    assert judge.left() == {} or judge.violations or until < 400 * D
    return [why for _, _, why in judge.violations]


def case(*stages: tuple[int, str], decided: int | None = None, dispute: str = "dp:c") -> list[Row]:
    """A dispute opened at the end of day 1, its stages by day, and the day of its decision."""
    rows: list[Row] = [("alice", D, f.Disputed(dispute, "c", "alice", "p", 100, "friendly", "visa"))]
    before = "absent"
    for day, stage in stages:
        rows.append(("alice", day * D, f.DisputeMoved(dispute, before, stage)))
        before = stage
    if decided is not None:
        rows.append(("alice", decided * D, f.DisputeDecided(dispute, "c", "alice", "p", 100, "lost")))
    return rows


ACCEPTED = ((1, "inquiry"), (2, "chargeback"), (9, "accepted"), (9, "closed"))
FOUGHT = ((1, "inquiry"), (2, "chargeback"), (9, "represented"), (39, "lost"), (39, "closed"))
ARBITRATED = (
    (1, "inquiry"), (2, "chargeback"), (9, "represented"), (39, "pre_arbitration"), (46, "arbitration"), (91, "closed"),
)  # fmt: skip
GIVEN_IN = (
    (1, "inquiry"), (2, "chargeback"), (9, "represented"), (39, "pre_arbitration"), (46, "accepted"), (46, "closed"),
)  # fmt: skip


@pytest.mark.parametrize("stages", [ACCEPTED, FOUGHT, ARBITRATED, GIVEN_IN])
def test_the_ways_there_are(stages: tuple[tuple[int, str], ...]) -> None:
    assert judged(case(*stages, decided=stages[-1][0])) == []


@pytest.mark.parametrize(
    "stages",
    [
        ((1, "chargeback"),),
        ((1, "inquiry"), (2, "represented")),
        ((1, "inquiry"), (2, "chargeback"), (3, "won")),
        ((1, "inquiry"), (2, "chargeback"), (3, "represented"), (4, "arbitration")),
        ((1, "inquiry"), (2, "chargeback"), (3, "accepted"), (4, "represented")),
        ((1, "inquiry"), (2, "chargeback"), (3, "accepted"), (3, "closed"), (4, "inquiry")),
    ],
)
def test_a_short_cut_is_a_violation(stages: tuple[tuple[int, str], ...]) -> None:
    whys = judged(case(*stages), until=5 * D)
    assert len(whys) == 1
    assert stages[-1][1] in whys[0]


def test_a_stage_that_starts_from_another_than_it_was_is_a_violation() -> None:
    rows = case((1, "inquiry"), (2, "chargeback"))
    rows.append(("alice", 3 * D, f.DisputeMoved("dp:c", "represented", "lost")))
    assert judged(rows, until=4 * D) == ["dp:c went from represented to lost, and was chargeback"]


def test_nothing_moves_that_nobody_contested() -> None:
    moved: Row = ("alice", D, f.DisputeMoved("dp:x", "absent", "inquiry"))
    assert judged([moved], until=2 * D) == ["dp:x went to inquiry, and nobody had contested anything"]


@pytest.mark.parametrize(("late", "fires"), [(0, False), (2 * S, True)])
@pytest.mark.parametrize("stage", AT_MOST)
def test_every_stage_has_its_time(stage: str, late: int, fires: bool) -> None:
    way = {"inquiry": ACCEPTED, "chargeback": ACCEPTED}.get(stage, ARBITRATED)
    place = next(n for n, (_, name) in enumerate(way) if name == stage)
    begins = way[place][0] * D
    rows = [row for row in case(*way[: place + 1]) if row[1] <= begins]
    rows.append(("alice", begins + AT_MOST[stage] + late, f.DisputeMoved("dp:c", stage, way[place + 1][1])))
    whys = judged(rows, until=begins + AT_MOST[stage] + late)
    assert [why for why in whys if "waited for too long" in why] == (
        [f"dp:c has waited for too long, and is {stage}"] if fires else []
    )


def test_the_whole_has_its_time() -> None:
    rows = case((1, "inquiry"), (4, "chargeback"), (49, "represented"), (79, "pre_arbitration"), (124, "arbitration"))
    rows.append(("alice", 168 * D, f.DisputeMoved("dp:c", "arbitration", "closed")))
    rows.append(("alice", 168 * D, f.DisputeDecided("dp:c", "c", "alice", "p", 100, "lost")))
    assert judged(rows) == ["dp:c has not been decided for too long, and is arbitration"]


def test_a_dispute_is_decided_once_and_at_its_end() -> None:
    decided = f.DisputeDecided("dp:c", "c", "alice", "p", 100, "won")
    twice = [*case(*ACCEPTED, decided=9), ("alice", 10 * D, decided)]
    assert judged(twice) == ["dp:c was decided (won), and was no dispute any more"]
    early = [*case((1, "inquiry"), (2, "chargeback")), ("alice", 3 * D, decided)]
    assert judged(early, until=4 * D) == ["dp:c was decided (won), while it was chargeback"]
    again = [*case(*ACCEPTED[:3]), ("alice", 9 * D, f.Disputed("dp:c", "c", "alice", "p", 100, "fraud", "visa"))]
    assert judged(again, until=10 * D) == ["dp:c was opened a second time"]


# --- runs -------------------------------------------------------------------------------------------------------------

STORY = """
title: one dispute
until: 300 d
people: {alice: {}}
orchestrators: {hub: {}}
providers: {p: {plans: once, disputes: {answer: fight, pre_arbitration: 1}}}
story:
  - {at: 1 d, who: alice, add: p/paid}
  - {at: 10 d, who: alice, dispute: p}
"""


def violations() -> int:
    return run_once(load_text(STORY)).counts.get(NAME, 0)


def test_the_parties_keep_it() -> None:
    assert violations() == 0


def skip_inquiry(real: Callable[..., Any]) -> Callable[..., Any]:
    """An issuer that opens the chargeback at once."""
    return lambda self, turn, dispute, case, after, lasts: real(
        self, turn, dispute, case, "chargeback" if after == "inquiry" else after, lasts
    )


def forget_timers(real: Callable[..., Any]) -> Callable[..., Any]:
    """An issuer that never comes back to a dispute."""
    return lambda self, turn, dispute, case, after, lasts: real(self, turn, dispute, case, after, 0)


def jump(real: Callable[..., Any]) -> Callable[..., Any]:
    """An issuer that decides as soon as it hears from the merchant."""
    return lambda self, turn, dispute, case, after, lasts: real(
        self, turn, dispute, case, "won" if after == "represented" else after, lasts
    )


@pytest.mark.parametrize("mutant", [skip_inquiry, forget_timers, jump])
def test_it_fires_on_a_broken_issuer(mutant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuer.Disputes, "_move", mutant(issuer.Disputes._move))
    assert violations() > 0


@pytest.mark.parametrize(("stage", "days"), [("INQUIRY", 6), ("REVIEW", 31), ("ARBITRATION", 46)])
def test_it_fires_on_an_issuer_that_takes_its_time(stage: str, days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuer, stage, days * D)
    assert violations() > 0
