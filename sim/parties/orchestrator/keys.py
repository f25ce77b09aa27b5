"""Keys: signing, publishing, rotating, withdrawing; under ``hmac_email`` the secrets shared with providers.

Keys are numbered from 1 and published as ``<orchestrator>#<number>``. A new one is published before it signs, the old
one stays published for a while after: what a relying party's copy of the list needs to keep up.
"""

from __future__ import annotations

from sim.clock import NEVER, Constant, Duration
from sim.facts import KeyRotated, KeyWithdrawn, StepCompleted
from sim.messages import Keys, KeysRequest
from sim.parties.orchestrator.base import Desk
from sim.party import Command, Turn


class Signing(Desk):
    """The part that keeps keys."""

    def first_key(self, turn: Turn) -> None:
        """Sign with the first key, and plan the second."""
        self.own["current"] = self.own["newest"] = 1
        self.own["published"] = (self._key_id(1),)
        self._plan_rotation(turn)

    def _key_id(self, number: int) -> str:
        return f"{self.name}#{number}"

    def _plan_rotation(self, turn: Turn) -> None:
        """The next key is published ``publish_ahead`` before a whole ``rotate_every`` has passed."""
        keys = self.config.keys
        turn.wake("publish key", _shortened(keys.rotate_every, keys.publish_ahead))

    def publish(self, turn: Turn, what: str) -> None:
        """A key is due: publish the next, which signs later. Shared secrets do not rotate by themselves."""
        if self.attesting.SIGNS_EVERYTHING:
            self._plan_rotation(turn)
        else:
            self._publish_next(turn)

    def _publish_next(self, turn: Turn) -> None:
        """Unless the next is out already, and will sign in its time."""
        if self.own["newest"] == self.own["current"]:
            self._make_key()
            turn.wake("sign key", self.config.keys.publish_ahead)

    def _make_key(self) -> None:
        """One more key, published."""
        newest = self.own["newest"] = self.own["newest"] + 1
        self.own["published"] = (*self.own["published"], self._key_id(newest))

    def sign(self, turn: Turn, what: str) -> None:
        """The published key signs from now on; the one before stays published for a while."""
        old, new = self.own["current"], self.own["newest"]
        if old == new:
            return
        self.own["current"] = new
        turn.note(KeyRotated(self.name, self._key_id(new)))
        turn.wake(f"retire {self._key_id(old)}", self.config.keys.overlap)
        self._plan_rotation(turn)

    def retire(self, turn: Turn, what: str) -> None:
        """An old key is not published any more."""
        self._unpublish(turn, what)

    def _unpublish(self, turn: Turn, key_id: str) -> None:
        self.own["published"] = tuple(published for published in self.own["published"] if published != key_id)
        turn.note(KeyWithdrawn(self.name, key_id))

    def renew_key(self, turn: Turn) -> None:
        """The key that signs is out at once, and another one signs, whether anybody has seen it yet or not.

        A shared secret has two holders: the other one is told.
        """
        turn.cancel("sign key")
        old = self.own["current"]
        if self.own["newest"] == old:
            self._make_key()
        self._unpublish(turn, self._key_id(old))
        newest = self.own["current"] = self.own["newest"]
        turn.note(KeyRotated(self.name, self._key_id(newest)))
        self._plan_rotation(turn)
        if self.attesting.SIGNS_EVERYTHING:
            for provider in self.providers():
                turn.send(provider, Keys(f"keys.{self._key_id(newest)}", self.own["published"]))

    def keys_request(self, turn: Turn, sender: str, message: KeysRequest) -> None:
        """A provider fetches the list; of shared secrets, the number of the one in force."""
        turn.send(sender, Keys(message.id, self.own["published"]))

    # --- steps of the story ---------------------------------------------------------------------------------------

    def rotate_key(self, turn: Turn, command: Command) -> None:
        """Rotate now, out of turn: publish the next key, which signs ``publish_ahead`` later."""
        if self.attesting.SIGNS_EVERYTHING:
            self.renew_key(turn)
        else:
            self._publish_next(turn)
        self._completed(turn, command)

    def withdraw_key(self, turn: Turn, command: Command) -> None:
        """Take the signing key out of the published list at once."""
        self.renew_key(turn)
        self._completed(turn, command)

    def _completed(self, turn: Turn, command: Command) -> None:
        step = command.id.partition(".")[0]
        turn.note(StepCompleted(command.id, step, command.who, command.verb, self.name, "complete"))


def _shortened(duration: Duration, by: Duration) -> Duration:
    """``duration`` less ``by``, where both are constants; anything else is left alone."""
    if isinstance(duration, Constant) and isinstance(by, Constant) and duration.us < NEVER:
        return Constant(max(0, duration.us - by.us))
    return duration
