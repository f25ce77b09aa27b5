"""What an orchestrator remembers, and the names it derives.

``logins`` are by login key, ``sessions`` map a session to a login key, ``connections`` are by (login key, provider) and
are the vault, ``work`` holds every request that is not answered yet by its intent.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

import msgspec

#: Codes of the command-line interface (Stripe Projects).
NO_SESSION = "BROWSER_AUTH_REQUIRED"
NOT_LINKED = "PROVIDER_NOT_LINKED"
TERMS_ASKED = "TOS_ACCEPTANCE_REQUIRED"
#: The provider interface's code where a payment method is missing ([K5]).
NO_CARD = "requires_payment_credentials"

#: Scopes asked for: to make resources on the account, which is what provisioning is about.
SCOPES = ("resources",)

#: What a wire request of a stage appends to its intent, so that an answer (a late or doubled one above all) can be told
#: from those of other stages.
SUFFIX = {
    "listing": "",
    "account": "",
    "api": "",
    "refresh": "",
    "catalog": "catalog",
    "challenge": "challenge",
    "metadata": "metadata",
    "token": "token",
    "resource": "resource",
    "poll": "poll",
    "rotate": "rotate",
    "reread": "reread",
    "remove": "remove",
    "update": "update",
    "link": "link",
    "open": "open",
    "payment": "payment",
    "renewal": "renewal",
}
_WORDS = frozenset(SUFFIX.values()) - {""}


class Login(msgspec.Struct, frozen=True, gc=False):
    """A customer's login.

    ``how`` the address was checked is an answer to *email_check*; ``session`` is the latest, ``times`` counts signing
    in after registration.
    """

    person: str
    email: str
    how: str
    subject: str
    session: str = ""
    factor: str = ""
    times: int = 0


class Held(msgspec.Struct, frozen=True, gc=False):
    """A resource as the orchestrator has stored it, with the present generation of its credential."""

    resource: str
    service: str
    secret: str
    generation: int = 1
    environment: str = "prod"


class Connection(msgspec.Struct, frozen=True, gc=False):
    """A login at a provider: state of the link, whether the terms are accepted, and the tokens in the vault.

    ``last`` is the request that was completed last: a copy of it, late by less than the next, is told from a new one.
    ``resources`` are what was made there, with the credentials by which they are opened.
    """

    state: str = "none"
    terms: bool = False
    access: str = ""
    refresh: str = ""
    last: str = ""
    resources: tuple[Held, ...] = ()


class Link(msgspec.Struct, frozen=True, gc=False):
    """A mailed link that waits for its click: it opens a session for ``asker``, or changes the address of ``login``."""

    purpose: str
    request: str
    asker: str
    login: str
    email: str
    factor: str = ""


class Work(msgspec.Struct, frozen=True, gc=False):
    """A request that is not answered yet.

    ``stage`` says what it waits for, ``tries`` how often this stage's message was sent; ``held`` is the code, token or
    consent page of the stage, ``script`` that acceptance of the terms came with the request, ``told`` that the asker
    knows it is pending, ``reused`` that the token was in the vault before. Of what costs money: ``price`` is what the
    catalogue quotes (-1: no figure), ``amount`` what is to be charged instead, ``kind`` ``monthly``, ``plan`` or
    ``purchase``, ``most`` what its payment token is good for, ``tokens`` those minted for it, ``again`` how many
    attempts at the resource came before, ``renews`` the resource of a plan that is paid for another month. ``resource``
    is what a request is about that is there already, in its ``generation``; ``information`` what was asked to be known;
    ``stepped`` that credentials were shown again for it; ``server`` is who is asked for the account where that is not
    the provider, because the provider's metadata said so.
    """

    asker: str
    login: str
    provider: str
    service: str
    stage: str
    tries: int = 1
    held: str = ""
    script: bool = False
    told: bool = False
    reused: bool = False
    price: int = 0
    amount: int = 0
    kind: str = ""
    most: int = 0
    tokens: tuple[str, ...] = ()
    again: int = 0
    renews: str = ""
    environment: str = "prod"
    resource: str = ""
    generation: int = 0
    information: tuple[str, ...] = ()
    stepped: bool = False
    server: str = ""


class Push(msgspec.Struct, frozen=True, gc=False):
    """A revocation on its way to a provider; without grant and tokens it is an alarm about the orchestrator itself."""

    provider: str
    grant: str
    token_ids: tuple[str, ...]
    tries: int = 0


class Priced(msgspec.Struct, frozen=True, gc=False):
    """A service that costs money: the figure that its text names (cents; -1: none), and its ``kind``.

    ``monthly`` is a plan that is charged each month, ``plan`` one that is charged once, ``purchase`` anything else.
    """

    service: str
    quoted: int
    kind: str


class Payment(msgspec.Struct, frozen=True, gc=False):
    """A payment token, what was ``captured`` with it and ``refunded`` of that, as far as heard.

    ``most`` is what it is good for, ``counts`` whether towards ceilings, ``done`` that what it is for is there,
    ``live`` that something may still be captured.
    """

    login: str
    provider: str
    most: int
    counts: bool
    captured: int = 0
    refunded: int = 0
    done: bool = False
    live: bool = True


class Plan(msgspec.Struct, frozen=True, gc=False):
    """A plan that is renewed each month: the request that bought it, and the price quoted then."""

    intent: str
    login: str
    provider: str
    service: str
    resource: str
    price: int


class Offer(msgspec.Struct, frozen=True, gc=False):
    """A provider's catalogue, whether it provisions accounts for agents, and whether its tokens are ``bound``.

    ``paid`` are the services that cost money, ``says`` what is said of services, in prose; ``updates`` what may become
    what.
    """

    services: tuple[str, ...]
    provisions: bool
    paid: tuple[Priced, ...] = ()
    says: tuple[tuple[str, str], ...] = ()
    bound: bool = False
    updates: tuple[tuple[str, str], ...] = ()


NOT_CONNECTED = Connection()


@cache
def policy(question: str, answer: str) -> Any:
    """The module that answers ``question``, found by name: no party imports a policy, so that any can come or go."""
    return import_module("sim.policies").load(question, answer)


def login_key(orchestrator: str, password: str) -> str:
    """Key of the login that ``password`` opens: the person, and behind a colon as whom, where that is somebody else."""
    key = password.removeprefix(f"pw:{orchestrator}:")
    person, _, as_ = key.partition(":")
    return person if as_ in ("", person) else key


def subject(kind: str, orchestrator: str, email: str, key: str) -> str:
    """The ``sub`` that ``orchestrator`` gives the login ``key`` with the address ``email``, before any drift.

    ``kind`` is the answer to *subject*; the key of a person who uses an address of their own is the person's name.
    """
    made: str = policy("subject", kind).subject(orchestrator, email, key)
    return made


def grant_of(access_token: str) -> str:
    """The grant an access token hangs on (``at:<grant>:<generation>``); a token of another form stands for itself."""
    if not access_token.startswith("at:"):
        return access_token
    return access_token[3:].rpartition(":")[0]


def attempt(request: str, tries: int) -> str:
    """Id of the ``tries``-th attempt of a wire request: the first bears the request's own id."""
    return request if tries <= 1 else f"{request}~{tries}"


def request_of(id_: str) -> str:
    """The wire request that an attempt belongs to."""
    if "~" not in id_:
        return id_
    head, mark, number = id_.rpartition("~")
    return head if mark and number.isdigit() else id_


def split(id_: str) -> tuple[str, str]:
    """Intent and stage suffix of a wire request's id, whichever attempt it is."""
    request = request_of(id_)
    head, mark, word = request.rpartition("+")
    return (head, word) if mark and word in _WORDS else (request, "")
