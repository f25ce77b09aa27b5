"""The file format: what users write, read with positions, checked, composed and filled in.

A file has a world (people, orchestrators, providers, network), a story (steps) and questions (expect, measures,
variants, vary, runs, explore). ``load`` gives a frozen ``Scenario`` or raises ``ScenarioError`` with every problem
found, each as ``file:line:column: path: message``. A scenario file is data and never executes anything.

>>> scenario = load_text("{title: t, until: 1 d, people: {ann: {}}, orchestrators: {hub: {}}, providers: {p: {}}}")
>>> scenario.people["ann"].uses, scenario.providers["p"].matching
((('hub', 1.0),), 'subject_or_email')
"""

from __future__ import annotations

from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.loading import load, load_text
from sim.scenario.models import Link, Orchestrator, People, Provider
from sim.scenario.scenario import Network, Scenario
from sim.scenario.values import (
    After,
    Answer,
    At,
    Design,
    Every,
    Factor,
    May,
    MeasureSpec,
    Members,
    Pick,
    Rate,
    Ref,
    Runs,
    Step,
    expand,
)  # fmt: skip

__all__ = [
    "After", "Answer", "At", "Design", "Every", "Factor", "Link", "May", "MeasureSpec", "Members", "Network",
    "Orchestrator", "People", "Pick", "Problem", "Provider", "Rate", "Ref", "Runs", "Scenario", "ScenarioError",
    "Step", "expand", "load", "load_text",
]  # fmt: skip
