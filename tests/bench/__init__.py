"""Speed, memory and start-up, measured against two hand-written yardsticks in the same run.

``python -m tests.bench.bench_speed`` and its neighbours print; ``pytest -m bench`` judges the ratios alone, because
absolute figures tell more about the machine than about the code.
"""
