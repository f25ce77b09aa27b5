"""The pre-hijacking table: 35 services, five attacks, and which finds its way into which.

Sudhodanan and Paverd, *Pre-hijacked accounts*, USENIX Security 2022, Table 4 (https://arxiv.org/abs/2205.10174). A
service is a provider, each of its five bits one mechanism. The outcome is never looked up: the attack is run against
it, has to get in where its owner has come, to notice that it has, and to break the property that it aims at.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations

import pytest

from sim.experiments.once import run_once
from sim.scenario import load_text

CFM, US, TID, UE, NV = CLASSES = ("CFM", "US", "TID", "UE", "NV")
#: class → attack, the owner's way in, and the property it breaks
SCRIPTS = {
    CFM: ("classic_federated_merge", "via: first, add: service/free", "token_only_for_owner"),
    US: ("unexpired_session", "reset_password: service", "adopted_account_is_clean"),
    TID: ("trojan_identifier", "reset_password: service", "token_only_for_owner"),
    UE: ("unexpired_email_change", "reset_password: service", "token_only_for_owner"),
    NV: ("non_verifying_orchestrator, via: second", "reset_password: service", "token_only_for_owner"),
}
#: 1: the flawed behaviour was found, 0: tested, and not; -: the service has no such feature
SERVICES = [
    "10001", "0010-", "1000-", "0010-", "0110-", "0111-", "0001-", "0001-", "0111-", "0001-", "1010-", "1001-",
    "0100-", "-1-0-", "0110-", "-1---", "-1---", "-1-1-", "1000-", "1100-", "11-0-", "1000-", "1001-", "1110-",
    "-1-0-", "0110-", "-1-0-", "0010-", "1011-", "0100-", "0101-", "1000-", "-1-1-", "1000-", "0110-",
]  # fmt: skip


def provider(bits: str, *, door: str = "unverified", trick: bool = False) -> str:
    """The service whose mechanisms ``bits`` switch on, off, or leave out."""
    merges, sessions, identifiers, changes, unverified = bits
    trusts = []
    if merges != "-":  # merge_unverified
        trusts.append(f"first: {{matching: email, linking: {'silent' if merges == '1' else 'ask_owner'}}}")
    if unverified == "1":  # trust_unverified_idp
        trusts.append("second: {matching: email, linking: silent, activation: at_once}")
    elif unverified == "0":
        trusts.append("second: {matching: email, linking: ask_owner, activation: after_mail}")
    ends = ["sessions", "tokens"] * (sessions != "1")  # sessions_survive_reset
    ends += ["identifiers"] * (identifiers != "1")  # identifiers_survive_reset
    ends += ["pending_changes"] * (changes != "1")  # pending_change_survives_reset
    offers = ["identifiers"] * (identifiers != "-") + ["email_change"] * (changes != "-")
    return (
        f"{{trusts: {{{', '.join(trusts)}}}, on_adopt: [{', '.join(ends)}], sign_up: {door}, "
        f"account_settings: [{', '.join(offers)}], faults: [{'unconfirmed_email_change' if trick else ''}]}}"
    )


@cache
def succeeds(attack: str, service: str) -> bool:
    """Whether the attack gets into the account when its owner has come, and breaks what it aims at."""
    script, arrival, aim = SCRIPTS[attack]
    outcome = run_once(
        load_text(f"""
title: {attack}
until: 6 d
people:
  alice: {{notices: 0, answers_after: 1 min, reads_mail_after: 1 min}}
  mallory: {{adversary: true}}
orchestrators:
  first: {{}}
  second: {{email_check: none, says_verified: always}}
providers:
  service: {service}
story:
  - {{at: 1 d, who: mallory, as: alice, attack: {script}, against: service, rate: 12 h}}
  - {{at: 3 d, who: alice, {arrival}}}
measures:
  won: {{count: attack_ended, where: {{why: won}}}}
"""),
        record=False,
    )
    won, broken = outcome.measures["won"] == 1, bool(outcome.violations.get(aim))
    assert won <= broken, "an attack that thinks it has won has"
    return won and broken


def holes(bits: str) -> tuple[str, ...]:
    """The attacks that get into the service with these bits."""
    return tuple(attack for attack in CLASSES if succeeds(attack, provider(bits)))


def test_the_columns_add_up() -> None:
    found = [holes(bits) for bits in SERVICES]
    assert len(SERVICES) == 35
    assert [sum(attack in one for one in found) for attack in CLASSES] == [13, 19, 12, 11, 1]
    assert sum(map(len, found)) == 56
    assert [sum(len(one) == number for one in found) for number in (0, 1, 2, 3, 4)] == [0, 18, 13, 4, 0]


def test_the_overlaps_are_those_of_the_paper() -> None:
    found = [holes(bits) for bits in SERVICES]
    overlaps = {pair: sum(set(pair) <= set(one) for one in found) for pair in combinations(CLASSES, 2)}
    assert {pair: number for pair, number in overlaps.items() if number} == {
        (CFM, US): 3, (CFM, TID): 3, (CFM, UE): 3, (CFM, NV): 1, (US, TID): 7, (US, UE): 5, (TID, UE): 3,
    }  # fmt: skip


@pytest.mark.parametrize("bits", sorted(set(SERVICES)))
def test_a_bit_moves_its_own_class_and_no_other(bits: str) -> None:
    before = holes(bits)
    for place, (attack, bit) in enumerate(zip(CLASSES, bits, strict=True)):
        if bit == "-":
            continue
        flipped = bits[:place] + ("0" if bit == "1" else "1") + bits[place + 1 :]
        assert set(holes(flipped)) ^ set(before) == {attack}, f"{bits} -> {flipped}"


#: How a service checks addresses at its door, or what it ends: its first four bits, the door, whether the verification
#: trick is open → which of the first four attacks get in. The paper's preconditions; that the purge also removes
#: foreign identifiers is our reading.
CHECKS = {
    "no_check": ("1111", "unverified", False, "1111"),
    "check_before_use": ("1111", "verified", False, "0000"),
    "check_and_trick": ("1111", "verified", True, "1111"),
    "purge_at_reset": ("1000", "unverified", False, "1000"),
}


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("trusts_the_issuer", ["1", "0"], ids=["address_of_issuer_trusted", "address_checked_again"])
def test_what_a_check_of_the_address_is_worth(check: str, trusts_the_issuer: str) -> None:
    """Mandatory verification helps against all but an issuer that is trusted and does not verify."""
    bits, door, trick, expected = CHECKS[check]
    service = provider(bits + trusts_the_issuer, door=door, trick=trick)
    found = "".join("1" if succeeds(attack, service) else "0" for attack in CLASSES)
    assert found == expected + trusts_the_issuer
