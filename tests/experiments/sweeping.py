"""Small worlds to sweep, and ways to sweep them as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parents[2]
OURS = os.environ | {"PYTHONPATH": str(HERE)}

#: Mallory comes first in about half of the runs; the provider believes whatever is attested.
STORY = """\
title: Who is first
until: 10 d
people: {alice: {}, mallory: {adversary: true}}
orchestrators: {hub: {}, careless: {email_check: none, says_verified: always}}
providers: {cloud: {like: M1}}
story:
  - {id: first, at: uniform 0 s to 5 d, who: alice, add: cloud/free}
  - {id: second, at: uniform 0 s to 5 d, who: mallory, via: careless, as: alice, add: cloud/free}
measures:
  waited: {span: [requested, secret_stored]}
  contested: {count: disputed}
  bills: {ratio: [contested, contested]}
expect: {no_squat: possible, takeovers: {between: [0.01, 0.99]}}
variants:
  mailed: {why: The provider asks., set: {providers.cloud.like: M7}, expect: {takeovers: 0, no_squat: holds}}
runs: 12
"""


def write(folder: Path, text: str = STORY, name: str = "s.yaml") -> Path:
    """A story in a file."""
    path = folder / name
    path.write_text(text)
    return path


def command(*args: object) -> subprocess.CompletedProcess[str]:
    """``sim sweep …``, in a process of its own."""
    words = [sys.executable, "-m", "sim", "sweep", *map(str, args)]
    return subprocess.run(words, env=OURS, capture_output=True, text=True, timeout=120, check=False)


def begin(*args: object) -> subprocess.Popen[str]:
    """The same, and not waited for."""
    words = [sys.executable, "-m", "sim", "sweep", *map(str, args)]
    return subprocess.Popen(words, env=OURS, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
