"""Small scenarios made up at random, with waits at the scale of latencies: people, an adversary, odd providers.

Everything that makes orders matter is there: steps at, after and between times, steps that may be done, timeouts,
lives of a few seconds, outages, interceptions, thefts, losses and duplicates, an adversary of its own accord.
"""

from __future__ import annotations

import json
import random
from typing import Any

PRESETS = tuple(f"M{number}" for number in range(1, 11))
FAULTS = (
    "unbilled_resource", "overwrites_service", "keeps_old_keys", "no_ownership_check", "claims_removed",
    "link_without_verified_email", "widens_scopes", "ignores_issuer", "unconfirmed_email_change", "unlocked_creation",
)  # fmt: skip
ATTACKS = (
    "assertion_replay", "leaked_env", "hijacked_session", "classic_federated_merge", "unexpired_session",
    "trojan_identifier", "stolen_tokens", "rogue_attestation", "stolen_signing_key", "existence_probe",
)  # fmt: skip
STOPS = (
    "linked", "account_created", "token_issued", "code_minted", "resource_completed", "consent_asked", "refused",
    "mail_read", "revoked", "token_ended", "attestation_refused", "settled",
)  # fmt: skip
#: of a provider: field, possible values, how often it is set
ODDITIES: tuple[tuple[str, tuple[Any, ...], float], ...] = (
    ("sign_up", ("none", "unverified", "verified"), 0.3),
    ("activation", ("at_once", "after_mail"), 0.3),
    ("on_adopt", ("keep", "purge"), 0.3),
    ("matching", ("subject_or_email", "email", "subject"), 0.2),
    ("linking", ("silent", "ask_owner", "refuse", "second_factor"), 0.3),
    ("consent", ("click", "auto_if_single"), 0.3),
    ("faults", tuple([fault] for fault in FAULTS), 0.3),
    ("replay_memory", ("0 s", "2 s", "1 min"), 0.3),
    ("skew", ("0 s", "1 s", "300 s"), 0.3),
    ("check_audience", (True, False), 0.2),
    ("idempotency", ("none", "header", "project"), 0.3),
    ("provisioning_time", ("2 s", "uniform 1 s to 3 s"), 0.2),
    ("rotation", ("at_once", "overlap", "accumulate"), 0.3),
    ("removal", ("destroy", "detach"), 0.2),
    ("sender_bound", (0, 0.5, 1), 0.2),
    ("quarantine", ("0 s", "5 s"), 0.1),
    ("key_cache", ({"life": "3 s", "cooldown": "1 s"},), 0.3),
    ("limits", ([{"burst": 1, "per_hour": 720}],), 0.15),
)
ORCHESTRATORS: tuple[tuple[str, tuple[Any, ...], float], ...] = (
    ("email_check", ("link", "idp", "none"), 1),
    ("says_verified", ("always", "never"), 0.5),
    ("timeout", ("1 s", "2 s"), 0.6),
    ("attests_by", ("hmac_email",), 0.3),
    ("revocation", ({"names": "token_ids", "delay": "1 s"}, {"names": "nothing"}, {"delay": "0 s", "loss": 0.5}), 0.5),
    ("idempotency", ("none", "per_request", "per_intent"), 1),
    ("security_events", ({"sends": True, "delay": "1 s", "retries": 0},), 0.2),
    ("step_up", ("first_provider",), 0.3),
    ("session_life", ("6 s",), 0.3),
    ("keys", ({"rotate_every": "6 s", "publish_ahead": "1 s", "overlap": "2 s"},), 0.15),
    ("clock", ("2 s", "-2 s", "uniform -1 s to 1 s"), 0.2),
)


def story(seed: int) -> str:
    """The text of a scenario made up from ``seed``."""
    return json.dumps(_Writer(random.Random(seed)).scenario(seed))


class _Writer:
    """Makes up one scenario."""

    def __init__(self, rng: random.Random) -> None:
        self._rng, self._some = rng, rng.choice
        self._crowd, self._attacked = rng.random() < 0.2, rng.random() < 0.75
        self._honest = ["crowd"] if self._crowd else ["alice", "bob"][: self._some((1, 1, 2))]
        self._hubs = ["hub", "second"][: self._some((1, 1, 2))]
        self._clouds = ["cloud", "other"][: self._some((1, 1, 1, 2))]

    def _wait(self) -> str:
        low = self._some((0, 0, 1, 2, 3))
        return f"{low} s" if self._rng.random() < 0.75 else f"uniform {low} s to {low + self._rng.randint(1, 4)} s"

    def _odd(self, fields: tuple[tuple[str, tuple[Any, ...], float], ...]) -> dict[str, Any]:
        return {name: self._some(values) for name, values, share in fields if self._rng.random() < share}

    def scenario(self, seed: int) -> dict[str, Any]:
        """All of it."""
        least, share = self._some((0, 0, 1)), self._rng.random()
        steps = [self._step(number) for number in range(self._some((1, 2, 2, 2, 3)))]
        people = {name: self._person() for name in self._honest}
        if self._crowd:
            people["crowd"]["count"] = 2
        if self._attacked:
            people["mallory"] = {"adversary": True, "answers_after": self._wait(), "reads_mail_after": self._wait()}
        return {
            "title": f"Made up from {seed}",
            "seed": seed + 1,
            "until": self._some(("9 s", "10 s", "15 s")),
            "people": people,
            "orchestrators": {name: self._odd(ORCHESTRATORS) for name in self._hubs},
            "providers": {name: self._provider() for name in self._clouds},
            "network": {
                "latency": self._some((f"{least} s", f"{least} s", f"uniform {least} s to {least + 1} s")),
                "at_most": "3 s",
                "channel": self._some(("secure", "secure", "secure", "authentic", "open")),
            },
            "story": steps,
            "explore": {
                "adversary_sends": self._some((0, 0, 0, 0, 1)) if self._attacked else 0,
                "adversary_acts": self._some(("any_time", "at_rest", "at_rest")),
                "losses": self._some((0, 0, 0, 0, 0, 1)),
                "duplicates": self._some((0, 0, 0, 0, 0, 1)),
                "waits_at_most": "1 d",
            },
        } | ({"stop_after": self._some(STOPS)} if share < 0.25 else {})

    def _person(self) -> dict[str, Any]:
        waits = ("answers_after", "reads_mail_after", "repairs_after", "disputes_after", "pulls_env")
        return {wait: self._wait() for wait in waits} | {
            "notices": self._some((0, 1, 0.5)),
            "approves_unknown": self._some((0, 1, 0.5)),
            "mfa": self._some(("none", "none", "orchestrator", "provider", "both")),
        }

    def _provider(self) -> dict[str, Any]:
        return {
            "like": self._some(PRESETS),
            "token_life": self._some(("3 s", "10 s", "365 d", "uniform 2 s to 6 s")),
            "refresh": self._some(("rotate", "none", "rotate_detect")),
        } | self._odd(ODDITIES)

    # --- the story ------------------------------------------------------------------------------------------------

    def _step(self, number: int) -> dict[str, Any]:
        hub, cloud, share = self._some(self._hubs), self._some(self._clouds), self._rng.random()
        if not number or share < 0.3:
            done = self._add(self._some(self._honest), hub, cloud)
        elif self._attacked and share < 0.65:
            done = {"who": "mallory"} | self._deed(hub, cloud)
        else:
            done = self._turn_of_events(self._some(self._honest), hub, cloud)
        return {"id": f"s{number}"} | self._when(number, happens="who" not in done) | done

    def _when(self, number: int, *, happens: bool) -> dict[str, Any]:
        share, rng = self._rng.random(), self._rng
        if number and share < 0.2:
            return {"after": f"s{rng.randrange(number)}", "wait": self._wait()}
        if share < 0.25 and not happens:
            return {"may": 1}
        if share < 0.3 and not happens:
            return {"every": self._some(("3 s", "uniform 2 s to 4 s")), "times": 2, "from": "1 s"}
        if share < 0.45:
            return {"at": f"uniform {rng.randint(0, 3)} s to {rng.randint(4, 7)} s"}
        return {"at": f"{rng.randint(0, 8)} s"}

    def _add(self, who: str, hub: str, cloud: str) -> dict[str, Any]:
        return {"who": who, "add": f"{cloud}/free"} | ({"via": hub} if len(self._hubs) > 1 else {})

    def _deed(self, hub: str, cloud: str) -> dict[str, Any]:
        victim = "crowd1" if self._crowd else self._some(self._honest)
        whose = {
            "session": victim, "tokens": hub, "signing_key": hub, "env_file": victim, "mailbox": victim,
            "shared_secret": hub,
        }  # fmt: skip
        loot = self._some(tuple(whose))
        ways: tuple[dict[str, Any], ...] = (
            {"as": victim, "sign_up": cloud},
            {"as": victim, self._some(("log_in", "use", "refresh", "reset_password", "adopt", "look")): cloud},
            {"steal": loot, "of": whose[loot]},
            {"intercept": self._some((f"{hub}->{cloud}", f"{cloud}->{hub}")), "does": "drop", "for": "2 s"},
            {"intercept": self._some((f"{hub}->{cloud}", f"{cloud}->{hub}")), "does": "delay", "for": "2 s"},
            {"as": victim} | self._add("mallory", hub, cloud),
            {"as": victim, "add_identifier": cloud, "to": hub},
            {"attack": self._some(ATTACKS), "against": cloud, "of": self._some((hub, hub)), "as": victim,
             "budget": {"requests": 2}},
        )  # fmt: skip
        return dict(self._some(ways))

    def _turn_of_events(self, who: str, hub: str, cloud: str) -> dict[str, Any]:
        ways: tuple[dict[str, Any], ...] = (
            {"who": who, "revoke": self._some((hub, cloud))},
            {"who": who, "refresh": cloud},
            {self._some(("rotate_key", "withdraw_key")): hub},
            {"outage": self._some((hub, cloud)), "for": self._some(("2 s", "5 s"))},
            {"who": who, "sign_up": cloud},
            {"who": who, self._some(("rotate", "remove")): f"{cloud}/free"},
            {"who": who, self._some(("use", "unlink", "adopt", "log_in", "reset_password", "look", "log_out")): cloud},
            self._add(who, hub, cloud),
        )
        return dict(self._some(ways))
