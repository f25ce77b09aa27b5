"""What an orchestrator does with resources that are there: wait for them, rotate, update, remove, link, open, hand out.

It stores the credential of each resource in its present generation; agents pull it from there into their ``.env``.
"""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from sim.clock import SECOND
from sim.facts import Answered, ResourceForgotten, ResourceRecorded
from sim.messages import (
    Added,
    DeepLink,
    DeepLinkRequest,
    Env,
    EnvPull,
    Error,
    LinkRequest,
    ManageResource,
    OpenCommand,
    Opened,
    RemoveRequest,
    Resource,
    ResourceRead,
    RotateRequest,
    ServiceUpdate,
    SubmitInformation,
)
from sim.parties.orchestrator.adding import Adding
from sim.parties.orchestrator.records import (
    NO_CARD,
    NO_SESSION,
    NOT_LINKED,
    SUFFIX,
    Connection,
    Held,
    Offer,
    Work,
    attempt,
)
from sim.party import Message, Turn

#: A pending resource is asked for again after so long: 10 s, assumed.
POLL = 10 * SECOND
#: What is told while a resource is being made.
PROVISIONING = "PROVISIONING"
#: Stages of requests about resources that are there.
MANAGING = ("rotate", "reread", "remove", "update", "link")
_ABOUT_RESOURCES = frozenset({*MANAGING, "poll", "open"})


class Owning(Adding):
    """The part that looks after resources."""

    ANSWERABLE: ClassVar[tuple[str, ...]] = (*Adding.ANSWERABLE, *MANAGING, "open")

    # --- storing ----------------------------------------------------------------------------------------------------

    def record(self, turn: Turn, work: Work, message: Resource, last: str = "") -> None:
        """Store a resource with the credential that opens it; a late answer does not replace a newer generation."""
        row = self.connection(work.login, work.provider)
        held = Held(
            message.resource, message.service or work.service, message.secret, message.generation, work.environment
        )
        known = _find(row, message.resource)
        if known is not None:
            newer = held.generation >= known.generation
            held = replace(held if newer else known, environment=known.environment)
        others = tuple(other for other in row.resources if other.resource != held.resource)
        self.connections[work.login, work.provider] = replace(row, resources=(*others, held), last=last or row.last)
        turn.note(ResourceRecorded(self.name, work.provider, work.login, held.resource, held.secret))

    def _forget(self, turn: Turn, intent: str, work: Work) -> None:
        """The provider says that a resource is gone."""
        row = self.connection(work.login, work.provider)
        left = tuple(held for held in row.resources if held.resource != work.resource)
        self.connections[work.login, work.provider] = replace(row, resources=left, last=intent)
        turn.note(ResourceForgotten(self.name, work.provider, work.login, work.resource))
        self.end_plan(work.login, work.provider, work.resource)

    # --- what is not there yet --------------------------------------------------------------------------------------

    def unfinished(self, turn: Turn, intent: str, work: Work, message: Resource) -> None:
        """Ask again in a while, or have the agent tell what must be known."""
        if message.status == "pending":
            turn.cancel(f"timeout {intent}")
            if not work.told:
                turn.send(work.asker, Added(intent, "pending", PROVISIONING))
                turn.note(Answered(intent, self.name, work.provider, "pending", PROVISIONING))
            rounds = work.generation + (self.config.retries + 1 if work.stage == "poll" else 0)
            self.work[intent] = replace(work, stage="poll", told=True, resource=message.resource, generation=rounds)
            turn.wake(f"poll {intent}", POLL)
        elif message.status != "needs_information":
            self.failed(turn, intent, work, message.status)
        elif not _answered(work.information, message):
            turn.cancel(f"timeout {intent}")
            self.work[intent] = replace(work, stage="information")
            turn.send(
                work.asker,
                Added(intent, "needs_information", schema=message.schema, candidates=message.candidates),
            )

    def poll(self, turn: Turn, what: str) -> None:
        """Ask how a pending resource is."""
        work: Work | None = self.work.get(what)
        if work is not None and work.stage == "poll":
            self.ask(turn, what, replace(work, tries=1))

    def submit(self, turn: Turn, sender: str, message: SubmitInformation) -> None:
        """The agent tells: the request for the resource is made again with it."""
        work: Work | None = self.work.get(message.id)
        login: str = self.sessions.get(message.session, "")
        if work is None or work.stage != "information" or work.login != login:
            if work is None or not login:
                turn.send(sender, Error(message.id, "invalid_state" if login else NO_SESSION))
            return
        told = {text.partition(":")[0]: text for text in (*work.information, *message.information)}
        self.ask(turn, message.id, replace(work, stage="resource", tries=1, information=tuple(told.values())))

    # --- managing ---------------------------------------------------------------------------------------------------

    def manage(self, turn: Turn, sender: str, message: ManageResource) -> None:
        """An agent has a resource rotated, updated, removed or linked, in a person's session."""
        login: str = self.sessions.get(message.session, "")
        row = self.connection(login, message.provider)
        if message.id in self.work or row.last == message.id:
            return  # a copy of a request that is being worked on or has just been answered
        held = self._meant(row, message)
        resource = held.resource if held is not None else message.resource
        work = Work(
            sender, login, message.provider, message.service, message.verb, held=row.access, amount=message.amount,
            resource=resource, generation=held.generation if held is not None else 0,
            environment=message.environment,
        )  # fmt: skip
        if not login:
            self.failed(turn, message.id, work, NO_SESSION)
        elif "paused" in self.own:
            self.failed(turn, message.id, work, "paused")
        elif not row.access:
            self.failed(turn, message.id, work, NOT_LINKED)
        elif not resource:
            self.failed(turn, message.id, work, "not_found")
        elif message.verb == "update":
            self._update(turn, message.id, work)
        elif message.verb == "rotate" and held is None:
            self.ask(turn, message.id, replace(work, stage="reread"))
        else:
            self.ask(turn, message.id, work)

    def _meant(self, row: Connection, message: ManageResource) -> Held | None:
        """The stored resource that a command is about: the one named, or the latest of that service.

        To be updated is the latest that may become what it shall be, or else the latest: the provider will refuse it.
        """
        if message.resource:
            return _find(row, message.resource)
        there = [held for held in reversed(row.resources) if held.environment == message.environment]
        if message.verb != "update":
            return next((held for held in there if held.service == message.service), None)
        offer: Offer | None = self.catalogue.get(message.provider)
        updates = () if offer is None else offer.updates
        may = [held for held in there if (held.service, message.service) in updates]
        return next(iter((*may, *(held for held in there if held.service != message.service))), None)

    def _update(self, turn: Turn, intent: str, work: Work) -> None:
        """Change a service into another; what costs money from then on is paid for first."""
        offer: Offer | None = self.catalogue.get(work.provider)
        work = work if offer is None else self.price(offer, work)
        if not (work.price or work.amount):
            self.ask(turn, intent, work)
        elif self.config.step_up != "never" and self.steps_up(turn, intent, work):
            return
        elif work.login in self.cards:
            self.pay(turn, intent, work)
        else:
            self.failed(turn, intent, work, NO_CARD)

    def go_on(self, turn: Turn, intent: str, work: Work) -> None:
        """Credentials have been shown again: for a change, or for an addition."""
        if work.resource:
            self._update(turn, intent, replace(work, stage="update"))
        else:
            super().go_on(turn, intent, work)

    def resource(self, turn: Turn, sender: str, message: Resource) -> None:
        """A provider's answer about a resource: one that was asked for, or one that is managed."""
        found = self.awaited(sender, message.id, *MANAGING)
        if found is None:
            super().resource(turn, sender, message)
            return
        intent, work = found
        if work.stage == "remove":
            self._forget(turn, intent, work)
            self._answer(turn, intent, work, Added(intent, "removed", resource=work.resource))
            return
        if message.status != "complete":
            self.failed(turn, intent, work, "invalid_state")
            return
        if work.stage == "reread" and not work.generation:
            self.ask(turn, intent, replace(work, stage="rotate", tries=1, generation=message.generation))
            return
        self.record(turn, work, message, last=intent)
        if work.stage == "update":
            self.end_plan(work.login, work.provider, message.resource)
        if work.tokens:
            self.paid(turn, work)
            self.keep_plan(turn, intent, work, message.resource)
        if work.stage == "reread" and not work.reused:
            self._answer(turn, intent, work, Added(intent, "error", "modified_concurrently"))
        else:
            self._answer(
                turn, intent, work, Added(intent, "complete", resource=message.resource, secret=message.secret)
            )

    def _answer(self, turn: Turn, intent: str, work: Work, answer: Message) -> None:
        self.close(turn, intent)
        turn.send(work.asker, answer)

    def failed(self, turn: Turn, intent: str, work: Work, code: str) -> None:
        """Managing came to nothing.

        Where another rotation came first, the present generation is looked up: it may have been an attempt of one's
        own whose answer was lost.
        """
        if work.stage == "rotate" and code == "modified_concurrently":
            self.ask(turn, intent, replace(work, stage="reread", tries=1, reused=work.tries > 1))
        elif work.stage == "open":
            self._answer(turn, intent, work, Error(intent, code))
        elif work.stage in MANAGING or (work.stage == "payment" and work.resource):
            self.unpaid(turn, work)
            self._answer(turn, intent, work, Added(intent, "error", code))
        else:
            super().failed(turn, intent, work, code)

    def _message(self, turn: Turn, intent: str, work: Work) -> Message:
        """What the stage of ``work`` sends, as its ``tries``-th attempt."""
        stage = work.stage
        if stage not in _ABOUT_RESOURCES:
            return super()._message(turn, intent, work)
        id_ = attempt(f"{intent}+{SUFFIX[stage]}", work.tries + (work.generation if stage == "poll" else 0))
        who = (work.held, self.client_key(work.provider), self.name)
        key, pop, resource = self.idempotency_key(intent, id_), self.pop(work.provider), work.resource
        if stage == "rotate":
            return RotateRequest(id_, key, *who, resource, work.generation, pop)
        if stage == "remove":
            return RemoveRequest(id_, key, *who, resource, pop)
        if stage == "update":
            token = work.tokens[-1] if work.tokens else ""
            return ServiceUpdate(id_, key, *who, resource, work.service, token, work.amount, pop)
        if stage == "link":
            return LinkRequest(id_, *who, resource, pop)
        if stage == "open":
            return DeepLinkRequest(id_, *who, pop=pop)
        return ResourceRead(id_, *who, resource, pop)

    # --- for agents and people --------------------------------------------------------------------------------------

    def env_pull(self, turn: Turn, sender: str, message: EnvPull) -> None:
        """Hand out the credential of a resource as it is stored now."""
        login: str = self.sessions.get(message.session, "")
        held = _find(self.connection(login, message.provider), message.resource)
        if held is None:
            turn.send(sender, Error(message.id, "not_found" if login else NO_SESSION))
        else:
            turn.send(sender, Env(message.id, message.provider, held.resource, held.secret))

    def open_dashboard(self, turn: Turn, sender: str, message: OpenCommand) -> None:
        """Ask a provider for a link into its dashboard."""
        if message.id in self.work:
            return
        login: str = self.sessions.get(message.session, "")
        row = self.connection(login, message.provider)
        work = Work(sender, login, message.provider, "", "open", held=row.access)
        if row.access:
            self.ask(turn, message.id, work)
        else:
            self.failed(turn, message.id, work, NOT_LINKED if login else NO_SESSION)

    def deep_link(self, turn: Turn, sender: str, message: DeepLink) -> None:
        """The link: for the person's browser."""
        if found := self.awaited(sender, message.id, "open"):
            self._answer(turn, *found, Opened(found[0], message.url))


def _find(row: Connection, resource: str) -> Held | None:
    """The stored resource of that name."""
    return next((held for held in row.resources if held.resource == resource), None)


def _answered(information: tuple[str, ...], message: Resource) -> bool:
    """Whether what is asked has been told already: then this is a late copy of an earlier answer."""
    told = dict(text.split(":", 1) for text in information)
    if "domain" in message.schema:
        return told.get("domain", "") in message.candidates
    return all(name in told for name in message.schema)
