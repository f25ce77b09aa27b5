"""What several verbs do: their common options, running with a trace file, running a trace again."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from sim.cli._terminal import InputError

if TYPE_CHECKING:
    from sim.experiments.once import Outcome
    from sim.trace import Trace

F = TypeVar("F", bound=Callable[..., Any])

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")


def overrides(variant: bool = True) -> Callable[[F], F]:
    """The options that change a scenario before it is used."""
    options = [
        click.option(
            "--set", "sets", multiple=True, metavar="PATH=VALUE", help="Override a value: providers.p.linking=refuse."
        ),
        click.option("--seed", type=click.IntRange(0, 2**63 - 1), metavar="N", help="Seed of all random numbers."),
        click.option(
            "--with", "brought", multiple=True, metavar="FILE.py", help="Code of your own, to be used by name."
        ),
    ]
    if variant:
        options.insert(1, click.option("--variant", metavar="NAME", help="A variant of the file."))

    def add(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return add


def command_line(verb: str, file: str, **options: Any) -> str:
    """The command that would do the same again, for receipts and hints."""
    words = ["sim", verb, file]
    for name, value in options.items():
        for one in value if isinstance(value, (tuple, list)) else [value]:
            if one is not None:
                words += [f"--{name}", str(one)]
    return shlex.join(words)


# --- traces -----------------------------------------------------------------------------------------------------------


def is_trace(file: str) -> bool:
    """Whether a file is a stored trace and not a scenario: by its first line. A pipe is none: it is read only once."""
    try:
        if not Path(file).is_file():
            return False
        with Path(file).open("rb") as opened:
            return opened.read(9) == b'{"trace":'
    except OSError:
        return False


#: a trace in memory takes so many bytes for each of its file (measured: 6.8)
_PER_BYTE = 7
#: of a pipe so much is read, in pieces of so much; its header has an end within so much
_PIPE, _PIECE, _HEADER = 1 << 30, 1 << 22, 1 << 26


def read_traces(*files: str) -> list[Trace]:
    """The traces in ``files``; refused before they are read where they would not fit into the memory there is."""
    from sim.trace import decode, read

    for file in files:
        if Path(file).suffix in (".yaml", ".yml"):
            raise InputError(f"{file}: not a trace; to write one: sim run {shlex.quote(file)} --trace t.jsonl")
    sizes = [Path(file).stat().st_size for file in files if Path(file).is_file()]
    there = _memory()
    if sum(sizes) * _PER_BYTE > there:
        names, needs = " and ".join(dict.fromkeys(files)), sum(sizes) * _PER_BYTE / 1e9
        raise InputError(
            f"{names}: reading this takes about {needs:,.0f} GB of memory, and there are {there / 1e9:,.0f}"
        )
    most = min(_PIPE, there // _PER_BYTE)
    return [
        decode(_piped(Path(file), most).splitlines(), file) if Path(file).is_fifo() else read(Path(file))
        for file in files
    ]


def _piped(pipe: Path, most: int) -> bytes:
    """What comes out of a pipe, which may have no end."""
    found = bytearray()
    with pipe.open("rb") as file:
        while piece := file.read(_PIECE):
            found += piece
            if len(found) > _HEADER and found.find(b"\n", 0, _HEADER) < 0:
                raise InputError(f"{pipe}: not a trace; its first line has no end")
            if len(found) > most:
                raise InputError(f"{pipe}: more than {most / 1e6:,.0f} MB came out of it; put a long trace into a file")
    return bytes(found)


def _memory() -> int:
    """How much memory there is, bytes; plenty where that is not known."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return 1 << 46


def alone(file: str, usual: tuple[str, ...]) -> None:
    """Refuse options that a trace does not take: it is run again just as it was; ``usual`` are those it does take."""
    context = click.get_current_context()
    given = [
        max(option.opts, key=len)
        for option in context.command.params
        if option.name is not None and option.name not in usual
        and context.get_parameter_source(option.name) is click.core.ParameterSource.COMMANDLINE
    ]  # fmt: skip
    if given:
        what = "is run again just as it was"
        raise InputError(f"{file} is a trace, which {what}; leave {', '.join(given)} away, or give the scenario")


@contextmanager
def output_file(path: str | None, what: str) -> Iterator[BinaryIO | None]:
    """A file to write ``what`` to, which stands at ``path`` once it is whole and never in part."""
    if path is None:
        yield None
        return
    target = Path(path)
    _spare(target, what)
    if target.exists() and not target.is_file():  # a device or a pipe cannot be replaced
        try:
            with _opened(lambda: target.open("wb"), path, what) as file:
                yield file
        except OSError as error:
            raise InputError(f"{path}: cannot write the {what}: {error.strerror or error}") from None
        return
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    file = _opened(lambda: part.open("xb"), path, what)
    try:
        with file:
            yield file
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"{path}: cannot write the {what}: {error.strerror or error}") from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _spare(target: Path, what: str) -> None:
    """Refuse to write over a story: only a finding may take the place of a YAML file, and only of another finding."""
    if target.suffix not in (".yaml", ".yml") or not target.is_file():
        return
    if what == "finding":
        with suppress(OSError, UnicodeDecodeError):
            if "\norder:" in target.read_text("utf-8"):
                return
        raise InputError(f"{target}: there is such a file, and it is no finding (it has no order:); take another name")
    raise InputError(f"{target}: there is such a file, and it may be a story; give the {what} another name")


def _opened(opening: Callable[[], BinaryIO], path: str, what: str) -> BinaryIO:
    try:
        return opening()
    except OSError as error:
        raise InputError(f"{path}: cannot write the {what}: {error.strerror or error}") from None


def run_for_digest(scenario: Any, replication: int = 0) -> Outcome:
    """A run whose steps are hashed and not kept."""
    from sim.experiments.once import run_once

    with Path(os.devnull).open("wb") as nowhere:
        return run_once(scenario, replication=replication, record=False, file=nowhere)


def rerun(trace: Trace, record: bool) -> Outcome:
    """Run the scenario in a trace's header again, with its seed."""
    import json

    from sim.experiments.once import run_once
    from sim.scenario import load_text

    header = trace.header
    if not isinstance(header.get("scenario"), dict) or not isinstance(header.get("seed"), int):
        raise InputError("the header of the trace holds no scenario and seed; it cannot be run again")
    text = json.dumps(header["scenario"], ensure_ascii=False)
    scenario = load_text(text, file=str(header.get("file") or "<trace>"), seed=header["seed"])
    replication = header.get("replication") or 0
    return run_once(scenario, replication=replication) if record else run_for_digest(scenario, replication)
