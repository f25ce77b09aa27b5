"""What is given out on an issuer's word: codes and tokens; and how it is withdrawn."""

from __future__ import annotations

from sys import intern

from msgspec.structs import replace

from sim.facts import (
    CodeMinted,
    CodeSpent,
    Expired,
    IssuerContained,
    RevocationReceived,
    TokenEnded,
    TokenIssued,
)
from sim.messages import Done, RevokeRequest, TokenRequest, TokenResponse
from sim.parties.provider.records import CODE_LIFE, Code, Grant, Wanted, with_line
from sim.parties.provider.verification import Verification
from sim.party import Message, Turn

#: The scope of a token that may do everything an issuer can be granted; nobody asks for it on a consent page.
EVERYTHING = "everything"


class Grants(Verification):
    """The authorization server."""

    # --- codes ------------------------------------------------------------------------------------------------------

    def mint(self, turn: Turn, account: str, wanted: Wanted, url: str = "") -> str:
        """A code for ``wanted`` on ``account``; ``url`` is the consent page that it rests on."""
        code = f"c:{self.name}:{wanted.request}"
        while code in self.codes or _grant(code) in self.grants or code in self.gone:
            code += "'"
        self.codes[code] = Code(account, wanted, self.door(account).purges)
        turn.wake(f"expire_code {code}", CODE_LIFE)
        turn.note(CodeMinted(self.name, account, code, wanted.issuer, wanted.request, url))
        self.move(turn, "code", code, "absent", "issued")
        return code

    def expire_code(self, turn: Turn, what: str) -> None:
        """A code was not exchanged in time."""
        code: Code = self.codes.pop(what, None)
        self.forget(code.wanted)
        self.gone[what] = True
        turn.note(Expired(self.name, "code", what))
        self.move(turn, "code", what, "issued", "expired")

    def forget(self, wanted: Wanted) -> None:
        """Do not repeat an answer that has become worthless."""
        self.answered.pop(wanted.key, None)

    # --- tokens -----------------------------------------------------------------------------------------------------

    def token_request(self, turn: Turn, sender: str, message: TokenRequest) -> None:
        """``POST /oauth/token``."""
        if message.grant_type == "refresh_token":
            self._refresh(turn, sender, message)
            return
        code: Code | None = self.codes.get(message.grant)
        if code is None:
            self.refuse(turn, sender, message.id, "invalid_grant")
            return
        wanted = code.wanted
        if wanted.signed:
            verdict = self.client(turn, sender, message, wanted.issuer, message.client_key)
        else:
            verifier = f"pkce:{wanted.asker}:{wanted.request.partition('~')[0]}"
            verdict = "" if sender == wanted.asker or message.verifier == verifier else "invalid_grant"
        if verdict == "":
            verdict = self._void(turn, message, code)
        if verdict == "":
            self._exchange(turn, sender, message, code)
        elif verdict != "later":
            self.refuse(turn, sender, message.id, verdict)

    def _void(self, turn: Turn, message: TokenRequest, code: Code) -> str:
        """Why a code is worth nothing although it is the right party's; empty if it is worth something."""
        what = message.grant
        if not message.pop and self.binds(turn):
            return "invalid_dpop_proof"
        if code.wanted.issuer in self.contained:
            return "unauthorized"
        if not self.active(code.account):
            return "invalid_grant"
        if code.purges != self.door(code.account).purges:
            self._drop_code(turn, what, "voided")
            self.gone[what] = True
            return "invalid_grant"
        return ""

    def _drop_code(self, turn: Turn, what: str, after: str) -> None:
        wanted = self.codes[what].wanted
        if wanted.key == wanted.identifier:
            self.forget(wanted)
        del self.codes[what]
        turn.cancel(f"expire_code {what}")
        self.move(turn, "code", what, "issued", after)

    def _exchange(self, turn: Turn, sender: str, message: TokenRequest, code: Code) -> None:
        """A code is spent for the tokens of a new grant."""
        wanted, account = code.wanted, code.account
        turn.note(CodeSpent(self.name, message.grant, wanted.issuer))
        self._drop_code(turn, message.grant, "spent")
        grant = _grant(message.grant)
        scopes = wanted.scopes
        if "widens_scopes" in self.config.faults:
            scopes = (*scopes, EVERYTHING)
        row = Grant(account, wanted.issuer, scopes, wanted.signed, pop=message.pop if self.binds(turn) else "")
        self.grants[grant] = row
        self.set_account(account, granted=with_line(self.accounts[account].granted, grant))
        self.move(turn, "grant", grant, "absent", "active")
        self._give_tokens(turn, sender, message, grant, row, wanted.request)

    def _give_tokens(
        self, turn: Turn, sender: str, message: TokenRequest, grant: str, row: Grant, request: str
    ) -> None:
        access, life = f"at:{grant}:{row.access}", self.config.token_life
        kind = token_kind(row)
        turn.note(TokenIssued(self.name, row.account, access, kind, grant, row.issuer, row.scopes, request))
        if life.least < 1 << 62:
            turn.wake(f"expire_token {grant}", life)
        turn.send(sender, TokenResponse(message.id, access, f"rt:{grant}:{row.refresh}", row.account))

    def _refresh(self, turn: Turn, sender: str, message: TokenRequest) -> None:
        grant, number = _split(message.grant, "rt:")
        row: Grant | None = self.grants.get(grant)
        if row is None or not row.live or not self.active(row.account) or row.pop != (message.pop if row.pop else ""):
            self.refuse(turn, sender, message.id, "invalid_grant")
            return
        if row.signed:
            verdict = self.client(turn, sender, message, row.issuer, message.client_key)
            if verdict:
                if verdict != "later":
                    self.refuse(turn, sender, message.id, verdict)
                return
        use = self.answer("refresh").use(int(number), row.refresh)
        if use in ("refuse", "end"):
            if use == "end":
                self.end_grant(turn, grant, "reuse_detected", "revoked")
            self.refuse(turn, sender, message.id, "invalid_grant")
            return
        self._end_access(turn, grant, row, "rotated")
        refresh = row.refresh if use == "keep" else row.access + 1
        row = replace(row, access=row.access + 1, refresh=refresh, works=True)
        self.grants[grant] = row
        self._give_tokens(turn, sender, message, grant, row, message.id)

    def expire_token(self, turn: Turn, what: str) -> None:
        """The access token of a grant has lived its time."""
        row: Grant = self.grants[what]
        self._end_access(turn, what, row, "expired")
        self.grants[what] = replace(row, works=False)

    def _end_access(self, turn: Turn, grant: str, row: Grant, reason: str) -> None:
        if row.works:
            turn.note(TokenEnded(self.name, row.account, f"at:{grant}:{row.access}", token_kind(row), reason))

    def end_grant(self, turn: Turn, grant: str, reason: str, after: str) -> None:
        """A grant gives no tokens any more, and its access token dies; what was made with it stays."""
        row: Grant = self.grants[grant]
        if not row.live:
            return
        self._end_access(turn, grant, row, reason)
        turn.cancel(f"expire_token {grant}")
        self.grants[grant] = replace(row, works=False, live=False)
        self.move(turn, "grant", grant, "active", after)

    # --- who calls --------------------------------------------------------------------------------------------------

    def client(self, turn: Turn, sender: str, message: Message, issuer: str, atom: str) -> str:
        """Why ``atom`` does not prove ``issuer``: empty if it does, ``later`` if its keys must be fetched first."""
        key, secret = self.client_key(issuer, atom)
        if self.waits(turn, sender, message, issuer, key, secret):
            return "later"
        known = self.published(issuer, secret)
        return "" if key and known is not None and key in known else "unauthorized"

    def bearer(self, token: str, pop: str) -> tuple[str, Grant | None]:
        """The grant of an access token that works for who proves ``pop``; None if it does not."""
        grant, number = _split(token, "at:")
        row: Grant | None = self.grants.get(grant)
        if row is None or not row.works or number != str(row.access):
            return grant, None
        if not self.active(row.account) or (row.pop and row.pop != pop):
            return grant, None
        return grant, row

    def binds(self, turn: Turn) -> bool:
        """Whether tokens are bound to a key of whom they are given to (RFC 9449); the token alone is worth nothing."""
        return bool(self.config.sender_bound) and bool(turn.trait("sender_bound"))

    # --- revocation -------------------------------------------------------------------------------------------------

    def revoke_request(self, turn: Turn, sender: str, message: RevokeRequest) -> None:
        """An issuer withdraws a grant or single tokens; naming neither, it says that its own word is worth nothing."""
        issuer = message.orchestrator
        verdict = self.client(turn, sender, message, issuer, message.client_key)
        if verdict == "later":
            return
        if verdict:
            self.refuse(turn, sender, message.id, verdict)
            return
        if message.grant:
            self._revoke_grant(turn, issuer, message.grant)
        for token in message.token_ids:
            self._revoke_token(turn, issuer, token)
        if not message.grant and not message.token_ids:
            self._contain(turn, issuer)
        turn.send(sender, Done(message.id))

    def _revoke_grant(self, turn: Turn, issuer: str, grant: str) -> None:
        row: Grant | None = self.grants.get(grant)
        if row is not None and row.issuer == issuer:
            self.end_grant(turn, grant, "revoked", "revoked")
            turn.note(RevocationReceived(self.name, issuer, grant))

    def _revoke_token(self, turn: Turn, issuer: str, token: str) -> None:
        """A single access token dies; its grant can still give another."""
        grant, number = _split(token, "at:")
        row: Grant | None = self.grants.get(grant)
        if row is None or row.issuer != issuer:
            return
        if number == str(row.access) and row.works:
            self._end_access(turn, grant, row, "revoked")
            turn.cancel(f"expire_token {grant}")
            self.grants[grant] = replace(row, works=False)
        turn.note(RevocationReceived(self.name, issuer, grant))

    def _contain(self, turn: Turn, issuer: str) -> None:
        override = self.override(issuer)
        if override is not None and override.containment and issuer not in self.contained:
            self.contained[issuer] = True
            turn.note(IssuerContained(self.name, issuer))


def _grant(code: str) -> str:
    """The grant that a code becomes when it is exchanged."""
    return intern("g" + code[1:])


def token_kind(row: Grant) -> str:
    """How facts call the access token of a grant: the first one came with the code, the others by refreshing."""
    return "access" if row.access == 1 else "refreshed"


def _split(token: str, mark: str) -> tuple[str, str]:
    """Grant and generation in the name of a token; empty texts if it is none of the kind."""
    if not token.startswith(mark):
        return "", ""
    grant, _, number = token[3:].rpartition(":")
    return (intern(grant), number) if number.isdecimal() else ("", "")
