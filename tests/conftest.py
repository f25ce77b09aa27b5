"""How the tests run: the same examples every time, so that a red test is red for everybody."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Nor may it depend on how wide the terminal is, or on who runs the tests.
os.environ["COLUMNS"] = "100"

# Shared machines are slow at times: time limits on single examples would make the suite fail by chance.
settings.register_profile("house", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# For a hunt by hand: pytest --hypothesis-profile=hunt
settings.register_profile("hunt", max_examples=2_000, deadline=None, print_blob=True)
settings.load_profile("house")
