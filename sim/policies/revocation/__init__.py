"""What an orchestrator tells a provider when authority is withdrawn.

An answer defines ``withdraw(grant: str, access_token: str) -> tuple[str, tuple[str, ...]] | None``: the grant and the
tokens that the message names (either may be empty), or None where no message is sent. No such message exists on the
wire as it is known (assumed); RFC 7009 is the nearest standard.
"""
