"""The bars, as ratios within one run: ``pytest -m bench tests/bench``, some minutes."""

from __future__ import annotations

import pytest

from tests.bench import bench_memory, bench_speed, bench_start
from tests.bench.bench_memory import Size
from tests.bench.paid_yardsticks import PRICE, run_paid_a, run_paid_b
from tests.bench.yardsticks import run_a, run_b


@pytest.fixture(scope="module")
def paces() -> dict[str, float]:
    return bench_speed.measure()


@pytest.mark.bench
@pytest.mark.parametrize(("what", "yardstick", "bar"), bench_speed.BARS)
def test_a_run_is_fast_enough(paces: dict[str, float], what: str, yardstick: str, bar: float) -> None:
    assert paces[what] / paces[yardstick] >= bar


@pytest.mark.bench
def test_the_account_only_flow_is_about_as_fast_as_it_was(paces: dict[str, float]) -> None:
    """With the whole protocol, all properties and the ledger; in ratios to what is the same in both."""
    assert paces["ours"] / paces["A"] >= bench_speed.SHARE * bench_speed.BEFORE


def test_the_paid_flow_is_the_same_in_yardsticks_and_runs() -> None:
    people = bench_speed.LEAST
    ours = bench_speed.plain(bench_speed.scenario(people, bench_speed.PAID))
    assert {run_paid_a(people).messages, run_paid_b(people).messages, ours} == {31 * people + 4}


def test_everybody_pays_in_both_yardsticks() -> None:
    for state in (run_paid_a(60), run_paid_b(60)):
        done = (state.env_files, state.cards, state.charges, state.spent, state.settled)
        assert {len(table) for table in done} == {60}
        assert not state.payment_tokens
        assert (state.books["cloud"], sum(state.books.values())) == (60 * PRICE, 0)


def test_yardsticks_and_runs_do_the_same_work() -> None:
    """Message for message; otherwise messages a second would compare different things."""
    people = bench_speed.LEAST
    counted = {run_a(people).messages, run_b(people).messages, bench_speed.plain(bench_speed.scenario(people))}
    assert counted == {19 * people + 4}


def test_everybody_gets_through_in_both_yardsticks() -> None:
    for state in (run_a(60), run_b(60)):
        done = [
            state.sessions,
            state.terms,
            state.accounts,
            state.tokens,
            state.vault,
            state.resources,
            state.env_files,
        ]
        assert {len(table) for table in done} == {60}
        assert not state.codes


@pytest.fixture(scope="module")
def sizes() -> tuple[Size, Size]:
    return bench_memory.run_apart(10_000), bench_memory.run_apart(bench_memory.MILLION)


@pytest.mark.bench
def test_a_million_accounts_fit(sizes: tuple[Size, Size]) -> None:
    assert sizes[1].messages > 19 * bench_memory.MILLION
    assert sizes[1].peak <= bench_memory.BYTES


@pytest.mark.bench
def test_the_millionth_account_costs_about_what_the_first_did(sizes: tuple[Size, Size]) -> None:
    assert sizes[1].per_account <= bench_memory.SLOWER * sizes[0].per_account


@pytest.fixture(scope="module")
def times() -> dict[str, float]:
    return bench_start.measure()


@pytest.mark.bench
@pytest.mark.parametrize("name", bench_start.COMMANDS)
def test_it_starts_quickly_enough(times: dict[str, float], name: str) -> None:
    assert times[name] <= bench_start.COMMANDS[name][1] * times["nothing"]
