"""Figures of a sweep with matplotlib: each function gives a ``Figure``, which ``svg`` and ``png`` turn into bytes.

They take a ``Sweep``, or frames like its ``rows``, ``cells`` and ``differences``. The same numbers give the same bytes:
ids are salted, nothing is dated. Colours are those of Okabe and Ito ([OKABE]_), which people with any colour vision
tell apart, and lines differ in their dashes too. Titles and labels are taken as they are, never as formulas.

.. [OKABE] https://jfly.uni-koeln.de/color/
"""

from __future__ import annotations

from sim.views.figures.curves import curve, ecdf
from sim.views.figures.drawing import png, shown, svg
from sim.views.figures.forests import against, forest
from sim.views.figures.grids import heat
from sim.views.figures.sheets import sheet

__all__ = ["against", "curve", "ecdf", "forest", "heat", "png", "sheet", "shown", "svg"]
