"""Events that the retirement function follows, ignores or refuses."""

from collections.abc import Iterator

import pytest

from sandbox.aws.json.failures import AwsFailure
from sandbox.stack import SECRET_NAME, Stack
from tests.integration.observed import OTHER_FUNCTION, add_secret, lines, operations
from tests.integration.retirement_runs import (
    CLUSTER,
    GRACE,
    LOOKS_FOR_ONE,
    forget,
    returned,
    rotated,
)
from tests.shared.warm_function import warm_stack


@pytest.fixture(scope="module")
def shared_stack() -> Iterator[Stack]:
    """One for all: nothing here changes it. It was rotated once; the old key is in slot one."""
    with warm_stack(retention=GRACE) as stack:
        yield rotated(stack)


@pytest.fixture
def stack(shared_stack: Stack) -> Iterator[Stack]:
    """The shared one, with nothing recorded yet."""
    forget(shared_stack)
    slots = shared_stack.user.slots
    yield shared_stack
    assert shared_stack.user.slots == slots


@pytest.fixture(scope="module")
def shared_with_clusters() -> Iterator[Stack]:
    """One for all, of which a cluster is named; it was never rotated."""
    with warm_stack(retention={"CONSUMER_CLUSTERS": CLUSTER}) as stack:
        stack.attach()
        yield stack


@pytest.fixture
def with_clusters(shared_with_clusters: Stack) -> Stack:
    """The shared one, with nothing recorded yet."""
    forget(shared_with_clusters)
    return shared_with_clusters


class TestBadInput:
    @pytest.mark.parametrize(
        "event",
        [
            {},
            {"operation": "retire"},
            {"operation": None, "secretId": SECRET_NAME},
            {"operation": ["end-grace"], "secretId": SECRET_NAME},
            {"Operation": "end-grace", "secretId": SECRET_NAME},
            {"detail-type": None},
            [],
            None,
            "end-grace",
            7,
        ],
        ids=str,
    )
    def test_names_both_commands(self, stack: Stack, event: object) -> None:
        invocation = stack.retirement_function.invoke(event)
        assert invocation.error_field("errorType") == "InvalidEvent"
        assert invocation.error_field("errorMessage") == (
            "The event's operation is none of end-grace, replace-leaked-key. Nothing was changed. "
            'Send {"operation": "end-grace", "secretId": "NAME"}; see docs/runbook.md.'
        )
        assert (operations(stack), stack.key_errands) == ([], [])

    @pytest.mark.parametrize("operation", ["end-grace", "replace-leaked-key"])
    @pytest.mark.parametrize("secret", [None, "", " ", 1, ["x"], "\ud800", "a\nb"])
    def test_needs_a_secret(self, stack: Stack, operation: str, secret: object) -> None:
        event = {"operation": operation, "secretId": secret}
        invocation = stack.retirement_function.invoke(event)
        assert invocation.error_field("errorType") == "InvalidEvent"
        message = invocation.error_field("errorMessage") or ""
        assert message.startswith("The event has no text in secretId.")
        assert operations(stack) == []

    @pytest.mark.parametrize("name", ["snowflake", SECRET_NAME.upper(), f"{SECRET_NAME}-2"])
    def test_needs_the_whole_name(self, stack: Stack, name: str) -> None:
        event = {"operation": "end-grace", "secretId": name}
        invocation = stack.retirement_function.invoke(event)
        assert invocation.error_field("errorType") == "SecretNotAttached"
        assert operations(stack) == ["ListSecrets"]

    def test_refuses_a_secret_of_another_function(self, stack: Stack) -> None:
        stack.aws.register_function(OTHER_FUNCTION, stack.invoke)
        add_secret(stack, "an/others", function_arn=OTHER_FUNCTION)
        forget(stack)
        event = {"operation": "replace-leaked-key", "secretId": "an/others"}
        invocation = stack.retirement_function.invoke(event)
        assert invocation.error_field("errorType") == "SecretNotAttached"
        assert operations(stack) == ["ListSecrets"]


def label_updated(*resources: object, label: object = "AWSCURRENT") -> dict[str, object]:
    detail = {"labelUpdated": label, "versionId": "v"}
    return {"detail-type": "Secret Label Updated", "detail": detail, "resources": [*resources]}


class TestEvents:
    @pytest.mark.parametrize(
        "event",
        [
            {"detail-type": "Something Else", "detail": {}},
            {"detail-type": "Secret Label Updated"},
            {"detail-type": "Secret Label Updated", "detail": [], "resources": ["x"]},
            {"detail-type": "Secret Label Updated", "detail": {"labelUpdated": "AWSCURRENT"}},
            label_updated(),
            label_updated(None, 7, ""),
            label_updated("x", label="AWSPENDING"),
            label_updated("x", label=None),
            label_updated("x", label=["AWSCURRENT"]),
            {"detail-type": ["Scheduled Event"]},
        ],
        ids=str,
    )
    def test_of_another_kind_or_a_damaged_one_are_ignored(
        self, with_clusters: Stack, event: object
    ) -> None:
        invocation = with_clusters.retirement_function.invoke(event)
        assert returned(invocation) is None
        (line,) = lines(invocation)
        assert line["message"] == "event ignored: no secret's AWSCURRENT moved"
        assert operations(with_clusters) == []

    def test_of_a_secret_s_creation_roll_nothing(self, with_clusters: Stack) -> None:
        event = label_updated(with_clusters.secret_arn)
        invocation = with_clusters.retirement_function.invoke(event)
        assert returned(invocation) is None
        (line,) = lines(invocation)
        assert (line["message"], line["secret"]) == ("services rolled", SECRET_NAME)
        assert line["services"] == {}
        assert operations(with_clusters) == [*LOOKS_FOR_ONE, *LOOKS_FOR_ONE[1:]]

    def test_of_a_foreign_secret_are_ignored_after_one_call(self, with_clusters: Stack) -> None:
        client = with_clusters.aws.client()
        foreign = client.create_secret(Name="foreign", SecretString="x")["ARN"]
        forget(with_clusters)
        invocation = with_clusters.retirement_function.invoke(label_updated(foreign))
        assert returned(invocation) is None
        (line,) = lines(invocation)
        assert line["message"].startswith("event ignored: the secret names another function")
        assert operations(with_clusters) == ["ListSecrets"]

    def test_are_ignored_where_no_clusters_are_named(self, stack: Stack) -> None:
        invocation = stack.retirement_function.invoke(label_updated(stack.secret_arn))
        assert returned(invocation) is None
        assert operations(stack) == []

    def test_that_can_not_be_followed_are_an_error_for_lambda_to_repeat(
        self, with_clusters: Stack
    ) -> None:
        with_clusters.aws.faults.add("DescribeSecret", AwsFailure("AccessDeniedException"))
        event = label_updated(with_clusters.secret_arn)
        invocation = with_clusters.retirement_function.invoke(event)
        assert invocation.error_field("errorType") == "SecretsManagerDenied"
