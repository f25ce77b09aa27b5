"""What a provider's support desk does, and for whom; and two more ways in that threats need."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sim.claims import Attestation
from sim.facts import AccountCreated, ChangeConfirmed, SupportActed
from sim.messages import (
    Done,
    Error,
    OauthCode,
    Prove,
    SignedIn,
    SupportLink,
    SupportRequest,
    TokenRequest,
    TokenResponse,
)
from tests.parties.provider_kit import ALICE, Kit

DESK = "desk:p"


def desk(approval: str = "single", recorded: bool = True) -> Kit:
    kit = Kit(support=SimpleNamespace(approval=approval, recorded=recorded))
    kit.sign_up("alice")
    return kit


def asked(kit: Kit, action: str = "send_link", credential: str = DESK, email: str = ALICE, value: str = "") -> object:
    return kit.reply("mallory", SupportRequest("h1", credential, email, action, value))


def test_the_desk_hands_out_a_link_that_opens_the_account() -> None:
    kit = desk()
    answer = asked(kit)
    assert isinstance(answer, SupportLink)
    opened = kit.reply("mallory", Prove("h2", answer.link, "pw:p:mallory:alice"))
    assert isinstance(opened, SignedIn)


def test_the_desk_writes_another_address() -> None:
    kit = desk()
    assert asked(kit, "change_email", value="new@example.org") == Done("h1")
    (changed,) = kit.turn.noted(ChangeConfirmed)
    assert changed.email == "new@example.org"


@pytest.mark.parametrize(
    ("kit", "words", "code"),
    [
        (desk("dual"), {}, "second_person_required"),
        (desk(), {"credential": "desk:other"}, "unauthorized"),
        (desk(), {"email": "nobody@example.org"}, "not_found"),
        (desk(), {"action": "change_email", "value": ALICE}, "email_taken"),
    ],
    ids=["dual control", "no desk", "no account", "taken"],
)
def test_what_the_desk_does_not_do(kit: Kit, words: dict[str, str], code: str) -> None:
    assert asked(kit, **words) == Error("h1", code)
    assert kit.turn.noted(SupportActed) == []


def test_what_can_be_stolen_of_a_provider() -> None:
    kit = desk()
    assert kit.party.holdings("support_desk", "cloud") == (DESK,)
    tokens = kit.tokens(email="bob@example.org")
    assert set(kit.party.holdings("tokens", "cloud")) == {tokens.access_token, tokens.refresh_token}
    assert kit.party.holdings("card", "cloud") == ()


# --- an account is looked for and made in two steps -------------------------------------------------------------------


def race(faults: tuple[str, ...]) -> Kit:
    kit = Kit(like="M1", faults=faults)
    for request in ("r1", "r2"):
        kit.say("hub", kit.request(request, kit.claim(), key=request))
    for key in [key for key in kit.turn.pending if key.startswith("create_unseen ")]:
        kit.turn.ring(kit.party, key)
    return kit


def test_what_is_not_one_step_makes_two_accounts() -> None:
    assert len(race(("unlocked_creation",)).turn.noted(AccountCreated)) == 2
    assert len(race(()).turn.noted(AccountCreated)) == 1


# --- a code in other hands --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verifier", "good"), [("", False), ("pkce:hub:r1", True), ("pkce:hub:r2", False), ("pkce:mallory:r1", False)]
)
def test_a_code_goes_to_whoever_shows_the_askers_verifier(verifier: str, good: bool) -> None:
    kit = Kit(like="M1")
    claim: Attestation = kit.claim()
    answer = kit.reply("hub", kit.request("r1", claim))
    assert isinstance(answer, OauthCode)
    request = TokenRequest("x1", "authorization_code", answer.code, "hub", "", "", verifier)
    assert isinstance(kit.reply("mallory", request), TokenResponse if good else Error)


def test_a_request_that_is_said_again_has_the_verifier_of_the_first() -> None:
    kit = Kit(like="M1")
    answer = kit.reply("hub", kit.request("r1~2", kit.claim(), "r1"))
    assert isinstance(answer, OauthCode)
    request = TokenRequest("x1", "authorization_code", answer.code, "hub", "", "", "pkce:hub:r1")
    assert isinstance(kit.reply("mallory", request), TokenResponse)
