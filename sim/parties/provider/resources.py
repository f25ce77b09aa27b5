"""After a resource was made: plans first, needed information, reading, updating, rotating, linking and removing it.

Each orchestrator may only touch what was made or linked on its word, on the account of its grant. The faults that are
documented in public code can be switched on by name (``faults``; github.com/PostHog/posthog).
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from sim.facts import DomainRegistered, ResourceRemoved, SecretRotated, TokenIssued
from sim.messages import (
    LinkRequest,
    RemoveRequest,
    Resource,
    ResourceRead,
    ResourceRequest,
    RotateRequest,
    ServiceUpdate,
)
from sim.parties.provider.making import named
from sim.parties.provider.records import ENDINGS, HOLD, Grant, Thing, policy, with_line
from sim.parties.provider.support import SupportDesk
from sim.party import Turn
from sim.tables import Table


class Resources(SupportDesk):
    """The part that manages resources."""

    TABLES = (*SupportDesk.TABLES, "registry")

    registry: Table
    """Name → the resource by which it is registered, or the grant for which it is held."""

    # --- making one -------------------------------------------------------------------------------------------------

    def create(self, turn: Turn, sender: str, message: ResourceRequest, grant: str) -> None:
        """First the plan that it needs, then what must be known of it."""
        offer = self.catalogue_rows[message.service]
        account = self.grants[grant].account
        if getattr(offer, "parents", ()) and not self._has_one_of(account, offer.parents):
            self.refuse(turn, sender, message.id, "PLAN_REQUIRED")
        elif getattr(offer, "asks", "") == "domain" and not self._name_chosen(turn, sender, message, grant):
            return
        else:
            super().create(turn, sender, message, grant)

    def _has_one_of(self, account: str, services: tuple[str, ...]) -> bool:
        """Whether the account has a resource, made by whichever way, of one of these services."""
        made = (
            self.resource_of(secret) for grant in self.accounts[account].grants for secret in self.secrets_of(grant)
        )
        things = (self.thing(resource) for resource in (*made, *self.door(account).resources))
        return any(thing is not None and thing.state == "complete" and thing.service in services for thing in things)

    def secrets_of(self, grant: str) -> tuple[str, ...]:
        """Secrets made with a grant, whether they work or not."""
        row: Grant = self.grants[grant]
        return row.secrets

    def made_before(self, turn: Turn, sender: str, message: ResourceRequest, secret: str) -> None:
        """A repeated request; with a fault, one for another service of the project changes what was made."""
        resource = self.resource_of(secret)
        thing = self.thing(resource)
        if "overwrites_service" in self.config.faults and thing is not None and thing.service != message.service:
            self.resources[resource] = replace(thing, service=message.service)
            self.move(turn, "resource", resource, "complete", "complete")
        self.show(turn, sender, message.id, resource)

    def told_by(self, message: ResourceRequest) -> str:
        """With a fault, a project has one resource, whatever is asked for ([K5])."""
        return "" if "overwrites_service" in self.config.faults else message.service

    # --- names ------------------------------------------------------------------------------------------------------

    def _name_chosen(self, turn: Turn, sender: str, message: ResourceRequest, grant: str) -> bool:
        """Whether the request names what is free still, and is held for it from now on; else what is needed is asked.

        Between the list of candidates and the choice somebody else may take a name: it is looked at again.
        """
        name = named(message.information)
        if name and self.registry.get(name, grant) == grant:
            self.registry[name] = grant
            turn.wake(f"let_go {name}", HOLD)
            return True
        words = next((text.partition(":")[2] for text in message.information if text.startswith("search:")), "")
        words = words or name.rpartition(".")[0]
        candidates = tuple(f"{words}.{ending}" for ending in ENDINGS if f"{words}.{ending}" not in self.registry)
        if words and not candidates:
            self.refuse(turn, sender, message.id, "domain_unavailable")
        else:
            schema, offered = (("domain",), candidates) if words else (("search",), ())
            turn.send(
                sender, Resource(message.id, "", "", "needs_information", schema, offered, service=message.service)
            )
        return False

    def let_go(self, turn: Turn, what: str) -> None:
        """A name was held for somebody who did not buy it."""
        self.registry.pop(what, None)

    def complete(self, turn: Turn, request: str, resource: str, thing: Thing, before: str) -> None:
        """With it, a name is registered, for good."""
        super().complete(turn, request, resource, thing, before)
        if thing.name:
            self.registry[thing.name] = resource
            turn.cancel(f"let_go {thing.name}")
            turn.note(DomainRegistered(self.name, self.grants[thing.grant].account, resource, thing.name))

    # --- managing one -----------------------------------------------------------------------------------------------

    def _managed(self, turn: Turn, sender: str, message: Any, call: str, *, look: bool = False) -> str:
        """The grant on which a call may act on the resource it names; empty if it was refused, or waits.

        ``look``: reading and rotating did not ask to whom a resource belongs, as a fault (K5).
        """
        grant = self.authorised(turn, sender, message, call)
        if not grant:
            return ""
        lenient = look and "no_ownership_check" in self.config.faults
        thing = self.thing(message.resource)
        if thing is not None and thing.state not in ("detached", "removed"):
            row: Grant = self.grants[grant]
            if self._account_of(message.resource, thing) == row.account and (
                lenient or row.issuer in thing.linked or self._issuer_of(thing) == row.issuer
            ):
                return grant
        self.refuse(turn, sender, message.id, "not_found")
        return ""

    def _account_of(self, resource: str, thing: Thing) -> str:
        """The account that a resource is on; one made by hand is named by the account's door alone."""
        if thing.grant:
            row: Grant = self.grants[thing.grant]
            return row.account
        return next((name for name, door in self.doors.ordered() if resource in door.resources), "")

    def _issuer_of(self, thing: Thing) -> str:
        row: Grant | None = self.grants.get(thing.grant)
        return "" if row is None else row.issuer

    def resource_read(self, turn: Turn, sender: str, message: ResourceRead) -> None:
        """``GET /provisioning/resources/{id}``."""
        if self._managed(turn, sender, message, "read", look=True):
            self.show(turn, sender, message.id, message.resource)

    def service_update(self, turn: Turn, sender: str, message: ServiceUpdate) -> None:
        """``POST /provisioning/resources/{id}/update_service``: along what the catalogue allows."""
        grant = self._managed(turn, sender, message, "update")
        if not grant:
            return
        thing = self.thing(message.resource)
        assert thing is not None
        if thing.service == message.service:
            self.show(turn, sender, message.id, message.resource)
        elif not self.offers(message.service):
            self.refuse(turn, sender, message.id, "unknown_service")
        elif thing.state != "complete":
            self.refuse(turn, sender, message.id, "invalid_state")
        elif message.service not in self.updates_of(thing.service):
            self.refuse(turn, sender, message.id, "destructive_update")
        else:
            self.update(turn, sender, message, grant)

    def link_resource(self, turn: Turn, sender: str, message: LinkRequest) -> None:
        """``POST /provisioning/resources/link``: what is on the account already may be managed by this issuer too."""
        grant = self.authorised(turn, sender, message, "link")
        if not grant:
            return
        thing, row = self.thing(message.resource), self.grants[grant]
        if thing is None or thing.state != "complete" or self._account_of(message.resource, thing) != row.account:
            self.refuse(turn, sender, message.id, "not_found")
            return
        if not thing.grant:
            self._give_first_secret(turn, message, grant, thing)
        elif row.issuer not in (*thing.linked, self._issuer_of(thing)):
            self.resources[message.resource] = replace(thing, linked=(*thing.linked, row.issuer))
        self.show(turn, sender, message.id, message.resource)

    def _give_first_secret(self, turn: Turn, message: LinkRequest, grant: str, thing: Thing) -> None:
        """A resource made by hand gets a credential of its own."""
        row: Grant = self.grants[grant]
        self.resources[message.resource] = replace(thing, grant=grant)
        self._give_secret(turn, message.resource, grant, row, 1, message.id)

    def _give_secret(self, turn: Turn, resource: str, grant: str, row: Grant, generation: int, request: str) -> str:
        secret = self.secret_of(resource, generation)
        self.live[secret] = grant
        self.grants[grant] = replace(row, made=with_line(row.made, secret))
        turn.note(TokenIssued(self.name, row.account, secret, "resource", grant, row.issuer, row.scopes, request))
        return secret

    # --- rotating ---------------------------------------------------------------------------------------------------

    def rotate_credentials(self, turn: Turn, sender: str, message: RotateRequest) -> None:
        """``POST /provisioning/resources/{id}/rotate_credentials``; of two that race, one is told so (409)."""
        if not self._managed(turn, sender, message, "rotate", look=True):
            return
        resource = message.resource
        thing = self.thing(resource)
        assert thing is not None
        key = message.key if self.config.idempotency == "header" else ""
        if key and self.made.get(f"rotate {key}") == resource:
            self.show(turn, sender, message.id, resource)
        elif thing.state != "complete":
            self.refuse(turn, sender, message.id, "invalid_state")
        elif message.generation != thing.generation:
            self.refuse(turn, sender, message.id, "modified_concurrently")
        else:
            self._rotate(turn, message, resource, thing)
            if key:
                self._remember_made(turn, f"rotate {key}", resource)
            self.show(turn, sender, message.id, resource)

    def _rotate(self, turn: Turn, message: RotateRequest, resource: str, thing: Thing) -> None:
        """A new generation; what becomes of the one before is what *rotation* says."""
        generation, grant = thing.generation + 1, thing.grant
        before = self.secret_of(resource, thing.generation)
        row: Grant = self.grants[grant]
        self.resources[resource] = replace(thing, generation=generation)
        after = self._give_secret(turn, resource, grant, row, generation, message.id)
        self.move(turn, "credential", after, "absent", "active")
        old = before if before in self.live else ""
        turn.note(SecretRotated(self.name, row.account, resource, row.issuer, old, after, generation, message.id))
        how = "accumulate" if "keeps_old_keys" in self.config.faults else self.config.rotation
        grace = policy("rotation", how).grace(self.config.rotation_overlap)
        if not old:
            return
        if grace is None:
            self.move(turn, "credential", before, "active", "orphaned")
        elif grace.most:
            self.move(turn, "credential", before, "active", "grace")
            turn.wake(f"grace {before}", grace)
        else:
            self.move(turn, "credential", before, "active", "ended")
            self.end_secret(turn, row.account, before, "rotated")

    def grace(self, turn: Turn, what: str) -> None:
        """A credential that was replaced has worked beside its successor for long enough."""
        on: str = self.live.get(what, "")
        if on:
            self.move(turn, "credential", what, "grace", "ended")
            self.end_secret(turn, self.grants[on].account, what, "rotated")

    # --- removing ---------------------------------------------------------------------------------------------------

    def remove(self, turn: Turn, sender: str, message: RemoveRequest) -> None:
        """``POST /provisioning/resources/{id}/remove``: destroyed or detached; a registered name stays for good."""
        gone: Thing | None = self.resources.get(message.resource)
        if gone is not None and gone.state in ("removed", "detached"):
            if self.authorised(turn, sender, message, "remove"):
                turn.send(sender, Resource(message.id, message.resource, "", "removed"))
            return
        grant = self._managed(turn, sender, message, "remove")
        if not grant:
            return
        thing = self.thing(message.resource)
        assert thing is not None
        if "claims_removed" in self.config.faults:
            turn.send(sender, Resource(message.id, message.resource, "", "removed"))
        elif thing.name:
            self.refuse(turn, sender, message.id, "remove_failed")
        elif thing.state != "complete":
            self.refuse(turn, sender, message.id, "invalid_state")
        else:
            self._remove(turn, message, grant, thing)
            turn.send(sender, Resource(message.id, message.resource, "", "removed"))

    def _remove(self, turn: Turn, message: RemoveRequest, grant: str, thing: Thing) -> None:
        resource, account = message.resource, self.grants[grant].account
        destroys: bool = policy("removal", self.config.removal).destroys()
        state = "removed" if destroys else "detached"
        self.resources[resource] = replace(thing, state=state)
        if destroys:
            for secret in self.secrets_of(thing.grant):
                if self.resource_of(secret) == resource:
                    self.end_secret(turn, account, secret, "removed")
        how = "destroyed" if destroys else "detached"
        turn.note(ResourceRemoved(self.name, account, resource, how, self._issuer_of(thing), message.id))
        self.move(turn, "resource", resource, "complete", state)
        self.ended(turn, account, resource, thing)
