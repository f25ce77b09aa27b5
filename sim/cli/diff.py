"""``sim diff``: where two traces part, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sim.cli import _shared
from sim.cli._terminal import emit, paint, wrong_input

if TYPE_CHECKING:
    from sim.trace import Trace


@click.command(name="diff", short_help="Where two traces part, and what came of it.")
@click.argument("a")
@click.argument("b")
@_shared.as_json
def command(a: str, b: str, as_json: bool) -> int:
    """Compare two traces A and B: the first step that differs, then claims, decisions, findings and the panel.

    The exit code is 0 if they are the same step by step, and 1 otherwise.
    """
    from sim.results import to_json
    from sim.views import diff

    with wrong_input():
        one, other = _shared.read_traces(a, b)
        same = one.digest == other.digest
        panels = (None, None) if same else (_panel(one), _panel(other))
    difference = diff.compare(one, other, *panels)
    emit(to_json(difference) if as_json else diff.text(difference, (a, b), paint()))
    return 0 if difference.same else 1


def _panel(trace: Trace) -> dict[str, dict[str, Any]] | None:
    """The panel of a trace: its scenario is run again, and believed only if it takes the same course."""
    if not isinstance(trace.header.get("scenario"), dict):
        return None
    outcome = _shared.rerun(trace, record=False)
    return outcome.panel if outcome.digest == trace.digest else None
