# %% [markdown]
# # 4 · A tournament of policies
#
# Two orchestrators attest one address to one provider. Which account is meant? The protocol leaves that open, and ten
# answers are known. `two_orchestrators.yaml` lets each of them meet seven situations. There is no score: every column
# is shown, and the choice is yours.

# %%
import pandas as pd

import sim
from sim.scenario.shipped import folder
from sim.views import outcomes
from sim.views.figures import heat, shown

scenario = sim.load(folder() / "two_orchestrators.yaml")
print(scenario.why)
scenario.vary

# %% [markdown]
# One thing that varies has *levels with names*, each a set of changes to the file; the other is a plain list. To keep
# this short, the situation in which logins drift (the only one with chance in it) is left out here.

# %%
kept = {name: level for name, level in scenario.vary["arrival"].levels.items() if name != "subject_drift"}
found = []
for name, level in kept.items():
    world = scenario.with_values(dict(level))
    for policy in [f"M{number}" for number in range(1, 11)]:
        outcome = sim.run(world.with_values({"providers.cloud.like": policy}), record=False)
        flat = {key: value for group in outcome.panel.values() for key, value in group.items()}
        found.append({"arrival": name, "policy": policy} | flat | outcome.measures)
results = pd.DataFrame(found)
len(results)

# %% [markdown]
# ## Letters
#
# **X**: somebody else got in, or stayed in. **d**: nobody did, but somebody honest was refused, locked out, or ended
# up with two accounts. **·**: neither. Computed from the columns, never typed in.

# %%
letters = results.assign(letter=[outcomes.letter({k: {"mean": v} for k, v in row.items()}).text for row in found])
order = [f"M{number}" for number in range(1, 11)]
table = letters.pivot(index="policy", columns="arrival", values="letter").loc[order, list(kept)]
table

# %%
assert (table.loc["M7"] == "X").sum() == 1  # only a mailbox that changed hands
assert (table.loc["M4", "address_moved"], table.loc["M4", "owner_then_owner"]) == ("·", "d")
assert not any((table.loc[policy] == "·").all() for policy in order)  # no policy is best everywhere

# %% [markdown]
# ## And what it costs
#
# The letters hide how much. Here is what people do by hand, and how long the right owner stands outside.

# %%
results.pivot(index="policy", columns="arrival", values="extra_steps").loc[order, list(kept)]

# %%
results.pivot(index="policy", columns="arrival", values="lockout_time").loc[order, list(kept)].round(0)

# %%
long = results.melt(["arrival", "policy"], ["honest_refusals"], "measure", "mean").assign(low=0.0, high=0.0)
shown(heat(long, "arrival", "policy", "honest_refusals", title="honest requests refused"))

# %% [markdown]
# M7 asks, mails and purges: nothing but a re-owned mailbox gets past it, and people click. M4 and M9 refuse: nobody
# gets in, and the second orchestrator never does either. M10 splits one person into two. *Choose M7 if …* is a
# sentence that depends on what you fear.
#
# The whole sweep, with intervals and the drifting logins: `sim sweep scenarios/two_orchestrators.yaml --out results`,
# then `sim report results`.
