"""The world of a scenario: every field of every block, with its default, its meaning, and where the default is from.

This file is the reference that ``sim list`` prints and the JSON Schema is made of. A mark is ``confirmed`` where the
value was read in the source named (keys in ``sources``), ``assumed`` where it is our choice; a source beside an assumed
value is where the choice leans on.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from sim.clock import DAY, HOUR, MINUTE, NEVER, SECOND, Constant, Duration, Exponential, Lognormal
from sim.scenario import kinds, worldkinds
from sim.scenario.values import Members, Offer, Pick, Rate, Trusts

ZERO = Constant(0)
FOREVER = Constant(NEVER)


def field(default: Any, doc: str, source: str = "", *, confirmed: bool = False) -> Any:
    """A field of the language: its default, what it means, and where the default is from."""
    return Field(
        default, description=doc, json_schema_extra={"mark": "confirmed" if confirmed else "assumed", "source": source}
    )


class Part(BaseModel):
    """A part of the world: frozen, every field with a default, nothing beyond its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Party(Part):
    """What every party has; a block of ``people``, ``orchestrators`` or ``providers``."""

    name: str = ""
    count: Annotated[int, kinds.whole(1, 10**9)] = field(1, "a group of so many: name1 … nameN")
    like: Annotated[tuple[str, ...], kinds.TEXTS] = field((), "presets, or blocks of the same kind; later wins")
    clock: Annotated[Duration, kinds.OFFSET] = field(ZERO, "local clock minus true time, drawn once per member")
    adversary: Annotated[bool, kinds.YES_NO] = field(False, "truth: works for the attacker")

    @property
    def grouped(self) -> bool:
        """Whether a count was given, even if it is 1."""
        return "count" in self.model_fields_set

    @property
    def members(self) -> Members:
        """The members' names, made when asked for."""
        return Members(self.name, self.count, grouped=self.grouped)


class People(Party):
    """Human principals; their agents are theirs."""

    email: Annotated[str, worldkinds.ADDRESS] = field("{name}@example.org", "address used at login")
    holds: Annotated[tuple[str, ...], worldkinds.HOLDS] = field(
        ("email",), "mailboxes controlled at the start; the word email stands for the person's own"
    )
    uses: Annotated[tuple[tuple[str, float], ...], worldkinds.USES] = field(
        (), "whose customer; a map gives shares (default: the first orchestrator)"
    )
    mfa: Annotated[str | Pick, worldkinds.MFA] = field("none", "where a second factor is asked of them")
    notices: Annotated[float | Pick, kinds.MEMBER_SHARE] = field(0.3, "reads a warning; assumed within 0.1 to 0.5")
    approves_unknown: Annotated[float | Pick, kinds.MEMBER_SHARE] = field(0.0, "clicks yes to a stranger's request")
    resets_password: Annotated[float | Pick, kinds.MEMBER_SHARE] = field(1.0, "uses reset when asked to prove")
    disputes: Annotated[float | Pick, kinds.MEMBER_SHARE] = field(0.0, "contests a charge; observed 0.005", "CLP")
    answers_after: Annotated[Duration, kinds.DURATION] = field(Exponential(10 * MINUTE), "reacts to a question")
    reads_mail_after: Annotated[Duration, kinds.DURATION] = field(Exponential(4 * HOUR), "reads a mail")
    repairs_after: Annotated[Duration, kinds.DURATION] = field(Exponential(2 * HOUR), "mends what broke")
    card: Annotated[str, kinds.word("yes", "no", "declined")] = field(
        "yes", "has a card to put on file; declined: its issuer says no to every amount"
    )
    card_network: Annotated[str, kinds.word("visa", "mastercard", "amex", "discover")] = field(
        "visa", "whose rules a dispute follows: how long a merchant has to answer", "PAR2"
    )
    card_limit: Annotated[Rate | None, kinds.PER] = field(None, "the card's issuer declines more than this")
    disputes_after: Annotated[Duration, kinds.DURATION] = field(
        Exponential(20 * DAY), "from a line on the statement to a complaint; after 120 d it is too late", "PAR2"
    )
    agents: Annotated[int, kinds.whole(1, 10_000)] = field(1, "agents working in parallel")
    deployment_calls: Annotated[Duration, kinds.DURATION] = field(
        FOREVER, "what an agent has running calls the provider this often; never: nothing is running"
    )
    pulls_env: Annotated[Duration, kinds.DURATION] = field(
        Exponential(HOUR), "until what is running is given a credential that has changed"
    )
    agent_obeys: Annotated[float | Pick, kinds.MEMBER_SHARE] = field(
        0.0, "agent follows injected text; 0.15 to 0.75 without enforcement", "APO"
    )
    agent_retries: Annotated[int, kinds.whole(0, 1_000)] = field(
        0, "agent repeats a request that was refused so often, at once"
    )
    agent_leaks: Annotated[float | Pick, kinds.MEMBER_SHARE] = field(
        0.0, "agent leaks its .env file: whoever looks for such files has it", "CYD"
    )
    agent_accepts_terms: Annotated[float | Pick, kinds.MEMBER_SHARE] = field(
        0.0, "agent passes acceptance of the terms by script", "K12"
    )

    @property
    def customer_of(self) -> Pick:
        """Whose customer a member of the group is, where ``uses`` gives shares."""
        return Pick(self.uses)


class PaymentTokens(Part):
    """What a payment token is limited to when it is minted, and the processor keeps."""

    bound_to: Annotated[tuple[str, ...], worldkinds.BOUND_TO] = field(
        ("seller", "amount"), "for whom it is good, and up to how much; what is not named is left to the seller", "K21",
        confirmed=True,
    )  # fmt: skip
    lasts: Annotated[int, kinds.PERIOD] = field(
        7 * DAY, "until it expires; the documentation has a field and no number", "K21"
    )


class Cap(Part):
    """Ceilings on spending by month."""

    per_provider: Annotated[int | None, kinds.PRICE_OR_NONE] = field(
        10_000, "per person, provider and month", "CFB", confirmed=True
    )
    total: Annotated[int | None, kinds.PRICE_OR_NONE] = field(
        None, "per person and month over all providers; none is stated anywhere", "CFB", confirmed=True
    )
    binds_at: Annotated[str, kinds.word("mint", "capture")] = field(
        "mint", "when it is compared: as a token is minted, or as money is captured", "K34"
    )
    refunds_restore: Annotated[bool, kinds.YES_NO] = field(False, "what is refunded may be spent again")
    counts_one_off: Annotated[bool, kinds.YES_NO] = field(True, "purchases count, and not plans alone")


class Keys(Part):
    """The signing side."""

    rotate_every: Annotated[Duration, kinds.DURATION] = field(Constant(30 * DAY), "a new signing key this often")
    publish_ahead: Annotated[Duration, kinds.DURATION] = field(
        Constant(24 * HOUR), "the new key is published so long before it signs", "APG"
    )
    overlap: Annotated[Duration, kinds.DURATION] = field(
        Constant(24 * HOUR), "the old key stays published so long after", "APG", confirmed=True
    )


class Revocation(Part):
    """What is pushed to providers when authority is withdrawn; the wire shows no message for it (K4, K7, K8)."""

    names: Annotated[str, worldkinds.REVOCATION] = field("grant", "what the push names", "AMD")
    delay: Annotated[Duration, kinds.DURATION] = field(Constant(5 * SECOND), "until it is sent; at worst 900 s", "CAE")
    loss: Annotated[float, kinds.SHARE] = field(0.0, "share of pushes lost")
    retries: Annotated[int, kinds.whole(0, 1_000)] = field(3, "further attempts")


class SecurityEvents(Part):
    """What providers are told of what happened to a customer, by Shared Signals; the wire shows no such message."""

    sends: Annotated[bool, kinds.YES_NO] = field(False, "whether providers are told at all", "K4, K7, K8")
    delay: Annotated[Duration, kinds.DURATION] = field(Constant(5 * SECOND), "until it is sent; at worst 900 s", "CAE")
    loss: Annotated[float, kinds.SHARE] = field(0.0, "share of attempts lost")
    retries: Annotated[int, kinds.whole(0, 1_000)] = field(3, "further attempts; then it is a dead letter", "AMD")


class Detection(Part):
    """How an orchestrator notices that it is abused, and what it does then."""

    after: Annotated[Duration, kinds.DURATION] = field(FOREVER, "notices so long after a theft")
    more_than: Annotated[Rate | None, kinds.PER] = field(None, "notices when more than this happens")
    then: Annotated[tuple[str, ...], worldkinds.DETECTION] = field(("revoke",), "what it does")


class Limit(Part):
    """A token bucket."""

    per: Annotated[
        str, kinds.word("issuer", "caller", "person", "domain", "address_root")
    ] = field("issuer", "what has a bucket of its own", "PHCONST", confirmed=True)  # fmt: skip
    burst: Annotated[int, kinds.whole(1)] = field(30, "bucket size", "PHRL", confirmed=True)
    per_hour: Annotated[int, kinds.whole(1)] = field(120, "refill", "PHRL", confirmed=True)
    counts: Annotated[str, kinds.word("account_requests", "resource_requests")] = field(
        "account_requests", "what takes a token at a provider; at an orchestrator every add does", "K4"
    )
    when_down: Annotated[str, kinds.word("open", "closed")] = field(
        "open", "while its store is down: let pass or refuse", "PHRL", confirmed=True
    )


class Orchestrator(Party):
    """Attests who a person is, keeps credentials, mints payment tokens."""

    attests_by: Annotated[str, worldkinds.ATTESTING] = field(
        "jwt",
        "a signed assertion with issuer and subject, or a request signed with a shared secret",
        "AMD",
        confirmed=True,
    )
    email_check: Annotated[str, worldkinds.EMAIL_CHECK] = field(
        "link", "how it checked the address; when, no claim tells"
    )
    says_verified: Annotated[str, kinds.word("truth", "always", "never")] = field("truth", "what it says of the check")
    subject_drift: Annotated[float | Pick, kinds.MEMBER_SHARE] = field(
        0.0, "share of logins with a new subject; one unverified report of 0.0004", "TRQ"
    )
    subject_is: Annotated[str, worldkinds.SUBJECT] = field("unique", "how sub is made", "SLA")
    session_life: Annotated[Duration, kinds.DURATION] = field(Constant(30 * DAY), "life of a login session")
    step_up: Annotated[str, kinds.word("never", "first_provider", "paid")] = field(
        "never", "when a login is asked for again", "K0"
    )
    cooling_off: Annotated[Duration, kinds.DURATION] = field(ZERO, "a new session may not add for so long")
    checks_issuer: Annotated[bool, kinds.YES_NO] = field(
        True, "asks nobody else for an account than whom it brings the code to", "R9207"
    )
    binds_state: Annotated[bool, kinds.YES_NO] = field(
        False, "takes a confirmation only in the browser of whoever asked; the wire has a confirmation_secret", "K4"
    )
    cap: Cap = field(Cap(), "ceilings on spending", "CFB", confirmed=True)
    payment_tokens: PaymentTokens = field(PaymentTokens(), "what payment tokens are limited to", "K21")
    keys: Keys = field(Keys(), "signing keys", "APG")
    revocation: Revocation = field(Revocation(), "what is pushed when authority is withdrawn")
    security_events: SecurityEvents = field(SecurityEvents(), "what providers are told of a customer's security")
    detection: Detection = field(Detection(), "noticing abuse")
    timeout: Annotated[Duration, kinds.INTERVAL] = field(
        Constant(30 * SECOND), "waits so long for an answer", "K5", confirmed=True
    )
    retries: Annotated[int, kinds.whole(0, 1_000)] = field(2, "further attempts after a timeout")
    idempotency: Annotated[str, kinds.word("none", "per_request", "per_intent")] = field(
        "per_intent", "what shares a key: one request, or all attempts of one intent", "K20"
    )
    limits: tuple[Limit, ...] = field((), "token buckets")


class KeyCache(Part):
    """The verifying side."""

    life: Annotated[Duration, kinds.DURATION] = field(
        Constant(10 * MINUTE), "keys are used so long before they are fetched again", "JOSE", confirmed=True
    )
    cooldown: Annotated[Duration, kinds.DURATION] = field(
        Constant(30 * SECOND), "an unknown key triggers a fetch at most this often", "JOSE", confirmed=True
    )
    fetch: Annotated[Duration, kinds.DURATION] = field(ZERO, "how long a fetch takes beyond the network")


class Disputes(Part):
    """What a provider does about contested charges."""

    answer: Annotated[str | int, worldkinds.FIGHT] = field("accept", "accept, fight, or fight above an amount")
    wins: Annotated[float, kinds.SHARE] = field(0.45, "share of fights won; sources give 0.20 to 0.45", "CPD")
    fee: Annotated[int, kinds.PRICE] = field(
        1_500, "charged per dispute, and again for fighting, which comes back on a win", "CBG"
    )
    pre_arbitration: Annotated[float, kinds.SHARE] = field(0.0, "share of fights that go on into arbitration")
    on_dispute: Annotated[str, kinds.word("keep", "suspend", "close")] = field("suspend", "what happens to the account")
    reserve: Annotated[Duration, kinds.DURATION] = field(ZERO, "money is held back so long")
    remembers: Annotated[tuple[str, ...], worldkinds.REMEMBERS] = field((), "by what a disputer is known again")


class Support(Part):
    """What people who work for a provider can do to an account without its owner."""

    approval: Annotated[str, kinds.word("single", "dual")] = field(
        "single", "whether a second person must agree", "OKT"
    )
    recorded: Annotated[bool, kinds.YES_NO] = field(True, "whether what they do is written down", "OKT")


class Provider(Party):
    """Creates or matches accounts on the strength of attestations, sells services."""

    agent_provisioning: Annotated[bool, kinds.YES_NO] = field(
        True, "no: the human detour, as before the protocol; what costs money is paid there, outside of the books"
    )
    trusts: Annotated[Trusts, worldkinds.TRUSTS] = field(
        Trusts(), "whose attestations it accepts, and what it does differently for them", "CFB"
    )
    matching: Annotated[str | Pick, worldkinds.PICKED_MATCHING] = field(
        "subject_or_email", "which account an attestation means", "AMD"
    )
    linking: Annotated[str | Pick, worldkinds.PICKED_LINKING] = field(
        "ask_owner", "when the account exists already", "CFB, PHACC", confirmed=True
    )
    activation: Annotated[str, worldkinds.ACTIVATION] = field(
        "at_once", "when a new account becomes usable", "CFB, PHACC", confirmed=True
    )
    on_adopt: Annotated[str | tuple[str, ...], worldkinds.ON_ADOPT] = field(
        "keep", "what becomes of older credentials when the owner adopts the account", "PH22"
    )
    consent: Annotated[str, worldkinds.CONSENT] = field(
        "click", "how consent is given by a signed-in owner", "PHACC", confirmed=True
    )
    sign_up: Annotated[str, worldkinds.SIGN_UP] = field("unverified", "the ordinary door", "PH22")
    account_settings: Annotated[tuple[str, ...], worldkinds.SETTINGS] = field(
        ("identifiers", "email_change"), "what the holder of an account may change on its dashboard", "PH22"
    )
    token_life: Annotated[Duration, kinds.DURATION] = field(
        Constant(365 * DAY), "life of an access token", "PHCONST", confirmed=True
    )
    refresh: Annotated[str, worldkinds.REFRESH] = field("rotate", "what a refresh token does", "K4, K5", confirmed=True)
    sender_bound: Annotated[float | Pick, kinds.MEMBER_SHARE] = field(0.0, "share of tokens bound to their sender")
    provisioning_time: Annotated[Duration, kinds.DURATION] = field(
        ZERO, "until a resource is ready; meanwhile it is pending, and polled"
    )
    rotation: Annotated[str, worldkinds.ROTATION] = field(
        "at_once", "what becomes of a credential that is replaced", "K18", confirmed=True
    )
    rotation_overlap: Annotated[Duration, kinds.DURATION] = field(
        Constant(24 * HOUR), "with rotation: overlap, the old one works so long beside the new"
    )
    removal: Annotated[str, worldkinds.REMOVAL] = field(
        "destroy", "what removing a resource means", "K8", confirmed=True
    )
    on_security_event: Annotated[tuple[str, ...], worldkinds.HEEDS] = field(
        ("sessions", "tokens"), "what ends upon an issuer's word that a session or login is no more", "CAE"
    )
    faults: Annotated[tuple[str, ...], worldkinds.FAULTS] = field(
        (), "faults documented in public code, to be switched on", "K4, K5"
    )
    key_cache: KeyCache = field(KeyCache(), "how long an issuer's keys are believed", "JOSE", confirmed=True)
    authorization_server: Annotated[str, kinds.TEXT] = field(
        "", "whom its metadata names as its authorization server; empty: itself", "R9207"
    )
    replay_memory: Annotated[Duration, kinds.DURATION] = field(
        ZERO, "remembers used assertions so long", "PHSIG", confirmed=True
    )
    skew: Annotated[Duration, kinds.DURATION] = field(
        Constant(300 * SECOND), "clock difference tolerated, both ways", "PHSIG", confirmed=True
    )
    check_audience: Annotated[bool, kinds.YES_NO] = field(
        True, "refuses assertions meant for others", "AMD", confirmed=True
    )
    quarantine: Annotated[Duration, kinds.DURATION] = field(ZERO, "a new account may do nothing costly for so long")
    metering_lag: Annotated[Duration, kinds.DURATION] = field(ZERO, "usage is metered so late")
    prices: Annotated[dict[str, int], worldkinds.PRICES] = field(
        {"free": 0, "paid": 2_000}, "price by service; half the catalogue's quoted figures are above 25 usd", "K13"
    )
    plans: Annotated[str, kinds.word("once", "monthly")] = field(
        "once", "how a plan is charged: when it is added, or again at the beginning of each calendar month", "K13"
    )
    budget: Annotated[int | None, kinds.PRICE_OR_NONE] = field(
        None, "tells the owner when the account has cost half of this in a month, and all of it", "K1"
    )
    catalogue_says: Annotated[dict[str, str], worldkinds.SAYS] = field(
        {}, "text that an obeying agent reads, by service"
    )
    disputes: Disputes = field(Disputes(), "contested charges")
    support: Support = field(Support(), "the support desk", "OKT")
    workers: Annotated[int | None, kinds.whole(1, word_for_none="unlimited")] = field(None, "requests served at once")
    queue: Annotated[int | None, kinds.whole(0, word_for_none="unlimited")] = field(
        None, "requests that may wait; a full queue refuses"
    )
    service_time: Annotated[Duration, kinds.DURATION] = field(ZERO, "time to serve a request")
    idempotency: Annotated[str, kinds.word("none", "header", "project")] = field(
        "header", "how a repeated request is recognised", "K8", confirmed=True
    )
    limits: tuple[Limit, ...] = field((), "token buckets")

    @property
    def services(self) -> dict[str, Offer]:
        """Every service offered, by its name."""
        from sim.scenario.like import services_offered

        return services_offered(self.like, self.prices)


class Link(Part):
    """The way from one party to another."""

    latency: Annotated[Duration, kinds.DURATION] = field(
        Lognormal(50_000, 500_000), "drawn per message, again if beyond at_most"
    )
    at_most: Annotated[int, kinds.PERIOD] = field(2 * SECOND, "no message takes longer; the bound explore uses")
    loss: Annotated[float, kinds.SHARE] = field(0.0, "share of messages lost")
    duplicates: Annotated[float, kinds.SHARE] = field(0.0, "share of messages delivered twice")
    channel: Annotated[str, kinds.word("secure", "authentic", "open")] = field(
        "secure", "the network may drop and delay; authentic: read too; open: replay and inject too"
    )


#: What the network may do to a message on each kind of channel.
CHANNEL_ALLOWS = {
    "secure": ("drop", "delay"),
    "authentic": ("read", "drop", "delay"),
    "open": ("read", "drop", "delay", "replay", "inject"),
}

SECTIONS: dict[str, type[Party]] = {"people": People, "orchestrators": Orchestrator, "providers": Provider}
