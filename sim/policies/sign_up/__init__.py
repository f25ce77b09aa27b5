"""Is there an ordinary sign-up door, and when does an account made there become usable? One answer a file.

An answer defines ``opens() -> str``: the state in which a new account starts, ``active`` or ``pending`` (until a mailed
link is clicked), or nothing where there is no such door.
"""
