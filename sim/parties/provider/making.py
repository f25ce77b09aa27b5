"""Making resources: who may, what a repeated request is answered, and what exists in the end.

The steps of a request are methods that parts further up override, each going on with ``super()``: ``create`` (asked for
and allowed to ask), ``complete`` (it is there), ``update`` (it shall be another service), ``ended`` (it is gone).
"""

from __future__ import annotations

from sys import intern
from typing import Any

from msgspec.structs import replace

from sim.facts import ManagementAccepted, ResourceCompleted, ResourceUpdated, TokenIssued
from sim.messages import Resource, ResourceRequest, ServiceUpdate
from sim.parties.provider.grants import Grants
from sim.parties.provider.records import ANSWER_LIFE, PLAIN, Grant, Thing, with_line
from sim.party import Message, Turn
from sim.tables import Table


class Making(Grants):
    """The part that makes resources."""

    TABLES = (*Grants.TABLES, "resources")

    resources: Table
    """Resource → ``Thing``, where that is not what its secret tells."""

    def authorised(self, turn: Turn, sender: str, message: Any, call: str) -> str:
        """The grant on which a management call may act; empty if it was refused, or waits for keys.

        Where issuer and provider sign everything, a bearer alone is not enough ([K5]_).

        .. [K5] https://github.com/PostHog/posthog/tree/master/ee/partners/stripe/api/provisioning
        """
        grant, row = self.bearer(message.access_token, message.pop)
        if row is None or (row.signed and row.issuer in self.contained):
            self.refuse(turn, sender, message.id, "unauthorized")
            return ""
        if row.signed:
            verdict = self.client(turn, sender, message, row.issuer, message.client_key)
            if verdict == "later":
                return ""
            if verdict:
                self.refuse(turn, sender, message.id, verdict)
                return ""
            signature = verdict == ""
            turn.note(ManagementAccepted(self.name, row.issuer, call, grant, row.works, signature, message.id))
        return grant

    def resource_request(self, turn: Turn, sender: str, message: ResourceRequest) -> None:
        """``POST /provisioning/resources``."""
        grant = self.authorised(turn, sender, message, "create")
        if not grant:
            return
        if not self.offers(message.service):
            self.refuse(turn, sender, message.id, "unknown_service")
            return
        row: Grant = self.grants[grant]
        secret = self._made(self._resource_key(message, row), row)
        if secret:
            self.made_before(turn, sender, message, secret)
        else:
            self.create(turn, sender, message, grant)

    def made_before(self, turn: Turn, sender: str, message: ResourceRequest, secret: str) -> None:
        """A repeated request: answered with what it came to."""
        self.show(turn, sender, message.id, self.resource_of(secret))

    # --- the steps of a request -------------------------------------------------------------------------------------

    def create(self, turn: Turn, sender: str, message: ResourceRequest, grant: str) -> None:
        """Nothing stands in its way: it is made now, or is ready after a while and asked for again."""
        secret = self.fresh(self.live, f"sk:{self.name}:{self.name}/r:{message.id}")
        resource, wait = self.resource_of(secret), self.config.provisioning_time
        while resource in self.resources:
            secret, resource = f"{secret}'", f"{resource}'"
        thing = Thing(grant, message.service, environment=message.environment, name=named(message.information))
        key = self._resource_key(message, self.grants[grant])
        if key:
            self._remember_made(turn, key, secret)
        if wait.most:
            self.resources[resource] = replace(thing, state="pending")
            self.move(turn, "resource", resource, "absent", "pending")
            turn.wake(f"provisioned {resource}", wait)
        else:
            self.complete(turn, message.id, resource, thing, "absent")
        self.show(turn, sender, message.id, resource)

    def provisioned(self, turn: Turn, what: str) -> None:
        """A resource is ready."""
        thing: Thing = replace(self.resources[what], state="complete")
        self.complete(turn, what.rpartition("/r:")[2], what, thing, "pending")

    def complete(self, turn: Turn, request: str, resource: str, thing: Thing, before: str) -> None:
        """The resource is there, with its first secret."""
        grant, secret = thing.grant, self.secret_of(resource)
        row: Grant = self.grants[grant]
        if thing.service != PLAIN or thing.environment != "prod" or before != "absent":
            self.resources[resource] = thing
        self.live[secret] = grant
        self.grants[grant] = replace(row, made=with_line(row.made, secret))
        turn.note(ResourceCompleted(self.name, row.account, resource, thing.service, grant, request))
        self.move(turn, "resource", resource, before, "complete")
        turn.note(TokenIssued(self.name, row.account, secret, "resource", grant, row.issuer, row.scopes, request))

    def update(self, turn: Turn, sender: str, message: ServiceUpdate, grant: str) -> None:
        """A resource is another service from now on."""
        resource, account = message.resource, self.grants[grant].account
        self.become(turn, account, resource, message.service, message.id)
        self.show(turn, sender, message.id, resource)

    def become(self, turn: Turn, account: str, resource: str, service: str, request: str) -> None:
        """Change the service of a resource, along its life cycle."""
        thing = self.thing(resource)
        assert thing is not None
        self.move(turn, "resource", resource, "complete", "updating")
        self.resources[resource] = replace(thing, service=service)
        turn.note(ResourceUpdated(self.name, account, resource, thing.service, service, request))
        self.move(turn, "resource", resource, "updating", "complete")

    def ended(self, turn: Turn, account: str, resource: str, thing: Thing) -> None:
        """A resource was removed or detached; what else that means is for the parts that deal with it."""

    # --- how it stands ----------------------------------------------------------------------------------------------

    def thing(self, resource: str) -> Thing | None:
        """What is known of a resource; None if there is none, or it was withdrawn with its only secret."""
        found: Thing | None = self.resources.get(resource)
        if found is None:
            grant: str = self.live.get(f"sk:{self.name}:{resource}", "")
            return Thing(grant) if grant else None
        return found

    def secret_of(self, resource: str, generation: int = 1) -> str:
        """Name of a credential of a resource."""
        secret = f"sk:{self.name}:{resource}"
        return intern(secret if generation == 1 else f"{secret}#{generation}")

    def resource_of(self, secret: str) -> str:
        """The resource that a secret opens."""
        return secret[len(self.name) + 4 :].partition("#")[0]

    def show(self, turn: Turn, to: str, request: str, resource: str) -> None:
        """Answer with a resource as it is; one that is there, with its present secret."""
        thing = self.thing(resource) or Thing("")
        secret = self.secret_of(resource, thing.generation) if thing.state == "complete" else ""
        answer: Message = Resource(
            request, resource, secret, thing.state, generation=thing.generation, service=thing.service
        )
        turn.send(to, answer)

    # --- repeated requests ------------------------------------------------------------------------------------------

    def _resource_key(self, message: ResourceRequest, row: Grant) -> str:
        """By what a repeated request for a resource is recognised; empty where it is not."""
        answer = self.config.idempotency
        if answer == "header":
            return message.key
        if answer != "project":
            return ""
        where = "" if message.environment == "prod" else f" {message.environment}"
        return f"{row.account} {row.issuer} {self.told_by(message)}{where}"

    def told_by(self, message: ResourceRequest) -> str:
        """What tells the resources of a project apart: the service."""
        return message.service

    def _made(self, key: str, row: Grant) -> str:
        """The secret of the resource that was made for ``key``; empty if there is none that this grant may have."""
        secret: str = self.made.get(key, "") if key else ""
        if not secret:
            return ""
        waits: Thing | None = self.resources.get(self.resource_of(secret))
        if waits is not None and waits.state == "pending":
            return secret if self.grants[waits.grant].account == row.account else ""
        if self.config.idempotency == "header":
            return secret if secret in row.secrets else ""
        return secret if secret in self.live or (waits is not None and waits.state == "complete") else ""

    def _remember_made(self, turn: Turn, key: str, secret: str) -> None:
        self.made[key] = secret
        if self.config.idempotency == "header":
            turn.wake(f"forget_made {key}", ANSWER_LIFE)

    def forget_made(self, turn: Turn, what: str) -> None:
        """A repeated key counts as a new one from now on."""
        self.made.pop(what, None)


def named(information: tuple[str, ...]) -> str:
    """The name that a request wants to register; empty if none.

    >>> named(("domain:ann.dev",))
    'ann.dev'
    """
    return next((text.partition(":")[2] for text in information if text.startswith("domain:")), "")
