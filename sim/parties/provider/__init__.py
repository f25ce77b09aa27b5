"""A provider: creates or matches accounts on the strength of attestations, and sells services.

It is one party in parts, each a module that builds on the ones before it: ``office`` (tables), ``keys`` (issuers'
keys), ``verification`` (is an attestation to be believed), ``grants`` (codes and tokens), ``making`` (resources),
``billing`` (what costs money), ``limits`` (how often, and not yet), ``api`` (calls), ``adoption`` (the owner takes
possession), ``requests`` (which account an attestation opens), ``pages`` (the provider's own door, mailed links),
``dashboard``, ``resources`` (what becomes of them), ``events`` (deep links, security events), ``disputes``. What the
protocol leaves open, ``policies`` answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sim.messages import (
    AccountRequest,
    ApiCall,
    Approve,
    CatalogRequest,
    Click,
    DashboardRequest,
    DeepLinkRequest,
    DisputeClosed,
    DisputeOpened,
    Done,
    Error,
    Keys,
    LinkRequest,
    Manage,
    MetadataRequest,
    PaymentDeclined,
    PaymentSucceeded,
    Prove,
    Recover,
    RemoveRequest,
    Renewal,
    ResourceRead,
    ResourceRequest,
    RevokeRequest,
    RotateRequest,
    SecurityEvent,
    ServiceUpdate,
    SignIn,
    SignUp,
    SupportRequest,
    TokenRequest,
)
from sim.parties.provider.disputes import Disputes
from sim.party import Message

__all__ = ["Provider"]


class Provider(Disputes):
    """Relying party for attestations, authorization server and resource server for its own tokens.

    ``config`` is a block of ``providers`` of a scenario; it is read at each use and may be replaced between turns.
    """

    HEARS: ClassVar[Mapping[type[Message], str]] = {
        AccountRequest: "account_request",
        TokenRequest: "token_request",
        ResourceRequest: "resource_request",
        ResourceRead: "resource_read",
        ServiceUpdate: "service_update",
        RotateRequest: "rotate_credentials",
        RemoveRequest: "remove",
        LinkRequest: "link_resource",
        DeepLinkRequest: "deep_link",
        SecurityEvent: "security_event",
        RevokeRequest: "revoke_request",
        PaymentSucceeded: "payment_succeeded",
        PaymentDeclined: "payment_declined",
        Renewal: "renewal",
        DisputeOpened: "dispute_opened",
        DisputeClosed: "dispute_closed",
        Keys: "keys_came",
        CatalogRequest: "catalogue",
        ApiCall: "api_call",
        MetadataRequest: "metadata",
        SignUp: "sign_up",
        SignIn: "sign_in",
        Recover: "recover",
        Prove: "prove",
        Click: "click",
        SupportRequest: "support_request",
        Approve: "approve",
        DashboardRequest: "dashboard",
        Manage: "manage",
        Done: "acknowledged",
        Error: "acknowledged",
    }
    WAKES: ClassVar[Mapping[str, str]] = {
        kind: kind
        for kind in (
            "expire_code", "expire_consent", "expire_deep_link", "expire_link", "expire_token", "fetch_keys",
            "forget_answer", "forget_made", "forget_use", "ask_again", "grace", "let_go", "provisioned", "rested",
            "stale_keys", "refill", "create_unseen", "release", "meter", "lapse", "respond",
        )
    } | {"billing": "late", "say": "say_again"}  # fmt: skip
