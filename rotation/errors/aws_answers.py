"""The answers of Secrets Manager and ECS."""

from rotation.errors.base import RotationError


class SecretsManagerError(RotationError):
    """Base: Secrets Manager answered with an error, or did not answer."""

    untouched = "What the step had done before stays done; repeating the step is safe."
    remedy = "Rotate again; if it repeats, look the error code up in the Secrets Manager API pages."


class SecretsManagerDenied(SecretsManagerError):
    """The function's role, the secret's resource policy or the KMS key denies the call."""

    remedy = "Give the function's role the permission that the message names; see template.yaml."


class InvalidCall(SecretsManagerError):
    """boto3 refused to send the call: a parameter, the Region or the credentials are unusable."""

    untouched = "The call was not sent."
    remedy = "Check the event's version and token, and the function's Region and role."


class SecretsManagerUnreachable(SecretsManagerError):
    """No answer from Secrets Manager in time."""

    remedy = "Check the function's network path (VPC endpoint or NAT), then rotate again."


class SecretNotFound(SecretsManagerError):
    """The secret, or the value of the version asked for, does not exist."""

    remedy = (
        "Check the secret's ARN and whether it is marked for deletion (`aws secretsmanager "
        "restore-secret` takes that back). Then rotate again."
    )


class RequestInvalid(SecretsManagerError):
    """The secret's state does not allow the call: it was marked for deletion, for one."""

    remedy = (
        "`aws secretsmanager describe-secret` shows a DeletedDate where it is marked for deletion "
        "(`restore-secret` takes that back), and AWSPENDING where a rotation is incomplete. Then "
        "rotate again."
    )


class EcsError(RotationError):
    """ECS answered with an error, or not at all."""

    untouched = "No key was retired."
    remedy = (
        "It is tried again at the next run; if this repeats, look the error code up in the ECS "
        "API pages, and check the stack's parameter ConsumerClusters."
    )


class EcsDenied(EcsError):
    """The retirement function's role denies the call."""

    remedy = "Give the function's role the permission that the message names; see template.yaml."


class EcsUnreachable(EcsError):
    """No answer from ECS in time."""

    remedy = "Check the function's network path (VPC endpoint or NAT) to ECS."
