"""People: everybody of flesh and blood in a story, honest or not.

A person instructs agents, signs in at orchestrators and at providers' doors, answers mail, accepts terms, approves
what was asked for in the person's own name, and gets over refusals; an adversary does the same with what it stole or
made up. One object is all people, so that a million of them are rows, and few: who has nothing open and holds nothing
leaves none but a session.

Each file is a part of what people do, one on top of the other: ``records`` (what they remember), ``addresses`` (by
which they are known), ``commands`` (at an orchestrator), ``using``, ``adding``, ``buying``, ``defending``, ``door`` (a
provider's own pages), ``forging``, ``mail``, ``campaigns``, ``tricking`` (other people's agents and payment tokens),
``owning`` (what becomes of services one has), ``disputing``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sim.messages import (
    ApiOk,
    CardAsked,
    ConfirmLink,
    Dashboard,
    DisputeClosed,
    Done,
    Error,
    KeyCreated,
    Leaked,
    LoggedIn,
    Lure,
    Mail,
    OauthCode,
    Opened,
    PaymentDeclined,
    PaymentSucceeded,
    Report,
    RequiresAuth,
    Resource,
    SignedIn,
    Statement,
    SupportLink,
    TermsAsked,
    TokenResponse,
    Unauthorized,
)
from sim.parties.people.adding import Adding
from sim.parties.people.buying import Buying
from sim.parties.people.commands import Orders
from sim.parties.people.defending import Defending
from sim.parties.people.disputing import Disputing
from sim.parties.people.door import Door
from sim.parties.people.forging import Forging
from sim.parties.people.owning import Owning
from sim.parties.people.tricking import Tricking
from sim.parties.people.using import Using
from sim.party import Message

__all__ = ["People"]


class People(Disputing):
    """All people of a story. ``config`` is its roster."""

    HEARS: ClassVar[Mapping[type[Message], str]] = {
        **dict.fromkeys(
            (
                ApiOk, Dashboard, Done, Error, KeyCreated, OauthCode, Opened, PaymentDeclined, PaymentSucceeded, Report,
                RequiresAuth, Resource, SignedIn, SupportLink, TokenResponse, Unauthorized,
            ),
            "answered",
        ),
        LoggedIn: "logged_in",
        Leaked: "leaked",
        TermsAsked: "terms_asked",
        CardAsked: "card_asked",
        ConfirmLink: "link_confirmed",
        Mail: "mailed",
        Lure: "lured",
        Statement: "statement",
        DisputeClosed: "dispute_decided",
    }  # fmt: skip
    WAKES: ClassVar[Mapping[str, str]] = {
        "answer": "come_to",
        "patience": "gave_up",
        "read": "read",
        "notice": "noticed",
        "repair": "mend",
        "tick": "tick",
        "stop": "stop",
        "contest": "complain",
    }
    DOES: ClassVar[Mapping[str, str]] = {
        "add": "add",
        "sign_up": "sign_up",
        "log_in": "log_in",
        "log_out": "log_out",
        "look": "visit",
        "adopt": "adopt",
        "reset_password": "adopt",
        "unlink": "unlink",
        "accept_terms": "accept_terms",
        "refresh": "refresh",
        "use": "use",
        "rotate": "look_after",
        "update": "look_after",
        "remove": "look_after",
        "link": "look_after",
        "revoke": "revoke",
        "add_identifier": "add_identifier",
        "change_email": "change_email",
        "raise_cap": "raise_cap",
        "dispute": "dispute",
        "plant": "plant",
        "redeem": "redeem",
        "attack": "attack",
    }
    STEPS: ClassVar[Mapping[str, str]] = {
        **Orders.STEPS, **Adding.STEPS, **Buying.STEPS, **Defending.STEPS, **Door.STEPS, **Forging.STEPS,
    }  # fmt: skip
    ANSWERS: ClassVar[Mapping[tuple[type[Message], str], str]] = {
        **Orders.ANSWERS, **Using.ANSWERS, **Adding.ANSWERS, **Door.ANSWERS, **Forging.ANSWERS, **Owning.ANSWERS,
        **Tricking.ANSWERS, **Disputing.ANSWERS,
    }  # fmt: skip

    def holdings(self, what: str, of: str) -> tuple[str, ...]:
        """Credentials that a person holds at providers: keys made by hand, and tokens of one's own."""
        if what != "tokens":
            return ()
        held = [ring for key, ring in self.rings.ordered() if key.startswith(f"{of} ")]
        return tuple(atom for ring in held for atom in (*ring.credentials, *ring.refresh))

    def enrolled(self, person: str, orchestrator: str, session: str) -> None:
        """``person`` is a customer of ``orchestrator``, signed in, since before the story."""
        self.sessions[f"{person} {orchestrator} {person}"] = session
