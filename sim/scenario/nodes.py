r"""A YAML text as a tree of values that know where they stand.

The grammar is YAML 1.2 (core schema) read through PyYAML's events, which need no recursion: ``yes``, ``no``, ``on``
and ``12:30`` are text, ``1e3`` is a number. Tags, merge keys, several documents, duplicate keys and keys that are not
plain words are refused; so are texts nested or, by aliases, multiplied without bound.

>>> tree = parse("until: 2 d\nretries: 1e3", "x.yaml", [])
>>> plain(tree), tree.value["retries"].line
({'until': '2 d', 'retries': 1000.0}, 2)
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from sim.scenario.errors import Problem, ScenarioError, quote

#: More values than this, aliases counted each time, is not a scenario but an accident or an attack.
MOST_NODES = 250_000
#: The language itself needs seven levels.
MOST_LEVELS = 40

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INT = re.compile(r"[-+]?[0-9]{1,300}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"([-+]?)\.(inf|Inf|INF|nan|NaN|NAN)")
_BASED = re.compile(r"0o[0-7]{1,300}|0x[0-9a-fA-F]{1,300}")


class Node:
    """A value (scalar, list of nodes, or dict of nodes by key) and the place it stands at, lines counted from 1."""

    __slots__ = ("column", "file", "key", "line", "value")

    def __init__(self, value: Any, file: str, line: int = 0, column: int = 0) -> None:
        """``line`` 0: not from a text but from a flag, a preset or a program."""
        self.value = value
        self.file = file
        self.line = line
        self.column = column
        #: where the key stands under which it is found in a map
        self.key: tuple[int, int] | None = None

    def at(self, *path: str | int) -> Node:
        """The node that ``path`` leads to, or the last one on the way there."""
        node = self
        for part in path:
            inner: Any = node.value
            known = isinstance(inner, dict) and part in inner
            if not known and not (isinstance(inner, list) and isinstance(part, int) and part < len(inner)):
                break
            node = inner[part]
        return node

    def with_value(self, value: Any) -> Node:
        """The same place with another value."""
        node = Node(value, self.file, self.line, self.column)
        node.key = self.key
        return node


class Problems(list[Problem]):
    """Problems found so far."""

    def at(self, node: Node, path: str, message: str, *, key: bool = False) -> None:
        """Add a problem at the value of ``node``, or at its key."""
        line, column = node.key if key and node.key else (node.line, node.column)
        self.append(Problem(node.file, line, column, path, message))

    def stop_if_any(self) -> None:
        """Raise what was found, if anything was."""
        if self:
            raise ScenarioError(self)


def scalar(text: str) -> bool | int | float | str | None:
    """The value of an unquoted scalar in YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if abs(number) < math.inf else text  # too large to be a number: left for a message
    if special := _SPECIAL.fullmatch(text):
        return float(special[1] + special[2].lower())
    return int(text, 0) if _BASED.fullmatch(text) else text


def plain(node: Node) -> Any:
    """The value of ``node`` without places."""
    value = node.value
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def from_plain(value: object, file: str, *, levels: int = MOST_LEVELS) -> Node:
    """A tree of plain values, all standing at ``file``; ``ValueError`` if they are nested too deeply."""
    if levels <= 0:
        raise ValueError(f"nested more than {MOST_LEVELS} levels deep")
    if isinstance(value, Mapping):
        return Node({str(key): from_plain(inner, file, levels=levels - 1) for key, inner in value.items()}, file)
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return Node([from_plain(inner, file, levels=levels - 1) for inner in value], file)
    if value is None or isinstance(value, (bool, int, float, str)):
        return Node(value, file)
    raise ValueError(f"{quote(str(value))} is not a value a scenario file can hold")


def parse(text: str, file: str, problems: list[Problem]) -> Node:
    """The tree of ``text``; ``ScenarioError`` where it is no YAML, duplicate keys are added to ``problems``."""
    try:
        parser = _LOADER(text)
        try:
            return _Builder(file, problems).build(parser)
        finally:
            parser.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise ScenarioError([*problems, Problem(file, *place, "", _reworded(error, text))]) from None
    except (yaml.YAMLError, ValueError) as error:
        # Characters that YAML forbids, and escapes that no character has.
        first = str(error).splitlines()[0]
        place = _place(text, getattr(error, "position", None))
        raise ScenarioError([*problems, Problem(file, *place, "", f"not a YAML text: {first}")]) from None


def _place(text: str, offset: int | None) -> tuple[int, int]:
    """Line and column of the byte at ``offset``, as the reader counts them."""
    before = text.encode()[: offset or 0].decode(errors="ignore")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _reworded(error: yaml.MarkedYAMLError, text: str) -> str:
    found = error.problem or "something unexpected"
    mark = error.problem_mark
    lines = text.splitlines()
    if mark and mark.line < len(lines) and lines[mark.line][: mark.column + 1].endswith("\t"):
        return "a tab stands where only spaces may; indent with spaces"
    return "not a YAML text: " + (f"{error.context}, " if error.context else "") + found


class _Open:
    """A map or list whose end has not been read yet."""

    __slots__ = ("anchor", "before", "height", "key", "listing", "node")

    def __init__(self, node: Node, anchor: str | None, before: int) -> None:
        self.node = node
        self.listing = isinstance(node.value, list)
        self.anchor = anchor
        self.before = before
        self.height = 1
        self.key: tuple[str, int, int] | None = None


class _Builder:
    """Builds the tree from events; keeps the count of nodes and the depth within bounds."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems
        self.open: list[_Open] = []
        self.root: Node | None = None
        self.count = 0
        #: by anchor: the node, how many nodes it stands for, how many levels
        self.anchors: dict[str, tuple[Node, int, int] | None] = {}

    def build(self, parser: Any) -> Node:
        documents = 0
        while True:
            event = parser.get_event()
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._start(event, {} if kind is yaml.MappingStartEvent else [])
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._end()
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self._refuse(event, "a second document begins; a scenario file is one document")
            elif kind is yaml.StreamEndEvent:
                break
        if self.root is None or self.root.value is None:
            raise ScenarioError([*self.problems, Problem(self.file, 1, 1, "", "the file is empty")])
        return self.root

    def _refuse(self, event: Any, message: str) -> None:
        mark = event.start_mark
        problem = Problem(self.file, mark.line + 1, mark.column + 1, self._path(), message)
        raise ScenarioError([*self.problems, problem])

    def _path(self) -> str:
        parts = (
            part.key[0] if part.key else str(len(part.node.value)) for part in self.open if part.key or part.listing
        )
        return ".".join(parts)[:200]

    def _check(self, event: Any) -> None:
        if event.tag is not None:
            self._refuse(event, f"the tag {quote(event.tag)} is not part of the language; leave it out")

    def _counted(self, event: Any, count: int, levels: int) -> None:
        self.count += count
        if self.count > MOST_NODES:
            self._refuse(event, f"more than {MOST_NODES:,} values, aliases counted each time; that is no scenario")
        if len(self.open) + levels > MOST_LEVELS:
            self._refuse(event, f"nested more than {MOST_LEVELS} levels deep; the language needs seven")

    def _scalar(self, event: Any) -> None:
        if event.tag is not None:
            self._check(event)
        mark = event.start_mark
        top = self.open[-1] if self.open else None
        self.count += 1
        if self.count > MOST_NODES:
            self._counted(event, 0, 0)
        if top is not None and top.key is None and not top.listing:
            top.key = (event.value, mark.line + 1, mark.column + 1)
            if event.anchor is not None:
                self.anchors[event.anchor] = (Node(event.value, self.file, mark.line + 1, mark.column + 1), 1, 0)
            return
        value = scalar(event.value) if event.implicit[0] else event.value
        node = Node(value, self.file, mark.line + 1, mark.column + 1)
        if event.anchor is not None:
            self.anchors[event.anchor] = (node, 1, 0)
        self._attach(node)

    def _start(self, event: Any, value: dict[str, Node] | list[Node]) -> None:
        self._check(event)
        self._refuse_as_key(event)
        self._counted(event, 1, 1)
        mark = event.start_mark
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.open.append(_Open(Node(value, self.file, mark.line + 1, mark.column + 1), event.anchor, self.count))

    def _refuse_as_key(self, event: Any) -> None:
        if self.open and self.open[-1].key is None and not self.open[-1].listing:
            self._refuse(event, "a key is a word, not a list, map or alias; text that begins with { or * needs quotes")

    def _end(self) -> None:
        done = self.open.pop()
        if done.anchor is not None:
            self.anchors[done.anchor] = (done.node, self.count - done.before + 1, done.height)
        if self.open:
            self.open[-1].height = max(self.open[-1].height, done.height + 1)
        self._attach(done.node)

    def _alias(self, event: Any) -> None:
        self._refuse_as_key(event)
        if event.anchor not in self.anchors:
            self._refuse(event, f"the alias *{event.anchor} has no anchor &{event.anchor} before it")
        found = self.anchors[event.anchor]
        if found is None:
            self._refuse(event, f"the alias *{event.anchor} stands inside what it names")
            return
        node, count, height = found
        self._counted(event, count, height)
        if self.open:
            self.open[-1].height = max(self.open[-1].height, height + 1)
        self._attach(node.with_value(node.value))

    def _attach(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        top = self.open[-1]
        inside = top.node.value
        if top.listing:
            inside.append(node)
            return
        key, line, column = top.key or ("", 0, 0)
        top.key = None
        if key in inside:
            first = inside[key].key or (0, 0)
            message = f"the key {quote(key)} is here twice (first in line {first[0]}); remove one"
            self.problems.append(Problem(self.file, line, column, ".".join(filter(None, (self._path(), key))), message))
            return
        node.key = (line, column)
        inside[key] = node
