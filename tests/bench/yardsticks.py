"""The same flow written by hand, twice, as one would without the house: what its speed is measured against.

A person who has no session at the orchestrator yet adds a service: 19 messages, and one for each of the provider's
catalogue and the orchestrator's keys and their answers once for all. Both yardsticks keep an account, a code, a token
and a session per flow in dictionaries, draw latencies from one stream of ``random``, and check nothing: no properties,
no derivability, no trace, no keyed draws.

* **A** is one generator per flow, with a plain timeout for each message: about the fastest thing SimPy can do.
* **B** is a process and a store per party and a process per message: the way SimPy's own examples go.
"""

from __future__ import annotations

import math
import random
from collections.abc import Generator
from typing import Any

import simpy

Waiting = Generator[simpy.Event, Any, None]
#: lognormal of 50 ms with a 99 % value of 500 ms, in seconds
MU, SIGMA = math.log(0.05), math.log(10) / 2.3263478740408408
DAY, ANSWERS = 86_400.0, 600.0


class State:
    """What both remember."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.messages = 0
        self.sessions: dict[str, str] = {}
        self.terms: dict[str, bool] = {}
        self.accounts: dict[str, tuple[str, str]] = {}
        self.by_key: dict[tuple[str, str], str] = {}
        self.codes: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.vault: dict[str, str] = {}
        self.resources: dict[str, str] = {}
        self.env_files: dict[str, str] = {}
        self.catalogue: list[str] = []
        self.keys: list[str] = []

    def latency(self) -> float:
        """One message more: how long it takes, seconds."""
        self.messages += 1
        return self.random.lognormvariate(MU, SIGMA)


# --- A: a generator per flow ----------------------------------------------------------------------------------------


def flow(env: simpy.Environment, state: State, who: str) -> Waiting:
    """One person's whole story."""
    timeout, latency = env.timeout, state.latency
    yield timeout(latency())  # login
    state.sessions[who] = session = f"s:{who}"
    yield timeout(latency())  # logged in
    yield timeout(latency())  # instruct
    yield timeout(latency())  # catalog
    if not state.catalogue:
        yield timeout(latency())
        yield timeout(latency())
        state.catalogue.append("free")
    yield timeout(latency())  # catalog listing
    yield timeout(latency())  # add
    assert state.sessions[who] == session
    assert "free" in state.catalogue
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
    assert ("hub", who) not in state.by_key
    state.by_key["hub", who] = account = f"cloud/{who}"
    state.accounts[account] = (who, "active")
    code = f"c:{who}"
    state.codes[code] = account
    env.process(welcome(env, state, who))  # mail, twice
    yield timeout(latency())  # oauth
    yield timeout(latency())  # token
    token = f"at:{who}"
    state.tokens[token] = state.codes.pop(code)
    yield timeout(latency())  # token response
    state.vault[who] = token
    yield timeout(latency())  # resource
    assert state.tokens[token] == account
    state.resources[who] = f"sk:{who}"
    yield timeout(latency())  # resource response
    yield timeout(latency())  # added
    state.env_files[who] = state.resources[who]
    yield timeout(latency())  # report


def last_words(env: simpy.Environment, state: State, who: str) -> Waiting:
    """A message that nobody reacts to."""
    yield env.timeout(state.latency())


def welcome(env: simpy.Environment, state: State, who: str) -> Waiting:
    """A mail to the mailbox, and from there to the person."""
    yield env.timeout(state.latency())
    yield env.timeout(state.latency())


def arrivals(env: simpy.Environment, state: State, n: int) -> Waiting:
    """People come one by one, spread over a day; each arrival makes the next, so that nothing is listed up front."""
    for i in range(n):
        yield env.timeout(state.random.expovariate(n / DAY))
        env.process(flow(env, state, f"crowd{i}"))


def run_a(n: int) -> State:
    """``n`` people the first way."""
    env, state = simpy.Environment(), State()
    env.process(arrivals(env, state, n))
    env.run()
    return state


# --- B: a process and a store per party -----------------------------------------------------------------------------

Envelope = tuple[str, str, str, str]


class Office:
    """Everybody's inbox, and the messages between them."""

    def __init__(self) -> None:
        self.env, self.state = simpy.Environment(), State()
        self.inbox = {name: simpy.Store(self.env) for name in ("people", "agents", "hub", "cloud", "mailbox")}

    def send(self, to: str, kind: str, who: str, what: str = "") -> None:
        """Put a message on its way, in a process of its own."""
        self.env.process(self._deliver(to, (kind, who, what, to)))

    def _deliver(self, to: str, message: Envelope) -> Waiting:
        yield self.env.timeout(self.state.latency())
        yield self.inbox[to].put(message)

    def serve(self, name: str, react: dict[str, Any]) -> Waiting:
        """A party: takes the next message from its inbox and reacts to it."""
        inbox = self.inbox[name]
        while True:
            kind, who, what, _ = yield inbox.get()
            react[kind](self, who, what)


def _think(office: Office, who: str) -> Waiting:
    yield office.env.timeout(office.state.random.expovariate(1 / ANSWERS))
    office.send("hub", "accept_terms", who)


def _login(office: Office, who: str, what: str) -> None:
    office.state.sessions[who] = f"s:{who}"
    office.send("people", "logged_in", who, f"s:{who}")


def _catalog(office: Office, who: str, what: str) -> None:
    if office.state.catalogue:
        office.send("agents", "catalog_listing", who)
    else:
        office.send("cloud", "services", who)


def _services_list(office: Office, who: str, what: str) -> None:
    office.state.catalogue.append("free")
    office.send("agents", "catalog_listing", who)


def _add(office: Office, who: str, what: str) -> None:
    assert office.state.sessions[who] == what
    assert "free" in office.state.catalogue
    office.send("people", "terms_asked", who)


def _accept_terms(office: Office, who: str, what: str) -> None:
    office.state.terms[who] = True
    office.send("people", "done", who)
    office.send("cloud", "account_request", who)


def _account_request(office: Office, who: str, what: str) -> None:
    state = office.state
    if not state.keys:
        office.send("hub", "keys", who)
        return
    assert ("hub", who) not in state.by_key
    state.by_key["hub", who] = account = f"cloud/{who}"
    state.accounts[account] = (who, "active")
    state.codes[f"c:{who}"] = account
    office.send("mailbox", "mail", who)
    office.send("hub", "oauth", who, f"c:{who}")


def _jwks(office: Office, who: str, what: str) -> None:
    if not office.state.keys:
        office.state.keys.append("hub#1")
    _account_request(office, who, what)


def _token(office: Office, who: str, what: str) -> None:
    office.state.tokens[f"at:{who}"] = office.state.codes.pop(what)
    office.send("hub", "token_response", who, f"at:{who}")


def _token_response(office: Office, who: str, what: str) -> None:
    office.state.vault[who] = what
    office.send("cloud", "resource", who, what)


def _resource(office: Office, who: str, what: str) -> None:
    assert office.state.tokens[what] == f"cloud/{who}"
    office.state.resources[who] = f"sk:{who}"
    office.send("hub", "resource_response", who, f"sk:{who}")


def _added(office: Office, who: str, what: str) -> None:
    office.state.env_files[who] = what
    office.send("people", "report", who)


def _nothing(office: Office, who: str, what: str) -> None:
    """Nobody reacts to it."""


PARTIES: dict[str, dict[str, Any]] = {
    "people": {
        "logged_in": lambda office, who, what: office.send("agents", "instruct", who, what),
        "terms_asked": lambda office, who, what: office.env.process(_think(office, who)),
        "done": _nothing,
        "mail": _nothing,
        "report": _nothing,
    },
    "agents": {
        "instruct": lambda office, who, what: office.send("hub", "catalog", who),
        "catalog_listing": lambda office, who, what: office.send("hub", "add", who, f"s:{who}"),
        "added": _added,
    },
    "hub": {
        "login": _login,
        "catalog": _catalog,
        "services_list": _services_list,
        "add": _add,
        "accept_terms": _accept_terms,
        "keys": lambda office, who, what: office.send("cloud", "jwks", who),
        "oauth": lambda office, who, what: office.send("cloud", "token", who, what),
        "token_response": _token_response,
        "resource_response": lambda office, who, what: office.send("agents", "added", who, what),
    },
    "cloud": {
        "services": lambda office, who, what: office.send("hub", "services_list", who),
        "account_request": _account_request,
        "jwks": _jwks,
        "token": _token,
        "resource": _resource,
    },
    "mailbox": {"mail": lambda office, who, what: office.send("people", "mail", who)},
}


def _customers(office: Office, n: int) -> Waiting:
    for i in range(n):
        yield office.env.timeout(office.state.random.expovariate(n / DAY))
        office.send("hub", "login", f"crowd{i}")


def run_b(n: int) -> State:
    """``n`` people the second way."""
    office = Office()
    for name, react in PARTIES.items():
        office.env.process(office.serve(name, react))
    office.env.process(_customers(office, n))
    office.env.run()
    return office.state
