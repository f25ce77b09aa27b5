"""An orchestrator `hub` with hand-made neighbours: alice and her agent, the provider `cloud`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sim import messages as say
from sim.clock import DAY, NEVER, SECOND, Constant
from sim.lifecycles import legal
from sim.parties.orchestrator import Orchestrator
from sim.party import Message
from tests.parties.recording import RecordingTurn, with_tables

AGENT = "alice/agent1"
SESSION = "s:hub:start:alice"
ADDRESS = "alice@example.org"


def config(**changes: Any) -> SimpleNamespace:
    """The defaults of the language; `revocation={"loss": 1.0}` changes a part of a part."""
    parts = {
        "keys": {"rotate_every": Constant(30 * DAY), "publish_ahead": Constant(DAY), "overlap": Constant(DAY)},
        "revocation": {"names": "grant", "delay": Constant(5 * SECOND), "loss": 0.0, "retries": 3},
        "payment_tokens": {"bound_to": ("seller", "amount"), "lasts": 7 * DAY},
        "cap": {
            "per_provider": 10_000,
            "total": None,
            "binds_at": "mint",
            "refunds_restore": False,
            "counts_one_off": True,
        },
        "security_events": {"sends": False, "delay": Constant(5 * SECOND), "loss": 0.0, "retries": 2},
        "detection": {"after": Constant(NEVER), "more_than": None, "then": ("revoke",)},
    }
    made = {name: SimpleNamespace(**{**part, **changes.pop(name, {})}) for name, part in parts.items()}
    plain = {
        "attests_by": "jwt", "email_check": "link", "says_verified": "truth", "subject_drift": 0.0,
        "subject_is": "unique", "session_life": Constant(30 * DAY), "timeout": Constant(30 * SECOND), "retries": 2,
        "idempotency": "per_intent", "cooling_off": Constant(0), "step_up": "never", "limits": (),
        "binds_state": False, "checks_issuer": True,
    }  # fmt: skip
    return SimpleNamespace(**{**plain, **made, **changes})


class Desk:
    """The orchestrator, its turn, and short words for what its neighbours say."""

    def __init__(self, *, customer: bool = True, offers: bool = True, terms: bool = True, **changes: Any) -> None:
        self.hub = with_tables(Orchestrator("hub", config(**changes)))
        assert isinstance(self.hub, Orchestrator)
        self.turn = RecordingTurn("hub")
        if customer:
            self.hub.enroll("alice", ADDRESS, SESSION, "link")
        self.turn.begin(self.hub)
        if offers:
            self.learn_catalogue()
        if terms and customer:
            self.hears("alice", say.AcceptTerms("early", SESSION, "cloud"))
        self.turn.clear()

    def hears(self, sender: str, message: Message, behind: str | None = None) -> list[Message]:
        return self.turn.hear(self.hub, sender, message, behind)

    def learn_catalogue(self, provider: str = "cloud", *, provisions: bool = True) -> None:
        """An agent looks at the catalogue of `provider`, in a session that is made for it."""
        self.hub.sessions["s:probe"] = "probe"
        self.hears(AGENT, say.CatalogQuery(f"look.{provider}", "s:probe", provider))
        self.hears(provider, say.Catalog(f"look.{provider}", ("free", "paid"), provisions))
        del self.hub.sessions["s:probe"]

    def add(self, id_: str = "i1", service: str = "free", provider: str = "cloud", **more: Any) -> list[Message]:
        return self.hears(AGENT, say.Add(id_, more.pop("session", SESSION), provider, service, **more), "alice")

    def code(self, id_: str = "i1", provider: str = "cloud") -> list[Message]:
        return self.hears(provider, say.OauthCode(id_, f"c:{provider}:{id_}"))

    def tokens(self, id_: str = "i1", provider: str = "cloud", generation: int = 1) -> list[Message]:
        grant = f"g:{provider}:{id_.partition('+')[0]}"
        tokens = say.TokenResponse(id_, f"at:{grant}:{generation}", f"rt:{grant}:{generation}", f"{provider}/{id_}")
        return self.hears(provider, tokens)

    def resource(self, id_: str = "i1+resource", provider: str = "cloud") -> list[Message]:
        return self.hears(provider, say.Resource(id_, f"{provider}/r:{id_}", f"sk:{provider}:{id_}"))

    def connect(self, id_: str = "i0", provider: str = "cloud", **more: Any) -> None:
        """One whole addition, so that the vault holds a grant; what was said and noted is forgotten."""
        self.add(id_, provider=provider, **more)
        self.code(id_, provider)
        self.tokens(f"{id_}+token", provider)
        self.resource(f"{id_}+resource", provider)
        self.turn.clear()

    def said(self, kind: Any, to: str | None = None) -> list[Any]:
        return self.turn.all_sent(kind, to)

    def facts(self, kind: Any) -> list[Any]:
        return self.turn.noted(kind)

    def added(self, id_: str = "i1") -> list[Any]:
        """Every answer that the agent has been given to its request."""
        return [added for added in self.said(say.Added) if added.id == id_]

    def link_moves(self) -> list[tuple[str, str]]:
        """The transitions of links, each of them legal."""
        from sim.facts import Transition

        moves = [(fact.before, fact.after) for fact in self.facts(Transition) if fact.machine == "link"]
        assert all(legal("link", *move) for move in moves), moves
        return moves
