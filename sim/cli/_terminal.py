"""What the verbs share: printing that survives a closed pipe, colour where it is wanted, errors without a traceback."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sim.views.paint import Paint

#: letters that the views use; a terminal that lacks one of them gets plain ones
_LETTERS = "│─┼├┤┊╌▶◀●◆↻✗✓…–·→×"
NARROW, USUAL, WIDE = 60, 100, 160


class InputError(click.ClickException):
    """The input is wrong; the message is printed as it is."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message on standard error."""
        click.echo(self.format_message(), file=file, err=file is None)


@contextmanager
def wrong_input() -> Iterator[None]:
    """Inside, what is wrong with a scenario or a trace becomes an ``InputError``."""
    try:
        yield
    except _expected() as error:
        raise InputError(str(error)) from None


def _expected() -> tuple[type[Exception], ...]:
    """What can be wrong with an input; asked only when something is, so that nobody pays for the imports."""
    from sim.scenario.errors import ScenarioError
    from sim.trace import TraceError

    return ScenarioError, TraceError


def paint() -> Paint:
    """How standard output is painted: its width, colour on a terminal unless NO_COLOR says otherwise, its letters."""
    from sim.views.paint import Paint

    out = sys.stdout
    tty = bool(out and out.isatty())
    width = shutil.get_terminal_size((USUAL, 24)).columns
    colour = tty and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Paint(min(max(width, NARROW), WIDE), colour, not _has_letters(getattr(out, "encoding", None)))


def _has_letters(encoding: str | None) -> bool:
    try:
        _LETTERS.encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def emit(text: str | bytes) -> None:
    """Print ``text`` on standard output; when nobody reads it any more, the rest is silently dropped."""
    if sys.stdout is None:
        return
    if isinstance(text, bytes):
        text = text.decode()
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if not _has_letters(encoding):
        text = paint().finish(text)
    text = text.encode(encoding, "replace").decode(encoding)
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
    except OSError as error:
        _drop_output()
        raise InputError(f"cannot write the output: {error.strerror or error}") from None


def settle() -> None:
    """Before leaving: nothing may be left in a buffer that nobody reads."""
    if sys.stdout is not None:
        try:
            sys.stdout.flush()
        except OSError:
            _drop_output()


def _drop_output() -> None:
    """What is still to be written to standard output goes nowhere."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
