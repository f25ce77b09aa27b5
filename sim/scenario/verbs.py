"""Time words, verbs and options: what a step may say, as tables.

``steps`` reads steps by these tables, ``checks`` holds them against the world, ``schema`` and ``describe`` show them.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from sim.scenario.errors import Wrong, quote
from sim.scenario.kinds import read_text, word_in
from sim.scenario.values import NAME, Ref
from sim.scenario.worldkinds import read_address

PEOPLE, ORCHESTRATORS, PROVIDERS = "people", "orchestrators", "providers"
EVERYBODY = (PEOPLE, ORCHESTRATORS, PROVIDERS)

#: by time word: which further options it takes, and what it means
TIME_WORDS: dict[str, tuple[tuple[str, ...], str]] = {
    "at": (("times",), "then; with times: so often at once, in parallel"),
    "every": (
        ("from", "until", "times"),
        "repeatedly; a constant interval ticks first at from, a random one after a draw",
    ),
    "after": (("wait", "until", "times"), "each time that step completes or that fact is noted, for the same person"),
    "may": ((), "at most so often, whenever it likes"),
}


class Verb(NamedTuple):
    """A verb: what its object is, who may do it, which options it takes and needs."""

    object: str
    doc: str
    options: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    who: str = PEOPLE
    """``people``; ``adversary``: any party that works for the attacker; empty: it happens, nobody does it."""


ADVERSARY, NOBODY = "adversary", ""

VERBS: dict[str, Verb] = {
    "add": Verb("service", "account request, token, resource", ("via", "as", "amount", "name", "environment")),
    "update": Verb("service", "change a service into this one", ("via", "as", "amount", "environment")),
    "remove": Verb("service", "give a service up", ("via", "as", "environment")),
    "rotate": Verb("service", "replace a service's credential", ("via", "as", "environment")),
    "link": Verb("service", "let an orchestrator manage a service made elsewhere", ("via", "as")),
    "sign_up": Verb("provider", "open an account at the provider's own door", ("via", "as")),
    "log_in": Verb(
        "provider or orchestrator",
        "the provider's own door, with via: by the orchestrator's deep link; or a session at an orchestrator",
        ("via", "as"),
    ),
    "look": Verb("provider", "look at one's account, in the session one has there or a new one", ("as",)),
    "log_out": Verb("provider", "end one's session at the provider's own door", ("as",)),
    "adopt": Verb("provider", "prove the mailbox, take possession of an account made for oneself", ("via", "as")),
    "reset_password": Verb("provider", "recover an account by its mailbox", ("via", "as")),
    "unlink": Verb("provider", "end the connection", ("via", "as")),
    "accept_terms": Verb("provider", "accept the provider's terms", ("via", "as")),
    "refresh": Verb("provider", "the refresh grant", ("via", "as")),
    "use": Verb("provider", "one API call with a live credential, with via: the vault's", ("via", "as")),
    "revoke": Verb("provider or orchestrator", "the orchestrator's single action", ("via", "as")),
    "dispute": Verb("provider", "contest the last charge", ("via", "as")),
    "add_identifier": Verb("provider", "add an address or a login elsewhere", ("as", "to"), ("to",)),
    "change_email": Verb(
        "address or new", "change the address of a login at an orchestrator, or of an account", ("via", "as"), ("via",)
    ),
    "raise_cap": Verb("money", "raise a ceiling", ("via",)),
    "steal": Verb("loot", "take what belongs to another", ("of",), ("of",), ADVERSARY),
    "intercept": Verb("channel", "act on messages in transit", ("does", "kind", "to", "for"), ("does",), ADVERSARY),
    "plant": Verb("service", "a text for somebody's agents to read: order this", ("of", "text"), ("of",), ADVERSARY),
    "redeem": Verb("provider", "as this seller, capture with a stolen payment token", ("amount",), (), ADVERSARY),
    "attack": Verb(
        "attack",
        "a file of attacks/",
        ("of", "against", "as", "via", "rate", "until", "budget"),
        ("against",),
        ADVERSARY,
    ),
    "move_mailbox": Verb("mailbox", "a mailbox changes hands", ("to",), ("to",), NOBODY),
    "move_domain": Verb("domain", "a domain changes hands", ("to",), ("to",), NOBODY),
    "rotate_key": Verb("orchestrator", "a new signing key", (), (), NOBODY),
    "withdraw_key": Verb("orchestrator", "the signing key is withdrawn", (), (), NOBODY),
    "outage": Verb(
        "party or limiter",
        "does not answer, or (cloud/limiter) does not count; without for: to the end",
        ("for",),
        (),
        NOBODY,
    ),
    "set": Verb("values", "from now on: {path: value}", (), (), NOBODY),
}

#: what can be stolen: of whom, and how it is called
LOOT: dict[str, tuple[tuple[str, ...], str]] = {
    "session": ((PEOPLE,), "a login session at the orchestrator"),
    "tokens": (EVERYBODY, "tokens out of a vault, a provider's store or a person's hands"),
    "signing_key": ((ORCHESTRATORS,), "the key that signs attestations"),
    "shared_secret": ((ORCHESTRATORS, PROVIDERS), "the secret that signs requests"),
    "env_file": ((PEOPLE,), "an agent's .env file"),
    "payment_tokens": ((ORCHESTRATORS, PROVIDERS), "payment tokens that are not used up, where they are kept"),
    "card": ((PEOPLE,), "a card number"),
    "mailbox": ((PEOPLE,), "control of a mailbox"),
    "support_desk": ((PROVIDERS,), "the credential of a provider's support desk, by theft or by working there"),
}
DEEDS = ("read", "drop", "delay", "replay", "inject")

#: where an object or an option must lead: the sections of the world
OBJECT_SECTIONS: dict[str, tuple[str, ...]] = {
    "service": (PROVIDERS,),
    "provider": (PROVIDERS,),
    "provider or orchestrator": (PROVIDERS, ORCHESTRATORS),
    "orchestrator": (ORCHESTRATORS,),
    "channel": EVERYBODY,
    "party or limiter": EVERYBODY,
    "mailbox": (PEOPLE,),
}

STEP_KEYS = (
    "id", *TIME_WORDS, "from", "until", "times", "wait", "who", "via", "as", *VERBS,
    "amount", "name", "text", "environment", "to", "of", "against", "does", "kind", "rate", "for", "budget",
)  # fmt: skip


def read_ref(value: object) -> Ref:
    """A party: ``alice``, ``shoppers17``, ``any shoppers``."""
    if isinstance(value, str):
        first, _, rest = value.partition(" ")
        if first == "any" and NAME.fullmatch(rest.strip()):
            return Ref(rest.strip(), any=True)
        if NAME.fullmatch(value):
            return Ref(value)
    raise Wrong(f"{quote(value)} is not a party, such as 'alice', 'shoppers17' or 'any shoppers'")


def read_service(value: object) -> Ref:
    """A service of a provider: ``cloud/free``, ``any clouds/free``, ``cloud/workers:free``."""
    party, slash, service = value.partition("/") if isinstance(value, str) else ("", "", "")
    if not slash or not service or len(service.split()) != 1:
        raise Wrong(f"{quote(value)} is not a service, such as 'cloud/free' or 'any clouds/free'")
    ref = read_ref(party)
    return Ref(ref.name, any=ref.any, service=service)


def _read_party(value: object) -> tuple[Ref | str, ...]:
    if isinstance(value, str) and "/" in value:
        raise Wrong(f"{quote(value)} names a service, but a party is needed here: {value.partition('/')[0]!r}")
    return (read_ref(value),)


def _read_party_or_limiter(value: object) -> tuple[Ref | str, ...]:
    party, slash, part = value.partition("/") if isinstance(value, str) else ("", "", "")
    if slash and part != "limiter":
        raise Wrong(f"{quote(value)} is neither a party nor its limiter, such as 'cloud' or 'cloud/limiter'")
    return (replace(read_ref(party), service=part),) if slash else _read_party(value)


def _read_channel(value: object) -> tuple[Ref | str, ...]:
    sender, arrow, receiver = value.partition("->") if isinstance(value, str) else ("", "", "")
    if not arrow:
        raise Wrong(f"{quote(value)} is not a channel, such as 'hub->cloud'")
    return read_ref(sender.strip()), read_ref(receiver.strip())


def _read_mailbox(value: object) -> tuple[Ref | str, ...]:
    return (read_address(value),) if isinstance(value, str) and "@" in value else (read_ref(value),)


def _read_new_address(value: object) -> tuple[Ref | str, ...]:
    return ("new",) if value == "new" else (read_address(value),)


def read_object(kind: str, value: object) -> tuple[Ref | str, ...]:
    """The objects of a verb whose object is of that kind."""
    match kind:
        case "service":
            return (read_service(value),)
        case "channel":
            return _read_channel(value)
        case "party or limiter":
            return _read_party_or_limiter(value)
        case "mailbox":
            return _read_mailbox(value)
        case "address or new":
            return _read_new_address(value)
        case "loot":
            return (word_in(tuple(LOOT))(value),)
        case "domain" | "attack":
            return (read_text(value),)
        case _:
            return _read_party(value)
