# %% [markdown]
# # 3 · An attack and its defence
#
# A thief steals one session at the orchestrator. What does that open, what closes it, and what do the honest pay?
# First in many runs on the same random numbers, then over every order of events.

# %%
import pandas as pd

import sim
from sim.scenario.shipped import folder
from sim.views.figures import forest, shown

scenario = sim.load(folder() / "hijacked_session_defences.yaml")
print(scenario.why)
print(*scenario.variants, sep=", ")

# %% [markdown]
# ## Many runs
#
# A sweep runs the base and its variants so many times each. Run 3 of one variant draws the same numbers as run 3 of
# another: the same people want the same things at the same moments. What differs is the defence.

# %%
chosen = ("step_up_first_provider", "step_up_paid", "velocity", "cooling_off", "found_after_an_hour")
base = sim.sweep(scenario, variants=None, runs=6, workers=1)
cells = base.cells[base.cells["variant"].isin(["", *chosen])]
wanted = ["made", "bought", "asked_again", "honest_refusals", "outage_time", "lockout_time"]
cells[cells["measure"].isin(wanted)].pivot(index="variant", columns="measure", values="mean")[wanted]

# %% [markdown]
# *Made* are accounts in Alice's name, *bought* what she paid for. A second look before the first addition at a
# provider stops new accounts and leaves what she is connected to already open; a second look before paying is the
# mirror image. The rule against haste ends the raid in the middle. Cooling off does nothing by itself: the thief
# waits, Alice has to.
#
# ## Is it better, or luck?
#
# Differences are taken run by run, so that what both variants share cancels out. An interval that leaves out zero is
# filled in.

# %%
differences = base.differences
mine = differences[(differences["a"] == "base") & differences["b"].isin(chosen)]
shown(forest(mine, "made", title="accounts made in Alice's name, each defence less none"))

# %%
shown(forest(mine, "honest_refusals", title="honest requests refused, each defence less none"))

# %%
made = mine[mine["measure"] == "made"].set_index("b")
assert made.loc["step_up_first_provider", "high"] < 0
made[["mean", "low", "high", "method"]]

# %% [markdown]
# ## Can it happen at all?
#
# Runs find what is likely. Whether something *can* happen is another question, and `sim.explore` answers it: it tries
# every order of events, every moment at which a step may fall, within stated bounds. For that the story must be
# small.

# %%
small = sim.load(folder() / "unchecked_email.yaml").with_values(
    {"explore": {"waits_at_most": "1 d", "adversary_sends": 0}}
)
lied_to = sim.explore(small, only=["no_squat"])
verdict = next(one for one in lied_to.verdicts if one.property == "no_squat")
print(verdict.verdict, "by a path of", verdict.witness.depth, "steps:", verdict.witness.why)

# %%
guarded = small.with_values({"providers.cloud.like": ["cloudflare", "M7"]})
found = sim.explore(guarded, only=["no_squat", "token_only_for_owner"])
print({one.property: one.verdict for one in found.verdicts}, f"after all of {found.states:,} states")
assert found.complete
assert all(one.verdict == "holds" for one in found.verdicts)

# %% [markdown]
# *Holds* is a word that only an exploration may use, and it means: within these bounds.

# %%
pd.Series({name: getattr(found.bounds, name) for name in found.bounds.__struct_fields__}, name="bound").to_frame()

# %% [markdown]
# Next: `4_a_tournament_of_policies.py` lets ten policies meet seven situations.
