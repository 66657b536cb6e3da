"""The watch on an in-memory port: one failure does not hide the others."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from rotation.errors.aws_answers import (
    SecretsManagerDenied,
    SecretsManagerError,
    SecretsManagerUnreachable,
)
from rotation.errors.base import RotationError
from rotation.errors.function import OutOfTime
from rotation.errors.secret import NoCurrentVersion
from rotation.retirement import freshness
from rotation.retirement.freshness import SecretFreshness, Totals
from rotation.rules.words import AttachedSecret

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


@dataclass
class FakeSecrets:
    """Secrets by their ARN, with the age of the key in days or the error on asking for it."""

    ages: dict[str, float | RotationError]
    listing_fails: RotationError | None = None
    asked: list[str] = field(default_factory=list)

    def every_secret(self) -> Iterator[AttachedSecret]:
        for arn in self.ages:
            due = NOW - timedelta(days=2) if arn.startswith("late") else None
            yield AttachedSecret(arn, f"{arn}'s name", not arn.startswith("off"), due)
        if self.listing_fails:
            raise self.listing_fails

    def key_created(self, arn: str) -> datetime:
        self.asked.append(arn)
        age = self.ages[arn]
        if isinstance(age, RotationError):
            raise age
        return NOW - timedelta(days=age)


def watched(secrets: FakeSecrets) -> list[SecretFreshness]:
    listing = freshness.every_secret(secrets)
    return [freshness.look_at(one, secrets, NOW) for one in listing.secrets]


def test_totals_are_those_of_all_secrets() -> None:
    secrets = FakeSecrets({"new": 1, "old": 400.5, "late": 30, "off": 3})
    assert Totals.of(watched(secrets)) == Totals(4, 400.5, 2, 1, 0, 0)
    assert secrets.asked == ["new", "old", "late", "off"], "each once"
    assert [one.secret.arn for one in watched(secrets)] == ["new", "old", "late", "off"]
    assert freshness.every_secret(secrets).failure is None


def test_without_secrets_no_age_is_known_and_nothing_is_overdue() -> None:
    assert Totals.of(watched(FakeSecrets({}))) == Totals(0, None, 0, 0, 0, 0)


def test_a_secret_that_cannot_be_read_is_counted_and_the_others_are_looked_at() -> None:
    denied = SecretsManagerDenied("ListSecretVersionIds was answered with AccessDeniedException.")
    secrets = FakeSecrets({"a": 1, "late denied": denied, "empty": NoCurrentVersion("."), "b": 5})
    findings = watched(secrets)
    assert Totals.of(findings) == Totals(4, 5, 2, 0, 2, 0), "what the list told still counts"
    assert secrets.asked == ["a", "late denied", "empty", "b"]
    assert isinstance(findings[1].failure, SecretsManagerDenied)
    assert findings[1].freshness.key_age_days is None


def test_what_the_time_does_not_suffice_for_is_counted() -> None:
    late = OutOfTime("Only 9.0 s of the invocation are left.")
    secrets = FakeSecrets({"a": 1, "b": late, "c": late})
    assert Totals.of(watched(secrets)) == Totals(3, 1, 0, 0, 2, 2)


def test_a_list_that_breaks_off_keeps_what_it_gave() -> None:
    secrets = FakeSecrets({"a": 1}, listing_fails=SecretsManagerUnreachable("no answer."))
    listing = freshness.every_secret(secrets)
    assert [one.arn for one in listing.secrets] == ["a"]
    assert isinstance(listing.failure, SecretsManagerUnreachable)


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (OutOfTime("x."), "Attach some of the secrets to the rotation function of a second stack."),
        (SecretsManagerDenied("x."), "Give the function's role the permission"),
        (SecretsManagerError("x."), "It looks again at its next run"),
        (SecretsManagerUnreachable("x."), "It looks again at its next run"),
        (NoCurrentVersion("x."), "It looks again at its next run"),
    ],
)
def test_errors_speak_of_the_watch_and_not_of_a_rotation(error: RotationError, advice: str) -> None:
    (finding,) = watched(FakeSecrets({"a": error}))
    assert type(finding.failure) is type(error)
    assert str(finding.failure).startswith(f"x. The watch changes nothing. {advice}")
    assert "rotate again" not in str(finding.failure).lower()
