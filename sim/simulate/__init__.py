"""SimPy decides when: one run of a world in simulated time.

The only module that imports simpy. Every pending thing is one slotted object on SimPy's own queue, whose callback does
the work; a process and a store per message would cost several times as much. Constant waits stand in lanes, one
entry of the queue per lane, because most of them are taken back before they are due. Where capacity is the model
(workers, queue, service time) real SimPy resources are used.

Order is total: (time, priority, sequence). Every draw is keyed by what it is for, never by how many came before.
"""

from sim.simulate.engine import Simulation
from sim.simulate.staging import stage

__all__ = ["Simulation", "stage"]
