"""Laying one tree over another: later wins, maps merge, scalars and lists replace, ``null`` deletes.

Trees are never changed: what is left alone is shared, what is merged is new. A ``null`` with nothing below it to delete
stays, so that it can still delete what a preset would bring.
"""

from __future__ import annotations

from sim.scenario.nodes import Node


def merged(below: Node, above: Node) -> Node:
    """``above`` laid over ``below``."""
    if not isinstance(below.value, dict) or not isinstance(above.value, dict):
        return above
    both = dict(below.value)
    for key, node in above.value.items():
        under = both.get(key)
        if under is None:
            both[key] = node
        elif node.value is None:
            del both[key]
        else:
            both[key] = merged(under, node)
    return above.with_value(both)


def merged_story(below: Node, above: Node) -> Node:
    """Two lists of steps, merged by id; steps without an id are all kept."""
    if not isinstance(below.value, list) or not isinstance(above.value, list):
        return above
    steps = list(below.value)
    places = {step_id(step): place for place, step in enumerate(steps) if step_id(step) is not None}
    shared = {id(step) for step in steps}  # a file that two others use comes twice
    for step in above.value:
        name = step_id(step)
        if name is not None and name in places:
            steps[places[name]] = merged(steps[places[name]], step)
        elif id(step) not in shared:
            steps.append(step)
    return above.with_value(steps)


def merged_files(below: Node, above: Node) -> Node:
    """Two whole files: as ``merged``, but steps by their id."""
    both = merged(below, above)
    if "story" in below.value and "story" in above.value and above.value["story"].value is not None:
        both.value["story"] = merged_story(below.value["story"], above.value["story"])
    return both


def step_id(step: Node) -> str | None:
    """The id a step was given, if any."""
    given = step.value.get("id") if isinstance(step.value, dict) else None
    return given.value if given is not None and isinstance(given.value, str) else None
