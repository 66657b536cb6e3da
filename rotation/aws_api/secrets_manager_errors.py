"""What Secrets Manager's errors mean."""

from rotation.aws_api.calls import Meanings
from rotation.errors.aws_answers import (
    InvalidCall,
    RequestInvalid,
    SecretNotFound,
    SecretsManagerDenied,
    SecretsManagerError,
    SecretsManagerUnreachable,
)


class AlreadyFilled(SecretsManagerError, reason="SecretsManagerError"):
    """Other data stands under the same token: an answer for fill_pending, which catches it."""


MEANINGS = Meanings(
    refused=SecretsManagerError,
    denied=SecretsManagerDenied,
    unreachable=SecretsManagerUnreachable,
    not_sent=InvalidCall,
    codes={
        "ResourceNotFoundException": SecretNotFound,
        "ResourceExistsException": AlreadyFilled,
        "InvalidRequestException": RequestInvalid,
    },
)
