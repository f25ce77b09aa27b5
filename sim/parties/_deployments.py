"""What agents have running: programs that call a provider with the secret they were given, until given another.

A deployment is given a secret when its service is added. If a newer one lies in the ``.env`` later, or a call is
refused, the agent pulls its environment after a while (``pulls_env``); no message tells it that a secret has died.
"""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from sim.clock import NEVER
from sim.facts import Deployed, DeploymentBroken, DeploymentMended, SecretStored
from sim.messages import ApiCall, Env, EnvPull, Instruct
from sim.party import Party, Turn
from sim.tables import Table


class Running(msgspec.Struct, frozen=True, gc=False):
    """A deployment: the secret it uses, where to pull another, how many calls it made, and whether it is refused.

    ``fetches``: the agent has taken note, and will pull its environment.
    """

    secret: str
    resource: str
    orchestrator: str
    session: str
    calls: int = 0
    broken: bool = False
    fetches: bool = False


class Deployments(Party):
    """The part of agents that runs things. ``config`` is the roster."""

    TABLES: ClassVar[tuple[str, ...]] = ("env", "running")

    env: Table
    """``agent provider`` (and environment, if it is not the usual one) → the secret in ``.env``."""
    running: Table
    """``agent provider`` → ``Running``."""

    def deploys(self, turn: Turn) -> bool:
        """Whether the person of the agent has things running."""
        return bool(self.config.config(turn.me).deployment_calls.least < NEVER)

    def store(self, turn: Turn, provider: str, secret: str, environment: str = "prod") -> None:
        """Write a secret into ``.env``; what is running with another will be given it."""
        where = "" if environment == "prod" else f" {environment}"
        self.env[f"{turn.me} {provider}{where}"] = secret
        turn.note(SecretStored(turn.me, secret, provider))
        row: Running | None = self.running.get(f"{turn.me} {provider}")
        if row is not None and row.secret != secret and not where:
            self._fetch(turn, provider, row)

    def deploy(self, turn: Turn, order: Instruct, resource: str, secret: str) -> None:
        """Let something run with a secret that has just come."""
        key = f"{turn.me} {order.provider}"
        before: Running | None = self.running.get(key)
        row = Running(secret, resource, order.orchestrator, order.session)
        if before is not None:
            row = replace(row, calls=before.calls, broken=before.broken, fetches=before.fetches)
        self.running[key] = row
        turn.note(Deployed(turn.me, order.provider, secret))
        if before is None:
            turn.wake(f"beat {order.provider} 1", self._settings(turn).deployment_calls)

    def beat(self, turn: Turn, what: str) -> None:
        """A deployment calls."""
        turn.act()
        provider, number = what.split(" ")
        key, calls = f"{turn.me} {provider}", int(number)
        row: Running = self.running[key]
        self.running[key] = replace(row, calls=calls)
        turn.send(provider, ApiCall(_call(turn.me, provider, calls), row.secret))
        turn.wake(f"beat {provider} {calls + 1}", self._settings(turn).deployment_calls)

    def answered(self, turn: Turn, sender: str, id_: str, *, served: bool) -> bool:
        """Whether an answer was to a deployment's call; if it was refused, the deployment is broken."""
        key = f"{turn.me} {sender}"
        row: Running | None = self.running.get(key)
        if not id_.startswith("run."):
            return False
        if row is None or id_ != _call(turn.me, sender, row.calls):
            return True
        if served and row.broken:
            self.running[key] = replace(row, broken=False)
            turn.note(DeploymentMended(turn.me, sender, row.secret))
        elif not served:
            if not row.broken:
                turn.note(DeploymentBroken(turn.me, sender, row.secret))
            self._fetch(turn, sender, replace(row, broken=True))
        return True

    def _fetch(self, turn: Turn, provider: str, row: Running) -> None:
        """The agent will pull its environment, unless it is about to."""
        self.running[f"{turn.me} {provider}"] = replace(row, fetches=True)
        if not row.fetches:
            turn.wake(f"pull {provider} {row.calls}", self._settings(turn).pulls_env)

    def pull(self, turn: Turn, what: str) -> None:
        """Pull the environment (``env --pull``)."""
        turn.act()
        provider = what.partition(" ")[0]
        key = f"{turn.me} {provider}"
        row: Running | None = self.running.get(key)
        if row is not None:
            self.running[key] = replace(row, fetches=False)
            id_ = f"{_call(turn.me, provider, row.calls)}+pull"
            turn.send(row.orchestrator, EnvPull(id_, row.session, provider, row.resource))

    def pulled(self, turn: Turn, sender: str, message: Env) -> None:
        """The credential as the orchestrator has it: into ``.env``, and to what is running."""
        turn.act()
        key = f"{turn.me} {message.provider}"
        row: Running | None = self.running.get(key)
        if row is None or row.secret == message.secret:
            return
        self.running[key] = replace(row, secret=message.secret)
        turn.note(Deployed(turn.me, message.provider, message.secret))
        if self.env.get(key) != message.secret:
            self.store(turn, message.provider, message.secret)

    def stop(self, turn: Turn, provider: str, resource: str) -> None:
        """A resource was removed: its secret goes out of ``.env``, and what runs with it ends."""
        key = f"{turn.me} {provider}"
        for place in (key, f"{key} dev"):
            secret: str = self.env.get(place, "")
            if secret.startswith(f"sk:{provider}:{resource}"):
                del self.env[place]
        row: Running | None = self.running.get(key)
        if row is not None and row.resource == resource:
            del self.running[key]
            turn.cancel(f"beat {provider} {row.calls + 1}")

    def _settings(self, turn: Turn) -> Any:
        return self.config.config(turn.me)


def _call(agent: str, provider: str, number: int) -> str:
    """Id of a deployment's call."""
    return f"run.{agent}.{provider}.{number}"
