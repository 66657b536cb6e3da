"""What ECS and the teams do in a life: tasks, rollouts, at any moment and at any pace."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from rotation.rules.tasks import SecretReference
from tests.proof import ecs, rollouts
from tests.proof.life import Life
from tests.proof.world_with_tasks import WorldWithTasks

SERVICES = {
    "web": ecs.Service("web", ecs.PLAIN),
    "pinned": ecs.Service("pinned", ecs.PINNED),
    "first": ecs.Service("first", ecs.pinned_to("v-first"), wanted=1),
    "codedeploy": ecs.Service("codedeploy", ecs.PLAIN, rolls=False, wanted=1),
    "other": ecs.Service("other", ecs.NOT_THIS_ONE, wanted=1),
}
_STANDALONE = (ecs.PLAIN, ecs.PLAIN, ecs.PINNED, ecs.pinned_to("v-first"), ecs.NOT_THIS_ONE)


class LifeOfACluster(Life):
    """The rules of a cluster."""

    world: WorldWithTasks

    @rule(references=st.sampled_from(_STANDALONE))
    def a_standalone_task_starts(self, references: tuple[SecretReference, ...]) -> None:
        rollouts.start(self.world, "batch", references)
        self._count(1)

    @precondition(lambda self: self.world.services)
    @rule(which=st.integers(0, 4))
    def a_service_scales_out(self, which: int) -> None:
        one = self._service(which)
        deployment = one.latest.number
        rollouts.start(self.world, f"service:{one.name}", one.references, deployment)
        self._count(1)

    @precondition(lambda self: self.world.tasks)
    @rule(which=st.integers(0, 20), moves=st.integers(1, 3))
    def a_task_goes_on(self, which: int, moves: int) -> None:
        number = self._task(which)
        for _ in range(moves):
            if number in self.world.tasks:
                rollouts.go_on(self.world, number)
        self._count(1)

    @rule()
    def tasks_go_on(self) -> None:
        rollouts.everyone_goes_on(self.world)
        self._count(1)

    @precondition(lambda self: self.world.tasks)
    @rule(which=st.integers(0, 20), end=st.sampled_from((rollouts.stop, rollouts.crash)))
    def a_task_ends(self, which: int, end: Callable[[WorldWithTasks, int], None]) -> None:
        end(self.world, self._task(which))
        self._count(1)

    @precondition(lambda self: self.world.services)
    @rule(which=st.integers(0, 4))
    def a_team_deploys(self, which: int) -> None:
        one = self._service(which)
        self.world.tell(f"a team deploys {one.name}")
        rollouts.deploy(self.world, one.name)
        self._count(1)

    @precondition(lambda self: self.world.services)
    @rule(which=st.integers(0, 4), moves=st.integers(1, 8))
    def a_deployment_goes_on(self, which: int, moves: int) -> None:
        for _ in range(moves):
            rollouts.deployment_goes_on(self.world, self._service(which).name)
            rollouts.everyone_goes_on(self.world, f"service:{self._service(which).name}")
        self._count(1)

    @precondition(lambda self: self.world.services)
    @rule(which=st.integers(0, 4), how=st.sampled_from(("succeeds", "fails", "rolls back")))
    def a_deployment_ends(self, which: int, how: str) -> None:
        name = self._service(which).name
        if how == "succeeds":
            rollouts.finish(self.world, name)
        else:
            rollouts.fail(self.world, name, rolls_back=how == "rolls back")
        self._count(1)

    def _service(self, which: int) -> ecs.Service:
        names = list(self.world.services)
        return self.world.services[names[which % len(names)]]

    def _task(self, which: int) -> int:
        numbers = list(self.world.tasks)
        return numbers[which % len(numbers)]
