# %% [markdown]
# # 6 · A figure for a paper
#
# A check of an e-mail address is made once and believed for ever. People lose addresses, and others register them. At
# what age is such a check worth no more than none? This notebook makes the figure, as files that are the same every
# time.

# %%
import tempfile
from pathlib import Path

import pandas as pd

import sim
from sim.scenario.shipped import folder
from sim.views import entries, outcomes
from sim.views.figures import curve, png, sheet, shown, svg

scenario = sim.load(folder() / "verification_age.yaml")
print(scenario.why)

# %% [markdown]
# ## The experiment
#
# Seven ages of the check, and an orchestrator that checks nothing to compare with. For a paper the file asks for 40
# runs of each; for this page six of a smaller town do.

# %%
small = scenario.with_values({"people.owners.count": 40, "people.victims.count": 2})
results = Path(tempfile.mkdtemp()) / "age"
found = sim.sweep(small, runs=6, workers=1, out=results)
found.cells[found.cells["measure"] == "squats"].head()

# %% [markdown]
# The folder has everything that a referee needs: the scenario as it was composed, its hash, the seed, the command, a
# digest over all runs, and one tidy row per run, which pandas, polars or DuckDB read without this package.

# %%
print(sorted(path.name for path in results.iterdir() if not path.name.startswith(".")))
rows = pd.read_parquet(results / "rows.parquet")
rows[["story.provision.at", "issuer", "run", "squats"]].head()

# %% [markdown]
# ## The figure
#
# Levels such as `90 d` are numbers with a unit, and stand where they belong on the axis. Bands are Student's
# intervals of the mean over runs, at the level of the file.

# %%
figure = curve(
    found,
    "story.provision.at",
    "squats",
    by=["issuer"],
    title="Accounts made in the name of others, by age of the check",
)
figure.axes[0].set_ylabel("accounts of others, of 40")
shown(figure)

# %% [markdown]
# Where the lines cross, the check is worth nothing. On paper that is at 20 y · -ln(1 - 0.05), about a year.

# %%
means = found.cells[found.cells["measure"] == "squats"].pivot(
    index="story.provision.at", columns="issuer", values="mean"
)
assert means.loc["1 d", "checked_by_link"] < means.loc["1 d", "checks_nothing_today"]
assert means.loc["2920 d", "checked_by_link"] > means.loc["2920 d", "checks_nothing_today"]
means.loc[["1 d", "90 d", "365 d", "730 d", "2920 d"]]

# %% [markdown]
# ## As files
#
# SVG for the web and for LaTeX (by Inkscape or `svg2pdf`), PNG where it must be pixels. Both have no date in them and
# the same ids each time, so a version control system sees a change only if there is one.

# %%
target = Path(tempfile.mkdtemp())
(target / "age.svg").write_text(svg(figure), encoding="utf-8")
(target / "age.png").write_bytes(png(figure, dpi=300))
assert svg(figure) == (target / "age.svg").read_text(encoding="utf-8")
{path.name: path.stat().st_size for path in sorted(target.iterdir())}

# %% [markdown]
# ## The table, and a page
#
# The outcome table as a figure, with the columns that the paper needs; and the whole page that `sim report` would
# write.

# %%
(table,) = outcomes.tables(found.summary, found.receipt, None)
shown(sheet(entries.pick(table, ["story.provision.at", "issuer", "squats", "provisioned"])))

# %%
print(found.receipt["command"])
print(found.receipt["digest"])
