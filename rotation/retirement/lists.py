"""What ECS listed, as long as it serves.

For the clusters' tasks and services thousands of calls may be needed. A run lists them once, and
again when a promotion asks for it. Runs for a promotion's event that a warm function makes one
after the other share what was listed: see ``Retirement.after_promotion`` for why that is safe.
No key goes by a list of another run.
"""

from dataclasses import dataclass
from datetime import datetime

from rotation.ports import Clusters
from rotation.rules.rollouts import Service
from rotation.rules.tasks import TasksBySecret


@dataclass
class ClusterLists:
    """The tasks began to be listed at ``_listed`` or later, the services after that."""

    _tasks: TasksBySecret | None = None
    _services: tuple[Service, ...] | None = None
    _listed: datetime | None = None

    def tasks(self, clusters: Clusters, since: datetime, now: datetime) -> TasksBySecret:
        """Return tasks that began to be listed at ``since`` or later; list them now if need be.

        Raises EcsError or OutOfTime.
        """
        if self._tasks is None or self._listed is None or self._listed < since:
            self._tasks, self._listed = TasksBySecret(clusters.tasks()), now
        return self._tasks

    def services(self, clusters: Clusters) -> tuple[Service, ...]:
        """Return the services, which are listed once. Raises EcsError or OutOfTime."""
        if self._services is None:
            self._services = tuple(clusters.services())
        return self._services

    def forget_before(self, when: datetime) -> None:
        """Have all listed anew unless it began to be listed at ``when`` or later."""
        if self._listed is None or self._listed < when:
            self._tasks = self._services = self._listed = None
