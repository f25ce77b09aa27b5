"""Which answers, attacks, properties, measures and facts there are.

A shelf is a folder of ``sim`` and a name on it is a file: they are listed, never imported, so a file is known by being
there. The words that the language itself documents stand here as well; one that has no file yet is refused with the
remark that it is not simulated yet.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sim.scenario.errors import Wrong, possible, quote
from sim.scenario.later import NOT_YET

_SIM = Path(__file__).parent.parent

#: The fixed panel of every result, by group.
PANEL = {
    "harm": ("takeovers", "foreign_survivors", "squats", "exposure_time", "accounts_by_adversary", "attacker_gain"),
    "honest": (
        "lockouts", "lockout_time", "outages", "outage_time", "honest_refusals", "duplicates", "extra_steps",
    ),
    "money": ("net_user", "net_provider", "net_orchestrator", "net_processor", "net_issuer", "net_adversary"),
}  # fmt: skip

_PROPERTIES = (
    "token_only_for_owner no_squat one_person_per_account one_account_per_key existing_account_needs_consent "
    "consent_is_spent_once accepted_assertion_is_valid assertion_accepted_once link_key_is_stable "
    "adopted_account_is_clean account_needs_acceptance revoked_grant_is_dead withdrawn_key_is_refused "
    "scope_within_consent compromise_is_contained agent_holds_no_secret management_needs_two_factors "
    "effects_are_traceable rate_limit_holds tenants_share_fairly existence_not_revealed monthly_cap_holds "
    "aggregate_cap_holds payment_token_confined charge_needs_acceptance charged_once money_is_conserved "
    "dispute_follows_stages paid_resource_iff_charged legal_transitions_only no_orphan_resource one_live_credential "
    "owner_can_exit quarantine_holds charge_settles request_is_answered owner_regains_access "
    "security_event_is_delivered account_without_charge in_use_without_human_at_provider owner_logs_in_later"
)

DOCUMENTED: dict[str, tuple[str, ...]] = {
    "properties": tuple(_PROPERTIES.split()),
    "attacks": ("mass_provisioning",),
    "measures": tuple(name for group in PANEL.values() for name in group),
    "facts": ("disputed", "settled"),
}

#: names of the user's own, brought in with ``--with``
_brought: dict[str, list[str]] = {}


def bring(shelf: str, name: str) -> None:
    """Make a user's own policy, attack, property or measure known for the rest of this process."""
    _brought.setdefault(shelf, []).append(name)


def known(shelf: str) -> tuple[str, ...]:
    """Every name that a file may use now, in a stable order: what lies on the shelf and what was brought in.

    A policy's shelf is ``policies/<question>``. While a shelf is empty the documented names stand in for it; the
    panel's measures are always there, they come with every result. Facts and ``messages`` go by their tags.
    """
    found = _tags()[shelf] if shelf in ("facts", "messages") else _files(shelf)
    if shelf == "measures":
        found = (*DOCUMENTED["measures"], *(name for name in found if name not in DOCUMENTED["measures"]))
    return (*(found or DOCUMENTED.get(shelf, ())), *_brought.get(shelf, ()))


def check(shelf: str, name: str, what: str, *, later: bool = False) -> None:
    """Refuse a name that is not on the shelf; ``later``: let documented names pass that have no file yet."""
    names = known(shelf)
    if name in names:
        return
    if name in DOCUMENTED.get(shelf, ()):
        if later:
            return
        raise Wrong(f"{what} {quote(name)} {NOT_YET}")
    raise Wrong(f"{what} {quote(name)} is not known; {possible(name, names)}")


@cache
def _files(shelf: str) -> tuple[str, ...]:
    folder = _SIM / shelf
    if not folder.is_dir():
        return ()
    names = {entry.stem for entry in folder.iterdir() if entry.suffix == ".py" or (entry / "__init__.py").is_file()}
    return tuple(sorted(name for name in names if not name.startswith("_")))


def fact_fields(fact: str, *, numeric: bool = False) -> tuple[str, ...] | None:
    """The fields of a fact, or only those that can be summed; None if the fact is not known (yet)."""
    from msgspec.structs import fields

    from sim import facts

    found = facts.names().get(fact)
    if found is None:
        return None
    return tuple(one.name for one in fields(found) if not numeric or one.type in (int, float, bool))


@cache
def _tags() -> dict[str, tuple[str, ...]]:
    from sim import facts, messages
    from sim.party import Message

    said = [getattr(messages, name) for name in messages.__all__]
    kinds = {str(one.__struct_config__.tag) for one in said if isinstance(one, type) and issubclass(one, Message)}
    return {"facts": tuple(sorted(facts.names())), "messages": tuple(sorted(kinds))}
