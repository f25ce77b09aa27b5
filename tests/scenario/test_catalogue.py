"""The service catalogue is the dump of 2026-06-13, complete, and quick to reach."""

from __future__ import annotations

import time
from collections import Counter
from hashlib import sha256

import msgspec
import pytest

from sim.scenario import catalogue
from sim.scenario.catalogue import Service, providers, services_of

SERVICES = [service for provider in providers() for service in services_of(provider).values()]


def test_it_has_161_services_of_48_providers() -> None:
    assert len(SERVICES) == 161
    assert len(providers()) == len(set(providers())) == 48
    assert {service.provider for service in SERVICES} == set(providers())


@pytest.mark.parametrize(
    ("field", "counts"),
    [
        ("kind", {"plan": 85, "deployable": 76}),
        ("scope", {"project": 123, "account": 38}),
        ("pricing", {"paid": 88, "component": 42, "free": 31}),
        ("availability", {"available": 161}),
        ("mutual_exclusion", {False: 139, True: 22}),
        ("at_most", {None: 136, 1: 25}),
    ],
)
def test_the_counts_are_those_of_the_dump(field: str, counts: dict[object, int]) -> None:
    assert Counter(getattr(service, field) for service in SERVICES) == counts


def test_most_services_need_no_configuration() -> None:
    needed = [len(service.required_configuration) for service in SERVICES]
    assert (needed.count(0), needed.count(1), sum(n > 1 for n in needed), max(needed)) == (124, 23, 14, 7)


def test_cloudflare_has_its_twelve_entries() -> None:
    assert list(services_of("cloudflare")) == [
        "browser-run", "containers", "d1", "hyperdrive", "kv", "queues", "r2:bucket", "registrar:domain",
        "workers", "workers-ai", "workers:free", "workers:paid",
    ]  # fmt: skip


def test_a_name_with_a_colon_keeps_it_in_updates() -> None:
    assert services_of("cloudflare")["d1"].allowed_updates == (("workers:paid", "any"), ("workers:free", "any"))


def test_prices_are_cents() -> None:
    assert services_of("agentmail")["startup"].monthly_usd == (200_00,)
    assert sum(bool(service.monthly_usd) for service in SERVICES) == 57
    assert sum(len(service.monthly_usd) for service in SERVICES) == 114
    assert Counter(service.monthly_usd for service in SERVICES)[(599,)] == 2


def test_only_a_paid_service_quotes_a_price_and_only_a_component_has_parents() -> None:
    assert {service.pricing for service in SERVICES if service.monthly_usd} == {"paid"}
    assert {service.pricing for service in SERVICES if service.parents} == {"component"}


def test_parents_and_updates_name_services_of_the_same_provider() -> None:
    strangers = {
        (service.provider, other)
        for service in SERVICES
        for other in (*service.parents, *(name for name, _ in service.allowed_updates))
        if other not in services_of(service.provider)
    }
    assert strangers == {("posthog", "service_ref")}  # a placeholder in the dump itself


def test_every_fact_is_as_it_was_copied() -> None:
    """A changed cell is a changed fact: it needs a newer dump, and then a newer date."""
    digest = sha256(msgspec.json.encode([msgspec.structs.astuple(service) for service in SERVICES])).hexdigest()
    assert (catalogue.DATE, digest[:16]) == ("2026-06-13", "010d6d87e81ab929")


def test_an_unknown_provider_is_refused_with_what_is_possible() -> None:
    with pytest.raises(LookupError, match=r"'cloudfare' is no provider.*cloudflare"):
        services_of("cloudfare")


def test_what_a_caller_does_to_its_answer_stays_with_the_caller() -> None:
    services_of("neon").clear()
    assert isinstance(services_of("neon")["free"], Service)
    with pytest.raises(AttributeError):
        services_of("neon")["free"].pricing = "paid"  # type: ignore[misc]


def test_the_table_is_read_once() -> None:
    assert services_of("neon")["free"] is services_of("neon")["free"]


@pytest.mark.bench
def test_it_loads_in_five_milliseconds() -> None:
    def load() -> float:
        catalogue._catalogue.cache_clear()
        start = time.perf_counter()
        providers()
        return time.perf_counter() - start

    assert min(load() for _ in range(5)) < 0.005
