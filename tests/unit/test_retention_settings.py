"""The settings that keep old keys: what is taken, and what is refused by its name."""

from datetime import timedelta

import pytest

from rotation.errors.function import InvalidSettings
from rotation.rules.retention import ALL_CLUSTERS, AT_ONCE, Retention
from rotation.settings import HourlySettings, Settings
from tests.shared.dated import CLUSTER, OTHER_CLUSTER
from tests.shared.settings import ARN, REQUIRED

NAMES = ("GRACE_PERIOD_HOURS", "CONSUMER_CLUSTERS", "RETIREMENT_FUNCTION_NAME")
GOV = CLUSTER.replace("arn:aws:", "arn:aws-us-gov:").replace("eu-west-1", "us-gov-west-1")


def retention(**environment: str) -> Retention:
    """Read it as both functions do, which have to agree."""
    found = Settings.from_environment(REQUIRED | environment).retention
    watched = HourlySettings.from_environment({"ROTATION_FUNCTION_ARN": ARN} | environment)
    assert found == watched.retention
    return found


def test_without_any_old_keys_go_at_once() -> None:
    assert retention() == AT_ONCE
    assert retention(**dict.fromkeys(NAMES, " ")) == AT_ONCE


def test_all_of_them_are_read() -> None:
    assert retention(
        GRACE_PERIOD_HOURS="24",
        CONSUMER_CLUSTERS=f" {CLUSTER} ,{OTHER_CLUSTER}",
        RETIREMENT_FUNCTION_NAME="my_stack-retirement",
    ) == Retention(timedelta(days=1), (CLUSTER, OTHER_CLUSTER), "my_stack-retirement")


def test_none_is_as_if_it_were_not_set() -> None:
    assert retention(CONSUMER_CLUSTERS="none") == AT_ONCE


def test_all_keeps_old_keys_as_named_clusters_do() -> None:
    found = retention(CONSUMER_CLUSTERS=" all ")
    assert found.clusters == ALL_CLUSTERS
    assert found.keeps
    assert found.shortest > timedelta()


@pytest.mark.parametrize("hours", [0, 1, 24, 2160])
def test_a_grace_has_up_to_90_days(hours: int) -> None:
    assert retention(GRACE_PERIOD_HOURS=str(hours)).grace == timedelta(hours=hours)


@pytest.mark.parametrize("arn", [CLUSTER, GOV, CLUSTER.replace("main", "A-b_9")])
def test_a_cluster_of_any_partition_is_taken(arn: str) -> None:
    assert retention(CONSUMER_CLUSTERS=arn).clusters == (arn,)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("GRACE_PERIOD_HOURS", v) for v in ("2161", "-1", "1.5", "24h", "99999", "٢٤", "1e2")),
        *(
            ("CONSUMER_CLUSTERS", value)
            for value in (
                "main",
                "none,all",
                f"all,{CLUSTER}",
                f"{CLUSTER},none",
                "ALL",
                ",",
                f"{CLUSTER},",
                f"{CLUSTER},,{OTHER_CLUSTER}",
                f"{CLUSTER} {OTHER_CLUSTER}",
                f"{CLUSTER}*",
                CLUSTER.replace("cluster/main", "cluster/*"),
                CLUSTER.replace("cluster", "service"),
                CLUSTER.replace("ecs", "eks"),
                CLUSTER.replace("123456789012", "1234"),
                f"{CLUSTER},main",
            )
        ),
        *(("RETIREMENT_FUNCTION_NAME", v) for v in (ARN, "a b", "a;b", "x" * 65, "ü")),
    ],
)
def test_a_bad_value_is_refused_by_name_by_both_functions(name: str, value: str) -> None:
    with pytest.raises(InvalidSettings, match=name):
        Settings.from_environment(REQUIRED | {name: value})
    with pytest.raises(InvalidSettings, match=name):
        HourlySettings.from_environment({"ROTATION_FUNCTION_ARN": ARN, name: value})


def test_what_is_wrong_is_said() -> None:
    with pytest.raises(InvalidSettings) as caught:
        retention(GRACE_PERIOD_HOURS="3000")
    assert caught.value.found == "GRACE_PERIOD_HOURS holds '3000'; it takes 0 to 2160."
    with pytest.raises(InvalidSettings) as caught:
        retention(CONSUMER_CLUSTERS=f"{CLUSTER},main")
    assert caught.value.found == "CONSUMER_CLUSTERS holds 'main', which is no cluster's ARN."
