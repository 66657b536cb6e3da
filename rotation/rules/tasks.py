"""Which tasks may hold an old key: pure rules, no I/O, no clock.

A task definition names the secret in ``secrets[].valueFrom`` as
``ARN:json-key:version-stage:version-id``; trailing parts may be left out. ECS reads it once, when
a task starts, and never again.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from rotation.rules.retention import LISTS_SETTLE
from rotation.rules.words import SecretLabels, Stage

_SECRET_ARN_PARTS = 7
_CLOCKS_DIFFER = timedelta(minutes=1)
_SHARED_WITHIN = timedelta(minutes=5)
_ANY = "*"


@dataclass(frozen=True)
class SecretReference:
    """A secret that a container gets at its start. Empty texts stand for AWS's defaults."""

    secret_arn: str
    stage: str = ""
    version_id: str = ""

    @classmethod
    def read(cls, value_from: str) -> "SecretReference | None":
        """Read a ``valueFrom``; None when it is no ARN of a secret."""
        parts = value_from.split(":")
        if len(parts) < _SECRET_ARN_PARTS or parts[2] != "secretsmanager":
            return None
        _, stage, version_id = (*parts[_SECRET_ARN_PARTS:], "", "", "")[:3]
        return cls(":".join(parts[:_SECRET_ARN_PARTS]), stage, version_id)

    @property
    def follows_current(self) -> bool:
        """Whether a new task gets AWSCURRENT."""
        return not self.version_id and self.stage in {"", Stage.CURRENT}

    def names(self, secret_arn: str) -> bool:
        """Tell whether it is this secret's. An ARN without its last six characters works, too.

        https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
        """
        return self.secret_arn in names_of(secret_arn)

    def holds_older(self, labels: SecretLabels, *, created_before: bool) -> bool:
        """Tell whether a task with this reference may hold another key than AWSCURRENT's.

        ``created_before``: the task was created before the promotion.
        """
        previous = labels.version_with(Stage.PREVIOUS)
        if self.version_id:
            return self.version_id == previous
        if not self.follows_current and previous is not None:
            return created_before or self.stage in labels.versions[previous]
        return created_before


def names_of(secret_arn: str) -> frozenset[str]:
    """Return what a reference to the secret may hold: its ARN, a part of it, or any secret."""
    return frozenset({secret_arn, secret_arn.rpartition("-")[0], _ANY})


ANY_SECRET = SecretReference(_ANY)
"""What a task is taken to read when its definition can't be looked at."""


@dataclass(frozen=True)
class Task:
    """A task that has not stopped. ``group`` is ``service:NAME``, or a standalone task's own.

    ``created`` is None when ECS gave no date.
    """

    arn: str
    cluster: str
    group: str
    created: datetime | None
    references: tuple[SecretReference, ...]

    def is_from_before(self, promoted: datetime) -> bool:
        """Tell whether the task may have been created before AWSCURRENT moved."""
        return self.created is None or self.created <= promoted

    def may_hold_older(self, secret_arn: str, labels: SecretLabels, promoted: datetime) -> bool:
        """Tell whether the task may hold another key of the secret than AWSCURRENT's."""
        before = self.is_from_before(promoted)
        return any(
            one.names(secret_arn) and one.holds_older(labels, created_before=before)
            for one in self.references
        )


class TasksBySecret:
    """A list of tasks, looked up by the secret that they read.

    Which of thousands hold a secret is asked for thousands of secrets: each task is looked at
    once a list, and once for each secret that it names.
    """

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._by_name: dict[str, list[tuple[int, Task]]] = defaultdict(list)
        for place, task in enumerate(tasks):
            for name in {one.secret_arn for one in task.references}:
                self._by_name[name].append((place, task))

    def naming(self, secret_arn: str) -> tuple[Task, ...]:
        """Return the tasks with a reference that ``names`` the secret, in the list's order."""
        names = names_of(secret_arn)
        found = {place: one for name in names for place, one in self._by_name.get(name, ())}
        return tuple(found[place] for place in sorted(found))


def holders(
    tasks: Iterable[Task], secret_arn: str, labels: SecretLabels, promoted: datetime
) -> tuple[Task, ...]:
    """Return the tasks that may hold another key of the secret than AWSCURRENT's."""
    return tuple(one for one in tasks if one.may_hold_older(secret_arn, labels, promoted))


def listed_late_enough_to_roll(promoted: datetime, now: datetime) -> datetime:
    """Return the time from which on another run's list of tasks will do to roll services.

    As for a list of the run itself it has to be from after the promotion. It may be minutes old:
    then a service may be found that has been rolled since, which its deployments tell.
    """
    return max(listed_late_enough(promoted, now), now - _SHARED_WITHIN)


def listed_late_enough(promoted: datetime, now: datetime) -> datetime:
    """Return the time from which on a list of tasks will do for a key that was promoted then.

    Later tasks get AWSCURRENT. A list that is older than now still has every task that was
    created before; one that has ended since keeps the key until the next run. Once the key may
    go, the list has to be one of when ECS's lists had settled.
    """
    settled = promoted + LISTS_SETTLE
    return settled if now >= settled else promoted + _CLOCKS_DIFFER
