"""What the tests of a provider share: one with the language's defaults, and requests as an orchestrator makes them."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any

from sim.claims import Attestation, shared_secret, signing_key
from sim.clock import DAY, MINUTE, NEVER, SECOND, Constant
from sim.messages import (
    AccountRequest,
    Approve,
    Click,
    ConfirmLink,
    Error,
    Keys,
    KeysRequest,
    Mail,
    OauthCode,
    Prove,
    Recover,
    RequiresAuth,
    Resource,
    ResourceRequest,
    SignedIn,
    SignIn,
    SignUp,
    TokenRequest,
    TokenResponse,
)
from sim.parties.provider import Provider
from sim.party import Message
from sim.scenario.values import Offer
from tests.parties.recording import RecordingTurn, with_tables

LIFE = 300 * SECOND
ALICE = "alice@example.org"

#: matching, linking, activation, on_adopt of the ten presets
PRESETS = {
    "M1": ("email", "silent", "at_once", "keep"),
    "M2": ("email_normalised", "silent", "at_once", "keep"),
    "M3": ("email_verified", "silent", "at_once", "keep"),
    "M4": ("subject", "refuse", "at_once", "keep"),
    "M5": ("subject_or_verified_email", "silent", "at_once", "keep"),
    "M6": ("subject_or_email", "ask_owner", "at_once", "keep"),
    "M7": ("subject_or_email", "ask_owner", "after_mail", "purge"),
    "M8": ("email_verified", "by_domain", "after_mail", "purge"),
    "M9": ("first_issuer", "silent", "at_once", "keep"),
    "M10": ("namespaced", "ask_owner", "at_once", "keep"),
}


def override(**given: Any) -> SimpleNamespace:
    """What a provider does differently for one issuer."""
    nothing: dict[str, Any] = dict.fromkeys(("domains", "matching", "linking", "activation"))
    return SimpleNamespace(**{**nothing, "containment": False, **given})


def config(**given: Any) -> SimpleNamespace:
    """A provider's configuration: the language's defaults, and what is given; ``like`` names a preset."""
    matching, linking, activation, on_adopt = PRESETS[given.pop("like", "M6")]
    issuers = given.pop("issuers", {})
    values: dict[str, Any] = {
        "agent_provisioning": True,
        "trusts": SimpleNamespace(all=not issuers, issuers=issuers),
        "matching": matching,
        "linking": linking,
        "activation": activation,
        "on_adopt": on_adopt,
        "consent": "click",
        "sign_up": "unverified",
        "token_life": Constant(365 * DAY),
        "refresh": "rotate",
        "sender_bound": 0.0,
        "provisioning_time": Constant(0),
        "rotation": "at_once",
        "rotation_overlap": Constant(DAY),
        "removal": "destroy",
        "on_security_event": ("sessions", "tokens"),
        "faults": (),
        "account_settings": ("identifiers", "email_change"),
        "limits": (),
        "quarantine": Constant(0),
        "key_cache": SimpleNamespace(
            life=Constant(10 * MINUTE), cooldown=Constant(30 * SECOND), fetch=given.pop("fetch", Constant(0))
        ),
        "replay_memory": Constant(0),
        "skew": Constant(300 * SECOND),
        "check_audience": True,
        "authorization_server": "",
        "services": {"free": Offer("free", 0, updates=("paid",)), "paid": Offer("paid", 2_000, updates=("free",))},
        "catalogue_says": {},
        "metering_lag": Constant(0),
        "plans": "once",
        "budget": None,
        "idempotency": "header",
    }
    return SimpleNamespace(**{**values, **given})


class Kit:
    """A provider ``p`` with a turn that records; issuers answer when they are asked for keys, unless ``silent``."""

    def __init__(self, **given: Any) -> None:
        self.party = Provider("p", config(**given))
        with_tables(self.party)
        self.turn = RecordingTurn("p")
        self.published: dict[str, tuple[str, ...]] = {}
        self.silent = False

    def say(self, sender: str, message: Message, behind: str | None = None) -> list[Message]:
        """Let the provider hear ``message``; everything it sends, after the keys that it asks for have come."""
        sent = self.turn.hear(self.party, sender, message, behind)
        while not self.silent and sent and isinstance(sent[-1], KeysRequest):
            issuer = self.turn.sent[-1][0]
            keys = Keys(sent[-1].id, self.published.get(issuer, (f"{issuer}#1",)))
            sent = [*sent[:-1], *self.turn.hear(self.party, issuer, keys)]
        return sent

    def reply(self, sender: str, message: Message, behind: str | None = None) -> Message:
        """The one answer that ``sender`` gets."""
        before = len(self.turn.sent)
        self.say(sender, message, behind)
        answers = [said for to, said in self.turn.sent[before:] if to == sender and not isinstance(said, KeysRequest)]
        assert len(answers) == 1, answers
        assert answers[0].id == message.id
        return answers[0]

    # --- an orchestrator --------------------------------------------------------------------------------------------

    def claim(self, issuer: str = "hub", email: str = ALICE, subject: str = "", **given: Any) -> Attestation:
        values: dict[str, Any] = {
            "mode": "jwt",
            "issuer": issuer,
            "subject": subject or f"sub:{issuer}:{email}",
            "audience": "p",
            "token_id": f"jti:{issuer}:{given.pop('request', 'r')}",
            "email": email,
            "email_verified": True,
            "issued_at": self.turn.now,
            "life": LIFE,
            "key_id": f"{issuer}#1",
            "signer": signing_key(issuer, 1),
        }
        return Attestation(**{**values, **given})

    def hmac(self, request: str, issuer: str = "hub", email: str = ALICE, **given: Any) -> Attestation:
        secret = shared_secret(issuer, "p")
        values = {"mode": "hmac_email", "audience": "", "token_id": "", "key_id": "", "signer": secret}
        return self.claim(issuer, email, **{**values, "binds": request, **given})

    def request(self, id_: str = "r1", claim: Attestation | None = None, key: str | None = None) -> AccountRequest:
        claim = claim or self.claim(request=id_)
        return AccountRequest(id_, id_ if key is None else key, claim.issuer, claim, ("resources",))

    def ask(self, id_: str = "r1", issuer: str = "hub", email: str = ALICE, **given: Any) -> Message:
        """The answer to an account request."""
        return self.reply(issuer, self.request(id_, self.claim(issuer, email, request=id_, **given)))

    def exchange(self, code: str, id_: str = "t1", sender: str = "hub", key: str = "") -> Message:
        return self.reply(sender, TokenRequest(id_, "authorization_code", code, sender, key))

    def refresh(self, token: str, id_: str = "f1", sender: str = "hub", key: str = "") -> Message:
        return self.reply(sender, TokenRequest(id_, "refresh_token", token, sender, key))

    def tokens(self, id_: str = "r1", issuer: str = "hub", email: str = ALICE, **given: Any) -> TokenResponse:
        """Tokens for a request that is answered with a code."""
        code = self.ask(id_, issuer, email, **given)
        assert isinstance(code, OauthCode), code
        tokens = self.exchange(code.code, f"{id_}+token", issuer)
        assert isinstance(tokens, TokenResponse), tokens
        return tokens

    def make(self, token: str, id_: str = "s1", service: str = "free", sender: str = "hub", key: str = "") -> Message:
        return self.reply(sender, ResourceRequest(id_, id_, token, key, sender, service))

    def resource(self, token: str, id_: str = "s1", sender: str = "hub") -> Resource:
        made = self.make(token, id_, sender=sender)
        assert isinstance(made, Resource), made
        return made

    # --- a person ---------------------------------------------------------------------------------------------------

    def sign_up(self, person: str, email: str = ALICE, factor: str = "", id_: str = "") -> Message:
        return self.reply(person, SignUp(id_ or f"up.{person}", email, password(person), factor))

    def sign_in(self, person: str, email: str = ALICE, factor: str = "", id_: str = "") -> Message:
        return self.reply(person, SignIn(id_ or f"in.{person}", email, password(person), factor))

    def session(self, person: str, email: str = ALICE) -> str:
        """A session of somebody who has a password there."""
        opened = self.sign_in(person, email)
        assert isinstance(opened, SignedIn), opened
        return opened.session

    def mailed(self, purpose: str, address: str = ALICE) -> str:
        """The link in the last mail of that purpose."""
        mails = [mail for mail in self.turn.all_sent(Mail, address) if mail.purpose == purpose]
        assert mails, f"no {purpose} mail to {address}"
        return mails[-1].link

    def take(self, person: str, purpose: str = "reset", email: str = ALICE, factor: str = "", id_: str = "") -> Message:
        """Reset or adopt by mail; the answer to the proof."""
        id_ = id_ or f"{purpose}.{person}"
        self.say(person, Recover(id_, email, purpose))
        return self.reply(person, Prove(f"{id_}+proof", self.mailed(purpose, email), password(person), factor))

    def click(self, person: str, link: str, id_: str = "") -> Message:
        return self.reply(person, Click(id_ or f"click.{person}", link))

    def approve(self, person: str, session: str, url: str, factor: str = "", id_: str = "") -> Message:
        return self.reply(person, Approve(id_ or f"yes.{person}", session, url, factor))


def password(person: str) -> str:
    """The password that a person makes up at ``p``."""
    return f"pw:p:{person}:{person}"


def code_of(answer: Message) -> str:
    """The code of an error; empty if it is none."""
    return answer.code if isinstance(answer, Error) else ""


FOREVER = Constant(NEVER)


def confirmed(kit: Kit, to: str = "hub") -> list[tuple[str, str]]:
    """Requests whose codes were sent after somebody approved, with the codes."""
    return [(said.id, said.code) for said in kit.turn.all_sent(ConfirmLink, to)]


def known(**given: Any) -> Kit:
    """A provider at which alice has signed up, and which asks owners."""
    kit = Kit(**given)
    kit.sign_up("alice")
    return kit


def page(answer: Message) -> str:
    assert isinstance(answer, RequiresAuth), answer
    assert answer.url
    return answer.url


def answering(**match: str) -> ModuleType:
    """A matching answer of one's own that always says the same."""
    mine = ModuleType("mine")
    mine.__dict__["match"] = lambda look, claim, verified: SimpleNamespace(**match)
    return mine
