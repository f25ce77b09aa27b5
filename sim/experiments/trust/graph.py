"""The edges: from what somebody controls to what that gives them, each with the answers without which it would not."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sim.claims import domain
from sim.experiments.trust import doors
from sim.experiments.trust.doors import OTHER, Claim
from sim.experiments.trust.worlds import Holding, Unit, World

#: what can be compromised, and what is reached, by the word before the colon
KINDS = {
    "anyone": "nothing at all is needed",
    "domain": "a mail domain",
    "mailbox": "a person's mailbox",
    "person": "a person, with everything they hold",
    "session": "a person's session at an orchestrator",
    "env_file": "what an agent left in a file",
    "text": "a text that a person's agents read",
    "key": "an orchestrator's signing key",
    "secret": "the secret an orchestrator shares with one provider",
    "orchestrator": "an orchestrator",
    "vault": "the tokens an orchestrator keeps",
    "word": "an orchestrator's word at a provider, about anybody",
    "login": "a login at an orchestrator under a person's address",
    "provider": "a provider",
    "card": "a person's card, for charges",
    "account": "an account",
    "new": "an account under a person's address that does not exist yet",
    "tokens": "tokens for an account that an orchestrator was given",
    "secrets": "secrets of an account's services",
}
#: what counts as reached
GOALS = ("account", "new", "tokens", "secrets", "card")


class Edge(msgspec.Struct, frozen=True):
    """Whoever has ``start``, and all of ``needs``, gets ``end``; ``answers`` are the settings that permit it."""

    start: str
    end: str
    why: str
    answers: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def edges(world: World) -> list[Edge]:
    """Every edge of a world, in a stable order and each once."""
    found = [*_orchestrators(world), *_people(world), *_providers(world), *_accounts(world)]
    return list(dict.fromkeys(found))


# --- orchestrators ----------------------------------------------------------------------------------------------------


def _orchestrators(world: World) -> Iterator[Edge]:
    for hub in world.orchestrators:
        me, jwt = f"orchestrator:{hub.name}", world.get("orchestrators", hub.block, "attests_by") == "jwt"
        yield Edge(me, f"vault:{hub.name}", "keeps the tokens")
        if jwt:
            yield Edge(me, f"key:{hub.name}", "signs")
        for person in world.customers(hub):
            yield Edge(me, f"session:{person.name}@{hub.name}", "acts for its customers")
        for provider in world.providers:
            start = f"key:{hub.name}" if jwt else f"secret:{hub.name}@{provider.name}"
            if not jwt:
                yield Edge(me, start, "signs")
                yield Edge(f"provider:{provider.name}", start, "holds the other half of the secret")
            if any(doors.trusted(world, provider, hub, world.email(one)) for one in world.people):
                trust = f"providers.{provider.block}.trusts"
                yield Edge(start, f"word:{hub.name}@{provider.name}", "is believed", (trust,))
                yield from _word(world, hub, provider)
        yield from _vault(world, hub)


def _word(world: World, hub: Unit, provider: Unit) -> Iterator[Edge]:
    """Who may say anything in an orchestrator's name."""
    start = f"word:{hub.name}@{provider.name}"
    for person in world.people:
        email = world.email(person)
        for subject in (person.name, OTHER):
            yield from _attested(world, start, Claim(hub, subject, email), person, provider, "attests whom it likes")


def _attested(
    world: World, start: str, claim: Claim, person: Unit, provider: Unit, why: str, answers: tuple[str, ...] = ()
) -> Iterator[Edge]:
    """What a claim about ``person`` opens at ``provider``."""
    here = f"providers.{provider.block}"
    trust = f"{here}.trusts"
    held = next((one for one in world.holdings if (one.person, one.provider) == (person, provider)), None)
    if held is not None:
        found = doors.opens(world, held, claim)
        by = (*answers, trust, f"{here}.matching", f"{here}.linking")
        if found == "in":
            yield Edge(start, f"account:{held.name}", why, by)
        elif found == "asked":
            approving = (*by, f"people.{person.block}.approves_unknown")
            if world.get("people", person.block, "approves_unknown"):
                yield Edge(start, f"account:{held.name}", "the owner may say yes", approving)
        return
    new = f"new:{provider.name}/{person.name}"
    found = doors.creates(world, provider, claim)
    if found == "in":
        yield Edge(start, new, why, (*answers, trust, f"{here}.activation"))
    elif found == "asked":
        yield Edge(start, new, "with a click in the mailbox", (*answers, trust), (f"mailbox:{person.name}",))


def _vault(world: World, hub: Unit) -> Iterator[Edge]:
    """A bearer token works for whoever shows it, unless it is bound to a key."""
    for held in world.holdings:
        if hub.name in held.via:
            tokens = f"tokens:{held.name}@{hub.name}"
            bound = f"providers.{held.provider.block}.sender_bound"
            if world.get("providers", held.provider.block, "sender_bound") != 1:
                yield Edge(f"vault:{hub.name}", tokens, "bearer tokens work for anybody", (bound,))
            yield Edge(f"session:{held.person.name}@{hub.name}", tokens, "uses them through the orchestrator")
            yield Edge(f"account:{held.name}", tokens, "can make others")


# --- people -----------------------------------------------------------------------------------------------------------


def _people(world: World) -> Iterator[Edge]:
    for person in world.people:
        me, box, email = f"person:{person.name}", f"mailbox:{person.name}", world.email(person)
        yield Edge(f"domain:{domain(email)}", box, "receives all its mail")
        yield Edge(me, box, "reads it")
        yield Edge(me, f"card:{person.name}", "pays")
        if world.get("people", person.block, "agent_obeys"):
            obeys = (f"people.{person.block}.agent_obeys",)
            yield Edge(f"text:{person.name}", f"card:{person.name}", "agents obey and buy", obeys)
        for hub in world.orchestrators:
            if person in world.customers(hub):
                yield Edge(me, f"session:{person.name}@{hub.name}", "is a customer")
                yield from _session(world, person, hub)
            yield from _login(world, person, hub, box)
        for held in world.holdings:
            if held.person == person:
                yield from _reset(world, held, box)


def _session(world: World, person: Unit, hub: Unit) -> Iterator[Edge]:
    """What a session at an orchestrator is good for."""
    start, step_up = f"session:{person.name}@{hub.name}", f"orchestrators.{hub.block}.step_up"
    says = world.get("orchestrators", hub.block, "step_up")
    if says != "paid":
        yield Edge(start, f"card:{person.name}", "orders, and the card on file pays", (step_up,))
    verified = doors.vouches(world, hub.name)
    for provider in world.providers:
        mine = [one for one in world.holdings if (one.person, one.provider) == (person, provider)]
        linked = any(hub.name in one.via for one in mine)
        if linked or says != "first_provider":
            claim = Claim(hub, person.name, world.email(person), verified)
            answers = () if linked else (step_up,)
            yield from _attested(world, start, claim, person, provider, "is attested as its owner", answers)


def _login(world: World, person: Unit, hub: Unit, box: str) -> Iterator[Edge]:
    """Registering at an orchestrator under somebody's address: it takes the mailbox, or nothing at all."""
    check = world.get("orchestrators", hub.block, "email_check")
    path, login = f"orchestrators.{hub.block}.email_check", f"login:{person.name}@{hub.name}"
    yield Edge(box, login, "answers the orchestrator's mail")
    if check != "link":
        yield Edge("anyone", login, "the address is not checked", (path,))
    says = world.get("orchestrators", hub.block, "says_verified")
    verified = says == "always" or (says == "truth" and check == "link")
    claim = Claim(hub, OTHER, world.email(person), verified)
    for provider in world.providers:
        lies = (f"orchestrators.{hub.block}.says_verified",) if check != "link" else ()
        yield from _attested(world, login, claim, person, provider, "is attested with the address", lies)


def _reset(world: World, held: Holding, box: str) -> Iterator[Edge]:
    """The provider's own door."""
    if world.get("people", held.person.block, "mfa") not in ("provider", "both"):
        yield Edge(box, f"account:{held.name}", "has the password reset", (f"people.{held.person.block}.mfa",))
    if held.services:
        yield Edge(f"env_file:{held.person.name}", f"secrets:{held.name}", "has them written in it")
    yield Edge(f"person:{held.person.name}", f"account:{held.name}", "signs in")


# --- providers --------------------------------------------------------------------------------------------------------


def _providers(world: World) -> Iterator[Edge]:
    for provider in world.providers:
        for held in world.holdings:
            if held.provider == provider:
                yield Edge(f"provider:{provider.name}", f"account:{held.name}", "runs it")
                yield from _passed_on(world, held)


def _passed_on(world: World, held: Holding) -> Iterator[Edge]:
    """An assertion meant for one provider, shown to another that does not look whom it is meant for."""
    for hub in (one for one in world.orchestrators if one.name in held.via):
        if world.get("orchestrators", hub.block, "attests_by") != "jwt":
            continue
        claim = Claim(hub, held.person.name, world.email(held.person), doors.vouches(world, hub.name))
        for other in world.providers:
            if other != held.provider and not world.get("providers", other.block, "check_audience"):
                audience = (f"providers.{other.block}.check_audience",)
                start = f"provider:{held.provider.name}"
                yield from _attested(world, start, claim, held.person, other, "passes assertions on", audience)


def _accounts(world: World) -> Iterator[Edge]:
    for held in world.holdings:
        if held.services:
            yield Edge(f"account:{held.name}", f"secrets:{held.name}", "shows them")
