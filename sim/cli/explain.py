"""``sim explain``: why something happened."""

from __future__ import annotations

import click

from sim.cli import _shared
from sim.cli._terminal import InputError, emit, paint, wrong_input


@click.command(name="explain", short_help="Walk up the causes of a step of a trace.")
@click.argument("trace")
@click.argument("step")
@_shared.as_json
def command(trace: str, step: str, as_json: bool) -> int:
    """Walk up the causes of a STEP of a TRACE.

    Why did the provider believe this? STEP is a number, or the name of a property or fact: then its first step.
    A trace is written by `sim run FILE --trace t.jsonl`.
    """
    import json

    from sim.views import explain

    with wrong_input():
        (stored,) = _shared.read_traces(trace)
        number = int(step) if step.isascii() and step.isdigit() else explain.first(stored, step)
        if number is None:
            raise InputError(f"{trace}: {explain.nothing(stored, step)}")
        if as_json:
            emit(json.dumps(explain.data(stored, number), indent=2, ensure_ascii=False))
        else:
            emit(explain.text(stored, number, paint()))
    return 0
