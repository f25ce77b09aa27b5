"""A letter is made of what was observed, and of nothing else; what was expected is data that must be whole."""

from __future__ import annotations

import msgspec
import pytest

from sim.experiments.matrix.cells import Cell, exit_code, judge
from sim.experiments.matrix.expectations import Correction, Expectations, Row, expectations, read
from sim.experiments.matrix.letters import Finding, find
from sim.experiments.matrix.observing import Explored, Seen

CLEAN, REFUSED = Seen(), Seen(refused=1)
TAKEN, FOREIGN = Seen(takeovers=1), Seen(foreign_survivors=1)
WHOLE, PART = Explored(states=9, complete=True), Explored(states=9)
BROKEN = Explored(states=9, broken="token_only_for_owner", why="mallory got a token")


def found(given: Seen, explored: Explored | None = None, **conditions: tuple[Seen, Explored | None]) -> Finding:
    """The letter of worlds that are made up."""
    worlds: dict[str | None, tuple[Seen, Explored | None]] = {None: (given, explored), **conditions}

    def look(name: str | None) -> Explored:
        looked = worlds[name][1]
        assert looked is not None
        return looked

    return find(list(conditions), lambda name: worlds[name][0], look if explored is not None else None)


@pytest.mark.parametrize("given", [TAKEN, FOREIGN, Seen(takeovers=1, refused=3)])
def test_a_takeover_or_a_survivor_in_a_run_is_a_capital(given: Seen) -> None:
    assert (found(given).letter, found(given).by) == ("X", "run")


def test_what_only_some_order_shows_is_a_capital_too() -> None:
    finding = found(REFUSED, BROKEN)
    assert (finding.letter, finding.by, finding.why) == ("X", "exploration", "mallory got a token")


def test_what_shows_only_under_a_condition_is_small() -> None:
    finding = found(REFUSED, None, lies=(CLEAN, None), recovers=(FOREIGN, None))
    assert (finding.letter, finding.by, finding.condition) == ("x", "run", "recovers")
    assert finding.conditions == {"lies": "unbroken", "recovers": "broken"}
    finding = found(CLEAN, WHOLE, lies=(CLEAN, BROKEN))
    assert (finding.letter, finding.by, finding.condition) == ("x", "exploration", "lies")


@pytest.mark.parametrize("given", [REFUSED, Seen(locked_out=1), Seen(duplicates=1), Seen(strays=1)])
def test_harm_to_the_honest_alone(given: Seen) -> None:
    assert found(given).letter == "d"
    assert found(given).why


def test_steps_by_hand_are_no_harm() -> None:
    """A consent alone is not harm."""
    assert found(Seen(honest={"extra_steps": 4.0, "outages": 1.0})).letter == "."


def test_a_harm_that_only_a_condition_does_to_the_honest_is_not_told() -> None:
    assert found(CLEAN, None, refuses=(REFUSED, None)).letter == "."


@pytest.mark.parametrize(
    ("given", "lies", "proven"), [(WHOLE, WHOLE, True), (WHOLE, PART, False), (PART, WHOLE, False)]
)
def test_proven_is_what_was_looked_at_in_every_order(given: Explored, lies: Explored, proven: bool) -> None:
    assert found(CLEAN, given, lies=(CLEAN, lies)).proven is proven
    assert found(CLEAN).proven is False


# --- held against what was expected -----------------------------------------------------------------------------------

SAID = Expectations(
    policies=("A", "B"),
    rows={"T1": Row(letters="X ."), "T2": Row(letters="= ="), "T3": Row()},
    corrections=(Correction(threats=("T1",), policies=("B",), why="because", letter="d"),),
    sources={},
)


def cells(threat: str, **letters: str) -> list[Cell]:
    return [Cell(threat, threat, name, "f", "c", Finding(one, "", "", "", CLEAN)) for name, one in letters.items()]


def verdicts(threat: str, **letters: str) -> list[bool | None]:
    return [one.agrees for one in judge(cells(threat, **letters), SAID)]


def test_letters_are_compared_and_a_correction_goes_before_what_was_expected() -> None:
    assert verdicts("T1", A="X", B="d") == [True, True]
    assert verdicts("T1", A=".", B=".") == [False, False]
    assert judge(cells("T1", B="d"), SAID)[0].argument == "because"
    assert verdicts("T2", A="d", B="d") == [True, True]
    assert verdicts("T2", A="d", B="X") == [True, False]
    assert verdicts("T3", A="X") == [None]
    assert verdicts("T1", A="?") == [None]


def test_exit_codes() -> None:
    assert exit_code(judge(cells("T1", A="X", B="d"), SAID)) == 0
    assert exit_code(judge(cells("T1", A="d", B="d"), SAID)) == 1
    assert exit_code(judge(cells("T1", A="?", B="d"), SAID)) == 3
    assert exit_code(judge(cells("T1", A="?", B="X"), SAID)) == 1


AMOUNT = """
policies: [A, B]
rows: {T1: {amount: {measure: made, is: [3, 1]}}, T2: {amount: {measure: made}}}
corrections: [{threats: [T1], policies: [B], amount: 2, why: one more}]
sources: {}
"""


def counted(threat: str, *made: float) -> list[bool | None]:
    found = [
        Cell(threat, threat, name, "f", "c", Finding(".", "", "", "", Seen(amounts={"made": value})))
        for name, value in zip("AB", made, strict=False)
    ]
    return [one.amount_agrees for one in judge(found, read(AMOUNT))]


def test_amounts_are_compared_as_numbers() -> None:
    assert counted("T1", 3, 2) == [True, True]
    assert counted("T1", 4, 1) == [False, False]
    assert counted("T2", 7, 7) == [True, True]
    assert counted("T2", 7, 8) == [False, False]


# --- the data file ----------------------------------------------------------------------------------------------------


def test_the_data_file_is_whole() -> None:
    said = expectations()
    assert len(said.policies) == 10
    assert all(row.cites for row in said.rows.values())
    assert all(row.why for row in said.rows.values() if row.letters)
    assert {f"T{number:02}" for number in range(1, 41)} == {key[:3] for key in said.rows}
    for one in said.corrections:
        assert one.why
        for threat in one.threats:
            for policy in one.policies:
                assert one.letter != said.letter(threat, policy) or one.amount is not None
    assert (said.letter("T05_squatter_first", "M4"), said.letter("T07_anything", "M6")) == ("d", "x")


@pytest.mark.parametrize(
    "text",
    [
        "rows: {T1: {letters: X}}",
        "rows: {T1: {letters: X y}}",
        "rows: {T1: {letters: X X, cites: [NOWHERE]}}",
        "rows: {T1: {letters: X X, colour: red}}",
        "rows: {T1: {amount: {measure: made, is: [1]}}}",
        "rows: {}\ncorrections: [{threats: [T1], policies: [A], letter: X, why: w}]",
        "rows: {T1: {}}\ncorrections: [{threats: [T1, T1], policies: [A], letter: X, why: w}]",
    ],
)
def test_a_table_that_is_none_is_refused(text: str) -> None:
    rest = "" if "corrections" in text else "\ncorrections: []"
    with pytest.raises((ValueError, msgspec.ValidationError)):
        read(f"policies: [A, B]\nsources: {{}}\n{text}{rest}")
