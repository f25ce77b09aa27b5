"""Messages on their way: how long they take, which are lost, doubled, held back, or read by somebody else."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from sim.chance import Chance, purpose
from sim.clock import MS, NEVER, SECOND, Constant, Duration, Exponential, Lognormal, Uniform, share_below
from sim.knowledge import Underivable
from sim.simulate import Simulation
from sim.trace import Recorder
from sim.world import Tap
from tests.sampling import alike, fits, share_fits
from tests.simulate.toys import UNTIL, Answer, Say, Toy, running, world
from tests.standins import link

N = 3_000
TYPICAL = Lognormal(50 * MS, 500 * MS)


def volley(net: Any, n: int = N, seed: int = 1, **more: Any) -> tuple[Toy, Simulation]:
    """Alice says ``n`` things at once; whom she says them to, and the run."""
    alice, hub = Toy("alice"), Toy("hub")
    alice.on_start = lambda turn: [turn.send("hub", Say(f"r{i}", str(i))) for i in range(n)]
    run = running(world(alice, hub), seed, net=net, **more)
    run.run()
    return hub, run


# --- latency --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "latency", [TYPICAL, Exponential(300 * MS), Uniform(5 * MS, 900 * MS), Lognormal(SECOND, SECOND)]
)
def test_messages_take_as_long_as_their_channel_says(latency: Duration) -> None:
    hub, _ = volley(link(latency), until=3_000 * SECOND)
    assert len(hub.heard) == N
    if latency == Lognormal(SECOND, SECOND):
        assert {at for at, *_ in hub.heard} <= {SECOND - 1, SECOND}
    else:
        assert fits([at for at, *_ in hub.heard], lambda at: share_below(latency, int(at)))


@pytest.mark.parametrize("latency", [TYPICAL, Exponential(300 * MS), Uniform(5 * MS, 900 * MS)])
def test_a_latency_beyond_the_bound_is_as_if_drawn_again(latency: Duration) -> None:
    """The channel's rule, word for word: draw until the message is within the bound; here from another seed."""
    bound = 150 * MS
    hub, _ = volley(link(latency, bound))
    again = []
    chance = Chance(77)
    for i in range(N):
        tries = (latency.quantile(chance.unit(purpose("again"), f"{i} {k}")) for k in range(1_000))
        again.append(next(us for us in tries if us <= bound))
    taken = [at for at, *_ in hub.heard]
    assert max(taken) <= bound
    assert alike(taken, again)


def test_a_bound_that_nothing_reaches_changes_nothing() -> None:
    """So raising a generous bound leaves every arrival where it was."""
    arrivals = [volley(link(Uniform(0, 1_000), bound))[0].heard for bound in (1_000, 2_000, NEVER)]
    assert arrivals[0] == arrivals[1] == arrivals[2]


def test_every_pair_of_blocks_has_its_own_channel() -> None:
    alice, hub, clouds = Toy("alice"), Toy("hub"), Toy("clouds7")
    alice.on_start = lambda turn: [turn.send(to, Say(to)) for to in ("hub", "clouds7")]
    hub.on_message = lambda turn, sender, message: turn.send(sender, Answer(message.id))
    asked: list[tuple[str, str]] = []

    def net(sender: str, to: str) -> Any:
        asked.append((sender, to))
        return link({"hub": 5, "clouds": 70}.get(to, 1_000))

    run = running(world(alice, hub, clouds), net=net, block=lambda name: name.rstrip("0123456789"))
    run.run()
    assert [at for at, *_ in (hub.heard + clouds.heard + alice.heard)] == [5, 70, 1_005]
    assert asked == [("alice", "hub"), ("alice", "clouds"), ("hub", "alice")]


def test_a_uniform_network_asks_once_for_all() -> None:
    hub, run = volley(lambda sender, to: link(9 if (sender, to) == ("", "") else 1), n=3, uniform=True)
    assert [at for at, *_ in hub.heard] == [9, 9, 9]
    assert run._links == {}


def test_latencies_can_be_forced_one_by_one() -> None:
    """A counterexample is replayed with the latencies it needs; whatever it leaves open is drawn."""
    forced = {"r1": 50, "r0": 70}
    hub, _ = volley(link(7_000), n=3, latency=lambda sender, to, message: forced.get(message.id))
    assert [(at, name) for at, _, _, name, _ in hub.heard] == [(50, "r1"), (70, "r0"), (7_000, "r2")]


def test_messages_due_at_one_instant_arrive_in_the_order_in_which_they_were_sent() -> None:
    hub, _ = volley(link(1_000), n=50)
    assert [name for *_, name, _ in hub.heard] == [f"r{i}" for i in range(50)]


def test_nothing_arrives_after_the_end() -> None:
    hub, run = volley(link(Exponential(UNTIL)))
    assert share_fits(len(hub.heard), N, share_below(Exponential(UNTIL), UNTIL))
    assert max(at for at, *_ in hub.heard) <= UNTIL
    assert run.messages == len(hub.heard)


# --- whims ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.0, 0.05, 0.4, 1.0])
def test_so_many_messages_are_lost(share: float) -> None:
    hub, run = volley(link(loss=share))
    assert share_fits(run.lost, N, share) if 0 < share < 1 else run.lost == N * share
    assert len(hub.heard) + run.lost == N


@pytest.mark.parametrize("share", [0.0, 0.05, 0.4, 1.0])
def test_so_many_messages_arrive_twice(share: float) -> None:
    hub, _ = volley(link(TYPICAL, duplicates=share))
    heard = Counter(name for *_, name, _ in hub.heard)
    assert len(heard) == N
    twice = sum(n == 2 for n in heard.values())
    assert share_fits(twice, N, share) if 0 < share < 1 else twice == N * share
    assert max(heard.values()) <= 2


def test_the_second_copy_has_a_latency_of_its_own() -> None:
    hub, _ = volley(link(TYPICAL, 2 * SECOND, duplicates=1.0))
    times: dict[str, list[int]] = {}
    for at, _, _, name, _ in hub.heard:
        times.setdefault(name, []).append(at)
    assert sum(len(set(pair)) == 2 for pair in times.values()) > 0.99 * N
    assert all(at <= 2 * SECOND for pair in times.values() for at in pair)
    assert alike([pair[0] for pair in times.values()], [min(pair) for pair in times.values()])


def test_loss_leaves_the_latency_of_the_others_alone() -> None:
    clean = {name: at for at, _, _, name, _ in volley(link(TYPICAL))[0].heard}
    lossy = {name: at for at, _, _, name, _ in volley(link(TYPICAL, loss=0.3))[0].heard}
    assert len(lossy) < len(clean)
    assert lossy.items() <= clean.items()


# --- interception ---------------------------------------------------------------------------------------------------


def tapped(does: str, n: int = 4, **more: Any) -> tuple[Toy, Toy, Simulation]:
    """Alice says ``n`` things to the hub, a millisecond each, on a channel that Mallory taps; hub, cloud, run."""
    alice, hub, cloud, mallory = Toy("alice"), Toy("hub"), Toy("cloud"), Toy("mallory")
    alice.on_start = lambda turn: [turn.send("hub", Say(f"r{i}", "", f"secret {i}")) for i in range(n)]
    here = world(alice, hub, cloud, mallory, controlled=["mallory"], everyone=True)
    here.taps["t"] = Tap("mallory", "alice", "hub", does, **more)
    run = running(here, recorder=Recorder({}))
    run.run()
    return hub, cloud, run


def test_a_tap_that_drops_takes_messages_away() -> None:
    hub, _, run = tapped("drop", left=2)
    assert [name for *_, name, _ in hub.heard] == ["r2", "r3"]
    assert run.lost == 2


def test_a_tap_that_delays_holds_messages_back() -> None:
    hub, _, _ = tapped("delay", left=-1, holds=500)
    assert {at for at, *_ in hub.heard} == {1_500}


def test_what_was_dropped_is_not_held_back_as_well() -> None:
    alice, hub, mallory = Toy("alice"), Toy("hub"), Toy("mallory")
    alice.on_start = lambda turn: turn.send("hub", Say("r"))
    here = world(alice, hub, mallory, controlled=["mallory"])
    here.taps["a"] = Tap("mallory", "alice", "hub", "drop", left=1)
    here.taps["b"] = Tap("mallory", "alice", "hub", "delay", left=1, holds=500)
    run = running(here)
    run.run()
    assert (hub.heard, run.lost) == ([], 1)


def test_a_tap_that_reads_teaches_the_attacker() -> None:
    hub, _, run = tapped("read", left=1)
    assert len(hub.heard) == 4
    run.world.knowledge.check("mallory", Say("x", "", "secret 0"))
    with pytest.raises(Underivable):
        run.world.knowledge.check("mallory", Say("x", "", "secret 1"))


def test_a_tap_that_replays_says_it_again_on_its_own_account() -> None:
    hub, cloud, run = tapped("replay", left=1, target="cloud")
    assert len(hub.heard) == 4
    assert [(me, sender, name) for _, me, sender, name, _ in cloud.heard] == [("cloud", "mallory", "r0")]
    assert run.recorder is not None
    again = next(step for step in run.recorder.steps if step.key.startswith("replay"))
    assert (again.to, again.behind, again.kind, again.at) == ("mallory", "mallory", "command", 1)
    arrived = next(step for step in run.recorder.steps if step.to == "cloud" and step.kind == "message")
    assert arrived.behind == "mallory"
    assert arrived.cause == again.n
    assert run.recorder.steps[again.cause - 1].to == "alice"


def test_what_a_tap_injects_it_does_not_take_again() -> None:
    hub, _, _ = tapped("inject", left=8, target="hub")
    assert Counter((sender, name) for _, _, sender, name, _ in hub.heard) == {("alice", f"r{n}"): 2 for n in range(4)}


def test_a_replay_goes_to_where_the_message_went_unless_told_otherwise() -> None:
    hub, _, _ = tapped("replay", left=1)
    assert Counter(sender for _, _, sender, *_ in hub.heard) == {"alice": 4, "mallory": 1}


def test_a_constant_latency_beyond_the_bound_is_still_that_latency() -> None:
    """Such a channel is refused by the scenario room; the engine does not make one up."""
    assert [at for at, *_ in volley(link(Constant(500), 300), n=1)[0].heard] == [500]
