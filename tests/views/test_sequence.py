"""The diagram in the terminal: golden pictures of traces made by hand, folding, choice, narrow and plain terminals."""

from __future__ import annotations

import re
from textwrap import dedent

from sim import messages as m
from sim.clock import MS, SECOND
from sim.facts import KeyStolen
from sim.party import Command
from sim.trace import Found, Trace
from sim.views.paint import Paint
from sim.views.rows import Choice
from sim.views.sequence import draw
from tests.views.traces import Making, squat

SOMETIMES = {"owner_logs_in_later": "sometimes"}


def test_the_diagram_of_a_small_story():
    assert draw(squat(), kinds=SOMETIMES) == dedent(
        """\
                         alice  mallory  mail    first  second   cloud
        1 d 00:00:00       ┊       ┊       ┊       ┊       ┊       ┊    … 1 d later
            2   +0.00s     │       ●       │       │       │       │    add cloud/free via second as alice
            3   +0.10s     │       ↻       │       │       │       │    to agent1: instruct cloud/free
            4   +0.20s     │       ├───────┼───────┼──────▶│       │    add cloud/free
            5   +0.30s     │       │◀──────┼───────┼───────┤       │    terms_asked cloud
        1 d 00:08:00       ┊       ┊       ┊       ┊       ┊       ┊    … 8 min later
            7   +0.40s     │       ├───────┼───────┼──────▶│       │    accept_terms cloud
                           │       │       │       │       ◆       │    terms of cloud accepted by a person
                           │       │       │       │       │       │      [by mallory]
            8   +0.50s     │       │       │       │       ├──────▶│    account_request alice@example.org
                           │       │       │       │       │       ◆    new account for alice@example.org,
                           │       │       │       │       │       │      active [by mallory]
                       ✗ no_squat violated: mallory made cloud/squat.mallory, active, for alice@example.org,
                       which is alice's address
            9   +0.50s     │       │       │✗╌╌╌╌╌╌┼╌╌╌╌╌╌╌┼╌╌╌╌╌╌╌┤    mail welcome alice@example.org
                           │       │       │       │       │       │      (lost)
           10   +0.60s     │       │       │       │       │◀──────┤    oauth
        20 d 00:08:00      ┊       ┊       ┊       ┊       ┊       ┊    … 19 d later
           11   +0.60s     ●       │       │       │       │       │    add cloud/free
           12   +0.70s     ├───────┼───────┼──────▶│       │       │    add cloud/free
           13   +0.80s     │       │       │       ├───────┼──────▶│    account_request alice@example.org
                           │       │       │       │       │       │      unverified
                           │       │       │       │       │       ◆    linked: silent
                           │       │       │       │       │       ◆    access token given out
                       ✓ owner_logs_in_later reached: alice came back
                       ✗ no_squat violated again"""
    )


def test_no_line_is_wider_than_it_was_asked_to_be():
    for width in (60, 72, 100, 140):
        lines = draw(squat(), paint=Paint(width)).splitlines()
        assert max(map(len, lines)) <= width, max(lines, key=len)


def test_a_plain_terminal_gets_letters_it_has():
    picture = draw(squat(), paint=Paint(ascii=True))
    assert picture.isascii()
    assert re.search(r"\|-+\+-+\+-+>\|", picture)
    assert "X no_squat violated" in picture


def test_colour_only_where_it_is_wanted():
    plain = draw(squat())
    coloured = draw(squat(), paint=Paint(colour=True))
    assert "\x1b" not in plain
    assert "\x1b[31m✗ no_squat violated" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain


def test_parties_that_are_not_shown_get_no_lane():
    picture = draw(squat(), choice=Choice(only=("first",)))
    lanes = set(" ".join(picture.splitlines()[:2]).split())
    assert lanes >= {"alice", "first", "second", "cloud"}  # second, because of what is found in step 8
    assert not lanes & {"mallory", "mail"}
    assert "accept_terms" not in picture
    assert "account_request alice@example.org" in picture


def test_only_messages_of_a_kind():
    picture = draw(squat(), choice=Choice(only=("oauth",)))
    assert "oauth" in picture
    assert "terms_asked" not in picture


def test_the_first_and_the_last_steps_with_the_rest_counted():
    picture = draw(squat(), choice=Choice(first=3, last=2))
    assert "… 8 steps left out (from step 4) …" in picture
    assert "instruct" in picture
    assert "terms_asked" not in picture
    assert "linked: silent" in picture


def test_the_neighbourhood_of_a_step():
    picture = draw(squat(), choice=Choice(around=(9,), near=1))
    steps = [line[:5].strip() for line in picture.splitlines() if line[:5].strip().isdigit()]
    assert steps == ["8", "9", "10"]
    assert picture.count("left out") == 2


def long_trace(steps: int, witness: int) -> Trace:
    make = Making()
    for n in range(1, steps + 1):
        found = (Found("no_squat", "there it is"),) if n == witness else ()
        make("message", "cloud", SECOND, sender="first", message=m.ApiCall(f"call{n}"), found=found)
    return make.trace()


def test_a_long_trace_is_folded_around_its_first_witness():
    picture = draw(long_trace(5_000, witness=2_500), choice=Choice(rows=60))
    lines = picture.splitlines()
    steps = [int(line[:5]) for line in lines if line[:5].strip().isdigit()]
    assert len(lines) < 90
    assert 1 in steps
    assert 5_000 in steps
    assert 2_500 in steps
    assert {2_490, 2_505} <= set(steps)
    assert "✗ no_squat violated: there it is" in picture
    shown_and_left_out = len(steps) + sum(
        int(n.replace(",", "")) for n in re.findall(r"… ([\d,]+) steps? left", picture)
    )
    assert shown_and_left_out == 5_000


def test_a_short_trace_is_not_folded():
    assert "left out" not in draw(squat())


def test_after_a_fold_the_time_is_told_again():
    lines = draw(long_trace(500, witness=250), choice=Choice(rows=30)).splitlines()
    folds = [place for place, line in enumerate(lines) if "left out" in line]
    assert folds
    assert all("later" in lines[place + 1] for place in folds)


def test_many_who_do_the_same_at_once_are_counted():
    make = Making()
    for n in range(1, 41):
        make("command", f"crowd{n}", 0, command=Command(f"step1.crowd{n}", "sign_up", f"crowd{n}", "cloud"))
    header = {"scenario": {"people": {"crowd": {"count": 40}}, "providers": {"cloud": {}}}}
    picture = draw(make.trace(header))
    assert picture.count("●") == 2
    assert "… and 38 more like it, the last crowd40" in " ".join(picture.split())


def test_members_of_a_crowd_share_a_lane_and_are_named_in_the_words():
    make = Making()
    for n in range(1, 31):
        make("message", "cloud", sender=f"crowd{n}", message=m.SignUp(f"a{n}", f"crowd{n}@example.org", "pw"))
        make("message", f"crowd{n}", sender="cloud", message=m.Done(f"a{n}"))
    header = {"scenario": {"people": {"crowd": {"count": 30}}, "providers": {"cloud": {}}}}
    lines = draw(make.trace(header)).splitlines()
    assert lines[0].split() == ["crowd", "cloud"]
    assert any("crowd7: sign_up crowd7@example.org" in line for line in lines)
    assert any("done → crowd7" in line for line in lines)


def test_the_quietest_parties_share_a_lane_where_there_are_too_many():
    make = Making()
    for n in range(1, 31):
        for _ in range(3 if n <= 3 else 1):
            make(
                "message",
                "cloud",
                sender=f"p_{chr(96 + n)}" if n <= 26 else f"p_z{chr(70 + n)}",
                message=m.ApiCall("x"),
            )
    names = {name: {} for name in {step.sender for step in make.steps}}
    header = {"scenario": {"people": names, "providers": {"cloud": {}}}}
    head = draw(make.trace(header)).splitlines()[:2]
    words = " ".join(head).split()
    assert "p_a" in words
    assert "cloud" in words
    assert any(word.startswith("other") for word in words)


def test_who_is_behind_is_told_only_where_the_lanes_do_not():
    make = Making()
    make("command", "mallory", facts=(KeyStolen("second", "mallory"),), behind="mallory", key="steal")
    picture = draw(make.trace())
    assert "mallory has the key of second" in picture
    assert "[by" not in picture


def test_a_message_of_a_party_without_a_lane_names_both():
    make = Making()
    make("message", "cloud", sender="director", message=m.KeysRequest("k"))
    assert "director → cloud: public_keys" in draw(make.trace({}))


def test_a_trace_of_nothing_says_so_instead_of_an_empty_picture():
    assert draw(Making().trace()) == "(nothing to draw: 0 steps, and in none of them was anything said, done or noted)"


def test_offsets_are_counted_from_the_time_printed_last():
    make = Making()
    make("message", "cloud", 1_500 * MS, sender="first", message=m.ApiCall("a"))
    make("message", "first", 250 * MS, sender="cloud", message=m.ApiOk("a", "x"))
    lines = draw(make.trace()).splitlines()
    assert lines[1].startswith("00:00:01 ")
    assert [line[5:14].strip() for line in lines[2:]] == ["+0.50s", "+0.75s"]
