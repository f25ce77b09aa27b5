"""The engine with a toy protocol; the real one is not imported here."""
