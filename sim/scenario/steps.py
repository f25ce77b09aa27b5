"""Steps of the story: read from the file, and written back.

A step has exactly one time word, exactly one verb and options that belong to them; whether the parties it names exist
is the concern of ``checks``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.clock import Constant
from sim.money import format_money
from sim.scenario import kinds
from sim.scenario.errors import Wrong, possible, quote
from sim.scenario.later import LOOT as LATER_LOOT
from sim.scenario.later import NOT_YET
from sim.scenario.later import VERBS as LATER_VERBS
from sim.scenario.nodes import Node, Problems, plain
from sim.scenario.values import After, At, Every, May, Ref, Step
from sim.scenario.verbs import DEEDS, NOBODY, STEP_KEYS, TIME_WORDS, VERBS, read_object, read_ref
from sim.scenario.worldkinds import BUDGET, read_address, read_label

_TIMES = kinds.whole(1, 1_000_000)


def _read_refs(value: Any) -> tuple[Ref, ...]:
    if isinstance(value, list):
        if not value:
            raise Wrong("the list is empty; name at least one party")
        return tuple(kinds.each(value, read_ref))
    return (read_ref(value),)


def _read_kinds(value: Any) -> tuple[str, ...]:
    return tuple(kinds.each(value if isinstance(value, list) else [value], kinds.read_snake))


def _read_to(value: Any) -> str | Ref:
    return read_address(value) if isinstance(value, str) and "@" in value else read_ref(value)


#: by key of a step: the field of ``Step`` and how it is read
_OPTIONS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "who": ("who", _read_refs),
    "via": ("via", read_ref),
    "as": ("as_", read_ref),
    "to": ("to", _read_to),
    "of": ("of", read_ref),
    "against": ("against", _read_refs),
    "does": ("does", kinds.word_in(DEEDS)),
    "kind": ("kind", _read_kinds),
    "rate": ("rate", kinds.read_interval),
    "for": ("for_", kinds.read_duration),
    "until": ("until", kinds.read_time),
    "budget": ("budget", BUDGET.read),
    "amount": ("amount", kinds.read_price),
    "name": ("name", read_label),
    "text": ("text", kinds.read_text),
    "environment": ("environment", kinds.word_in(("prod", "dev"))),
}


class _Reading:
    """One step being read; problems are collected, so that all of a step's are reported at once."""

    def __init__(self, node: Node, path: str, problems: Problems) -> None:
        self.node = node
        self.path = path
        self.problems = problems
        self.keys: dict[str, Node] = {key: inner for key, inner in node.value.items() if inner.value is not None}

    def wrong(self, key: str, message: str, *inside: str | int, at_key: bool = False) -> None:
        inner = self.keys.get(key)
        where = inner.at(*inside) if inner else self.node
        self.problems.at(
            where, ".".join(map(str, (self.path, *([key] if inner else []), *inside))), message, key=at_key
        )

    def read(self, key: str, reader: Callable[[Any], Any], otherwise: Any = None) -> Any:
        if key not in self.keys:
            return otherwise
        try:
            return reader(plain(self.keys[key]))
        except Wrong as wrong:
            self.wrong(key, str(wrong), *wrong.inside)
            return otherwise

    def one_of(self, table: dict[str, Any], what: str) -> str | None:
        found: list[str] = [key for key in self.keys if key in table]
        if len(found) == 1:
            return found[0]
        if not found:
            self.wrong("", f"the step has no {what}; exactly one of {', '.join(table)} is needed")
        for key in found[1:]:
            self.wrong(key, f"the step has two {what}s, {found[0]} and {key}; exactly one is allowed", at_key=True)
        return None

    def check_keys(self, time: str, name: str) -> None:
        verb = VERBS[name]
        own = ("id", time, name, *TIME_WORDS[time][0], *verb.options, *(() if verb.who == NOBODY else ("who",)))
        for key in self.keys:
            if key in own:
                continue
            if key in STEP_KEYS:
                options = ", ".join(option for option in own if option not in ("id", time, name))
                self.wrong(key, f"{key!r} does not belong to {time} … {name}; options here: {options}", at_key=True)
            else:
                hint = " (a YAML 1.1 reader takes it for true; there is no such key)" if key == "on" else ""
                self.wrong(key, f"{quote(key)} is no key of a step{hint}; {possible(key, STEP_KEYS)}", at_key=True)
        for key in (*verb.needs, *(() if verb.who == NOBODY else ("who",))):
            if key not in self.keys:
                self.wrong("", f"{name} needs {key!r}")


def read_step(node: Node, problems: Problems, *, later: bool) -> Step | None:
    """The step written in ``node``, whose id is given; None if its time word or verb is unclear."""
    given = node.value["id"]
    reading = _Reading(node, f"story.{given.value}", problems)
    before = len(problems)
    time, name = reading.one_of(TIME_WORDS, "time word"), reading.one_of(VERBS, "verb")
    if time is None or name is None:
        for key in reading.keys:
            if key not in STEP_KEYS:
                reading.wrong(key, f"{quote(key)} is no key of a step; {possible(key, STEP_KEYS)}", at_key=True)
        return None
    if name in LATER_VERBS and not later:
        reading.wrong(name, f"{name} {NOT_YET}", at_key=True)
    reading.check_keys(time, name)
    fields = _read_fields(reading, time, name)
    _check_together(reading, name, fields, later=later)
    return Step(id=given.value, verb=name, **fields) if len(problems) == before else None


def _read_fields(reading: _Reading, time: str, name: str) -> dict[str, Any]:
    verb = VERBS[name]
    fields: dict[str, Any] = {"when": _read_when(reading, time)}
    for key, (field, reader) in _OPTIONS.items():
        if key == "until" and "until" not in verb.options:
            continue
        value = reading.read(key, reader)
        if value is not None:
            fields[field] = value
    if time == "at":
        fields["times"] = reading.read("times", _TIMES.read, 1)
    if verb.object == "values":
        fields["values"] = reading.read(name, _read_values, {})
    elif verb.object == "money":
        fields["amount"] = reading.read(name, kinds.read_price)
    else:
        fields["objects"] = reading.read(name, lambda value: read_object(verb.object, value), ())
    return fields


def _read_values(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        raise Wrong(f"{quote(value)} is not a map such as {{providers.cloud.linking: ask_owner}}")
    return value


def _read_when(reading: _Reading, time: str) -> At | Every | After | May | None:
    until, times = reading.read("until", kinds.read_time), reading.read("times", _TIMES.read)
    match time:
        case "at":
            moment = reading.read("at", kinds.read_moment)
            return moment and At(moment)
        case "every":
            interval, start = reading.read("every", kinds.read_interval), reading.read("from", kinds.read_time, 0)
            if until is not None and until < start:
                reading.wrong("until", f"until ({quote(plain(reading.keys['until']))}) comes before from")
            return interval and Every(interval, start, until, times)
        case "after":
            name = reading.read("after", kinds.read_name)
            wait = reading.read("wait", kinds.read_moment, Constant(0))
            return name and After(name, wait=wait, until=until, times=times)
        case _:
            most = reading.read("may", kinds.whole(1, 1_000).read)
            return most and May(most)


def _check_together(reading: _Reading, name: str, fields: dict[str, Any], *, later: bool) -> None:
    """What two keys of a step must have in common."""
    objects = fields.get("objects", ())
    if name == "steal" and objects and objects[0] in LATER_LOOT and not later:
        reading.wrong("steal", f"stealing {objects[0]} {NOT_YET}")
    if name == "intercept" and "to" in fields and fields.get("does") != "replay":
        reading.wrong("to", "'to' says where to replay; it belongs to does: replay alone", at_key=True)
    if "to" in fields and isinstance(fields["to"], str) and name != "add_identifier":
        reading.wrong("to", f"{quote(fields['to'])} is an address, but {name} needs a party here")


def show_step(step: Step) -> dict[str, Any]:
    """The step as a file may have it."""
    shown: dict[str, Any] = {"id": step.id} | _show_when(step.when)
    for key in ("who", "via", "as"):
        if value := getattr(step, _OPTIONS[key][0]):
            shown[key] = _show(value)
    verb = VERBS[step.verb]
    if verb.object == "values":
        shown["set"] = dict(step.values)
    elif verb.object == "money":
        shown[step.verb] = format_money(step.amount or 0)
    elif verb.object == "channel":
        shown[step.verb] = "->".join(map(str, step.objects))
    else:
        shown[step.verb] = str(step.objects[0])
    for key in verb.options:
        value = getattr(step, _OPTIONS[key][0])
        default = "prod" if key == "environment" else None
        if value not in (None, (), default) and key not in shown:
            shown[key] = _SHOWN.get(key, _show)(value)
    if step.times != 1:
        shown["times"] = step.times
    return shown


#: by key: how its value is shown, where it is not like most
_SHOWN: dict[str, Callable[[Any], Any]] = {"amount": format_money, "budget": BUDGET.show}


def _show(value: Any) -> Any:
    if isinstance(value, tuple):
        return kinds.show_list(tuple(str(one) for one in value))
    return kinds.show_duration(value) if isinstance(value, int) else str(value)


def _show_when(when: At | Every | After | May) -> dict[str, Any]:
    match when:
        case At(at):
            return {"at": str(at)}
        case May(times):
            return {"may": times}
        case Every(every, start, until, times):
            shown: dict[str, Any] = {"every": str(every)}
            if start:
                shown["from"] = kinds.show_duration(start)
        case After(after, _, wait, until, times):
            shown = {"after": after}
            if wait.most:
                shown["wait"] = str(wait)
    if until is not None:
        shown["until"] = kinds.show_duration(until)
    if times is not None:
        shown["times"] = times
    return shown
