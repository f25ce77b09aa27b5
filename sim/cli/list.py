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
@click.option("--markdown", is_flag=True, help="Print a Markdown table instead.")
@_shared.as_json
def command(what: str | None, name: str | None, markdown: bool, as_json: bool) -> int:
    """List WHAT there is, or of it only what is called NAME; without WHAT: what can be listed.

    With --json: {"title", "rows": [{column: cell}]}. `sim list lifecycles --markdown` draws state diagrams.
    """
    from sim.views import lists, reference

    with wrong_input():
        listing = _listing(what, name)
    if as_json:
        emit(json.dumps(lists.data(listing), indent=2, ensure_ascii=False))
    elif not markdown:
        emit(lists.text(listing, paint()))
    elif what == "lifecycles":
        emit(reference.drawn_lifecycles(name))
    else:
        emit(lists.markdown(listing))
    return 0


def _listing(what: str | None, name: str | None) -> Listing:
    from sim.views import reference

    if what is None:
        return reference.overview()
    kinds = reference.kinds()
    found = kinds.get(reference.ALSO.get(what, what))
    if found is None:
        near = get_close_matches(what, kinds, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise InputError(f"nothing is listed under {what!r}; {hint}possible: {', '.join(kinds)}")
    listing = found[1]()
    if name is None:
        return listing
    only = listing.only(name)
    if not only.rows and not only.sections:
        names = list(dict.fromkeys(row[0] for row in listing.rows))
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise InputError(f"{what} has no {name!r}; {hint}possible: {', '.join(names)}")
    return only
