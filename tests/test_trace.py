"""A trace is what it was when it was written, or it is refused with the place where it is not."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.claims import Attestation
from sim.clock import MINUTE, Constant, Exponential, Lognormal, Uniform
from sim.facts import AccountCreated, Requested, TokenIssued
from sim.messages import AccountRequest, Error, OauthCode
from sim.party import Command
from sim.trace import Found, Recorder, Step, Trace, TraceError, decode, read, write

HEADER = {"scenario": {"title": "t", "seed": 1}, "hash": "abc", "versions": {"python": "3"}}
CLAIM = Attestation("jwt", "hub", "sub", "clouds", "jti", "a@x.org", True, 5, 300, "hub#1", "key:hub:1")

texts = st.text(max_size=6)
messages = st.one_of(
    st.builds(Error, texts, texts),
    st.builds(OauthCode, texts, texts),
    st.just(AccountRequest("s.alice", "s.alice", "hub", CLAIM, ("x",))),
)
facts = st.one_of(
    st.builds(Requested, texts, texts, texts, texts, texts),
    st.builds(AccountCreated, texts, texts, texts, texts, texts, texts),
    st.builds(TokenIssued, texts, texts, texts, texts, texts, texts, st.tuples(texts, texts), texts),
)
rates = st.sampled_from([None, Constant(MINUTE), Exponential(5), Uniform(1, 2), Lognormal(1, 2)])
commands = st.builds(Command, texts, texts, texts, against=st.tuples(texts), rate=rates, until=st.integers(0, 9))
times = st.integers(0, 2**62)
steps = st.builds(
    Step,
    n=st.integers(1, 9), at=times, kind=st.sampled_from(["message", "lost", "wake", "command", "deadline"]), to=texts,
    sender=texts, sent=times, cause=st.integers(0, 9), resumes=st.integers(0, 9), behind=texts, key=texts,
    message=st.none() | messages, command=st.none() | commands,
    facts=st.lists(facts, max_size=2).map(tuple), whose=st.lists(texts, max_size=2).map(tuple),
    found=st.lists(st.builds(Found, texts, texts), max_size=2).map(tuple),
)  # fmt: skip


def recorded(listed: list[Step], header: dict[str, Any] = HEADER) -> tuple[list[bytes], str]:
    """The lines of a trace with these steps, and its digest."""
    file = io.BytesIO()
    recorder = Recorder(header, file=file)
    for step in listed:
        recorder.add(step)
    digest = recorder.close()
    return file.getvalue().splitlines(), digest


def whole(listed: list[Step], header: dict[str, Any] = HEADER) -> list[bytes]:
    return recorded(listed, header)[0]


STEPS = [
    Step(1, 0, "command", "alice", command=Command("s.alice", "add", "alice", rate=Exponential(7))),
    Step(2, 5, "message", "hub", "alice/agent1", 1, 1, behind="alice", message=Error("s.alice", "paused")),
    Step(3, 9, "message", "clouds", "hub", 5, 2, behind="alice", message=AccountRequest("r", "k", "hub", CLAIM, ()),
         facts=(AccountCreated("clouds", "clouds/r", "a@x.org", "active", "hub", "r"),), whose=("alice",),
         found=(Found("no_squat", "mallory sits in clouds/r"),)),
]  # fmt: skip
LINES = whole(STEPS)


# --- there and back -------------------------------------------------------------------------------------------------


@given(st.lists(steps, max_size=5))
def test_a_trace_read_back_is_the_trace_that_was_written(listed: list[Step]) -> None:
    lines = whole(listed)
    found = decode(lines, "t")
    assert found.steps == listed
    assert found.header == HEADER
    assert whole(found.steps, found.header) == lines


def test_a_trace_goes_through_a_file(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    write(Trace(HEADER, STEPS), path)
    found = read(path)
    assert found.steps == STEPS
    assert found.digest == json.loads(path.read_bytes().splitlines()[-1])["digest"]
    again = tmp_path / "again.jsonl"
    write(found, again)
    assert again.read_bytes() == path.read_bytes()


def test_an_empty_trace_is_one_too() -> None:
    assert decode(whole([]), "t").steps == []


def test_the_digest_is_that_of_the_steps_and_not_of_the_header() -> None:
    digests = {recorded(STEPS, header)[1] for header in (HEADER, {"versions": {"python": "4"}}, {})}
    assert len(digests) == 1
    assert digests != {recorded(STEPS[:2])[1]}
    assert recorded(STEPS)[1].startswith("sha256:")


def test_whether_steps_are_kept_or_written_does_not_change_the_digest() -> None:
    digests = set()
    for keep, file in ((True, None), (False, None), (False, io.BytesIO()), (True, io.BytesIO())):
        recorder = Recorder(HEADER, keep=keep, file=file)
        for step in STEPS:
            recorder.add(step)
        digests.add(recorder.close())
        assert recorder.trace().digest in digests
        assert recorder.trace().steps == (STEPS if keep else [])
    assert len(digests) == 1


def test_a_step_by_its_number() -> None:
    trace = Trace(HEADER, STEPS)
    assert [trace.step(n).n for n in (1, 2, 3)] == [1, 2, 3]
    for number in (0, 4, -1):
        with pytest.raises(TraceError, match=f"there is no step {number}; this trace has steps 1 to 3"):
            trace.step(number)


# --- what is no trace -----------------------------------------------------------------------------------------------


def refusal(lines: list[bytes]) -> str:
    with pytest.raises(TraceError) as error:
        decode(lines, "t.jsonl")
    return str(error.value)


@pytest.mark.parametrize("kept", range(1, len(LINES)))
def test_a_truncated_trace_is_refused(kept: int) -> None:
    assert refusal(LINES[:kept]) == (
        f"t.jsonl:{kept}: truncated: the last line, with the number of steps and the digest, is missing"
    )


def test_a_trace_cut_inside_a_line_is_refused() -> None:
    assert "t.jsonl:3: truncated" in refusal([*LINES[:2], LINES[2][:30]])
    assert "t.jsonl:5: truncated" in refusal([*LINES[:4], LINES[4][:-1]])


@pytest.mark.parametrize("number", range(1, len(LINES) - 1))
def test_a_trace_without_one_of_its_lines_is_refused(number: int) -> None:
    assert "truncated or edited: this line promises 3 steps" in refusal(LINES[:number] + LINES[number + 1 :])


@pytest.mark.parametrize(
    ("old", "new"), [(b'"at":9', b'"at":8'), (b"mallory", b"alice"), (b'"code":"paused"', b'"code":"Paused"')]
)
def test_an_edited_trace_is_refused(old: bytes, new: bytes) -> None:
    edited = b"\n".join(LINES).replace(old, new)
    assert edited != b"\n".join(LINES)
    assert "t.jsonl:5: truncated or edited" in refusal(edited.splitlines())


def test_steps_in_another_order_are_refused() -> None:
    assert "truncated or edited" in refusal([LINES[0], LINES[2], LINES[1], *LINES[3:]])


@pytest.mark.parametrize(
    "line",
    [
        b"", b"[]", b"3", b"null", b"{}", b"{", b'{"n":1,"at":0,"kind":"wake"}',
        b'{"n":"1","at":0,"kind":"wake","to":"x"}',
        b'{"n":1,"at":0.5,"kind":"wake","to":"x"}', b'{"n":1,"at":0,"kind":"wake","to":"x","more":1}',
        b'{"n":1,"at":0,"kind":"message","to":"x","message":{"type":"no such message","id":"r"}}',
        b'{"n":1,"at":0,"kind":"message","to":"x","message":{"type":"error","id":"r"}}',
        b'{"n":1,"at":0,"kind":"wake","to":"x","facts":[{"fact":"no such fact"}]}',
        b'{"n":1,"at":0,"kind":"wake","to":"x","facts":7}', b'{"n":1,"at":0,"kind":"command","to":"x","command":[]}',
        b'{"n":1,"at":0,"kind":"wake","to":"\xff"}',
    ],
)  # fmt: skip
def test_a_line_that_is_no_step_is_refused_by_its_number(line: bytes) -> None:
    assert refusal([*LINES[:2], line, *LINES[2:]]).startswith("t.jsonl:3: not a step of a trace: ")


@pytest.mark.parametrize(
    "first",
    [b"", b"title: a scenario", b"{}", b"[1]", b'{"trace": 2}', b'{"trace": "1"}', b"\xff\xfe", b"PK\x03\x04", b"null"],
)
def test_a_file_that_is_something_else_is_refused(first: bytes) -> None:
    assert refusal([first, *LINES[1:]]) == ('t.jsonl:1: not a trace; the first line must be a header with "trace": 1')


def test_an_empty_file_is_refused() -> None:
    assert refusal([]).startswith("t.jsonl:1: not a trace")


@given(st.lists(st.binary(max_size=20), max_size=4), st.booleans())
def test_no_bytes_are_too_strange_to_be_refused(lines: list[bytes], headed: bool) -> None:
    assert refusal([LINES[0], *lines] if headed else lines).startswith("t.jsonl:")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=r"missing\.jsonl: No such file"):
        read(tmp_path / "missing.jsonl")
    with pytest.raises(TraceError, match="directory"):
        read(tmp_path)


def test_line_ends_of_another_system_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"\r\n".join(LINES) + b"\r\n")
    assert read(path).steps == STEPS
