"""What ``sim sweep`` prints: cells as rows, the panel with intervals, verdicts, differences, and what it was made with.

A number that was the same in every run stands alone; otherwise it is the mean with its interval. What is nothing in
every cell is named in one line and not tabulated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.experiments.judging import VIOLATIONS
from sim.views import panel, verdicts, words
from sim.views.paint import Paint
from sim.views.sweep_table import Column, Text, draw

_MARKS = {True: ("✓ met", "good"), False: ("✗ NOT MET", "bad"), None: ("? undetermined", "doubt")}
#: what is said of cells that are not judged; whether none is
NOT_JUDGED = {
    True: "No cell is judged: levels of vary change every one of them, and what to expect then the file does not say.",
    False: "Judged are the cells in which no level of vary changes anything; of others the file says nothing.",
}
#: with more cells than this, a number that is the same in all of them has no column
_FEW = 3
#: more pairs of cells than this are not compared in the terminal
_MOST_PAIRS = 12


def sweep(summary: Mapping[str, Any], paint: Paint) -> str:
    """Everything; ``summary`` is the object of ``sim sweep --json``."""
    cells: list[Mapping[str, Any]] = summary["cells"]
    units: Mapping[str, str] = summary["units"]
    labels = _labels(cells, summary["vary"])
    parts = [[paint.tone(summary["title"], "strong")]]
    groups = {group: [one["panel"][group] for one in cells] for group in cells[0]["panel"]}
    parts += [_numbers(panel.TITLES.get(group, group), found, labels, units, paint) for group, found in groups.items()]
    parts.append(_numbers("Measures", [one["measures"] for one in cells], labels, units, paint))
    parts.append(_violations(cells, labels, paint))
    parts.append(_verdicts(cells, paint))
    parts.append(_precision(cells, labels, units, paint))
    parts.append(_differences(summary, paint))
    parts.append(_methods(summary, paint))
    parts.append(_receipt(summary, paint))
    return paint.finish("\n\n".join("\n".join(part) for part in parts if part))


def _labels(cells: Sequence[Mapping[str, Any]], vary: Sequence[str]) -> list[Column]:
    """What tells the cells apart: the variant, and each key of ``vary`` by the end of its path."""
    found = []
    if any(one["variant"] for one in cells) or not vary:
        found.append(Column("variant", [(one["variant"] or "base", "") for one in cells]))
    for key in vary:
        short = key.rpartition(".")[2]
        if sum(other.rpartition(".")[2] == short for other in vary) > 1:
            short = key
        found.append(Column(short, [(_level(one["values"][key]), "") for one in cells]))
    return found


def _level(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


# --- numbers ----------------------------------------------------------------------------------------------------------


def _numbers(
    title: str, entries: Sequence[Mapping[str, Any]], labels: list[Column], units: Mapping[str, str], paint: Paint
) -> list[str]:
    names = dict.fromkeys(name for one in entries for name in one)
    columns, zero, never, equal = [], [], [], []
    for name in names:
        found = [one.get(name) for one in entries]
        if all(one is None or one["mean"] is None for one in found):
            never.append(name)
        elif all(one is not None and (one["mean"], one["low"] or 0, one["high"] or 0) == (0, 0, 0) for one in found):
            zero.append(name)
        else:
            texts = [estimate(one, units.get(name, "")) for one in found]
            if len(set(texts)) == 1 and len(texts) > _FEW:
                equal.append(f"{name} {texts[0][0]}")
            else:
                columns.append(Column(name, texts))
    if not names:
        return []
    lines = [paint.tone(title, "strong"), *draw(labels, columns, paint)]
    if zero:
        lines += paint.wrapped(f"0 in every run: {', '.join(zero)}", 2, 4)
    if equal:
        lines += paint.wrapped(f"the same in every cell: {'; '.join(equal)}", 2, 4)
    if never:
        lines += paint.wrapped(f"– never observed, which is not zero: {', '.join(never)}", 2, 4)
    return lines


def estimate(one: Mapping[str, Any] | None, unit: str = "") -> Text:
    """A mean with its interval and, where not all runs observed it, in how many."""
    if one is None or one["mean"] is None:
        return "–", "dim"
    text = _short(one["mean"], unit)
    if one["low"] is not None and one["low"] != one["high"]:
        text += f" [{_short(one['low'], unit)}, {_short(one['high'], unit)}]"
    text += _unit(unit)
    if one["missing"]:
        text += f" ({one['n']} of {one['n'] + one['missing']})"
    return text, ""


def _unit(unit: str) -> str:
    """The unit behind a number; of what is counted none, the name says it."""
    return f" {unit}" if unit in ("s", "min", "h", "d", "us") else " usd" if unit == "cents" else ""


def _short(value: float, unit: str) -> str:
    if unit == "cents":
        return f"{value / 100:,.2f}"
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


# --- verdicts ---------------------------------------------------------------------------------------------------------


def _violations(cells: Sequence[Mapping[str, Any]], labels: list[Column], paint: Paint) -> list[str]:
    """In how many runs each property was violated, where that is not the same everywhere."""
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for cell in cells:
        for one in cell["verdicts"]:
            if one["violated_in"] is not None:
                by_name.setdefault(one["property"], []).append(one["violated_in"])
    always = [name for name, found in by_name.items() if all(one["count"] == one["of"] > 0 for one in found)]
    never = [name for name, found in by_name.items() if not any(one["count"] for one in found)]
    columns = [
        Column(name, [_share(one) for one in found]) for name, found in by_name.items() if name not in (*always, *never)
    ]
    lines = [paint.tone("Properties: share of runs in which they were violated (or reached)", "strong")]
    lines += draw(labels, columns, paint)
    if always:
        lines += paint.wrapped(f"in every run of every cell: {', '.join(always)}", 2, 4)
    return [*lines, f"  in no run of any cell: {len(never)} others"]


def _share(seen: Mapping[str, Any]) -> Text:
    if not seen["of"]:
        return "–", "dim"
    if seen["below"] is not None:
        return f"0 (below {seen['below']:.2g})", "dim"
    share = seen["count"] / seen["of"]
    return f"{share:.3g} [{seen['low']:.2g}, {seen['high']:.2g}]", ""


def of_base_and_variants(cells: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A judged cell for the base and each variant; others that are judged are the same world again."""
    first: dict[Any, Mapping[str, Any]] = {}
    for cell in cells:
        if cell["judged"]:
            first.setdefault(cell["variant"], cell)
    return list(first.values())


def _verdicts(cells: Sequence[Mapping[str, Any]], paint: Paint) -> list[str]:
    judged = [cell for cell in cells if cell["judged"]]
    lines = [paint.tone("Verdicts", "strong"), *paint.wrapped(NOT_JUDGED[not judged], 2)]
    if len(judged) == len(cells):
        del lines[1:]
    for cell in of_base_and_variants(cells):
        name = cell["variant"] or "base"
        found = [one for one in cell["verdicts"] if one["expected"] is not None]
        if not found:
            lines.append(f"  {name}: nothing is expected")
            continue
        met = sum(one["met"] is True for one in found)
        tone = "bad" if any(one["met"] is False for one in found) else "good" if met == len(found) else "doubt"
        lines.append(f"  {name}: " + paint.tone(f"{met} of {words.plural(len(found), 'expectation')} met", tone))
        for one in sorted(found, key=lambda one: (one["met"] is True, one["met"] is None)):
            lines += _verdict(one, paint)
    return lines


def _verdict(one: Mapping[str, Any], paint: Paint) -> list[str]:
    mark, tone = _MARKS[one["met"]]
    text = f"{one['property']}: {one['why']}; expected {verdicts.expected(one['expected'])}"
    head = f"    {mark:<15} "
    first, *rest = paint._replace(width=max(40, paint.width - len(head))).wrapped(text)
    return [paint.tone(head, tone) + first, *(" " * len(head) + line for line in rest)]


def _precision(
    cells: Sequence[Mapping[str, Any]], labels: list[Column], units: Mapping[str, str], paint: Paint
) -> list[str]:
    """Where a precision was asked for: what was reached, and how many runs it would take where it was not."""
    lines = []
    for name in cells[0]["precision"]:
        found = [(cell["runs"], cell["precision"][name]) for cell in cells]
        one, unit = found[0][1], units.get(name, "")
        asked = _either(one["wanted"], one["wanted_absolute"], unit)
        columns = [
            Column("runs", [(f"{runs:,}", "") for runs, _ in found]),
            Column("known to", [(_known_to(one, unit), "") for _, one in found]),
            Column(f"asked {asked}", [_takes(one) for _, one in found]),
        ]
        lines += [paint.tone(f"Precision of {name}", "strong"), *draw(labels, columns, paint)]
    return lines


def _known_to(one: Mapping[str, Any], unit: str) -> str:
    """The half-width as it was asked for; where no run differs, how rare is what was not seen."""
    absolute = None if one["wanted_absolute"] is None else one["reached_absolute"]
    text = _either(None if one["wanted"] is None else one["reached"], absolute, unit)
    if one["unseen"] is None or not text:
        return text or "–"
    return f"{text}; another value in below {one['unseen']:.2g} of the runs"


def _either(relative: float | None, absolute: float | None, unit: str) -> str:
    parts = [] if relative is None else [f"±{relative:.2%}"]
    if absolute is not None:
        parts.append(f"±{_short(absolute, unit)}{_unit(unit)}")
    return " or ".join(parts)


def _takes(one: Mapping[str, Any]) -> Text:
    if one["met"]:
        return "reached", "good"
    if one["runs_needed"] is None:
        why = "never observed" if one["reached_absolute"] is None else "its mean is 0: give an absolute width too"
        return f"undetermined: {why}", "doubt"
    return f"undetermined: would take about {one['runs_needed']:,} runs", "doubt"


# --- differences ------------------------------------------------------------------------------------------------------


def _differences(summary: Mapping[str, Any], paint: Paint) -> list[str]:
    """Pairs as rows; only measures that differ in some run of some pair."""
    every: list[Mapping[str, Any]] = summary["differences"]
    pairs = list(dict.fromkeys((one["a"], one["b"]) for one in every))
    if not pairs:
        return []
    title = paint.tone("Differences, run by run on the same random numbers", "strong")
    if len(pairs) > _MOST_PAIRS:
        return [title, f"  {len(pairs)} pairs of cells; --json and --out DIR have them"]
    moved = [one for one in every if _moved(one)]
    if not moved:
        return [title, "  none, in no measure and no property of any pair"]
    by_place = {(one["a"], one["b"], one["measure"]): one for one in moved}
    units, lines = summary["units"], [title]
    names = list(dict.fromkeys(one["measure"] for one in moved))
    for shares in (False, True):
        columns = []
        for name in names:
            if name.startswith(VIOLATIONS) is shares:
                texts = [_difference(by_place.get((*pair, name)), units.get(name, "")) for pair in pairs]
                columns.append(Column(name.removeprefix(VIOLATIONS), texts))
        if columns and shares:
            lines.append("  in the share of runs in which a property was violated (or reached):")
        lines += draw([Column("b - a", [(_pair(*pair), "") for pair in pairs])], columns, paint)
    return lines


def _moved(one: Mapping[str, Any]) -> bool:
    """Whether runs differ; the interval of a share is never nothing."""
    return bool(one["mean"] or (not one["measure"].startswith(VIOLATIONS) and (one["low"] or one["high"])))


def _pair(a: str, b: str) -> str:
    """Two labels by what tells them apart, then what they share."""
    left, right = a.split(", "), b.split(", ")
    parts = [
        [one for one in left if one not in right], [one for one in right if one not in left],
        [one for one in left if one in right],
    ]  # fmt: skip
    texts = [", ".join(one.rpartition("=")[2] for one in part) for part in parts]
    return f"{texts[1] or 'base'} - {texts[0] or 'base'}" + (f" ({texts[2]})" if texts[2] else "")


def _difference(one: Mapping[str, Any] | None, unit: str) -> Text:
    if one is None:
        return "0", "dim"
    text, _ = estimate({**one, "missing": 0}, unit)
    sure = one["low"] is not None and (one["low"] > 0 or one["high"] < 0)
    return ("+" if one["mean"] > 0 else "") + text, "strong" if sure else ""


# --- the end ----------------------------------------------------------------------------------------------------------


def _methods(summary: Mapping[str, Any], paint: Paint) -> list[str]:
    entries = [one for cell in summary["cells"] for group in cell["panel"].values() for one in group.values()]
    entries += [one for cell in summary["cells"] for one in cell["measures"].values()]
    used = dict.fromkeys(one["method"] for one in entries if one["low"] is not None and one["low"] != one["high"])
    parts = [f"means: {', '.join(used)}"] if used else ["no number differed between runs"]
    parts.append("shares: Wilson; never seen: exact bound")
    paired = dict.fromkeys(one["method"] for one in summary["differences"] if one["low"] != one["high"])
    if paired:
        parts.append(f"differences: {', '.join(paired)}")
    return paint.wrapped(f"Intervals at {summary['level']:.0%}. " + "; ".join(parts) + ".", 0, 2)


def _receipt(summary: Mapping[str, Any], paint: Paint) -> list[str]:
    receipt = summary["receipt"]
    counts = sorted({cell["runs"] for cell in summary["cells"]})
    each = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
    cells = words.plural(len(summary["cells"]), "cell")
    exit_code = summary["exit"]
    tone = {0: "good", 1: "bad", 3: "doubt"}[exit_code]
    said = {0: "nothing expected was missed", 1: "an expectation is NOT MET", 3: "something is undetermined"}[exit_code]
    if exit_code == 0 and not any(cell["judged"] for cell in summary["cells"]):
        said, tone = "nothing was judged: levels of vary change every cell", "strong"
    lines = [paint.tone(f"{said[0].upper()}{said[1:]}", tone) + f" · {summary['scenario']} · exit {exit_code}"]
    return [
        *lines,
        f"{receipt['runs']:,} runs ({each} in each of {cells}) · seed {summary['seed']} · {receipt['digest']}",
    ]
