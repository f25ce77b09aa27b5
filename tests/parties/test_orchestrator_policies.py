"""The orchestrator's questions: every word of the language is a file, and every file answers in the agreed form."""

from __future__ import annotations

from inspect import signature

import pytest

from sim.policies import answers, load

QUESTIONS = {
    "attesting": ("hmac_email", "jwt"),
    "email_check": ("idp", "link", "none"),
    "subject": ("email", "shared", "unique"),
    "revocation": ("grant", "nothing", "token_ids"),
    "detection": ("alert", "pause", "revoke"),
}
FORMS = {
    "attesting": {
        "attest": ("issuer", "subject", "email", "email_verified", "audience", "number", "request", "issued_at"),
        "signer": ("issuer", "audience", "number"),
    },
    "email_check": {"check": ("email",)},
    "subject": {"subject": ("orchestrator", "email", "key")},
    "revocation": {"withdraw": ("grant", "access_token")},
    "detection": {"react": ("what", "sessions", "hand")},
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_words_of_the_language_are_the_files(question: str) -> None:
    assert answers(question) == QUESTIONS[question]


@pytest.mark.parametrize(("question", "answer"), [(q, answer) for q in QUESTIONS for answer in QUESTIONS[q]])
def test_every_answer_has_the_form_its_question_states(question: str, answer: str) -> None:
    module = load(question, answer)
    for function, arguments in FORMS[question].items():
        assert tuple(signature(getattr(module, function)).parameters) == arguments


class Hand:
    """Writes down what is done about an alarm."""

    def __init__(self) -> None:
        self.did: list[object] = []

    def renew_keys(self) -> None:
        self.did.append("renew_keys")

    def end_sessions(self, sessions: tuple[str, ...]) -> None:
        self.did.append(sessions)

    def revoke_all(self) -> None:
        self.did.append("revoke_all")

    def pause(self) -> None:
        self.did.append("pause")


@pytest.mark.parametrize(
    ("answer", "what", "does"),
    [
        ("alert", "signing_key", []),
        ("pause", "session", ["pause"]),
        ("revoke", "signing_key", ["renew_keys", "revoke_all"]),
        ("revoke", "shared_secret", ["renew_keys", "revoke_all"]),
        ("revoke", "tokens", ["revoke_all"]),
        ("revoke", "session", [("s1",)]),
        ("revoke", "too_many", [("s1",)]),
    ],
)
def test_what_is_done_fits_what_was_noticed(answer: str, what: str, does: list[object]) -> None:
    hand = Hand()
    load("detection", answer).react(what, ("s1",), hand)
    assert hand.did == does


def test_a_word_that_is_no_answer_is_told_what_is() -> None:
    with pytest.raises(ValueError, match="possible are idp, link, none"):
        load("email_check", "captcha")
