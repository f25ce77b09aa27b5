"""Names: who is in the story, which group a member belongs to, which address is whose.

What a name means is fixed by the scenario and never changes while it runs; nothing here is state. Members of a group
with a count are ``name1 … nameN`` and are never listed unless asked for. Identities made up by an attacker are
``thief.new1``, ``thief.new2`` …; their mailboxes are the thief's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from sys import intern
from typing import Any

_DIGITS = "0123456789"
#: names whose block is kept at hand; a name is looked up some twenty times while its owner is busy, then hardly again
REMEMBERED = 1 << 15


def fill(pattern: str, name: str, number: int | str) -> str:
    """``pattern`` with ``{name}`` and ``{n}`` replaced."""
    return pattern.replace("{name}", name).replace("{n}", str(number))


class Roster:
    """Everybody by name. ``people``, ``orchestrators`` and ``providers`` map block names to their configuration."""

    def __init__(
        self, people: Mapping[str, Any], orchestrators: Mapping[str, Any], providers: Mapping[str, Any]
    ) -> None:
        self.people, self.orchestrators, self.providers = people, orchestrators, providers
        self.blocks: dict[str, Any] = {**people, **orchestrators, **providers}
        self._singles = {name for name, config in self.blocks.items() if not _counted(config)}
        self._counts = {name: int(config.count) for name, config in self.blocks.items() if name not in self._singles}
        self._numbered = [name for name in self._counts if name[-1] in _DIGITS]
        self._addresses = [
            (_address_pattern(text, name), name) for name, config in people.items() for text in _texts(config)
        ]
        self._agents: dict[str, int] = {name: config.agents for name, config in people.items()}
        self._adversaries = frozenset(name for name, config in self.blocks.items() if config.adversary)
        self._memo: dict[str, str] = {}
        self._holders: dict[str, str] = {}

    def update(self, people: Mapping[str, Any], orchestrators: Mapping[str, Any], providers: Mapping[str, Any]) -> None:
        """New settings of the same blocks; names and groups stay what they are."""
        self.people, self.orchestrators, self.providers = people, orchestrators, providers
        self.blocks.update({**people, **orchestrators, **providers})

    # --- members and groups ---------------------------------------------------------------------------------------

    def members(self, block: str) -> Iterator[str]:
        """Names of the members of ``block``, lazily and in order."""
        config = self.blocks[block]
        if block in self._singles:
            yield block
        else:
            for number in range(1, config.count + 1):
                yield f"{block}{number}"

    def count(self, block: str) -> int:
        """How many members ``block`` has."""
        return 1 if block in self._singles else int(self.blocks[block].count)

    def member(self, block: str, index: int) -> str:
        """The member of ``block`` at ``index``, from 0."""
        return block if block in self._singles else intern(f"{block}{index + 1}")

    def block(self, name: str) -> str:
        """The block that a member, an agent (``alice/agent1``) or a made-up identity (``thief.new1``) belongs to.

        A block belongs to itself, everybody else to none (empty).
        """
        found = self._memo.get(name)
        if found is None:
            if len(self._memo) >= REMEMBERED:
                self._memo.clear()
            found = self._memo[name] = self._block(name)
        return found

    def _block(self, name: str) -> str:
        head = name.partition("/")[0] if "/" in name else name
        stem = head.rstrip(_DIGITS)
        if stem in self._counts and self._is_member(head, stem):
            return stem
        if name in self.blocks:
            return name
        if "@" in name:
            return ""
        head = head.partition(".")[0]
        if head in self._singles:
            return head
        stem = head.rstrip(_DIGITS)
        if self._is_member(head, stem):
            return stem
        return next((group for group in self._numbered if head.startswith(group) and self._is_member(head, group)), "")

    def _is_member(self, name: str, group: str) -> bool:
        """Whether what follows ``group`` in ``name`` is the number of a member."""
        count, digits = self._counts.get(group, 0), name[len(group) :]
        return bool(count) and digits.isascii() and digits.isdecimal() and digits[0] != "0" and int(digits) <= count

    group = block

    def config(self, name: str) -> Any:
        """Configuration of whoever ``name`` is."""
        return self.blocks[self.block(name)]

    def config_or_none(self, name: str) -> Any:
        """The same; None for a name outside the story (a mailbox, the director)."""
        return self.blocks.get(self.block(name))

    def known(self, name: str) -> bool:
        """Whether ``name`` is a block, or a member of one."""
        return name in self.blocks or ("/" not in name and "." not in name and bool(self.block(name)))

    def adversary(self, name: str) -> bool:
        """Whether ``name`` works for the attacker."""
        return bool(self._adversaries) and self.block(name) in self._adversaries

    def controlled(self, limit: int = 100_000) -> frozenset[str]:
        """Every name that works for the attacker, made-up identities apart."""
        blocks = [name for name, config in self.blocks.items() if config.adversary and self.count(name) <= limit]
        return frozenset(member for block in blocks for member in self.members(block))

    def person(self, name: str) -> str:
        """The person for whom ``name`` acts: an agent's person, an attacker behind a made-up identity, or ``name``."""
        if "/" in name:
            name = intern(name.partition("/")[0])  # one text for all that a person has
        return name.partition(".new")[0] if ".new" in name else name

    # --- people ---------------------------------------------------------------------------------------------------

    def agents(self, person: str) -> int:
        """How many agents a person has."""
        return self._agents.get(self.block(person), 1)

    def orchestrators_of(self, person: str) -> tuple[tuple[str, float], ...]:
        """(orchestrator, share) pairs of whose customer a person is; the first is the default."""
        return tuple(self.config(person).uses) or tuple((name, 1.0) for name in list(self.orchestrators)[:1])

    def address(self, name: str) -> str:
        """The address a person uses at login; of a made-up identity, one in the attacker's hands."""
        pattern = self.config(name).email
        if ".new" in name:
            number = name.rpartition(".new")[2]
            alone = "{n}" in pattern and self.block(name) in self._singles
            return fill(pattern, name, number) if alone or "{name}" in pattern else f"{name}@example.org"
        return fill(pattern, name, self.number(name))

    def number(self, name: str) -> str:
        """A member's number in its group; empty for somebody alone."""
        return name[len(self.block(name)) :]

    def holds(self, name: str) -> tuple[str, ...]:
        """Addresses a person controls at the start."""
        config = self.config(name)
        return tuple(fill(text, name, self.number(name)) for text in _texts(config))

    def controller(self, address: str) -> str:
        """Who controls ``address`` at the start; empty if nobody does."""
        found = self._holders.get(address)
        if found is None:
            if len(self._holders) >= REMEMBERED:
                self._holders.clear()
            found = self._holders[address] = self._controller(address)
        return found

    def _controller(self, address: str) -> str:
        for pattern, block in self._addresses:
            if found := pattern.fullmatch(address):
                name = self._who(block, found.groupdict())
                if name:
                    return name
        return ""

    def _who(self, block: str, found: Mapping[str, str | None]) -> str:
        """The member that the parts found in an address point to."""
        name, number = found.get("name"), found.get("n")
        if name:
            person = self.person(name)
            alone = person == block and block in self._singles
            return person if alone or self._is_member(person, block) else ""
        if block in self._singles:
            return block
        if number is None:
            return f"{block}1"
        return f"{block}{number}" if self._is_member(f"{block}{number}", block) else ""


def _counted(config: Any) -> bool:
    return bool(config.grouped)


def _texts(config: Any) -> tuple[str, ...]:
    """The address patterns that a person of this configuration controls."""
    return tuple(config.email if text == "email" else text for text in config.holds)


def _address_pattern(text: str, block: str) -> re.Pattern[str]:
    """Matches every address that ``text`` may become, and tells whose it is."""
    pattern = re.escape(text)
    pattern = pattern.replace(re.escape("{name}"), rf"(?P<name>{re.escape(block)}\d*(?:\.new\d+)?)", 1)
    pattern = pattern.replace(re.escape("{name}"), r"(?P=name)")
    pattern = pattern.replace(re.escape("{n}"), r"(?P<n>\d*)", 1).replace(re.escape("{n}"), r"(?P=n)")
    if "(?P<name>" not in pattern:
        pattern = rf"(?:{pattern}|(?P<name>{re.escape(block)}\d*\.new\d+)@example\.org)"
    return re.compile(pattern)
