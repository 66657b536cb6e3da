"""AWS's errors in AWS's words.

"Recorded" means: in LocalStack's snapshots of calls to AWS
(tests/aws/services/secretsmanager/test_secretsmanager.snapshot.json). AWS
answers 400 for all of them, moto 404 for some.
"""

from __future__ import annotations

from moto.secretsmanager.exceptions import SecretsManagerClientError

__all__ = [
    "AwsError",
    "current_label_needs_a_version",
    "function_not_invokable",
    "invalid_next_token",
    "label_is_elsewhere",
    "label_not_on_named_version",
    "label_not_on_version",
    "no_client_request_token",
    "no_rotation_function",
    "no_such_secret",
    "no_value_for_label",
    "no_value_for_version",
    "previous_rotation_incomplete",
    "rotation_token_refused",
    "secret_is_deleted",
    "value_too_long",
    "version_id_in_use",
]


class AwsError(SecretsManagerClientError):
    """An error of the service; ``code`` is the HTTP status."""

    code = 400


def no_such_secret() -> AwsError:
    """Return what test_secret_not_found recorded."""
    return AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")


def secret_is_deleted() -> AwsError:
    """Return what test_tag_untag_resource_on_deleted_secret recorded."""
    return AwsError(
        "InvalidRequestException",
        "You can't perform this operation on the secret because it was marked for deletion.",
    )


def no_value_for_label(label: str) -> AwsError:
    """Return what test_secret_version_not_found recorded."""
    return _no_value(f"staging label: {label}")


def no_value_for_version(version_id: str) -> AwsError:
    """Return what test_secret_version_not_found recorded."""
    return _no_value(f"VersionId: {version_id}")


def _no_value(what: str) -> AwsError:
    return AwsError(
        "ResourceNotFoundException",
        f"Secrets Manager can't find the specified secret value for {what}",
    )


def label_not_on_version() -> AwsError:
    """Return what test_get_secret_value_errors recorded."""
    return AwsError(
        "InvalidRequestException",
        "You provided a VersionStage that is not associated to the provided VersionId.",
    )


def no_client_request_token() -> AwsError:
    """Return what test_no_client_request_token recorded. The SDKs fill the token in."""
    return AwsError(
        "InvalidRequestException",
        "You must provide a ClientRequestToken value. We recommend a UUID-type value.",
    )


def version_id_in_use(version_id: str, arn: str) -> AwsError:
    """Return the refusal of the PutSecretValue API reference; the words are moto's."""
    return AwsError(
        "ResourceExistsException",
        f"You can't use ClientRequestToken {version_id} because that value is already in use "
        f"for a version of secret {arn}.",
    )


def value_too_long(parameter: str) -> AwsError:
    """Return the service's usual words for a broken length constraint; not recorded."""
    return AwsError(
        "ValidationException",
        f"1 validation error detected: Value at '{parameter}' failed to satisfy constraint: "
        "Member must have length less than or equal to 65536",
    )


def label_is_elsewhere(label: str, version_id: str) -> AwsError:
    """Return the words of terraform-provider-aws issue 19943."""
    return AwsError(
        "InvalidParameterException",
        f"The parameter RemoveFromVersionId can't be empty. Staging label {label} is currently "
        f"attached to version {version_id}, so you must explicitly reference that version in "
        "RemoveFromVersionId.",
    )


def label_not_on_named_version(label: str, version_id: str) -> AwsError:
    """Return the failure of the UpdateSecretVersionStage API reference, in moto's words."""
    return AwsError(
        "InvalidParameterException",
        f"Version stage {label} not found in version {version_id}",
    )


def current_label_needs_a_version() -> AwsError:
    """Return the words terraform-provider-aws quotes in secret_version.go."""
    return AwsError(
        "InvalidParameterException",
        "You can only move staging label AWSCURRENT to a different secret version. "
        "It can\u2019t be completely removed.",
    )


def no_rotation_function() -> AwsError:
    """Return what test_first_rotate_secret_with_missing_lambda_arn recorded."""
    return AwsError(
        "InvalidRequestException",
        "No Lambda rotation function ARN is associated with this secret.",
    )


def function_not_invokable() -> AwsError:
    """Return what test_rotate_secret_invalid_lambda_arn recorded."""
    return AwsError(
        "AccessDeniedException",
        "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function "
        "policy grants access to the principal secretsmanager.amazonaws.com.",
    )


def previous_rotation_incomplete() -> AwsError:
    """Return the words terraform-provider-aws quotes in secret_rotation_test.go."""
    return AwsError(
        "InvalidRequestException",
        "A previous rotation isn\u2019t complete. That rotation will be reattempted.",
    )


def rotation_token_refused() -> AwsError:
    """Return a refusal of our own: the API reference names none for the RotationToken."""
    return AwsError(
        "AccessDeniedException",
        "The RotationToken is missing or does not belong to the rotation in progress.",
    )


def invalid_next_token() -> AwsError:
    """Return the ListSecretVersionIds API reference's error; the words are ours."""
    return AwsError("InvalidNextTokenException", "The NextToken value is invalid.")
