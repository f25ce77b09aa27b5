"""Random stories, played with all parties: whatever happens, every step a person is told to do ends, and ends once."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from sim.experiments.once import run_once
from sim.facts import StepCompleted
from sim.scenario import load_text

PROVIDERS, ISSUERS = ("p", "q", "by_hand"), ("hub", "second", "rogue")
VERBS = (
    "add", "add", "add", "sign_up", "log_in", "adopt", "reset_password", "unlink", "accept_terms", "refresh", "use",
    "use", "revoke", "look", "log_out", "add_identifier", "change_email", "attack", "steal", "move_mailbox",
)  # fmt: skip
LOOT = (
    ("session", "alice"), ("tokens", "hub"), ("signing_key", "hub"), ("shared_secret", "second"), ("mailbox", "bob"),
)  # fmt: skip


def world(r: Random) -> list[str]:
    """People, orchestrators, providers and a network, all settings drawn."""
    alice = f"notices: {r.choice((0, 1))}, approves_unknown: {r.choice((0, 0.5, 1))}, "
    alice += f"resets_password: {r.choice((0, 1))}, mfa: {r.choice(('none', 'provider', 'orchestrator', 'both'))}"
    lines = [
        "title: Anything may happen", "until: 60 d", "people:",
        f"  alice: {{agents: 2, {alice}}}",
        "  bob: {uses: [second, hub], agent_accepts_terms: 1, notices: 1}",
        "  crowd: {count: 5}",
        "  mallory: {adversary: true}",
        "orchestrators:",
        f"  hub: {{attests_by: {r.choice(('jwt', 'hmac_email'))}, detection: {{after: exponential 2 d}}}}",
        f"  second: {{email_check: {r.choice(('none', 'link', 'idp'))}, says_verified: always}}",
        "  rogue: {adversary: true, email_check: none, says_verified: always}",
        "providers:",
        f"  by_hand: {{agent_provisioning: no, sign_up: {r.choice(('none', 'unverified', 'verified'))}}}",
    ]  # fmt: skip
    lines += [
        f"  {name}: {{like: M{r.randint(1, 10)}, sign_up: {r.choice(('none', 'unverified', 'verified'))}, "
        f"consent: {r.choice(('click', 'auto_if_single'))}, on_adopt: {r.choice(('keep', 'purge', 'review'))}}}"
        for name in ("p", "q")
    ]
    if r.random() < 0.5:
        lines.append(f"network: {{loss: {r.choice((0, 0.05, 0.2))}, duplicates: {r.choice((0, 0.1, 0.5))}}}")
    return lines


def step(r: Random, n: int) -> str:
    """A step of the story, drawn."""
    verb, who = r.choice(VERBS), r.choice(("alice", "bob", "crowd", "mallory", "mallory"))
    if verb in ("attack", "steal"):
        who = "mallory"
    said = {"id": f"s{n}x", "at": f"{r.randrange(1, 1200)} h", "who": who}
    object_ = r.choice(PROVIDERS)
    if verb == "move_mailbox":
        del said["who"]
        said |= {verb: "alice", "to": r.choice(("bob", "mallory"))}
    elif verb == "steal":
        what, of = r.choice(LOOT)
        said |= {verb: what, "of": of}
    elif verb == "attack":
        name = r.choice(("mass_provisioning", "classic_federated_merge", "unexpired_email_change"))
        said |= {verb: name, "of": r.choice(ISSUERS), "against": "[p, q]", "rate": "exponential 6 h", "until": "59 d"}
    elif verb == "change_email":
        said |= {verb: r.choice(("new", "z@example.org")), "via": r.choice((*PROVIDERS, *ISSUERS))}
    else:
        object_ = r.choice((*PROVIDERS, *ISSUERS)) if verb in ("log_in", "revoke") else object_
        said[verb] = f"{object_}/free" if verb == "add" else object_
        if verb == "add_identifier":
            said["to"] = f"x{n}@example.org"
        elif verb in ("add", "unlink", "accept_terms", "refresh", "use") and r.random() < 0.5:
            said["via"] = r.choice(ISSUERS)
    if who == "mallory" and verb not in ("steal", "move_mailbox", "change_email") and r.random() < 0.8:
        said["as"] = r.choice(("alice", "bob", "crowd3", "new"))
    return f"  - {{{', '.join(f'{key}: {value}' for key, value in said.items())}}}"


def story(seed: int) -> str:
    r = Random(seed)
    lines = [*world(r), f"seed: {seed}", "story:", *(step(r, n) for n in range(40))]
    return "\n".join(lines) + "\n"


def ends_once(seed: int) -> None:
    trace = run_once(load_text(story(seed))).trace
    assert trace is not None
    told = [step.command.id for step in trace.steps if step.command is not None]
    ended = Counter(fact.id for step in trace.steps for fact in step.facts if isinstance(fact, StepCompleted))
    assert told
    assert set(ended.values()) == {1}, ended.most_common(3)
    assert sorted(ended) == sorted(told)


@pytest.mark.parametrize("seed", range(8))
def test_every_step_that_a_person_is_told_to_do_ends_once(seed: int) -> None:
    ends_once(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8, 200))
def test_every_step_ends_once_in_many_stories(seed: int) -> None:
    ends_once(seed)
