"""Names in questions: properties, measures and facts that there are, asked in a way that fits them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.scenario import answers, shelves
from sim.scenario.amounts import sort_of
from sim.scenario.build import Built
from sim.scenario.checks import names_of
from sim.scenario.errors import Wrong, possible, quote
from sim.scenario.nodes import Node, Problems, plain
from sim.scenario.values import Answer, HalfWidth, MeasureSpec, Ref, Runs


def check_questions(built: Built, tree: Node, problems: Problems, *, later: bool) -> None:
    """Names in expectations, measures and runs."""
    checking = _Questions(built, problems, later=later)
    checking.measures(tree.at("measures"))
    checking.expect(tree.at("expect"))
    if built.head is not None:
        if isinstance(built.head.runs, Runs):
            for name, width in built.head.runs.until.items():
                checking.is_measure(name, tree.at("runs", "until", name), f"runs.until.{name}")
                checking.width(name, width, tree.at("runs", "until", name, "absolute"))
        if built.head.stop_after is not None:
            checking.fact(built.head.stop_after, tree.at("stop_after"), "stop_after")


class _Questions:
    def __init__(self, built: Built, problems: Problems, *, later: bool) -> None:
        self.built = built
        self.problems = problems
        self.later = later
        self.names = names_of(built)
        self.all_measures = (*shelves.known("measures"), *built.measures)

    def fact(self, name: str, node: Node, path: str) -> None:
        try:
            shelves.check("facts", name, "the fact", later=self.later)
        except Wrong as wrong:
            self.problems.at(node, path, str(wrong))

    def is_measure(self, name: str, node: Node, path: str) -> None:
        if name not in self.all_measures:
            message = f"there is no measure {quote(name)}; {possible(name, self.all_measures)}"
            self.problems.at(node, path, message, key=True)

    def width(self, name: str, width: HalfWidth, node: Node) -> None:
        """An absolute half-width is money where the measure is, and a time where it is one."""
        if width.absolute is None or name not in self.all_measures:
            return
        sort = answers.sort_of_measure(name, self.built.measures)
        if sort is not None and sort_of(sort.unit) != width.unit:
            such = {"time": "is a time; write it as one, such as 30 s", "money": "is money; write it as 2 usd"}
            message = f"{name} {such.get(sort_of(sort.unit) or '', 'is counted; write a number, such as 0.01')}"
            self.problems.at(node, f"runs.until.{name}.absolute", message)

    def measures(self, node: Node) -> None:
        leads: dict[str, list[str]] = {}
        for name, measure in self.built.measures.items():
            path, place = f"measures.{name}", node.at(name)
            if name in shelves.known("measures") or name in shelves.known("properties"):
                self.problems.at(
                    place, path, f"{quote(name)} is already a measure or property; choose another", key=True
                )
            self._facts_of(measure, place, path)
            self._ratio(measure, place, path)
            leads[name] = list(measure.ratio or ())
        for name in leads:
            if _reaches(leads, name):
                self.problems.at(node.at(name), f"measures.{name}", "the ratio is made of itself")

    def _facts_of(self, measure: MeasureSpec, node: Node, path: str) -> None:
        facts = []
        for form in ("count", "sum", "distinct"):
            fact, _, field = (getattr(measure, form) or "").partition(".")
            if fact:
                facts.append(fact)
                self.fact(fact, node.at(form), f"{path}.{form}")
                self._field(field, facts, node.at(form), f"{path}.{form}", numeric=form == "sum")
        for place, fact in enumerate(measure.span or ()):
            facts.append(fact)
            self.fact(fact, node.at("span", place), f"{path}.span")
        for field, wanted in measure.where.items():
            if field != "behind":  # who really stood behind a fact, which the world adds to it
                self._field(field, facts, node.at("where", field), f"{path}.where.{field}")
            if sections := answers.sections_meant(field, facts):
                self._meant(field, wanted, sections, node.at("where", field), f"{path}.where.{field}")

    def _meant(self, field: str, wanted: Any, sections: tuple[str, ...], node: Node, path: str) -> None:
        """Whom a condition names must be somebody: a fact about nobody never comes."""
        for place, value in enumerate(wanted if isinstance(wanted, list) else [wanted]):
            try:
                name = answers.name_meant(field, value)
                if name is not None:
                    self.names.check(Ref(name), sections, field)
            except Wrong as wrong:
                self.problems.at(node.at(place), path, str(wrong))

    def _field(self, field: str, facts: list[str], node: Node, path: str, *, numeric: bool = False) -> None:
        fields = [shelves.fact_fields(fact, numeric=numeric) for fact in facts]
        if field and None not in fields and not any(field in known for known in fields if known):
            there = [name for known in fields for name in known or ()]
            what = "number" if numeric else "field"
            message = f"{' and '.join(facts)} has no {what} {quote(field)}; {possible(field, there)}"
            self.problems.at(node, path, message)

    def _ratio(self, measure: MeasureSpec, node: Node, path: str) -> None:
        for place, other in enumerate(measure.ratio or ()):
            self.is_measure(other, node.at("ratio", place), f"{path}.ratio")
        for key in ("where", "per"):
            if measure.ratio is not None and getattr(measure, key):
                message = f"a ratio takes {key!r} from the two measures it is made of"
                self.problems.at(node.at(key), f"{path}.{key}", message, key=True)
        parts = [self.built.measures[other] for other in measure.ratio or () if other in self.built.measures]
        if len({part.per for part in parts if part.ratio is None}) > 1:
            self.problems.at(node.at("ratio"), f"{path}.ratio", "the two measures must have the same 'per'")

    def expect(self, node: Node) -> None:
        rest = self.built.everything_else
        if rest is not None and rest.is_ is None and rest.violated_in is None:
            place = node.at("everything_else")
            message = f"{quote(plain(place))} is no answer for every property; use a word, such as holds"
            self.problems.at(place, "expect.everything_else", message)
        elif rest is not None and (message := answers.for_everything(rest)):
            self.problems.at(node.at("everything_else"), "expect.everything_else", message)
        for name, answer in self.built.expect.items():
            place, path = node.at(name), f"expect.{name}"
            if name in self.all_measures:
                if answer.is_ is not None or answer.violated_in is not None or answer.within is not None:
                    message = f"{name} is a measure and needs a number, 'about', 'at_most', 'at_least' or 'between'"
                    self.problems.at(place, path, f"{message}, not {quote(plain(place))}")
                    continue
                self._amounts(name, answer, place, path)
                continue
            try:
                self._property(name)
            except Wrong as wrong:
                self.problems.at(place, path, str(wrong), key=True)
                continue
            numbers = (answer.equals, answer.about, answer.at_most, answer.at_least, answer.between)
            if any(number is not None for number in numbers):
                message = f"{name} is a property and needs a word or 'violated_in', not {quote(plain(place))}"
                self.problems.at(place, path, message)
            for key, message in answers.of_property(name, answer):
                self.problems.at(place.at(key), f"{path}.{key}" if isinstance(place.value, dict) else path, message)

    def _amounts(self, name: str, answer: Answer, place: Node, path: str) -> None:
        sort = answers.sort_of_measure(name, self.built.measures)
        for node, inside, message in answers.of_measure(name, sort, answer, place) if sort is not None else ():
            self.problems.at(node, path + inside, message)

    def _property(self, name: str) -> None:
        properties = shelves.known("properties")
        if name in properties or name in shelves.DOCUMENTED["properties"]:
            shelves.check("properties", name, "the property", later=self.later)
            return
        raise Wrong(
            f"there is no property or measure {quote(name)}; {possible(name, (*properties, *self.all_measures))}"
        )


def _reaches(leads: Mapping[str, list[str]], start: str) -> bool:
    seen: set[str] = set()
    ahead = list(leads[start])
    while ahead:
        name = ahead.pop()
        if name == start:
            return True
        if name not in seen:
            seen.add(name)
            ahead += leads.get(name, [])
    return False
