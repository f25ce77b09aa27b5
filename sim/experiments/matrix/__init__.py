"""Threats against answers: for each pair a letter that is computed, and what the honest pay beside it.

``expectations`` reads what was expected and never tells what comes out; ``policies`` lays a set of answers over a
threat's story; ``observing`` runs and explores it; ``letters`` makes one letter of what was observed; ``computing``
does so for all of them, on all cores, keeping what is done.
"""
