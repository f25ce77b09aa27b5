"""What people remember, and what all of their dealings need.

One object is all people; rows are keyed by the person (``turn.me``). Whatever somebody is in the middle of is a
``Task``, keyed by its *intent* (a command's id) and gone when it is done. A dialogue is two tables: ``STEPS`` says
which function a step of it is, ``ANSWERS`` which function hears which answer at which stage. Answers to what is over,
and second copies of an answer, fit no row there: they need nothing done.

Requests of one intent are told apart by a word behind a ``+`` (``owner.alice+sign_in``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from sim.clock import HOUR, Duration
from sim.facts import HumanStepped, Refused, StepCompleted
from sim.messages import Done, Error, Unauthorized
from sim.party import Command, Message, Party, Turn
from sim.tables import Table

#: How long a person waits for an answer before giving up, microseconds (assumed).
PATIENCE = HOUR
#: How long a person waits for a mail: a little longer than a mailed link lives, microseconds (assumed).
MAIL_PATIENCE = 25 * HOUR
#: How often an expired request is made once more (the language's default behaviour of people).
REPEATS = 3

_TAIL = re.compile(r"(?:\+[a-z]|~\d|').*")
_OWN_ACCORD = re.compile(r"\.(?:notice|lured|robbed)\.([^.+~]+)")


class Task(msgspec.Struct, frozen=True, gc=False):
    """Something a person is in the middle of.

    ``step`` is the step of the story it does (empty: of the person's own accord), ``alias`` as whom (a person's name),
    ``stage`` what it waits for, ``then`` the step after that, ``due`` the step that waits for the person's leisure,
    ``asked`` the request whose answer is awaited, ``session`` the one used at the orchestrator ``via`` (``stolen`` or
    not). ``things`` are credentials to be tried or values to be set, ``tried`` how many of them (or of one's passwords)
    were, ``tries`` how often the whole was repeated, ``code`` the latest refusal. ``fresh``: signed in to the provider
    in this task; ``recovers``: by a mailed link; ``confirmed``: its mail was answered; ``mailed``: its mail is there,
    unread; ``reported``: the story need not be told how it ends,
    or knows; ``campaign``: the attack it is a part of; ``amount``: cents.
    """

    person: str
    verb: str
    party: str
    email: str
    alias: str
    via: str = ""
    service: str = ""
    step: str = ""
    stage: str = ""
    then: str = ""
    due: str = ""
    asked: str = ""
    session: str = ""
    url: str = ""
    code: str = ""
    things: tuple[str, ...] = ()
    tries: int = 0
    tried: int = 0
    stolen: bool = False
    fresh: bool = False
    recovers: bool = False
    confirmed: bool = False
    mailed: bool = False
    reported: bool = False
    campaign: str = ""
    amount: int = 0


class Waiting(msgspec.Struct, frozen=True, gc=False):
    """A login at an orchestrator that is under way: its request, and the intents that wait for the session."""

    request: str
    intents: tuple[str, ...]


class Ring(msgspec.Struct, frozen=True, gc=False):
    """What a person holds at a provider: passwords, a session, credentials of its API, refresh tokens."""

    passwords: tuple[str, ...] = ()
    session: str = ""
    credentials: tuple[str, ...] = ()
    refresh: tuple[str, ...] = ()


EMPTY = Ring()


def root(request: str) -> str:
    """The intent that a request belongs to, whichever attempt and part of it the request is."""
    if "+" not in request and "~" not in request and "'" not in request:
        return request  # as nearly all are
    return _TAIL.sub("", request, count=1)


def whose(request: str) -> str:
    """The person that a request's id names as the one who made it; empty if it names nobody."""
    if ".notice." in request or ".lured." in request or ".robbed." in request:
        own_accord = _OWN_ACCORD.findall(request)
        if own_accord:
            return str(own_accord[-1])
    parts = root(request).split(".", 2)
    return parts[1].partition("+")[0] if len(parts) > 1 else ""


def digits(intent: str) -> str:
    """The digits in an intent, as a number for something made up for it."""
    return "".join(filter(str.isdigit, intent))


def named(intent: str, task: Task, what: str = "") -> str:
    """Id of a request of ``task``; every repetition has ids of its own."""
    if task.tries:
        return f"{intent}+{what or 'again'}{task.tries + 1}"
    return f"{intent}+{what}" if what else intent


def said_in(command: Command) -> tuple[str, ...]:
    """What a command says beside its service, as ``word:value``."""
    name = (f"name:{command.name}",) if command.name else ()
    return name if command.environment == "prod" else (*name, f"environment:{command.environment}")


def said(task: Task, word: str) -> str:
    """What the command of ``task`` said for ``word``; empty if nothing."""
    return next((thing.partition(":")[2] for thing in task.things if thing.startswith(f"{word}:")), "")


def _leisure(intent: str, tries: int, step: str) -> str:
    """What a person gets round to: a text of its own each time, so that each wait has a length of its own."""
    return f"{intent} {tries + 1} {step}"


def bearers(message: Message, to: str) -> Iterator[tuple[str, str, str]]:
    """Sessions and tokens that are in a message to ``to``: (what is stolen with it, of whom, the atom)."""
    for field in (*type(message).REVEALS, *type(message).PROVES):
        atom = getattr(message, field)
        if isinstance(atom, str) and atom.startswith(("at:", "rt:")):
            yield "tokens", to, atom
        elif isinstance(atom, str) and atom.startswith("s:"):
            yield "session", atom.rpartition(":")[2], atom


class Books(Party):
    """Base of the parts that people are made of. ``config`` is the roster: who is who, and the settings of each."""

    TABLES: ClassVar[tuple[str, ...]] = (
        "tasks", "sessions", "logins", "rings", "mails", "loots", "closed", "left", "repairs", "campaigns", "marks",
        "captured",
    )  # fmt: skip
    STEPS: ClassVar[Mapping[str, str]] = {}
    ANSWERS: ClassVar[Mapping[tuple[type[Message], str], str]] = {}

    tasks: Table
    """Intent → ``Task``."""
    sessions: Table
    """``person orchestrator alias`` → session, or ``Waiting``."""
    logins: Table
    """Request of a login under way → key in ``sessions``."""
    rings: Table
    """``person provider alias`` → ``Ring``."""
    mails: Table
    """``person purpose request`` → a mail that is not read yet."""
    loots: Table
    """``thief what victim`` → what was stolen."""
    closed: Table
    """``person provider`` → True: the person has learnt that it makes no accounts for agents."""
    left: Table
    """``person provider`` (or orchestrator) → True: the person withdrew from it."""
    repairs: Table
    """``person provider`` → the ``Task`` that will replace a credential which broke there."""
    campaigns: Table
    """Intent → ``Campaign``."""
    marks: Table
    """``campaign target`` → ``Mark``."""
    captured: Table
    """Request → the ``AccountRequest`` or ``TokenRequest`` that an attacker has read on its way."""

    def __init__(self, name: str, config: Any) -> None:
        super().__init__(name, config)
        self.steps: dict[str, Callable[[Turn, str, Task], None]] = {
            step: getattr(self, method) for step, method in self.STEPS.items()
        }
        self.answers: dict[tuple[type[Message], str], Callable[[Turn, str, Task, Any], None]] = {
            at: getattr(self, method) for at, method in self.ANSWERS.items()
        }

    # --- tasks ----------------------------------------------------------------------------------------------------

    def task(self, turn: Turn, command: Command, party: str, via: str = "") -> Task:
        """The task that ``command`` gives to ``turn.me`` at ``party``, for the story or for a campaign."""
        alias = command.as_ or turn.me
        email = self.config.address(alias)
        if len(self.campaigns):
            campaign = command.id.rsplit(".", 2)[0]
            if campaign in self.campaigns:
                return Task(
                    turn.me,
                    command.verb,
                    party,
                    email,
                    alias,
                    via,
                    command.service,
                    campaign=campaign,
                    amount=command.amount,
                )
        step = command.id.partition(".")[0]
        return Task(turn.me, command.verb, party, email, alias, via, command.service, step, amount=command.amount)

    def find(self, me: str, request: str) -> tuple[str, Task] | None:
        """The task of ``me`` that ``request`` belongs to; None if it is over."""
        task: Task | None = self.tasks.get(request)
        if task is not None and task.person == me:
            return request, task
        for intent in (root(request), f"{me} {request}"):
            task = self.tasks.get(intent)
            if task is not None and task.person == me:
                return intent, task
        return None

    def go(self, turn: Turn, intent: str, task: Task, step: str) -> None:
        """Do the step ``step`` of ``task`` now."""
        self.steps[step](turn, intent, task)

    def ask(self, turn: Turn, intent: str, task: Task, to: str, message: Message, stage: str) -> None:
        """Send a request and wait for its answer at ``stage``."""
        self.tasks[intent] = replace(task, stage=stage, asked=message.id, due="")
        turn.send(to, message)
        turn.wake(f"patience {intent}", PATIENCE)

    def after(self, turn: Turn, intent: str, task: Task, step: str, delay: Duration) -> None:
        """Do the step ``step`` when the person gets round to it; an adversary loses no time (assumed)."""
        if self.config.adversary(task.person):
            self.go(turn, intent, task, step)
        else:
            self.tasks[intent] = replace(task, due=step)
            turn.wake(f"answer {_leisure(intent, task.tries, step)}", delay)

    def come_to(self, turn: Turn, what: str) -> None:
        """The person gets round to what was due."""
        turn.act()
        intent, _, step = what.split(" ")
        task: Task | None = self.tasks.get(intent)
        if task is not None and task.due == step:
            self.go(turn, intent, replace(task, due=""), step)

    def end(self, turn: Turn, intent: str, task: Task, outcome: str = "complete") -> None:
        """The task is through, with ``outcome``."""
        self.tasks.pop(intent, None)
        turn.cancel(f"patience {intent}")
        if task.due:
            turn.cancel(f"answer {_leisure(intent, task.tries, task.due)}")
        self.report(turn, intent, task, outcome)

    def finish(self, turn: Turn, intent: str, task: Task) -> None:
        """The task is through and all is well."""
        self.end(turn, intent, task)

    def settle(self, turn: Turn, intent: str, task: Task, outcome: str) -> None:
        """The rest is up to somebody else: tell the story, but remember the task in case it goes on."""
        turn.cancel(f"patience {intent}")
        self.report(turn, intent, task, outcome)
        self.tasks[intent] = replace(task, reported=True)

    def report(self, turn: Turn, intent: str, task: Task, outcome: str) -> None:
        """Tell the story, once, how a step went."""
        if task.reported:
            return
        if task.step:
            turn.note(StepCompleted(intent, task.step, task.person, task.verb, task.party, outcome))
        if task.campaign:
            self.tell(turn, intent, task, outcome)

    def tell(self, turn: Turn, intent: str, task: Task, outcome: str) -> None:
        """Tell a campaign how one of its deeds went."""

    def refuse(self, turn: Turn, intent: str, task: Task, code: str) -> None:
        """The task ends in a refusal."""
        if task.verb != "approve":  # a stranger's request is not one's own, and no refusal of one's own either
            turn.note(Refused(intent, task.person, task.party, task.verb, code, task.email))
        self.end(turn, intent, task, code)

    # --- answers --------------------------------------------------------------------------------------------------

    def answered(self, turn: Turn, sender: str, message: Message) -> None:
        """Somebody answers: what follows is said by the stage of the task."""
        turn.act()
        found = self.find(turn.me, message.id)
        if found is None:
            return
        intent, task = found
        kind = type(message)
        if kind in (Error, Done, Unauthorized):
            if message.id != task.asked:
                return
            task = replace(task, asked="")
        react = self.answers.get((kind, task.stage))
        if react is not None:
            react(turn, intent, task, message)
        elif kind is Error:
            self.failed(turn, intent, task, message)

    def failed(self, turn: Turn, intent: str, task: Task, message: Any) -> None:
        """A request was refused, and there is nothing else to try."""
        self.refuse(turn, intent, task, message.code)

    def robbed(self, thief: str, what: str) -> tuple[str, ...]:
        """Whose ``what`` the thief has stolen."""
        begins = f"{thief} {what} "
        return tuple(key.removeprefix(begins) for key, _ in self.loots.ordered() if key.startswith(begins))

    # --- who and where --------------------------------------------------------------------------------------------

    def settings(self, turn: Turn) -> Any:
        """Settings of whoever reacts."""
        return self.config.config(turn.me)

    def is_orchestrator(self, name: str) -> bool:
        """Whether ``name`` is an orchestrator."""
        return self.config.block(name) in self.config.orchestrators

    def orchestrator(self, turn: Turn) -> str:
        """The orchestrator that the person uses, unless told otherwise; a group of them shares the custom out."""
        pairs = self.config.orchestrators_of(turn.me)
        block: str = next((name for name, share in pairs if share >= 1.0), "") or turn.trait("customer_of")
        count = self.config.count(block)
        place = 0 if count == 1 else (int(self.config.number(turn.me) or 1) - 1) % count
        name: str = self.config.member(block, place)
        return name

    def agents_of(self, task: Task) -> tuple[str, ...]:
        """The person's agents; for each identity of somebody else's that one uses there is one more."""
        if task.alias != task.person:
            return (f"{task.person}/{task.alias}",)
        agents: int = self.config.agents(task.person)
        if agents == 1:
            return (f"{task.person}/agent1",)
        return tuple(f"{task.person}/agent{number}" for number in range(1, agents + 1))

    def session_key(self, task: Task) -> str:
        """Key of the task's own session in ``sessions``."""
        return f"{task.person} {task.via} {task.alias}"

    def ring(self, task: Task) -> Ring:
        """What the person holds at the task's provider, as the task's alias."""
        found: Ring = self.rings.get(f"{task.person} {task.party} {task.alias}", EMPTY)
        return found

    def hold(self, task: Task, **changes: Any) -> None:
        """Change what the person holds there."""
        self.rings[f"{task.person} {task.party} {task.alias}"] = replace(self.ring(task), **changes)

    def password(self, task: Task, party: str) -> str:
        """The password the person makes up for ``party``."""
        return f"pw:{party}:{task.person}:{task.alias}"

    def factor(self, turn: Turn, party: str, where: str) -> str:
        """The person's second factor, if one is used at such a party (``orchestrator`` or ``provider``)."""
        return f"2fa:{party}:{turn.me}" if turn.trait("mfa") in (where, "both") else ""

    def readable(self, task: Task) -> bool:
        """Whether the person expects to get the mail that goes to the task's address."""
        return (
            self.config.controller(task.email) == task.person
            or f"{task.person} mailbox {task.alias}" in self.loots
            or f"{task.person} domain {task.email.rpartition('@')[2]}" in self.loots
        )

    def foreign(self, task: Task) -> bool:
        """Whether an adversary acts as somebody whose mail it does not get."""
        return task.alias != task.person and self.config.adversary(task.person) and not self.readable(task)

    def step(self, turn: Turn, where: str, what: str, address: str = "") -> None:
        """A human does something by hand; with ``address``, under another one than the usual."""
        turn.note(HumanStepped(turn.me, where, what, address))
