# %% [markdown]
# # 1 · A first run
#
# A scenario file tells a story: who is there, what they do and when, and what we want to know about it. This notebook
# loads one, runs it, and reads what came out. Nothing here is random in the bad sense: the same file and the same
# seed give the same run, byte for byte, on every machine.

# %%
import pandas as pd

import sim
from sim.scenario.shipped import folder

STORIES = folder()
scenario = sim.load(STORIES / "pre_hijack.yaml")
print(scenario.title)
print(scenario.why)

# %% [markdown]
# The story in plain words: Mallory signs up at `cloud` with Alice's address. Nobody checks the address. Twenty days
# later Alice's orchestrator attests her, and the provider, which matches by address, gives her the account that is
# there. Mallory's password still works.

# %%
for step in scenario.story:
    print(step.id, "·", step.who[0], step.verb, *step.objects)

# %% [markdown]
# ## Run it
#
# `sim.run` gives an outcome. Its **panel** is the same for every story, whatever it is about: *harm*, the *price for
# the honest*, and *money*. A defence that looks good in the first column and is never shown in the second is not
# understood.

# %%
outcome = sim.run(scenario)
pd.DataFrame(outcome.panel).T.stack().rename("value").to_frame()

# %% [markdown]
# Properties say what must never happen. One run can show that something was violated; it can never show that
# something cannot happen, and so a run says *unbroken* and not *holds*.

# %%
violated = {name: count for name, count in outcome.counts.items() if count and outcome.kinds[name] == "always"}
violated

# %%
first = outcome.violations["token_only_for_owner"][0]
print(f"after {first.at / 86_400_000_000:.1f} days, in step {first.step}: {first.why}")

# %% [markdown]
# ## What the file expected
#
# A file says what its author believes. `sim.judge` holds the run against it; exit code 0 means that everything
# expected came true. A scenario is therefore a test as well.

# %%
judged = sim.judge(outcome)
rows = [(one.property, one.verdict, one.expected, one.met) for one in judged.verdicts if one.expected is not None]
pd.DataFrame(rows, columns=["what", "came out", "expected", "met"])

# %%
assert judged.exit == 0
assert outcome.digest == sim.run(scenario).digest  # again, and the same
print(outcome.digest)

# %% [markdown]
# ## Change one thing
#
# What if the provider asked the owner before it linked an account that exists? `with_values` makes another scenario;
# the first one stays as it is. The people arrive at the same instants and are as slow as before: random numbers
# belong to their cause, not to their place in a queue.

# %%
policies = {"silent": "M1", "asks": "M6", "asks and purges": "M7", "a subject alone": "M4"}
found = {
    name: sim.run(scenario.with_values({"providers.cloud.like": policy})).panel for name, policy in policies.items()
}
pd.DataFrame({name: {**panel["harm"], **panel["honest"]} for name, panel in found.items()}).loc[
    ["takeovers", "foreign_survivors", "squats", "lockouts", "honest_refusals", "extra_steps"]
]

# %% [markdown]
# Mallory stays in under *silent*. *Asks* keeps Mallory's old password alive, which is a survivor; *asks and purges*
# does not. The subject alone refuses Alice, who is right. There is no row with nothing but zeros in it except where
# somebody clicks, and that is the point of the panel.
#
# Next: `2_reading_a_trace.py` looks at *why*.
