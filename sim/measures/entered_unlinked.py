"""Existing accounts that attackers got into although no orchestrator had ever led to them."""

from __future__ import annotations

from sim.measures._entered import Entered


class EnteredUnlinked(Entered):
    """Accounts of others, never linked to an orchestrator, of which attackers got a credential."""

    LINKED = False
