"""The tables of an orchestrator, and what all of its parts need."""

from __future__ import annotations

from abc import ABC
from typing import Any, ClassVar

from msgspec.structs import replace

from sim.facts import Transition
from sim.parties.orchestrator.records import NOT_CONNECTED, Connection, Login, policy
from sim.party import Party, Turn
from sim.tables import Table


class Desk(Party, ABC):
    """Base of the orchestrator's parts, which are one party together.

    ``partners`` are providers with which it has a contract before anybody uses them; those it has met are known from
    its catalogue.
    """

    TABLES: ClassVar[tuple[str, ...]] = (
        "logins", "sessions", "links", "connections", "asked", "catalogue", "metadata", "work", "pushes", "rates",
        "own", "cards", "caps", "spending", "payments", "purse", "plans", "returns",
    )  # fmt: skip

    logins: Table
    """Login key → ``Login``."""
    sessions: Table
    """Session → login key."""
    links: Table
    """Mailed link → ``Link``."""
    connections: Table
    """(login key, provider) → ``Connection``: the vault."""
    asked: Table
    """(login key, provider) → intents that wait for acceptance of the terms."""
    catalogue: Table
    """Provider → ``Offer``."""
    metadata: Table
    """Provider → True, once its protected-resource metadata was seen to be its own."""
    work: Table
    """Intent → ``Work``."""
    pushes: Table
    """Wire request → ``Push``."""
    rates: Table
    """Session → requests for a service within the time that detection looks back."""
    own: Table
    """``current`` and ``newest`` key number, ``published`` key ids, ``paused``, alarms given, the ``month``."""
    cards: Table
    """Login key → the card on file."""
    caps: Table
    """(login key, provider, or empty for all) → ceiling by month that the person has set, cents."""
    spending: Table
    """(login key, provider, or empty for all) → (month, cents captured in it, as far as heard)."""
    payments: Table
    """Payment token → ``Payment``."""
    purse: Table
    """(login key, provider) → payment tokens with which something may still be captured."""
    plans: Table
    """(login key, provider) → plans that are renewed each month."""
    returns: Table
    """Request that takes a payment token back and was not answered → (token, reason, how often it was sent again)."""

    partners: tuple[str, ...] = ()

    # --- looking up -----------------------------------------------------------------------------------------------

    def connection(self, login: str, provider: str) -> Connection:
        """How ``login`` stands with ``provider``."""
        found: Connection = self.connections.get((login, provider), NOT_CONNECTED)
        return found

    def subject_of(self, login: str) -> str:
        """The ``sub`` that a login bears now; empty if there is no such login."""
        found: Login | None = self.logins.get(login)
        return "" if found is None else found.subject

    def providers(self) -> tuple[str, ...]:
        """Every provider it knows, in a fixed order."""
        met = {provider: None for provider, _ in self.catalogue.ordered()}
        return tuple(sorted({**met, **dict.fromkeys(self.partners)}))

    def thread(self, request: str) -> str:
        """Key under which the turn keeps on whose behalf a request of somebody's is put aside."""
        return f"{self.name}:{request}"

    # --- keys -----------------------------------------------------------------------------------------------------

    @property
    def attesting(self) -> Any:
        """The answer to how it attests."""
        return policy("attesting", self.config.attests_by)

    def key_number(self) -> int:
        """Number of the key or secret it signs with."""
        number: int = self.own.get("current", 1)
        return number

    def signer(self, provider: str) -> str:
        """The atom that proves this orchestrator to ``provider``."""
        atom: str = self.attesting.signer(self.name, provider, self.key_number())
        return atom

    def client_key(self, provider: str) -> str:
        """What requests for tokens and resources are signed with; nothing where the claim alone is signed."""
        return self.signer(provider) if self.attesting.SIGNS_EVERYTHING else ""

    # --- the link's life cycle --------------------------------------------------------------------------------------

    def move(self, turn: Turn, login: str, provider: str, after: str, **changes: Any) -> Connection:
        """Bring the link of ``login`` with ``provider`` to ``after`` and note it; ``changes`` are of the row.

        Requests of one login may overtake each other, and the link is one: a request that is refused or waits says
        nothing against a link that another one has brought about.
        """
        row = self.connection(login, provider)
        before = row.state
        if after in ("pending_auth", "error") and before not in ("requested", "pending_auth"):
            return row
        thing = f"{self.name}:{login}:{provider}"
        if after == "active" and before not in ("requested", "pending_auth", "active"):
            turn.note(Transition("link", thing, before, "requested"))
            before = "requested"
        if before != after or after == "active":
            turn.note(Transition("link", thing, before, after))
        row = self.connections[login, provider] = replace(row, state=after, **changes)
        return row
