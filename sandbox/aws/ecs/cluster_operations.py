"""CreateCluster, ListClusters and DescribeClusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.aws.ecs import answers, checks
from sandbox.aws.ecs.paging import one_page
from sandbox.aws.ecs.records import Cluster
from sandbox.aws.ecs.state import DEFAULT_CLUSTER

if TYPE_CHECKING:
    from sandbox.aws.ecs.state import State
    from sandbox.aws.json.shapes import Json

__all__ = ["ClusterOperations"]

CLUSTERS_A_PAGE = 100


class ClusterOperations:
    """Each method takes a request's parameters and returns the answer's."""

    def __init__(self, state: State, page_size: int) -> None:
        self._state, self._page_size = state, page_size

    def create_cluster(self, asked: Json) -> Json:
        """CreateCluster; one that is there already is answered as it is."""
        name = asked.get("clusterName", DEFAULT_CLUSTER)
        checks.check_name(name, "Cluster name")
        made = Cluster(name, self._state.arn(f"cluster/{name}"), asked.get("tags", []))
        kept = self._state.clusters.setdefault(name, made)
        return {"cluster": answers.cluster(kept, self._state)}

    def list_clusters(self, asked: Json) -> Json:
        """ListClusters, in the order the clusters were created."""
        arns = [one.arn for one in self._state.clusters.values()]
        return one_page(
            "clusterArns", arns, asked, default=CLUSTERS_A_PAGE, at_most=self._page_size
        )

    def describe_clusters(self, asked: Json) -> Json:
        """DescribeClusters."""
        return answers.described(
            "clusters",
            asked.get("clusters") or [DEFAULT_CLUSTER],
            self._find,
            lambda name: self._state.arn(f"cluster/{name}"),
            lambda found: answers.cluster(found, self._state),
        )

    def _find(self, given: str) -> Cluster | None:
        found = self._state.clusters.get(given.rpartition("/")[2])
        return found if found is not None and given in {found.name, found.arn} else None
