"""Words for messages, facts, commands and steps: complete, and readable."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

import msgspec
import pytest

from sim import facts, messages
from sim.claims import Attestation
from sim.clock import DAY, HOUR, MINUTE, MS, SECOND
from sim.facts.money import Charged
from sim.party import Command, Fact, Message
from sim.scenario.verbs import VERBS
from sim.trace import Step
from sim.views import fact_words, message_words, words
from tests.views.traces import squat

KINDS_OF_MESSAGE = [
    kind
    for kind in vars(messages).values()
    if isinstance(kind, type) and issubclass(kind, Message) and kind is not Message
]
KINDS_OF_FACT = list(facts.names().values())


def sample(kind: type[msgspec.Struct]) -> msgspec.Struct:
    """One of a kind, each field holding its own name where it is text."""
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(kind):
        text = str(field.type)
        if field.type is bool:
            values[field.name] = True
        elif field.type is int:
            values[field.name] = 7
        elif "Attestation" in text:
            values[field.name] = Attestation(
                "jwt", "hub", "sub", "p", "jti", "ann@example.org", False, 0, 1, "hub#1", "k"
            )
        elif "tuple" in text:
            values[field.name] = (f"<{field.name}>",)
        else:
            values[field.name] = f"<{field.name}>"
    return kind(**values)


@pytest.mark.parametrize("kind", KINDS_OF_MESSAGE, ids=lambda kind: kind.__name__)
def test_every_message_has_a_sentence_with_both_parties(kind: type[Message]):
    message = sample(kind)
    assert words.tag(message) in message_words.SENTENCES
    said = words.describe(message, "SENDER", "RECEIVER")
    assert "{" not in said
    if kind is not messages.Mail:  # a mail names the party it is from and the address instead
        assert "SENDER" in said
        assert "RECEIVER" in said


@pytest.mark.parametrize("kind", KINDS_OF_FACT, ids=lambda kind: kind.__name__)
def test_every_fact_has_a_sentence(kind: type[Fact]):
    fact = sample(kind)
    assert words.tag(fact) in fact_words.SENTENCES
    assert "{" not in words.told(fact)
    assert "{" not in words.note(fact)


def test_every_verb_has_words():
    assert set(VERBS) <= set(message_words.VERBS)


def defined_in(package: ModuleType, base: type) -> set[str]:
    """The tags of what the files of a package define."""
    files = [import_module(f"{package.__name__}.{found.name}") for found in iter_modules(package.__path__)]
    kinds = [
        thing for file in files for thing in vars(file).values() if isinstance(thing, type) and issubclass(thing, base)
    ]
    return {str(kind.__struct_config__.tag) for kind in kinds}


def test_words_stand_for_nothing_that_is_gone():
    tags, names = defined_in(messages, Message), defined_in(facts, Fact)
    assert {*message_words.SENTENCES, *message_words.TELLING} <= tags
    noted = {name.partition("/")[0] for name in fact_words.NOTES}
    assert {*fact_words.SENTENCES, *noted, *fact_words.CLAIMS, *fact_words.DECISIONS} <= names


def test_amounts_of_money_are_told_in_dollars():
    assert words.label(messages.PaymentIntent("a", "k", "spt:1", 1_999, "p")) == "payment_intent 19.99 usd"
    assert "captured from ann's card" in words.told(Charged("ann", "p", 2_000, "a", "spt:1", "ch:a", 0, "hub", "l1"))


def test_an_unverified_claim_says_so_in_a_sentence_and_on_an_arrow():
    request = next(step.message for step in squat().steps if step.n == 13)
    assert "that this is alice@example.org (not verified, subject sub:alice)" in words.describe(
        request, "first", "cloud"
    )
    assert words.label(request) == "account_request alice@example.org unverified"


def test_empty_fields_leave_no_brackets():
    assert words.describe(messages.CatalogQuery("a", "s"), "ann", "hub") == "ann asks hub what is on offer"
    assert words.describe(messages.CatalogQuery("a", "s", "p"), "ann", "hub") == "ann asks hub what is on offer (p)"


def test_a_message_of_a_users_own_protocol_is_told_by_its_fields():
    # Not a subclass of Message: whatever asks for all kinds of message would find it for the rest of the session.
    class Ping(msgspec.Struct, frozen=True, tag="ping_pong"):
        id: str
        ball: str
        empty: str = ""

    assert words.describe(Ping("p.1", "red"), "ann", "bob") == "ann says to bob: ping pong (ball red)"


def test_a_fact_of_a_users_own_protocol_is_told_by_its_fields():
    class Dropped(msgspec.Struct, frozen=True, tag="dropped"):
        ball: str

    assert words.told(Dropped("red")) == "dropped: ball red"
    assert words.note(Dropped("red")) == ""


def test_a_credential_given_out_at_the_door_is_on_nobodys_word():
    door = facts.TokenIssued("cloud", "cloud/a", "ps:1", "session", "", "", (), "r")
    linked = facts.TokenIssued("cloud", "cloud/a", "at:1", "access", "g", "hub", (), "r")
    assert words.told(door) == "cloud gave out for account cloud/a: session"
    assert words.told(linked) == "cloud gave out for account cloud/a on the word of hub: access token"


def test_a_note_may_be_for_one_way_of_linking():
    silent = facts.Linked("cloud", "cloud/a", "hub sub", "hub", "silent", True, "r")
    added = facts.Linked("cloud", "cloud/a", "password", "", "added", True, "r")
    assert (words.note(silent), words.note(added)) == ("linked: silent", "identifier added: password")


def test_commands_in_words():
    command = Command("a", "add", "mallory", "cloud", "free", "second", "alice")
    assert words.ordered(command) == "add cloud/free via second as alice"
    assert words.ordered(Command("a", "steal", "thief", "signing_key", of="hub")) == "steal the signing_key of hub"
    raid = Command("a", "attack", "thief", "mass_provisioning", of="hub", against=("p", "q"))
    assert words.ordered(raid) == "attack with mass_provisioning of hub against p, q"
    assert words.ordered(Command("a", "intercept", "thief", "hub->p", does="replay")) == "intercept hub->p and replay"


def test_steps_in_words():
    steps = squat().steps
    assert words.say(steps[0]) == "cloud is there from the beginning."
    assert words.say(steps[1]) == "the story has mallory add cloud/free via second as alice."
    assert words.say(steps[5]) == "it is time for mallory to terms squat.mallory."
    assert words.say(steps[8]).startswith("the network loses this message: cloud sends a mail to alice@example.org")
    assert "So: the terms of cloud were accepted at second by a person; second attested to cloud" in words.say(steps[6])
    deadline = Step(1, 0, "deadline", "request_is_answered", key="a.1")
    assert words.say(deadline) == "the deadline that request_is_answered had set comes due (a.1)."


def test_transitions_are_bookkeeping_and_not_said():
    step = Step(1, 0, "wake", "hub", key="start", facts=(facts.Transition("link", "x", "none", "requested"),))
    assert words.say(step) == "hub is there from the beginning."


@pytest.mark.parametrize(
    ("us", "said"),
    [
        (19 * DAY, "19 d"), (DAY + 12 * HOUR, "1.5 d"), (23 * HOUR + 50 * MINUTE, "24 h"), (4 * MINUTE, "4 min"),
        (90 * SECOND, "1.5 min"), (1_500 * MS, "1.5 s"), (250 * MS, "250 ms"), (12, "12 us"), (DAY + 1, "1 d"),
    ],
)  # fmt: skip
def test_lapses(us: int, said: str):
    assert words.lapse(us) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "–"), (0, "0"), (-3, "-3"), (12_345, "12,345"), (2.0, "2"), (0.33333, "0.3333"), (1234.567, "1,234.57")],
)
def test_numbers(value: float | None, said: str):
    assert words.number(value) == said
