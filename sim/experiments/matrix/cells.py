"""One cell of the matrix: a threat's story under a set of answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from sim.experiments.matrix import policies
from sim.experiments.matrix.expectations import ALIKE, Expectations, expectations
from sim.experiments.matrix.letters import UNKNOWN, Finding, find
from sim.experiments.matrix.observing import Explored, Seen, look, observe
from sim.experiments.matrix.policies import Policy
from sim.results import units
from sim.scenario import ScenarioError, shipped

#: runs of each world, and states of each exploration, unless somebody asks for others
RUNS, STATES = 5, 3_000


class Threat(msgspec.Struct, frozen=True):
    """A row: its name, the key under which something is expected of it, its file."""

    name: str
    key: str
    file: str

    @property
    def shown(self) -> str:
        """The file as a command would name it."""
        return shipped.shown(Path(self.file))


class Cell(msgspec.Struct, frozen=True):
    """What a threat came to under a policy, and the command that runs the same."""

    threat: str
    key: str
    policy: str
    scenario: str
    command: str
    finding: Finding
    unit: str = ""
    """In what the amount of its row is given, as measures have it; empty where there is none."""


class Task(msgspec.Struct, frozen=True):
    """A cell that is to be computed. ``states`` 0: runs only."""

    threat: Threat
    policy: Policy
    runs: int = RUNS
    states: int = STATES


def threats(files: Sequence[Path]) -> list[Threat]:
    """The rows for files called ``tNN_name.yaml``: named by their number, and by their name where several have it."""
    numbers = [_number(file) for file in files]
    known = expectations().rows
    found = []
    for file, number in zip(files, numbers, strict=True):
        whole = number + file.stem.removeprefix(number.lower())
        alone = numbers.count(number) == 1 and number != whole
        found.append(Threat(number if alone else whole, whole if whole in known else number, str(file)))
    return found


def _number(file: Path) -> str:
    head = file.stem.partition("_")[0]
    return head.upper() if head[:1] == "t" and head[1:].isdigit() else file.stem


def compute(task: Task) -> Cell:
    """The cell; a world that cannot be made under the policy leaves it open, with the reason."""
    threat, policy = task.threat, task.policy
    row = expectations().row(threat.key)
    named: str | None = None
    try:
        base = policies.story(threat.file, None)
        there = base.variants
        unit = "" if row.amount is None else units(base).get(row.amount.measure, "")
        conditions = [name for name in row.conditions if name in there]

        def world(condition: str | None) -> Any:
            return policies.laid_over(threat.file, policy, row.providers, condition)

        def observed(condition: str | None) -> Seen:
            return observe(world(condition), task.runs)

        def explored(condition: str | None) -> Explored:
            return look(world(condition), task.states)

        finding = find(conditions, observed, explored if task.states else None)
        named = finding.condition or None
        command = policies.command(threat.file, policy, row.providers, named, threat.shown)
    except ScenarioError as error:
        finding = Finding(UNKNOWN, "", "", str(error), Seen(runs=0))
        command, unit = f"sim check {threat.shown}", ""
    return Cell(threat.name, threat.key, policy.name, threat.shown, command, finding, unit)


# --- held against what was expected -----------------------------------------------------------------------------------


class Judged(msgspec.Struct, frozen=True):
    """A cell held against what was expected, as ``sim matrix --json`` has it.

    ``outcome`` is the letter; ``expected`` what was said before, ``corrected`` what replaces that and ``argument`` why;
    ``agrees`` is None where nothing was expected. ``by`` is ``run``, ``exploration`` or empty, ``condition`` the
    variant under which an ``x`` showed, ``proven`` whether every order within bounds was tried. ``harm`` has the most
    of any run, ``price`` (what honest people pay) and ``amount`` (of ``measure``) are means over ``runs``.
    """

    threat: str
    policy: str
    outcome: str
    expected: str | None
    agrees: bool | None
    corrected: str | None
    argument: str | None
    by: str
    condition: str | None
    why: str
    proven: bool
    explored: Explored | None
    runs: int
    harm: dict[str, int]
    price: dict[str, float]
    amount: float | None
    amount_expected: float | str | None
    amount_agrees: bool | None
    measure: str | None
    unit: str
    scenario: str
    command: str


def judge(cells: Sequence[Cell], expected: Expectations | None = None) -> list[Judged]:
    """Every cell held against what was expected; what should be alike is compared along its row."""
    said = expected or expectations()
    rows: dict[str, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.threat, []).append(cell)
    return [_judge(cell, rows[cell.threat], said) for cell in cells]


def _judge(cell: Cell, row: Sequence[Cell], said: Expectations) -> Judged:
    seen, finding = cell.finding.given, cell.finding
    expected, correction = said.letter(cell.key, cell.policy), said.correction(cell.key, cell.policy)
    corrected = correction.letter if correction else None
    amount = said.row(cell.key).amount
    number = None if amount is None else seen.amounts.get(amount.measure, seen.honest.get(amount.measure))
    wanted = said.amount(cell.key, cell.policy)
    if correction is not None and correction.amount is not None:
        wanted = correction.amount
    return Judged(
        threat=cell.threat,
        policy=cell.policy,
        outcome=finding.letter,
        expected=expected,
        agrees=_agrees(finding.letter, corrected or expected, _alike(row, said)),
        corrected=corrected,
        argument=correction.why if correction else None,
        by=finding.by,
        condition=finding.condition or None,
        why=finding.why,
        proven=finding.proven,
        explored=finding.explored,
        runs=seen.runs,
        harm={"takeovers": seen.takeovers, "foreign_survivors": seen.foreign_survivors, "strays": seen.strays},
        price=seen.honest | {"locked_out_at_end": float(seen.locked_out)},
        amount=number,
        amount_expected=wanted,
        amount_agrees=_same_amount(number, wanted, row, said),
        measure=None if amount is None else amount.measure,
        unit=cell.unit,
        scenario=cell.scenario,
        command=cell.command,
    )


def _agrees(outcome: str, letter: str | None, alike: str | None) -> bool | None:
    """Whether the letter is the one expected; None where nothing is, or the cell is open."""
    if letter is None or outcome == UNKNOWN:
        return None
    return outcome == (alike if letter == ALIKE else letter)


def _alike(row: Sequence[Cell], said: Expectations) -> str | None:
    """The commonest letter among the cells of a row that should be alike; the first of equally common ones."""
    letters = [cell.finding.letter for cell in row if said.letter(cell.key, cell.policy) == ALIKE]
    return max(letters, key=letters.count) if letters else None


def _same_amount(
    number: float | None, wanted: float | str | None, row: Sequence[Cell], said: Expectations
) -> bool | None:
    if number is None or wanted is None:
        return None
    if wanted != ALIKE:
        return abs(number - float(wanted)) < 1e-6
    measure = said.row(row[0].key).amount
    assert measure is not None
    return all(abs(number - cell.finding.given.amounts.get(measure.measure, number)) < 1e-6 for cell in row)


def exit_code(judged: Sequence[Judged]) -> int:
    """1 if a cell disagrees, else 3 if one is open, else 0."""
    if any(one.agrees is False or one.amount_agrees is False for one in judged):
        return 1
    return 3 if any(one.outcome == UNKNOWN for one in judged) else 0
