from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.money import MOST, Ledger, format_money, imbalance, parse_money


@given(st.integers(-MOST, MOST))
def test_an_amount_survives_being_written_and_read(cents: int) -> None:
    assert parse_money(format_money(cents)) == cents


@pytest.mark.parametrize(
    ("text", "cents"),
    [("20 usd", 2_000), ("20usd", 2_000), ("0.5 usd", 50), ("19.99 usd", 1_999), ("-100000 usd", -10_000_000)],
)
def test_amounts_are_dollars_with_at_most_two_decimals(text: str, cents: int) -> None:
    assert parse_money(text) == cents


@pytest.mark.parametrize(
    "text", ["20", "usd", "20 eur", "1.999 usd", "1e3 usd", "٣ usd", "--1 usd", "99999999999999 usd", ""]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="money"):
        parse_money(text)


def test_books_keep_what_is_posted() -> None:
    books = Ledger({})
    books.post((("person:ann", -500), ("provider:p", 450), ("processor", 50)))
    books.post((("provider:p", -100), ("person:ann", 100)))
    assert [books.balance(name) for name in ("person:ann", "provider:p", "processor", "issuer")] == [-400, 350, 50, 0]
    assert books.total() == 0


def test_an_entry_is_out_of_balance_by_what_it_makes_up() -> None:
    assert imbalance(()) == 0
    assert imbalance((("a", -5), ("b", 5))) == 0
    assert imbalance((("a", -5), ("b", 6))) == 1
