"""Limited capacity: workers, a queue and a service time, as SimPy resources.

When a party goes down, the requests in its queue and those being worked on are lost, as those that come meanwhile are.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import simpy

from sim.chance import purpose
from sim.clock import Duration
from sim.facts import OutageBegan, StepCompleted
from sim.party import Party
from sim.property import See
from sim.simulate.things import Delivery

if TYPE_CHECKING:
    from sim.simulate.engine import Simulation

_SERVICE = purpose("service")
Limits = tuple[int | None, int | None, Duration]


class Counters:
    """The counters of all parties that have them. ``limits(party)`` gives (workers, queue, service time), or None."""

    def __init__(self, run: Simulation, limits: Callable[[Party], Limits | None]) -> None:
        self._run, self._limits = run, limits
        self._pools: dict[str, simpy.Resource] = {}
        self._inside: defaultdict[str, dict[int, Delivery]] = defaultdict(dict)
        self._count = 0
        run.world.on(OutageBegan, self._fell)
        run.world.on(StepCompleted, self._settled)

    def _fell(self, fact: OutageBegan, see: See) -> None:
        """Whatever was in the house is lost; who comes after the outage finds it empty."""
        self._pools.pop(fact.party, None)
        for lost in self._inside.pop(fact.party, {}).values():
            self._run.lose(lost.sender, lost.to, lost.message, lost.behind)

    def takes(self, party: Party, delivery: Delivery) -> bool:
        """Whether ``party`` has a counter; if so the request is in its queue now, or refused."""
        limits = self._limits(party)
        if limits is None:
            return False
        workers, queue, service = limits
        pool = self._pool(party.name, workers)
        run = self._run
        run.begin(delivery.to, delivery.cause, delivery.behind)
        if pool is not None and queue is not None and pool.count >= pool.capacity and len(pool.queue) >= queue:
            run.messages += 1
            party.overloaded(run.turn, delivery.sender, delivery.message)
            run.end("message", delivery.to, delivery.sender, delivery.sent, message=delivery.message)
            return True
        party.queued(run.turn, delivery.message)
        run.end("wake", delivery.to, key="queued")
        self._count += 1
        self._inside[party.name][self._count] = delivery
        run.env.process(self._serve(party, delivery, pool, service, self._count))
        return True

    def _pool(self, name: str, workers: int | None) -> simpy.Resource | None:
        if workers is None:
            return None
        pool = self._pools.get(name)
        if pool is None:
            pool = self._pools[name] = simpy.Resource(self._run.env, workers)
        return pool

    def _settled(self, fact: StepCompleted, see: See) -> None:
        """Settings may have changed: as many work from now on as they say."""
        if fact.verb != "set":
            return
        for name, pool in list(self._pools.items()):
            limits = self._limits(self._run.world.route(name))
            workers = None if limits is None else limits[0]
            if pool.capacity != workers:
                # SimPy has no public name for it: whoever waits longest is taken up, or who is through not replaced
                pool._capacity = math.inf if workers is None else workers
                while pool.queue and pool.count < pool.capacity:
                    pool._trigger_put(None)
            if workers is None:
                del self._pools[name]

    def _serve(
        self, party: Party, delivery: Delivery, pool: simpy.Resource | None, service: Duration, number: int
    ) -> Generator[simpy.Event, Any, None]:
        """A worker takes the request up, works on it, and then the party reacts; unless it is lost meanwhile."""
        run = self._run
        grant = pool.request() if pool is not None else None
        if grant is not None:
            yield grant
        if number not in self._inside[party.name]:
            if pool is not None and grant is not None:
                pool.release(grant)
            return
        run.begin(delivery.to, delivery.cause, delivery.behind)
        party.taken_up(run.turn, delivery.message)
        run.end("wake", delivery.to, key="taken_up")
        key = f"{type(delivery.message).__name__} {delivery.message.id} {delivery.to}"
        yield run.env.timeout(service.quantile(run.chance.unit(_SERVICE, key)))
        if pool is not None and grant is not None:
            pool.release(grant)
        if self._inside[party.name].pop(number, None) is not None:
            run.arrive(party, delivery)
