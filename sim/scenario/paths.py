"""Overrides by path, as ``--set``, variants, grids and the verb ``set`` make them.

A path is names joined by dots: ``providers.cloud.key_cache.life``, ``story.theft.at``, ``network.hub->cloud.loss``. It
must lead to a field that there is, in a block or step that there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, get_args

from sim.scenario.errors import Wrong, possible, quote
from sim.scenario.kinds import Kind
from sim.scenario.like import effective
from sim.scenario.merge import merged, merged_story, step_id
from sim.scenario.models import SECTIONS, Link, Part
from sim.scenario.nodes import Node, Problems
from sim.scenario.questions import Head
from sim.scenario.verbs import STEP_KEYS

#: Top-level keys with something below them.
_MAPS = (*SECTIONS, "network", "story", "expect", "measures")
TOP_KEYS = (*Head.model_fields, *SECTIONS, "network", "story", "expect", "measures", "variants", "vary")
_NOT_BY_PATH = ("use", "format", "variants", "vary")


@cache
def fields_of(model: type[Part]) -> tuple[str, ...]:
    """The fields of a model that a file may set."""
    return tuple(name for name in model.model_fields if name != "name")


@cache
def kind_of(model: type[Part], name: str) -> Kind | type[Part]:
    """How a field is written: a kind, or a model of parts; a list of models counts as that model's kind of list."""
    info = model.model_fields[name]
    for meta in info.metadata:
        if isinstance(meta, Kind):
            return meta
    annotation: Any = info.annotation
    return annotation if isinstance(annotation, type) and issubclass(annotation, Part) else _LIST


_LIST = Kind(lambda value: value, "list of maps", {})


@cache
def item_of(model: type[Part], name: str) -> type[Part] | None:
    """For a field that is a list of parts: their model."""
    inner = get_args(model.model_fields[name].annotation)
    return inner[0] if inner and isinstance(inner[0], type) and issubclass(inner[0], Part) else None


def override(tree: Node, path: str, value: Node) -> Node:
    """``tree`` with ``value`` laid at ``path``; ``Wrong`` says where the path stops existing and what there is."""
    parts = path.split(".")
    head = parts[0]
    if head in _NOT_BY_PATH or head not in TOP_KEYS:
        usable = [key for key in TOP_KEYS if key not in _NOT_BY_PATH]
        raise Wrong(f"there is no path {quote(path)}; {possible(head, usable)}")
    if head == "story":
        return _override_story(tree, parts, value)
    parts = _checked(tree, parts)
    if head == "providers" and len(parts) > 3 and parts[2] == "trusts":
        tree = _with_trust_spelt_out(tree, parts[1])
    return _laid(tree, parts, value)


def _laid(tree: Node, parts: Sequence[str], value: Node) -> Node:
    above = value
    for part in reversed(parts):
        above = Node({part: above}, value.file, value.line, value.column)
    return tree.with_value(merged(tree, above).value)


def _override_story(tree: Node, parts: list[str], value: Node) -> Node:
    story = tree.value.get("story")
    steps: list[Node] = story.value if story is not None and isinstance(story.value, list) else []
    if len(parts) == 1:
        laid = merged_story(story, value) if story is not None and value.value is not None else value
        return tree.with_value(tree.value | {"story": laid})
    ids = [step_id(step) or "" for step in steps]
    if parts[1] not in ids:
        raise Wrong(f"there is no step {quote(parts[1])} in the story; {possible(parts[1], ids, 'the story is empty')}")
    if len(parts) > 2 and parts[2] not in STEP_KEYS:
        raise Wrong(f"{quote(parts[2])} is no key of a step; {possible(parts[2], STEP_KEYS)}")
    if len(parts) > 3 and parts[2] != "set":
        raise Wrong(f"{'.'.join(parts[:3])} has no parts, so there is no {quote('.'.join(parts))}")
    place = ids.index(parts[1])
    if len(parts) == 2 and value.value is None:
        changed = [step for step in steps if step is not steps[place]]
    else:
        # A path in a step's set is one key, dots and all.
        inner = [*parts[2:3], ".".join(parts[3:])] if len(parts) > 3 else parts[2:]
        changed = list(steps)
        changed[place] = _laid(steps[place], inner, value) if inner else merged(steps[place], value)
    assert story is not None
    return tree.with_value(tree.value | {"story": story.with_value(changed)})


def _checked(tree: Node, parts: list[str]) -> list[str]:
    """The path, its last parts joined where a service's name holds dots; ``Wrong`` if it leads nowhere."""
    head, rest = parts[0], parts[1:]
    if head in SECTIONS:
        if not rest:
            return parts
        blocks = tree.value.get(head)
        names = list(blocks.value) if blocks is not None and isinstance(blocks.value, dict) else []
        if rest[0] not in names:
            raise Wrong(f"there is no {quote(rest[0])} among {head}; {possible(rest[0], names)}")
        return [head, rest[0], *_checked_fields(SECTIONS[head], rest[1:], f"{head}.{rest[0]}")]
    if head == "network":
        start = 1 if rest and "->" in rest[0] else 0
        return [head, *rest[:start], *_checked_fields(Link, rest[start:], ".".join([head, *rest[:start]]))]
    if head in _MAPS:
        return parts
    return _checked_fields(Head, parts, "")


def _checked_fields(model: type[Part], parts: list[str], before: str) -> list[str]:
    if not parts:
        return parts
    name, rest = parts[0], parts[1:]
    fields = fields_of(model)
    if name not in fields:
        raise Wrong(f"{before or 'the file'} has no field {quote(name)}; {possible(name, fields)}")
    kind = kind_of(model, name)
    where = f"{before}.{name}".lstrip(".")
    if not isinstance(kind, Kind):
        return [name, *_checked_fields(kind, rest, where)]
    if rest and not kind.parts:
        raise Wrong(f"{where} has no parts, so there is no {quote('.'.join([where, *rest]))}")
    return [name, ".".join(rest)] if rest and name in ("prices", "catalogue_says") else parts


def _with_trust_spelt_out(tree: Node, provider: str) -> Node:
    """``trusts: all`` or a list as the map it stands for, so that one issuer's entry leaves the others trusted."""
    blocks = tree.value["providers"].value
    usable = {name: node for name, node in blocks.items() if isinstance(node.value, dict)}
    if provider not in usable:
        return tree
    found = effective("providers", provider, usable, later=True, problems=Problems()).node.value.get("trusts")
    if found is not None and isinstance(found.value, dict):
        return tree
    place = found or Node("all", usable[provider].file)
    if place.value in ("all", None):
        orchestrators = tree.value.get("orchestrators")
        names = list(orchestrators.value) if orchestrators and isinstance(orchestrators.value, dict) else []
    else:
        listed = place.value if isinstance(place.value, list) else [place]
        names = [node.value for node in listed if isinstance(node.value, str)]
    issuers = {name: Node({}, place.file, place.line, place.column) for name in names}
    return _laid(tree, ["providers", provider, "trusts"], place.with_value(issuers))
