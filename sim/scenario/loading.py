"""The way in: a file, a text or a scenario with overrides becomes a checked ``Scenario``.

Later wins: files in ``use``, the file, a variant, flags. Loading the base of a file checks its variants and the
values of its grid as well, each alone, so that ``sim check`` finds what a sweep would stumble over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike, fspath
from typing import Any

from sim.scenario import asked, checks, grid
from sim.scenario.build import Builder, Built, unknown
from sim.scenario.errors import Problem, ScenarioError, Wrong, possible, quote
from sim.scenario.files import read_tree, tree_of
from sim.scenario.merge import step_id
from sim.scenario.nodes import Node, Problems, from_plain, parse, plain
from sim.scenario.paths import override
from sim.scenario.scenario import Network, Scenario, Source
from sim.scenario.values import NAME

PARTIES = ("people", "orchestrators", "providers")
#: fields that say who and how many there are, and how they begin; who has them knows them by heart
FROM_THE_BEGINNING = ("count", "clock", "adversary", "email", "holds", "agents")


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
    made = scenario.source
    tree = _overridden(made.tree, values.items(), "set", problems)
    flags = (*made.flags, *values.items())
    return _finish(tree, scenario.file, scenario.variant, Builder(later=made.later), problems, made.base, flags)


def with_variant(scenario: Scenario, name: str) -> Scenario:
    """The variant ``name`` of the file that ``scenario`` is from, under the same flags."""
    problems, made = Problems(), scenario.source
    chosen = _chosen(made.base, name, scenario.file, problems)
    tree = _overridden(chosen, made.flags, "--set", problems)
    return _finish(tree, scenario.file, name, Builder(later=made.later), problems, made.base, made.flags)


def with_levels(scenario: Scenario, levels: Mapping[str, Any], builder: Builder) -> Scenario:
    """``scenario`` with a level of each key of ``vary``, flags on top; ``builder`` is shared by all cells of a file."""
    problems, made = Problems(), scenario.source
    tree = made.tree
    for key, level in levels.items():
        where = "vary" if "." in key else f"vary.{key}.{level}"
        tree = grid.laid(tree, grid.overrides(made.tree, key, level), where, problems)
    tree = _overridden(_with_ids(tree, problems, before=made.tree), made.flags, "--set", problems)
    return _finish(tree, scenario.file, scenario.variant, builder, problems, made.base, made.flags)


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
    _variants(base, problems)
    chosen = base if variant is None else _chosen(base, variant, file, problems)
    flags: list[tuple[str, Any]] = []
    for text in sets:
        for path, value in _flag(text, problems):
            chosen = _overridden(chosen, [(path, value)], f"--set {path}", problems)
            flags.append((path, value))
    if seed is not None:
        chosen = chosen.with_value(chosen.value | {"seed": Node(seed, "--seed")})
        flags.append(("seed", seed))
    scenario = _finish(chosen, file, variant, builder, problems, base, tuple(flags))
    if variant is None:
        _check_variants(chosen, builder, problems)
    _check_grid(chosen, scenario, builder, problems)
    _check_sets(chosen, scenario, builder, problems)
    problems.stop_if_any()
    return scenario


# --- overrides ------------------------------------------------------------------------------------------------------


def _flag(text: str, problems: Problems) -> list[tuple[str, Any]]:
    """The path and the plain value of one ``path=value`` flag; none if it is no such."""
    path, equals, value = text.partition("=")
    path, flag = path.strip(), f"--set {path.strip()}"
    if not equals or not path:
        problems.append(
            Problem("--set", 0, 0, "", f"{quote(text)} is not path=value, such as providers.p.linking=refuse")
        )
        return []
    try:
        return [(path, plain(parse(value, flag, problems)))]
    except ScenarioError as error:
        if value.strip() in ("", "null", "~"):
            return [(path, None)]
        problems.extend(problem._replace(line=0, column=0) for problem in error.problems)
        return []


def _chosen(base: Node, variant: str, file: str, problems: Problems) -> Node:
    """The file as that variant has it; ``ScenarioError`` if there is no such variant."""
    names = _variants(base, Problems())
    if variant not in names:
        message = f"there is no variant {quote(variant)}; {possible(variant, names, 'the file has no variants')}"
        raise ScenarioError([*problems, Problem(file, 0, 0, "", message)])
    return _varied(base, variant, problems)


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


def _finish(
    tree: Node, file: str, variant: str | None, builder: Builder, problems: Problems, base: Node,
    flags: tuple[tuple[str, Any], ...],
) -> Scenario:  # fmt: skip
    built = _judged(tree, builder, problems)
    problems.stop_if_any()
    head = built.head
    assert head is not None
    vary = grid.read_vary(tree, problems)
    problems.stop_if_any()
    return Scenario(
        title=head.title, why=head.why, refs=head.refs, seed=head.seed, until=head.until, stop_after=head.stop_after,
        warm_up=head.warm_up, format=head.format, file=file, variant=variant,
        people=built.people, orchestrators=built.orchestrators, providers=built.providers,
        network=Network(built.links), story=built.steps,
        expect=built.expect, everything_else=built.everything_else, measures=built.measures,
        variants=tuple(_variants(tree, problems)),
        vary=vary, design=head.design,
        runs=head.runs, level=head.level, explore=head.explore, order=head.order,
        source=Source(tree, built.nodes, builder.later, base, flags),
    )  # fmt: skip


def _variants(tree: Node, problems: Problems) -> list[str]:
    """Names of the variants; their shape is checked."""
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


def _check_grid(tree: Node, scenario: Scenario, builder: Builder, problems: Problems) -> None:
    worlds = 1 + len(scenario.variants) if scenario.variant is None else 1
    grid.check_vary(tree, scenario.vary, scenario.design, worlds, _judged, builder, problems)


def _check_sets(tree: Node, scenario: Scenario, builder: Builder, problems: Problems) -> None:
    """What the verb ``set`` will do to the world, each value alone."""
    story = tree.value.get("story")
    for step in story.value if story is not None else ():
        values = step.value.get("set")
        for path, value in values.value.items() if values is not None and isinstance(values.value, dict) else ():
            where = f"story.{step.value['id'].value}.set.{path}"
            changed = None
            if path.partition(".")[0] in (*PARTIES, "network"):
                changed = _check_override(tree, path, value, where, builder, problems)
                if changed is None:
                    continue
            stuck = path if changed is None else _stuck(scenario, changed)
            if stuck:
                but = ", ".join(FROM_THE_BEGINNING)
                possible_is = f"possible is any field of the network, or of a party but {but}"
                message = f"{quote(stuck)} cannot change during a run; {possible_is}"
                problems.at(value, where, message, key=True)


def _stuck(scenario: Scenario, changed: Built) -> str:
    """A path whose value is fixed from the beginning and would change; empty if there is none."""
    for kind in PARTIES:
        after: Mapping[str, Any] = getattr(changed, kind)
        for name, before in getattr(scenario, kind).items():
            for field in FROM_THE_BEGINNING:
                if getattr(before, field, None) != getattr(after[name], field, None):
                    return f"{kind}.{name}.{field}"
    return ""


def _check_override(
    tree: Node, path: str, value: Node, where: str, builder: Builder, problems: Problems
) -> Built | None:
    """The world with one value changed; None where that is a mistake, which has been reported."""
    try:
        changed = override(tree, path, value)
    except Wrong as wrong:
        problems.at(value, where, str(wrong), key=True)
        return None
    found = Problems()
    built = _judged(changed, builder, found)
    problems.extend(problem._replace(message=f"with {where}: {problem.message}") for problem in found)
    return None if list(found) else built
