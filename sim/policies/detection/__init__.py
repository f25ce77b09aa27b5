"""What an orchestrator does once it has noticed that it is abused.

Whatever the answer, the alarm itself is recorded and told to the providers, of which those with *containment* accept
nothing more on its word. An answer defines ``react(what: str, sessions: tuple[str, ...], hand: Hand) -> None``: what is
done beyond that. ``what`` was noticed: ``signing_key``, ``shared_secret``, ``tokens`` or ``session`` stolen, or
``too_many`` requests; ``sessions`` are those concerned, where it is about sessions.
"""

from __future__ import annotations

from typing import Protocol


class Hand(Protocol):
    """What an orchestrator can do about an alarm."""

    def renew_keys(self) -> None:
        """Withdraw the signing key, or the secrets shared with providers, and sign with new ones."""

    def end_sessions(self, sessions: tuple[str, ...]) -> None:
        """End sessions, and revoke every grant of their logins."""

    def revoke_all(self) -> None:
        """Revoke every grant in the vault."""

    def pause(self) -> None:
        """Refuse every further request for a service."""
