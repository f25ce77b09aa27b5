"""Whose signature counts: copies of issuers' keys, when they are fetched, and requests that wait for them.

A copy is believed for ``key_cache.life``. A key that is not in it triggers a fetch, at most once per
``key_cache.cooldown``; until then it is unknown (panva/jose: 10 min and 30 s). A secret shared with an issuer is the
first one until the issuer says that there is another.
"""

from __future__ import annotations

from sim.claims import Attestation, shared_secret, signing_key
from sim.facts import KeysFetched
from sim.messages import Keys, KeysRequest
from sim.parties.provider.office import Office
from sim.parties.provider.records import FETCH_TIMEOUT, FETCH_TRIES, Fetch, Parked
from sim.party import Message, Turn


class KeyDesk(Office):
    """The part that knows with which keys issuers sign."""

    # --- what is known ----------------------------------------------------------------------------------------------

    def published(self, issuer: str, secret: bool) -> tuple[str, ...] | None:
        """Ids of the keys of ``issuer`` (or of the secrets shared with it) that count now; None without a copy."""
        found: tuple[str, ...] | None
        if secret:
            found = self.secrets.get(issuer)
            return (f"{issuer}#1",) if found is None else found
        found = self.keys.get(issuer)
        return found

    def secret_id(self, issuer: str, atom: str) -> str:
        """Id of a secret shared with ``issuer``; empty if ``atom`` is none."""
        first = shared_secret(issuer, self.name)
        if atom == first:
            return f"{issuer}#1"
        head, mark, number = atom.rpartition("#")
        return f"{issuer}#{number}" if mark and head == first else ""

    def claim_key(self, claim: Attestation) -> str:
        """Id of the key with which an attestation says that it is signed."""
        return claim.key_id if claim.mode == "jwt" else self.secret_id(claim.issuer, claim.signer)

    def client_key(self, issuer: str, atom: str) -> tuple[str, bool]:
        """Id of the key with which ``issuer`` proves itself (empty: none of its), and whether it is a shared secret."""
        number = atom.rpartition(":")[2]
        if number and atom == f"key:{issuer}:{number}":
            return f"{issuer}#{number}", False
        return self.secret_id(issuer, atom), True

    def signs(self, claim: Attestation, request: str) -> bool:
        """Whether the signature is that of the key named; a shared secret has no name and signs the whole request."""
        if claim.mode == "jwt":
            issuer, mark, number = claim.key_id.rpartition("#")
            return mark != "" and issuer == claim.issuer and claim.signer == _signing_key(issuer, number)
        current = self.published(claim.issuer, True) or ()
        return claim.binds == request and self.secret_id(claim.issuer, claim.signer) in current

    # --- fetching ---------------------------------------------------------------------------------------------------

    def waits(self, turn: Turn, sender: str, message: Message, issuer: str, key: str, secret: bool) -> bool:
        """Whether ``message`` must wait until keys of ``issuer`` are fetched; it is heard again then."""
        if not key:
            return False
        known = self.published(issuer, secret)
        if known is not None and (key in known or issuer in self.resting):
            return False
        self._park(turn, sender, message, issuer, secret)
        return True

    def _park(self, turn: Turn, sender: str, message: Message, issuer: str, secret: bool) -> None:
        fetch: Fetch | None = self.fetches.get(issuer)
        parked = () if fetch is None else fetch.parked
        thread = self.thread(f"{message.id} keys{len(parked)}")
        turn.suspend(thread)
        parked = (*parked, Parked(sender, message, thread, secret))
        if fetch is not None:
            self.fetches[issuer] = Fetch(fetch.id, parked, fetch.tries)
            return
        self.fetches[issuer] = Fetch(f"{message.id}+keys", parked)
        pause = self.config.key_cache.fetch
        if pause.most == 0:
            self.fetch_keys(turn, issuer)
        else:
            turn.wake(f"fetch_keys {issuer}", pause)

    def fetch_keys(self, turn: Turn, what: str) -> None:
        """Ask an issuer for its keys."""
        fetch: Fetch = self.fetches[what]
        turn.wake(f"ask_again {what}", FETCH_TIMEOUT)
        turn.send(what, KeysRequest(fetch.id if fetch.tries == 1 else f"{fetch.id}~{fetch.tries}"))

    def ask_again(self, turn: Turn, what: str) -> None:
        """No keys came: ask once more, or give the requests up that wait for them."""
        fetch: Fetch = self.fetches[what]
        if fetch.tries < FETCH_TRIES:
            self.fetches[what] = Fetch(fetch.id, fetch.parked, fetch.tries + 1)
            self.fetch_keys(turn, what)
            return
        del self.fetches[what]
        for parked in fetch.parked:
            turn.resume(parked.thread)
            self.refuse(turn, parked.sender, parked.message.id, "server_error")

    def keys_came(self, turn: Turn, sender: str, message: Keys) -> None:
        """An issuer says which keys count: take them over and hear again what waited for them."""
        fetch: Fetch | None = self.fetches.pop(sender, None)
        if fetch is None:
            self._told(turn, sender, message)
            return
        turn.cancel(f"fetch_keys {sender}")
        turn.cancel(f"ask_again {sender}")
        turn.note(KeysFetched(self.name, sender, message.key_ids))
        if any(parked.secret for parked in fetch.parked):
            self.secrets[sender] = message.key_ids
        if not all(parked.secret for parked in fetch.parked):
            self.keys[sender] = message.key_ids
            turn.wake(f"stale_keys {sender}", self.config.key_cache.life)
        self.resting[sender] = True
        turn.wake(f"rested {sender}", self.config.key_cache.cooldown)
        for parked in fetch.parked:
            turn.resume(parked.thread)
            self.hears[type(parked.message)](turn, parked.sender, parked.message)

    def _told(self, turn: Turn, issuer: str, message: Keys) -> None:
        """Keys that nobody asked for: an issuer announces that it has changed the shared secret.

        From an issuer that signs with keys of its own it is a second copy of an answer.
        """
        known = self.published(issuer, True) or ()
        if issuer not in self.keys and _newest(message.key_ids) > _newest(known):
            self.secrets[issuer] = message.key_ids
            turn.note(KeysFetched(self.name, issuer, message.key_ids))

    def stale_keys(self, turn: Turn, what: str) -> None:
        """A copy of an issuer's keys is believed no more."""
        self.keys.pop(what, None)

    def rested(self, turn: Turn, what: str) -> None:
        """An unknown key may trigger a fetch again."""
        self.resting.pop(what, None)

    def holdings(self, what: str, of: str) -> tuple[str, ...]:
        """Secrets shared with issuers, which a leak on this side gives away as well."""
        if what != "shared_secret":
            return ()
        atoms = []
        for issuer, ids in self.secrets.ordered():
            first = shared_secret(issuer, self.name)
            numbers = [key.rpartition("#")[2] for key in ids]
            atoms += [first if number == "1" else f"{first}#{number}" for number in numbers]
        return tuple(atoms)


def _signing_key(issuer: str, number: str) -> str:
    return signing_key(issuer, int(number)) if number.isdecimal() else ""


def _newest(key_ids: tuple[str, ...]) -> int:
    numbers = (key.rpartition("#")[2] for key in key_ids)
    return max((int(number) for number in numbers if number.isdecimal()), default=0)
