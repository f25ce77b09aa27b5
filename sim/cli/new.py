"""``sim new``: a first scenario to change."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli._terminal import InputError, emit

STARTER = """\
# A story in the scenario language: a world, a story, questions. Check it:  sim check FILE   Run it:  sim run FILE
# What may stand here:  sim list language  (a word at length: sim list vary)   Defaults and sources:  sim list provider
format: 1
title: An agent adds a service for a person who already has an account
why: The provider must not let the orchestrator's word alone into an account that exists.
until: 10 d

# --- the world: who takes part -------------------------------------------------------------------
people:
  alice: {}                       # her agent works for her inside her session at the orchestrator
  mallory: {adversary: true}      # whoever works for the attacker
orchestrators:
  hub: {}                         # checks addresses by a mailed link, and says so truthfully
  careless: {email_check: none, says_verified: always}
providers:
  cloud: {like: M6}               # looks for an account by subject, then by address, and asks its owner

# --- the story: each step has a time, a person, and one verb ---------------------------------------
story:
  - {at: 1 h, who: alice, sign_up: cloud}
  - {id: attempt, at: 2 d, who: mallory, via: careless, as: alice, add: cloud/free}
  - {at: 3 d, who: alice, via: hub, add: cloud/free}

# --- questions: what is expected, and what if ------------------------------------------------------
expect:
  token_only_for_owner: holds     # nobody else ever gets a token for an account that is hers
  existing_account_needs_consent: holds
  takeovers: 0
variants:
  silent:
    why: The same, with a provider that links by the address alone.
    set: {providers.cloud.like: M1}
    expect: {token_only_for_owner: violated, takeovers: {at_least: 1}}
"""


@click.command(name="new", short_help="Write a commented scenario to begin with.")
@click.argument("file")
def command(file: str) -> int:
    """Write a commented scenario to begin with to FILE; a file that is there is left alone."""
    path = Path(file)
    try:
        with path.open("x", encoding="utf-8") as opened:
            opened.write(STARTER.replace("FILE", path.name))
    except FileExistsError:
        raise InputError(f"{file}: is there already; give another name") from None
    except OSError as error:
        raise InputError(f"{file}: cannot be written: {error.strerror or error}") from None
    emit(f"Wrote {file}. Next: sim run {file}")
    return 0
