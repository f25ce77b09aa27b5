"""What a scenario must be as a whole: names that exist and are one thing only, steps that can happen, no circles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sim.clock import NEVER, Exponential, format_duration, share_below
from sim.scenario import shelves
from sim.scenario.build import Built, Memo
from sim.scenario.errors import Wrong, possible, quote
from sim.scenario.like import services_offered
from sim.scenario.merge import step_id
from sim.scenario.models import CHANNEL_ALLOWS, Link, Party
from sim.scenario.nodes import Node, Problems
from sim.scenario.values import NEW, After, At, Every, Ref, Step
from sim.scenario.verbs import (
    ADVERSARY,
    EVERYBODY,
    LOOT,
    NOBODY,
    OBJECT_SECTIONS,
    ORCHESTRATORS,
    PEOPLE,
    PROVIDERS,
    VERBS,
)

#: A step that comes more often than this is a slip of the pen; at 20 us a message it alone would take an hour.
MOST_TICKS = 10_000_000


class Names:
    """The parties of the world by name; members of groups are known without being listed."""

    def __init__(self, sections: Mapping[str, Mapping[str, Party]], blocks: Mapping[str, Iterable[str]]) -> None:
        """``blocks`` are all names in the file by section, those whose block is wrong included."""
        self.section = {name: section for section, names in blocks.items() for name in names}
        self.party = {name: party for parties in sections.values() for name, party in parties.items()}

    def find(self, name: str) -> tuple[str, Party | None] | None:
        """The section of a block or member, and its block."""
        if name in self.section:
            return self.section[name], self.party.get(name)
        stem = name.rstrip("0123456789")
        for end in range(len(stem), len(name)):
            party = self.party.get(name[:end])
            if party is not None and name in party.members:
                return self.section[name[:end]], party
        return None

    def party_of(self, name: str) -> Party | None:
        """The block that is, or has the member, ``name``."""
        party = self.party.get(name)
        if party is None:
            found = self.find(name)
            party = found[1] if found else None
        return party

    def block_of(self, name: str) -> str:
        """The name of the block that a block or member belongs to."""
        found = self.find(name)
        return found[1].name if found and found[1] is not None else name

    def check(self, ref: Ref, sections: Sequence[str], what: str) -> None:
        """Refuse a reference that leads nowhere, or not into ``sections``."""
        found = self.find(ref.name)
        if found is not None and found[0] in sections and (not ref.any or ref.name in self.section):
            return
        there = [name for name, section in self.section.items() if section in sections]
        if found is None:
            stem = ref.name.rstrip("0123456789")
            party = self.party.get(stem)
            if party is not None and party.grouped and stem != ref.name:
                raise Wrong(f"there is no {quote(ref.name)}; {stem} are {stem}1 to {stem}{party.count}")
            raise Wrong(f"there is no {quote(ref.name)} in this world; {possible(ref.name, there)}")
        if found[0] not in sections:
            raise Wrong(
                f"{quote(ref.name)} is one of {found[0]}, but {quote(what)} must be one of {' or '.join(sections)}; "
                f"{possible(ref.name, there)}"
            )
        raise Wrong(f"{quote(ref.name)} is one member; 'any' is for a group")


def names_of(built: Built) -> Names:
    """The parties of the world that was built."""
    sections: dict[str, Mapping[str, Party]] = {
        "people": built.people, "orchestrators": built.orchestrators, "providers": built.providers,
    }  # fmt: skip
    return Names(sections, {section: list(built.nodes[section]) for section in sections})


def check(built: Built, tree: Node, problems: Problems, memo: Memo, *, later: bool) -> None:
    """Add everything to ``problems`` that is wrong between the parts."""
    names = names_of(built)
    _collisions(built, tree, problems)
    _world(built, names, problems)
    _network(built, names, problems)
    story = tree.value.get("story")
    nodes = {step_id(node): node for node in story.value} if story and isinstance(story.value, list) else {}
    for step in built.steps:
        _Step(step, nodes[step.id], built, names, problems, later=later).check_once(memo)
    _times(built, tree, nodes, problems)
    _afters(built, nodes, problems, later=later)


# --- names ----------------------------------------------------------------------------------------------------------


def _collisions(built: Built, tree: Node, problems: Problems) -> None:
    seen: dict[str, str] = {}
    for section in EVERYBODY:
        for name in built.nodes[section]:
            if name in seen:
                node = tree.value[section].value[name]
                problems.at(node, f"{section}.{name}", f"{quote(name)} is already one of {seen[name]}", key=True)
            seen.setdefault(name, section)
    groups = [
        party.members
        for parties in (built.people, built.orchestrators, built.providers)
        for party in parties.values()
        if party.grouped
    ]
    for group in groups:
        for name, section in seen.items():
            if name != group.name and name in group:
                node = tree.value[section].value[name]
                message = f"{quote(name)} is also a member of the group {quote(group.name)}; rename one of them"
                problems.at(node, f"{section}.{name}", message, key=True)


def _world(built: Built, names: Names, problems: Problems) -> None:
    for name, person in built.people.items():
        for used, _ in person.uses:
            _at(built.nodes["people"][name], f"people.{name}", ("uses", used), problems, names, Ref(used))
    for name, provider in built.providers.items():
        node = built.nodes["providers"][name]
        for issuer in provider.trusts.issuers:
            _at(node, f"providers.{name}", ("trusts", issuer), problems, names, Ref(issuer))
        if provider.authorization_server:
            server = Ref(provider.authorization_server)
            _at(node, f"providers.{name}", ("authorization_server",), problems, names, server)
        offered = services_offered(provider.like, {})
        for field in ("prices", "catalogue_says"):
            for service in getattr(provider, field):
                if service not in offered:
                    where = node.at(field, service)
                    message = f"there is no service {quote(service)} here; {possible(service, offered)}"
                    problems.at(where, f"providers.{name}.{field}.{service}", message, key=True)


def _at(node: Node, path: str, inside: tuple[str, ...], problems: Problems, names: Names, ref: Ref) -> None:
    try:
        names.check(ref, (PROVIDERS,) if inside[0] == "authorization_server" else (ORCHESTRATORS,), inside[0])
    except Wrong as wrong:
        problems.at(node.at(*inside), f"{path}.{inside[0]}", str(wrong))


def _network(built: Built, names: Names, problems: Problems) -> None:
    for arrow, link in built.links.items():
        path, node = f"network.{arrow}" if arrow else "network", built.nodes["network"][arrow]
        for end in filter(None, arrow.split("->")) if arrow else ():
            try:
                names.check(Ref(end), EVERYBODY, "the end of a link")
                if end not in names.section:
                    raise Wrong(f"{quote(end)} is one member; a link is between blocks: {names.block_of(end)!r}")
            except Wrong as wrong:
                problems.at(node, path, str(wrong), key=True)
        if (arrow and arrow.count("->") != 1) or arrow.startswith("->") or arrow.endswith("->"):
            problems.at(node, path, f"{quote(arrow)} is not a link; write it as 'hub->cloud'", key=True)
        if share_below(link.latency, link.at_most) < 0.01:
            message = f"hardly any latency ({link.latency}) is within at_most ({format_duration(link.at_most)})"
            problems.at(node.at("latency"), path, f"{message}; raise at_most")


# --- steps ----------------------------------------------------------------------------------------------------------


class _Step:
    """One step held against the world."""

    def __init__(self, step: Step, node: Node, built: Built, names: Names, problems: Problems, *, later: bool) -> None:
        self.step = step
        self.node = node
        self.built = built
        self.names = names
        self.problems = problems
        self.later = later
        self.verb = VERBS[step.verb]

    def wrong(self, key: str, message: str) -> None:
        self.problems.at(self.node.at(key), f"story.{self.step.id}.{key}", message)

    def refs(self, key: str, refs: Iterable[Ref | str | None], sections: Sequence[str]) -> None:
        for ref in refs:
            if isinstance(ref, Ref):
                try:
                    self.names.check(ref, sections, key)
                except Wrong as wrong:
                    self.wrong(key, str(wrong))

    def check_once(self, memo: Memo) -> None:
        """Check the step unless it was found good before, with the same parties and links."""
        step = self.step
        named = (*step.who, *step.objects, *step.against, step.via, step.as_, step.of, step.to)
        parties = [self.names.party_of(ref.name) for ref in named if isinstance(ref, Ref)]
        link = self.built.links if self.verb.object == "channel" else None
        key = ("checked", id(self.node), id(link), *map(id, parties))
        if None not in parties and key in memo:
            return
        before = len(self.problems)
        self.check()
        if len(self.problems) == before:
            memo[key] = parties, link

    def check(self) -> None:
        step, verb = self.step, self.verb
        if verb.who != NOBODY:
            self.refs("who", step.who, (PEOPLE,) if verb.who == PEOPLE else EVERYBODY)
        if verb.who == ADVERSARY:
            self._adversaries()
        via = (ORCHESTRATORS, "providers") if step.verb in ("change_email", "raise_cap") else (ORCHESTRATORS,)
        self.refs("via", (step.via,), via)
        if step.as_ is not None and (step.as_.name != "new" or step.as_.any):
            self.refs("as", (step.as_,), (PEOPLE,))
        self.refs("against", step.against, (PROVIDERS,))
        self._twice("who", step.who)
        self._twice("against", step.against)
        sections = OBJECT_SECTIONS.get(verb.object, ())
        if step.verb == "outage" and any(isinstance(ref, Ref) and ref.service for ref in step.objects):
            sections = (ORCHESTRATORS, PROVIDERS)
        self.refs(step.verb, step.objects, sections)
        self._to_and_of()
        match verb.object:
            case "service":
                self._service()
            case "channel":
                self._channel()
            case "attack":
                self._attack()

    def _twice(self, key: str, refs: Sequence[Ref]) -> None:
        """Refuse a party that is listed twice; one that is drawn may be drawn again."""
        seen: set[Ref] = set()
        for place, ref in enumerate(refs):
            if ref in seen and not ref.any:
                message = f"{quote(ref.name)} is listed twice; name each party once"
                self.problems.at(self.node.at(key, place), f"story.{self.step.id}.{key}.{place}", message)
            seen.add(ref)

    def _adversaries(self) -> None:
        for ref in self.step.who:
            found = self.names.find(ref.name)
            if found and found[1] is not None and not found[1].adversary:
                self.wrong(
                    "who", f"{quote(ref.name)} may not {self.step.verb}; that is for parties with adversary: true"
                )

    def _to_and_of(self) -> None:
        step = self.step
        to = {"add_identifier": (ORCHESTRATORS,), "move_mailbox": (PEOPLE,), "move_domain": (PEOPLE,)}
        self.refs("to", (step.to,), to.get(step.verb, EVERYBODY))
        loot = step.objects[0] if step.verb == "steal" and step.objects else None
        if step.verb != "attack":
            self.refs("of", (step.of,), LOOT[loot][0] if isinstance(loot, str) else EVERYBODY)

    def _service(self) -> None:
        if not self.built.orchestrators:
            self.wrong(self.step.verb, f"nobody can {self.step.verb} a service: the file has no orchestrators")
        ref = self.step.objects[0]
        assert isinstance(ref, Ref)
        found = self.names.find(ref.name)
        provider = self.built.providers.get(found[1].name) if found and found[1] is not None else None
        if provider is None or ref.service is None:
            return
        services = provider.services
        offer = services.get(ref.service)
        if offer is None:
            message = f"{ref.name} offers no service {quote(ref.service)}; {possible(ref.service, services)}"
            self.wrong(self.step.verb, message)

    def _attack(self) -> None:
        name = self.step.objects[0]
        try:
            shelves.check("attacks", str(name), "the attack", later=self.later)
        except Wrong as wrong:
            self.wrong("attack", str(wrong))
            return
        says = _says(str(name))
        self.refs("of", (self.step.of,), (says.get("of", ORCHESTRATORS),))
        given = {"of": self.step.of, "as": self.step.as_, "via": self.step.via}
        for key, section in says.items():
            if given[key] is None:
                self.wrong("attack", f"{name} does nothing without {key!r}, which must be one of {section}")
            elif key == "as" and given[key] == NEW:
                self.wrong("as", f"{name} is done as somebody who is there, not as somebody new; name one of {section}")

    def _channel(self) -> None:
        for place, kind in enumerate(self.step.kind):
            try:
                shelves.check("messages", kind, "the kind of message")
            except Wrong as wrong:
                self.problems.at(self.node.at("kind", place), f"story.{self.step.id}.kind", str(wrong))
        sender, receiver = self.step.objects
        assert isinstance(sender, Ref)
        assert isinstance(receiver, Ref)
        own = self.names.block_of(receiver.name)
        if self.step.who and all(self.names.block_of(ref.name) == own for ref in self.step.who):
            return  # a party may always intercept what comes to itself
        link = link_between(self.built.links, self.names.block_of(sender.name), own)
        allowed = CHANNEL_ALLOWS[link.channel]
        if self.step.does is not None and self.step.does not in allowed:
            message = f"the channel {sender}->{receiver} is {link.channel}, so nobody in it can {self.step.does}"
            able = next(channel for channel, deeds in CHANNEL_ALLOWS.items() if self.step.does in deeds)
            self.wrong("does", f"{message}; possible: {', '.join(allowed)}; or make the channel {able}")


def _says(attack: str) -> Mapping[str, str]:
    """What a step must say for that attack to do anything, beside the providers it goes against."""
    from sim import attacks

    try:
        return attacks.says(attack)
    except ImportError:  # documented, and not there yet
        return {}


def link_between(links: Mapping[str, Link], sender: str, receiver: str) -> Link:
    """The link from one block to another."""
    return links.get(f"{sender}->{receiver}") or links[""]


# --- time -----------------------------------------------------------------------------------------------------------


def _times(built: Built, tree: Node, nodes: Mapping[str | None, Node], problems: Problems) -> None:
    if built.head is None or not built.head.until:
        return
    end = built.head.until
    if built.head.warm_up >= end:
        problems.at(tree.at("warm_up"), "warm_up", f"the warm-up is not over before the end ({format_duration(end)})")
    for step in built.steps:
        match step.when:
            case At(at):
                key, first = "at", at.least
            case Every(_, start):
                key, first = "from", start
            case After(_, _, wait):
                key, first = "wait", wait.least
            case _:
                continue
        if end < first < NEVER:
            message = f"{format_duration(first)} is after the end (until: {format_duration(end)}), so it never happens"
            problems.at(nodes[step.id].at(key), f"story.{step.id}.{key}", message)
        if isinstance(step.when, Every) and (ticks := _ticks(step.when, end)) > MOST_TICKS:
            message = f"comes {ticks:,.0f} times until the end ({format_duration(end)}), more than any run would finish"
            problems.at(nodes[step.id].at("every"), f"story.{step.id}.every", f"{message}; at most {MOST_TICKS:,}")


def _ticks(when: Every, end: int) -> float:
    """How often a repeated step comes at most; for a random interval, on average."""
    last = end if when.until is None else min(end, when.until)
    mean = when.every.mean if isinstance(when.every, Exponential) else max(1, when.every.least)
    ticks = max(0, last - when.start) / max(1, mean)
    return ticks if when.times is None else min(ticks, when.times)


def _afters(built: Built, nodes: Mapping[str | None, Node], problems: Problems, *, later: bool) -> None:
    waits_for: dict[str, str] = {}
    for step in built.steps:
        if not isinstance(step.when, After):
            continue
        name = step.when.after
        facts = shelves.known("facts")
        if name in nodes:
            waits_for[step.id] = name
            if name in facts:
                message = f"{quote(name)} is a fact as well, so that 'after: {name}' of {step.id} has two meanings"
                problems.at(nodes[name].at("id"), f"story.{name}.id", f"{message}; give the step another id")
            continue
        if name not in facts and not (later and name in shelves.DOCUMENTED["facts"]):
            ids = [one.id for one in built.steps]
            message = f"{quote(name)} is neither a step of the story nor a fact; {possible(name, [*ids, *facts])}"
            problems.at(nodes[step.id].at("after"), f"story.{step.id}.after", message)
    _circles(waits_for, nodes, problems)


def _circles(leads: Mapping[str, str], nodes: Mapping[str | None, Node], problems: Problems) -> None:
    """Complain once about every circle in a map in which each name leads to at most one other."""
    done: set[str] = set()
    for start in leads:
        path: list[str] = []
        name = start
        while name in leads and name not in done:
            done.add(name)
            path.append(name)
            name = leads[name]
        if name in path:
            circle = path[path.index(name) :]
            message = f"the steps wait for one another in a circle: {' -> '.join((*circle, circle[0]))}"
            problems.at(nodes[circle[0]].at("after"), f"story.{circle[0]}.after", message)
