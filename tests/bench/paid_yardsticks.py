"""The yardsticks, extended by the steps of a flow that is paid for: account, resource, token, charge.

Twelve messages more for each person, 31 in all: a card is asked for and given, a payment token asked for and made, the
money asked for by the provider, the card's issuer asked and answering, the provider told, and the orchestrator told
twice (used, consumed), which it acknowledges. The books are a dictionary; the money settles two days later. As before,
nothing is checked and nothing is kept of what happened.
"""

from __future__ import annotations

from typing import Any

import simpy

from tests.bench.yardsticks import ANSWERS, DAY, PARTIES, Office, State, Waiting, last_words, welcome

PRICE, SETTLES = 2_000, 2 * DAY


class PaidState(State):
    """What both remember, and the money."""

    def __init__(self, seed: int = 1) -> None:
        super().__init__(seed)
        self.cards: dict[str, str] = {}
        self.payment_tokens: dict[str, int] = {}
        self.charges: dict[str, int] = {}
        self.spent: dict[tuple[str, str], int] = {}
        self.books: dict[str, int] = {}
        self.settled: dict[str, int] = {}

    def charge(self, who: str) -> None:
        """The money moves."""
        amount = self.payment_tokens.pop(who)
        self.charges[who] = amount
        self.books[who] = self.books.get(who, 0) - amount
        self.books["cloud"] = self.books.get("cloud", 0) + amount


# --- A: a generator per flow ----------------------------------------------------------------------------------------


def paid_flow(env: simpy.Environment, state: PaidState, who: str) -> Waiting:
    """One person's whole story, paid for."""
    timeout, latency = env.timeout, state.latency
    for _ in range(4):  # login, logged in, instruct, catalog
        yield timeout(latency())
    state.sessions[who] = f"s:{who}"
    if not state.catalogue:
        yield timeout(latency())
        yield timeout(latency())
        state.catalogue.append("paid")
    yield timeout(latency())  # catalog listing
    yield timeout(latency())  # add
    yield timeout(latency())  # card asked
    yield timeout(state.random.expovariate(1 / ANSWERS))
    yield timeout(latency())  # card given
    state.cards[who] = f"card:{who}"
    yield timeout(latency())  # terms asked
    yield timeout(state.random.expovariate(1 / ANSWERS))
    yield timeout(latency())  # accept terms
    state.terms[who] = True
    env.process(last_words(env, state, who))  # done
    yield timeout(latency())  # account request
    if not state.keys:
        yield timeout(latency())
        yield timeout(latency())
        state.keys.append("hub#1")
    state.by_key["hub", who] = account = f"cloud/{who}"
    state.accounts[account] = (who, "active")
    env.process(welcome(env, state, who))  # mail, twice
    for _ in range(3):  # oauth, token, token response
        yield timeout(latency())
    state.tokens[f"at:{who}"] = account
    state.vault[who] = f"at:{who}"
    yield timeout(latency())  # payment token request
    state.payment_tokens[who] = PRICE
    yield timeout(latency())  # payment token
    yield timeout(latency())  # resource
    yield timeout(latency())  # payment intent
    yield timeout(latency())  # authorization request
    yield timeout(latency())  # authorization answer
    state.charge(who)
    env.process(settlement(env, state, who))
    env.process(told(env, state, who))
    env.process(told(env, state, who))
    yield timeout(latency())  # payment succeeded
    state.resources[who] = f"sk:{who}"
    yield timeout(latency())  # resource response
    yield timeout(latency())  # added
    state.env_files[who] = state.resources[who]
    yield timeout(latency())  # report


def told(env: simpy.Environment, state: PaidState, who: str) -> Waiting:
    """The orchestrator is told what became of a payment token, and says that it knows."""
    yield env.timeout(state.latency())
    state.spent[who, "cloud"] = state.charges[who]
    yield env.timeout(state.latency())


def settlement(env: simpy.Environment, state: PaidState, who: str) -> Waiting:
    """The money reaches the provider."""
    yield env.timeout(SETTLES)
    state.settled[who] = state.charges[who]


def _arrivals(env: simpy.Environment, state: PaidState, n: int) -> Waiting:
    for i in range(n):
        yield env.timeout(state.random.expovariate(n / DAY))
        env.process(paid_flow(env, state, f"crowd{i}"))


def run_paid_a(n: int) -> PaidState:
    """``n`` people the first way."""
    env, state = simpy.Environment(), PaidState()
    env.process(_arrivals(env, state, n))
    env.run()
    return state


# --- B: a process and a store per party -----------------------------------------------------------------------------


class PaidOffice(Office):
    """Everybody's inbox, those of the processor and the issuer included."""

    state: PaidState

    def __init__(self) -> None:
        super().__init__()
        self.state = PaidState()
        self.inbox |= {name: simpy.Store(self.env) for name in ("processor", "issuer")}


def _card(office: Office, who: str) -> Waiting:
    yield office.env.timeout(office.state.random.expovariate(1 / ANSWERS))
    office.send("hub", "card_given", who, f"card:{who}")


def _card_given(office: PaidOffice, who: str, what: str) -> None:
    office.state.cards[who] = what
    office.send("people", "terms_asked", who)


def _tokens(office: PaidOffice, who: str, what: str) -> None:
    office.state.vault[who] = what
    office.send("processor", "payment_token_request", who, office.state.cards[who])


def _mint(office: PaidOffice, who: str, what: str) -> None:
    office.state.payment_tokens[who] = PRICE
    office.send("hub", "payment_token", who, f"spt:{who}")


def _paid(office: PaidOffice, who: str, what: str) -> None:
    office.state.charge(who)
    office.env.process(settlement(office.env, office.state, who))
    office.send("cloud", "payment_succeeded", who)
    office.send("hub", "payment_event", who, "used")
    office.send("hub", "payment_event", who, "consumed")


def _payment_event(office: PaidOffice, who: str, what: str) -> None:
    office.state.spent[who, "cloud"] = office.state.charges[who]
    office.send("processor", "done", who)


def _make(office: PaidOffice, who: str, what: str) -> None:
    office.state.resources[who] = f"sk:{who}"
    office.send("hub", "resource_response", who, f"sk:{who}")


def _nothing(office: Office, who: str, what: str) -> None:
    """Nobody reacts to it."""


PAID: dict[str, dict[str, Any]] = {
    "people": {"card_asked": lambda office, who, what: office.env.process(_card(office, who))},
    "hub": {
        "add": lambda office, who, what: office.send("people", "card_asked", who),
        "card_given": _card_given,
        "token_response": _tokens,
        "payment_token": lambda office, who, what: office.send("cloud", "resource", who, office.state.vault[who]),
        "payment_event": _payment_event,
    },
    "cloud": {
        "resource": lambda office, who, what: office.send("processor", "payment_intent", who),
        "payment_succeeded": _make,
    },
    "processor": {
        "payment_token_request": _mint,
        "payment_intent": lambda office, who, what: office.send("issuer", "authorization_request", who),
        "authorization_answer": _paid,
        "done": _nothing,
    },
    "issuer": {
        "authorization_request": lambda office, who, what: office.send("processor", "authorization_answer", who),
    },
}


def _customers(office: Office, n: int) -> Waiting:
    for i in range(n):
        yield office.env.timeout(office.state.random.expovariate(n / DAY))
        office.send("hub", "login", f"crowd{i}")


def run_paid_b(n: int) -> PaidState:
    """``n`` people the second way."""
    office = PaidOffice()
    for name in office.inbox:
        office.env.process(office.serve(name, PARTIES.get(name, {}) | PAID.get(name, {})))
    office.env.process(_customers(office, n))
    office.env.run()
    return office.state
