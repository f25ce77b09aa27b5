"""Scenario files as trees: read within limits, decoded, and laid over the files they ``use``."""

from __future__ import annotations

from pathlib import Path

from sim.scenario.errors import Problem, ScenarioError, quote
from sim.scenario.merge import merged_files
from sim.scenario.nodes import Node, Problems, parse, plain

#: A larger file is refused before it is parsed; the largest sensible ones have a few thousand lines.
MOST_BYTES = 4 * 1024 * 1024
MOST_FILES = 100


def read_text(path: str) -> str:
    """The text of a file; ``ScenarioError`` says why there is none."""
    try:
        data = _read_bytes(path)
    except (OSError, ValueError) as error:
        raise ScenarioError([Problem(path or "''", 0, 0, "", _why(error))]) from None
    if len(data) > MOST_BYTES:
        message = f"the file is larger than {MOST_BYTES // 1024**2} MB; a scenario is a page or two"
        raise ScenarioError([Problem(path, 0, 0, "", message)])
    return decode(data, path)


def _read_bytes(path: str) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, IsADirectoryError):
        return "this is a folder, not a file"
    if isinstance(error, PermissionError):
        return "the file may not be read (permission denied)"
    return f"the file cannot be read: {getattr(error, 'strerror', None) or error}"


def decode(data: bytes, path: str) -> str:
    """UTF-8 text; ``ScenarioError`` points at the first byte that is none."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        message = f"the byte 0x{data[error.start]:02x} is no UTF-8; save the file as UTF-8"
        raise ScenarioError([Problem(path, line, column, "", message)]) from None


def read_tree(path: str, problems: Problems) -> Node:
    """The file with everything it uses below it."""
    return _Reading(problems).file(path, ())


def tree_of(text: str, file: str, problems: Problems) -> Node:
    """The same for a text; what it uses is looked for beside ``file``."""
    return _Reading(problems).tree(_top(parse(text, file, problems), file), file, ())


def _top(tree: Node, file: str) -> Node:
    if not isinstance(tree.value, dict):
        message = f"a scenario is a map with keys such as title, people, story; this is {quote(plain(tree))}"
        raise ScenarioError([Problem(file, tree.line, tree.column, "", message)])
    return tree


class _Reading:
    """Files read so far, so that one used twice is read once and a circle is seen."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.done: dict[Path, Node] = {}

    def file(self, path: str, inside: tuple[Path, ...]) -> Node:
        text = read_text(path)
        place = Path(path).resolve()
        tree = self.tree(_top(parse(text, path, self.problems), path), path, (*inside, place))
        self.done[place] = tree
        return tree

    def tree(self, own: Node, file: str, inside: tuple[Path, ...]) -> Node:
        below = Node({}, file)
        use = own.value.get("use")
        if use is not None:
            for node in use.value if isinstance(use.value, list) else [use]:
                found = self._used(node, Path(file).parent, inside)
                if found is not None:
                    below = merged_files(below, found)
            own = own.with_value({key: node for key, node in own.value.items() if key != "use"})
        return merged_files(below, own)

    def _used(self, node: Node, folder: Path, inside: tuple[Path, ...]) -> Node | None:
        if not isinstance(node.value, str):
            self.problems.at(node, "use", f"{quote(plain(node))} is not the name of a file")
            return None
        path = folder / node.value
        try:
            place = path.resolve()
        except (OSError, ValueError, RuntimeError):
            place = path
        if place in inside:
            circle = " -> ".join(one.name for one in (*inside[inside.index(place) :], place))
            self.problems.at(node, "use", f"the files use one another in a circle: {circle}")
            return None
        if place in self.done:
            return self.done[place]
        if len(self.done) + len(inside) >= MOST_FILES:
            self.problems.at(node, "use", f"more than {MOST_FILES} files are used")
            return None
        try:
            return self.file(str(path), inside)
        except ScenarioError as error:
            unread = [problem for problem in error.problems if problem.file == str(path) and not problem.line]
            if not unread:
                raise
            self.problems.at(node, "use", f"{quote(node.value)}: {unread[0].message}")
            return None
