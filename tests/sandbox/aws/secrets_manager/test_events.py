"""The EventBridge event "Secret Label Updated", and the dates that a label's move changes."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.aws.secrets_manager.scripted import FUNCTION_ARN, ScriptedFunction

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_secretsmanager import SecretsManagerClient

    from sandbox.aws.secrets_manager import SecretsManagerServer
    from tests.sandbox.aws.secrets_manager.made import Secret

Event = dict[str, Any]


class Seen:
    """The events so far, each as label and version id."""

    def __init__(self, aws: SecretsManagerServer) -> None:
        self._aws = aws
        self.events: list[Event] = []
        aws.on_event(self.events.append)

    def moves(self) -> list[tuple[str, str]]:
        self._aws.wait_for_events()
        details = [event["detail"] for event in self.events]
        return [(one["labelUpdated"], one["versionId"]) for one in details]


@pytest.fixture
def seen(aws: SecretsManagerServer) -> Seen:
    return Seen(aws)


def test_the_event_has_aws_s_shape(client: SecretsManagerClient, seen: Seen) -> None:
    made = client.create_secret(Name="team/app", SecretString="x")

    assert seen.moves() == [("AWSCURRENT", made["VersionId"])]
    (event,) = seen.events
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", event.pop("id"))
    sent = datetime.strptime(event.pop("time"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert sent <= datetime.now(UTC)
    assert event == {
        "version": "0",
        "detail-type": "Secret Label Updated",
        "source": "aws.secretsmanager",
        "account": "123456789012",
        "region": "eu-west-1",
        "resources": [made["ARN"]],
        "detail": {
            "name": "team/app",
            "labelUpdated": "AWSCURRENT",
            "versionId": made["VersionId"],
        },
    }


def test_every_move_of_a_label_but_the_silent_ones(
    client: SecretsManagerClient, secret: Secret, seen: Seen
) -> None:
    second = client.put_secret_value(SecretId=secret.arn, SecretString="2")["VersionId"]
    third = client.put_secret_value(
        SecretId=secret.arn, SecretString="3", VersionStages=["AWSPENDING"]
    )["VersionId"]
    client.update_secret_version_stage(
        SecretId=secret.arn,
        VersionStage="AWSCURRENT",
        RemoveFromVersionId=second,
        MoveToVersionId=secret.version_id,
    )
    client.update_secret_version_stage(
        SecretId=secret.arn, VersionStage="mine", MoveToVersionId=second
    )
    client.update_secret_version_stage(
        SecretId=secret.arn,
        VersionStage="AWSPREVIOUS",
        RemoveFromVersionId=second,
        MoveToVersionId=third,
    )
    fourth = client.update_secret(SecretId=secret.arn, SecretString="4")["VersionId"]

    assert seen.moves() == [
        ("AWSCURRENT", second),
        ("AWSCURRENT", secret.version_id),
        ("mine", second),
        ("AWSCURRENT", fourth),
    ]


def test_what_moves_no_label_is_no_event(
    client: SecretsManagerClient, secret: Secret, seen: Seen
) -> None:
    token = "11111111-1111-1111-1111-111111111111"
    for _ in range(2):
        client.put_secret_value(SecretId=secret.arn, SecretString="2", ClientRequestToken=token)
    client.create_secret(Name="empty")
    client.update_secret(SecretId=secret.arn, Description="said")
    client.update_secret_version_stage(
        SecretId=secret.arn, VersionStage="AWSCURRENT", MoveToVersionId=token
    )
    client.update_secret_version_stage(
        SecretId=secret.arn, VersionStage="AWSPREVIOUS", RemoveFromVersionId=secret.version_id
    )

    assert seen.moves() == [("AWSCURRENT", token)]


def test_a_repeated_creation_is_one_event(client: SecretsManagerClient, seen: Seen) -> None:
    token = "11111111-1111-1111-1111-111111111111"
    for _ in range(2):
        client.create_secret(Name="twice", SecretString="x", ClientRequestToken=token)

    assert seen.moves() == [("AWSCURRENT", token)]


def test_a_rotation_is_one_event(
    aws: SecretsManagerServer,
    secret: Secret,
    function: ScriptedFunction,
    rotate: Callable[[], str],
    seen: Seen,
) -> None:
    version_id = rotate()
    assert aws.wait_for_rotation(secret.arn).succeeded

    assert seen.moves() == [("AWSCURRENT", version_id)]
    assert len(function.steps) == 4


def test_callbacks_may_call_back_and_what_they_raise_is_handed_on(
    aws: SecretsManagerServer, client: SecretsManagerClient, secret: Secret
) -> None:
    values: list[str] = []
    names: set[str] = set()

    def read(event: Event) -> None:
        names.add(threading.current_thread().name)
        values.append(client.get_secret_value(SecretId=event["resources"][0])["SecretString"])

    def fail(event: Event) -> None:
        raise LookupError(event["detail"]["name"])

    aws.on_event(fail)
    aws.on_event(read)
    client.put_secret_value(SecretId=secret.arn, SecretString="2")

    with pytest.raises(LookupError, match="team/database"):
        aws.wait_for_events()
    assert values == ["2"]
    assert threading.current_thread().name not in names
    aws.wait_for_events()


def test_waiting_for_a_slow_callback_ends(
    aws: SecretsManagerServer, client: SecretsManagerClient, secret: Secret
) -> None:
    go_on = threading.Event()
    aws.on_event(lambda _: go_on.wait())
    client.put_secret_value(SecretId=secret.arn, SecretString="2")

    with pytest.raises(TimeoutError):
        aws.wait_for_events(timeout_seconds=0)
    go_on.set()
    aws.wait_for_events()


@pytest.mark.parametrize(
    "change",
    [
        lambda client, arn: client.put_secret_value(SecretId=arn, SecretString="2"),
        lambda client, arn: client.update_secret(SecretId=arn, Description="said"),
        lambda client, arn: client.tag_resource(SecretId=arn, Tags=[{"Key": "a", "Value": "b"}]),
        lambda client, arn: client.untag_resource(SecretId=arn, TagKeys=["a"]),
        lambda client, arn: client.update_secret_version_stage(
            SecretId=arn,
            VersionStage="mine",
            MoveToVersionId=client.get_secret_value(SecretId=arn)["VersionId"],
        ),
        lambda client, arn: client.rotate_secret(SecretId=arn),
        lambda client, arn: client.cancel_rotate_secret(SecretId=arn),
    ],
    ids=["value", "description", "tag", "untag", "label", "rotation", "no rotation"],
)
def test_any_modification_changes_the_date(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
    change: Callable[[SecretsManagerClient, str], object],
) -> None:
    client.rotate_secret(
        SecretId=secret.arn, RotationLambdaARN=FUNCTION_ARN, RotateImmediately=False
    )
    aws.wait_for_rotation(secret.arn)
    assert function.steps == ["testSecret"]
    aws.grow_older(secret.arn, days=1)
    before = client.describe_secret(SecretId=secret.arn)["LastChangedDate"]

    change(client, secret.arn)
    aws.wait_for_rotation(secret.arn)

    assert client.describe_secret(SecretId=secret.arn)["LastChangedDate"] > before


def test_the_dates_of_a_rotation_are_in_order(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
    rotate: Callable[[], str],
) -> None:
    version_id = rotate()
    assert aws.wait_for_rotation(secret.arn).succeeded
    assert len(function.steps) == 4

    listed = client.list_secrets()["SecretList"][0]
    created = client.get_secret_value(SecretId=secret.arn)["CreatedDate"]
    versions = client.list_secret_version_ids(SecretId=secret.arn)["Versions"]

    assert created <= listed["LastChangedDate"] <= listed["LastRotatedDate"]
    assert {one["VersionId"]: one["CreatedDate"] for one in versions}[version_id] == created
    assert listed["RotationLambdaARN"] == FUNCTION_ARN
    assert listed["SecretVersionsToStages"][version_id] == ["AWSCURRENT", "AWSPENDING"]
