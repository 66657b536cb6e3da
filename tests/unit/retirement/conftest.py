"""The run that most tests of rollouts begin with."""

import pytest

from tests.shared.dated import ARN, HOUR, WITH_CLUSTERS, rotated_ago, service, task
from tests.shared.retirement import Run


@pytest.fixture
def run() -> Run:
    """An hour after a rotation a task of the service ``web`` holds the old key."""
    run = Run(WITH_CLUSTERS)
    run.secrets.states[ARN] = rotated_ago(HOUR)
    run.clusters.all_services = [service("web"), service("worker")]
    run.clusters.all_tasks = [task()]
    return run
