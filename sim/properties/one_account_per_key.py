"""At most one account for what a provider recognises people by."""

from __future__ import annotations

from typing import Any, ClassVar

from sim.facts import AccountCreated, Linked, Unlinked
from sim.properties._words import block
from sim.property import Property, See
from sim.tables import Table

#: Matching answers under which an address leads to one account at most; under the others several may bear it.
ADDRESS_IS_KEY = ("email", "email_normalised", "email_verified", "subject", "subject_or_email", "first_issuer")
#: Matching answers under which issuer and subject lead to one account at most.
SUBJECT_IS_KEY = ("subject", "subject_or_verified_email", "subject_or_email", "namespaced")


class OneAccountPerKey(Property):
    """No second account for the same key at one provider, be it by a race (T23) or a missed look-up.

    The key is what the provider's matching answer looks for, with the issuer's own answer where ``trusts`` gives one:
    the address, issuer and subject, or either. Answers that are not known here are not judged. Addresses are compared
    as they are written, also under ``email_normalised``. An identity that is taken off one account only because another
    was made for it is counted with both.
    """

    TEXT = "A provider has at most one account for each key of its matching answer."
    CITES = ("I3", "R1")
    MEMORY = ("moved",)
    READS: ClassVar = {AccountCreated: "_created", Unlinked: "_unlinked", Linked: "_linked"}

    moved: Table
    """``provider identifier`` → the account it was taken off, until whoever did that has finished."""

    def _unlinked(self, fact: Unlinked, see: See) -> None:
        key = f"{fact.provider} {fact.identifier}"
        self.moved[key] = fact.account
        see.at_end(self, key)

    def finish(self, key: str, see: See) -> None:
        """What was taken off is off."""
        self.moved.pop(key, None)

    def _created(self, fact: AccountCreated, see: See) -> None:
        beside = see.truth.beside(fact.account)
        if len(beside) < 2 or _matching(fact.provider, fact.issuer, see) not in ADDRESS_IS_KEY:
            return
        for other in _there(beside, fact.provider, fact.account):
            found = see.truth.account(other)
            if found is not None and found.email == fact.email:
                see.violated(self, f"{other} and {fact.account} both bear the address {fact.email}")

    def _linked(self, fact: Linked, see: See) -> None:
        if fact.how != "created" or not fact.issuer:
            return
        beside = see.truth.beside(fact.account)
        if len(beside) < 2 or _matching(fact.provider, fact.issuer, see) not in SUBJECT_IS_KEY:
            return
        before = self.moved.get(f"{fact.provider} {fact.identifier}", fact.account)
        if before != fact.account:
            see.violated(self, f"{before} and {fact.account} were both made for {fact.identifier}")
        for other in _there(beside, fact.provider, fact.account):
            found = see.truth.account(other)
            if found is not None and fact.identifier in found.identifiers:
                see.violated(self, f"{other} and {fact.account} were both made for {fact.identifier}")


def _there(accounts: tuple[str, ...], provider: str, but: str) -> list[str]:
    return [account for account in accounts if account != but and account.startswith(provider + "/")]


def _matching(provider: str, issuer: str, see: See) -> str:
    """The matching answer that ``provider`` gives for ``issuer`` now."""
    config: Any = see.world.get(block(provider, see.world))
    if config is None:
        return ""
    override = config.trusts.issuers.get(block(issuer, see.world))
    return str((override and override.matching) or config.matching)
