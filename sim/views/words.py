"""What happened, in words a person understands: messages, facts, commands, whole steps.

>>> from sim.messages import Add
>>> describe(Add("a.1", "s:hub:start:alice", "cloud", "free"), "alice/agent1", "hub")
'alice/agent1 asks hub to add cloud/free'
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.claims import Attestation
from sim.clock import DAY, HOUR, MINUTE, SECOND, format_duration, format_time
from sim.money import format_money
from sim.party import Command, Fact, Message
from sim.trace import Step
from sim.views import fact_words, message_words, wake_words


class _Fields(dict[str, Any]):
    """The fields of a record as words; ``name_`` is the field ``name`` in brackets, empty where it is empty."""

    def __missing__(self, key: str) -> str:
        if key == "on_the_word":
            return f" on the word of {self['issuer']}" if self["issuer"] else ""
        value = self[key.removesuffix("_")] if key.endswith("_") else ""
        return f" ({value})" if value else ""


def _fields(record: Message | Fact) -> _Fields:
    return _Fields({name: _value(name, getattr(record, name)) for name in record.__struct_fields__})


def _value(name: str, value: Any) -> str:
    if isinstance(value, Attestation):
        return _attestation(value)
    if isinstance(value, bool):
        return fact_words.YES_NO.get((name, value), "yes" if value else "no")
    if isinstance(value, int) and name in fact_words.AMOUNTS:
        return "none" if value < 0 else format_money(value)
    if isinstance(value, (tuple, list)):
        return ", ".join(map(str, value)) or "nothing"
    return fact_words.VALUES.get((name, value), str(value)) if isinstance(value, str) else str(value)


def _attestation(claim: Attestation) -> str:
    verified = "verified" if claim.email_verified else "not verified"
    to = f" to {claim.audience}" if claim.audience else ""
    return f"the word of {claim.issuer}{to} that this is {claim.email} ({verified}, subject {claim.subject})"


def tag(record: Message | Fact) -> str:
    """The name of a message or fact on the wire, in traces and in scenario files."""
    return str(record.__struct_config__.tag)


# --- messages ---------------------------------------------------------------------------------------------------------


def describe(message: Message, sender: str, to: str) -> str:
    """A message as a sentence without its full stop."""
    sentence = message_words.SENTENCES.get(tag(message))
    fields = _fields(message)
    if sentence is None:
        told = ", ".join(f"{name} {value}" for name, value in fields.items() if name != "id" and value)
        sentence = "{sender} says to {to}: " + tag(message).replace("_", " ") + (f" ({told})" if told else "")
        return sentence.replace("{sender}", sender).replace("{to}", to)
    return sentence.format_map(_Fields(fields, sender=sender, to=to))


def label(message: Message) -> str:
    """A message's name on the wire with the fields that tell the most, for an arrow."""
    name = tag(message)
    told = [_told(message, field) for field in message_words.TELLING.get(name, ())]
    return " ".join([name, *(word for word in told if word and word != name)])


def _told(message: Message, field: str) -> str:
    if "/" in field:
        return "/".join(filter(None, (str(getattr(message, part)) for part in field.split("/"))))
    value = getattr(message, field)
    if isinstance(value, Attestation):
        return value.email + ("" if value.email_verified else " unverified")
    if field == "url":
        return "(consent page)" if value else "(mail on its way)"
    return _value(field, value) if value else ""


# --- facts ------------------------------------------------------------------------------------------------------------


def told(fact: Fact) -> str:
    """A fact as a sentence without its full stop."""
    sentence = fact_words.SENTENCES.get(tag(fact))
    fields = _fields(fact)
    if sentence is None:
        parts = ", ".join(f"{name} {value}" for name, value in fields.items() if value)
        return f"{tag(fact).replace('_', ' ')}: {parts}"
    return sentence.format_map(fields)


def note(fact: Fact) -> str:
    """A fact as a short note for a diagram; empty where it is not worth one."""
    name = tag(fact)
    words = fact_words.NOTES.get(f"{name}/{getattr(fact, 'how', '')}") or fact_words.NOTES.get(name, "")
    return words.format_map(_fields(fact)) if words else ""


# --- commands and steps -----------------------------------------------------------------------------------------------


def ordered(command: Command) -> str:
    """What the story has somebody do, such as ``add cloud/free via hub as alice``."""
    thing = f"{command.object}/{command.service}" if command.service else command.object
    words = [message_words.VERBS.get(command.verb, command.verb + " {object}").replace("{object}", thing).strip()]
    for word, value in (("of", command.of), ("via", command.via), ("as", command.as_), ("to", command.to)):
        if value:
            words.append(f"{word} {value}")
    if command.against:
        words.append("against " + ", ".join(command.against))
    if command.does:
        words.append(f"and {command.does}")
    return " ".join(words)


def say(step: Step) -> str:
    """A step as one sentence: what set it off, and what was observed to follow."""
    following = [told(fact) for fact in step.facts if tag(fact) != "transition"]
    text = _occasion(step)
    return f"{text}. So: {'; '.join(following)}." if following else f"{text}."


def _occasion(step: Step) -> str:
    if step.message is not None:
        said = describe(step.message, step.sender, step.to)
        return f"the network loses this message: {said}" if step.kind == "lost" else said
    if step.command is not None:
        return f"the story has {step.to} {ordered(step.command)}"
    if step.kind == "deadline":
        return f"the deadline that {step.to} had set comes due" + (f" ({step.key})" if step.key else "")
    if step.key == "start":
        return f"{step.to} is there from the beginning"
    return wake_words.wake(step.to, step.key)


# --- times and numbers ------------------------------------------------------------------------------------------------


def moment(us: int) -> str:
    """A point in time for people, to the millisecond where it is not a whole second."""
    text = format_time(us)
    return text.removesuffix(".000")


def lapse(us: int) -> str:
    """About how long: ``19 d``, ``4 min``, ``1.5 s``."""
    for size, word in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s")):
        if us >= size:
            amount = us / size
            digits = 0 if amount >= 10 or us % size == 0 else 1
            return f"{amount:.{digits}f} {word}".replace(".0 ", " ")
    return format_duration(us // 1000 * 1000) if us >= 1000 else f"{us} us"


def number(value: float | int | None) -> str:
    """A number as it is read most easily; ``–`` where there is none."""
    if value is None:
        return "–"
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) >= 100 else f"{value:.4g}"


def plural(count: int, word: str) -> str:
    """``1 step``, ``2 steps``."""
    return f"{count:,} {word}" + ("" if count == 1 else "s")


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else list(words))
