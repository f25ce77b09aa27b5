"""Life cycles as tables: which state may follow which.

Rule of this room: everything that decides which transition is legal is in these tables, and nothing else is. They are
drawn as state diagrams by ``sim list lifecycles``. Sources: the union of the states seen on the command-line
interface, the platform API and the provider interface of the agentic provisioning protocol, and OAuth 2.0.
"""

from __future__ import annotations

from collections.abc import Mapping

Machine = Mapping[str, tuple[str, ...]]

#: A person's login at an orchestrator, connected to a provider.
LINK: Machine = {
    "none": ("requested",),
    "requested": ("pending_auth", "active", "error"),
    "pending_auth": ("active", "expired", "error", "requested", "pending_auth"),
    "error": ("requested",),
    "expired": ("requested",),
    "active": ("requested", "active", "expired", "unlinked"),
    "unlinked": ("requested",),
}

#: An account at a provider.
ACCOUNT: Machine = {
    "absent": ("pending", "active"),
    "pending": ("active", "closed"),
    "active": ("suspended", "closed"),
    "suspended": ("active", "closed"),
    "closed": (),
}

#: An authorization code (RFC 6749 §4.1.2: used once).
CODE: Machine = {
    "absent": ("issued",),
    "issued": ("spent", "expired", "voided"),
    "spent": (),
    "expired": (),
    "voided": (),
}

#: The owner's leave, asked for on a consent page.
CONSENT: Machine = {
    "absent": ("asked",),
    "asked": ("given", "expired", "replaced"),
    "given": (),
    "expired": (),
    "replaced": (),
}

#: What an orchestrator was granted at a provider; its tokens hang on it.
GRANT: Machine = {
    "absent": ("active",),
    "active": ("revoked", "purged", "expired"),
    "revoked": (),
    "purged": (),
    "expired": (),
}

#: A resource: updates only along what the catalogue allows, and no way back from its ends.
RESOURCE: Machine = {
    "absent": ("complete", "pending"),
    "pending": ("complete",),
    "complete": ("updating", "removed", "detached"),
    "updating": ("complete",),
    "detached": (),
    "removed": (),
}

#: A credential of a resource, from when it is rotated: it dies at once or after a while, or is never withdrawn.
CREDENTIAL: Machine = {
    "absent": ("active",),
    "active": ("grace", "ended", "orphaned"),
    "grace": ("ended",),
    "orphaned": ("ended",),
    "ended": (),
}

#: A payment token ([K21]: the four reasons for which one is deactivated).
PAYMENT_TOKEN: Machine = {
    "absent": ("active",),
    "active": ("consumed", "expired", "resolved", "revoked"),
    "consumed": (),
    "expired": (),
    "resolved": (),
    "revoked": (),
}

#: A charge, apart from what is disputed about it.
CHARGE: Machine = {
    "absent": ("captured",),
    "captured": ("settled", "refunded"),
    "settled": ("refunded",),
    "refunded": (),
}

#: A contested charge, through the stages of a card network (paymentsandrisk.com/docs/reference/time-frames); where the
#: merchant says nothing in time it has accepted.
DISPUTE: Machine = {
    "absent": ("inquiry",),
    "inquiry": ("chargeback",),
    "chargeback": ("accepted", "represented"),
    "represented": ("won", "lost", "pre_arbitration"),
    "pre_arbitration": ("accepted", "arbitration"),
    "accepted": ("closed",),
    "won": ("closed",),
    "lost": ("closed",),
    "arbitration": ("closed",),
    "closed": (),
}

MACHINES: Mapping[str, Machine] = {
    "link": LINK,
    "account": ACCOUNT,
    "code": CODE,
    "consent": CONSENT,
    "grant": GRANT,
    "resource": RESOURCE,
    "credential": CREDENTIAL,
    "payment_token": PAYMENT_TOKEN,
    "charge": CHARGE,
    "dispute": DISPUTE,
}


def legal(machine: str, before: str, after: str) -> bool:
    """Whether ``machine`` may go from ``before`` to ``after``."""
    return after in MACHINES[machine].get(before, ())
