"""Small traces made by hand: two orchestrators, one provider, an attacker who comes before the owner."""

from __future__ import annotations

from typing import Any

from sim import facts as f
from sim import messages as m
from sim.claims import Attestation
from sim.clock import DAY, MINUTE, MS, SECOND
from sim.party import Command
from sim.trace import Found, Step, Trace

WORLD = {
    "title": "A squatter comes first",
    "people": {"alice": {}, "mallory": {"adversary": True}},
    "orchestrators": {
        "first": {"email_check": "link", "says_verified": "truth"},
        "second": {"email_check": "none", "says_verified": "always"},
    },
    "providers": {"cloud": {}},
}
HEADER = {"scenario": WORLD, "seed": 1}
ACCOUNT = "cloud/squat.mallory"


class Making:
    """Steps added one by one, numbered from 1."""

    def __init__(self, at: int = 0) -> None:
        self.steps: list[Step] = []
        self.at = at

    def __call__(self, kind: str, to: str, after: int = 100 * MS, **rest: Any) -> int:
        """One more step ``after`` microseconds later; its number. Behind its facts is who is behind the step."""
        self.at += after
        if rest.get("facts"):
            rest.setdefault("whose", (rest.get("behind", ""),) * len(rest["facts"]))
        self.steps.append(Step(len(self.steps) + 1, self.at, kind, to, **rest))
        return len(self.steps)

    def trace(self, header: dict[str, Any] | None = None) -> Trace:
        """What was made."""
        return Trace(HEADER if header is None else header, self.steps, "sha256:0")


def attestation(issuer: str, subject: str, verified: bool) -> Attestation:
    """The word of ``issuer`` that somebody is alice."""
    return Attestation(
        "jwt",
        issuer,
        subject,
        "cloud",
        f"jti:{issuer}",
        "alice@example.org",
        verified,
        0,
        300 * SECOND,
        f"{issuer}#1",
        "k",
    )


def squat() -> Trace:
    """Mallory has an account made under alice's address; twenty days later alice is led into it."""
    make = Making()
    make("wake", "cloud", 0, key="start")
    _mallory(make)
    _alice(make)
    return make.trace()


def _mallory(make: Making) -> None:
    mine = {"behind": "mallory"}
    request = "squat.mallory"
    command = Command(request, "add", "mallory", "cloud", "free", "second", "alice")
    order = make("command", "mallory", DAY, command=command, **mine)
    told = make(
        "message", "mallory/agent1", sender="mallory", sent=make.at, cause=order,
        message=m.Instruct(request, "second", "s:1", "cloud", "free"), **mine,
    )  # fmt: skip
    add = make(
        "message", "second", sender="mallory/agent1", sent=make.at, cause=told,
        message=m.Add(request, "s:1", "cloud", "free"), **mine,
    )  # fmt: skip
    asked = make(
        "message", "mallory", sender="second", sent=make.at, cause=add, message=m.TermsAsked(request, "cloud"), **mine
    )
    wake = make("wake", "mallory", 8 * MINUTE, key=f"terms {request}", cause=asked, **mine)
    accepted = make(
        "message", "second", sender="mallory", sent=make.at, cause=wake, resumes=add,
        message=m.AcceptTerms(request, "s:1", "cloud"),
        facts=(
            f.TermsAccepted("second", "cloud", "l1", False),
            f.Attested("second", "sub:mallory", "jti", "alice@example.org", True, "cloud", request),
        ),
        **mine,
    )  # fmt: skip
    made = make(
        "message", "cloud", sender="second", sent=make.at, cause=accepted,
        message=m.AccountRequest(request, "k", "second", attestation("second", "sub:mallory", True), ()),
        facts=(
            f.AttestationAccepted(
                "cloud", "second", "sub:mallory", "jti", "second#1", "alice@example.org", "cloud", True, True, request
            ),
            f.AccountCreated("cloud", ACCOUNT, "alice@example.org", "active", "second", request),
            f.Linked("cloud", ACCOUNT, "second sub:mallory", "second", "created", False, request),
        ),
        found=(Found("no_squat", f"mallory made {ACCOUNT}, active, for alice@example.org, which is alice's address"),),
        **mine,
    )  # fmt: skip
    mail = m.Mail(request, "alice@example.org", "welcome", "cloud", request)
    make("lost", "alice@example.org", 0, sender="cloud", cause=made, message=mail, **mine)
    make("message", "second", sender="cloud", sent=make.at, cause=made, message=m.OauthCode(request, "c"), **mine)


def _alice(make: Making) -> None:
    mine = {"behind": "alice"}
    request = "owner.alice"
    order = make("command", "alice", 19 * DAY, command=Command(request, "add", "alice", "cloud", "free"), **mine)
    add = make(
        "message", "first", sender="alice/agent1", sent=make.at, cause=order,
        message=m.Add(request, "s:2", "cloud", "free"), **mine,
    )  # fmt: skip
    make(
        "message", "cloud", sender="first", sent=make.at, cause=add,
        message=m.AccountRequest(request, "k", "first", attestation("first", "sub:alice", False), ()),
        facts=(
            f.AttestationAccepted(
                "cloud", "first", "sub:alice", "jti", "first#1", "alice@example.org", "cloud", True, True, request
            ),
            f.Linked("cloud", ACCOUNT, "first sub:alice", "first", "silent", True, request),
            f.TokenIssued("cloud", ACCOUNT, "at:1", "access", "g:1", "first", (), request),
        ),
        found=(Found("owner_logs_in_later", "alice came back"), Found("no_squat", "still there")),
        **mine,
    )  # fmt: skip
