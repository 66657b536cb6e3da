"""What ECS listed is used as long as it is late enough, and no longer."""

from rotation.retirement.lists import ClusterLists
from tests.shared.dated import HOUR, NOW
from tests.shared.retirement import FakeClusters


def test_tasks_are_listed_again_once_a_later_list_is_asked_for() -> None:
    lists, clusters = ClusterLists(), FakeClusters([])
    lists.tasks(clusters, NOW - HOUR, NOW)
    lists.tasks(clusters, NOW, NOW + HOUR)
    assert clusters.calls == ["tasks"]
    lists.tasks(clusters, NOW + HOUR, NOW + HOUR)
    assert clusters.calls == ["tasks", "tasks"]
