"""Present an assertion that was read on its way once more, before it grows too old.

Whoever reads requests between an orchestrator and a provider (``intercept … does: read``) holds the assertions in them.
Each is presented again at the provider it was made for, as soon as it is seen, or a ``rate`` later. Where a provider
keeps no store of used assertions, the second arrival finds the account and is given a code of its own; an assertion
that turns out to be remembered is worth nothing, and where the provider asks an owner or a mailbox the next one may do
better.

Threat T15. One public verifier tolerates 300 s of drift and shows no replay store ([PHSIG]_); auth.md asks for a store
of token ids that is kept for at least the assertion's life and the skew ([AMD]_). Ids of weaknesses and techniques are
our mapping (assumed).

.. [PHSIG] https://github.com/PostHog/posthog/blob/0b2daa81a77c0aff435f025945bbebbfd9c82794/ee/api/agentic_provisioning/signature.py
.. [AMD] https://github.com/workos/auth.md/blob/0784759361b2876a34d58a92dc866ee8342b1954/agent-services/README.md
"""

from __future__ import annotations

from sim.attacks import Campaign, Hand, _shown

NEEDS = ("channel",)
AIMS = ("assertion_accepted_once", "token_only_for_owner")
FIRST_DESCRIBED = (
    "Denning and Sacco, Timestamps in key distribution protocols, CACM 1981, https://doi.org/10.1145/358722.358740"
)
WEAKNESSES = ("CWE-294",)
TECHNIQUES = ("CAPEC-60",)

#: The provider knows the assertion already.
REMEMBERED = "invalid_request"


start, tick = _shown.start, _shown.tick


def overheard(hand: Hand, campaign: Campaign, request: str, to: str) -> None:
    """An assertion for one of the targets: there it is presented again, at once or as late as the scenario says."""
    if to in campaign.targets:
        hand.keep(to, request)
        if campaign.rate is None:
            hand.show(request, to)
        else:
            hand.wait(to, campaign.rate)


def answered(hand: Hand, campaign: Campaign, verb: str, target: str, outcome: str) -> None:
    """A token: that was it. An assertion that is remembered: so will be all others. Otherwise, wait for the next."""
    if outcome == "complete":
        hand.done_with(target, "won")
    elif outcome == REMEMBERED:
        hand.done_with(target, "contained")
    elif outcome in _shown.ILL_LUCK:
        hand.wait(target, campaign.rate or _shown.RATE)
