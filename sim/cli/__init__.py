"""The command ``sim``: one verb per file of this folder, each thin: it parses, calls, prints, and returns an exit code.

Exit codes: 0 every expectation met, 1 an expectation not met, 2 the input is wrong, 3 undetermined, 130 interrupted.

Rules of this room: at the top of a module only click and the standard library are imported, so that ``sim --help`` and
``sim check`` start quickly; a verb is a module with a ``command``, found by its file name. Only errors that are
expected are caught: what is wrong with an input is told without a traceback, what is wrong with this program is not
hidden.
"""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from pkgutil import iter_modules

import click

from sim.cli._terminal import settle

_VERBS = "sim.cli."
INTERRUPTED = 130


class Verbs(click.Group):
    """The verbs, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every verb there is."""
        return sorted(module.name for module in iter_modules(__path__) if not module.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(_VERBS + cmd_name).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As usual, with the nearest verb where there is none of that name."""
        verbs = self.list_commands(ctx)
        if args[0] not in verbs and not args[0].startswith("-"):
            near = get_close_matches(args[0], verbs, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            ctx.fail(f"there is no verb {args[0]!r}; {hint}possible: {', '.join(verbs)}")
        return super().resolve_command(ctx, args)


def _show_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from sim.results import code_version

        click.echo(f"trust-triangle {code_version()}")
        ctx.exit()


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 every expectation met, 1 one not met, 2 wrong input, 3 undetermined, 130 interrupted.",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version."
)
def cli() -> None:
    """A laboratory for trust protocols with three parties: agent, orchestrator, provider.

    Begin with `sim new my_story.yaml`, then `sim run my_story.yaml`; `sim list` is the reference of the language.
    """


def main(args: Sequence[str] | None = None) -> None:
    """Run the command and exit with its code."""
    # Start-up makes many objects that stay, and the collector would look at all of them again and again.
    gc.set_threshold(50_000, 20, 20)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # so that half a file is removed
    try:
        code = cli.main(None if args is None else list(args), prog_name="sim", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        code = INTERRUPTED
    settle()
    sys.exit(code if isinstance(code, int) else 0)
