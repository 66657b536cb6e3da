"""The retirement function's ports in memory, which can refuse, and write down every call."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from rotation.errors.base import RotationError
from rotation.retirement.reconcile import Reconciled, Retirement
from rotation.retirement.rolling import RolledService
from rotation.rules import hourly
from rotation.rules.errand import (
    Beside,
    KeyOperation,
    KeyReport,
    KeyRequest,
)
from rotation.rules.retention import Retention
from rotation.rules.rollouts import Deployment, Service
from rotation.rules.tasks import Task
from rotation.rules.words import (
    AttachedSecret,
    Fingerprint,
    SecretState,
    Slot,
)
from tests.shared.dated import NOW, WITH_CLUSTERS, attached

OLD_KEY = Fingerprint("SHA256:old")


@dataclass
class FakePort:
    """``failures`` maps a method's name, or it and its argument, to the error it raises.

    ``failures_once`` does so for the next such call alone.
    """

    calls: list[str]
    failures: dict[str, RotationError] = field(default_factory=dict)
    failures_once: dict[str, RotationError] = field(default_factory=dict)

    def called(self, method: str, argument: str = "") -> None:
        call = f"{method} {argument}".strip()
        self.calls.append(call)
        for name in (call, method):
            if name in self.failures_once:
                raise self.failures_once.pop(name)
            if name in self.failures:
                raise self.failures[name]


@dataclass
class FakeSecrets(FakePort):
    """Secrets by ARN. ``on_rotate`` is what RotateSecret does; False: AWS refuses it."""

    states: dict[str, SecretState] = field(default_factory=dict)
    on_rotate: Callable[[str], bool] = lambda _: True

    def every_secret(self) -> Iterator[AttachedSecret]:
        yield from (attached(arn) for arn in self.states)
        self.called("every_secret")

    def key_created(self, arn: str) -> datetime:
        raise AssertionError(f"the retirement does not ask for an age: {arn}")

    def find(self, name: str) -> AttachedSecret | None:
        self.called("find", name)
        known = (attached(arn) for arn in self.states)
        return next((one for one in known if name in {one.arn, one.name}), None)

    def state(self, arn: str) -> SecretState:
        self.called("state", attached(arn).name)
        return self.states[arn]

    def rotate(self, arn: str) -> bool:
        self.called("rotate", attached(arn).name)
        return self.on_rotate(arn)


@dataclass
class FakeKeys(FakePort):
    """What is beside the current key, by secret; an old key is gone once it is retired."""

    beside: dict[str, Beside] = field(default_factory=dict)
    holds_back: str = ""
    requests: list[KeyRequest] = field(default_factory=list)
    retired_keys: Mapping[str, Fingerprint] = field(default_factory=dict)
    old_key: Fingerprint = OLD_KEY
    current_key: Fingerprint | None = None

    def run(self, request: KeyRequest) -> KeyReport:
        self.requests.append(request)
        asked = "retire" if request.operation is KeyOperation.RETIRE else "look"
        forced = " at once" if request.end_grace else ""
        self.called(f"{asked}{forced}", attached(request.secret_id).name)
        beside = self.beside.get(request.secret_id, Beside.OLD_KEY)
        if beside in {Beside.NOTHING, Beside.NAMED_KEY_PAIR}:
            return KeyReport("SVC_APP", beside, current=self.current_key)
        found = KeyReport(
            "SVC_APP",
            beside,
            Slot.TWO,
            self.old_key,
            because=self.holds_back,
            current=self.current_key,
        )
        if beside is not Beside.OLD_KEY or asked == "look" or self.holds_back:
            return found
        self.beside[request.secret_id] = Beside.NOTHING
        return replace(found, retired=self.old_key)


@dataclass
class FakeClusters(FakePort):
    """Services and tasks. What is rolled has a deployment under way from then on."""

    all_services: list[Service] = field(default_factory=list)
    all_tasks: list[Task] = field(default_factory=list)
    deployments: dict[str, list[Deployment]] = field(default_factory=dict)
    asked_since: list[datetime] = field(default_factory=list)

    def services(self) -> Iterator[Service]:
        self.called("services")
        yield from self.all_services

    def tasks(self) -> Iterator[Task]:
        self.called("tasks")
        yield from self.all_tasks

    def deployments_since(self, service: Service, when: datetime) -> tuple[Deployment, ...]:
        self.called("deployments", service.name)
        self.asked_since.append(when)
        found = self.deployments.get(service.arn, ())
        return tuple(one for one in found if one.created is None or one.created > when)

    def roll(self, service: Service) -> None:
        self.called("roll", service.name)
        self.deployments.setdefault(service.arn, []).append(Deployment(NOW, "IN_PROGRESS"))


@dataclass
class Run:
    """A run of the retirement on these ports; ``calls`` has those of all of them, in order."""

    retention: Retention = WITH_CLUSTERS
    calls: list[str] = field(default_factory=list)
    time: datetime = NOW

    def __post_init__(self) -> None:
        self.secrets = FakeSecrets(self.calls)
        self.keys = FakeKeys(self.calls)
        self.clusters = FakeClusters(self.calls)
        self.begin()

    def begin(self) -> None:
        """Begin another run: the next invocation."""
        self.calls.clear()
        self.retirement = Retirement(self.secrets, self.keys, self.clusters, self.retention)

    def look_at(self, secret: AttachedSecret) -> Reconciled:
        """Look when it is the secret's turn, as the hourly handler does."""
        if not hourly.due((secret,), self.retention, self.time):
            return Reconciled(secret)
        return self.retirement.look_at(secret, self.time)

    def after_promotion(self, secret: AttachedSecret) -> tuple[RolledService, ...]:
        return self.retirement.after_promotion(secret, self.time)
