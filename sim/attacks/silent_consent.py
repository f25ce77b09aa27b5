"""Have the owner's browser approve a request that is not the owner's.

The attacker asks for access to the victim's account in a session of its own at an orchestrator, and sends the consent
page it gets to the victim. Where a signed-in owner is sent on without a click, opening the page is enough; some click
anyway. What comes of it goes to whoever asked, unless the orchestrator takes a confirmation only in the browser in
which it was asked for. A page that nobody approved in time is asked for anew.

Threat T22. An earlier revision of one public implementation sent a signed-in owner of one project on at once
([PHG]_), a later one forces the page ([PHACC]_). Ids of weaknesses and techniques are our mapping (assumed).

.. [PHG] https://github.com/PostHog/posthog/tree/master/ee/api/agentic_provisioning
.. [PHACC] https://github.com/PostHog/posthog/blob/2776c924caa4f36c8bb459059b6f9897059eae5f/ee/api/agentic_provisioning/accounts.py
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand
from sim.clock import MINUTE, Constant

NEEDS = ()
AIMS = ("existing_account_needs_consent", "token_only_for_owner")
FIRST_DESCRIBED = (
    "Lodderstedt, McGloin and Hunt, RFC 6819 section 4.4.1.7, 2013, https://www.rfc-editor.org/rfc/rfc6819"
)
WEAKNESSES = ("CWE-352", "CWE-384", "CWE-601")
TECHNIQUES = ("CAPEC-61", "CAPEC-62")

#: How long it waits for a page to be approved, where the scenario does not say: a little longer than one is open.
RATE = Constant(11 * MINUTE)
#: Outcomes after which somebody may approve.
OPEN = ("pending", "pending_auth")
#: Outcomes after which the same may work another time.
ILL_LUCK = ("expired", "consent_expired", "timeout", "no_mail", "server_busy", "rate_limited")


def start(hand: Hand, campaign: Campaign) -> None:
    """Ask, and lure."""
    for target in campaign.targets:
        hand.do("add", target, as_=campaign.alias or hand.fresh(target), via=campaign.via, service="free")


def tick(hand: Hand, campaign: Campaign, target: str) -> None:
    """See whether somebody approved."""
    hand.do("use", target, as_=campaign.alias, via=campaign.via)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """In: that was it. Asked: look after a while. Nobody approved: once more. Refused: it is over."""
    if outcome == "complete":
        hand.done_with(target, "won")
    elif verb == "use":
        hand.do("add", target, as_=campaign.alias, via=campaign.via, service="free")
    elif outcome in OPEN or outcome in ILL_LUCK:
        hand.wait(target, campaign.rate or RATE)
    else:
        hand.done_with(target, "contained")
