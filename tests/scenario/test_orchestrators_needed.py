"""A service is added through an orchestrator; a file without one cannot ask for that."""

from __future__ import annotations

import pytest

from sim.scenario import ScenarioError, load_text

TEXT = """\
title: Nobody to ask
why: Only to see.
until: 1 d
people: {alice: {}}
providers: {cloud: {}}
story:
  - {at: 1 h, who: alice, add: cloud/free}
"""


def test_add_without_orchestrators_is_refused_where_it_stands() -> None:
    with pytest.raises(ScenarioError, match=r"7:.*nobody can add a service: the file has no orchestrators"):
        load_text(TEXT, file="x.yaml")


def test_with_one_it_is_not() -> None:
    assert load_text(TEXT.replace("providers:", "orchestrators: {hub: {}}\nproviders:"), file="x.yaml").story
