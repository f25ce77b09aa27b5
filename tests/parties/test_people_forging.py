from __future__ import annotations

import msgspec
import pytest

from sim.claims import Attestation, shared_secret, signing_key
from sim.clock import SECOND
from sim.messages import (
    AccountRequest,
    Click,
    ConfirmLink,
    Error,
    LoggedIn,
    Login,
    Lure,
    OauthCode,
    RequiresAuth,
    TokenRequest,
    TokenResponse,
)
from tests.parties.people_town import Town

TOKENS = TokenResponse("s.mallory.1", "at:g:cloud:s.mallory.1:1", "rt:g:cloud:s.mallory.1:1", "cloud/s.mallory.1")


def with_key(number: int = 1, mode: str = "jwt") -> Town:
    """Mallory has stolen what hub signs with."""
    town = Town(orchestrators={"hub": {"attests_by": mode}})
    if mode == "jwt":
        town.people.loot(town.turn, "mallory", "signing_key", "hub", (signing_key("hub", number),))
    else:
        number_ = "" if number == 1 else f"#{number}"
        secrets = (shared_secret("hub", "cloud2"), shared_secret("hub", "cloud") + number_)
        town.people.loot(town.turn, "mallory", "shared_secret", "hub", secrets)
    return town


def forge(town: Town, as_: str = "alice", at: str = "cloud") -> AccountRequest:
    ((to, message),) = town.do("mallory", "add", at, service="free", via="hub", as_=as_)
    assert to == at
    assert isinstance(message, AccountRequest)
    return message


def test_a_stolen_key_attests_a_customer_as_the_orchestrator_would() -> None:
    town = with_key(3)
    message = forge(town)
    assert message == AccountRequest(
        "s.mallory.1", "s.mallory.1", "hub",
        Attestation(
            "jwt", "hub", "sub:hub:alice", "cloud", "jti:hub:s.mallory.1", "alice@example.org", True,
            town.turn.now, 300 * SECOND, "hub#3", "key:hub:3",
        ),
        ("resources",),
    )  # fmt: skip
    assert town.turn.behind == "mallory"


def test_a_stolen_secret_signs_for_one_provider_only() -> None:
    town = with_key(2, "hmac_email")
    claim = forge(town).attestation
    assert (claim.mode, claim.signer, claim.binds) == ("hmac_email", "secret:hub:cloud#2", "s.mallory.1")
    ((_, login),) = town.do("mallory", "add", "by_hand", 2, via="hub", as_="alice")
    assert isinstance(login, Login), "no secret for that provider"


def test_a_code_is_exchanged_and_the_tokens_are_kept() -> None:
    town = with_key()
    forge(town)
    assert town.hear("mallory", "cloud", OauthCode("s.mallory.1", "c:x")) == [
        ("cloud", TokenRequest("s.mallory.1", "authorization_code", "c:x", "hub", ""))
    ]
    assert town.hear("mallory", "cloud", TOKENS) == []
    assert town.outcomes == ["complete"]
    assert town.idle()
    ((_, call),) = town.do("mallory", "use", "cloud", 2, as_="alice", via="hub")
    assert call.credential == TOKENS.access_token
    ((_, request),) = town.do("mallory", "refresh", "cloud", 3, as_="alice")
    assert (request.grant, request.orchestrator) == (TOKENS.refresh_token, "hub")


def test_where_requests_are_signed_the_secret_signs_the_exchange() -> None:
    town = with_key(mode="hmac_email")
    forge(town)
    ((_, request),) = town.hear("mallory", "cloud", OauthCode("s.mallory.1", "c:x"))
    assert request.client_key == "secret:hub:cloud"


@pytest.mark.parametrize("code", ["invalid_signature", "forbidden", "email_taken"])
def test_a_refused_forgery_ends(code: str) -> None:
    town = with_key()
    forge(town)
    town.hear("mallory", "cloud", Error("s.mallory.1", code))
    assert (town.outcomes, town.refusals) == ([code], [code])
    assert town.idle()


def test_a_consent_page_is_passed_on_to_the_owner_and_the_request_stays_open() -> None:
    town = with_key()
    forge(town)
    assert town.hear("mallory", "cloud", RequiresAuth("s.mallory.1", "u:x")) == [
        ("alice", Lure("s.mallory.1", "cloud", "u:x"))
    ]
    assert town.outcomes == ["pending_auth"]
    ((_, request),) = town.hear("mallory", "cloud", ConfirmLink("s.mallory.1", "c:x"))
    assert request.grant == "c:x"
    town.hear("mallory", "cloud", TOKENS)
    assert town.outcomes == ["pending_auth"]
    assert town.people.rings["mallory cloud alice"].credentials == (TOKENS.access_token,)


def test_a_mail_to_somebody_made_up_is_answered_by_who_made_it_up() -> None:
    town = with_key()
    assert forge(town, "mallory.new1").attestation.subject == "sub:hub:mallory.new1"
    town.hear("mallory", "cloud", RequiresAuth("s.mallory.1"))
    assert town.outcomes == []
    ((_, click),) = town.mail("mallory", "activate", "s.mallory.1")
    assert isinstance(click, Click)
    ((_, request),) = town.hear("mallory", "cloud", ConfirmLink("s.mallory.1", "c:x"))
    assert isinstance(request, TokenRequest)
    town.hear("mallory", "cloud", TOKENS)
    assert town.outcomes == ["complete"]


def test_a_mail_to_a_victim_is_the_victims_business() -> None:
    town = with_key()
    forge(town)
    town.hear("mallory", "cloud", RequiresAuth("s.mallory.1"))
    assert town.outcomes == ["pending"]
    ((_, request),) = town.hear("mallory", "cloud", ConfirmLink("s.mallory.1", "c:x"))
    assert isinstance(request, TokenRequest)


def test_a_confirmation_of_nothing_is_answered() -> None:
    town = Town()
    assert town.hear("mallory", "cloud", ConfirmLink("s.mallory.9", "c:x")) == [
        ("cloud", Error("s.mallory.9", "invalid_state"))
    ]


def test_a_stolen_session_goes_before_a_stolen_key() -> None:
    town = with_key()
    town.people.loot(town.turn, "mallory", "session", "alice", ("s:hub:start:alice",))
    ((to, _),) = town.do("mallory", "add", "cloud", via="hub", as_="alice")
    assert to == "mallory/alice"


def test_in_the_own_name_nothing_is_forged() -> None:
    town = with_key()
    ((_, login),) = town.do("mallory", "add", "cloud", via="hub")
    assert isinstance(login, Login)


def test_through_a_rogue_orchestrator_one_registers() -> None:
    town = Town(orchestrators={"second": {"email_check": "none", "adversary": True, "says_verified": "always"}})
    ((_, login),) = town.do("mallory", "add", "cloud", via="second", as_="alice")
    assert login == Login("s.mallory.1+login", "alice@example.org", "pw:second:mallory:alice", "")
    ((to, instruct),) = town.hear("mallory", "second", LoggedIn(login.id, "s:second:m"))
    assert (to, instruct.orchestrator) == ("mallory/alice", "second")


# --- presenting again -----------------------------------------------------------------------------------------------


def captured(town: Town, mode: str) -> AccountRequest:
    """A request that the attacker has seen on its way."""
    other = with_key(mode=mode)
    message = forge(other)
    return msgspec.structs.replace(message, id="s.alice.5", key="s.alice.5")


def test_a_captured_token_fits_into_a_request_of_ones_own() -> None:
    town = Town(providers={"p": {"adversary": True}})
    message = captured(town, "jwt")
    town.turn.me = "p"
    town.people.represent(town.turn, message, "cloud")
    intent = "p.replay.s.alice.5"
    assert town.turn.sent == [("cloud", msgspec.structs.replace(message, id=intent, key=intent))]
    assert town.turn.behind == "p"
    assert town.hear("p", "cloud", OauthCode(intent, "c:x")) == [
        ("cloud", TokenRequest(intent, "authorization_code", "c:x", "hub", ""))
    ]
    town.hear("p", "cloud", msgspec.structs.replace(TOKENS, id=intent))
    assert town.people.rings["p cloud alice"].credentials == (TOKENS.access_token,)
    assert (town.outcomes, town.refusals) == ([], [])
    assert not len(town.people.tasks)


def test_a_signed_request_goes_as_it_is_and_is_not_taken_for_its_senders() -> None:
    town = Town(orchestrators={"hub": {"attests_by": "hmac_email"}})
    town.do("alice", "add", "cloud", 5)
    message = captured(town, "hmac_email")
    town.turn.me = "mallory"
    town.people.represent(town.turn, message, "cloud")
    assert town.turn.sent[-1] == ("cloud", message)
    ((_, request),) = town.hear("mallory", "cloud", OauthCode("s.alice.5", "c:x"))
    assert request == TokenRequest("s.alice.5", "authorization_code", "c:x", "hub", ""), "without the secret"
    town.hear("mallory", "cloud", Error("s.alice.5", "unauthorized"))
    assert "s.alice.5" in town.people.tasks, "alice still waits for her own"


def test_a_captured_token_that_is_refused_is_given_up() -> None:
    town = Town(providers={"p": {"adversary": True}})
    message = captured(town, "jwt")
    town.turn.me = "p"
    town.people.represent(town.turn, message, "cloud")
    assert town.hear("p", "cloud", Error("p.replay.s.alice.5", "invalid_request")) == []
    assert not len(town.people.tasks)
