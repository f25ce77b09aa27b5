"""Existing accounts that attackers got into, and that an orchestrator had led to before."""

from __future__ import annotations

from sim.measures._entered import Entered


class EnteredLinked(Entered):
    """Accounts of others, linked to an orchestrator, of which attackers got a credential or used a stolen one."""

    LINKED = True
