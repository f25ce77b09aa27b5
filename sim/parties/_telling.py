"""Saying something until it is acknowledged: for parties that deal in money."""

from __future__ import annotations

from typing import ClassVar

from sim.clock import SECOND
from sim.party import Message, Party, Turn
from sim.tables import Table

#: What was not acknowledged is said again after so long, and so often at most (assumed).
SAYS_AGAIN = 30 * SECOND
SAYS_AT_MOST = 20


class Telling(Party):
    """A party that repeats what it has to say until whoever it says it to has acknowledged it (``Done``)."""

    TABLES: ClassVar[tuple[str, ...]] = ("said",)

    said: Table
    """Id → (to whom, message, how often it was said)."""

    def say(self, turn: Turn, to: str, message: Message) -> None:
        """Say something that must arrive."""
        self.said[message.id] = (to, message, 0)
        self.say_again(turn, message.id)

    def say_again(self, turn: Turn, what: str) -> None:
        """Say it once more, as it was not acknowledged."""
        to, message, times = self.said[what]
        turn.send(to, message)
        if times + 1 < SAYS_AT_MOST:
            self.said[what] = (to, message, times + 1)
            turn.wake(f"say {what}", SAYS_AGAIN)
        else:
            del self.said[what]

    def heard(self, turn: Turn, request: str) -> bool:
        """It was acknowledged; whether there was something to acknowledge."""
        if self.said.pop(request, None) is None:
            return False
        turn.cancel(f"say {request}")
        return True
