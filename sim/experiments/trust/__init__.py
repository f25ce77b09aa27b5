"""Who trusts whom for what, read from a scenario; what a compromise reaches; which answers cut it off.

``worlds`` reads a scenario's settings, some of them changed; ``doors`` asks the policies themselves what an attestation
opens; ``graph`` draws the edges; ``reach`` follows them from what is compromised; ``cuts`` searches for answers.
"""
