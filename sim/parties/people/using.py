"""Using what one has been given, refreshing it, and replacing it when it breaks.

With an orchestrator named, the token in its vault is used. Otherwise what one holds oneself is tried, one after
another: keys made by hand and tokens of one's own, a session at the provider, what was stolen, and what lies in the
``.env`` of one's agents, who then make the call; if nothing of it works, the vault after all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec.structs import replace

from sim.messages import ApiCall, ApiOk, Error, Report, TokenRequest, TokenResponse, Unauthorized, UseCommand
from sim.parties.people.commands import Orders
from sim.parties.people.records import Task, named, whose
from sim.party import Command, Message, Turn

#: Answers to a use or refresh that say the credential works no more.
BROKEN = ("unauthorized", "invalid_grant")
#: What an agent answers that has nothing to show at a provider.
NOTHING_HELD = "no_credential"


class Using(Orders):
    """The verbs ``use`` and ``refresh``."""

    STEPS: ClassVar[Mapping[str, str]] = {}
    ANSWERS: ClassVar[Mapping[tuple[type[Message], str], str]] = {
        (ApiOk, "call"): "call_done",
        (Unauthorized, "call"): "call_failed",
        (Error, "call"): "call_failed",
        (Report, "call"): "agent_called",
        (TokenResponse, "refresh"): "refreshed",
    }

    def use(self, turn: Turn, command: Command) -> None:
        """One API call."""
        turn.act()
        task = self.task(turn, command, command.object, command.via)
        if task.via and (self.session_at_hand(task) or not self.foreign(task)):
            self.order_inside(turn, command.id, task)
        else:
            self.call(turn, command.id, replace(task, things=self.credentials(task)))

    def refresh(self, turn: Turn, command: Command) -> None:
        """The refresh grant: by the orchestrator, or with a refresh token of one's own."""
        turn.act()
        task = self.task(turn, command, command.object, command.via)
        tokens = self.refresh_tokens(task)
        if tokens and not (task.via and self.session_at_hand(task)):
            self.refresh_own(turn, command.id, task, tokens[-1])
        else:
            self.order_inside(turn, command.id, task)

    # --- credentials of one's own ---------------------------------------------------------------------------------

    def credentials(self, task: Task) -> tuple[str, ...]:
        """What the person could show at the provider's API as ``task.alias``, best first; and its agents at last."""
        ring = self.ring(task)
        own = (*ring.credentials[::-1], *((ring.session,) if ring.session else ()))
        return (*own, *self._stolen_tokens(task, "at"), *self._stolen_secrets(task), *self.agents_of(task))

    def refresh_tokens(self, task: Task) -> tuple[str, ...]:
        """Refresh tokens that the person holds itself; last what it was given itself, as that is newer than loot."""
        return (*self._stolen_tokens(task, "rt"), *self.ring(task).refresh)

    def _stolen_tokens(self, task: Task, kind: str) -> tuple[str, ...]:
        """Tokens of that kind out of stolen stores, at the provider and, where it acts as somebody, of that person."""
        if not self.config.adversary(task.person) or not len(self.loots):
            return ()
        found: list[str] = []
        for name in self.robbed(task.person, "tokens"):
            loot: tuple[str, ...] = self.loots[f"{task.person} tokens {name}"]
            found += [atom for atom in loot if atom.startswith(f"{kind}:g:{task.party}:") and atom not in found]
        if task.alias == task.person:
            return tuple(found)
        return tuple(atom for atom in found if whose(atom.split(":", 3)[3].rpartition(":")[0]) == task.alias)

    def _stolen_secrets(self, task: Task) -> tuple[str, ...]:
        """What lay in ``.env`` files or hands of ``task.alias`` for the provider, found or stolen; latest first."""
        loot: tuple[str, ...] = (
            *self.loots.get(f"{task.person} env_file {task.alias}", ()),
            *self.loots.get(f"{task.person} tokens {task.alias}", ()),
        )
        return tuple(atom for atom in reversed(loot) if atom.startswith((f"sk:{task.party}:", f"ak:{task.party}:")))

    def call(self, turn: Turn, intent: str, task: Task) -> None:
        """Try the next credential, or have the next agent try its own."""
        thing = task.things[task.tried]
        request = named(intent, task, f"call{task.tried + 1}")
        if thing.startswith(f"{task.person}/"):
            self.ask(turn, intent, task, thing, UseCommand(request, "", task.party), "call")
        else:
            self.ask(turn, intent, task, task.party, ApiCall(request, thing, self.possession(task)), "call")

    def possession(self, task: Task) -> str:
        """What proves possession of a key of the person's own, where a provider binds tokens to such keys."""
        return f"pop:{task.person}" if self.config.config(task.party).sender_bound else ""

    def call_done(self, turn: Turn, intent: str, task: Task, message: ApiOk) -> None:
        """It works."""
        self.end(turn, intent, task)

    def call_failed(self, turn: Turn, intent: str, task: Task, message: Any) -> None:
        """It does not: try another, and the vault last."""
        code = task.code if message.code == NOTHING_HELD else message.code
        task = replace(task, tried=task.tried + 1, code=code)
        if task.tried < len(task.things):
            self.call(turn, intent, task)
        else:
            self.order_inside(turn, intent, task)

    def agent_called(self, turn: Turn, intent: str, task: Task, message: Report) -> None:
        """An agent has tried."""
        if message.id != task.asked:
            return
        if message.status == "complete":
            self.end(turn, intent, task)
        else:
            self.call_failed(turn, intent, task, message)

    def refresh_own(self, turn: Turn, intent: str, task: Task, token: str) -> None:
        """Ask the provider for new tokens; where requests are signed, with the key that was stolen."""
        issuer = task.via or self.orchestrator(turn)
        key = self.stolen_key(replace(task, via=issuer))
        key = key if key.startswith("secret:") else ""
        message = TokenRequest(intent, "refresh_token", token, issuer, key, self.possession(task))
        self.ask(turn, intent, task, task.party, message, "refresh")

    def refreshed(self, turn: Turn, intent: str, task: Task, message: TokenResponse) -> None:
        """New tokens."""
        self.keep_tokens(task, message)
        self.end(turn, intent, task)

    def keep_tokens(self, task: Task, message: TokenResponse) -> None:
        """Keep tokens that a provider gave out to the person itself."""
        ring = self.ring(task)
        self.hold(
            task,
            credentials=(*ring.credentials, message.access_token),
            refresh=(message.refresh_token,) if message.refresh_token else ring.refresh,
        )

    # --- what breaks ----------------------------------------------------------------------------------------------

    def refused_order(self, turn: Turn, intent: str, task: Task, code: str) -> None:
        """Nothing works: who did not withdraw from there gets the credential replaced, in time."""
        code = task.code or code
        key = f"{task.person} {task.party}"
        via = task.via or self.orchestrator(turn)
        wanted = not (key in self.left or f"{task.person} {via}" in self.left or key in self.repairs)
        broke = task.verb in ("use", "refresh") and code in BROKEN and wanted
        if broke and not self.config.adversary(task.person):
            again = Task(task.person, "add", task.party, task.email, task.alias, via)
            self.repairs[key] = replace(again, service=task.service or "free", reported=True)
            turn.wake(f"repair {task.party} {intent}.repair", self.settings(turn).repairs_after)
        self.refuse(turn, intent, task, code)

    def mend(self, turn: Turn, what: str) -> None:
        """Replace a credential that broke."""
        turn.act()
        provider, _, intent = what.partition(" ")
        self.go(turn, intent, self.repairs.pop(f"{turn.me} {provider}"), "begin")
