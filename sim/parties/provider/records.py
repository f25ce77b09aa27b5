"""What a provider remembers: rows of its tables.

Names tell what they belong to, so that few rows are needed: an access token ``at:<grant>:<generation>`` names its grant
as a self-contained token does, and whether it lives says the grant's row. A population of a million accounts costs one
``Account``, one ``Grant`` and one resource secret each; what only some accounts have is in ``Door``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

import msgspec

from sim.clock import DAY, SECOND
from sim.party import Message

#: An authorization code is worth something for so long, microseconds: 300 s, confirmed ([PHCONST]_).
#:
#: .. [PHCONST] https://github.com/PostHog/posthog, ee/api/agentic_provisioning, constants
CODE_LIFE = 300 * SECOND
#: A consent page waits for so long: 600 s, confirmed ([PHCONST]_).
CONSENT_LIFE = 600 * SECOND
#: A mailed link works for so long: a day, assumed.
LINK_LIFE = DAY
#: A repeated idempotency key is answered alike for so long: 24 h at least (docs.stripe.com/api/idempotent_requests).
ANSWER_LIFE = DAY
#: An answer from an issuer is waited for so long: 30 s, as for other calls between servers ([PHCONST]_; assumed here).
FETCH_TIMEOUT = 30 * SECOND
#: A deep link waits to be opened for so long: 600 s, confirmed ([PHCONST]_).
DEEP_LINK_LIFE = 600 * SECOND
#: A name that somebody is about to buy is held for so long: a minute, assumed.
HOLD = 60 * SECOND
#: Under which endings a name is offered (assumed).
ENDINGS = ("com", "dev", "app")
#: The service of a resource that needs no row of its own.
PLAIN = "free"
#: Keys are asked for so often before the requests that need them are answered with an error (assumed).
FETCH_TRIES = 3


def lines(text: str) -> tuple[str, ...]:
    """The names in a field that lists them one a line: mostly there is one, and it needs no tuple of its own.

    >>> lines(""), lines("a"), lines(with_line("a", "b"))
    ((), ('a',), ('a', 'b'))
    """
    return tuple(text.split("\n")) if text else ()


def with_line(text: str, name: str) -> str:
    """Such a field with one more name."""
    return f"{text}\n{name}" if text else name


class Account(msgspec.Struct, frozen=True, gc=False):
    """An account, and what hangs on it.

    ``issuer`` attested first for it (empty: none did), ``verified`` says that mail to the address was answered,
    ``vouched`` that the issuer for which it was made said that it had verified the address, ``proven`` that the owner
    took possession by proof of the mailbox. ``identified`` and ``granted`` are identifiers and grants, one a line.
    """

    email: str
    state: str
    issuer: str = ""
    verified: bool = False
    vouched: bool = False
    proven: bool = False
    identified: str = ""
    granted: str = ""

    @property
    def identifiers(self) -> tuple[str, ...]:
        """What leads to it, oldest first."""
        return lines(self.identified)

    @property
    def grants(self) -> tuple[str, ...]:
        """What was granted on it, oldest first."""
        return lines(self.granted)


class Door(msgspec.Struct, frozen=True, gc=False):
    """What an account has at the provider's own pages; most accounts made by attestation never have any of it.

    ``change`` is the mailed link of a change of address that waits for its click. ``purges`` counts purges of tokens: a
    code that was minted before the last one is void.
    """

    password: str = ""
    factor: str = ""
    sessions: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    change: str = ""
    purges: int = 0


NO_DOOR = Door()


class Session(msgspec.Struct, frozen=True, gc=False):
    """A session at the provider's pages.

    ``by_proof``: opened by a mailed link rather than by a password; ``grant``: opened by a deep link made with it.
    """

    account: str
    by_proof: bool = False
    grant: str = ""


class Thing(msgspec.Struct, frozen=True, gc=False):
    """A resource: the grant it was made with (empty: by hand), which service it is, and how far it has come.

    ``generation`` counts its credentials, ``linked`` are further issuers that may manage it, ``name`` is what was
    registered by it. A complete ``free`` resource with its first credential needs no row: its secret names it.
    """

    grant: str
    service: str = PLAIN
    state: str = "complete"
    environment: str = "prod"
    generation: int = 1
    linked: tuple[str, ...] = ()
    name: str = ""


class DeepLinkRow(msgspec.Struct, frozen=True, gc=False):
    """A deep link that was not opened yet: the account, and the grant it was asked for with."""

    account: str
    grant: str


class Wanted(msgspec.Struct, frozen=True, gc=False):
    """What a request asked for: a grant for ``issuer``, on whose word, for the identity ``identifier``.

    ``asker`` sent the request and alone may exchange the code, as under PKCE; ``signed`` says that issuer and provider
    sign everything with a secret they share, and that a bearer alone is worth nothing to them.
    """

    request: str
    key: str
    asker: str
    issuer: str
    identifier: str
    scopes: tuple[str, ...]
    signed: bool


class Code(msgspec.Struct, frozen=True, gc=False):
    """An authorization code that was not exchanged yet."""

    account: str
    wanted: Wanted
    purges: int


class Consent(msgspec.Struct, frozen=True, gc=False):
    """A consent page that waits for the owner; ``how`` the link comes about: ``consent`` or ``second_factor``."""

    account: str
    wanted: Wanted
    how: str


class Grant(msgspec.Struct, frozen=True, gc=False):
    """Authority of ``issuer`` on an account: the generation of its tokens, and what was made with it.

    ``works`` says whether the access token does, ``live`` whether the grant can still give a new one. ``made`` are the
    secrets of its resources, one a line; ``pop`` is the key to which its tokens are bound, if they are.
    """

    account: str
    issuer: str
    scopes: tuple[str, ...]
    signed: bool
    access: int = 1
    refresh: int = 1
    works: bool = True
    live: bool = True
    made: str = ""
    pop: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Secrets of the resources that were made with it, whether they work or not, oldest first."""
        return lines(self.made)


class MailedLink(msgspec.Struct, frozen=True, gc=False):
    """A link that was mailed, and what a click on it does.

    ``purpose`` is that of the mail. ``requests`` wait for the activation of an account; ``asker``, ``password`` and
    ``factor`` are those of a sign-up that waits for it; ``email`` is the address it was mailed to, the one that a
    click proves (of a change of address: the new one).
    """

    purpose: str
    account: str
    request: str
    requests: tuple[Wanted, ...] = ()
    asker: str = ""
    password: str = ""
    factor: str = ""
    email: str = ""


class Remembered(msgspec.Struct, frozen=True, gc=False):
    """How a request of ``issuer`` was answered, for the case that it is repeated."""

    issuer: str
    answer: Message


class Parked(msgspec.Struct, frozen=True, gc=False):
    """A request that waits for an issuer's keys; ``thread`` is the key under which the turn keeps who is behind it."""

    sender: str
    message: Message
    thread: str
    secret: bool


class Fetch(msgspec.Struct, frozen=True, gc=False):
    """Asking an issuer for its keys, for the ``tries``-th time."""

    id: str
    parked: tuple[Parked, ...]
    tries: int = 1


@cache
def policy(question: str, answer: Any) -> Any:
    """The module that answers ``question``, found by name: no party imports a policy, so that any can come or go."""
    load: Callable[[str, Any], Any] = import_module("sim.policies").load
    return load(question, answer)


def change_id(link: str) -> str:
    """How a change of address is called, by the link that was mailed for it.

    >>> change_id("l:cloud:change_email:alice.3")
    'ch:cloud:alice.3'
    """
    _, provider, _, request = link.split(":", 3)
    return f"ch:{provider}:{request}"
