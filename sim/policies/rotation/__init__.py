"""What becomes of a resource's credential when a new one takes its place? One answer a file.

An answer defines ``grace(overlap: Duration) -> Duration | None``: for how long the old one goes on working (``overlap``
is what the provider's ``rotation_overlap`` says), or None where it is never withdrawn.
"""
