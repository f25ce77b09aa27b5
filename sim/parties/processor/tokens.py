"""Payment tokens: minted, taken back, run out, and the orchestrator told what became of them."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec.structs import replace

from sim.facts import PaymentTokenDeactivated, PaymentTokenMinted, Transition
from sim.messages import Done, Error, PaymentToken, PaymentTokenEvent, PaymentTokenRequest, PaymentTokenRevoke
from sim.parties._telling import attempt, first
from sim.parties.processor.records import ANSWER_LIFE, TELLS_AGAIN, TELLS_AT_MOST, Token, ceilings
from sim.party import Message, Party, Turn
from sim.tables import Table


class Tokens(Party):
    """The part that keeps payment tokens."""

    TABLES: ClassVar[tuple[str, ...]] = ("tokens", "charges", "booked", "answered", "open", "keys", "telling", "own")

    tokens: Table
    """Payment token → ``Token``."""
    charges: Table
    """Charge → ``Charge``."""
    booked: Table
    """Group of a ceiling → (month, cents captured or reserved in it)."""
    answered: Table
    """(party, idempotency key) → the answer given."""
    open: Table
    """Request of an authorisation → ``Open``."""
    keys: Table
    """(seller, idempotency key) → request of the authorisation that is under way for it."""
    telling: Table
    """Event → (orchestrator, ``PaymentTokenEvent``, times it was told)."""
    own: Table
    """``month``: the calendar month."""

    @property
    def month(self) -> int:
        """The calendar month, 0 being the one in which the story begins."""
        number: int = self.own.get("month", 0)
        return number

    def mint(self, turn: Turn, sender: str, message: PaymentTokenRequest) -> None:
        """A payment token for one seller; a repeated key gets the same one."""
        before: Message | None = self.answered.get((sender, message.key)) if message.key else None
        if before is not None:
            turn.send(sender, replace(before, id=message.id))
        elif self._exhausted(message):
            turn.send(sender, Error(message.id, "cap_exceeded"))
        else:
            token = self.fresh(self.tokens, f"spt:{message.orchestrator}:{message.id}")
            self.tokens[token] = Token(message)
            turn.note(
                PaymentTokenMinted(
                    token, message.orchestrator, message.login, message.seller, message.max_amount, message.id
                )
            )
            turn.note(Transition("payment_token", token, "absent", "active"))
            turn.wake(f"expire {token}", message.lasts)
            self.answer(turn, ((sender, message.id),), message.key, PaymentToken(message.id, token))

    def spent(self, group: str) -> int:
        """What counts towards the ceiling of ``group`` this month, cents."""
        month, cents = self.booked.get(group, (self.month, 0))
        return int(cents) if month == self.month else 0

    def _exhausted(self, ask: PaymentTokenRequest) -> bool:
        """Whether nothing is left under a ceiling that the processor keeps."""
        return any(limit >= 0 and self.spent(group) >= limit for group, limit in ceilings(ask))

    def fresh(self, table: Table, name: str) -> str:
        """``name``, marked as often as needed to be new in ``table``."""
        while name in table:
            name += "'"
        return name

    def answer(self, turn: Turn, askers: tuple[tuple[str, str], ...], key: str, answer: Any) -> None:
        """Answer, and answer alike whoever repeats the key within a day."""
        for name, request in askers:
            turn.send(name, replace(answer, id=request))
        if key:
            self.answered[askers[0][0], key] = answer
            turn.wake(f"forget {askers[0][0]} {key}", ANSWER_LIFE)

    def forget(self, turn: Turn, what: str) -> None:
        """A repeated key counts as a new one from now on."""
        name, _, key = what.partition(" ")
        self.answered.pop((name, key), None)

    def take_back(self, turn: Turn, sender: str, message: PaymentTokenRevoke) -> None:
        """The orchestrator takes a token back; a dead one stays as dead as it is."""
        row: Token | None = self.tokens.get(message.token)
        if row is None or row.ask.orchestrator != sender:
            turn.send(sender, Error(message.id, "unknown_token"))
            return
        if row.state == "active":
            self.deactivate(turn, message.token, "resolved" if message.reason == "resolved" else "revoked")
        turn.send(sender, Done(message.id))

    def expire(self, turn: Turn, what: str) -> None:
        """A token has lived its time."""
        self.deactivate(turn, what, "expired")

    def deactivate(self, turn: Turn, token: str, reason: str) -> None:
        """A token is worth nothing from now on."""
        row: Token = self.tokens[token]
        self.tokens[token] = replace(row, state=reason)
        turn.cancel(f"expire {token}")
        turn.note(PaymentTokenDeactivated(token, reason))
        turn.note(Transition("payment_token", token, "active", reason))
        event = PaymentTokenEvent(f"{token}+{reason}", token, "deactivated", row.captured, reason, self.month)
        self.announce(turn, row, event)

    # --- telling the orchestrator -------------------------------------------------------------------------------------

    def announce(self, turn: Turn, row: Token, event: PaymentTokenEvent) -> None:
        """Tell the orchestrator what became of a token, until it has acknowledged it."""
        self.telling[event.id] = (row.ask.orchestrator, event, 0)
        self.tell(turn, event.id)

    def tell(self, turn: Turn, what: str) -> None:
        """Say what became of a token, once more unless it was acknowledged."""
        to, event, times = self.telling[what]
        turn.send(to, replace(event, id=attempt(what, times + 1)))
        if times + 1 < TELLS_AT_MOST:
            self.telling[what] = (to, event, times + 1)
            turn.wake(f"tell {what}", TELLS_AGAIN)
        else:
            del self.telling[what]

    def acknowledged(self, turn: Turn, sender: str, message: Done | Error) -> None:
        """The orchestrator knows."""
        what = first(message.id)
        if self.telling.pop(what, None) is not None:
            turn.cancel(f"tell {what}")
