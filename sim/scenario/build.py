"""From a composed tree to a checked scenario's parts: blocks through their models, steps, questions.

Everything wrong is collected with its place. Parts that were built before, for another variant of the same tree, are
taken from a memo: trees share what they have in common.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from pydantic import ValidationError

from sim.scenario.errors import Wrong, possible, quote
from sim.scenario.kinds import Kind
from sim.scenario.later import NOT_YET
from sim.scenario.like import effective, likes, mentions_later
from sim.scenario.merge import merged
from sim.scenario.models import SECTIONS, Link, Orchestrator, Part, Party, People, Provider
from sim.scenario.nodes import Node, Problems, plain
from sim.scenario.paths import TOP_KEYS, fields_of, item_of, kind_of
from sim.scenario.questions import Head, read_expect, read_measure
from sim.scenario.steps import read_step
from sim.scenario.values import NAME, After, Answer, MeasureSpec, Step

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


class Memo(dict[tuple[Any, ...], Any]):
    """Parts by the identities of the nodes they were made of; the nodes are kept, so that identities stay true."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Node] = []

    def key(self, what: str, *nodes: Node) -> tuple[Any, ...]:
        """The key of a part made of ``nodes``, which are kept from now on."""
        self.kept.extend(nodes)
        return (what, *(id(node) for node in nodes))


class Built(NamedTuple):
    """Everything in a tree, read; ``nodes`` are the effective blocks by section and name, ``steps`` in file order."""

    head: Head | None
    people: dict[str, People]
    orchestrators: dict[str, Orchestrator]
    providers: dict[str, Provider]
    links: dict[str, Link]
    steps: tuple[Step, ...]
    expect: dict[str, Answer]
    everything_else: Answer | None
    measures: dict[str, MeasureSpec]
    nodes: dict[str, dict[str, Node]]


class Builder:
    """Builds trees that share parts."""

    def __init__(self, *, later: bool) -> None:
        """``later``: let pass what no engine simulates yet."""
        self.later = later
        self.memo = Memo()

    def build(self, tree: Node, problems: Problems) -> Built:
        """Everything in ``tree``; what is wrong is added to ``problems``."""
        unknown(tree, TOP_KEYS, "", problems)
        sections: dict[str, dict[str, Any]] = {}
        nodes: dict[str, dict[str, Node]] = {}
        for section in SECTIONS:
            sections[section], nodes[section] = self._section(tree, section, problems)
        expect = tree.value.get("expect")
        answers, rest = read_expect(expect, "expect", problems) if expect and expect.value is not None else ({}, None)
        people = self._with_uses(sections["people"], list(sections["orchestrators"]))
        return Built(
            head=self._head(tree, problems),
            people=people,
            orchestrators=sections["orchestrators"],
            providers=sections["providers"],
            links=self._links(tree, nodes, problems),
            steps=self._story(tree, problems),
            expect=answers,
            everything_else=rest,
            measures=_measures(tree, problems),
            nodes=nodes,
        )

    # --- blocks -----------------------------------------------------------------------------------------------------

    def _section(self, tree: Node, section: str, problems: Problems) -> tuple[dict[str, Any], dict[str, Node]]:
        node = tree.value.get(section)
        if node is None or node.value is None:
            return {}, {}
        if not isinstance(node.value, dict):
            problems.at(node, section, f"{quote(plain(node))} is not a map such as {{{section[0]}: {{}}}}")
            return {}, {}
        blocks: dict[str, Node] = {}
        for name, block in node.value.items():
            path = f"{section}.{name}"
            if not NAME.fullmatch(name):
                message = f"{quote(name)} is not a name; a name is letters, digits and _, and begins with a letter"
                problems.at(block, path, message, key=True)
            elif not isinstance(block.value, dict):
                message = f"{quote(plain(block))} is no block; write {{}} where all defaults are meant"
                problems.at(block, path, message)
            else:
                blocks[name] = block
        built = {}
        effectives = {}
        for name in blocks:
            party, effectives[name] = self._block(section, name, blocks, problems)
            if party is not None:
                built[name] = party
        return built, effectives

    def _block(self, section: str, name: str, blocks: dict[str, Node], problems: Problems) -> tuple[Party | None, Node]:
        key = self.memo.key(f"{section}.{name}", *_contributors(name, blocks))
        if key in self.memo:
            done: tuple[Party | None, Node] = self.memo[key]
            return done
        own = blocks[name]
        before = len(problems)
        if not self.later:
            for node in mentions_later(section, own):
                field = next(key for key, inner in own.value.items() if inner is node)
                problems.at(node, f"{section}.{name}.{field}", f"{section}.{field} {NOT_YET}", key=True)
        found = effective(section, name, blocks, later=self.later, problems=problems)
        party = part(SECTIONS[section], found.node, f"{section}.{name}", problems)
        if party is not None:
            assert isinstance(party, Party)
            party = party.model_copy(update=_finished(party, name, found.presets))
        result = (party, found.node)
        if len(problems) == before:
            self.memo[key] = result
        return result

    def _with_uses(self, people: dict[str, People], orchestrators: list[str]) -> dict[str, People]:
        """Whoever says nothing else is a customer of the first orchestrator."""
        done: dict[str, People] = {}
        for name, one in people.items():
            key = ("uses", one.name, *orchestrators[:1], id(one))
            if key not in self.memo:
                uses = one.uses or tuple((first, 1.0) for first in orchestrators[:1])
                self.memo[key] = one, one.model_copy(update={"uses": uses})
            done[name] = self.memo[key][1]
        return done

    # --- the rest ---------------------------------------------------------------------------------------------------

    def _head(self, tree: Node, problems: Problems) -> Head | None:
        fields = fields_of(Head)
        node = tree.with_value({key: inner for key, inner in tree.value.items() if key in fields})
        head = part(Head, node, "", problems)
        for key in ("title", "until"):
            if key not in node.value or node.value[key].value is None:
                problems.at(Node(None, tree.file, 1, 1), key, f"{key!r} is required")
        assert head is None or isinstance(head, Head)
        return head

    def _links(self, tree: Node, nodes: dict[str, dict[str, Node]], problems: Problems) -> dict[str, Link]:
        """Links by ``a->b``, the default one under the empty key; entries are laid over the default."""
        node = tree.value.get("network") or Node({}, tree.file)
        if not isinstance(node.value, dict):
            problems.at(node, "network", f"{quote(plain(node))} is not a map such as {{latency: 50 ms}}")
            node = Node({}, tree.file)
        shared = node.with_value({key: inner for key, inner in node.value.items() if "->" not in key})
        trees = {"": shared}
        for key, inner in node.value.items():
            if "->" in key and inner.value is not None:
                arrow = "->".join(end.strip() for end in key.split("->"))
                if arrow != key:  # one spelling, or two entries could mean one link
                    problems.at(inner, f"network.{key}", f"{quote(key)} is written {arrow!r}", key=True)
                    continue
                if not isinstance(inner.value, dict):
                    problems.at(inner, f"network.{key}", f"{quote(plain(inner))} is not a map such as {{loss: 0.01}}")
                    continue
                unknown(inner, fields_of(Link), f"network.{key}", problems)
                known = inner.with_value({name: one for name, one in inner.value.items() if name in fields_of(Link)})
                trees[arrow] = merged(shared, known) if shared.value else known
        links = {}
        for arrow, own in trees.items():
            link = part(Link, own, f"network.{arrow}" if arrow else "network", problems)
            links[arrow] = link if isinstance(link, Link) else Link()
        nodes["network"] = trees
        return links

    def _story(self, tree: Node, problems: Problems) -> tuple[Step, ...]:
        story = tree.value.get("story")
        steps = []
        for node in story.value if story is not None and isinstance(story.value, list) else []:
            if not isinstance(node.value, dict):
                continue
            key = self.memo.key("step", node)
            if key not in self.memo:
                before = len(problems)
                step = read_step(node, problems, later=self.later)
                if len(problems) > before:
                    continue
                self.memo[key] = step
            steps.append(self.memo[key])
        ids = {step.id for step in steps}
        return tuple(
            _after_fact(step) if isinstance(step.when, After) and step.when.after not in ids else step for step in steps
        )


def _after_fact(step: Step) -> Step:
    """A step that waits for no step waits for a fact."""
    return msgspec.structs.replace(step, when=msgspec.structs.replace(step.when, fact=True))


def _finished(party: Party, name: str, presets: tuple[str, ...]) -> dict[str, Any]:
    """What a block's model cannot know by itself."""
    update: dict[str, Any] = {"name": name, "like": presets}
    if isinstance(party, People):
        update["holds"] = tuple(party.email if one == "email" else one for one in party.holds)
    return update


def _contributors(name: str, blocks: dict[str, Node], inside: tuple[str, ...] = ()) -> list[Node]:
    own = blocks[name]
    found = [own]
    for liked, _ in likes(own):
        if liked in blocks and liked != name and liked not in inside and len(inside) <= 20:
            found += _contributors(liked, blocks, (*inside, name))
    return found


def _measures(tree: Node, problems: Problems) -> dict[str, MeasureSpec]:
    node = tree.value.get("measures")
    if node is None or node.value is None:
        return {}
    if not isinstance(node.value, dict):
        problems.at(node, "measures", f"{quote(plain(node))} is not a map from name to measure")
        return {}
    found = {}
    for name, inner in node.value.items():
        path = f"measures.{name}"
        if inner.value is None:
            continue
        if not NAME.fullmatch(name):
            problems.at(inner, path, f"{quote(name)} is not a name for a measure", key=True)
            continue
        try:
            found[name] = read_measure(plain(inner))
        except Wrong as wrong:
            problems.at(inner.at(*wrong.inside), ".".join(map(str, (path, *wrong.inside))), str(wrong))
    return found


# --- models ---------------------------------------------------------------------------------------------------------


def unknown(node: Node, fields: tuple[str, ...], path: str, problems: Problems) -> None:
    """Add a problem for every key of a map that is none of ``fields``."""
    for key, inner in node.value.items():
        if key not in fields:
            hint = "merge keys are not part of the language, use 'like'; " if key == "<<" else ""
            where = f"{path}.{key}" if path else key
            problems.at(inner, where, f"there is no field {quote(key)} here; {hint}{possible(key, fields)}", key=True)


def part(model: type[Part], node: Node, path: str, problems: Problems) -> Part | None:
    """``node`` read by ``model``; None if something is wrong with it, which is then among ``problems``."""
    before = len(problems)
    value = _cleaned(model, node, path, problems)
    try:
        made = model.model_validate(value)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            _translate(details, node, path, problems)
        return None
    return made if len(problems) == before else None


def _cleaned(model: type[Part], node: Node, path: str, problems: Problems) -> dict[str, Any]:
    """The plain value without unknown keys, which are complained about, and without nulls."""
    fields = fields_of(model)
    unknown(node, fields, path, problems)
    value: dict[str, Any] = {}
    for key, inner in node.value.items():
        if key not in fields or inner.value is None:
            continue
        kind = kind_of(model, key)
        where = f"{path}.{key}" if path else key
        if not isinstance(kind, Kind) and isinstance(inner.value, dict):
            value[key] = _cleaned(kind, inner, where, problems)
        elif (item := item_of(model, key)) is not None and isinstance(inner.value, list):
            value[key] = [
                _cleaned(item, one, f"{where}.{place}", problems) if isinstance(one.value, dict) else plain(one)
                for place, one in enumerate(inner.value)
            ]
        else:
            value[key] = _without_nulls(plain(inner))
    return value


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return value


def _translate(details: ErrorDetails, node: Node, path: str, problems: Problems) -> None:
    place = details["loc"]
    wrong = details.get("ctx", {}).get("error")
    if isinstance(wrong, Wrong):
        place, message = (*place, *wrong.inside), str(wrong)
    elif details["type"] in ("model_type", "model_attributes_type"):
        message = f"{quote(details['input'])} is not a map"
    elif details["type"] in ("tuple_type", "list_type"):
        message = f"{quote(details['input'])} is not a list of maps"
    else:
        message = details["msg"]
    problems.at(node.at(*place), ".".join(map(str, (*filter(None, (path,)), *place))), message)
