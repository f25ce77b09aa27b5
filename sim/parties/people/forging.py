"""What an adversary does with a stolen key, and with assertions it has seen: it speaks to providers itself.

It attests as the orchestrator would, with the same answers to how an orchestrator attests and what it calls a
customer: only the key is stolen. A code is exchanged for tokens, which the adversary keeps. An assertion that was
captured can be presented again as it is; how far the dialogue goes depends on the keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from sim.messages import AccountRequest, ConfirmLink, Error, OauthCode, RequiresAuth, TokenRequest, TokenResponse
from sim.parties.people.door import Door
from sim.parties.people.records import Task, named
from sim.party import Message, Turn

#: Scopes an orchestrator asks for.
SCOPES = ("resources",)


@cache
def _policy(question: str, answer: str) -> Any:
    """The module in which ``answer`` answers ``question``."""
    return import_module(f"sim.policies.{question}.{answer}")


class Forging(Door):
    """Requests at providers on the word of an orchestrator that knows nothing of them."""

    STEPS: ClassVar[Mapping[str, str]] = {"forge": "forge"}
    ANSWERS: ClassVar[Mapping[tuple[type[Message], str], str]] = {
        (OauthCode, "forge"): "code_given",
        (RequiresAuth, "forge"): "owner_asked",
        (ConfirmLink, "forge"): "code_given",
        (ConfirmLink, "mail"): "code_given",
        (ConfirmLink, "click"): "code_given",
        (TokenResponse, "exchange"): "tokens_given",
    }

    def forge(self, turn: Turn, intent: str, task: Task) -> None:
        """Attest whom one likes with the key of ``task.via``."""
        key, config = self.stolen_key(task), self.config.config(task.via)
        number = int(key.rpartition(":")[2]) if key.startswith("key:") else int(key.partition("#")[2] or 1)
        subject = _policy("subject", config.subject_is).subject(task.via, task.email, task.alias)
        request = named(intent, task)
        claim = _policy("attesting", config.attests_by).attest(
            issuer=task.via, subject=subject, email=task.email, email_verified=True, audience=task.party,
            number=number, request=request, issued_at=turn.stamp(),
        )  # fmt: skip
        message = AccountRequest(request, request, task.via, claim, SCOPES)
        self.ask(turn, intent, task, task.party, message, "forge")

    def bring(self, turn: Turn, message: TokenRequest, to: str, campaign: str) -> None:
        """Bring a code that was captured with its verifier to ``to``, as a part of ``campaign``; keys are one's own."""
        turn.act()
        intent = f"{turn.me} {message.id}"
        task = Task(turn.me, "replay", to, "", turn.me, message.orchestrator, campaign=campaign)
        message = msgspec.structs.replace(message, client_key="", pop=self.possession(task))
        self.ask(turn, intent, task, to, message, "exchange")

    def represent(self, turn: Turn, message: AccountRequest, to: str, campaign: str = "") -> None:
        """Present the assertion of a captured request again, to ``to``; ``campaign`` is the attack it is a part of.

        A token (``jwt``) fits into a request of one's own; a signed request (``hmac_email``) goes as it is.
        """
        turn.act()
        claim = message.attestation
        intent = f"{turn.me} {message.id}"
        if claim.mode == "jwt":
            intent = f"{turn.me}.replay.{message.id}"
            if campaign:  # an attack may show one request more than once, and at more than one provider
                intent = f"{intent}.{to}.{self.marks[f'{campaign} {to}'].count}"
            message = msgspec.structs.replace(message, id=intent, key=intent)
        alias = self.config.controller(claim.email) or claim.email
        task = Task(
            turn.me, "replay", to, claim.email, alias, message.orchestrator, reported=not campaign, campaign=campaign
        )
        self.ask(turn, intent, task, to, message, "forge")

    def code_given(self, turn: Turn, intent: str, task: Task, message: Any) -> None:
        """A code: exchange it, signing with the secret where requests are signed."""
        signs = _policy("attesting", self.config.config(task.via).attests_by).SIGNS_EVERYTHING
        key = self.stolen_key(task) if signs else ""
        request = TokenRequest(message.id, "authorization_code", message.code, task.via, key, self.possession(task))
        self.ask(turn, intent, task, task.party, request, "exchange")

    def owner_asked(self, turn: Turn, intent: str, task: Task, message: RequiresAuth) -> None:
        """The owner is to approve, or to click a mailed link: lure whoever it is, and leave the request open."""
        if not message.url:
            self.await_mail(turn, intent, task)
            return
        task = replace(task, url=message.url)
        self.lure(turn, intent, task)
        self.settle(turn, intent, task, "pending_auth")

    def tokens_given(self, turn: Turn, intent: str, task: Task, message: TokenResponse) -> None:
        """Tokens of one's own."""
        self.keep_tokens(task, message)
        self.end(turn, intent, task)

    def link_confirmed(self, turn: Turn, sender: str, message: ConfirmLink) -> None:
        """A provider confirms a request: one that is open goes on, of another nothing is known."""
        turn.act()
        if self.find(turn.me, message.id) is None:
            turn.send(sender, Error(message.id, "invalid_state"))
        else:
            self.answered(turn, sender, message)
