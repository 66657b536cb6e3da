"""The events of a rotation: what is read, and what is refused without showing a value."""

import json
from pathlib import Path

import pytest

from rotation.errors.function import InvalidEvent, UnknownStep
from rotation.rules.events import RotationRequest
from rotation.rules.words import Step

EVENT = {"Step": "setSecret", "SecretId": "arn:x", "ClientRequestToken": "v", "RotationToken": "t"}
EVENTS = Path(__file__).parents[3] / "events"


@pytest.mark.parametrize("path", sorted(EVENTS.glob("*.json")), ids=lambda p: p.name)
def test_the_example_events_are_read(path: Path) -> None:
    event = json.loads(path.read_text())
    request = RotationRequest.from_event(event)
    assert request.step == event["Step"]
    assert request.secret_id == event["SecretId"]
    assert request.version_id == event["ClientRequestToken"]
    assert request.rotation_token is not None


def test_there_is_an_example_event_for_every_step() -> None:
    steps = {json.loads(path.read_text())["Step"] for path in EVENTS.glob("*.json")}
    assert steps == set(Step)


def test_an_event_s_fields_are_read() -> None:
    request = RotationRequest.from_event(EVENT)
    assert (request.step, request.secret_id, request.version_id) == (Step.SET_SECRET, "arn:x", "v")


@pytest.mark.parametrize(
    ("event", "found"),
    [
        ([EVENT], "The event is not a JSON object."),
        (
            {**EVENT, "Step": "dropSecret"},
            "The event's Step is none of createSecret, setSecret, testSecret, finishSecret.",
        ),
    ],
)
def test_a_refusal_says_what_was_found(event: object, found: str) -> None:
    with pytest.raises(InvalidEvent) as caught:
        RotationRequest.from_event(event)
    assert caught.value.found == found


def test_an_event_from_before_rotation_tokens_is_read() -> None:
    event = {k: v for k, v in EVENT.items() if k != "RotationToken"}
    assert RotationRequest.from_event(event).rotation_token is None


@pytest.mark.parametrize(
    ("case", "event", "error"),
    [
        ("nothing", None, InvalidEvent),
        ("text", "setSecret", InvalidEvent),
        ("a list", [EVENT], InvalidEvent),
        ("an empty object", {}, InvalidEvent),
        ("no Step", {**EVENT, "Step": None}, InvalidEvent),
        ("no SecretId", {**EVENT, "SecretId": ""}, InvalidEvent),
        ("ClientRequestToken is a number", {**EVENT, "ClientRequestToken": 7}, InvalidEvent),
        ("RotationToken is an object", {**EVENT, "RotationToken": {}}, InvalidEvent),
        ("an unknown Step", {**EVENT, "Step": "dropSecret"}, UnknownStep),
        ("a Step in other case", {**EVENT, "Step": "SETSECRET"}, UnknownStep),
    ],
)
def test_other_events_are_refused(case: str, event: object, error: type[InvalidEvent]) -> None:
    with pytest.raises(InvalidEvent) as caught:
        RotationRequest.from_event(event)
    assert type(caught.value) is error, case
    assert "events/" in str(caught.value), "the message says what to do"


@pytest.mark.parametrize(
    ("secret_id", "name"),
    [
        ("arn:aws:secretsmanager:eu-west-1:1:secret:team/app-AbCdEf", "team/app"),
        ("arn:aws:secretsmanager:eu-west-1:1:secret:my-app-AbCdEf", "my-app"),
        ("app", "app"),
    ],
)
def test_the_secret_is_shown_by_its_name(secret_id: str, name: str) -> None:
    assert RotationRequest(Step.SET_SECRET, secret_id, "v").secret_name == name


def test_a_request_does_not_show_its_rotation_token() -> None:
    assert "secret-token" not in repr(
        RotationRequest.from_event({**EVENT, "RotationToken": "secret-token"})
    )


@pytest.mark.parametrize(
    ("event", "found"),
    [
        ([], "The event is not a JSON object."),
        ({}, "The event has no text in Step."),
        (
            {**EVENT, "Step": "dropSecret"},
            "The event's Step is none of createSecret, setSecret, testSecret, finishSecret.",
        ),
    ],
)
def test_what_is_wrong_with_an_event_is_said(event: object, found: str) -> None:
    with pytest.raises(InvalidEvent) as caught:
        RotationRequest.from_event(event)
    assert caught.value.found == found
