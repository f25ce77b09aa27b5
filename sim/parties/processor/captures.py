"""Captures: a token is redeemed, the card's issuer asked, money captured, settled and given back."""

from __future__ import annotations

from msgspec.structs import replace

from sim.facts import Charged, ChargeFailed, Posted, Refunded, Settled, Transition
from sim.messages import (
    AuthorizationAnswer,
    AuthorizationRequest,
    Done,
    Error,
    PaymentDeclined,
    PaymentIntent,
    PaymentSucceeded,
    PaymentTokenEvent,
    PaymentTokenRequest,
    Refund,
)
from sim.messages.payments import ISSUER, holder
from sim.parties._telling import attempt, first
from sim.parties.processor.records import ASKS_AT_MOST, ISSUER_TIMEOUT, SETTLES_AFTER, Charge, Open, Token, ceilings
from sim.parties.processor.tokens import Tokens
from sim.party import Message, Turn


class Captures(Tokens):
    """The part that moves money."""

    # --- captures -----------------------------------------------------------------------------------------------------

    def redeem(self, turn: Turn, sender: str, message: PaymentIntent) -> None:
        """A seller redeems a token: checked and reserved in one step, then the issuer is asked."""
        key = (sender, message.key)
        before: Message | None = self.answered.get(key) if message.key else None
        under_way: str = self.keys.get(key, "") if message.key else ""
        asker, message = (sender, message.id), replace(message, id=first(message.id))
        if before is not None:
            turn.send(sender, replace(before, id=asker[1]))
        elif under_way:
            row: Open = self.open[under_way]
            self.open[under_way] = replace(row, askers=(*row.askers, asker))
        elif code := self._fault(sender, message):
            self._declined(turn, (asker,), message, code)
        else:
            self._reserve(message, message.amount, self.month)
            request = self.fresh(self.open, message.id)
            self.open[request] = Open((asker,), message, self.month)
            if message.key:
                self.keys[key] = request
            self.ask_issuer(turn, request)

    def ask_issuer(self, turn: Turn, what: str) -> None:
        """Whether the card is good for it; asked again until there is an answer, or it has been asked too often."""
        row: Open = self.open[what]
        if row.tries > ASKS_AT_MOST:
            self._answered(turn, what, "issuer_unavailable")
            return
        token: Token = self.tokens[row.ask.payment_token]
        turn.send(ISSUER, AuthorizationRequest(attempt(what, row.tries), token.ask.card, row.ask.amount))
        self.open[what] = replace(row, tries=row.tries + 1)
        turn.wake(f"issuer {what}", ISSUER_TIMEOUT)

    def _fault(self, sender: str, message: PaymentIntent) -> str:
        """Why a token may not be redeemed; empty if it may."""
        row: Token | None = self.tokens.get(message.payment_token)
        if row is None:
            return "unknown_token"
        if row.state == "expired":
            return "expired"
        if self._dead(message):
            return "token_deactivated"
        if self._foreign(sender, row):
            return "wrong_seller"
        if self._too_much(row, message.amount):
            return "over_limit"
        return "cap_exceeded" if self._over_ceiling(row, message.amount) else ""

    def _foreign(self, sender: str, row: Token) -> bool:
        """Whether the token is for another seller."""
        return "seller" in row.ask.bound_to and sender != row.ask.seller

    def _too_much(self, row: Token, amount: int) -> bool:
        """Whether less than ``amount`` is left on the token."""
        return "amount" in row.ask.bound_to and row.captured + row.reserved + amount > row.ask.max_amount

    def _over_ceiling(self, row: Token, amount: int) -> bool:
        """Whether a ceiling that the processor keeps would be passed."""
        return any(limit >= 0 and self.spent(group) + amount > limit for group, limit in ceilings(row.ask))

    def _reserve(self, message: PaymentIntent, amount: int, month: int) -> None:
        """Reserve ``amount`` (negative: give it back) on the token and the ceilings of its group."""
        row: Token = self.tokens[message.payment_token]
        self.tokens[message.payment_token] = replace(row, reserved=row.reserved + amount)
        self._book(row.ask, amount, month)

    def _book(self, ask: PaymentTokenRequest, amount: int, month: int) -> None:
        """Count ``amount`` of ``month`` towards the ceilings of a token; what is of a past month is over."""
        for group, limit in ceilings(ask):
            if limit >= 0 and month == self.month:
                self.booked[group] = (month, self.spent(group) + amount)

    def authorized(self, turn: Turn, sender: str, message: AuthorizationAnswer) -> None:
        """The issuer has answered; a second copy of an answer says nothing new."""
        request = first(message.id)
        if request in self.open and sender == ISSUER:
            self._answered(turn, request, "" if message.approved else message.code)

    def _answered(self, turn: Turn, request: str, code: str) -> None:
        """Captured, or everything is as it was."""
        row: Open = self.open.pop(request, None)
        turn.cancel(f"issuer {request}")
        ask = row.ask
        self.keys.pop((ask.seller, ask.key), None)
        code = code or self._dead(ask)
        if code:
            self._reserve(ask, -ask.amount, row.month)
            self._declined(turn, row.askers, ask, code)
        else:
            self._capture(turn, row)

    def _dead(self, ask: PaymentIntent) -> str:
        """Why the token of an intent is not worth anything any more; empty if it is."""
        token: Token = self.tokens[ask.payment_token]
        return "" if token.state == "active" else "token_deactivated"

    def _declined(self, turn: Turn, askers: tuple[tuple[str, str], ...], ask: PaymentIntent, code: str) -> None:
        turn.note(ChargeFailed(askers[0][0], ask.amount, ask.id, ask.payment_token, code))
        self.answer(turn, askers, ask.key, PaymentDeclined(ask.id, code))

    def _capture(self, turn: Turn, row: Open) -> None:
        """The amount is captured; a token of which nothing is left is consumed."""
        ask, name = row.ask, row.ask.payment_token
        charge = self.fresh(self.charges, f"ch:{ask.id}")
        self.charges[charge] = Charge(name, ask.seller, ask.amount, row.month)
        token: Token = self.tokens[name]
        token = replace(token, reserved=token.reserved - ask.amount, captured=token.captured + ask.amount)
        self.tokens[name] = token
        minted, person = token.ask, holder(token.ask.card)
        turn.note(
            Charged(
                person, ask.seller, ask.amount, ask.id, name, charge, row.month, minted.orchestrator, minted.login,
                minted.one_off,
            )
        )  # fmt: skip
        turn.note(Posted(charge, "charge", ((f"person:{person}", -ask.amount), (f"provider:{ask.seller}", ask.amount))))
        turn.note(Transition("charge", charge, "absent", "captured"))
        turn.wake(f"settle {charge}", SETTLES_AFTER)
        self.answer(turn, row.askers, ask.key, PaymentSucceeded(ask.id, charge, row.month))
        event = PaymentTokenEvent(f"{charge}+used", name, "used", token.captured, month=row.month)
        self.announce(turn, token, event)
        if token.state == "active" and token.captured == minted.max_amount and "amount" in minted.bound_to:
            self.deactivate(turn, name, "consumed")

    # --- afterwards ---------------------------------------------------------------------------------------------------

    def settle(self, turn: Turn, what: str) -> None:
        """The money reaches the seller."""
        row: Charge = self.charges[what]
        if row.refunded < row.amount:
            self.charges[what] = replace(row, settled=True)
            turn.note(Settled(what, row.seller, row.amount - row.refunded))
            turn.note(Transition("charge", what, "captured", "settled"))

    def refund(self, turn: Turn, sender: str, message: Refund) -> None:
        """The seller gives money back, at most what is left of the charge; a second copy is done already."""
        row: Charge | None = self.charges.get(message.charge)
        if row is None or row.seller != sender:
            turn.send(sender, Error(message.id, "unknown_charge"))
            return
        amount = min(message.amount, row.amount - row.refunded)
        if amount > 0 and ("refund", message.id) not in self.answered:
            self.answered["refund", message.id] = True
            self._give_back(turn, message.charge, row, amount)
        turn.send(sender, Done(message.id))

    def _give_back(self, turn: Turn, charge: str, row: Charge, amount: int) -> None:
        token: Token = self.tokens[row.token]
        token = replace(token, refunded=token.refunded + amount)
        self.tokens[row.token] = token
        row = replace(row, refunded=row.refunded + amount)
        self.charges[charge] = row
        ask, person = token.ask, holder(token.ask.card)
        if ask.refunds_restore:
            self._book(ask, -amount, row.month)
        turn.note(Refunded(charge, person, row.seller, amount, row.month, ask.login, ask.orchestrator))
        turn.note(Posted(charge, "refund", ((f"provider:{row.seller}", -amount), (f"person:{person}", amount))))
        if row.refunded == row.amount:
            turn.note(Transition("charge", charge, "settled" if row.settled else "captured", "refunded"))
        event = PaymentTokenEvent(
            f"{charge}+refunded{token.refunded}", row.token, "refunded", token.refunded, month=row.month
        )
        self.announce(turn, token, event)
