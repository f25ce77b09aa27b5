"""The properties of money: over rows of facts, and in runs in which a check was taken out of a party."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from sim import facts as f
from sim import properties
from sim.clock import Constant
from sim.experiments.once import Outcome, run_once
from sim.messages import PaymentTokenRequest
from sim.parties.orchestrator.paying import Paying
from sim.parties.processor import captures, tokens
from sim.parties.processor.captures import Captures
from sim.parties.provider.billing import Billing
from sim.party import Fact
from sim.policies.capping import mint
from sim.scenario import load_text
from sim.scenario.values import Offer
from tests.judge import MIN, D, H, Judge, Row, ended, provider, world

A = "cloud/a"
CAP: dict[str, Any] = {"per_provider": 10_000, "total": None, "refunds_restore": False, "counts_one_off": True}


def hub(**changes: Any) -> SimpleNamespace:
    return SimpleNamespace(cap=SimpleNamespace(**{**CAP, **changes}))


def shop(lag: int = 0) -> SimpleNamespace:
    sells = {"free": Offer("free", 0), "paid": Offer("paid", 2_000)}
    return SimpleNamespace(**vars(provider()), services=sells, metering_lag=Constant(lag))


def charged(amount: int, intent: str = "r", month: int = 0, where: str = "cloud", **more: Any) -> Fact:
    values = {"token": "spt", "charge": f"ch:{intent}", "orchestrator": "hub", "login": "alice", **more}
    return f.Charged("alice", where, amount, intent, month=month, **values)


def refunded(amount: int, charge: str = "ch:r", month: int = 0, where: str = "cloud") -> Fact:
    return f.Refunded(charge, "alice", where, amount, month, "alice", "hub")


def raised(limit: int, where: str = "") -> Fact:
    return f.CapRaised("hub", "alice", where, limit)


def minted(most: int = 2_000, seller: str = "cloud") -> Fact:
    return f.PaymentTokenMinted("spt", "hub", "alice", seller, most, "r+payment")


def dead(reason: str) -> Fact:
    return f.PaymentTokenDeactivated("spt", reason)


def agreed(by_script: bool = False) -> Fact:
    return f.TermsAccepted("hub", "cloud", "alice", by_script, "r")


def quoted(cents: int) -> Fact:
    return f.PriceQuoted("hub", "cloud", "paid", "alice", cents, "r")


def completed(service: str = "paid", request: str = "r+resource", grant: str = "g") -> Fact:
    return f.ResourceCompleted("cloud", A, "cloud/r:x", service, grant, request)


def billed(charge: str = "ch:r", amount: int = 2_000) -> Fact:
    return f.ResourceBilled("cloud", A, "cloud/r:x", amount, charge, "r+resource")


def posted(cents: int, why: str = "charge", off: int = 0, person: str = "alice") -> Fact:
    return f.Posted("ch:r", why, ((f"person:{person}", -cents), ("provider:cloud", cents + off)))


def rows(*facts: Fact | tuple[int, Fact]) -> list[Row]:
    """Facts a second apart, or at the time given."""
    listed, now = [], 0
    for fact in facts:
        now, what = fact if isinstance(fact, tuple) else (now + 1, fact)
        listed.append(("alice", now, what))
    return listed


def same(*facts: Fact) -> list[Row]:
    """Facts of one reaction."""
    return [("alice", 1, fact) for fact in facts]


#: property → case → (number of violations, rows, settings of the orchestrator, lag of the provider's meter)
CASES: dict[str, dict[str, tuple[Any, ...]]] = {
    "monthly_cap_holds": {
        "just within": (0, rows(charged(6_000), charged(4_000))),
        "a cent above": (1, rows(charged(6_000), charged(4_001))),
        "another month": (0, rows(charged(6_000), charged(6_000, month=1))),
        "another provider": (0, rows(charged(6_000), charged(6_000, where="store"))),
        "another customer": (0, rows(charged(6_000), charged(6_000, login="bob"))),
        "raised for all": (0, rows(raised(20_000), charged(6_000), charged(6_000))),
        "raised for this one": (0, rows(raised(20_000, "cloud"), charged(6_000), charged(6_000))),
        "raised for another": (1, rows(raised(20_000, "store"), charged(6_000), charged(6_000))),
        "its own goes first": (1, rows(raised(20_000), raised(8_000, "cloud"), charged(9_000))),
        "no ceiling": (0, rows(charged(10**9)), {"per_provider": None}),
        "a refund makes no room": (1, rows(charged(9_000), refunded(9_000), charged(2_000))),
        "unless it does": (0, rows(charged(9_000), refunded(9_000), charged(2_000)), {"refunds_restore": True}),
        "but in the month of its charge only": (
            1,
            rows(charged(9_000), charged(9_000, "s", month=1), refunded(9_000), charged(2_000, "t", month=1)),
            {"refunds_restore": True},
        ),
        "purchases count": (1, rows(charged(9_000), charged(2_000, one_off=True))),
        "unless they do not": (0, rows(charged(9_000), charged(2_000, one_off=True)), {"counts_one_off": False}),
    },
    "aggregate_cap_holds": {
        "none is declared": (0, rows(charged(9_000), charged(9_000, where="store"))),
        "just within": (0, rows(charged(9_000), charged(6_000, where="store")), {"total": 15_000}),
        "a cent above": (1, rows(charged(9_000), charged(6_001, where="store")), {"total": 15_000}),
        "another month": (0, rows(charged(9_000), charged(9_000, month=1)), {"total": 15_000}),
        "a refund": (1, rows(charged(9_000), refunded(9_000), charged(9_000)), {"total": 15_000}),
        "makes room": (
            0, rows(charged(9_000), refunded(9_000), charged(9_000)), {"total": 15_000, "refunds_restore": True}
        ),
    },
    "payment_token_confined": {
        "all of it": (0, rows(minted(), charged(1_500), charged(500), dead("consumed"))),
        "more than it is good for": (1, rows(minted(), charged(1_500), charged(501))),
        "by another seller": (1, rows(minted(seller="store"), charged(2_000))),
        "after it was taken back": (1, rows(minted(), dead("revoked"), charged(2_000))),
        "after its time": (1, rows(minted(), dead("expired"), charged(2_000))),
        "one that nobody minted": (1, rows(charged(2_000))),
    },
    "charge_needs_acceptance": {
        "agreed and shown": (0, rows(agreed(), quoted(2_000), charged(2_000))),
        "less than shown": (0, rows(agreed(), quoted(2_000), charged(1_900))),
        "no figure was shown": (0, rows(agreed(), quoted(-1), charged(9_000))),
        "agreed by a script": (1, rows(agreed(by_script=True), quoted(2_000), charged(2_000))),
        "never agreed": (1, rows(quoted(2_000), charged(2_000))),
        "nothing was shown": (1, rows(agreed(), charged(2_000))),
        "more than shown": (1, rows(agreed(), quoted(2_000), charged(2_001))),
    },
    "charged_once": {
        "two intents": (0, rows(charged(5, "r"), charged(5, "s"))),
        "an attempt more": (1, rows(charged(5, "r+resource"), charged(5, "r+resource~2"))),
        "given back first": (0, rows(charged(5, "r"), refunded(5), charged(5, "r~2", charge="ch:2"))),
        "given back in part": (1, rows(charged(5, "r"), refunded(4), charged(5, "r~2", charge="ch:2"))),
        "another month of a plan": (0, rows(charged(5, "r"), charged(5, "r.month1+renewal"))),
    },
    "money_is_conserved": {
        "booked": (0, same(charged(5), posted(5))),
        "and given back": (0, [*same(charged(5), posted(5)), *same(refunded(5), posted(-5, "refund"))]),
        "a cent too much": (2, same(charged(5), posted(5, off=1))),
        "not booked": (1, same(charged(5))),
        "booked twice": (1, same(charged(5), posted(5), posted(5))),
        "on somebody else's account": (2, same(charged(5), posted(5, person="bob"))),
        "a refund that is not booked": (1, [*same(charged(5), posted(5)), ("alice", 2, refunded(5))]),
        "other entries are balanced": (1, same(f.Posted("r", "service", (("service:cloud", -5), ("customer", 4))))),
    },
    "paid_resource_iff_charged": {
        "paid, and there": (0, rows(charged(2_000), completed(), billed())),
        "free": (0, rows(completed("free"))),
        "not paid": (1, rows(completed())),
        "ordered by hand, and paid where nobody sees it": (0, rows(completed(grant=""))),
        "usage that is not paid": (1, rows(completed("free"), billed("", 100))),
        "paid, and not there": (1, rows(charged(2_000))),
        "given back": (0, rows(charged(2_000), (4 * MIN, refunded(2_000)))),
        "given back too late": (1, rows(charged(2_000), (6 * MIN, refunded(2_000)))),
        "metered late": (0, rows(completed(), billed(""), (61 * MIN, charged(2_000))), {}, H),
        "metered and never paid": (1, rows(completed(), billed("")), {}, H),
        "metered, not paid, ended": (
            0, rows(completed(), billed(""), (61 * MIN, ended(A, "sk:cloud:cloud/r:x", "unpaid", "resource"))), {}, H
        ),
    },
    "charge_settles": {
        "in time": (0, rows(charged(5), (2 * D, f.Settled("ch:r", "cloud", 5)))),
        "never": (1, rows(charged(5))),
        "too late": (1, rows(charged(5), (8 * D, f.Settled("ch:r", "cloud", 5)))),
        "given back": (0, rows(charged(5), refunded(5))),
        "given back in part": (1, rows(charged(5), refunded(4))),
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases])
def test_violations(name: str, case: str) -> None:
    count, told, *settings = CASES[name][case]
    changes, lag = (*settings, {}, 0)[:2] if len(settings) < 2 else settings
    blocks = world(hub=hub(**changes), cloud=shop(lag), store=shop(lag))
    judge = Judge(properties.load(name)(name), blocks=blocks).run(told)
    assert len(judge.violations) == count, judge.violations


def test_how_far_a_ceiling_is_passed_is_said() -> None:
    name = "monthly_cap_holds"
    judge = Judge(properties.load(name)(name), blocks=world(hub=hub())).run(rows(charged(16_000)))
    assert "60 usd above the ceiling of 100 usd" in judge.violations[0][2]


# --- in runs, with a check taken out ----------------------------------------------------------------------------------

STORY = """
title: A small shop
until: 20 d
people: {alice: {agents: 2, %(people)s}}
orchestrators: {hub: {%(hub)s}}
providers: {p: {%(p)s}, q: {}}
story:
  - {at: 0 s, who: alice, accept_terms: p}
  - {id: early, at: 1 h, who: alice, add: p/free}
  - {id: buys, every: 1 h, from: 2 h, times: 7, who: alice, add: p/paid}
  %(more)s
"""


def shopping(people: str = "", hub: str = "", p: str = "", more: str = "") -> Outcome:
    text = STORY % {"people": people, "hub": hub, "p": p, "more": more}
    return run_once(load_text(text), record=False)


Mutation = Callable[[pytest.MonkeyPatch], None]


def _says(owner: Any, name: str, answer: Any) -> Mutation:
    """A check that always says the same."""
    return lambda patch: patch.setattr(owner, name, lambda *_: answer)


def _foreign_token(patch: pytest.MonkeyPatch) -> None:
    """The orchestrator has its tokens made for another seller, and the processor does not mind."""
    honest = Paying.payment_message

    def for_q(self: Paying, *about: Any) -> Any:
        made = honest(self, *about)
        assert isinstance(made, PaymentTokenRequest)
        return type(made)(**{**{name: getattr(made, name) for name in made.__struct_fields__}, "seller": "q"})

    patch.setattr(Paying, "payment_message", for_q)
    patch.setattr(Captures, "_foreign", lambda *_: False)


def _books_one_side(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(captures, "Posted", lambda request, why, lines: f.Posted(request, why, lines[:1]))


def _no_ceiling_at_the_processor(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tokens.Tokens, "_exhausted", lambda *_: False)
    patch.setattr(Captures, "_over_ceiling", lambda *_: False)


def _delivers_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Billing, "payment_succeeded", lambda *_: None)


def _gives_on_no_token(patch: pytest.MonkeyPatch) -> None:
    """The provider takes anything for a token, and what the processor says of it for nothing."""
    patch.setattr(Billing, "gives_unpaid", lambda *_: True)


AT_CAPTURE = "cap: {binds_at: capture}"
#: by property: settings with which nothing is wrong, and what is taken out of which party
MUTANTS: dict[str, tuple[str, dict[str, str], Mutation]] = {
    "ceiling at the mint": ("monthly_cap_holds", {}, _says(mint, "may_mint", True)),
    "ceiling at the capture": ("monthly_cap_holds", {"hub": AT_CAPTURE}, _no_ceiling_at_the_processor),
    "ceiling over all at the mint": (
        "aggregate_cap_holds", {"hub": "cap: {total: 50 usd}"}, _says(mint, "may_mint", True)
    ),
    "ceiling over all at the capture": (
        "aggregate_cap_holds", {"hub": "cap: {total: 50 usd, binds_at: capture}"}, _no_ceiling_at_the_processor
    ),
    "limit of a token": (
        "payment_token_confined", {"p": "catalogue_says: {paid: 5 usd per month}"}, _says(Captures, "_too_much", False)
    ),
    "price that was shown": (
        "charge_needs_acceptance", {"p": "catalogue_says: {paid: 5 usd per month}"}, _says(Captures, "_too_much", False)
    ),
    "end of a token": (
        "payment_token_confined",
        {"p": "metering_lag: 30 min", "more": "- {at: 130 min, who: alice, revoke: p}"},
        _says(Captures, "_dead", ""),
    ),
    "seller of a token": ("payment_token_confined", {}, _foreign_token),
    "both sides of an entry": ("money_is_conserved", {}, _books_one_side),
    "no charge, no resource": ("paid_resource_iff_charged", {"people": "card: declined"}, _gives_on_no_token),
    "no resource, no charge": ("paid_resource_iff_charged", {}, _delivers_nothing),
    "settlement": ("charge_settles", {}, _says(Captures, "settle", None)),
}  # fmt: skip


@pytest.mark.parametrize("check", MUTANTS)
def test_a_party_without_the_check_is_caught(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, settings, mutate = MUTANTS[check]
    whole = shopping(**settings)
    assert {prop for prop in CASES if whole.violations.get(prop)} == set(), whole.violations
    mutate(monkeypatch)
    assert shopping(**settings).violations.get(name)


def test_terms_passed_by_script_are_no_acceptance() -> None:
    text = STORY.replace("  - {at: 0 s, who: alice, accept_terms: p}\n", "") % {
        "people": "agent_accepts_terms: 1", "hub": "", "p": "", "more": ""
    }  # fmt: skip
    assert run_once(load_text(text), record=False).violations.get("charge_needs_acceptance")


def test_a_key_for_each_request_charges_twice_where_answers_are_lost() -> None:
    """A retry under a key of its own is another purchase; under the intent's it is the same."""
    text = """
title: Lost answers
until: 3 d
people: {crowd: {count: 20}}
orchestrators: {hub: {idempotency: %s, cap: {per_provider: none}}}
providers: {p: {}}
network: {"p->hub": {loss: 0.2}}
story: [{every: 6 h, who: crowd, add: p/paid}]
measures: {charges: {count: charged}}
"""
    assert run_once(load_text(text % "per_request"), record=False).violations.get("charged_once")
    safe = run_once(load_text(text % "per_intent"), record=False)
    assert int(safe.measures["charges"] or 0) > 100
    assert {prop for prop in CASES if safe.violations.get(prop)} == set(), safe.violations
