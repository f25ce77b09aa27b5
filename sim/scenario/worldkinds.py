"""Kinds of value that only the world's blocks hold: addresses, orchestrators used, trust, policies, prices."""

from __future__ import annotations

import re
from typing import Any

from sim.money import format_money
from sim.party import Budget
from sim.scenario import kinds, shelves
from sim.scenario.errors import Wrong, possible, quote
from sim.scenario.kinds import Kind, Schema, one_or_list
from sim.scenario.values import NAME, Override, Trusts

_ADDRESS = re.compile(r"[^@\s]{1,200}@[^@\s]{1,200}")
_NAME_SCHEMA: Schema = {"type": "string", "pattern": f"^{NAME.pattern}$"}


def read_address(value: Any) -> str:
    """An address; ``{name}`` and ``{n}`` in it stand for the member's name and number."""
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        raise Wrong(f"{quote(value)} is not an address, such as 'ann@example.org' or '{{name}}@example.org'")
    for braces in re.findall(r"\{[^}]*\}?|\}", value):
        if braces not in ("{name}", "{n}"):
            raise Wrong(f"{quote(value)}: {braces} stands for nothing; {possible(braces, ('{name}', '{n}'))}")
    return value


def read_label(value: Any) -> str:
    """A label of a domain name: small letters, digits and hyphens."""
    if isinstance(value, str) and re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", value):
        return value
    raise Wrong(f"{quote(value)} is not a name such as 'my-shop'")


def _read_holds(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    read = lambda one: one if one == "email" else read_address(one)  # noqa: E731
    return tuple(kinds.each(values, read))


def _read_uses(value: Any) -> tuple[tuple[str, float], ...]:
    if isinstance(value, str):
        return ((kinds.read_name(value), 1.0),)
    if isinstance(value, list) and value:
        return tuple((name, 1.0) for name in kinds.each(value, kinds.read_name))
    if not isinstance(value, dict) or not value:
        raise Wrong(f"{quote(value)} is neither an orchestrator, nor a list, nor a map of shares")
    shares = []
    for name, share in value.items():
        try:
            shares.append((kinds.read_name(name), kinds.read_share(share)))
        except Wrong as wrong:
            raise Wrong(str(wrong), name) from None
    total = sum(share for _, share in shares)
    if not 0.99 <= total <= 1.01:
        raise Wrong(f"the shares sum to {total:g}, not to 1")
    # Shares that sum to 1 already are left alone, so that reading what was shown changes nothing.
    scale = 1 if abs(total - 1) < 1e-9 else total
    return tuple((name, share / scale) for name, share in shares)


def _show_uses(uses: tuple[tuple[str, float], ...]) -> Any:
    if all(share == 1.0 for _, share in uses):
        return kinds.show_list(tuple(name for name, _ in uses))
    return dict(uses)


def policy(question: str, *words: str) -> Kind:
    """An answer to a question: a documented word, or a file of ``policies/<question>``."""

    def read(value: Any) -> str:
        if isinstance(value, str) and value in words:
            return value
        names = (*words, *(name for name in shelves.known(f"policies/{question}") if name not in words))
        return kinds.word_in(names)(value)

    schema = {"anyOf": [{"enum": list(words)}, {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}]}
    return Kind(read, " ".join(words), schema)


def picked(one: Kind) -> Kind:
    """The same, or a pick: of a group, each member has an answer of its own."""
    schema = {"anyOf": [*one.schema["anyOf"], kinds.PICK_SCHEMA]}
    return Kind(
        kinds.share_or_pick(one.read, one.read), f"{one.says}, or pick", schema, show=kinds.show_pick, parts=True
    )


MATCHING = policy(
    "matching",
    "email", "email_normalised", "email_verified", "subject", "subject_or_verified_email", "subject_or_email",
    "first_issuer", "namespaced", "subject_without_issuer",
)  # fmt: skip
LINKING = policy("linking", "silent", "ask_owner", "refuse", "second_factor", "by_domain")
PICKED_MATCHING, PICKED_LINKING = picked(MATCHING), picked(LINKING)
ACTIVATION = policy("activation", "at_once", "after_mail")
CONSENT = policy("consent", "click", "auto_if_single")
SIGN_UP = policy("sign_up", "none", "unverified", "verified")
REFRESH = policy("refresh", "none", "rotate", "rotate_detect")
ATTESTING = policy("attesting", "jwt", "hmac_email")
EMAIL_CHECK = policy("email_check", "link", "idp", "none")
SUBJECT = policy("subject", "unique", "email", "shared")
ROTATION = policy("rotation", "at_once", "overlap", "accumulate")
REMOVAL = policy("removal", "destroy", "detach")
REVOCATION = policy("revocation", "grant", "token_ids", "nothing")
_detection = policy("detection", "alert", "revoke", "pause")
DETECTION = Kind(
    lambda value: tuple(kinds.each(value if isinstance(value, list) else [value], _detection.read)),
    f"{_detection.says}, or a list",
    one_or_list(_detection.schema),
    show=kinds.show_list,
)

#: faults of providers that are documented in public code, and can be switched on
FAULTS = kinds.some_of(
    "unbilled_resource", "overwrites_service", "keeps_old_keys", "no_ownership_check", "claims_removed",
    "link_without_verified_email", "widens_scopes", "ignores_issuer", "unconfirmed_email_change", "unlocked_creation",
)  # fmt: skip
#: limits of a payment token that the processor keeps
BOUND_TO = kinds.some_of("seller", "amount")
HEEDS = kinds.some_of("sessions", "tokens", "secrets")
SETTINGS = kinds.some_of("identifiers", "email_change")

PURGES = ("sessions", "tokens", "identifiers", "pending_changes")
_adoption = policy("adoption", "keep", "purge", "review")
_purged = kinds.word_in(PURGES)


def _read_on_adopt(value: Any) -> str | tuple[str, ...]:
    if not isinstance(value, list):
        answer: str = _adoption.read(value)
        return answer
    return tuple(dict.fromkeys(kinds.each(value, _purged)))


ON_ADOPT = Kind(
    _read_on_adopt,
    "keep purge review, or a list of what is purged: " + " ".join(PURGES),
    {"anyOf": [_adoption.schema, {"type": "array", "items": {"enum": list(PURGES)}}]},
    show=lambda value: list(value) if isinstance(value, tuple) else value,
)

_mfa = kinds.word_in(("none", "orchestrator", "provider", "both"))
MFA = Kind(
    kinds.share_or_pick(_mfa, _mfa),
    "none orchestrator provider both, or pick",
    {"anyOf": [{"enum": ["none", "orchestrator", "provider", "both"]}, kinds.PICK_SCHEMA]},
    show=kinds.show_pick,
    parts=True,
)


# --- trust ----------------------------------------------------------------------------------------------------------


def _read_domains(value: Any) -> tuple[str, ...]:
    domains = kinds.read_texts(value)
    for domain in domains:
        if not re.fullmatch(r"[^@\s]{1,250}", domain):
            raise Wrong(f"{quote(domain)} is not a domain, such as 'example.org'")
    return domains


_OVERRIDES: dict[str, Kind] = {
    "domains": Kind(_read_domains, "list of domains", one_or_list({"type": "string"}), show=list),
    "matching": MATCHING,
    "linking": LINKING,
    "activation": ACTIVATION,
    "containment": kinds.YES_NO,
}


def _read_override(value: Any) -> Override:
    if not isinstance(value, dict):
        raise Wrong(f"{quote(value)} is not a map with some of {', '.join(_OVERRIDES)}")
    found = {}
    for key, inner in value.items():
        if key not in _OVERRIDES:
            raise Wrong(f"{quote(key)} is not known here; {possible(key, _OVERRIDES)}", key)
        try:
            found[key] = _OVERRIDES[key].read(inner)
        except Wrong as wrong:
            raise Wrong(str(wrong), key, *wrong.inside) from None
    return Override(**found)


def _read_trusts(value: Any) -> Trusts:
    if value == "all":
        return Trusts()
    if isinstance(value, str):
        value = [value]
    if isinstance(value, list):
        return Trusts(all=False, issuers={name: Override() for name in kinds.each(value, kinds.read_name)})
    if not isinstance(value, dict):
        raise Wrong(f"{quote(value)} is neither 'all', nor a list of orchestrators, nor a map of overrides")
    issuers = {}
    for name, inner in value.items():
        try:
            issuers[kinds.read_name(name)] = _read_override(inner)
        except Wrong as wrong:
            raise Wrong(str(wrong), name, *wrong.inside) from None
    return Trusts(all=False, issuers=issuers)


def _show_trusts(trusts: Trusts) -> Any:
    if trusts.all:
        return "all"
    return {name: _show_override(override) for name, override in trusts.issuers.items()}


def _show_override(override: Override) -> dict[str, Any]:
    values = {key: getattr(override, key) for key in _OVERRIDES}
    return {
        key: _OVERRIDES[key].show(value) for key, value in values.items() if value is not None and value is not False
    }


_TRUSTS_SCHEMA: Schema = {
    "anyOf": [
        _NAME_SCHEMA,
        {"type": "array", "items": _NAME_SCHEMA},
        {
            "type": "object",
            "propertyNames": {"pattern": f"^{NAME.pattern}$"},
            "additionalProperties": {
                "type": "object",
                "properties": {key: kind.schema for key, kind in _OVERRIDES.items()},
                "additionalProperties": False,
            },
        },
    ]
}


# --- what an attack may use up -------------------------------------------------------------------------------------

_BUDGET: dict[str, Kind] = {
    "requests": kinds.whole(0),
    "money": kinds.PRICE,
    "accounts": kinds.whole(0),
    "time": kinds.PERIOD,
}


def _read_budget(value: Any) -> Budget:
    if not isinstance(value, dict) or not value:
        raise Wrong(
            f"{quote(value)} is not a budget, such as {{requests: 50, money: 200 usd, accounts: 10, time: 2 d}}"
        )
    found = {}
    for key, inner in value.items():
        if key not in _BUDGET:
            raise Wrong(f"{quote(key)} is nothing that runs out; {possible(key, tuple(_BUDGET))}", key)
        try:
            found[key] = _BUDGET[key].read(inner)
        except Wrong as wrong:
            raise Wrong(str(wrong), key, *wrong.inside) from None
    return Budget(**found)


def _show_budget(budget: Budget) -> dict[str, Any]:
    values = {key: getattr(budget, key) for key in _BUDGET}
    return {key: _BUDGET[key].show(value) for key, value in values.items() if value is not None}


BUDGET = Kind(
    _read_budget,
    "map of requests, money, accounts, time",
    {
        "type": "object",
        "properties": {key: kind.schema for key, kind in _BUDGET.items()},
        "additionalProperties": False,
        "minProperties": 1,
    },
    show=_show_budget,
    parts=True,
)


# --- services and disputes ------------------------------------------------------------------------------------------


def _by_service(kind: Kind, says: str) -> Kind:
    """A map from service to something."""

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Wrong(f"{quote(value)} is not a map by service, such as {{paid: …}}")
        found = {}
        for service, inner in value.items():
            try:
                found[service] = kind.read(inner)
            except Wrong as wrong:
                raise Wrong(str(wrong), service, *wrong.inside) from None
        return found

    def show(value: dict[str, Any]) -> dict[str, Any]:
        return {service: kind.show(inner) for service, inner in value.items()}

    return Kind(read, says, {"type": "object", "additionalProperties": kind.schema}, show=show, parts=True)


_money_by_service = _by_service(kinds.PRICE, "map from service to money")


def _read_prices(value: Any) -> dict[str, int]:
    prices: dict[str, int] = _money_by_service.read(value)
    return {"free": 0, "paid": 2_000} | prices


def _read_fight(value: Any) -> str | int:
    if isinstance(value, str) and value.startswith("fight_above "):
        return kinds.read_price(value.removeprefix("fight_above "))
    if value in ("accept", "fight"):
        return str(value)
    raise Wrong(f"{quote(value)} is not known here; {possible(value, ('accept', 'fight', 'fight_above 20 usd'))}")


FIGHT = Kind(
    _read_fight,
    "accept, fight, or 'fight_above 20 usd'",
    {"type": "string", "pattern": "^(accept|fight|fight_above .+ usd)$"},
    show=lambda value: f"fight_above {format_money(value)}" if isinstance(value, int) else value,
)
_known_again = kinds.words_of("subject", "email", "card")
REMEMBERS = Kind(_known_again.read, "some of subject email card", _known_again.schema, show=list)
PRICES = Kind(_read_prices, _money_by_service.says, _money_by_service.schema, show=_money_by_service.show, parts=True)
SAYS = _by_service(kinds.TEXT, "map from service to text")
TRUSTS = Kind(_read_trusts, "all, list, or map of overrides", _TRUSTS_SCHEMA, show=_show_trusts, parts=True)
ADDRESS = Kind(read_address, "address", {"type": "string", "pattern": "^[^@ ]+@[^@ ]+$"})
HOLDS = Kind(_read_holds, "list of addresses", one_or_list({"type": "string"}), show=list)
USES = Kind(
    _read_uses,
    "name, list, or map of shares",
    {
        "anyOf": [
            _NAME_SCHEMA,
            {"type": "array", "items": _NAME_SCHEMA, "minItems": 1},
            {"type": "object", "additionalProperties": kinds.SHARE_SCHEMA, "minProperties": 1},
        ]
    },
    show=_show_uses,
    parts=True,
)
