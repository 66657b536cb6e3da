import json
import re
from pathlib import Path
from typing import Any

import pytest

STEPS = {
    "create-secret": "createSecret",
    "set-secret": "setSecret",
    "test-secret": "testSecret",
    "finish-secret": "finishSecret",
    "test-only": "testSecret",
}
ARN = re.compile(
    r"arn:aws:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}", re.ASCII
)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def load(repository: Path, name: str) -> dict[str, Any]:
    text = (repository / "events" / f"{name}.json").read_text(encoding="utf-8")
    event: dict[str, Any] = json.loads(text)
    return event


def test_there_is_one_event_for_each_call_secrets_manager_makes(repository: Path) -> None:
    assert {path.stem for path in (repository / "events").iterdir()} == set(STEPS)


@pytest.mark.parametrize(("name", "step"), STEPS.items())
def test_an_event_has_the_shape_secrets_manager_sends(
    repository: Path, name: str, step: str
) -> None:
    event = load(repository, name)
    assert list(event) == ["Step", "SecretId", "ClientRequestToken", "RotationToken"]
    assert event["Step"] == step
    assert ARN.fullmatch(event["SecretId"])
    assert UUID.fullmatch(event["ClientRequestToken"])
    assert 36 <= len(event["RotationToken"]) <= 256


def test_the_four_steps_share_one_version_and_the_test_alone_has_its_own(repository: Path) -> None:
    versions = {name: load(repository, name)["ClientRequestToken"] for name in STEPS}
    alone = versions.pop("test-only")
    assert len(set(versions.values())) == 1
    assert alone not in versions.values()
