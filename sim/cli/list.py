"""``sim list``: the reference of the language and of everything on the shelves."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from sim.cli import _shared
from sim.cli._terminal import InputError, emit, paint, wrong_input

if TYPE_CHECKING:
    from sim.views.lists import Listing


@click.command(name="list", short_help="The reference: fields, presets, properties, facts …")
@click.argument("what", required=False)
@click.argument("name", required=False)
@click.option("--long", "whole", is_flag=True, help="All of presets and scenarios, which are one line each otherwise.")
@click.option("--markdown", is_flag=True, help="Print a Markdown table instead.")
@_shared.as_json
def command(what: str | None, name: str | None, whole: bool, markdown: bool, as_json: bool) -> int:
    """List WHAT there is, or of it only what is called NAME; without WHAT: what can be listed.

    WHAT may also be any word of a scenario file: `sim list vary`, `sim list intercept`, `sim list no_squat`.

    With --json or --markdown it is always the whole of it: {"title", "rows": [{column: cell}]}, with "sections" and an
    "example" where there are. `sim list lifecycles --markdown` draws state diagrams.
    """
    from sim.views import lists, reference

    with wrong_input():
        listing = _listing(what, name, whole=whole or markdown or as_json)
    if as_json:
        emit(json.dumps(lists.data(listing), indent=2, ensure_ascii=False))
    elif not markdown:
        emit(lists.text(listing, paint()))
    elif what == "lifecycles":
        emit(reference.drawn_lifecycles(name))
    else:
        emit(lists.markdown(listing))
    return 0


def _listing(what: str | None, name: str | None, *, whole: bool) -> Listing:
    from sim.scenario.errors import quote
    from sim.views import reference

    if what is None:
        return reference.overview()
    kinds = reference.kinds()
    kind = reference.ALSO.get(what, what)
    if kind in kinds:
        if name is None:
            return (None if whole else reference.brief(kind)) or kinds[kind][1]()
        return _only(what, kinds[kind][1](), name)
    found = reference.anywhere(what)
    if found is None:
        near = get_close_matches(what, [*kinds, *reference.words()], n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise InputError(f"nothing is listed under {quote(what)}; {hint}possible: {', '.join(kinds)}")
    return found if name is None else _only(what, found, name)


def _only(what: str, listing: Listing, name: str) -> Listing:
    """What is called ``name`` there; refused with the nearest name where nothing is."""
    from sim.scenario.errors import quote
    from sim.views import reference

    only = listing.only(name)
    if not only.rows and not only.sections:
        names = listing.names()
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise InputError(f"{what} has no {quote(name)}; {hint}possible: {', '.join(names)}")
    return reference.sourced(only)
