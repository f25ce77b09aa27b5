"""What an orchestrator does about an address that somebody gives it.

An answer defines ``check(email: str) -> str``: how the address counts as checked from now on (the answer's own name),
or nothing where a mailed link must be clicked first; after the click it counts as checked by ``link``. Only a link
shows the orchestrator itself that the mailbox is the customer's.

When an address was checked is not remembered, since no claim says it: an ID-JAG tells when it was issued ([AMD]_), the
request that is signed as a whole lists the fields that were verified, with no time ([K8]_). That an address has changed
hands since is told by the story (``move_mailbox``).

.. [AMD] https://github.com/workos/auth.md
.. [K8] https://github.com/erint-stripe/toastercloud-provider
"""
