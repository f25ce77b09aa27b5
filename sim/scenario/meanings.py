"""What those words of the language mean that are no fields of a model: parts of questions, keys of a step.

``sim list`` shows them beside the fields, whose meaning stands in ``models``. By top-level field, then by part: how it
is written, and what it means.
"""

from __future__ import annotations

from sim.scenario.questions import TAKES
from sim.scenario.runs import DESIGNS
from sim.scenario.verbs import DEEDS

#: How a part is written, and what it means.
Part = tuple[str, str]

ANSWERS: dict[str, Part] = {
    "holds": ("word", "is never violated; a run says unbroken, only a complete exploration says holds"),
    "violated": ("word", "in this run, in every run of a sweep, in some order of an exploration"),
    "possible": ("word", "violated in some run of a sweep or in some order; one run does not judge it"),
    "reached": ("word", "of a property that is to happen sometime: in this run, in some run, in some order"),
    "number": (
        "number, money, or time",
        "exactly this, in every run; bare numbers are in the measure's own unit, money is written as money",
    ),
    "everything_else": ("answer", "what is expected of every other property that must always hold; a key of expect"),
    "is": ("word", "one of these words, beside other parts of the answer"),
    "about": ("number, money, or time", "the mean of a sweep is within 3 standard errors of it"),
    "at_most": ("number, money, or time", "the whole interval of a sweep, or the number of a run, is not above it"),
    "at_least": ("number, money, or time", "the whole interval of a sweep, or the number of a run, is not below it"),
    "between": ("[low, high]", "the whole interval of a sweep, or the number of a run, is inside"),
    "within": ("time", "the deadline of a property that has one"),
    "violated_in": ("share, or at_most/at_least/between", "in that share of the runs of a sweep"),
}

MEASURES: dict[str, Part] = {
    "count": ("fact", "how many facts of that kind were noted"),
    "sum": ("fact.field", "a field of them, added up"),
    "distinct": ("fact.field", "how many different values the field has"),
    "span": ("[fact, fact]", "the time from one to the other"),
    "ratio": ("[measure, measure]", "one measure divided by another"),
    "where": ("{field: value}", "counts only facts with these values; behind: adversary or a name says whose doing"),
    "per": ("time", "one number for each such span of time, which take then makes one"),
    "take": (" ".join(TAKES), "what one number is made of several"),
}

VARIANTS: dict[str, Part] = {
    "why": ("text", "why this world is worth a look"),
    "set": ("{path: value}", "what is different: names joined by dots, as in providers.cloud.linking"),
    "expect": ("{name: answer}", "what is expected here; it takes the place of the file's, nothing is inherited"),
}

VARY: dict[str, Part] = {
    "path": ("[value, value, …]", "levels of one path"),
    "name": ("{level: {path: value, …}, …}", "a factor: named levels, each a set of overrides; {} changes nothing"),
    "path ": ("uniform|loguniform|whole LOW to HIGH", "a distribution over a parameter; needs design"),
}

RUNS: dict[str, Part] = {
    "n": ("int", "so many runs of each cell"),
    "until": (
        "{measure: share, or {relative, absolute}}",
        "until half of each measure's interval is that share of its mean, or so much in its own unit: either is enough",
    ),
    "at_least": ("int", "and no fewer than these"),
    "at_most": ("int", "and no more than these"),
}

DESIGN: dict[str, Part] = dict.fromkeys(DESIGNS, ("int", "so many points, laid out by this method"))

#: Keys of a step that are neither a time word nor a verb.
STEP: dict[str, Part] = {
    "id": ("name", "what after and paths call it; a step without one gets one of its own"),
    "who": ("party or list", "who does it; a group's bare name means every member, any GROUP one, drawn each time"),
    "from": ("time", "of every: the first moment"),
    "until": ("time", "of every, after and attack: the last moment"),
    "times": ("int", "how often at most; beside at: so often at once, in parallel"),
    "wait": ("duration", "of after: how much later"),
    "via": ("orchestrator", "through which one; otherwise the first whose customer the person is"),
    "as": ("person or new", "under whose address; new is a fresh made-up person"),
    "to": ("party or address", "where it goes: another receiver, a new owner, an address"),
    "of": ("party", "from whom it is taken, or whose it is"),
    "against": ("provider or list", "whom an attack is for"),
    "does": (" ".join(DEEDS), "what is done to a message in transit"),
    "kind": ("message or list", "only messages of this kind: sim run --only, or a trace, shows their names"),
    "rate": ("duration", "from one deed of an attack to the next, for each target"),
    "for": ("duration", "how long it lasts"),
    "budget": ("{requests, accounts, money, time}", "what an attack may use up"),
    "amount": ("money", "the price, or the ceiling asked for"),
    "name": ("text", "what the resource is called, such as a domain"),
    "text": ("text", "what is planted for agents to read"),
    "environment": ("prod dev", "which of a service's environments"),
}

#: Of every field with such parts: what they are.
PARTS: dict[str, dict[str, Part]] = {
    "expect": ANSWERS,
    "measures": MEASURES,
    "variants": VARIANTS,
    "vary": VARY,
    "runs": RUNS,
    "design": DESIGN,
    "story": STEP,
}
