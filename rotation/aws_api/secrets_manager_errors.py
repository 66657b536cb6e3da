"""What Secrets Manager's errors mean."""

from rotation.aws_api.calls import Meanings
from rotation.errors.aws_answers import (
    InvalidCall,
    SecretNotFound,
    SecretsManagerDenied,
    SecretsManagerError,
    SecretsManagerUnreachable,
)


class AlreadyFilled(SecretsManagerError):
    """Other data stands under the same token."""


class RequestInvalid(SecretsManagerError):
    """The secret's state does not allow the call: a rotation is incomplete, for one."""


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
