"""Whatever is said to a provider, in whatever order: it answers each request once, and keeps its life cycles."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any, NoReturn

import msgspec
import pytest

from sim.claims import Attestation, shared_secret, signing_key
from sim.clock import HOUR, MINUTE, Constant
from sim.facts import Transition
from sim.lifecycles import legal
from sim.messages import (
    AccountRequest,
    ApiCall,
    Approve,
    CatalogRequest,
    Click,
    ConfirmLink,
    DashboardRequest,
    Keys,
    KeysRequest,
    Mail,
    Manage,
    MetadataRequest,
    Prove,
    Recover,
    ResourceRequest,
    RevokeRequest,
    SignedIn,
    SignIn,
    SignUp,
    TokenRequest,
)
from sim.party import Message
from sim.tables import Table
from tests.parties.provider_kit import LIFE, PRESETS, Kit, override

EMAILS = ("alice@example.org", "al.ice@example.org", "bob@example.org")
PEOPLE = ("alice", "bob", "mallory")
ISSUERS = ("hub", "second")
CALM = override()
SCOPES = ("resources",)
RUNS, STEPS = 30, 120


class Guarded(Table):
    """A table that is only touched as tables may be: nobody lists it raw."""

    __slots__ = ()

    def _never(self, *_: Any) -> NoReturn:
        raise AssertionError("a table was touched in a way that cannot be undone")

    __iter__ = keys = values = setdefault = update = clear = popitem = _never  # type: ignore[assignment]


class Drive:
    """Makes up what is said next, mostly from what has been seen so far."""

    def __init__(self, seed: int) -> None:
        self.pick = Random(seed)
        self.kit = self._provider()
        self.n = 0
        self.seen = ["c:p:none", "at:g:p:none:1", "ps:p:none", "l:p:none", "u:p:none"]
        self.read = 0

    def one_of(self, *values: Any) -> Any:
        return self.pick.choice(values)

    def odd(self, seldom: Any, mostly: Any) -> Any:
        return seldom if self.pick.random() < 0.1 else mostly

    def _provider(self) -> Kit:
        """Any of the answers, in any combination."""
        kit = Kit(
            like=self.one_of(*PRESETS),
            issuers=self.one_of({}, {"hub": override(domains=("example.org",), containment=True), "second": CALM}),
            consent=self.one_of("click", "auto_if_single"),
            sign_up=self.one_of("none", "unverified", "verified"),
            refresh=self.one_of("none", "rotate", "rotate_detect"),
            idempotency=self.one_of("none", "header", "project"),
            replay_memory=self.one_of(Constant(0), Constant(6 * MINUTE)),
            fetch=self.one_of(Constant(0), Constant(MINUTE)),
            check_audience=self.one_of(True, False),
        )
        for name in kit.party.TABLES:
            setattr(kit.party, name, Guarded())
        return kit

    def atom(self, *kinds: str) -> str:
        """Something that the provider has given out, or an invention."""
        for _, said in self.kit.turn.sent[self.read :]:
            for value in msgspec.structs.asdict(said).values():
                texts = value if isinstance(value, tuple) else (value,)
                self.seen += [text for text in texts if isinstance(text, str)]
        self.read = len(self.kit.turn.sent)
        return self.one_of(*[atom for atom in self.seen if atom.startswith(kinds)][-4:] or ["none"])

    def claim(self) -> Attestation:
        """An attestation, now and then one that is not in order."""
        issuer, request, number = self.one_of(*ISSUERS), f"r{self.one_of(1, 2, self.n)}", self.odd(2, 1)
        jwt = self.pick.random() < 0.7
        secret = shared_secret(issuer, "p") + ("" if number == 1 else "#2")
        return Attestation(
            "jwt" if jwt else "hmac_email",
            issuer,
            self.one_of("s1", "s2"),
            self.odd("q", "p") if jwt else "",
            f"jti:{request}" if jwt else "",
            self.one_of(*EMAILS),
            self.odd(False, True),
            self.kit.turn.now - self.odd(self.one_of(HOUR, -HOUR), 0),
            LIFE,
            f"{issuer}#{number}" if jwt else "",
            signing_key(issuer, number) if jwt else secret,
            "" if jwt else request,
        )

    def message(self) -> tuple[str, Message]:
        """Who says what."""
        self.n += 1
        id_ = self.one_of(f"m{self.n}", f"m{self.n}", "m1")
        issuer = self.one_of(*ISSUERS)
        key = self.one_of("", signing_key(issuer, 1), shared_secret(issuer, "p"), shared_secret(issuer, "p") + "#2")
        kind = self.one_of("account", "account", "wire", "wire", "api", "page", "page", "page", "door")
        if kind == "account":
            claim = self.claim()
            request = claim.binds or claim.token_id[4:]
            return claim.issuer, AccountRequest(request, self.one_of("", request, "k"), claim.issuer, claim, SCOPES)
        if kind == "wire":
            return issuer, self._wire(id_, issuer, key)
        if kind == "api":
            calls = ApiCall(id_, self.atom("at:", "ps:", "sk:", "ak:")), ApiCall(id_)
            return issuer, self.one_of(*calls, MetadataRequest(id_), CatalogRequest(id_))
        who, factor = self.one_of(*PEOPLE), self.one_of("", "", "2fa:x")
        return who, self._page(id_, who, factor) if kind == "page" else self._door(id_, who, factor)

    def _wire(self, id_: str, issuer: str, key: str) -> Message:
        service, tokens = self.odd("domain", "free"), (self.atom("at:", "rt:"),)
        return self.one_of(
            TokenRequest(id_, "authorization_code", self.atom("c:"), issuer, key),
            TokenRequest(id_, "authorization_code", self.atom("c:"), issuer, key),
            TokenRequest(id_, "refresh_token", self.atom("rt:"), issuer, key),
            ResourceRequest(id_, self.one_of(id_, "k", ""), self.atom("at:"), key, issuer, service),
            RevokeRequest(id_, issuer, key, self.one_of("", self.atom("g:")), self.one_of((), tokens)),
        )

    def _page(self, id_: str, who: str, factor: str) -> Message:
        session, proof = self.atom("ps:"), self.atom("l:p:reset", "l:p:adopt")
        link = self.atom("l:p:verify", "l:p:activate", "l:p:change_email")
        things = tuple(self.atom("g:", "ps:", "p/", "ak:", "hub ", "id:", "ch:") for _ in range(3))
        return self.one_of(
            Approve(id_, session, self.atom("u:"), factor),
            Approve(id_, session, self.atom("u:"), factor),
            Click(id_, link),
            Click(id_, link),
            Prove(id_, proof, f"pw:{who}", factor),
            Prove(id_, self.one_of(proof, link), f"pw:{who}", factor),
            DashboardRequest(id_, session),
            Manage(id_, session, "end", things),
            Manage(id_, session, "add_identifier", (f"id:{who}",)),
            Manage(id_, session, "change_email", (self.one_of(*EMAILS),)),
            Manage(id_, session, "create_key", ()),
            Manage(f"plan{self.n}", session, "choose_plan", ("free",)),
        )

    def _door(self, id_: str, who: str, factor: str) -> Message:
        email = self.one_of(*EMAILS)
        return self.one_of(
            SignUp(id_, email, f"pw:{who}", factor),
            SignIn(id_, email, self.one_of(f"pw:{who}", f"id:{who}"), factor),
            Recover(id_, email, self.one_of("reset", "adopt")),
        )

    def step(self) -> tuple[str, str] | None:
        """Something happens; who asked for what, if anybody did."""
        kit, chance = self.kit, self.pick.random()
        due = sorted(kit.turn.pending)
        if due and chance < 0.06:
            kit.turn.ring(kit.party, self.pick.choice(due))
        elif kit.party.fetches and chance < 0.5:
            issuer = kit.party.fetches.ordered()[0][0]
            kit.turn.hear(kit.party, issuer, Keys("keys", self.odd((), (f"{issuer}#1",))))
        else:
            who, message = self.message()
            kit.turn.hear(kit.party, who, message)
            return who, message.id
        return None

    def settle(self) -> None:
        """Whatever waits for keys gets them."""
        for issuer, _ in self.kit.party.fetches.ordered():
            self.kit.turn.hear(self.kit.party, issuer, Keys("keys", (f"{issuer}#1",)))


@pytest.mark.parametrize("block", range(8))
def test_every_request_is_answered_once_and_every_transition_is_legal(block: int) -> None:
    for seed in range(block * RUNS, (block + 1) * RUNS):
        drive = Drive(seed)
        asked = [request for _ in range(STEPS) if (request := drive.step())]
        drive.settle()
        sent = drive.kit.turn.sent
        told = Counter((to, said.id) for to, said in sent if not isinstance(said, (Mail, KeysRequest, ConfirmLink)))
        late = Counter((to, said.id) for to, said in sent if isinstance(said, SignedIn))
        for request, times in Counter(asked).items():
            assert times <= told[request] <= times + late[request], (seed, request)
        states: dict[tuple[str, str], str] = {}
        for fact in drive.kit.turn.noted(Transition):
            thing = (fact.machine, fact.thing)
            assert states.get(thing, "absent") == fact.before, (seed, fact)
            assert legal(fact.machine, fact.before, fact.after), (seed, fact)
            states[thing] = fact.after


def test_the_rows_of_a_provider_agree_with_each_other() -> None:
    for seed in range(10_000, 10_000 + RUNS):
        drive = Drive(seed)
        for _ in range(STEPS):
            drive.step()
            agree(drive.kit)


def agree(kit: Kit) -> None:
    """Indexes find what is there, and nothing else; what expires has its wake."""
    party, pending = kit.party, kit.turn.pending
    for account, row in party.accounts.ordered():
        waits = party.links.get(party.signing_up.get(row.email))
        assert account in party.bearing(row.email) or (waits is not None and waits.account == account)
        assert all(party.identifiers[identifier] == account for identifier in row.identifiers)
        assert all(party.grants[grant].account == account for grant in row.grants)
        assert all(party.sessions[session].account == account for session in party.door(account).sessions)
    for email, _ in party.by_email.ordered():
        assert all(party.accounts[account].email == email for account in party.bearing(email))
    for identifier, account in party.identifiers.ordered():
        assert identifier in party.accounts[account].identifiers
    for session, opened in party.sessions.ordered():
        assert session in party.door(opened.account).sessions
    for url, consent in party.consents.ordered():
        assert party.asked[f"{consent.account} {consent.wanted.issuer}"] == url
        assert f"expire_consent {url}" in pending
    assert len(party.asked) == len(party.consents)
    for identity, link in party.awaiting.ordered():
        assert party.links[link].requests[0].identifier == identity
    assert all(f"expire_link {link}" in pending for link, _ in party.links.ordered())
    assert all(f"expire_code {code}" in pending for code, _ in party.codes.ordered())
    assert all(grant.live or not grant.works for _, grant in party.grants.ordered())
    for name, _ in party.gone.ordered():
        tables = (party.accounts, party.codes, party.consents, party.sessions, party.live)
        assert not any(name in table for table in tables)


def test_the_drive_gets_everywhere() -> None:
    """A test that says nothing wrong because nothing happens says nothing."""
    facts = {type(fact).__name__ for seed in range(RUNS) for fact in driven(seed).turn.facts}
    everything = "Adopted ApiAccepted ChangeConfirmed ConsentGiven IssuerContained KeysFetched ResourceCompleted "
    everything += "RevocationReceived TokenEnded AccountActivated EmailVerified Unlinked AttestationRefused Expired"
    assert set(everything.split()) <= facts


def driven(seed: int) -> Kit:
    drive = Drive(seed)
    for _ in range(STEPS):
        drive.step()
    return drive.kit
