"""Paying: cards on file, ceilings by month, payment tokens, plans that go on month after month.

The catalogue quotes prices in prose, so what is expected is the figure that the text names, else whatever is left under
the ceilings. A payment token is minted for each request that costs money (under ``per_intent`` for all attempts
together), handed to the provider with the request for the resource, and closed when it is done with. What was spent,
the processor tells.
"""

from __future__ import annotations

import re
from abc import abstractmethod

from msgspec.structs import replace

from sim.clock import month_length
from sim.facts import Answered, CapRaised, PriceQuoted
from sim.messages import (
    CardAsked,
    CardGiven,
    Catalog,
    Done,
    Error,
    PaymentToken,
    PaymentTokenEvent,
    PaymentTokenRequest,
    PaymentTokenRevoke,
    RaiseCap,
    Renewal,
)
from sim.messages.payments import PROCESSOR
from sim.money import MOST, parse_money
from sim.parties.orchestrator.detection import Detection
from sim.parties.orchestrator.records import (
    NO_CARD,
    NO_SESSION,
    Login,
    Offer,
    Payment,
    Plan,
    Priced,
    Work,
    attempt,
    policy,
    request_of,
)
from sim.party import Message, Turn

CURRENCY = "usd"

_FIGURE = re.compile(r"\d+(?:\.\d{1,2})? ?usd", re.ASCII)


def quoted(text: str) -> int:
    """The first figure that a catalogue text names, cents; -1 if it names none.

    >>> quoted("from 20 usd per month, see our pages"), quoted("it depends")
    (2000, -1)
    """
    found = _FIGURE.search(text)
    return parse_money(found[0]) if found else -1


def priced(message: Catalog) -> tuple[Priced, ...]:
    """What a catalogue says about the services that cost money."""
    return tuple(Priced(service, quoted(text), kind) for service, kind, text in message.paid)


class Paying(Detection):
    """The part that pays. ``calendar`` says whether the story has money, so that months matter."""

    calendar = False

    # --- months -------------------------------------------------------------------------------------------------------

    @property
    def month(self) -> int:
        """The calendar month, 0 being the one in which the story begins."""
        number: int = self.own.get("month", 0)
        return number

    def first_month(self, turn: Turn) -> None:
        """Months are told by a wake."""
        if self.calendar:
            turn.wake("month 1", month_length(0))

    def new_month(self, turn: Turn, what: str) -> None:
        """A calendar month begins: nothing is spent yet, and plans are paid for another month."""
        month = int(what)
        self.own["month"] = month
        turn.wake(f"month {month + 1}", month_length(month))
        for _, plans in self.plans.ordered():
            for plan in plans:
                self._renew(turn, plan)

    # --- the card -----------------------------------------------------------------------------------------------------

    def price(self, offer: Offer, work: Work) -> Work:
        """``work`` with what its service costs; unchanged where it is free."""
        for row in offer.paid:
            if row.service == work.service:
                return replace(work, price=row.quoted, kind=row.kind)
        return work

    def ask_for_card(self, turn: Turn, intent: str, work: Work) -> None:
        """A payment method is required before anything paid ([K12]): ask the person of the login; the request waits."""
        turn.cancel(f"timeout {intent}")
        self.work[intent] = replace(work, stage="card")
        login: Login = self.logins[work.login]
        turn.send(login.person, CardAsked(intent))
        turn.note(Answered(intent, self.name, work.provider, "pending", NO_CARD))
        turn.suspend(self.thread(intent))

    def card_given(self, turn: Turn, sender: str, message: CardGiven) -> None:
        """A person puts a card on file, or has none."""
        work: Work | None = self.work.get(message.id)
        if work is None or work.stage != "card" or self.logins[work.login].person != sender:
            return  # a second copy of an answer
        turn.resume(self.thread(message.id))
        if message.card:
            self.cards[work.login] = message.card
            self.offered(turn, message.id, work)
        else:
            self.failed(turn, message.id, work, NO_CARD)

    @abstractmethod
    def offered(self, turn: Turn, intent: str, work: Work) -> None:
        """Go on with a request whose service is on offer: the business of the part that adds."""

    def cards_of(self, person: str) -> tuple[str, ...]:
        """Cards that ``person`` has on file here."""
        return tuple(card for login, card in self.cards.ordered() if self.logins[login].person == person)

    # --- ceilings -----------------------------------------------------------------------------------------------------

    def raise_cap(self, turn: Turn, sender: str, message: RaiseCap) -> None:
        """A person sets a ceiling: a provider's own overrides the one for all ([K11])."""
        login: str = self.sessions.get(message.session, "")
        if not login:
            turn.send(sender, Error(message.id, NO_SESSION))
            return
        self.caps[login, message.provider] = message.limit
        turn.note(CapRaised(self.name, login, message.provider, message.limit))
        turn.send(sender, Done(message.id))

    def ceilings(self, work: Work) -> tuple[tuple[str, int], ...]:
        """The ceilings that a request is under, as (provider, or empty for the total; cents)."""
        cap = self.config.cap
        if work.kind == "purchase" and not cap.counts_one_off:
            return ()
        own: int | None = self.caps.get((work.login, work.provider), self.caps.get((work.login, "")))
        limits = ((work.provider, cap.per_provider if own is None else own), ("", cap.total))
        return tuple((where, limit) for where, limit in limits if limit is not None)

    def spent(self, login: str, provider: str) -> int:
        """What has been captured this month, as far as heard; ``provider`` empty: everywhere."""
        month, cents = self.spending.get((login, provider), (0, 0))
        return int(cents) if month >= self.month else 0

    def _book(self, row: Payment, cents: int, month: int) -> None:
        """Count money towards the ceilings of the month in which the processor booked it."""
        if not row.counts:
            return
        for key in ((row.login, row.provider), (row.login, "")):
            known, before = self.spending.get(key, (0, 0))
            if month >= known:
                self.spending[key] = (month, cents + (before if month == known else 0))

    # --- paying for a request -----------------------------------------------------------------------------------------

    def order(self, turn: Turn, intent: str, work: Work, access: str, *, reused: bool) -> None:
        """Ask for the resource with the access token ``access``; what costs money is paid for first."""
        if work.price or work.amount:
            self.pay(turn, intent, replace(work, held=access, reused=reused, again=0))
        else:
            self.ask(turn, intent, replace(work, stage="resource", tries=1, held=access, reused=reused))

    def pay(self, turn: Turn, intent: str, work: Work) -> None:
        """Have a payment token minted, within the ceilings."""
        work = replace(work, stage="payment", tries=1)
        limits = self.ceilings(work)
        left = min((limit - self.spent(work.login, where) for where, limit in limits), default=MOST)
        most = work.amount or (work.price if work.price > 0 else left)
        if not work.again:
            turn.note(
                PriceQuoted(self.name, work.provider, work.service, work.login, work.amount or work.price, intent)
            )
        allows = policy("capping", self.config.cap.binds_at).may_mint
        if most <= 0 or not all(allows(most, self.spent(work.login, where), limit) for where, limit in limits):
            self.failed(turn, intent, work, "cap_exceeded")
        else:
            self.ask(turn, intent, replace(work, most=most))

    def payment_message(self, intent: str, id_: str, work: Work) -> Message:
        """The request for a payment token; the ceilings go with it where the processor is to keep them."""
        handed = policy("capping", self.config.cap.binds_at).handed
        limits = {where: handed(limit) for where, limit in self.ceilings(work)}
        group, bounds = f"{self.name}:{work.login}:", self.config.payment_tokens
        return PaymentTokenRequest(
            id_, self.name, work.login, work.provider, CURRENCY, work.most, bounds.lasts, self.cards[work.login],
            self.idempotency_key(intent, id_), group + work.provider, limits.get(work.provider, -1), group,
            limits.get("", -1), work.kind == "purchase", self.config.cap.refunds_restore, bounds.bound_to,
        )  # fmt: skip

    def again_paid(self, turn: Turn, intent: str, work: Work) -> bool:
        """Whether another attempt at a paid resource is a request of its own, that needs a payment token of its own."""
        if work.stage not in ("resource", "update") or self.config.idempotency == "per_intent":
            return False
        self.pay(turn, intent, replace(work, again=work.tries))
        return True

    def payment_token(self, turn: Turn, sender: str, message: PaymentToken) -> None:
        """The token: on to the provider. One that nobody waits for any more is given back."""
        found = self.awaited(sender, message.id, "payment")
        if found is None:
            if message.token not in self.payments:
                self._close(turn, message.token, "resolved")
            return
        intent, work = found
        counts = bool(self.ceilings(work)) or work.kind != "purchase"
        if message.token not in self.payments:
            key = (work.login, work.provider)
            self.payments[message.token] = Payment(*key, work.most, counts)
            self.purse[key] = (*self.purse.get(key, ()), message.token)
        stage = "renewal" if work.renews else "update" if work.resource else "resource"
        tokens = (*(other for other in work.tokens if other != message.token), message.token)
        self.ask(turn, intent, replace(work, stage=stage, tries=work.again + 1, tokens=tokens))

    def payment_event(self, turn: Turn, sender: str, message: PaymentTokenEvent) -> None:
        """The processor tells what became of a token; amounts are totals, so that a second copy counts for nothing."""
        turn.send(sender, Done(message.id))
        row: Payment | None = self.payments.get(message.token)
        if row is None:
            return
        if message.event == "refunded":
            if message.amount > row.refunded and self.config.cap.refunds_restore:
                self._book(row, row.refunded - message.amount, message.month)
            row = replace(row, refunded=max(row.refunded, message.amount))
        else:
            if message.amount > row.captured:
                self._book(row, message.amount - row.captured, message.month)
            row = replace(row, captured=max(row.captured, message.amount))
        self.payments[message.token] = row
        if message.event == "deactivated" and row.live:
            self._is_dead(message.token, row)
        if message.event == "used" and row.done:
            self._resolve(turn, message.token, row)

    # --- closing tokens -----------------------------------------------------------------------------------------------

    def paid(self, turn: Turn, work: Work) -> None:
        """What the tokens of a request were for is there: what is left of them is not needed."""
        for token in work.tokens:
            row = self.payments[token] = replace(self.payments[token], done=True)
            if row.captured:
                self._resolve(turn, token, row)

    def _resolve(self, turn: Turn, token: str, row: Payment) -> None:
        if row.live and row.captured < row.most:
            self._close(turn, token, "resolved")

    def unpaid(self, turn: Turn, work: Work) -> None:
        """A request came to nothing: its tokens are taken back."""
        for token in work.tokens:
            if self.payments[token].live:
                self._close(turn, token, "revoked")

    def take_tokens_back(self, turn: Turn, login: str, provider: str) -> None:
        """Authority is withdrawn: nothing more may be charged on it, and no plan goes on."""
        for token in self.purse.get((login, provider), ()):
            self._close(turn, token, "revoked")
        self.plans.pop((login, provider), None)

    def _close(self, turn: Turn, token: str, reason: str) -> None:
        row: Payment | None = self.payments.get(token)
        if row is not None:
            self._is_dead(token, row)
        request = f"{token}+{reason}"
        self.returns[request] = (token, reason, 0)
        self.give_back(turn, request)

    def give_back(self, turn: Turn, what: str) -> None:
        """Tell the processor that a token is taken back; once more, as other pushes are, unless it has answered."""
        token, reason, tries = self.returns[what]
        turn.send(PROCESSOR, PaymentTokenRevoke(attempt(what, tries + 1), token, reason))
        if tries < self.config.revocation.retries:
            self.returns[what] = (token, reason, tries + 1)
            turn.wake(f"give_back {what}", self.config.timeout)
        else:
            del self.returns[what]

    def done(self, turn: Turn, sender: str, message: Done) -> None:
        """The processor has taken a token back; or something else is done."""
        if not self._returned(turn, sender, message.id):
            super().done(turn, sender, message)

    def error(self, turn: Turn, sender: str, message: Error) -> None:
        """The processor does not know the token; or something else was refused."""
        if not self._returned(turn, sender, message.id):
            super().error(turn, sender, message)

    def _returned(self, turn: Turn, sender: str, id_: str) -> bool:
        """Whether an answer was about a token that is taken back."""
        what = request_of(id_)
        if sender != PROCESSOR or self.returns.pop(what, None) is None:
            return False
        turn.cancel(f"give_back {what}")
        return True

    def _is_dead(self, token: str, row: Payment) -> None:
        """Nothing more can be captured with a token."""
        self.payments[token] = replace(row, live=False)
        key = (row.login, row.provider)
        left = tuple(other for other in self.purse.get(key, ()) if other != token)
        if left:
            self.purse[key] = left
        else:
            self.purse.pop(key, None)

    # --- plans --------------------------------------------------------------------------------------------------------

    def keep_plan(self, turn: Turn, intent: str, work: Work, resource: str) -> None:
        """A plan was bought: it is renewed each month (assumed), on behalf of whoever bought it."""
        if work.kind == "monthly" and not work.amount:
            key = (work.login, work.provider)
            self.plans[key] = (*self.plans.get(key, ()), Plan(intent, *key, work.service, resource, work.price))
            turn.suspend(self.thread(f"plan {intent}"))

    def end_plan(self, login: str, provider: str, resource: str) -> None:
        """A resource is no more, or costs something else: its plan is not renewed."""
        left = tuple(plan for plan in self.plans.get((login, provider), ()) if plan.resource != resource)
        if left:
            self.plans[login, provider] = left
        else:
            self.plans.pop((login, provider), None)

    def _renew(self, turn: Turn, plan: Plan) -> None:
        """Pay for another month with a fresh token, if the ceilings allow; without a connection the plan is over."""
        row = self.connection(plan.login, plan.provider)
        thread = self.thread(f"plan {plan.intent}")
        turn.resume(thread)
        if not row.access:
            self.end_plan(plan.login, plan.provider, plan.resource)
            return
        turn.suspend(thread)
        work = Work(
            "", plan.login, plan.provider, plan.service, "payment", held=row.access, price=plan.price, kind="monthly",
            renews=plan.resource,
        )  # fmt: skip
        self.pay(turn, f"{plan.intent}.month{self.month}", work)

    def renewal_message(self, intent: str, id_: str, work: Work) -> Message:
        """The request that brings the token for another month."""
        key = self.idempotency_key(intent, id_)
        held, provider, token = work.held, work.provider, work.tokens[-1]
        return Renewal(id_, key, held, self.client_key(provider), self.name, work.renews, token, self.pop(provider))

    def renewed(self, turn: Turn, sender: str, message: Done) -> bool:
        """Whether an acknowledgement was that of a renewal, which is over."""
        found = self.awaited(sender, message.id, "renewal")
        if found is not None:
            self.close(turn, found[0])
            self.paid(turn, found[1])
        return found is not None

    def renewal_failed(self, turn: Turn, intent: str, work: Work) -> None:
        """No other month: the provider will end what nobody pays for."""
        self.close(turn, intent)
        self.unpaid(turn, work)
