"""What agents do with resources beyond adding them, and what they have running."""

from __future__ import annotations

from typing import Any

from sim.clock import HOUR, MINUTE, NEVER, Constant
from sim.facts import Deployed, DeploymentBroken, DeploymentMended, SecretStored
from sim.messages import (
    Add,
    Added,
    ApiCall,
    ApiOk,
    CatalogListing,
    Env,
    EnvPull,
    Error,
    Instruct,
    ManageResource,
    Report,
    SubmitInformation,
    Unauthorized,
)
from sim.parties.agents import Agents
from sim.roster import Roster
from sim.scenario.models import People
from tests.parties.recording import RecordingTurn, with_tables

NOTHING_RUNS = Constant(NEVER)
R, SK = "cloud/r:1", "sk:cloud:cloud/r:1"


class Office:
    """Alice's agent, whose services run if ``calls`` says how often they call."""

    def __init__(self, calls: Any = NOTHING_RUNS) -> None:
        alice = People.model_construct(name="alice", deployment_calls=calls, pulls_env=Constant(HOUR))
        self.party = Agents("agents", Roster({"alice": alice}, {}, {}))
        with_tables(self.party)
        self.turn = RecordingTurn("alice/agent1", traits={"agent_obeys": 0.0, "agent_leaks": 0.0})

    def hear(self, sender: str, message: Any) -> list[Any]:
        return self.turn.hear(self.party, sender, message)

    def instruct(self, id_: str = "i1", **given: Any) -> list[Any]:
        said = self.hear("alice", Instruct(id_, "hub", "s:1", "cloud", given.pop("service", "free"), **given))
        return said if given.get("verb") else [*said, *self.hear("hub", CatalogListing(id_, ("cloud/free",)))]

    def added(self, id_: str = "i1", secret: str = SK, status: str = "complete", **given: Any) -> list[Any]:
        return self.hear("hub", Added(id_, status, resource=given.pop("resource", R), secret=secret, **given))

    def calls(self) -> ApiCall:
        """The deployment's next call."""
        (key,) = (key for key in self.turn.pending if key.startswith("beat"))
        (call,) = self.turn.ring(self.party, key)
        assert isinstance(call, ApiCall)
        return call

    def refuse(self) -> None:
        self.hear("cloud", Unauthorized(self.calls().id, "unauthorized", ""))

    def serve(self) -> None:
        self.hear("cloud", ApiOk(self.calls().id, "cloud/a"))


def test_an_agent_has_a_resource_managed_and_reports() -> None:
    office = Office()
    (asked,) = office.instruct(verb="rotate")
    assert asked == ManageResource("i1", "s:1", "cloud", "rotate", "free")
    assert office.added(secret=f"{SK}#2") == [Report("i1", "complete", resource=R)]
    assert office.turn.noted(SecretStored)[-1].secret == f"{SK}#2"
    assert not len(office.party.orders)


def test_what_is_removed_goes_out_of_the_environment() -> None:
    office = Office()
    office.instruct()
    office.added()
    office.instruct("i2", verb="remove")
    assert office.added("i2", "", "removed") == [Report("i2", "complete", resource=R)]
    assert not len(office.party.env)


def test_an_agent_tells_what_must_be_known() -> None:
    office = Office()
    office.instruct(service="domain", name="shop")
    asked = office.hear("hub", Added("i1", "needs_information", schema=("search",)))
    assert asked == [SubmitInformation("i1", "s:1", "cloud", ("search:shop",))]
    offered = Added("i1", "needs_information", schema=("domain",), candidates=("shop.com", "shop.dev"))
    assert office.hear("hub", offered) == [SubmitInformation("i1", "s:1", "cloud", ("domain:shop.com",))]


def test_an_agent_that_knows_nothing_says_so() -> None:
    office = Office()
    office.instruct(service="domain")
    asked = office.hear("hub", Added("i1", "needs_information", schema=("search",)))
    assert asked == [Report("i1", "error", "needs_information")]


def test_environments_have_variables_of_their_own() -> None:
    office = Office()
    office.instruct()
    office.added()
    (asked, *_) = office.hear("alice", Instruct("i2", "hub", "s:1", "cloud", "free", environment="dev"))
    assert isinstance(asked, Add)
    assert asked.environment == "dev"
    office.added("i2", "sk:dev", resource="cloud/r:2")
    assert dict(office.party.env) == {"alice/agent1 cloud": SK, "alice/agent1 cloud dev": "sk:dev"}


# --- what is running --------------------------------------------------------------------------------------------------


def running() -> Office:
    office = Office(Constant(5 * MINUTE))
    office.instruct()
    office.added()
    return office


def test_nothing_runs_unless_somebody_has_things_running() -> None:
    office = Office()
    office.instruct()
    office.added()
    assert not office.turn.pending
    assert not office.turn.noted(Deployed)


def test_a_deployment_calls_again_and_again() -> None:
    office = running()
    assert office.turn.noted(Deployed) == [Deployed("alice/agent1", "cloud", SK)]
    assert [office.calls().id for _ in range(3)] == [f"run.alice/agent1.cloud.{n}" for n in (1, 2, 3)]
    office.serve()
    assert office.turn.all_sent(Report) == [Report("i1", "complete", resource=R)]


def test_a_deployment_breaks_and_is_mended_by_a_pull() -> None:
    office = running()
    office.refuse()
    office.refuse()
    assert office.turn.noted(DeploymentBroken) == [DeploymentBroken("alice/agent1", "cloud", SK)]
    (pull,) = (key for key in office.turn.pending if key.startswith("pull"))
    assert office.turn.pending[pull] == Constant(HOUR)
    (asked,) = office.turn.ring(office.party, pull)
    assert asked == EnvPull("run.alice/agent1.cloud.2+pull", "s:1", "cloud", R)
    office.hear("hub", Env(asked.id, "cloud", R, f"{SK}#2"))
    assert not office.turn.noted(DeploymentMended)
    office.serve()
    assert office.turn.noted(DeploymentMended) == [DeploymentMended("alice/agent1", "cloud", f"{SK}#2")]
    assert office.turn.noted(SecretStored)[-1].secret == f"{SK}#2"


def test_a_deployment_gets_a_rotated_secret_in_time() -> None:
    office = running()
    office.instruct("i2", verb="rotate")
    office.added("i2", f"{SK}#2")
    assert office.calls().credential == SK
    (pull,) = (key for key in office.turn.pending if key.startswith("pull"))
    (asked,) = office.turn.ring(office.party, pull)
    office.hear("hub", Env(asked.id, "cloud", R, f"{SK}#2"))
    assert office.calls().credential == f"{SK}#2"
    assert not office.turn.noted(DeploymentBroken)


def test_a_pull_that_fails_is_tried_again_when_a_call_is_refused() -> None:
    office = running()
    office.refuse()
    (pull,) = (key for key in office.turn.pending if key.startswith("pull"))
    (asked,) = office.turn.ring(office.party, pull)
    assert office.hear("hub", Error(asked.id, "BROWSER_AUTH_REQUIRED")) == []
    office.refuse()
    assert [key for key in office.turn.pending if key.startswith("pull")]


def test_a_late_answer_says_nothing_about_the_next_call() -> None:
    office = running()
    late = office.calls()
    office.calls()
    office.hear("cloud", Unauthorized(late.id, "unauthorized", ""))
    assert not office.turn.noted(DeploymentBroken)


def test_what_is_removed_runs_no_more() -> None:
    office = running()
    office.instruct("i2", verb="remove")
    office.added("i2", "", "removed")
    assert not office.turn.pending
    assert not len(office.party.running)
