"""A story in which everything is uncertain, to be run twice: ``python -m tests.simulate.busy 1`` prints its digest.

Shops answer customers through a bad network and a short queue; who is not answered in time asks again.
"""

from __future__ import annotations

import sys
from typing import Any

from sim.clock import DAY, HOUR, MINUTE, MS, SECOND, Constant, Exponential, Lognormal, Uniform
from sim.facts import MailRead, RequestReceived, StepCompleted
from sim.facts import names as fact_names
from sim.party import Command
from sim.property import Property
from sim.simulate import Simulation, stage
from sim.trace import Recorder
from tests.simulate.toys import Answer, Say, Toy, running, world
from tests.standins import After, At, Every, May, block, link, roster, step

PEOPLE = {"users": block(12), "town": block(1_100), "thief": block(adversary=True)}
STEPS = (
    step("buy", Every(Exponential(HOUR)), "users", "any clouds"),
    step("walk", At(Uniform(HOUR, 20 * HOUR)), "town", "clouds1"),
    step("again", After("buy", wait=Uniform(0, HOUR), times=9), "users", "clouds2"),
    step("steal", May(12), "thief", "any clouds", as_="new"),
    step("daily", Every(Constant(6 * HOUR)), "any users, thief", "clouds2, clouds3"),
)


class Answered(Property):
    """Every request of a customer is answered within two minutes."""

    def __init__(self) -> None:
        super().__init__("answered")
        self.reads = {
            RequestReceived: lambda fact, see: see.deadline(self, fact.id, 2 * MINUTE),
            StepCompleted: lambda fact, see: see.met(self, fact.id),
        }

    def due(self, key: str, see: Any) -> None:
        """It was not."""
        see.violated(self, f"{key} of {see.behind} was not answered")


def customers() -> Toy:
    """All people: ask a shop, wait, ask once more, complete."""
    crowd = Toy("people")

    def wish(turn: Any, command: Command) -> None:
        turn.act()
        turn.note(RequestReceived(command.object, command.id))
        turn.send(command.object, Say(command.id, command.as_))
        turn.wake(f"ring {command.id} {command.object}", Lognormal(30 * SECOND, 100 * SECOND))

    def ask_again(turn: Any, what: str) -> None:
        name, shop = what.split(" ")
        turn.send(shop, Say(f"{name}~2"))

    def answered(turn: Any, sender: str, message: Any) -> None:
        name = message.id.partition("~")[0]
        turn.cancel(f"ring {name} {sender}")
        turn.note(StepCompleted(name, name.partition(".")[0], turn.me, "add", sender, message.text or "complete"))

    crowd.on_command, crowd.on_wake, crowd.on_message = wish, ask_again, answered
    return crowd


def shop(name: str, talkative: bool) -> Toy:
    """Answers after a while, tells the head office of it (where ``talkative``), forgets a request now and then."""
    here = Toy(name)

    def asked(turn: Any, sender: str, message: Any) -> None:
        turn.suspend(message.id)
        turn.wake(f"ring {message.id} {sender}", Exponential(5 * SECOND))
        if talkative:
            turn.send("office", Say(f"{message.id}+note"))

    def reply(turn: Any, what: str) -> None:
        name, customer = what.split(" ")
        turn.resume(name)
        if not turn.decide(f"forgets {name}", 0.05):
            turn.send(customer, Answer(name, str(turn.stamp() % 7)))

    here.on_message, here.on_wake = asked, reply
    return here


def story(
    seed: int = 1, replication: int = 0, *, talkative: bool = False, keep: bool = True, record: bool = True
) -> Simulation:
    """The run, with its recorder; not begun yet."""
    crowd, office = customers(), Toy("office")
    office.on_message = lambda turn, sender, message: turn.note(MailRead("office", "note", sender, own=False))
    names = roster(PEOPLE)
    shops = [shop(f"clouds{i}", talkative) for i in range(1, 21)]
    here = world(
        crowd, office, *shops, folds=[Answered()], elsewhere=lambda name: crowd if names.block(name) in PEOPLE else None
    )
    run = running(
        here,
        seed,
        DAY,
        link(Lognormal(50 * MS, 500 * MS), 2 * SECOND, loss=0.02, duplicates=0.02),
        Recorder({}, keep=keep) if record else None,
        replication=replication,
        block=names.block,
        config=lambda name: block(clock=Uniform(-SECOND, SECOND)),
        capacity=lambda party: (1, 1, Exponential(90 * SECOND)) if party.name == "clouds2" else None,
    )
    stage(run, STEPS, names, fact_names().__getitem__)
    return run


def digest(seed: int, replication: int = 0) -> str:
    """Digest of the trace."""
    run = story(seed, replication, keep=False)
    run.run()
    assert run.recorder is not None
    return run.recorder.close()


if __name__ == "__main__":
    sys.stdout.write(digest(int(sys.argv[1])) + "\n")
