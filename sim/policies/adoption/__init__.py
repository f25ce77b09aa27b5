"""What becomes of older credentials when the owner takes possession of an account? One answer a file.

An answer defines ``ends() -> tuple[str, ...]``: which of ``sessions``, ``tokens``, ``identifiers`` and
``pending_changes`` end, as far as they were not made by the very proof of possession. Each of the four, left alone, is
a way back in for whoever had the account before (Sudhodanan and Paverd, USENIX Security 2022). A scenario may also list
them instead of naming an answer.
"""
