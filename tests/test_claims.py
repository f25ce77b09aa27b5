"""An attestation is what it says, and its name says all of it."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.claims import FAULTS, Attestation, domain, shared_secret, signing_key

words = st.text("abc@.", min_size=1, max_size=5)
claims = st.builds(
    Attestation,
    mode=st.just("jwt"),
    issuer=words, subject=words, audience=words, token_id=words, email=words, email_verified=st.booleans(),
    issued_at=st.integers(0, 10), life=st.integers(1, 10), key_id=words, signer=words, binds=words,
)  # fmt: skip

ALICE = Attestation("jwt", "hub", "sub:1", "clouds", "jti:1", "alice@example.org", True, 5, 300, "hub#1", "key:hub:1")


def test_a_claim_is_not_changed_but_made_anew() -> None:
    with pytest.raises(AttributeError):
        ALICE.email = "mallory@example.org"  # type: ignore[misc]
    assert hash(ALICE) == hash(msgspec.structs.replace(ALICE))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("issuer", "other"), ("subject", "sub:2"), ("audience", "q"), ("token_id", "jti:2"), ("binds", "r2"),
        ("email", "mallory@example.org"), ("email_verified", False), ("issued_at", 6), ("life", 301),
        ("key_id", "hub#2"), ("signer", "key:hub:2"),
    ],
)  # fmt: skip
def test_an_altered_copy_is_another_object(field: str, value: object) -> None:
    """Otherwise whoever has seen one attestation could pass on any other under its name."""
    assert msgspec.structs.replace(ALICE, **{field: value}).atom != ALICE.atom


@given(claims)
def test_a_copy_has_the_name_of_the_original_and_survives_json(claim: Attestation) -> None:
    copy = msgspec.json.decode(msgspec.json.encode(claim), type=Attestation)
    assert copy == claim
    assert copy.atom == claim.atom


def test_keys_and_secrets_belong_to_one_issuer_one_number_one_pair() -> None:
    atoms = [signing_key(i, n) for i in ("hub", "hub2") for n in (1, 2)]
    atoms += [shared_secret(i, a) for i in ("hub", "hub2") for a in ("p", "q")]
    assert len(set(atoms)) == 8
    assert all(atom.split(":")[1] in ("hub", "hub2") for atom in atoms)


def test_faults_are_looked_for_in_one_order() -> None:
    """Whether the issuer counts at all comes before its signature, and that before what it says."""
    order = [FAULTS.index(fault) for fault in ("issuer_not_trusted", "bad_signature", "wrong_audience", "replayed")]
    assert order == sorted(order)
    assert len(set(FAULTS)) == len(FAULTS) == 9


@pytest.mark.parametrize(
    ("email", "at"),
    [("alice@Example.ORG", "example.org"), ('"a@b"@c.example', "c.example"), ("alice@a.b.c", "a.b.c")],
)
def test_the_domain_is_what_follows_the_last_at_sign(email: str, at: str) -> None:
    assert domain(email) == at
