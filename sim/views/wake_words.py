"""What it is time for, in words: the wakes that parties ask for, by their kind."""

from __future__ import annotations

WORDS = {
    "answer": "answers what was asked ({})",
    "ask_again": "may ask {} for keys again",
    "back": "ends an outage ({})",
    "beat": "makes its next call ({})",
    "billing": "goes without billing: the answer is late ({})",
    "contest": "contests the charge {}",
    "cooled": "has seen the session {} long enough to trust it",
    "create_unseen": "makes the account all the same ({})",
    "detect": "notices that something is wrong ({})",
    "end_session": "ends the session {}",
    "expire": "lets {} run out",
    "expire_code": "lets the code {} run out",
    "expire_consent": "lets the approval page {} run out",
    "expire_deep_link": "lets the deep link {} run out",
    "expire_link": "lets the link {} run out",
    "expire_token": "lets the token of {} run out",
    "fetch_keys": "fetches the keys of {}",
    "forget": "forgets {}",
    "forget_answer": "forgets what it answered to {}",
    "forget_made": "forgets that it made {}",
    "forget_use": "forgets that {} was used",
    "give_back": "gives back what {} held",
    "grace": "stops taking the credential {} that was replaced",
    "issuer": "asks the issuer ({})",
    "lapse": "lets {} lapse",
    "let_go": "lets {} go",
    "meter": "reads the meter ({})",
    "month": "begins month {}",
    "notice": "notices what was done in its name ({})",
    "patience": "has no patience left for {}",
    "poll": "asks how far {} is",
    "provisioned": "has {} ready",
    "publish": "publishes its {}",
    "pull": "asks for the news of {}",
    "push": "tells others of {}",
    "read": "reads the mail {}",
    "refill": "gives a token back to the bucket of {}",
    "release": "releases {}",
    "repair": "mends what was done at {}",
    "respond": "answers the dispute {}",
    "rested": "may ask {} for its keys once more",
    "retire": "retires the key {}",
    "say": "says once more what was not answered ({})",
    "settle": "settles the charge {}",
    "sign": "signs with the new {}",
    "signal": "tells of {}",
    "stage": "sees the dispute {} come to its next stage",
    "stale_keys": "takes its copy of the keys of {} for stale",
    "stop": "stops ({})",
    "tell": "tells of {}",
    "tick": "goes on ({})",
    "timeout": "waits no longer for {}",
    "uncount": "no longer counts what was done in {}",
    "untap": "takes a tap off ({})",
    "use": "uses it ({})",
    "window": "closes the window of {}",
}


def wake(me: str, key: str) -> str:
    """A wake as a sentence: who, and what for. ``key`` is ``<kind> <what>``."""
    kind, _, what = key.partition(" ")
    words = WORDS.get(kind)
    if words is None:
        return f"it is time for {me} to {kind.replace('_', ' ')}" + (f" {what}" if what else "")
    return f"it is time: {me} {words.format(what)}" if what else f"it is time: {me} {words.replace(' ({})', '')}"
