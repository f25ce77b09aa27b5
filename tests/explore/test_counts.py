"""State spaces whose size is known."""

from __future__ import annotations

import pytest

from sim.explore.exploring import explore
from sim.explore.model import Bounds
from tests.explore.models import needham_schroeder, planted, two_phase

RULES = ("zones", "box", "exact")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("participants", "states", "generated", "depth"), [(3, 288, 1_146, 10), (4, 1_568, 8_258, 13)])
def test_two_phase_commit_has_the_states_that_tlc_counts(
    rule: str, participants: int, states: int, generated: int, depth: int
) -> None:
    found = explore(two_phase.model(participants), rule=rule)
    assert (found.states, found.transitions + 1, found.depth) == (states, generated, depth)
    assert found.complete
    assert sum(found.per_depth) == states


def test_five_participants_under_the_box_rule() -> None:
    found = explore(two_phase.model(5), rule="box")
    assert (found.states, found.transitions + 1) == (8_832, 58_146)


@pytest.mark.slow
def test_seven_participants_under_the_box_rule() -> None:
    assert explore(two_phase.model(7), rule="box").states == 296_448


@pytest.mark.parametrize("rule", RULES)
def test_fingerprints_tell_apart_what_exact_states_do(rule: str) -> None:
    for model, bounds in (
        (two_phase.model(3, watched=True), Bounds()),
        (planted.bell(5), Bounds(losses=1, duplicates=1)),
        (needham_schroeder.model(fixed=True), Bounds(adversary_sends=1, losses=1)),
    ):
        quick, exact = (explore(model, bounds, rule=rule, exact_states=how) for how in (False, True))
        assert quick.per_depth == exact.per_depth
        assert quick.transitions == exact.transitions
        assert quick.collision_probability > 0
        assert exact.collision_probability == 0


@pytest.mark.parametrize("rule", RULES)
def test_a_remembered_reaction_is_the_reaction(rule: str) -> None:
    for model in (two_phase.model(3, watched=True), needham_schroeder.model(fixed=False)):
        bounds = Bounds(adversary_sends=1)
        assert (
            explore(model, bounds, rule=rule).per_depth == explore(model, bounds, rule=rule, remember=False).per_depth
        )


def test_depth_first_finds_the_same_states() -> None:
    found = explore(two_phase.model(4), rule="box", order="depth")
    assert (found.states, found.transitions, found.complete) == (1_568, 8_257, True)


def test_properties_are_part_of_the_exploration() -> None:
    found = explore(two_phase.model(3, watched=True))
    consistent, someone_commits = found.verdicts
    assert (consistent.verdict, consistent.vacuous) == ("holds", False)
    assert someone_commits.verdict == "reached"
    assert someone_commits.witness is not None
    assert someone_commits.witness.depth == 8  # prepare and hear three times, decide, hear


# --- limits -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("bounds", "stopped"), [(Bounds(states=100), "states"), (Bounds(depth=4), "depth")])
def test_a_limit_never_counts_as_a_pass(bounds: Bounds, stopped: str) -> None:
    found = explore(two_phase.model(3, watched=True), bounds)
    assert (found.stopped, found.complete) == (stopped, False)
    assert found.states <= 117
    assert {verdict.verdict for verdict in found.verdicts} == {"undetermined"}


def test_an_interruption_leaves_what_was_found() -> None:
    def interrupt(progress: object) -> None:
        raise KeyboardInterrupt

    from sim.explore.box import Box
    from sim.explore.search import Search
    from sim.explore.system import System

    system = System(two_phase.model(5), Bounds(), set())
    search = Search(system, Box(system, 1), progress=interrupt, every=0.0)
    search.breadth()
    assert search.stopped == "interrupted"
    assert 0 < search.states < 8_832
    assert not search.complete


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"states": 0}, "explore.states is 0; it must be at least 1"),
        ({"depth": -1}, "explore.depth"),
        ({"grid": 0}, "explore.grid"),
        ({"losses": -1}, "explore.losses is -1; it must not be negative"),
        ({"time": "some"}, "possible is box or exact"),
    ],
)
def test_bounds_that_bound_nothing_are_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Bounds(**wrong)  # type: ignore[arg-type]


# --- planted violations -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("word", ["abca", "abcabacb", "abcabacbaccb"])
def test_a_planted_violation_is_found_by_a_shortest_path(rule: str, word: str) -> None:
    (verdict,) = explore(planted.lock(word), rule=rule).verdicts
    assert verdict.verdict == "violated"
    assert verdict.witness is not None
    assert verdict.witness.depth == len(word)
    assert [event.what[-1] for event in verdict.witness.events] == list(word)


@pytest.mark.parametrize("rule", RULES)
def test_two_equal_messages_are_two(rule: str) -> None:
    (verdict,) = explore(planted.bell(at_most=5), rule=rule).verdicts
    assert verdict.verdict == "violated"
    (verdict,) = explore(planted.bell(at_most=5), Bounds(losses=2), rule=rule).verdicts
    assert verdict.verdict == "violated"


# --- an adversary with the network --------------------------------------------------------------------------------


def test_lowes_attack_is_found() -> None:
    attack, finishes = explore(needham_schroeder.model(fixed=False), Bounds(adversary_sends=2)).verdicts
    assert attack.verdict == "violated"
    assert attack.witness is not None
    assert attack.witness.depth == 6
    assert finishes.verdict == "reached"


def test_one_message_is_not_enough_for_it() -> None:
    assert explore(needham_schroeder.model(fixed=False), Bounds(adversary_sends=1)).verdicts[0].verdict == "holds"


def test_lowes_correction_holds() -> None:
    found = explore(needham_schroeder.model(fixed=True), Bounds(adversary_sends=2, losses=1))
    assert [verdict.verdict for verdict in found.verdicts] == ["holds", "reached"]
    assert found.complete


# --- random walks -------------------------------------------------------------------------------------------------


def test_walks_stay_inside_the_state_space_and_depend_on_the_seed_alone() -> None:
    from sim.explore.box import Box
    from sim.explore.search import Search
    from sim.explore.system import System

    def walked(seed: int) -> tuple[int, set[int]]:
        system = System(two_phase.model(3), Bounds(), set())
        search = Search(system, Box(system, 1))
        steps = search.walk(200, 20, seed)
        return steps, set(search.seen)

    system = System(two_phase.model(3), Bounds(), set())
    whole = Search(system, Box(system, 1))
    whole.breadth()
    assert walked(1)[0] == walked(1)[0]
    assert walked(1)[0] <= 4_000
    assert 50 < len(walked(1)[1]) <= 288
    assert whole.states == 288
