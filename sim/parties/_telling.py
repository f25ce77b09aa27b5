"""Saying something until it is acknowledged: for parties that deal in money."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from sim.clock import SECOND
from sim.party import Message, Party, Turn
from sim.tables import Table

#: What was not acknowledged is said again after so long, and so often at most (assumed).
SAYS_AGAIN = 30 * SECOND
SAYS_AT_MOST = 20


def attempt(request: str, number: int) -> str:
    """Id of the ``number``-th attempt to say something: each is a message of its own, which fares differently.

    >>> attempt("a~2", 1), attempt("a~2", 3), first("a~2#3"), first("a~2")
    ('a~2', 'a~2#3', 'a~2', 'a~2')
    """
    return request if number == 1 else f"{request}#{number}"


def first(request: str) -> str:
    """The id of the first attempt."""
    return request.partition("#")[0]


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
        turn.send(to, replace(message, id=attempt(what, times + 1)))
        if times + 1 < SAYS_AT_MOST:
            self.said[what] = (to, message, times + 1)
            turn.wake(f"say {what}", SAYS_AGAIN)
        else:
            del self.said[what]

    def heard(self, turn: Turn, request: str) -> bool:
        """It was acknowledged; whether there was something to acknowledge."""
        what = first(request)
        if self.said.pop(what, None) is None:
            return False
        turn.cancel(f"say {what}")
        return True
