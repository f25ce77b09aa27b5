"""What the real providers offered: 161 services of 48 providers, as facts.

Source: a dump of ``stripe projects catalog --json`` taken on 2026-06-13, kept as a test fixture of
https://github.com/snowmead/stackless (``crates/stackless-stripe-projects/tests/fixtures/catalog.json``), reduced
to what a machine can use; no descriptions are kept. The table lies beside this module as ``catalogue.tsv``, one
service a line, and is read when first asked for.

Every paid service is priced in prose, so a price here is a figure that the prose quotes, not what a person will pay:
nobody can compute a bill from the catalogue alone.

>>> services_of("cloudflare")["workers:paid"].monthly_usd
(500,)
>>> [service.id for service in services_of("neon").values() if service.pricing == "paid"]
['launch']
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

DATE = "2026-06-13"

_TABLE = Path(__file__).with_suffix(".tsv")

Direction = Literal["any", "up", "down"]


class Service(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One line of the catalogue; ``provider/id`` is what an agent adds."""

    provider: str
    id: str
    kind: Literal["plan", "deployable"]
    scope: Literal["project", "account"]
    group: str | None
    """The provider's own name for alternatives that belong together, where it has one."""
    categories: tuple[str, ...]
    pricing: Literal["free", "paid", "component"]
    """``component``: what it costs depends on which of its ``parents`` is active."""
    monthly_usd: tuple[int, ...]
    """Monthly figures that the prose quotes, cents; several where there are sizes, empty where none is quoted."""
    parents: tuple[str, ...]
    """Ids of the plans of the same provider of which a component needs one."""
    allowed_updates: tuple[tuple[str, Direction], ...]
    """What it may be changed into, with the direction as listed; PostHog lists the placeholder ``service_ref``."""
    required_configuration: tuple[str, ...]
    """Names of the fields without which it cannot be added."""
    at_most: int | None
    """How many of it one project or account may have; None where nothing is said."""
    mutual_exclusion: bool
    """Whether it is listed as mutually exclusive: one may have it or one of its ``allowed_updates``, not both."""
    availability: str


def providers() -> tuple[str, ...]:
    """Ids of all providers in the catalogue, in alphabetical order."""
    return tuple(_catalogue())


def services_of(provider: str) -> dict[str, Service]:
    """The provider's services by id, in alphabetical order; ``LookupError`` says which providers there are."""
    found = _catalogue().get(provider)
    if found is None:
        raise LookupError(
            f"{provider!r} is no provider of the catalogue of {DATE}; possible is {', '.join(providers())}"
        )
    return dict(found)


@cache
def _catalogue() -> dict[str, dict[str, Service]]:
    """The whole table, by provider and id."""
    head, *lines = _TABLE.read_text(encoding="utf-8").splitlines()
    names = head.split("\t")
    catalogue: dict[str, dict[str, Service]] = {}
    for line in lines:
        service = _service(dict(zip(names, line.split("\t"), strict=True)))
        catalogue.setdefault(service.provider, {})[service.id] = service
    return catalogue


def _service(cell: dict[str, str]) -> Service:
    """One line, its cells by column; lists are separated by spaces, since no name in the catalogue holds one."""
    updates = [update.rpartition(":") for update in cell["allowed_updates"].split()]
    return msgspec.convert(
        {
            "provider": cell["provider"],
            "id": cell["service"],
            "kind": cell["kind"],
            "scope": cell["scope"],
            "group": cell["group"] or None,
            "categories": cell["categories"].split(),
            "pricing": cell["pricing"],
            "monthly_usd": [round(100 * float(usd)) for usd in cell["monthly_usd"].split()],
            "parents": cell["parents"].split(),
            "allowed_updates": [(service, direction) for service, _, direction in updates],
            "required_configuration": cell["required_configuration"].split(),
            "at_most": int(cell["at_most"]) if cell["at_most"] else None,
            "mutual_exclusion": cell["mutual_exclusion"] == "yes",
            "availability": cell["availability"],
        },
        Service,
    )
