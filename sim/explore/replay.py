"""A path of the exploration, happening once more on SimPy's clock.

The run makes everything itself: parties react, messages are sent, wakes asked for. Only what a run would draw is
given: how long each message and each uncertain wait takes, what was decided, lost, doubled. The story's steps and
what the adversary does on its own come at the times that the path has them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence

import msgspec

from sim.chance import Chance, purpose
from sim.clock import NEVER, Constant
from sim.explore.ages import alike
from sim.explore.memo import Effect
from sim.explore.model import Model, Proposal
from sim.explore.staging import StoryStep
from sim.explore.things import Adversary, Delivery, Thing, Wake
from sim.explore.times import Token, tokens
from sim.party import Message
from sim.property import Violation
from sim.simulate import Simulation
from sim.simulate.things import Delivery as Sent
from sim.story import doer
from sim.tables import Table
from sim.trace import Recorder, Trace
from sim.world import World

#: kinds of choice that are asked for again and again, and answered alike each time
_LASTING = ("trait", "any")


class Replayed(msgspec.Struct, frozen=True):
    """What a run along a path came to."""

    trace: Trace
    violations: dict[str, list[Violation]]
    counts: dict[str, int]
    messages: int
    ended_at: int


class _Line(msgspec.Struct, frozen=True):
    """A channel whose latencies are forced, and where loss and duplicates are asked for."""

    loss: float
    duplicates: float
    latency: Constant = Constant(0)
    at_most: int = NEVER


class _Told(Chance):
    """Draws that were settled beforehand; anything else is drawn as usual, except that nothing is lost or doubled."""

    __slots__ = ("_answers", "_clocks", "_lasting")

    def __init__(self, path: Sequence[Effect], clocks: Mapping[str, float]) -> None:
        super().__init__(1)
        self._clocks = clocks
        self._answers: dict[tuple[int, str], deque[int]] = {}
        for effect in path:
            for (kind, key), which in effect.taken:
                if kind in _LASTING:
                    self._answers[purpose(kind), key] = deque([which])
                elif kind != "adversary":
                    self._answers.setdefault((purpose(kind), str(key)), deque()).append(which)
        self._lasting = {purpose(kind) for kind in _LASTING}

    def _answer(self, what: int, key: str) -> int | None:
        answers = self._answers.get((what, key))
        if not answers:
            return None
        return answers[0] if what in self._lasting else answers.popleft()

    def unit(self, what: int, key: str) -> float:
        """See ``Chance``; clocks are where they are told to be."""
        return self._clocks[key] if what == _CLOCK and key in self._clocks else super().unit(what, key)

    def happens(self, what: int, key: str, share: float) -> bool:
        """See ``Chance``."""
        answer = self._answer(what, key) if 0.0 < share < 1.0 else None
        if answer is not None:
            return answer == 1
        return what not in _WHIMS and super().happens(what, key, share)

    def pick(self, what: int, key: str, weights: tuple[tuple[str, float], ...]) -> str:
        """See ``Chance``."""
        possible = [answer for answer, weight in weights if weight > 0.0]
        answer = self._answer(what, key) if len(possible) > 1 else None
        return super().pick(what, key, weights) if answer is None else possible[answer]

    def index(self, what: int, key: str, n: int) -> int:
        """See ``Chance``."""
        answer = self._answer(what, key) if n > 1 else None
        return super().index(what, key, n) if answer is None else answer


_CLOCK = purpose("clock")
_WHIMS = (purpose("loss"), purpose("duplicate"))


class Replay:
    """One run along a path; ``clocks`` says where in its distribution the offset of somebody's clock is (0 to 1)."""

    def __init__(
        self, model: Model, path: Sequence[Effect], times: Sequence[int], clocks: Mapping[str, float] | None = None
    ) -> None:
        self._model, self._path, self._times, self._clocks = model, path, times, clocks or {}
        self._delays: dict[tuple[str, str, type, str], deque[int]] = {}
        self._waits: dict[tuple[str, str], deque[int]] = {}
        self._actual: list[Message] = []
        self._world: World
        for token in tokens(path):
            self._schedule(token)

    def _schedule(self, token: Token) -> None:
        """Remember how long a message or a wait takes on the path."""
        thing, end = token.thing, self._times[-1]
        if isinstance(thing, Delivery):
            takes = self._times[token.gone] - self._times[token.born] if token.fired else NEVER
            key = (thing.sender, thing.to, type(thing.message), thing.message.id)
            self._delays.setdefault(key, deque()).append(takes)
        elif isinstance(thing, Wake) and token.least < token.most:
            takes = self._times[token.gone] - self._times[token.born] if token.fired else min(token.most, end + 1)
            self._waits.setdefault((thing.me, thing.key), deque()).append(takes)

    def _latency(self, sender: str, to: str, message: Message) -> int | None:
        key = (sender, to, type(message), message.id)
        self._actual.append(message)
        if (self._setting.channel(sender, to) or self._model.channel(sender, to)).reads:
            self._world.knowledge.observe(message)
        delays = self._delays.get(key)
        return delays.popleft() if delays else NEVER

    def _wait(self, me: str, key: str) -> int | None:
        waits = self._waits.get((me, key))
        return waits.popleft() if waits else None

    def run(self, recorder: Recorder | None = None) -> Replayed:
        """Do it; ``recorder`` writes it down, and is closed by this."""
        model, path = self._model, self._path
        setting = self._setting = model.setting(lambda name: Table())
        world = self._world = setting.world
        recorder = recorder or Recorder({})
        whims = [kind for effect in path for (kind, _), _ in effect.taken]
        line = _Line(0.5 if "loss" in whims else 0.0, 0.5 if "duplicate" in whims else 0.0)
        run = Simulation(
            world, _Told(path, self._clocks), self._times[-1], lambda sender, to: line,
            config=setting.config, block=setting.block, recorder=recorder, latency=self._latency, wait=self._wait,
        )  # fmt: skip
        setting.releases(run.release)
        setting.begin(run.trait)
        if model.stop_after is not None:
            world.on(model.stop_after, lambda fact, see: run.stop())
        for at, effect in zip(self._times, path, strict=True):
            act = self._act(run, effect)
            if act is not None:
                run.at(at, act)
        ended = run.run()
        recorder.close()
        return Replayed(recorder.trace(), run.violations, run.counts, run.messages, ended)

    def _act(self, run: Simulation, effect: Effect) -> Callable[[], None] | None:
        """What has to be done from outside for an event to happen; most happen by themselves."""
        thing: Thing = effect.thing
        if isinstance(thing, StoryStep):
            return lambda: _perform(run, thing)
        if isinstance(thing, Delivery) and thing.kept:
            sent = Sent(thing.to, thing.sender, thing.message, run.n, thing.behind, 0)
            return lambda: run._deliver(sent)
        if isinstance(thing, Adversary) and effect.proposal is not None:
            proposal = effect.proposal
            return lambda: self._attempt(run, proposal)
        return None

    def _attempt(self, run: Simulation, proposal: Proposal) -> None:
        """What the adversary did, with the messages of this run in the place of the path's."""
        owner, world = proposal.owner, run.world
        if proposal.command is not None:
            run.command(doer(proposal.command), proposal.command)
            return
        assert proposal.message is not None
        message = self._real(proposal.message)
        run.begin(owner, run.n, world.person(owner))
        if proposal.again:
            world.replay(run.turn, message, proposal.to)
        else:
            if proposal.heard is None:
                world.knowledge.check(owner, message)
            sender = proposal.sender or owner
            delay = self._latency(sender, proposal.to, message)
            behind = run.turn.behind if proposal.heard is None else proposal.heard
            sent = Sent(proposal.to, sender, message, run.n, behind, int(run.env.now))
            run.push(NEVER if delay is None else delay, sent)
        run.end("command", owner, key=f"{type(message).__name__} to {proposal.to}")

    def _real(self, message: Message) -> Message:
        """The message of this run that a captured one stands for: the same but for its stamps."""
        return next((actual for actual in self._actual if alike(message, actual)), message)


def _perform(run: Simulation, step: StoryStep) -> None:
    """Do a step of the story."""
    for command in step.commands(run.draw):
        run.command(doer(command), command)
