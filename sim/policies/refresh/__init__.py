"""What does a refresh token do when it is used? One answer a file.

An answer defines ``use(presented: int, current: int) -> Use`` for a refresh token of generation ``presented`` where
``current`` is the last one given out: ``keep`` gives a new access token and leaves the refresh token as it is,
``rotate`` gives new ones of both, ``refuse`` gives nothing, ``end`` gives nothing and ends the whole grant.
"""

from __future__ import annotations

from typing import Literal

Use = Literal["keep", "rotate", "refuse", "end"]
