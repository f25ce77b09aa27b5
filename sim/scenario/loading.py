"""The way in: a file, a text or a scenario with overrides becomes a checked ``Scenario``.

Later wins: files in ``use``, the file, a variant, flags. Loading the base of a file checks its variants and the
values of its grid as well, each alone, so that ``sim check`` finds what a sweep would stumble over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike, fspath
from typing import Any

from sim.scenario import asked, checks
from sim.scenario.build import Builder, Built, unknown
from sim.scenario.errors import Problem, ScenarioError, Wrong, possible, quote
from sim.scenario.files import read_tree, tree_of
from sim.scenario.merge import step_id
from sim.scenario.nodes import Node, Problems, from_plain, parse, plain
from sim.scenario.paths import override
from sim.scenario.scenario import Network, Scenario, Source
from sim.scenario.values import NAME

#: So many values of a path's grid are checked when the file is loaded; the others when they are used.
_CHECKED_VALUES = 50


def load(
    path: str | PathLike[str],
    *,
    sets: Sequence[str] = (),
    variant: str | None = None,
    seed: int | None = None,
    allow_later: bool = False,
) -> Scenario:
    """The scenario in the file at ``path``; ``ScenarioError`` lists everything wrong with it.

    ``sets`` are ``path=value``, ``variant`` names one of the file's (None: the base), ``seed`` goes before the file's.
    ``allow_later`` accepts what no engine simulates yet.
    """
    problems = Problems()
    file = str(fspath(path))
    return _load(read_tree(file, problems), file, problems, sets, variant, seed, allow_later)


def load_text(
    text: str,
    *,
    file: str = "<text>",
    sets: Sequence[str] = (),
    variant: str | None = None,
    seed: int | None = None,
    allow_later: bool = False,
) -> Scenario:
    """As ``load``, from a text; files it uses are looked for beside ``file``."""
    problems = Problems()
    return _load(tree_of(text, file, problems), file, problems, sets, variant, seed, allow_later)


def with_values(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """``scenario`` with plain ``values`` laid at their paths."""
    problems = Problems()
    tree = _overridden(scenario.source.tree, values.items(), "set", problems)
    return _finish(tree, scenario.file, scenario.variant, Builder(later=scenario.source.later), problems)


def _load(
    tree: Node,
    file: str,
    problems: Problems,
    sets: Sequence[str],
    variant: str | None,
    seed: int | None,
    allow_later: bool,
) -> Scenario:
    builder = Builder(later=allow_later)
    base = _with_ids(tree, problems)
    names = _variants(base, problems)
    chosen = base
    if variant is not None:
        if variant not in names:
            there = possible(variant, names, "the file has no variants")
            message = f"there is no variant {quote(variant)}; {there}"
            raise ScenarioError([*problems, Problem(file, 0, 0, "", message)])
        chosen = _varied(base, variant, problems)
    for text in sets:
        chosen = _set(chosen, text, problems)
    if seed is not None:
        chosen = chosen.with_value(chosen.value | {"seed": Node(seed, "--seed")})
    scenario = _finish(chosen, file, variant, builder, problems)
    if variant is None:
        _check_variants(chosen, builder, problems)
    _check_grid(chosen, builder, problems)
    _check_sets(chosen, builder, problems)
    problems.stop_if_any()
    return scenario


# --- overrides ------------------------------------------------------------------------------------------------------


def _set(tree: Node, text: str, problems: Problems) -> Node:
    """One ``path=value`` flag laid over ``tree``."""
    path, equals, value = text.partition("=")
    path, flag = path.strip(), f"--set {path.strip()}"
    if not equals or not path:
        problems.append(
            Problem("--set", 0, 0, "", f"{quote(text)} is not path=value, such as providers.p.linking=refuse")
        )
        return tree
    try:
        found = parse(value, flag, problems)
    except ScenarioError as error:
        if value.strip() in ("", "null", "~"):
            found = Node(None, flag)
        else:
            problems.extend(problem._replace(line=0, column=0) for problem in error.problems)
            return tree
    return _overridden(tree, [(path, plain(found))], flag, problems)


def _overridden(tree: Node, values: Iterable[tuple[str, Any]], file: str, problems: Problems) -> Node:
    """Plain values laid at their paths, all of them standing at ``file``."""
    changed = tree
    for path, value in values:
        try:
            changed = override(changed, path, from_plain(value, file))
        except ValueError as wrong:
            problems.append(Problem(file, 0, 0, path, str(wrong)))
    return _with_ids(changed, problems, before=tree)


def _varied(tree: Node, variant: str, problems: Problems) -> Node:
    """``tree`` as that variant has it; it inherits no expectations."""
    node = tree.value["variants"].value[variant]
    changed = {key: inner for key, inner in tree.value.items() if key != "expect"}
    varied = tree.with_value(changed)
    sets = node.at("set")
    for path, value in sets.value.items() if sets is not node and isinstance(sets.value, dict) else ():
        try:
            varied = override(varied, path, value)
        except Wrong as wrong:
            problems.at(value, f"variants.{variant}.set.{path}", str(wrong), key=True)
    expect = node.value.get("expect")
    if expect is not None:
        varied = varied.with_value(varied.value | {"expect": expect})
    return _with_ids(varied, problems, before=tree)


def _with_ids(tree: Node, problems: Problems, *, before: Node | None = None) -> Node:
    """The tree with an id for every step: its own, or ``step`` and its place; ``before`` has them already."""
    tree = tree.with_value({key: node for key, node in tree.value.items() if node.value is not None})
    story = tree.value.get("story")
    if story is None or (before is not None and story is before.value.get("story")):
        return tree
    if not isinstance(story.value, list):
        problems.at(story, "story", f"{quote(plain(story))} is not a list of steps")
        return tree.with_value({key: node for key, node in tree.value.items() if key != "story"})
    own = {step_id(step) for step in story.value}
    steps, seen = [], set()
    for place, step in enumerate(story.value, 1):
        path = f"story.step{place}"
        if not isinstance(step.value, dict):
            problems.at(
                step, path, f"{quote(plain(step))} is not a step such as {{at: 1 d, who: ann, add: cloud/free}}"
            )
            continue
        given = step.value.get("id")
        if given is None or given.value is None:
            name = next(name for name in (f"step{place}{'_' * n}" for n in range(len(own) + 1)) if name not in own)
            given = Node(name, step.file, step.line, step.column)
            step = step.with_value(step.value | {"id": given})  # noqa: PLW2901
        elif step_id(step) is None or not NAME.fullmatch(given.value):
            problems.at(given, f"{path}.id", f"{quote(plain(given))} is not a name for a step")
            continue
        if given.value in seen:
            problems.at(given, f"story.{given.value}", f"two steps have the id {quote(given.value)}; rename one")
            continue
        seen.add(given.value)
        steps.append(step)
    return tree.with_value(tree.value | {"story": story.with_value(steps)})


# --- finishing ------------------------------------------------------------------------------------------------------


def _judged(tree: Node, builder: Builder, problems: Problems) -> Built:
    """The tree built and held against itself."""
    built = builder.build(tree, problems)
    checks.check(built, tree, problems, builder.memo, later=builder.later)
    asked.check_questions(built, tree, problems, later=builder.later)
    return built


def _finish(tree: Node, file: str, variant: str | None, builder: Builder, problems: Problems) -> Scenario:
    built = _judged(tree, builder, problems)
    problems.stop_if_any()
    head = built.head
    assert head is not None
    node = tree.value.get("vary")
    return Scenario(
        title=head.title, why=head.why, refs=head.refs, seed=head.seed, until=head.until, stop_after=head.stop_after,
        warm_up=head.warm_up, format=head.format, file=file, variant=variant,
        people=built.people, orchestrators=built.orchestrators, providers=built.providers,
        network=Network(built.links), story=built.steps,
        expect=built.expect, everything_else=built.everything_else, measures=built.measures,
        variants=tuple(_variants(tree, problems)),
        vary={path: tuple(values) for path, values in plain(node).items()} if node is not None and node.value else {},
        runs=head.runs, level=head.level, explore=head.explore, order=head.order,
        source=Source(tree, built.nodes, builder.later),
    )  # fmt: skip


def _variants(tree: Node, problems: Problems) -> list[str]:
    """Names of the variants; their shape and that of ``vary`` is checked."""
    vary = tree.value.get("vary")
    if vary is not None and vary.value is not None:
        lists = isinstance(vary.value, dict) and all(
            isinstance(one.value, list) and one.value for one in vary.value.values()
        )
        if not lists:
            problems.at(
                vary, "vary", "vary is a map from path to a list of values, such as {providers.p.like: [M1, M7]}"
            )
            problems.stop_if_any()
    node = tree.value.get("variants")
    if node is None or node.value is None:
        return []
    if not isinstance(node.value, dict):
        problems.at(node, "variants", f"{quote(plain(node))} is not a map from name to {{why, set, expect}}")
        return []
    names = []
    for name, inner in node.value.items():
        path = f"variants.{name}"
        if not NAME.fullmatch(name):
            problems.at(inner, path, f"{quote(name)} is not a name for a variant", key=True)
        elif inner.value is None:
            continue
        elif not isinstance(inner.value, dict):
            problems.at(inner, path, f"{quote(plain(inner))} is not a map with set, expect and why")
        else:
            unknown(inner, ("why", "set", "expect"), path, problems)
            sets = inner.value.get("set")
            if sets is not None and not isinstance(sets.value, dict):
                problems.at(sets, f"{path}.set", "set is a map from path to value")
            names.append(name)
    return names


# --- what would only be found later -------------------------------------------------------------------------------


def _check_variants(tree: Node, builder: Builder, problems: Problems) -> None:
    for name in _variants(tree, Problems()):
        found = Problems()
        _judged(_varied(tree, name, found), builder, found)
        problems.extend(problem._replace(message=f"in the variant {name!r}: {problem.message}") for problem in found)


def _check_grid(tree: Node, builder: Builder, problems: Problems) -> None:
    node = tree.value.get("vary")
    for path, values in node.value.items() if node is not None and node.value is not None else ():
        for value in values.value[:_CHECKED_VALUES]:
            _check_override(tree, path, value, f"vary.{path}", builder, problems)


def _check_sets(tree: Node, builder: Builder, problems: Problems) -> None:
    """What the verb ``set`` will do to the world, each value alone."""
    story = tree.value.get("story")
    for step in story.value if story is not None else ():
        values = step.value.get("set")
        for path, value in values.value.items() if values is not None and isinstance(values.value, dict) else ():
            where = f"story.{step.value['id'].value}.set.{path}"
            parts = path.split(".")
            if parts[0] not in ("people", "orchestrators", "providers", "network") or parts[2:3] == ["count"]:
                message = f"{quote(path)} cannot change during a run; possible is a field of a party or of the network"
                problems.at(value, where, message, key=True)
            else:
                _check_override(tree, path, value, where, builder, problems)


def _check_override(tree: Node, path: str, value: Node, where: str, builder: Builder, problems: Problems) -> None:
    try:
        changed = override(tree, path, value)
    except Wrong as wrong:
        problems.at(value, where, str(wrong), key=True)
        return
    found = Problems()
    _judged(changed, builder, found)
    problems.extend(problem._replace(message=f"with {where}: {problem.message}") for problem in found)
