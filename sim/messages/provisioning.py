"""Between an orchestrator and a provider: the agentic provisioning protocol 0.1d, OAuth 2.0, and a provider's API."""

from __future__ import annotations

from typing import ClassVar

from sim.claims import Attestation
from sim.party import Message


class CatalogRequest(Message, frozen=True, tag="services"):
    """``GET /provisioning/services``."""


class Catalog(Message, frozen=True, tag="services_list"):
    """Services a provider offers, and whether it provisions accounts for agents at all.

    ``sender_bound``: its tokens work only for a caller that proves to be the one they were given to.
    """

    ANSWER: ClassVar[bool] = True
    services: tuple[str, ...]
    agent_provisioning: bool
    sender_bound: bool = False
    paid: tuple[tuple[str, str, str], ...] = ()
    """What costs money: service, kind (``monthly``, ``plan``, ``purchase``), and its price in prose."""
    says: tuple[tuple[str, str], ...] = ()
    """What else is said of services."""
    updates: tuple[tuple[str, str], ...] = ()
    """What may become what (``allowed_updates``)."""


class AccountRequest(Message, frozen=True, tag="account_request"):
    """``POST /provisioning/account_requests``: an attested identity asks for an account or a link to one.

    ``key`` is the idempotency key; ``confirmation`` the state that a consent is bound to.
    """

    PROVES: ClassVar[tuple[str, ...]] = ("attestation",)
    REVEALS: ClassVar[tuple[str, ...]] = ("attestation",)
    key: str
    orchestrator: str
    attestation: Attestation
    scopes: tuple[str, ...]


class OauthCode(Message, frozen=True, tag="oauth"):
    """Answer ``oauth``: a single-use authorization code (300 s)."""

    ANSWER: ClassVar[bool] = True
    REVEALS: ClassVar[tuple[str, ...]] = ("code",)
    code: str


class RequiresAuth(Message, frozen=True, tag="requires_auth"):
    """Answer ``requires_auth``: the owner must approve at ``url`` (600 s); without one, a mail is on its way."""

    ANSWER: ClassVar[bool] = True
    REVEALS: ClassVar[tuple[str, ...]] = ("url",)
    url: str = ""


class ConfirmLink(Message, frozen=True, tag="confirm_link"):
    """The owner approved (or clicked the mailed link): the code for a request that was answered ``requires_auth``.

    ``browser`` is whose browser carries it, as a redirect; empty where it goes from server to server.
    """

    REVEALS: ClassVar[tuple[str, ...]] = ("code",)
    code: str
    browser: str = ""


class TokenRequest(Message, frozen=True, tag="token"):
    """``POST /oauth/token``: a code or a refresh token for tokens, signed by the client.

    ``pop`` proves possession of a key of the client's, to which the tokens are bound (RFC 9449). ``verifier`` shows
    that it comes from whoever asked for the code (PKCE, RFC 7636), where it does not go to whom the code was asked of;
    everywhere else the sender's being the asker stands for it. Whoever hears the request can use both.
    """

    PROVES: ClassVar[tuple[str, ...]] = ("grant", "client_key", "pop", "verifier")
    REVEALS: ClassVar[tuple[str, ...]] = ("grant", "verifier")
    grant_type: str
    grant: str
    orchestrator: str
    client_key: str
    pop: str = ""
    verifier: str = ""


class TokenResponse(Message, frozen=True, tag="token_response"):
    """Access and refresh token, kept in the orchestrator's vault (layer 1: never shown to the agent)."""

    ANSWER: ClassVar[bool] = True
    REVEALS: ClassVar[tuple[str, ...]] = ("access_token", "refresh_token")
    access_token: str
    refresh_token: str
    account: str


class ResourceRequest(Message, frozen=True, tag="resource"):
    """``POST /provisioning/resources``: bearer and signature both required."""

    PROVES: ClassVar[tuple[str, ...]] = ("access_token", "client_key", "payment_token", "pop")
    REVEALS: ClassVar[tuple[str, ...]] = ("payment_token",)
    key: str
    access_token: str
    client_key: str
    orchestrator: str
    service: str
    payment_token: str = ""
    amount: int = 0
    """Cents of usage to be charged instead of the price; 0: the price."""
    environment: str = "prod"
    project: str = ""
    information: tuple[str, ...] = ()
    """What an earlier answer said to be needed, as ``name:value``."""
    pop: str = ""


class Resource(Message, frozen=True, tag="resource_response"):
    """A resource: ``complete``, with its access configuration (layer 2), or as far as it has come.

    ``pending``: to be asked for again; ``needs_information``: ``schema`` names what, ``candidates`` what may be
    chosen; ``removed``. ``generation`` counts credentials.
    """

    ANSWER: ClassVar[bool] = True
    REVEALS: ClassVar[tuple[str, ...]] = ("secret",)
    resource: str
    secret: str
    status: str = "complete"
    schema: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    generation: int = 1
    service: str = ""


class RevokeRequest(Message, frozen=True, tag="revocation"):
    """RFC 7009 in spirit: withdraw a grant, or single tokens. No such message exists on the real wire (assumed)."""

    PROVES: ClassVar[tuple[str, ...]] = ("client_key",)
    orchestrator: str
    client_key: str
    grant: str = ""
    token_ids: tuple[str, ...] = ()


class KeysRequest(Message, frozen=True, tag="public_keys"):
    """``GET /v2/provisioning/public_keys``: a provider fetches an issuer's verification keys."""


class Keys(Message, frozen=True, tag="keys"):
    """Key ids (``kid``) with which the issuer's signatures are to be verified now."""

    ANSWER: ClassVar[bool] = True
    key_ids: tuple[str, ...]


class ApiCall(Message, frozen=True, tag="api"):
    """One call of a provider's API with a bearer credential; without one, to learn where to get it (RFC 9728)."""

    PROVES: ClassVar[tuple[str, ...]] = ("credential", "pop")
    credential: str = ""
    pop: str = ""


class ApiOk(Message, frozen=True, tag="api_ok"):
    """The call went through on ``account``."""

    ANSWER: ClassVar[bool] = True
    account: str


class Unauthorized(Message, frozen=True, tag="unauthorized"):
    """401 with ``WWW-Authenticate: Bearer resource_metadata=…`` (RFC 9728 §5.1)."""

    ANSWER: ClassVar[bool] = True
    code: str
    resource_metadata: str


class MetadataRequest(Message, frozen=True, tag="metadata_request"):
    """``GET /.well-known/oauth-protected-resource``."""


class Metadata(Message, frozen=True, tag="metadata"):
    """Protected-resource metadata; the client checks that ``resource`` is what it asked for (RFC 9728 §3.3)."""

    ANSWER: ClassVar[bool] = True
    resource: str
    authorization_servers: tuple[str, ...]
    scopes_supported: tuple[str, ...]
