"""What does it take to approve on a consent page? One answer a file.

An answer defines ``page(url: str, accounts: int) -> str``: the address of the page, where ``accounts`` accounts bear
the owner's address. A page whose address ends in ``AUTO`` approves as soon as a signed-in owner opens it.
"""

from __future__ import annotations

AUTO = "!auto"
