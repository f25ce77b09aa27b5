"""When does a new account become usable? One answer a file.

An answer defines ``at_once(claim: Attestation) -> bool``: whether it is usable as soon as it is made. Otherwise the
provider mails a link to the address first, and until it is clicked the account is *pending*: without token, session and
resource.
"""
