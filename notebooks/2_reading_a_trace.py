# %% [markdown]
# # 2 · Reading a trace
#
# A run can be kept as a file: one line per step, with every message, every fact, and who was behind it. This notebook
# writes one, reads it back, and asks it questions.

# %%
import tempfile
from pathlib import Path

import pandas as pd

import sim
from sim.scenario.shipped import folder
from sim.views.figures import shown
from sim.views.rows import Choice
from sim.views.svg import sequence

scenario = sim.load(folder() / "unchecked_email.yaml")
place = Path(tempfile.mkdtemp()) / "run.jsonl"
with place.open("wb") as file:
    outcome = sim.run(scenario, record=False, file=file)
trace = sim.read_trace(place)
print(len(trace.steps), "steps,", place.stat().st_size, "bytes")

# %% [markdown]
# A damaged or cut-off file is refused: the last line carries a digest of everything before it.

# %%
try:
    place.with_suffix(".cut").write_bytes(place.read_bytes()[:-40])
    sim.read_trace(place.with_suffix(".cut"))
except sim.TraceError as error:
    print(error)

# %% [markdown]
# ## The picture
#
# The same diagram that `sim run` draws in a terminal, as SVG: lanes are parties, arrows messages, boxes what was
# observed.

# %%
shown(sequence(trace, Choice(rows=40)))

# %% [markdown]
# ## Facts
#
# Parties send messages; what they did is noted as **facts**. Facts are the only output of a run: properties, measures
# and diagrams are all made of them. As a frame:

# %%
rows = [
    {"step": step.n, "day": step.at / 86_400_000_000, "party": step.to, "fact": type(fact).__name__, "behind": behind}
    for step in trace.steps
    for fact, behind in zip(step.facts, step.whose, strict=True)
]
facts = pd.DataFrame(rows)
facts.groupby(["behind", "fact"]).size().unstack(0, fill_value=0)

# %% [markdown]
# `behind` is the truth, which no party knows: who set the thing in motion. The provider believes that Alice's account
# was made for Alice; the column says otherwise.

# %%
made = facts[facts["fact"] == "AccountCreated"]
made

# %% [markdown]
# ## Why?
#
# Every step knows its cause. Following it back from the first violation gives the chain of events that led there,
# which is usually much shorter than the trace.

# %%
step = next(step for step in trace.steps if step.found)
print("violated:", step.found[0].property, "-", step.found[0].why)
chain = []
while step.n:
    what = type(step.message).__name__ if step.message is not None else step.key or step.kind
    chain.append((step.n, f"{step.sender or '·'} -> {step.to}", what, step.behind))
    if not step.cause:
        break
    step = trace.step(step.cause)
pd.DataFrame(reversed(chain), columns=["step", "who", "what", "behind"])

# %%
assert chain[-1][3] == "mallory" or any(row[3] == "mallory" for row in chain)

# %% [markdown]
# `sim explain run.jsonl no_squat` prints the same in words, and `sim diff a.jsonl b.jsonl` the first step in which
# two runs part ways. Next: `3_an_attack_and_its_defence.py`.
