"""The flat result: everything in effect as plain values, where each is from, and the text of a file that says it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.scenario.kinds import Kind
from sim.scenario.later import field_is_later
from sim.scenario.like import preset, presets
from sim.scenario.models import SECTIONS, Link, Part, Party
from sim.scenario.nodes import Node
from sim.scenario.paths import fields_of, kind_of
from sim.scenario.questions import Head, show_answer, show_measure
from sim.scenario.steps import show_step

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

#: Head fields in the order in which a file has them: before the world, and after the questions.
_FIRST = ("format", "title", "why", "refs", "seed", "until", "stop_after", "warm_up")
_LAST = ("runs", "level", "explore", "order")


def show_part(made: Part, *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """A part of the world as a file may have it, every field spelt out."""
    model = type(made)
    shown: dict[str, Any] = {}
    for name in fields_of(model):
        if name in without:
            continue
        value, kind = getattr(made, name), kind_of(model, name)
        if isinstance(value, Part):
            shown[name] = show_part(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], Part):
            shown[name] = [show_part(one) for one in value]
        else:
            shown[name] = kind.show(value) if isinstance(kind, Kind) else value
    return {name: list(value) if isinstance(value, tuple) else value for name, value in shown.items()}


def _show_block(section: str, party: Party, *, later: bool) -> dict[str, Any]:
    hidden = [name for name in fields_of(type(party)) if not later and field_is_later(section, name)]
    if not party.grouped:
        hidden.append("count")
    shown = show_part(party, without=tuple(hidden))
    if not party.like:
        del shown["like"]
    if not shown.get("uses", True):
        del shown["uses"]
    return shown


def resolved(scenario: Scenario) -> dict[str, Any]:
    """The scenario as plain values; fields that no engine simulates yet are not in effect and left out."""
    head = {name: getattr(scenario, name) for name in (*_FIRST, *_LAST)}
    shown = show_part(Head.model_construct(None, **head), without=("use",))
    shown = {name: value for name, value in shown.items() if value is not None and value not in ("", [])}
    flat: dict[str, Any] = {name: shown[name] for name in _FIRST if name in shown}
    for section in SECTIONS:
        parties: dict[str, Party] = getattr(scenario, section)
        if parties:
            flat[section] = {
                name: _show_block(section, party, later=scenario.source.later) for name, party in parties.items()
            }
    flat["network"] = show_part(scenario.network.links[""]) | {
        arrow: show_part(link) for arrow, link in scenario.network.links.items() if arrow
    }
    flat["story"] = [show_step(step) for step in scenario.story]
    expect = {name: show_answer(answer) for name, answer in scenario.expect.items()}
    if scenario.everything_else is not None:
        expect["everything_else"] = show_answer(scenario.everything_else)
    measures = {name: show_measure(measure) for name, measure in scenario.measures.items()}
    flat |= {key: value for key, value in (("expect", expect), ("measures", measures)) if value}
    return flat | {name: shown[name] for name in _LAST if name in shown}


# --- where it is from -----------------------------------------------------------------------------------------------


def origins(scenario: Scenario) -> dict[str, str]:
    """The origin of every value of ``resolved`` by path, and of preset values that are not applied yet."""
    flat, tree, nodes = resolved(scenario), scenario.source.tree, scenario.source.nodes
    found: dict[str, str] = {}
    for key, value in flat.items():
        if key in SECTIONS:
            for name, block in value.items():
                found |= _of_part(SECTIONS[key], block, nodes[key][name], f"{key}.{name}")
                found |= _not_applied(key, f"{key}.{name}", getattr(scenario, key)[name], block)
        elif key == "network":
            shared = {name: one for name, one in value.items() if "->" not in name}
            found |= _of_part(Link, shared, nodes[key][""], key)
            for arrow in value.keys() - shared.keys():
                found |= _of_part(Link, value[arrow], nodes[key][arrow], f"{key}.{arrow}")
        elif key == "story":
            for step, node in zip(value, tree.at("story").value if value else (), strict=True):
                found |= dict(_walk(step, node, "default", f"story.{step['id']}"))
        elif key in ("expect", "measures"):
            found |= dict(_walk(value, tree.value[key], "default", key))
        else:
            found |= _of_part(Head, {key: value}, tree, "")
    return {path: found[path] for path in sorted(found, key=lambda path: path.split(".")[0] not in flat)}


def _of_part(model: type[Part], shown: dict[str, Any], node: Node, path: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in shown.items():
        inner = node.value.get(name) if isinstance(node.value, dict) else None
        if inner is not None and inner.value is None:
            inner = None
        where, kind = f"{path}.{name}".lstrip("."), kind_of(model, name)
        if isinstance(kind, Kind):
            found |= dict(_walk(value, inner, cite(model, name), where))
        else:
            found |= _of_part(kind, value, inner or Node({}, ""), where)
    return found


def _walk(value: Any, node: Node | None, otherwise: str, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            below = node.value.get(key) if node is not None and isinstance(node.value, dict) else node
            yield from _walk(inner, below, otherwise, f"{path}.{key}")
    else:
        yield path, otherwise if node is None else origin_of(node)


def origin_of(node: Node) -> str:
    """``file:line``, or the preset or flag that a value is from."""
    if node.line:
        return f"{node.file}:{node.line}"
    return "--set" if node.file.startswith("--set ") else node.file


def cite(model: type[Part], name: str) -> str:
    """What the default of a field rests on, such as ``default (confirmed, CFB)``."""
    extra = model.model_fields[name].json_schema_extra
    assert isinstance(extra, dict)
    return f"default ({', '.join(str(part) for part in (extra['mark'], extra['source']) if part)})"


def _not_applied(section: str, path: str, party: Party, shown: dict[str, Any]) -> dict[str, str]:
    found = {}
    for name in party.like:
        for field, (mark, sources) in preset(name).cites.items() if name in presets() else ():
            if field.partition(".")[0] not in shown and field_is_later(section, field.partition(".")[0]):
                said = ", ".join(filter(None, (mark, sources)))
                found[f"{path}.{field}"] = f"preset {name} ({said}), not applied: not simulated yet"
    return found
