"""AWS workloads that may prove who they are."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AwsWorkload:
    """Credentials of an IAM role, and the role's ARN."""

    role_arn: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
