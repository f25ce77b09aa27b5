"""A trace: a header and steps, the only thing that leaves an engine.

Verdicts, diagrams, differences and replays are functions of it. On disk it is JSON lines: the header (resolved
scenario, its hash, versions, seed), one line per step, and a last line with the number of steps and the digest. The
digest covers the steps alone, byte for byte; versions stand in the header and not in the digest.
"""

from __future__ import annotations

import functools
import hashlib
import operator
from collections.abc import Callable, Iterable
from pathlib import Path
from types import GenericAlias
from typing import Any, BinaryIO

import msgspec

from sim.party import Command, Fact, Message

FORMAT = 1
#: bytes of steps that are hashed and written together
TOGETHER = 1 << 16
_NEWLINE = ord("\n")
#: how every trace begins, and what is said of a file that does not
_START = b'{"trace":'
_NO_TRACE = f'not a trace; the first line must be a header with "trace": {FORMAT}'


class TraceError(Exception):
    """A trace file cannot be read: says which line, and why."""


class Found(msgspec.Struct, frozen=True, gc=False):
    """A property violated, or a ``sometimes`` reached, at a step."""

    property: str
    why: str


class Step(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One thing that happened.

    ``kind`` is ``message`` (delivered), ``lost`` (it was not), ``wake``, ``command`` or ``deadline``. ``at`` and
    ``sent`` are microseconds. ``cause`` is the step in which it was set off (0: the story or the start), ``resumes``
    the step whose request it continues; ``behind`` the person behind it when it began.
    """

    n: int
    at: int
    kind: str
    to: str
    sender: str = ""
    sent: int = 0
    cause: int = 0
    resumes: int = 0
    behind: str = ""
    key: str = ""
    message: Message | None = None
    command: Command | None = None
    facts: tuple[Fact, ...] = ()
    whose: tuple[str, ...] = ()
    """The person behind each fact."""
    found: tuple[Found, ...] = ()


class Trace(msgspec.Struct):
    """Header and steps of one run."""

    header: dict[str, Any]
    steps: list[Step]
    digest: str = ""

    def step(self, number: int) -> Step:
        """The step with that number, from 1; ``TraceError`` if there is none."""
        if not 1 <= number <= len(self.steps):
            raise TraceError(f"there is no step {number}; this trace has steps 1 to {len(self.steps)}")
        return self.steps[number - 1]


class Recorder:
    """Takes steps as they happen: hashes them, and keeps them or writes them to a file."""

    def __init__(self, header: dict[str, Any], *, keep: bool = True, file: BinaryIO | None = None) -> None:
        self.header = header
        self.steps: list[Step] = []
        self._keep = keep
        self._file = file
        self._hash = hashlib.sha256()
        self._encoder = msgspec.json.Encoder()
        self._lines = bytearray()
        """Steps that were not hashed and written yet: many are cheaper together than one by one."""
        self._count = 0
        if file is not None:
            file.write(self._encoder.encode({"trace": FORMAT, **header}) + b"\n")

    def add(self, step: Step) -> None:
        """One more step."""
        lines = self._lines
        self._encoder.encode_into(step, lines, -1)
        lines.append(_NEWLINE)
        self._count += 1
        if len(lines) > TOGETHER:
            self._flush()
        if self._keep:
            self.steps.append(step)

    def _flush(self) -> None:
        self._hash.update(self._lines)
        if self._file is not None:
            self._file.write(self._lines)
        self._lines.clear()

    def close(self) -> str:
        """The digest; writes the last line."""
        self._flush()
        digest = "sha256:" + self._hash.hexdigest()
        if self._file is not None:
            self._file.write(self._encoder.encode({"end": self._count, "digest": digest}) + b"\n")
        return digest

    def trace(self) -> Trace:
        """What was kept, as a trace."""
        self._flush()
        return Trace(self.header, self.steps, "sha256:" + self._hash.hexdigest())


def write(trace: Trace, path: Path) -> None:
    """Write ``trace`` to ``path`` as JSON lines."""
    with path.open("wb") as file:
        recorder = Recorder(trace.header, keep=False, file=file)
        for step in trace.steps:
            recorder.add(step)
        recorder.close()


def _union(base: type) -> Any:
    """All kinds of message, or of fact, that exist."""
    found: list[type] = []
    heap: list[type] = list(base.__subclasses__())
    while heap:
        kind = heap.pop()
        found.append(kind)
        heap.extend(kind.__subclasses__())
    return functools.reduce(operator.or_, found)


def read(path: Path) -> Trace:
    """The trace in ``path``; ``TraceError`` says what is wrong with it and where, an altered digest included."""
    try:
        with path.open("rb") as file:
            # A device or a file of another kind may have no end; whether it is a trace shows in its first bytes.
            start = file.read(len(_START))
            if start != _START:
                raise TraceError(f"{path}:1: {_NO_TRACE}")
            lines = (start + file.read()).splitlines()
    except OSError as error:
        raise TraceError(f"{path}: {error.strerror or error}") from None
    return decode(lines, str(path))


def decode(lines: Iterable[bytes], name: str) -> Trace:
    """The trace in ``lines`` (JSON, one a line)."""
    import sim.facts
    import sim.messages  # noqa: F401 - their classes are what may be in a trace

    rows = list(lines)
    header = _header(rows, name)
    last = _last(rows, name)
    read = _reader()
    steps = [_step(read, line, number, name) for number, line in enumerate(rows[1:-1], 2)]
    actual = "sha256:" + hashlib.sha256(b"".join(row + b"\n" for row in rows[1:-1])).hexdigest()
    if last.get("end") != len(steps) or last.get("digest") != actual:
        promised = f"{last.get('end')} steps, digest {last.get('digest')}"
        raise TraceError(f"{name}:{len(rows)}: truncated or edited: this line promises {promised}")
    return Trace(header, steps, actual)


def _header(rows: list[bytes], name: str) -> dict[str, Any]:
    try:
        header: Any = msgspec.json.decode(rows[0]) if rows else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        header = None
    if not isinstance(header, dict) or header.pop("trace", None) != FORMAT:
        raise TraceError(f"{name}:1: {_NO_TRACE}")
    return header


def _last(rows: list[bytes], name: str) -> dict[str, Any]:
    try:
        last = msgspec.json.decode(rows[-1]) if len(rows) > 1 else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        last = None
    if not isinstance(last, dict) or "end" not in last:
        missing = "the last line, with the number of steps and the digest, is missing"
        raise TraceError(f"{name}:{len(rows)}: truncated: {missing}")
    return last


def _reader() -> Callable[[bytes], Any]:
    """Decodes a line into a record with the fields of a step, whose message and facts are of the kinds that exist."""
    kinds = {"message": _union(Message) | None, "facts": GenericAlias(tuple, (_union(Fact), ...))}
    fields: list[Any] = []
    for field in msgspec.structs.fields(Step):
        kind = kinds.get(field.name, field.type)
        fields.append((field.name, kind) if field.required else (field.name, kind, field.default))
    row = msgspec.defstruct("Row", fields, frozen=True, gc=False, forbid_unknown_fields=True)
    return msgspec.json.Decoder(row).decode


def _step(read: Callable[[bytes], Any], line: bytes, number: int, name: str) -> Step:
    try:
        row = read(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TraceError(f"{name}:{number}: not a step of a trace: {error}") from None
    return Step(*[getattr(row, field) for field in Step.__struct_fields__])
