"""What is done at the provider's own pages, said shortly."""

from __future__ import annotations

from typing import Any

from sim.messages import ApiCall, ApiOk, Done, Manage, OauthCode, SignedIn, SignIn, TokenResponse
from sim.party import Fact, Message
from tests.parties.provider_kit import ALICE, Kit

NEW = "new@example.org"


def manage(kit: Kit, who: str, session: str, action: str, *values: str, id_: str = "") -> Message:
    return kit.reply(who, Manage(id_ or f"{action}.{who}", session, action, values))


def signed_in(answer: Message) -> SignedIn:
    assert isinstance(answer, SignedIn), answer
    return answer


def works(kit: Kit, credential: str) -> bool:
    return isinstance(kit.reply("x", ApiCall("a1", credential)), ApiOk)


def kinds(facts: list[Fact]) -> list[str]:
    """The facts in order, life cycles and mails apart."""
    names = [type(fact).__name__ for fact in facts]
    return [name for name in names if name not in ("Transition", "MailSent")]


PURGES = ("sessions", "tokens", "identifiers", "pending_changes")


def squatted(**given: Any) -> tuple[Kit, dict[str, bool]]:
    """An account on which mallory left one of everything, after alice has adopted it; what is left, by kind."""
    kit = Kit(refresh="none", **given)
    session = signed_in(kit.sign_up("mallory")).session
    kit.party.config.linking = "silent"
    tokens = kit.tokens("r1", "second")
    secret = kit.resource(tokens.access_token, sender="second").secret
    key: Any = manage(kit, "mallory", session, "create_key")
    manage(kit, "mallory", session, "add_identifier", "id:mallory@else")
    manage(kit, "mallory", session, "change_email", "mallory@example.org")
    change = kit.mailed("change_email", "mallory@example.org")
    kit.turn.clear()
    kit.take("alice", "adopt")
    facts = list(kit.turn.facts)
    tried = {
        "sessions": {works(kit, session)},
        "tokens": {
            *(works(kit, one) for one in (tokens.access_token, secret, key.secret)),
            isinstance(kit.refresh(tokens.refresh_token, sender="second"), TokenResponse),
        },
        "identifiers": {
            isinstance(kit.reply("mallory", SignIn("back", ALICE, "id:mallory@else")), SignedIn),
            isinstance(kit.ask("r2", "second", NEW, subject=f"sub:second:{ALICE}"), OauthCode)
            and kit.party.identifiers[f"second sub:second:{ALICE}"] == "p/up.mallory",
        },
        "pending_changes": {isinstance(kit.click("mallory", change), Done)},
    }
    assert all(len(answers) == 1 for answers in tried.values()), tried
    kit.turn.facts[:] = facts
    return kit, {kind: answers.pop() for kind, answers in tried.items()}
