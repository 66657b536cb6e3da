"""What Secrets Manager asks for, read from the Lambda event. No error shows a value of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from rotation.errors.function import InvalidEvent, UnknownStep
from rotation.rules.words import Sensitive, Step

_REQUEST_FIELDS = ("Step", "SecretId", "ClientRequestToken")


@dataclass(frozen=True)
class RotationRequest:
    """One invocation by Secrets Manager.

    ``version_id`` is the event's ClientRequestToken, the id of the version being rotated.
    ``rotation_token`` proves to PutSecretValue that the caller was invoked by the service.
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
    """

    step: Step
    secret_id: str
    version_id: str
    rotation_token: Sensitive[str] | None = None

    @classmethod
    def from_event(cls, event: object) -> Self:
        """Read the Lambda event. Raises InvalidEvent or UnknownStep, which show no values."""
        if not isinstance(event, Mapping):
            raise InvalidEvent("The event is not a JSON object.")
        step, secret_id, version_id = (event_text(event, name) for name in _REQUEST_FIELDS)
        if step not in set(Step):
            raise UnknownStep(f"The event's Step is none of {', '.join(Step)}.")
        has_token = event.get("RotationToken") is not None
        token = Sensitive(event_text(event, "RotationToken")) if has_token else None
        return cls(Step(step), secret_id, version_id, token)

    @property
    def secret_name(self) -> str:
        """The secret's name."""
        return name_in(self.secret_id)


def name_in(secret_id: str) -> str:
    """Return a secret's name, taken from its ARN without the six random characters."""
    _, marker, name = secret_id.partition(":secret:")
    return name.rpartition("-")[0] or name if marker else secret_id


def event_text(event: Mapping[object, object], name: str) -> str:
    """Return a text of a Lambda event. Raises InvalidEvent, which shows no value."""
    value = event.get(name)
    # What is not printable can't be logged either: a lone surrogate would cost the log line.
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise InvalidEvent(f"The event has no text in {name}.")
    return value
