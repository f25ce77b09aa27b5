"""The support desk: what people who work for a provider can do to an account without its owner.

Who sits at the desk helps those who cannot get in: with a link that sets a new password, shown to the operator, or by
writing another address on the account. Whether one operator may do that alone, and whether it is written down, is up to
the provider; that the operator is who it should be, the provider believes of whoever has the desk's credential.

Source: in the incident at Okta in 2023 support files and support accounts were the way in (https://sec.okta.com/harfiles/);
the mechanism is assumed.
"""

from __future__ import annotations

from sim.facts import SupportActed
from sim.messages import Done, SupportLink, SupportRequest
from sim.parties.provider.dashboard import DashboardDesk
from sim.parties.provider.records import LINK_LIFE, MailedLink
from sim.party import Turn

#: Code where a second person must agree and has not (assumed).
SECOND_PERSON = "second_person_required"


class SupportDesk(DashboardDesk):
    """The part that operators use."""

    @property
    def desk(self) -> str:
        """The credential of the desk."""
        return f"desk:{self.name}"

    def support_request(self, turn: Turn, sender: str, message: SupportRequest) -> None:
        """An operator acts on the account that bears an address."""
        accounts = self.bearing(message.email)
        if message.desk != self.desk:
            self.refuse(turn, sender, message.id, "unauthorized")
        elif self.config.support.approval == "dual":
            self.refuse(turn, sender, message.id, SECOND_PERSON)
        elif not accounts:
            self.refuse(turn, sender, message.id, "not_found")
        elif message.action == "change_email" and self.bearing(message.value):
            self.refuse(turn, sender, message.id, "email_taken")
        else:
            account, recorded = accounts[0], self.config.support.recorded
            turn.note(SupportActed(self.name, account, message.action, recorded, message.id))
            if message.action == "change_email":
                self.bear(turn, account, f"support:{message.id}", message.value)
                turn.send(sender, Done(message.id))
            else:
                turn.send(sender, SupportLink(message.id, self._link(turn, account, message.id)))

    def _link(self, turn: Turn, account: str, request: str) -> str:
        """A link as it would be mailed, for the operator to hand on."""
        link = self.fresh(self.links, f"l:{self.name}:support:{request}")
        self.links[link] = MailedLink("reset", account, request)
        turn.wake(f"expire_link {link}", LINK_LIFE)
        return link

    def holdings(self, what: str, of: str) -> tuple[str, ...]:
        """The desk's credential; the store of tokens, as long as they work; and what other parts hold."""
        if what == "support_desk":
            return (self.desk,)
        if what == "tokens":
            rows = [(grant, row) for grant, row in self.grants.ordered() if row.live]
            return tuple(atom for name, row in rows for atom in (f"at:{name}:{row.access}", f"rt:{name}:{row.refresh}"))
        return super().holdings(what, of)
