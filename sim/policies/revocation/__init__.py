"""What does an orchestrator tell a provider when authority is withdrawn?

An answer defines ``withdraw(grant: str, access_token: str) -> Named | None``: what the message names, or None where
none is sent. No such message exists on the wire as it is known (assumed); RFC 7009 is the nearest standard.
"""

from __future__ import annotations

import msgspec


class Named(msgspec.Struct, frozen=True, gc=False):
    """What a revocation names: a whole grant, or single tokens."""

    grant: str = ""
    token_ids: tuple[str, ...] = ()
