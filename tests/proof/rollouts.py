"""What ECS does to tasks and deployments, in small moves that may come at any time or never."""

from dataclasses import replace
from typing import TYPE_CHECKING

from rotation.rules.tasks import SecretReference
from tests.proof.ecs import NEXT, UNDER_WAY, Deployment, Service, State, Status, Task

if TYPE_CHECKING:
    from tests.proof.world_with_tasks import WorldWithTasks

_MOST_MOVES = 60


def create_service(world: "WorldWithTasks", service: Service) -> None:
    """Create it, with its tasks running."""
    world.services[service.name] = service
    deploy(world, service.name)
    finish(world, service.name)


def start(
    world: "WorldWithTasks",
    group: str,
    references: tuple[SecretReference, ...],
    deployment: int = 0,
) -> Task:
    """Start a task, of a service or standalone (RunTask)."""
    task = Task(world.number(), group, references, deployment)
    world.tasks[task.number] = task
    world.tell(f"{task.name} is started")
    return task


def go_on(world: "WorldWithTasks", number: int) -> None:
    """Let a task come to its next state. One that can't get its secret does not start."""
    task = world.tasks[number]
    if task.state is State.STOPPING:
        world.tell(f"{task.name} has stopped")
        del world.tasks[number]
        return
    changed = replace(task, state=NEXT.get(task.state, task.state))
    if changed.state is State.PENDING:
        changed = replace(changed, created=world.dated.dated(world.now))
    if changed.state is State.FETCHED and changed.reference is not None:
        changed = replace(changed, key=world.key_for(task))
        world.tell(f"{task.name} has fetched its secret")
        if changed.key is None:
            _can_not_start(world, task)
            return
    world.tasks[number] = changed


def _can_not_start(world: "WorldWithTasks", task: Task) -> None:
    """No version has the stage that the definition names: the circuit breaker opens."""
    del world.tasks[task.number]
    name = task.group.removeprefix("service:")
    if name in world.services:
        fail(world, name, rolls_back=False)


def stop(world: "WorldWithTasks", number: int) -> None:
    """StopTask: it may still log in until it has stopped."""
    world.tasks[number] = replace(world.tasks[number], state=State.STOPPING)
    world.tell(f"{world.tasks[number].name} is being stopped")


def crash(world: "WorldWithTasks", number: int) -> None:
    """A task ends at once; a service starts another in its place."""
    task = world.tasks.pop(number)
    world.tell(f"{task.name} crashes")
    service = world.services.get(task.group.removeprefix("service:"))
    if service is not None and task.state is not State.STOPPING:
        start(world, task.group, service.references, task.deployment)


def deploy(world: "WorldWithTasks", name: str) -> None:
    """UpdateService with forceNewDeployment; it takes the place of one that is under way."""
    service = world.services[name]
    before = [
        replace(one, status=Status.STOPPED) if one.status in UNDER_WAY else one
        for one in service.deployments
    ]
    made = Deployment(world.number(), world.dated.dated(world.now), Status.PENDING)
    world.services[name] = replace(service, deployments=(*before, made))


def deployment_goes_on(world: "WorldWithTasks", name: str) -> None:
    """Start a task of the latest deployment, or stop one that it replaces, or succeed."""
    service = world.services[name]
    if service.latest.status not in UNDER_WAY:
        return
    _now(world, name, Status.IN_PROGRESS)
    alive = [one for one in world.tasks.values() if one.group == f"service:{name}"]
    new = [one for one in alive if one.deployment == service.latest.number]
    old = [one for one in alive if one.deployment != service.latest.number]
    ready = [one for one in new if one.state is State.RUNNING]
    replaced = [one for one in old if one.state is not State.STOPPING]
    if len([one for one in new if one.state is not State.STOPPING]) < service.wanted:
        start(world, f"service:{name}", service.references, service.latest.number)
    elif replaced and len(ready) + len(replaced) > service.wanted:
        stop(world, replaced[0].number)
    elif not old and len(ready) >= service.wanted:
        _now(world, name, Status.SUCCESSFUL)
        world.tell(f"the deployment of {name} is SUCCESSFUL")


def fail(world: "WorldWithTasks", name: str, *, rolls_back: bool) -> None:
    """The circuit breaker ends a deployment; old tasks stay, and rolling back stops new ones."""
    service = world.services[name]
    if service.latest.status not in UNDER_WAY:
        return
    world.tell(f"the deployment of {name} fails" + (" and is rolled back" if rolls_back else ""))
    _now(world, name, Status.ROLLED_BACK if rolls_back else Status.STOPPED)
    if rolls_back:
        group = f"service:{name}"
        mine = [one for one in world.tasks.values() if one.group == group]
        alive = [one for one in mine if one.state is not State.STOPPING]
        for task in alive:
            if task.deployment == service.latest.number:
                stop(world, task.number)
        for _ in range(
            service.wanted - len([t for t in alive if t.deployment != service.latest.number])
        ):
            start(world, group, service.references, 0)


def finish(world: "WorldWithTasks", name: str) -> None:
    """Let the latest deployment come to its end, and with it every task of the service."""
    for _ in range(_MOST_MOVES):
        if world.services[name].latest.status not in UNDER_WAY:
            return
        deployment_goes_on(world, name)
        everyone_goes_on(world, f"service:{name}")
    raise AssertionError(f"the deployment of {name} does not end")


def everyone_goes_on(world: "WorldWithTasks", group: str = "") -> None:
    """Let tasks that start or stop come to their next state."""
    for task in list(world.tasks.values()):
        if task.state is not State.RUNNING and group in {"", task.group}:
            go_on(world, task.number)


def _now(world: "WorldWithTasks", name: str, status: Status) -> None:
    service = world.services[name]
    latest = replace(service.latest, status=status)
    world.services[name] = replace(service, deployments=(*service.deployments[:-1], latest))
