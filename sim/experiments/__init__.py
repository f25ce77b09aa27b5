"""From a scenario to numbers: one run, variants side by side on the same random numbers."""
