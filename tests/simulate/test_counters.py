"""Limited capacity: who is served when, against the textbook, request by request."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Any

import pytest

from sim.chance import Chance, purpose
from sim.clock import MS, SECOND, Constant, Duration, Exponential
from sim.facts import OutageBegan, OutageEnded, StepCompleted
from sim.trace import Recorder
from tests.simulate.toys import Answer, Say, Toy, running, world
from tests.standins import link

ARRIVALS, SERVICE = purpose("arrivals"), purpose("service")


class Shop:
    """Requests come at ``arrivals`` (microseconds); ``workers`` serve them, ``queue`` of them may wait."""

    def __init__(
        self, arrivals: list[int], workers: int | None, queue: int | None, service: Duration, seed: int = 1
    ) -> None:
        self.alice, self.hub = Toy("alice"), Toy("hub")
        self.alice.on_start = lambda turn: [turn.send("hub", Say(f"r{i}", str(at))) for i, at in enumerate(arrivals)]
        self.hub.on_message = lambda turn, sender, message: turn.send(sender, Answer(message.id))
        limits = (workers, queue, service)
        self.run = running(
            world(self.alice, self.hub),
            seed,
            until=arrivals[-1] + 10_000 * SECOND,
            net=link(0),
            latency=lambda sender, to, message: int(message.text) if to == "hub" else None,
            capacity=lambda party: limits if party is self.hub else None,
        )
        self.run.run()

    def served(self) -> dict[str, int]:
        """When each request was through."""
        return {name: at for at, _, _, name, _ in self.hub.heard}

    def log(self, what: str) -> dict[str, int]:
        return {name: at for at, happened, name in self.hub.queue if happened == what}


def textbook(arrivals: list[int], workers: int, queue: int | None, services: list[int]) -> dict[str, int]:
    """First come, first served: when each request is through; requests that find the queue full are not in it."""
    free, waiting = [0] * workers, list[int]()
    through: dict[str, int] = {}
    for i, at in enumerate(arrivals):
        while waiting and waiting[0] <= at:
            heappop(waiting)
        if queue is not None and min(free) > at and len(waiting) >= queue:
            continue
        begin = max(at, heappop(free))
        if begin > at:
            heappush(waiting, begin)
        heappush(free, begin + services[i])
        through[f"r{i}"] = begin + services[i]
    return through


def poisson(n: int, mean: int, seed: int = 5) -> list[int]:
    """Arrivals with exponential gaps."""
    chance, at, times = Chance(seed), 0, []
    for i in range(n):
        at += 1 + Exponential(mean).quantile(chance.unit(ARRIVALS, str(i)))
        times.append(at)
    return times


@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("queue", [None, 0, 3])
def test_every_request_is_served_when_the_textbook_says(workers: int, queue: int | None) -> None:
    arrivals, service = poisson(1_500, 100 * MS // workers), Exponential(90 * MS)
    shop = Shop(arrivals, workers, queue, service)
    drawn = [service.quantile(shop.run.chance.unit(SERVICE, f"Say r{i} hub")) for i in range(len(arrivals))]
    expected = textbook(arrivals, workers, queue, drawn)
    assert shop.served() == expected
    assert len(shop.log("refused")) == len(arrivals) - len(expected)
    assert (queue is None) == (len(expected) == len(arrivals))


def test_one_worker_with_memoryless_arrivals_and_services() -> None:
    """M/M/1 at a load of 0.5: a request is through after 1 / (μ - λ) on average, here 200 ms."""
    arrivals = poisson(20_000, 200 * MS)
    served = Shop(arrivals, 1, None, Exponential(100 * MS)).served()
    mean = sum(served[f"r{i}"] - at for i, at in enumerate(arrivals)) / len(arrivals)
    assert mean == pytest.approx(200 * MS, rel=0.04)


def test_a_full_queue_refuses_and_the_refusal_is_an_answer() -> None:
    shop = Shop([100, 100, 100, 100], 1, 2, Constant(50))
    assert shop.served() == {"r0": 150, "r1": 200, "r2": 250}
    assert [(name, text) for *_, name, text in shop.alice.heard] == [("r3", "busy"), ("r0", ""), ("r1", ""), ("r2", "")]
    assert shop.log("refused") == {"r3": 100}


def test_without_a_limit_on_workers_nobody_waits() -> None:
    assert Shop([100] * 5, None, None, Constant(50)).served() == dict.fromkeys((f"r{i}" for i in range(5)), 150)


def test_a_request_is_noted_when_it_is_queued_and_when_a_worker_takes_it_up() -> None:
    shop = Shop([100, 110], 1, None, Constant(50))
    assert shop.log("queued") == {"r0": 100, "r1": 110}
    assert shop.log("taken up") == {"r0": 100, "r1": 150}


def test_answers_do_not_stand_in_line() -> None:
    """Only what is asked of a party is work for it; otherwise it could wait for itself."""
    hub, clouds = Toy("hub"), Toy("clouds")
    hub.on_start = lambda turn: turn.send("clouds", Say("r"))
    clouds.on_message = lambda turn, sender, message: turn.send(sender, Answer(message.id))
    everybody: Any = (1, None, Constant(50))
    run = running(world(hub, clouds), net=link(10), capacity=lambda party: everybody)
    run.run()
    assert [at for at, *_ in hub.heard] == [70]
    assert hub.queue == []


def test_service_times_do_not_depend_on_the_line() -> None:
    """Variants with more workers see the same requests take as long."""
    arrivals = poisson(300, 10 * MS)
    one, many = (Shop(arrivals, workers, None, Exponential(30 * MS)) for workers in (1, 300))
    taken = [{n: at - shop.log("taken up")[n] for n, at in shop.served().items()} for shop in (one, many)]
    assert taken[0] == taken[1]
    assert one.served() != many.served()


def test_each_party_has_a_counter_of_its_own() -> None:
    alice, one, two = Toy("alice"), Toy("one"), Toy("two")
    alice.on_start = lambda turn: [turn.send(to, Say(f"r{i}")) for to in ("one", "two") for i in range(2)]
    limits: Any = (1, None, Constant(50))
    running(world(alice, one, two), net=link(10), capacity=lambda party: limits).run()
    assert [at for at, *_ in one.heard] == [at for at, *_ in two.heard] == [60, 110]


def fallen(
    workers: int | None, arrivals: tuple[int, ...], recorder: Recorder | None = None, takes: int = 100
) -> tuple[Toy, Any]:
    """Requests take 100 if nothing else is said; the hub is down from 200 to 300."""
    alice, hub, fate = Toy("alice"), Toy("hub"), Toy("fate")
    alice.on_start = lambda turn: [turn.wake(f"ring {at}", at) for at in arrivals]
    alice.on_wake = lambda turn, what: turn.send("hub", Say(f"r{what}"))
    hub.on_message = lambda turn, sender, message: turn.send(sender, Answer(message.id))
    fate.on_start = lambda turn: [turn.wake("ring fall", 200), turn.wake("tick rise", 300)]
    limits: Any = (workers, None, Constant(takes))
    run = running(
        world(alice, hub, fate),
        net=link(0),
        capacity=lambda party: limits if party is hub else None,
        recorder=recorder,
    )

    def happen(turn: Any, what: str) -> None:
        if what == "fall":
            run.world.down["hub"] = True
            turn.note(OutageBegan("hub"))
        else:
            del run.world.down["hub"]
            turn.note(OutageEnded("hub"))

    fate.on_wake = happen
    run.run()
    return hub, run


@pytest.mark.parametrize("workers", [1, 2, None])
def test_who_is_in_the_house_when_it_goes_down_is_lost(workers: int | None) -> None:
    """r50 is through before; the others are in the queue, being worked on, or come while it is down."""
    hub, run = fallen(workers, (50, 150, 160, 170, 250))
    assert [(at, name) for at, _, _, name, _ in hub.heard] == [(150, "r50")]
    assert run.lost == 4
    assert not any(at > 200 for at, *_ in hub.queue), "nobody works while it is down"


def test_after_an_outage_the_house_is_empty() -> None:
    """The next one is not kept waiting by what was being worked on."""
    hub, _ = fallen(1, (150, 160, 170, 310))
    assert [(at, name) for at, _, _, name, _ in hub.heard] == [(410, "r310")]
    hub, _ = fallen(1, (150, 160, 310, 320), takes=500)
    assert [(at, name) for at, _, _, name, _ in hub.heard] == [(810, "r310"), (1310, "r320")]


def test_what_is_lost_in_the_house_is_in_the_trace() -> None:
    recorder = Recorder({})
    fallen(1, (150, 160), recorder)
    lost = [step for step in recorder.steps if step.kind == "lost"]
    assert [step.message.id for step in lost if step.message is not None] == ["r150", "r160"]
    assert {recorder.steps[step.cause - 1].key for step in lost} == {"ring fall"}


@pytest.mark.parametrize(
    ("before", "after", "through"),
    [
        (1, 1, [150, 250, 350, 450]),
        (1, 2, [150, 250, 300, 350]),
        (1, 3, [150, 250, 300, 300]),
        (1, None, [150, 250, 300, 300]),
        (3, 1, [150, 150, 150, 250]),
        (2, 1, [150, 150, 250, 350]),
    ],
)
def test_settings_that_change_count_for_those_in_the_queue(before: int, after: int | None, through: list[int]) -> None:
    """Four requests that take 100 come at 50; at 200 (100 where there are fewer) the number of workers changes."""
    alice, hub, fate = Toy("alice"), Toy("hub"), Toy("fate")
    alice.on_start = lambda turn: turn.wake("ring", 50)
    alice.on_wake = lambda turn, what: [turn.send("hub", Say(f"r{i}")) for i in range(4)]
    fate.on_start = lambda turn: turn.wake("ring", 200 if (after or 9) >= before else 100)
    workers: list[int | None] = [before]

    def change(turn: Any, what: str) -> None:
        workers[0] = after
        turn.note(StepCompleted("change", "change", "", "set", "", "complete"))

    fate.on_wake = change
    run = running(
        world(alice, hub, fate),
        net=link(0),
        capacity=lambda party: (workers[0], None, Constant(100)) if party is hub else None,
    )
    run.run()
    assert [at for at, *_ in hub.heard] == through
