from __future__ import annotations

from sim.attacks import load
from tests.attacks.hand import Plan, RecordingHand

ATTACK = load("card_testing")


def hand(cards: int, plan: Plan | None = None) -> RecordingHand:
    made = RecordingHand(ATTACK, plan or Plan(targets=("p",)))
    made.has_cards = cards
    return made


def test_without_cards_there_is_nothing_to_test() -> None:
    made = hand(0)
    made.start()
    assert (made.did, made.over) == ([], ["p"])


def test_every_card_is_tested_once_as_somebody_new() -> None:
    made = hand(3)
    made.start()
    for _ in range(4):
        ATTACK.tick(made, made.plan, "p")
    assert made.did == [("add", "p", f"mallory.new{n}", "hub", "paid") for n in (1, 2, 3)]
    assert made.over == ["p"]


def test_a_declined_card_is_an_answer_and_a_closed_door_is_the_end() -> None:
    made = hand(3)
    for outcome in ("complete", "billing_activation_failed", "timeout"):
        ATTACK.answered(made, made.plan, "add", "p", outcome)
    assert made.over == []
    ATTACK.answered(made, made.plan, "add", "p", "paused")
    assert made.over == ["p"]
