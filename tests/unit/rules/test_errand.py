"""What the two functions say to each other: there and back, and damaged on the way."""

import json

import pytest

from rotation.errors.function import InvalidEvent
from rotation.rules.errand import (
    Beside,
    KeyOperation,
    KeyReport,
    KeyRequest,
    check_gone,
)
from rotation.rules.words import Fingerprint, Slot

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:team/app-AbCdEf"
REQUEST = KeyRequest(KeyOperation.RETIRE, ARN, "v1", end_grace=True)
EVENT: dict[object, object] = {
    "Operation": "retire-old-key",
    "SecretId": ARN,
    "VersionId": "v1",
    "EndGrace": True,
}
RETIRED = KeyReport(
    "SVC_APP",
    Beside.OLD_KEY,
    Slot.TWO,
    Fingerprint("SHA256:old"),
    "2026-02-02",
    Fingerprint("SHA256:old"),
    "x",
    Fingerprint("SHA256:new"),
)
ANSWER: dict[str, str | None] = {
    "user": "SVC_APP",
    "beside": "old key",
    "slot": "RSA_PUBLIC_KEY_2",
    "fingerprint": "SHA256:old",
    "setTime": "2026-02-02",
    "retired": "SHA256:old",
    "because": "x",
    "current": "SHA256:new",
}


@pytest.mark.parametrize(
    "request_sent",
    [
        REQUEST,
        KeyRequest(KeyOperation.LOOK, ARN, "v1"),
        KeyRequest(KeyOperation.RETIRE, "app", "v"),
    ],
)
def test_a_request_arrives_as_it_was_sent(request_sent: KeyRequest) -> None:
    event = json.loads(json.dumps(request_sent.to_json()))
    assert KeyRequest.is_meant(event)
    assert KeyRequest.from_event(event) == request_sent


def test_the_event_is_written_in_these_words() -> None:
    assert REQUEST.to_json() == EVENT
    assert REQUEST.secret_name == "team/app"
    assert [*KeyOperation] == ["look-at-keys", "retire-old-key"]


@pytest.mark.parametrize("event", [{"Step": "setSecret"}, {}, [], None, "Operation", 1])
def test_another_event_is_not_meant(event: object) -> None:
    assert not KeyRequest.is_meant(event)


@pytest.mark.parametrize("value", ["true", 1, None, "yes", [], "True"])
def test_only_true_ends_a_grace(value: object) -> None:
    assert KeyRequest.from_event({**EVENT, "EndGrace": value}).end_grace is False


def test_a_grace_is_not_ended_unless_it_is_said() -> None:
    event: dict[object, object] = {key: value for key, value in EVENT.items() if key != "EndGrace"}
    assert KeyRequest.from_event(event).end_grace is False


@pytest.mark.parametrize("name", ["Operation", "SecretId", "VersionId"])
@pytest.mark.parametrize("value", [None, "", "  ", 1, ["x"], {}, "\ud800", "a\nb"])
def test_a_damaged_event_is_refused_by_the_name_of_its_field(name: str, value: object) -> None:
    with pytest.raises(InvalidEvent, match=f"The event has no text in {name}."):
        KeyRequest.from_event({**EVENT, name: value})


def test_an_unknown_operation_is_refused() -> None:
    with pytest.raises(InvalidEvent) as caught:
        KeyRequest.from_event({**EVENT, "Operation": "retire-current-key"})
    expected = "The event's Operation is none of look-at-keys, retire-old-key."
    assert caught.value.found == expected


@pytest.mark.parametrize(
    "report",
    [
        RETIRED,
        KeyReport("SVC_APP", Beside.NOTHING),
        KeyReport("SVC_APP", Beside.PENDING_KEY, Slot.ONE, Fingerprint("SHA256:p")),
        KeyReport("SVC_APP", Beside.FOREIGN_KEY, Slot.TWO, Fingerprint("SHA256:f"), "2026"),
    ],
)
def test_an_answer_arrives_as_it_was_sent(report: KeyReport) -> None:
    assert KeyReport.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_the_answer_is_written_in_these_words() -> None:
    assert RETIRED.to_json() == ANSWER
    assert [*Beside] == [
        "nothing",
        "old key",
        "pending key",
        "foreign key",
        "AWSCURRENT's key is a named key pair",
    ]


@pytest.mark.parametrize("name", ANSWER)
def test_an_answer_without_a_field_is_none(name: str) -> None:
    with pytest.raises(KeyError, match=name):
        KeyReport.from_json({key: value for key, value in ANSWER.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [("beside", "something"), ("beside", ""), ("beside", None), ("slot", "RSA_PUBLIC_KEY_3")],
)
def test_an_answer_with_an_unknown_word_is_none(name: str, value: str | None) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        KeyReport.from_json({**ANSWER, name: value})


def test_texts_that_are_null_are_read_as_none_at_all() -> None:
    nulls = dict.fromkeys(("user", "setTime", "because", "current"), None)
    assert KeyReport.from_json({**ANSWER, **nulls}) == KeyReport(
        "", Beside.OLD_KEY, Slot.TWO, Fingerprint("SHA256:old"), retired=Fingerprint("SHA256:old")
    )


class TestALeakedKey:
    LEAKED = Fingerprint("SHA256:leaked")
    BEFORE = KeyReport("SVC_APP", Beside.NOTHING, current=LEAKED)

    def test_that_is_a_named_key_pair_is_an_administrators_to_remove(self) -> None:
        before = KeyReport("SVC_APP", Beside.NAMED_KEY_PAIR, current=self.LEAKED)
        stays = check_gone(before, KeyReport("SVC_APP", Beside.NOTHING))
        assert stays is not None
        assert str(stays) == (
            "The key that leaked, SHA256:leaked, is a named key pair of SVC_APP. AWSCURRENT holds "
            "a new key, and the services were rolled. An administrator removes it now: ALTER USER "
            "… REMOVE KEY PAIR …."
        )

    def test_that_is_still_in_its_slot_stays(self) -> None:
        after = KeyReport("SVC_APP", Beside.FOREIGN_KEY, Slot.ONE, self.LEAKED)
        stays = check_gone(self.BEFORE, after)
        assert stays is not None
        assert stays.found == (
            "RSA_PUBLIC_KEY of SVC_APP still holds the key that leaked, SHA256:leaked: the "
            "rotation function takes it for foreign key."
        )

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (BEFORE, KeyReport("U", Beside.OLD_KEY, Slot.ONE, LEAKED, retired=LEAKED)),
            (BEFORE, KeyReport("U", Beside.FOREIGN_KEY, Slot.ONE, Fingerprint("SHA256:f"))),
            (BEFORE, KeyReport("U", Beside.NOTHING)),
            (KeyReport("U", Beside.NOTHING), KeyReport("U", Beside.NOTHING)),
        ],
        ids=["retired", "another key is there", "nothing is there", "there was none"],
    )
    def test_that_is_in_no_slot_is_gone(self, before: KeyReport, after: KeyReport) -> None:
        assert check_gone(before, after) is None
