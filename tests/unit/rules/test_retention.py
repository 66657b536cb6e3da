"""What a stack keeps of old keys: every rule as a named case."""

import pytest

from rotation.rules.retention import Retention
from tests.shared.dated import CLUSTERS_ALONE, IN_GRACE


@pytest.mark.parametrize(
    ("kept", "keeps"),
    [(Retention(), False), (IN_GRACE, True), (CLUSTERS_ALONE, True)],
)
def test_a_grace_or_clusters_keep_the_old_key(*, kept: Retention, keeps: bool) -> None:
    assert kept.keeps is keeps


def test_the_command_that_ends_a_grace_is_one_for_a_shell() -> None:
    assert Retention(function_name="retire").command_that_ends_it("app") == (
        "AWS_MAX_ATTEMPTS=1 aws lambda invoke --function-name retire --cli-read-timeout 0 "
        "--cli-binary-format raw-in-base64-out --payload "
        '\'{"operation": "end-grace", "secretId": "app"}\' /dev/stdout'
    )
