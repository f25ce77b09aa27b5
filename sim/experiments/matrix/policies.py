"""A set of answers laid over the providers of a story: a preset by its name, or any answers one likes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from sim.scenario import Scenario, ScenarioError, load
from sim.scenario.errors import Problem, possible, quote
from sim.scenario.like import likes, preset, presets
from sim.scenario.nodes import Node, parse, plain

#: the policies of the published comparison, M1 to M10
USUAL = tuple(name for name in presets() if name[:1] == "M" and name[1:].isdigit())


class Policy(msgspec.Struct, frozen=True):
    """A name for ``answers``, which are values by field of a provider; a preset's own name says what it is."""

    name: str
    answers: dict[str, Any]
    preset: bool = False


def named(name: str) -> Policy:
    """The preset ``name`` as a policy; ``ScenarioError`` if there is none for providers."""
    mine = [one for one in presets() if preset(one).section == "providers"]
    if name not in mine:
        raise _wrong("--policies", f"there is no preset {quote(name)} for providers; {possible(name, mine)}")
    return Policy(name, plain(preset(name).values), preset=True)


def answered(text: str) -> Policy:
    """A policy from ``NAME: {field: answer, …}``; ``ScenarioError`` where the text is none."""
    tree = parse(text, "--answers", [])
    value = plain(tree)
    if not isinstance(value, dict) or len(value) != 1 or not isinstance(next(iter(value.values())), dict):
        example = "'MINE: {matching: subject, linking: refuse}'"
        raise _wrong("--answers", f"{quote(text)} is not a name and its answers, such as {example}")
    ((name, answers),) = value.items()
    if name in presets():
        raise _wrong("--answers", f"{quote(name)} is the name of a preset; give answers of your own another name")
    return Policy(name, answers)


def _wrong(where: str, message: str) -> ScenarioError:
    return ScenarioError([Problem(where, 0, 0, "", message)])


def asked(scenario: Scenario, blocks: Iterable[str] = ()) -> list[str]:
    """The providers whose answers are asked: ``blocks``, else those called ``cloud…``, else all."""
    mine = [name for name in blocks if name in scenario.providers]
    mine = mine or [name for name in scenario.providers if name.startswith("cloud")]
    return mine or list(scenario.providers)


def values(scenario: Scenario, policy: Policy, blocks: Sequence[str], condition: str | None) -> dict[str, Any]:
    """The overrides that lay ``policy`` over ``scenario``, by path.

    The presets that a provider is like are replaced by it, so that what it does not name is a provider's default. What
    stands in the provider's own block or in the condition would go before a preset: the first is spelt out, the second
    is left alone.
    """
    kept = set(condition_sets(scenario, condition)) if condition else set()
    found: dict[str, Any] = {}
    for block in asked(scenario, blocks):
        own = scenario.source.tree.at("providers", block)
        others = [name for name, _ in likes(own) if name not in presets()]
        like: Any = [*others, policy.name] if policy.preset else others
        found[f"providers.{block}.like"] = policy.name if like == [policy.name] else like
        for field, answer in policy.answers.items():
            if not policy.preset or field in own.value:
                found[f"providers.{block}.{field}"] = answer
    return {path: value for path, value in found.items() if path not in kept}


def condition_sets(scenario: Scenario, condition: str) -> dict[str, Any]:
    """What a variant of the file sets, by path."""
    variants = scenario.source.tree.value.get("variants")
    node: Node | None = variants.value[condition].value.get("set") if variants is not None else None
    return {} if node is None or node.value is None else dict(plain(node))


@lru_cache(512)
def story(file: str, condition: str | None) -> Scenario:
    """The file's base, or one of its variants, loaded once in a process."""
    return load(file, variant=condition)


def laid_over(file: str, policy: Policy, blocks: Sequence[str], condition: str | None = None) -> Scenario:
    """The threat's story under ``policy``, as given or under a condition; ``ScenarioError`` if that is no world."""
    scenario = story(file, condition)
    return scenario.with_values(values(scenario, policy, blocks, condition))


def check(policy: Policy, worlds: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Nothing, if ``policy`` can be laid over one of ``worlds`` (files and blocks); else why not over the first.

    A story may not get along with answers that are right elsewhere; answers that none takes are wrong.
    """
    first: ScenarioError | None = None
    for file, blocks in worlds:
        try:
            laid_over(file, policy, blocks)
        except ScenarioError as error:
            first = first or error
        else:
            return
    if first is not None:
        where = f"--answers {policy.name}"
        raise ScenarioError([one if one.line else one._replace(file=where) for one in first.problems])


def command(file: str, policy: Policy, blocks: Sequence[str], condition: str | None, shown: str) -> str:
    """The command that runs the same; ``shown`` is how the file is named in it."""
    import json
    import shlex

    words = ["sim", "run", shown, *(["--variant", condition] if condition else [])]
    sets: Mapping[str, Any] = values(story(file, condition), policy, blocks, condition)
    for path, value in sets.items():
        words += ["--set", f"{path}={value if isinstance(value, str) else json.dumps(value)}"]
    return shlex.join(words)
