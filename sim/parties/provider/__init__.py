"""A provider: creates or matches accounts on the strength of attestations, and sells services.

It is one party in parts, each a module that builds on the ones before it: ``office`` (tables), ``keys`` (issuers'
keys), ``verification`` (is an attestation to be believed), ``grants`` (codes and tokens), ``api`` (resources and
calls), ``adoption`` (the owner takes possession), ``requests`` (which account an attestation opens), ``pages`` (the
provider's own door, mailed links), ``dashboard``. What the protocol leaves open is answered by ``policies``.
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
    Done,
    Error,
    Keys,
    Manage,
    MetadataRequest,
    Prove,
    Recover,
    ResourceRequest,
    RevokeRequest,
    SignIn,
    SignUp,
    TokenRequest,
)
from sim.parties.provider.dashboard import DashboardDesk
from sim.party import Message, Turn

__all__ = ["Provider"]


class Provider(DashboardDesk):
    """Relying party for attestations, authorization server and resource server for its own tokens.

    ``config`` is a block of ``providers`` of a scenario; it is read at each use and may be replaced between turns.
    """

    HEARS: ClassVar[Mapping[type[Message], str]] = {
        AccountRequest: "account_request",
        TokenRequest: "token_request",
        ResourceRequest: "resource_request",
        RevokeRequest: "revoke_request",
        Keys: "keys_came",
        CatalogRequest: "catalogue",
        ApiCall: "api_call",
        MetadataRequest: "metadata",
        SignUp: "sign_up",
        SignIn: "sign_in",
        Recover: "recover",
        Prove: "prove",
        Click: "click",
        Approve: "approve",
        DashboardRequest: "dashboard",
        Manage: "manage",
        Done: "acknowledged",
        Error: "acknowledged",
    }
    WAKES: ClassVar[Mapping[str, str]] = {
        kind: kind
        for kind in (
            "expire_code", "expire_consent", "expire_link", "expire_token", "forget_answer", "forget_made",
            "forget_use", "fetch_keys", "ask_again", "stale_keys", "rested",
        )
    }  # fmt: skip

    def acknowledged(self, turn: Turn, sender: str, message: Message) -> None:
        """The answer to a ``ConfirmLink``: whoever asked goes on with the code, or has forgotten the request."""
