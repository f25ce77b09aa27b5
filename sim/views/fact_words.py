"""Every fact in words: a sentence for ``explain`` and ``diff``, and a short note for a diagram.

Names in braces are fields of the fact; a field followed by ``_`` is put in brackets, and left out with them where it
is empty; ``{on_the_word}`` names the issuer where there is one. A fact without a note is not drawn.
"""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "requested": "{orchestrator} has a request for {provider}/{service}",
    "answered": "{orchestrator} answers the request for {provider}: {outcome}{code_}",
    "refused": "{person} was refused at {party}: {code}",
    "step_completed": "the step {step} is through for {person}: {outcome}",
    "human_stepped": "{person} did something by hand at {where}: {what}",
    "terms_accepted": "the terms of {provider} were accepted at {orchestrator} {by_script}",
    "attested": "{issuer} attested to {audience} that this is {email}, subject {subject}; e-mail {email_verified}",
    "attestation_accepted": "{provider} believed {issuer} that this is {email}, subject {subject}",
    "attestation_refused": "{provider} did not believe {issuer} about {email}: {reason}",
    "key_rotated": "{issuer} signs with {key_id} from now on",
    "key_withdrawn": "{issuer} withdrew {key_id}",
    "keys_fetched": "{provider} knows the keys {key_ids} of {issuer}",
    "account_created": "{provider} created account {account} for {email}{on_the_word}: {state}",
    "account_activated": "account {account} works from now on",
    "account_closed": "account {account} is gone: {reason}",
    "linked": "account {account} is linked to {identifier} now: {how}",
    "unlinked": "account {account} is linked to {identifier} no more",
    "email_verified": "{provider} saw that the address of account {account} answers",
    "change_requested": "account {account} shall move to {email}",
    "change_confirmed": "account {account} has moved to {email}",
    "change_cancelled": "a change of address of account {account} is off",
    "adopted": "the owner took possession of account {account} by {how}",
    "consent_asked": "{provider} asks the owner of account {account} whether {issuer} may act on it",
    "consent_given": "somebody signed in to account {account} let {issuer} act on it",
    "code_minted": "{provider} made a code for account {account}, for {issuer}",
    "code_spent": "{issuer} spent its code at {provider}",
    "token_issued": "{provider} gave out for account {account}{on_the_word}: {kind}",
    "token_ended": "this works no more on account {account}: {kind} ({reason})",
    "expired": "at {provider} a {kind} ran out",
    "api_accepted": "{provider} served a call on account {account}: {kind}",
    "api_refused": "{provider} refused a call: {code}",
    "resource_completed": "{provider} made resource {resource} for account {account}: {service}",
    "secret_stored": "a secret of {party} lies in the .env of {agent}",
    "credential_stored": "the vault of {orchestrator} holds tokens of {provider}",
    "revoked": "{orchestrator} withdrew a grant at {provider} ({pushed})",
    "revocation_received": "{provider} did as {orchestrator} said, and withdrew{grant_}",
    "connection_removed": "{orchestrator} dropped its connection with {provider}",
    "detected": "{orchestrator} noticed: {what}; it will {then}",
    "issuer_contained": "{provider} believes {issuer} nothing more",
    "session_stolen": "{thief} has the session of {of}",
    "tokens_stolen": "{thief} has the token store of {of}",
    "key_stolen": "{thief} has the signing key of {of}",
    "shared_secret_stolen": "{thief} has a secret that {of} shares",
    "mailbox_stolen": "{thief} reads the mail of {of} from now on",
    "mailbox_moved": "{address} belongs to {to} from now on",
    "mail_sent": "{party} sent a mail to {address}: {purpose}",
    "mail_read": "{person} read a mail of {party}: {purpose}",
    "outage_began": "{party} stops hearing anything",
    "outage_ended": "{party} is back",
    "request_received": "{party} put a request into its queue",
    "request_started": "a worker of {party} took the request up",
    "transition": "{machine} {thing}: {before}, now {after}",
}

NOTES: Mapping[str, str] = {
    "refused": "{person} refused: {code}",
    "terms_accepted": "terms of {provider} accepted {by_script}",
    "attestation_refused": "not believed: {reason}",
    "key_rotated": "signs with {key_id} now",
    "key_withdrawn": "key {key_id} withdrawn",
    "account_created": "new account for {email}, {state}",
    "account_activated": "account works now",
    "account_closed": "account gone: {reason}",
    "linked": "linked: {how}",
    "unlinked": "unlinked: {identifier}",
    "change_requested": "wants to move to {email}",
    "change_confirmed": "moved to {email}",
    "adopted": "account adopted by {how}",
    "consent_asked": "owner is asked about {issuer}",
    "consent_given": "consent given to {issuer}",
    "token_issued": "{kind} given out",
    "token_ended": "{kind} dead: {reason}",
    "expired": "{kind} ran out",
    "api_refused": "call refused: {code}",
    "resource_completed": "resource made: {service}",
    "revoked": "grant withdrawn, {pushed}",
    "revocation_received": "revocation obeyed",
    "connection_removed": "connection dropped",
    "detected": "noticed {what}: {then}",
    "issuer_contained": "believes {issuer} no more",
    "session_stolen": "{thief} has the session of {of}",
    "tokens_stolen": "{thief} has the tokens of {of}",
    "key_stolen": "{thief} has the key of {of}",
    "shared_secret_stolen": "{thief} has a secret of {of}",
    "mailbox_stolen": "{thief} reads the mail of {of}",
    "mailbox_moved": "{address} is now of {to}",
    "mail_read": "reads the mail: {purpose}",
    "outage_began": "{party} is down",
    "outage_ended": "{party} is back",
}

#: yes/no fields as words
YES_NO: Mapping[tuple[str, bool], str] = {
    ("by_script", True): "by a script",
    ("by_script", False): "by a person",
    ("pushed", True): "a message will tell",
    ("pushed", False): "nobody is told",
    ("email_verified", True): "called verified",
    ("email_verified", False): "not called verified",
}

#: values as words, by field
VALUES: Mapping[tuple[str, str], str] = {
    ("kind", "access"): "access token",
    ("kind", "refresh"): "refresh token",
    ("kind", "refreshed"): "refreshed access token",
    ("kind", "api_key"): "API key",
    ("kind", "resource"): "resource secret",
}

#: facts that say who was told or believed what about whom
CLAIMS = ("attested", "attestation_accepted", "attestation_refused")
#: facts that a party's decision brings about
DECISIONS = (
    "answered", "refused", "terms_accepted", "account_created", "account_activated", "account_closed", "linked",
    "unlinked", "consent_asked", "consent_given", "adopted", "code_minted", "token_issued", "token_ended",
    "change_confirmed", "api_accepted", "api_refused", "revoked", "revocation_received", "detected",
    "issuer_contained",
)  # fmt: skip
