"""The question: what does an attacker do with what it has.

An attack is a module of this folder; its file's name is its name in scenarios. It decides, and everything it does goes
through a ``Hand``, which knows no more than the attacker's own verbs and waiting: an attack has no power that a
scenario could not give it step by step. It defines

* ``NEEDS``: the powers any one of which it needs (empty: none), in the words of ``Hand.power``;
* ``SAYS``, if there is something: what a step must say for it to do anything, beside the providers it goes against:
  ``of`` or ``as``, and of which section of the scenario that is;
* ``AIMS``: properties it tries to violate; ``FIRST_DESCRIBED``: the source; ``WEAKNESSES``: CWE ids; ``TECHNIQUES``:
  ids of ATT&CK and CAPEC. Ids are our mapping (assumed) unless a source is named;
* ``start(hand, campaign)``: begin with every target;
* ``tick(hand, campaign, target)``: what was waited for has come;
* ``answered(hand, campaign, verb, target, outcome)``: a deed is through (``complete``, ``pending``, or a code);
* ``overheard(hand, campaign, request, to)``, if it can make something of it: an account request was read on its way, or
  a request of a kind that the attack names in ``HEARS`` (``account_request``, ``token``).

It keeps nothing itself: a word per target is kept for it (``Hand.keep``, ``Hand.stage``). It is over when it is
``done_with`` every target, when its time is up, or with the first deed that its budget does not allow; the fact
``attack_ended`` says which of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Protocol, cast

from sim.clock import Duration


class Campaign(Protocol):
    """An attack under way, as the scenario asks for it."""

    @property
    def person(self) -> str:
        """Who attacks."""

    @property
    def targets(self) -> tuple[str, ...]:
        """Providers it goes against."""

    @property
    def of(self) -> str:
        """Whose power it uses: an orchestrator; empty if none is named."""

    @property
    def alias(self) -> str:
        """As whom it acts; empty: as people it makes up."""

    @property
    def via(self) -> str:
        """The orchestrator it goes through; empty if none is named."""

    @property
    def rate(self) -> Duration | None:
        """Time from one deed to the next at each target; None if the scenario does not say."""


class Hand(Protocol):
    """What an attack may do."""

    def do(
        self, verb: str, target: str, *, as_: str = "", via: str = "", service: str = "", to: str = "", of: str = "",
        amount: int = 0, text: str = "",
    ) -> bool:  # fmt: skip
        """Begin an ordinary verb of the scenario language at ``target``; ``answered`` tells how it went.

        ``of``: whose agents a text is for, ``text`` what it says; ``amount``: cents.

        False where the budget does not allow it: then the attack is over.
        """

    def show(self, request: str, target: str) -> bool:
        """Present a captured request again, to ``target``; it is answered, and costs, like a verb ``show``."""

    def wait(self, target: str, after: int | Duration) -> None:
        """Have ``tick`` called for ``target`` after a while (microseconds, or a distribution)."""

    def stage(self, target: str) -> str:
        """The word kept for ``target``; empty at first."""

    def keep(self, target: str, stage: str) -> None:
        """Keep a word for ``target``."""

    def fresh(self, target: str) -> str:
        """A made-up identity that was not used before; its mail comes to the attacker."""

    def power(self) -> str:
        """The attacker's power over ``campaign.of``; empty: none.

        A stolen ``session`` there, a stolen ``signing_key`` or ``shared_secret``, or that the whole ``orchestrator``
        works for the attacker.
        """

    def victim(self) -> str:
        """Whose stolen session at ``campaign.of`` the attacker has; empty if none."""

    def cards(self) -> int:
        """How many stolen cards the attacker has; it pays with one after another, as each person it makes up."""

    def found(self, target: str) -> tuple[str, ...]:
        """What the attacker saw on the account, looking last, that was not of its own making."""

    def confirm(self, target: str) -> bool:
        """Open the link of a change of address that was kept back; whether there was one.

        Mails about changes that an attack asks for are kept back until then.
        """

    def has(self, what: str) -> tuple[str, ...]:
        """Whose ``what`` (a word of the verb ``steal``) the attacker has stolen."""

    def owners(self, target: str) -> tuple[str, ...]:
        """For whom the attacker has stolen tokens of ``target``'s."""

    def done_with(self, target: str, how: str = "") -> None:
        """Nothing more is to be done at ``target``: it has ``won`` there, is ``contained`` there, or neither."""


class Attack(Protocol):
    """A module of this folder."""

    NEEDS: tuple[str, ...]
    AIMS: tuple[str, ...]
    FIRST_DESCRIBED: str
    WEAKNESSES: tuple[str, ...]
    TECHNIQUES: tuple[str, ...]

    def start(self, hand: Hand, campaign: Campaign) -> None:
        """Begin with every target."""

    def tick(self, hand: Hand, campaign: Campaign, target: str) -> None:
        """What was waited for at ``target`` has come."""

    def answered(self, hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
        """A deed at ``target`` is through, with ``outcome``."""


def load(name: str) -> Attack:
    """The attack in the file ``name``; ``ModuleNotFoundError`` if there is none."""
    return cast("Attack", import_module(f"sim.attacks.{name}"))


def says(name: str) -> Mapping[str, str]:
    """``SAYS`` of the attack ``name``: section by key of a step; empty where it needs nothing said."""
    found: Mapping[str, str] = getattr(load(name), "SAYS", {})
    return found
