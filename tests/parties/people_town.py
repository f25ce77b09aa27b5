"""A small town for the tests of people: names, settings, and a turn that writes down what they do."""

from __future__ import annotations

from typing import Any

from sim.clock import Exponential
from sim.facts import HumanStepped, Refused, StepCompleted
from sim.messages import Mail, Report
from sim.parties.people import People
from sim.parties.people.records import Ring
from sim.party import Command, Message
from sim.roster import Roster
from sim.scenario import models
from tests.parties.recording import RecordingTurn, with_tables

TRAITS = {"mfa": "none", "agent_accepts_terms": False, "resets_password": True}


class Town:
    """Alice and Bob, honest; Mallory, who is not; orchestrators hub and second; providers cloud and by_hand."""

    def __init__(
        self,
        people: dict[str, dict[str, Any]] | None = None,
        orchestrators: dict[str, dict[str, Any]] | None = None,
        providers: dict[str, dict[str, Any]] | None = None,
        enrolled: tuple[str, ...] = ("alice", "bob"),
        **traits: Any,
    ) -> None:
        named = {"alice": {}, "bob": {}, "mallory": {"adversary": True}, **(people or {})}
        issuers = {"hub": {}, "second": {"email_check": "none"}, **(orchestrators or {})}
        sellers = {"cloud": {}, "by_hand": {"agent_provisioning": False}, **(providers or {})}
        self.roster = Roster(
            {name: models.People(name=name, **fields) for name, fields in named.items()},
            {name: models.Orchestrator(name=name, **fields) for name, fields in issuers.items()},
            {name: models.Provider(name=name, **fields) for name, fields in sellers.items()},
        )
        self.people = People("people", self.roster)
        with_tables(self.people)
        self.turn = RecordingTurn(traits={**TRAITS, **traits})
        for name in enrolled:
            self.people.enrolled(name, "hub", f"s:hub:start:{name}")

    def do(self, who: str, verb: str, object_: str, n: int = 1, **words: Any) -> list[tuple[str, Message]]:
        """A step ``s.<who>.<n>`` of the story."""
        self.turn.me = who
        words.setdefault("id", f"s.{who}.{n}")
        return self._new(lambda: self.turn.do(self.people, Command(verb=verb, who=who, object=object_, **words)))

    def hear(self, who: str, sender: str, message: Message) -> list[tuple[str, Message]]:
        """``who`` hears ``message``; what it sent, and to whom."""
        self.turn.me = who
        return self._new(lambda: self.turn.hear(self.people, sender, message))

    def ring(self, who: str, key: str) -> list[tuple[str, Message]]:
        """A wake of ``who`` comes due."""
        self.turn.me = who
        return self._new(lambda: self.turn.ring(self.people, key))

    def leisure(self, intent: str) -> object:
        """After how long the one thing that is due for ``intent`` will be done."""
        (delay,) = (delay for key, delay in self.turn.pending.items() if key.startswith(f"answer {intent} "))
        return delay

    def answer(self, who: str, intent: str) -> list[tuple[str, Message]]:
        """``who`` gets round to what is due for ``intent``."""
        (key,) = (key for key in self.turn.pending if key.startswith(f"answer {intent} "))
        return self.ring(who, key)

    def tick(self, target: str) -> list[tuple[str, Message]]:
        """Mallory's campaign goes on with ``target``."""
        (key,) = (key for key in self.turn.pending if key.startswith(f"tick s.mallory.1 {target} "))
        return self.ring("mallory", key)

    def _new(self, react: Any) -> list[tuple[str, Message]]:
        before = len(self.turn.sent)
        react()
        return self.turn.sent[before:]

    # --- shortcuts ------------------------------------------------------------------------------------------------

    def report(
        self, who: str, status: str, code: str = "", url: str = "", intent: str = ""
    ) -> list[tuple[str, Message]]:
        """The agent of ``who`` reports."""
        return self.hear(who, f"{who}/agent1", Report(intent or f"s.{who}.1", status, code, url))

    def mail(
        self, who: str, purpose: str, request: str, link: str = "", party: str = "cloud"
    ) -> list[tuple[str, Message]]:
        """A mail for ``who``."""
        address = self.roster.address(who)
        return self.hear(who, address, Mail(request, address, purpose, party, request, link or f"l:{party}:{purpose}"))

    def signed_up(self, who: str, provider: str, as_: str = "") -> None:
        """``who`` has a password and a session at ``provider``."""
        alias = as_ or who
        key = f"{who} {provider} {alias}"
        self.people.rings[key] = Ring((f"pw:{provider}:{who}:{alias}",), f"ps:{provider}:old.{who}")

    def log_in_second(self, who: str, as_: str) -> None:
        """``who`` has a session at second, registered as somebody else."""
        self.people.sessions[f"{who} second {as_}"] = f"s:second:old.{who}:{who}"

    # --- reading --------------------------------------------------------------------------------------------------

    @property
    def outcomes(self) -> list[str]:
        """How steps of the story ended."""
        return [fact.outcome for fact in self.turn.noted(StepCompleted)]

    @property
    def refusals(self) -> list[str]:
        """Codes of refusals."""
        return [fact.code for fact in self.turn.noted(Refused)]

    @property
    def deeds(self) -> list[str]:
        """What was done by hand, and where."""
        return [f"{fact.where}: {fact.what}" for fact in self.turn.noted(HumanStepped)]

    def idle(self) -> bool:
        """Whether nothing is open and nothing is waited for."""
        return not len(self.people.tasks) and not self.turn.pending


URL = "u:cloud:s.alice.1"


def add(town: Town, who: str = "alice", n: int = 1, **words: str) -> list[tuple[str, object]]:
    return town.do(who, "add", words.pop("at", "cloud"), n, service="free", **words)


def asked(town: Town, url: str = URL) -> None:
    """Alice's request is answered by a consent page."""
    add(town)
    assert town.report("alice", "pending_auth", "PROVIDER_NOT_LINKED", url) == []
    assert town.leisure("s.alice.1") == Exponential(600_000_000)
