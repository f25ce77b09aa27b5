"""Agents that err: they take what they read for an order, leave secrets lying about, and do not take no for an answer.

An agent that may obey reads the whole catalogue, of which every provider writes its own lines. What it orders then, it
orders for its person, in its person's session, and says nothing of it. Nothing here is bad luck of the network: these
are decisions of a program that nobody programmed (prompt injection works against 0.15 to 0.75 of model guards, [APO]_).

.. [APO] https://github.com/AgentOps-AI/agentops
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import ClassVar

from msgspec.structs import replace

from sim.facts import Obeyed, SecretLeaked
from sim.messages import Add, Added, CatalogListing, Instruct, Leaked, Planted, Report
from sim.parties._deployments import Deployments
from sim.party import Turn
from sim.tables import Table

_ORDER = re.compile(r"\b(?:add|buy|create|get|order|provision|take)\b(?:\s+(\w+))?", re.IGNORECASE)
_NUMBERS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
#: An agent orders no more than so many of one thing at once (assumed).
MOST = 100


def ordered(text: str) -> int:
    """How many of a service a text tells its reader to order; 0 if it only describes.

    >>> ordered("buy three of me"), ordered("Add 12 now"), ordered("order it"), ordered("20 usd per month")
    (3, 12, 1, 0)
    """
    found = _ORDER.search(text)
    if found is None:
        return 0
    word = (found[1] or "").lower()
    number = int(word) if word.isdecimal() else _NUMBERS.index(word) + 1 if word in _NUMBERS else 1
    return min(max(number, 1), MOST)


class Erring(Deployments, ABC):
    """The part of agents that errs. ``config`` is the roster."""

    TABLES: ClassVar[tuple[str, ...]] = (*Deployments.TABLES, "injected", "texts")

    injected: Table
    """``agent request`` → True, for what a text had ordered, until it is answered for good; or who wants to hear."""
    texts: Table
    """Agent → (who wrote it, ``Planted``), for every text that lies in its way."""

    # --- injected text --------------------------------------------------------------------------------------------

    def wants_all(self, turn: Turn) -> bool:
        """Whether the agent looks at everything there is, and so at what anybody has written there."""
        return bool(self._settings(turn).agent_obeys != 0)

    def obey(self, turn: Turn, order: Instruct, listing: CatalogListing) -> None:
        """Perhaps do what a listing says, on top of what the person said."""
        share = self._settings(turn).agent_obeys
        own = share if isinstance(share, int | float) else float(turn.trait("agent_obeys"))
        if not turn.decide(f"agent_obeys {listing.id}", own):
            return
        person = turn.me.partition("/")[0]
        for place, (where, text) in enumerate(listing.says, 1):
            times = ordered(text)
            provider, _, service = where.partition("/")
            if times:
                turn.note(Obeyed(turn.me, provider, service, text, times))
            for number in range(1, times + 1):
                id_ = f"obeyed.{person}.{listing.id}.{place}.{number}"
                self.injected[f"{turn.me} {id_}"] = True
                turn.send(order.orchestrator, Add(id_, order.session, provider, service, order.accept_tos))

    def planted(self, turn: Turn, sender: str, message: Planted) -> None:
        """A text lies where the agent will come by it; its writer's text about the same service before is changed."""
        about = (sender, message.provider, message.service)
        others = [one for one in self.texts.get(turn.me, ()) if (one[0], one[1].provider, one[1].service) != about]
        self.texts[turn.me] = (*others, (sender, message))

    def read_texts(self, turn: Turn, order: Instruct) -> None:
        """At work the agent reads what lies in its way, and perhaps does what it says; on each reading anew."""
        share = self._settings(turn).agent_obeys
        if not share or not len(self.texts):
            return
        own = share if isinstance(share, int | float) else float(turn.trait("agent_obeys"))
        for sender, text in self.texts.get(turn.me, ()):
            times, what = ordered(text.text), f"{text.id}.{order.id}"
            if not times or not turn.decide(f"agent_obeys {what}", own):
                continue
            turn.note(Obeyed(turn.me, text.provider, text.service, text.text, times))
            for number in range(1, times + 1):
                id_ = f"obeyed.{turn.me.partition('/')[0]}.{what}.{number}"
                self.injected[f"{turn.me} {id_}"] = (sender, text.id)
                turn.send(order.orchestrator, Add(id_, order.session, text.provider, text.service, order.accept_tos))

    def obeyed(self, turn: Turn, message: Added) -> None:
        """What a text had ordered is answered for good: where the text asks for it, its writer hears how."""
        wrote = self.injected.pop(f"{turn.me} {message.id}")
        if isinstance(wrote, tuple):
            turn.send(wrote[0], Report(wrote[1], message.status, message.code))

    # --- secrets ----------------------------------------------------------------------------------------------------

    def store(self, turn: Turn, provider: str, secret: str, environment: str = "prod") -> None:
        """Write a secret into ``.env``, and perhaps leave that where it is found."""
        super().store(turn, provider, secret, environment)
        if self._settings(turn).agent_leaks and turn.trait("agent_leaks"):
            turn.note(SecretLeaked(turn.me, secret, provider))
            for finder in self._finders():
                turn.send(finder, Leaked(f"leak.{turn.me.partition('/')[0]}.{secret}", provider, secret))

    def _finders(self) -> tuple[str, ...]:
        """Everybody who looks for such files."""
        people = self.config.people.items()
        return tuple(name for block, config in people if config.adversary for name in self.config.members(block))

    def holdings(self, what: str, of: str) -> tuple[str, ...]:
        """Atoms that a thief gets: those in the ``.env`` files of somebody's agents."""
        if what != "env_file":
            return ()
        return tuple(secret for key, secret in self.env.ordered() if key.startswith(f"{of}/"))

    # --- loops ------------------------------------------------------------------------------------------------------

    def repeats(self, turn: Turn, order: Instruct | None, message: Added) -> bool:
        """Whether a request that was refused is made once more, at once; a request of its own, with a number."""
        most = self._settings(turn).agent_retries
        if not most or message.status != "error" or order is None or order.verb != "add":
            return False
        head, _, number = message.id.rpartition("+retry")
        times = int(number) if head else 0
        if times >= most:
            return False
        again = replace(order, id=f"{head or message.id}+retry{times + 1}")
        self.orders[f"{turn.me} {again.id}"] = again
        self.request(turn, again)
        return True

    orders: Table
    """``agent request`` → an instruction of which something must be known until it is through."""

    @abstractmethod
    def request(self, turn: Turn, message: Instruct) -> None:
        """Ask the orchestrator for what the person wants."""
