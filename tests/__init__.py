"""The tests; they mirror the rooms of ``sim``."""
