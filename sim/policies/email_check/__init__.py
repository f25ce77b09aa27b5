"""What an orchestrator does about an address that somebody gives it.

An answer defines ``check(email: str) -> str``: how the address counts as checked from now on (the answer's own name),
or nothing where a mailed link must be clicked first; after the click it counts as checked by ``link``. Only a link
shows the orchestrator itself that the mailbox is the customer's.
"""
