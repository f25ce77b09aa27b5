"""A world of nothing but facts: folds truth, properties and measures over rows of (person behind, time, fact).

Rows of the same time are one reaction of a party, so what is judged at its end is judged after the last of them.
Deadlines come due in the order of time; a fact at the very instant of a deadline comes first.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sim import facts as f
from sim.clock import Constant
from sim.party import Fact
from sim.property import Property
from sim.tables import Table
from sim.truth import Truth

S, MIN, H, D = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000

Row = tuple[str, int, Fact]
#: Who controls which address at the start; nobody holds any other.
PEOPLE = {f"{name}@x.org": name for name in ("alice", "bob", "carol", "mallory")}


class StrictTable(Table):
    """Refuses what no table may be asked for: to be listed raw."""

    def _refuse(self, *_: Any) -> Any:
        raise AssertionError("nobody iterates a table raw")

    __iter__ = keys = values = items = update = clear = copy = setdefault = popitem = _refuse

    def ordered(self) -> list[tuple[Any, Any]]:
        return sorted(dict.items(self), key=lambda item: item[0])


def provider(matching: str = "subject_or_email", life: int = 10 * MIN, **issuers: str) -> SimpleNamespace:
    """A provider's configuration, as far as folds look at it; ``issuers`` with a matching answer of their own."""
    trusts = {name: SimpleNamespace(matching=answer) for name, answer in issuers.items()}
    return SimpleNamespace(
        matching=matching,
        trusts=SimpleNamespace(issuers=trusts),
        key_cache=SimpleNamespace(life=Constant(life)),
    )


def world(**blocks: Any) -> dict[str, Any]:
    """Blocks by name: two providers and a group of them, two orchestrators, and what is given."""
    named = {"cloud": provider(), "store": provider(), "many": provider(), "hub": SimpleNamespace()}
    return {**named, "second": SimpleNamespace(), "people": SimpleNamespace(), **blocks}


class Judge:
    """Folds rows; ``violations`` are (property, time, why), ``behind`` … are what a property sees (``See``)."""

    def __init__(self, *folds: Property, adversaries: tuple[str, ...] = ("mallory",), blocks: Any = None) -> None:
        self.truth = Truth(lambda address: PEOPLE.get(address, ""), lambda name: name in adversaries)
        self.world = world() if blocks is None else blocks
        self.folds, self.adversary = folds, self.truth.adversary
        self.behind, self.now, self.step = "", 0, 0
        self.violations: list[tuple[str, int, str]] = []
        self.deadlines: dict[tuple[Property, str], int] = {}
        self._ends: list[tuple[Property, str]] = []
        for owner, tables in ((self.truth, self.truth.TABLES), *((fold, fold.MEMORY) for fold in folds)):
            for table in tables:
                setattr(owner, table, StrictTable())

    def violated(self, prop: Property, why: str) -> None:
        self.violations.append((prop.name, self.now, why))

    def deadline(self, prop: Property, key: str, after: int) -> None:
        self.deadlines[prop, key] = self.now + after

    def met(self, prop: Property, key: str) -> None:
        self.deadlines.pop((prop, key), None)

    def at_end(self, prop: Property, key: str) -> None:
        self._ends.append((prop, key))

    def run(self, rows: list[Row], until: int = 400 * D) -> Judge:
        """Fold ``rows``, then let time pass to ``until``."""
        for n, (behind, at, fact) in enumerate(rows):
            if at > self.now:
                self._finish()
                self._pass(at)
            assert at >= self.now, f"row {n} is out of order"
            self.behind, self.now, self.step = behind, at, n
            if type(fact) in self.truth.reads:
                self.truth.reads[type(fact)](fact, behind)
            for fold in self.folds:
                if type(fact) in fold.reads:
                    fold.reads[type(fact)](fact, self)
        self._finish()
        self._pass(until + 1)
        self.now = until
        return self

    def _finish(self) -> None:
        while self._ends:
            prop, key = self._ends.pop(0)
            prop.finish(key, self)

    def _pass(self, at: int) -> None:
        """What comes due before ``at``."""
        while ready := [(due, *key) for key, due in self.deadlines.items() if due < at]:
            due, prop, key = min(ready, key=lambda one: one[0])
            del self.deadlines[prop, key]
            self.now, self.behind = due, ""
            prop.due(key, self)
            self._finish()

    def left(self) -> dict[str, int]:
        """How many rows the folds keep, by table; empty tables are left out."""
        sizes = {f"{fold.name}.{table}": len(getattr(fold, table)) for fold in self.folds for table in fold.MEMORY}
        return {name: size for name, size in sizes.items() if size}


# --- facts, said shortly ----------------------------------------------------------------------------------------------
# An account is called ``cloud/a``; what belongs to it is named after it.


def at(account: str) -> str:
    """The provider of an account."""
    return account.partition("/")[0]


def created(account: str, email: str, issuer: str = "hub", request: str = "r", state: str = "active") -> Fact:
    return f.AccountCreated(at(account), account, email, state, issuer, request)


def activated(account: str) -> Fact:
    return f.AccountActivated(at(account), account)


def closed(account: str) -> Fact:
    return f.AccountClosed(at(account), account, "abuse")


def linked(
    account: str, identifier: str, how: str = "created", request: str = "r", url: str = "", existing: bool | None = None
) -> Fact:
    issuer = "" if identifier == "password" or ":" in identifier else identifier.partition(" ")[0]
    there = how != "created" if existing is None else existing
    return f.Linked(at(account), account, identifier, issuer, how, there, request, url)


def unlinked(account: str, identifier: str) -> Fact:
    return f.Unlinked(at(account), account, identifier)


def token(
    account: str,
    name: str,
    kind: str = "access",
    issuer: str = "hub",
    request: str = "r",
    grant: str = "g",
    scopes: tuple[str, ...] = ("read",),
) -> Fact:
    return f.TokenIssued(at(account), account, name, kind, grant, issuer, scopes, request)


def session(account: str, name: str) -> Fact:
    return token(account, name, "session", issuer="", grant="", request="login")


def ended(account: str, name: str, reason: str = "purged", kind: str = "access") -> Fact:
    return f.TokenEnded(at(account), account, name, kind, reason)


def adopted(account: str, how: str = "adopt") -> Fact:
    return f.Adopted(at(account), account, how)


def requested(id_: str, orchestrator: str = "hub", who: str = "login-a", where: str = "cloud") -> Fact:
    return f.Requested(id_, orchestrator, where, "free", who)


def answered(id_: str, outcome: str = "complete", code: str = "") -> Fact:
    return f.Answered(id_, "hub", "cloud", outcome, code)


def refused(person: str, code: str, verb: str = "add", party: str = "cloud", email: str = "") -> Fact:
    return f.Refused("r", person, party, verb, code, email or f"{person}@x.org")
