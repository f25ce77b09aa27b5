# %% [markdown]
# # 5 · Reproducing published numbers
#
# A simulator that nobody can check is a story. This notebook takes numbers that can be derived on paper, or that
# others have published, and has the engine find them.

# %%
import math

import pandas as pd

import sim
from sim.scenario.shipped import folder

STORIES = folder()

# %% [markdown]
# ## A stolen key
#
# A thief forges `r` accounts a minute at each of `n` providers. The theft is noticed after `D`; the key is withdrawn
# then, and each verifier believes its copy for up to `TTL` more, half of that on average. So the number of forged
# accounts is
#
# $$E[N] = n\,r\,(D + TTL/2), \qquad Var[N] = n\,\left(r\,(D + TTL/2) + r^2\,TTL^2/12\right)$$
#
# with D fixed. The standard deviation is the better test: a simulator whose runs share their random numbers gets the
# mean right and the spread wrong.

# %%
story = sim.load(STORIES / "leaked_key.yaml").with_values(
    {"people.crowd.count": 1, "providers.p.count": 4, "story.theft.at": "uniform 5 d to 6 d"}
)
found = [sim.run(story, replication=run, record=False).panel["harm"]["accounts_by_adversary"] for run in range(40)]
forged = pd.Series(found)
n, r, delay, life = 4, 1, 60, 10
mean = n * r * (delay + life / 2)
spread = math.sqrt(n * (r * (delay + life / 2) + r**2 * life**2 / 12))
error = forged.std() / math.sqrt(len(forged))
pd.DataFrame({"on paper": [mean, spread], "found": [forged.mean(), forged.std()]}, index=["mean", "standard deviation"])

# %%
assert abs(forged.mean() - mean) < 3 * error
assert 0.7 < forged.std() / spread < 1.4

# %% [markdown]
# ## Fight or accept a dispute
#
# Accepting loses the amount `A` and a fee of 15. Fighting costs a second fee, which comes back with the amount if it
# is won. Fighting pays where `A > 15 (1 - w) / w`: 18.33, 45 and 60 dollars for shares of wins of 0.45, 0.25 and
# 0.20. Both ends are deterministic, so nothing has to be averaged.

# %%
dispute = sim.load(STORIES / "dispute_break_even.yaml")


def net(answer: str, wins: float, amount: float) -> float:
    """What the provider is left with, in dollars, for one dispute whose outcome is certain."""
    outcome = sim.run(
        dispute.with_values(
            {
                "providers.p.disputes.answer": answer,
                "providers.p.disputes.wins": wins,
                "providers.p.prices.paid": f"{amount} usd",
            }
        ),
        record=False,
    )
    return outcome.panel["money"]["net_provider"] / 100


rows = []
for share in (0.45, 0.25, 0.20):
    amount = round(15 * (1 - share) / share, 2)
    accepts, won, lost = net("accept", 0, amount), net("fight", 1, amount), net("fight", 0, amount)
    rows.append((share, amount, accepts, share * won + (1 - share) * lost))
breaks = pd.DataFrame(rows, columns=["share of wins", "amount", "accept", "fight, in the mean"])
breaks

# %%
assert (breaks["accept"] - breaks["fight, in the mean"]).abs().max() < 0.01

# %% [markdown]
# ## Caps
#
# The blog post that announced agent-made accounts names a ceiling of 100 dollars a month for each provider, and none
# over all of them. Two orchestrators at one provider are therefore worth 200, and 32 providers 3,200 for one person.

# %%
splitting = sim.load(STORIES / "two_orchestrators.yaml").with_values({"providers.cloud.prices.paid": "100 usd"})
outcome = sim.run(splitting, record=False)
spent = outcome.measures["spent"] / 100
assert spent == 200
print(f"one person, one provider, two orchestrators, one month: {spent:.0f} usd under caps of 100")

# %% [markdown]
# ## Pre-hijacked accounts
#
# Sudhodanan and Paverd (USENIX Security 2022) describe five ways to hold an account before its owner comes. The
# first, the *classic-federated merge*, is the story of notebook 1. It needs a provider that lets an unproven address
# in **and** merges by address; taking either away ends it.

# %%
hijack = sim.load(STORIES / "pre_hijack.yaml")
worlds = {
    ("unproven addresses", "merges by address"): {},
    ("unproven addresses", "asks the owner, and purges"): {"providers.cloud.like": "M7"},
    ("proves addresses", "merges by address"): {"providers.cloud.sign_up": "verified"},
}
takeovers = {world: sim.run(hijack.with_values(values)).panel["harm"]["takeovers"] for world, values in worlds.items()}
assert list(takeovers.values()) == [1, 0, 0]
pd.Series(takeovers, name="takeovers").to_frame()

# %% [markdown]
# The whole table of that paper, and some twenty closed forms more, are tests: `tests/validation`.
