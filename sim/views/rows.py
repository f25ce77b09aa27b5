"""What a sequence diagram shows, before it is drawn: arrows, notes, gaps in time, folds.

The terminal, Mermaid and SVG views draw the same rows. A step that only moves things forward (a wake without
consequences that matter, a fact of bookkeeping) has no row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple

from sim.clock import SECOND
from sim.party import Fact
from sim.trace import Step, Trace
from sim.views import words
from sim.views.lanes import Cast, lane, person

#: A pause longer than this is shown as a gap.
PAUSE = 10 * SECOND

Kind = Literal["arrow", "lost", "act", "note", "found", "gap", "fold"]

#: kinds of wake that are worth a row even if nothing noteworthy follows at once
_TELLING_WAKES = ("detect", "read", "timeout")


class Row(NamedTuple):
    """One line of the diagram.

    ``at`` is microseconds, ``n`` the number of the step (0 where there is none), ``a`` and ``b`` the names of the
    parties (both for arrows), ``lasts`` how long a gap is, ``steps`` how many steps a fold holds, ``good`` whether a
    finding is a ``sometimes`` that was reached.
    """

    kind: Kind
    at: int
    n: int
    text: str = ""
    a: str = ""
    b: str = ""
    lasts: int = 0
    steps: int = 0
    good: bool = False


class Choice(NamedTuple):
    """Which part of a trace is drawn.

    ``first`` and ``last`` steps are kept, and ``near`` steps on both sides of each step in ``around``; none of these:
    everything, folded to about ``rows`` rows with the first witnesses in sight. ``only`` names parties, or messages,
    to which the diagram is limited.
    """

    first: int | None = None
    last: int | None = None
    around: tuple[int, ...] = ()
    near: int = 8
    only: tuple[str, ...] = ()
    rows: int = 150


def rows(trace: Trace, choice: Choice, kinds: Mapping[str, str] | None = None) -> list[Row]:
    """The rows of ``trace``; ``kinds`` says which findings are of a ``sometimes`` property."""
    cast = Cast(trace.header)
    seen: set[str] = set()
    groups = [group for step in trace.steps if (group := _of_step(step, cast, choice.only, kinds or {}, seen))]
    groups = _crowds(groups, trace)
    kept = _kept(groups, trace, choice)
    return _with_gaps(groups, kept)


def _of_step(step: Step, cast: Cast, only: Collection[str], kinds: Mapping[str, str], seen: set[str]) -> list[Row]:
    """The rows of one step: what set it off, what is noteworthy in it, what was found."""
    if only and not step.found and not concerns(step, only):
        return []
    found = _found(step, kinds, seen)
    notes = _notes(step, cast)
    head: list[Row] = []
    if step.message is not None:
        kind: Kind = "lost" if step.kind == "lost" else "arrow"
        head = [Row(kind, step.at, step.n, words.label(step.message), step.sender, step.to)]
    elif step.command is not None:
        head = [Row("act", step.at, step.n, words.ordered(step.command), step.to)]
    elif step.kind == "command":
        head = [Row("act", step.at, step.n, step.key, step.to)]
    elif step.kind == "wake" and not notes and step.key.partition(" ")[0] in _TELLING_WAKES:
        head = [Row("note", step.at, step.n, step.key.replace("_", " "), step.to)]
    return [*head, *notes, *found]


def concerns(step: Step, only: Collection[str]) -> bool:
    """Whether a step has to do with one of the parties or messages asked for."""
    names = {step.to, step.sender, lane(step.to), lane(step.sender)}
    if step.message is not None:
        names.add(words.tag(step.message))
    names |= {words.tag(fact) for fact in step.facts}
    return not names.isdisjoint(only)


def _notes(step: Step, cast: Cast) -> list[Row]:
    """The facts of a step that are worth a note, with the attacker behind them named where the diagram would not."""
    tags = [words.tag(fact) for fact in step.facts]
    drawn: list[Row] = []
    for place, fact in enumerate(step.facts):
        text = words.note(fact)
        if not text or _implied(fact, tags):
            continue
        behind = step.whose[place] if place < len(step.whose) else ""
        if cast.adversary(behind) and person(step.to) != behind and behind not in text:
            text += f" [by {behind}]"
        if not any(row.text == text for row in drawn):
            drawn.append(Row("note", step.at, step.n, text, step.to))
    return drawn


def _implied(fact: Fact, tags: list[str]) -> bool:
    """Whether another fact of the step, or the message itself, says as much."""
    tag = words.tag(fact)
    if tag == "linked":
        return "account_created" in tags and getattr(fact, "how", "") == "created"
    if tag == "token_issued":
        kind = getattr(fact, "kind", "")
        return kind == "session" or (kind == "resource" and "resource_completed" in tags)
    return tag == "token_ended" and getattr(fact, "reason", "") == "expired"


def _found(step: Step, kinds: Mapping[str, str], seen: set[str]) -> list[Row]:
    """Findings: the first of each property in full, the others by name."""
    drawn = []
    for found in step.found:
        good = kinds.get(found.property) == "sometimes"
        word = "reached" if good else "violated"
        again = found.property in seen
        if again and good:
            continue
        seen.add(found.property)
        text = f"{found.property} {word} again" if again else f"{found.property} {word}: {found.why}"
        drawn.append(Row("found", step.at, step.n, text, step.to if step.kind != "deadline" else "", good=good))
    return drawn


def _crowds(groups: list[list[Row]], trace: Trace) -> list[list[Row]]:
    """A step of the story that many do at the same instant is told of the first two, and the others are counted."""
    told: list[list[Row]] = []
    run: list[list[Row]] = []
    same: tuple[int, str] | None = None
    for group in [*groups, []]:
        command = trace.steps[group[0].n - 1].command if len(group) == 1 and group[0].kind == "act" else None
        here = (group[0].at, command.id.partition(".")[0]) if command is not None else None
        if run and (here is None or here != same):
            told += _crowd(run)
            run = []
        if here is None:
            told += [group] if group else []
        else:
            run.append(group)
        same = here
    return told


def _crowd(run: list[list[Row]]) -> list[list[Row]]:
    if len(run) <= 4:
        return run
    last = run[-1][0]
    return [
        *run[:2],
        [last._replace(text=f"… and {len(run) - 2:,} more like it, the last {last.a}: {last.text}", a="")],
    ]


# --- what is left out -------------------------------------------------------------------------------------------------


def _kept(groups: list[list[Row]], trace: Trace, choice: Choice) -> list[bool]:
    """For each step's rows, whether they are drawn."""
    numbers = [group[0].n for group in groups]
    total = len(trace.steps)
    if choice.first is not None or choice.last is not None or choice.around:
        low, high = choice.first or 0, total - (choice.last or 0)
        return [
            n <= low or n > high or any(abs(n - middle) <= choice.near for middle in choice.around) for n in numbers
        ]
    if sum(map(len, groups)) <= choice.rows:
        return [True] * len(groups)
    witnesses = [place for place, group in enumerate(groups) if any(_first_witness(row) for row in group)]
    return _folded(groups, witnesses, choice.rows)


def _first_witness(row: Row) -> bool:
    return row.kind == "found" and not row.text.endswith(" again")


def _folded(groups: list[list[Row]], witnesses: list[int], most: int) -> list[bool]:
    """The beginning and the end in about half of the rows, the neighbourhood of the witnesses in the rest."""
    kept = [False] * len(groups)
    _keep(kept, groups, range(len(groups)), most // 3)
    _keep(kept, groups, range(len(groups) - 1, -1, -1), most // 6)
    share = (most - most // 3 - most // 6) // max(1, len(witnesses))
    for place in witnesses:
        kept[place] = True
        _keep(kept, groups, range(place, -1, -1), share * 2 // 3)
        _keep(kept, groups, range(place + 1, len(groups)), share // 3)
    return kept


def _keep(kept: list[bool], groups: list[list[Row]], order: range, most: int) -> None:
    """Keep groups in ``order`` until ``most`` rows are used."""
    for place in order:
        most -= len(groups[place])
        if most < 0:
            return
        kept[place] = True


def _with_gaps(groups: list[list[Row]], kept: list[bool]) -> list[Row]:
    """The rows that are drawn, with the pauses between them and a row for what is left out."""
    drawn: list[Row] = []
    before = 0
    left_out: list[Row] = []
    for group, keep in zip(groups, kept, strict=True):
        if not keep:
            left_out.append(group[0])
            continue
        at = group[0].at
        drawn += _fold_row(left_out)
        if at - before > PAUSE or left_out or not drawn:
            drawn.append(Row("gap", at, 0, lasts=at - before))
        drawn += group
        before, left_out = at, []
    return [*drawn, *_fold_row(left_out)]


def _fold_row(left_out: list[Row]) -> list[Row]:
    if not left_out:
        return []
    first, last = left_out[0], left_out[-1]
    return [Row("fold", first.at, first.n, lasts=last.at - first.at, steps=last.n - first.n + 1)]
